"""What is handed over to take the verifier's time or memory, or to trip it: it is named, and read no further."""

import os
from pathlib import Path

import pytest

from tests.tools.cosigned import Cosigned, cosigned
from tests.tools.folders import NOT_VERIFIED, UNREADABLE, VERIFIED, verified, wrong
from tests.usecases.sealed import KEY
from tools import verify
from tools.verify import main
from tools.verifying.places import DEEPEST, Folder

FOREIGN = "it is a link, a pipe or a device, and no file of a ledger"


@pytest.fixture(scope="module")
async def genuine() -> Cosigned:
    return await cosigned(others=4)


def files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


def test_every_file_that_is_a_link_even_to_what_it_should_be_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in files(folder):
        elsewhere = path.rename(tmp_path / "elsewhere")
        path.symlink_to(elsewhere)
        code, said = verified(capsys, folder)
        assert (code, wrong(said)) == (NOT_VERIFIED, f"{path.relative_to(folder).as_posix()}: {FOREIGN}")
        path.unlink()
        elsewhere.rename(path)
    assert verified(capsys, folder)[0] == VERIFIED


def test_every_file_that_is_an_endless_device_or_a_pipe_that_nobody_writes_to_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in files(folder):
        raw = path.read_bytes()
        for put in (lambda path: path.symlink_to("/dev/zero"), os.mkfifo):
            path.unlink()
            put(path)
            code, said = verified(capsys, folder)
            assert (code, wrong(said)) == (NOT_VERIFIED, f"{path.relative_to(folder).as_posix()}: {FOREIGN}")
        path.unlink()
        path.write_bytes(raw)


@pytest.mark.parametrize("name", ["tile/0/000.p/notes", "tile/7", "cosignature/7", "next/7"])
def test_a_pipe_or_a_link_among_the_files_is_named_though_nothing_would_have_read_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for put in (os.mkfifo, lambda path: path.symlink_to(tmp_path), lambda path: path.symlink_to("nowhere")):
        put(path)
        code, said = verified(capsys, folder)
        assert (code, wrong(said)) == (NOT_VERIFIED, f"{name}: {FOREIGN}")
        path.unlink()


@pytest.mark.parametrize("name", ["checkpoint", "cosignature", "tile"])
def test_a_part_of_the_ledger_that_lies_elsewhere_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (folder / name).symlink_to((folder / name).rename(tmp_path / "elsewhere"))
    code, said = verified(capsys, folder)
    assert (code, wrong(said)) == (NOT_VERIFIED, f"{name}: it is a link, and no part of a ledger")


@pytest.mark.parametrize("name", ["cosignature", "next"])
def test_a_part_of_the_ledger_that_is_no_folder_is_named(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    if (folder / name).exists():
        (folder / name).rename(tmp_path / "elsewhere")
    (folder / name).write_bytes(b"")
    code, said = verified(capsys, folder)
    assert (code, wrong(said)) == (NOT_VERIFIED, f"{name}: it is no folder")


def test_folders_are_looked_into_no_deeper_than_a_ledger_has_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deepest = folder / "tile" / "entries" / "/".join(["x000"] * 6) / "000.p"
    assert len(deepest.relative_to(folder).parts) == DEEPEST
    (deepest / "more" / "more").mkdir(parents=True)
    code, said = verified(capsys, folder)
    named = f"{deepest.relative_to(folder).as_posix()}/more: it is a folder deeper than any of a ledger"
    assert (code, wrong(said)) == (NOT_VERIFIED, named)
    (deepest / "more" / "more").rmdir()
    (deepest / "more").rmdir()
    assert verified(capsys, folder)[0] == VERIFIED, "an empty folder is no file"


def test_of_many_things_that_are_no_part_of_a_ledger_some_are_named_and_the_others_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(25):
        (folder / f"letter-{number:02}").symlink_to("nowhere")
    code, said = verified(capsys, folder)
    assert (code, "letter-19, and 5 more" in said, "letter-20" in said) == (VERIFIED, True, False)


def test_of_a_file_in_a_folder_no_more_is_read_than_one_byte_over(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**36)
    (tmp_path / "short").write_bytes(b"abc")
    place = Folder(tmp_path)
    assert place.read("sparse", 9) == bytes(10)
    assert [place.read("short", most) for most in (0, 2, 3, 2**50)] == [b"a", b"abc", b"abc", b"abc"]


@pytest.mark.parametrize("what", ["receipt", "checkpoint", "proof", "trail"])
def test_a_file_that_never_ends_is_read_no_further_than_any_such_file_is_long(
    capsys: pytest.CaptureFixture[str], what: str
) -> None:
    code = main([what, "/dev/zero", "--key", KEY])
    most = (verify.MOST_OF_A_TRAIL if what == "trail" else verify.MOST) // 2**20
    assert (code, wrong(capsys.readouterr().out)) == (
        UNREADABLE,
        f"/dev/zero: it is longer than {most} MB, more than any such file",
    )


@pytest.mark.parametrize("option", ["--earlier", "--token"])
def test_nor_is_what_was_kept_or_a_token(folder: Path, capsys: pytest.CaptureFixture[str], option: str) -> None:
    code, said = verified(capsys, folder, option, "/dev/zero")
    assert (code, wrong(said).startswith("/dev/zero: it is longer than ")) == (UNREADABLE, True)


def test_whatever_goes_wrong_that_nobody_thought_of_is_no_verdict_and_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["trail", "a\0b", "--key", KEY])
    said = capsys.readouterr()
    assert (code, said.err) == (UNREADABLE, "")
    assert wrong(said.out).startswith("it could not be checked: ValueError: ")
