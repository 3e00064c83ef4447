"""A ledger's folder as the force stores it, with what it wrote down of each checkpoint's successor: all must agree."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from shared.domain.note import Checkpoint
from shared.domain.seal import checkpoint_path, successor_path
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.tools.folders import IN_PART, NOT_VERIFIED, VERIFIED, wrong
from tests.usecases.sealed import KEY
from tests.usecases.sealing import LATER, sealing, wait
from tools.verify import main

SIZES = (5, 8, 300)


@pytest.fixture(scope="module")
async def sealed() -> World:
    """By the real sealing, in three batches."""
    world, before = World(), 0
    for number, size in enumerate(SIZES):
        wait(world, size - before)
        await sealing(world, now=partial(_moment, number), key=f"run-{number}")
        before = size
    return world


def _moment(number: int) -> datetime:
    return LATER + timedelta(minutes=number)


@pytest.fixture
def folder(sealed: World, tmp_path: Path) -> Path:
    return sealed.ledger.laid_in(tmp_path)


def verified(capsys: pytest.CaptureFixture[str], folder: Path) -> tuple[int, str]:
    code = main(["ledger", str(folder), "--key", KEY])
    return code, capsys.readouterr().out


def a_text(size: int, origin: str = LEDGER_KEY) -> str:
    return str(Checkpoint(origin=origin, size=size, root=bytes(32)))


def test_all_that_the_service_stores_is_part_of_the_ledger_and_is_verified(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(path.name for path in (folder / "next").iterdir()) == [f"{size:020}" for size in (0, *SIZES[:-1])]
    code, said = verified(capsys, folder)
    assert (code, "no part of a ledger" in said) == (VERIFIED, False), said


def test_every_byte_of_what_was_to_follow_counts_and_the_file_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (folder / "next").iterdir():
        raw = path.read_bytes()
        for worse in (b"", raw + b"\n", raw[:-1], bytes([raw[0] ^ 1]) + raw[1:], raw[:60] + b"x" + raw[61:]):
            path.write_bytes(worse)
            code, said = verified(capsys, folder)
            assert (code, wrong(said).startswith(f"next/{path.name}: it is not the text of checkpoint/")) == (1, True)
        path.write_bytes(raw)
    assert verified(capsys, folder)[0] == VERIFIED


def test_a_checkpoint_that_was_taken_away_is_missed_by_what_was_to_follow_the_one_before(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / checkpoint_path(SIZES[1])).unlink()
    code, said = verified(capsys, folder)
    named = f"{successor_path(SIZES[0])}: it is not the text of {checkpoint_path(SIZES[2])}, the next that is here"
    assert (code, wrong(said)) == (NOT_VERIFIED, named)


@pytest.mark.parametrize("before", [SIZES[-1], SIZES[-1] + 50])
def test_what_is_to_follow_the_newest_is_told_as_of_a_later_size_and_must_be_one(
    folder: Path, capsys: pytest.CaptureFixture[str], before: int
) -> None:
    path = folder / successor_path(before)
    path.write_text(a_text(before + 1), encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, "1 files that are of a later size than the newest checkpoint" in said) == (IN_PART, True)
    for worse in ("garbage", "\udcff", a_text(before), a_text(before + 1, "another.test/ledger"), ""):
        path.write_bytes(worse.encode("utf-8", "surrogateescape"))
        code, said = verified(capsys, folder)
        assert (code, wrong(said).startswith(f"{successor_path(before)}: it is not the text of a")) == (1, True), worse


@pytest.mark.parametrize("name", [f"{6:020}", "6", "notes.txt", f"{5:020}.bak", f"{5:020}/more"])
def test_what_follows_no_checkpoint_that_is_here_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    path = folder / "next" / name
    if "/" in name:
        path.parent.unlink()
    path.parent.mkdir(exist_ok=True)
    path.write_text(a_text(8), encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, wrong(said)) == (NOT_VERIFIED, f"next/{name}: it follows no checkpoint that is here")


def test_where_one_is_gone_it_is_told_that_it_was_not_checked_and_where_all_are_that_is_another_layout(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / successor_path(0)).unlink()
    code, said = verified(capsys, folder)
    assert (code, "which checkpoint was to follow another: 1 times it is not written down in next/" in said) == (
        3,
        True,
    )
    for path in (folder / "next").iterdir():
        path.unlink()
    assert verified(capsys, folder)[0] == VERIFIED


def test_beside_a_ledger_as_it_is_served_nothing_is_said_of_what_was_to_follow(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newest = (folder / checkpoint_path(SIZES[-1])).read_bytes()
    for path in (folder / "checkpoint").iterdir():
        path.unlink()
    (folder / "checkpoint").rmdir()
    (folder / "checkpoint").write_bytes(newest)
    code, said = verified(capsys, folder)
    assert (code, "no part of a ledger: next" in said) == (VERIFIED, True)
