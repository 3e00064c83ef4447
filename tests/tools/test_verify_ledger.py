"""The whole ledger checked from its files, in a folder and at an address; every wrong file is found, by name."""

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.domain.note import Checkpoint, parsed_checkpoint, parsed_note, signed
from tests.tools.shown import Shown, shown
from tests.usecases.sealed import KEY, SIGNER
from tools.verify import main

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)


@pytest.fixture(scope="module")
async def genuine() -> Shown:
    return await shown()


@pytest.fixture
def folder(genuine: Shown, tmp_path: Path) -> Path:
    return genuine.ledger_in(tmp_path / "ledger")


@pytest.fixture
def address(genuine: Shown, tmp_path: Path) -> Iterator[str]:
    """As it is served: the newest checkpoint is a file."""
    place = genuine.ledger_in(tmp_path / "served")
    shutil.rmtree(place / "checkpoint")
    (place / "checkpoint").write_bytes(genuine.checkpoint)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(place))) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
        pass


def verified(capsys: pytest.CaptureFixture[str], place: object, *more: str) -> tuple[int, str]:
    code = main(["ledger", str(place), "--key", KEY, *more])
    return code, capsys.readouterr().out


def files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_folder_as_it_is_stored_is_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = verified(capsys, folder)
    assert (code, "all 2 checkpoints of the folder are of this one history" in said) == (VERIFIED, True)


def test_an_address_is_verified_and_so_is_that_it_goes_on_from_what_was_kept(
    genuine: Shown, address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes(genuine.earlier)
    code, said = verified(capsys, address, "--earlier", str(kept))
    assert (code, "this ledger begins with exactly those" in said) == (VERIFIED, True)


def test_an_address_where_nobody_answers_is_unreadable(capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Silent) as server:
        nobody = f"http://127.0.0.1:{server.server_port}/"
    assert verified(capsys, nobody)[0] == UNREADABLE


def test_the_first_the_last_and_a_byte_between_count_in_every_file(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in files(folder):
        raw = (folder / name).read_bytes()
        for at in {0, len(raw) // 2, len(raw) - 1}:
            (folder / name).write_bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
            code, said = verified(capsys, folder)
            assert (code, _names(said, name)) == (NOT_VERIFIED, True), f"{name} byte {at}: {said}"
        (folder / name).write_bytes(raw)
    assert verified(capsys, folder)[0] == VERIFIED


def _names(said: str, name: str) -> bool:
    """The file itself, or for what is signed, the note; a changed line of a bundle shows in the tile above it."""
    wrong = said.partition("wrong")[2]
    where = name.removeprefix("tile/").removeprefix("entries/")
    return where in wrong or (name.startswith("checkpoint") and ("note:" in wrong or "checkpoint" in wrong))


def test_a_file_that_is_gone_is_named_but_for_partial_ones_that_a_full_one_makes_up_for(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in files(folder) if name.startswith("tile")]:
        raw = (folder / name).read_bytes()
        (folder / name).unlink()
        earlier = ".p/" in name and (folder / name.partition(".p/")[0]).exists()
        code, said = verified(capsys, folder)
        assert (code, earlier or f"{name}: it is not there" in said) == (VERIFIED if earlier else NOT_VERIFIED, True)
        (folder / name).write_bytes(raw)


def test_of_a_file_larger_than_the_newest_checkpoint_says_it_is_told_that_it_could_not_be_checked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = max((folder / "checkpoint").iterdir())
    newest.unlink()
    code, said = verified(capsys, folder)
    assert (code, "of a later size than the newest checkpoint" in said) == (IN_PART, True)


def test_two_histories_are_never_both_verified(
    genuine: Shown, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A force that shows somebody another ledger, signed as well, is found out by the checkpoint they kept."""
    true = parsed_checkpoint(parsed_note(genuine.earlier).text)
    other = str(Checkpoint(origin=true.origin, size=true.size, root=bytes(32)))
    kept = tmp_path / "kept"
    kept.write_text(signed(other, SIGNER.key, SIGNER.sign(other.encode())), encoding="utf-8")
    code, said = verified(capsys, folder, "--earlier", str(kept))
    assert (code, "there are two histories" in said) == (NOT_VERIFIED, True)


def test_a_ledger_that_became_smaller_is_refused(
    genuine: Shown, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    max((folder / "checkpoint").iterdir()).unlink()
    kept = tmp_path / "kept"
    kept.write_bytes(genuine.checkpoint)
    code, said = verified(capsys, folder, "--earlier", str(kept))
    assert (code, "a larger one than is here" in said) == (NOT_VERIFIED, True)


def test_a_checkpoint_under_another_s_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = min((folder / "checkpoint").iterdir())
    first.rename(first.with_name(f"{7:020}"))
    code, said = verified(capsys, folder)
    assert (code, "not of the size that it is called by" in said) == (NOT_VERIFIED, True)


def test_a_file_beside_the_tiles_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tile" / "0" / "notes.txt").write_text("", encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, "tile path:" in said) == (NOT_VERIFIED, True)
