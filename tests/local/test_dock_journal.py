"""The journal of an upload: what counts after a crash, and what does not."""

import json
import resource
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from local.docking.faults import Unfit
from local.docking.journal import About, Journal, place_of_journal
from local.docking.recording import Recording
from tests.local.dock_station import AT

ABOUT = About(service="https://store.example", dock="d", camera="c", size=95, sha256="ab" * 32, block=10)


async def written(path: Path, *blocks: int) -> None:
    with Journal.at(path, ABOUT, told=pytest.fail) as journal:
        await journal.begin("rec-1")
        for block in blocks:
            await journal.acknowledge(block)


def read(path: Path, about: About = ABOUT) -> tuple[str | None, set[int]]:
    with Journal.at(path, about, told=pytest.fail) as journal:
        return journal.recording, set(journal.acknowledged)


async def test_what_was_acknowledged_is_there_for_the_next(tmp_path: Path) -> None:
    await written(tmp_path / "j", 0, 7, 3)
    assert read(tmp_path / "j") == ("rec-1", {0, 3, 7})


async def test_each_block_is_on_the_disk_when_its_note_returns(tmp_path: Path) -> None:
    with Journal.at(tmp_path / "j", ABOUT, told=pytest.fail) as journal:
        await journal.begin("rec-1")
        await journal.acknowledge(4)
        assert (tmp_path / "j").read_bytes().split(b"\n")[1:] == [b"00000004", b""]


async def test_only_its_owner_reads_it_and_it_has_no_address_of_a_grant(tmp_path: Path) -> None:
    await written(tmp_path / "j", 1)
    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600
    heading = json.loads((tmp_path / "j").read_text().splitlines()[0])
    assert heading.keys() == {"journal", "recording", "service", "dock", "camera", "size", "sha256", "block"}


@pytest.mark.parametrize("cut", range(1, 10))
async def test_a_line_that_was_not_finished_did_not_happen(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "j"
    await written(path, 0, 8)
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with Journal.at(path, ABOUT, told=pytest.fail) as journal:
        assert journal.acknowledged == {0}
        await journal.acknowledge(5)
    assert read(path) == ("rec-1", {0, 5})


@pytest.mark.parametrize("line", [b"\0\0\0\0\0\0\0\0", b"00000010", b"0000001", b"-0000001", b"000000009"])
async def test_nothing_counts_from_a_line_that_cannot_be_one(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "j"
    await written(path, 2)
    path.write_bytes(path.read_bytes() + line + b"\n00000003\n")
    with Journal.at(path, ABOUT, told=pytest.fail) as journal:
        assert journal.acknowledged == {2}
        await journal.acknowledge(5)
    assert read(path) == ("rec-1", {2, 5})


@pytest.mark.parametrize("content", [b"", b"{}", b"{}\n", b"[]\n", b"\xff\n", b'{"recording": 1}\n', b"\n00000001\n"])
def test_a_heading_that_cannot_be_read_is_no_journal(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "j").write_bytes(content)
    assert read(tmp_path / "j") == (None, set())


DIFFERENT: list[Callable[[About], About]] = [
    lambda about: replace(about, service="https://other.example"),
    lambda about: replace(about, dock="e"),
    lambda about: replace(about, camera="e"),
    lambda about: replace(about, size=96),
    lambda about: replace(about, sha256="cd" * 32),
    lambda about: replace(about, block=20),
]


@pytest.mark.parametrize("other", DIFFERENT)
async def test_a_journal_about_something_else_does_not_count_and_gives_way(
    tmp_path: Path, other: Callable[[About], About]
) -> None:
    path = tmp_path / "j"
    await written(path, 1, 2)
    with Journal.at(path, other(ABOUT), told=pytest.fail) as journal:
        assert (journal.recording, journal.acknowledged) == (None, frozenset())
        await journal.begin("rec-2")
        await journal.acknowledge(0)
    assert read(path, other(ABOUT)) == ("rec-2", {0})


async def test_blocks_of_another_recording_do_not_count(tmp_path: Path) -> None:
    await written(tmp_path / "j", 1, 2)
    with Journal.at(tmp_path / "j", ABOUT, told=pytest.fail) as journal:
        await journal.begin("rec-2")
        assert journal.acknowledged == frozenset()
    assert read(tmp_path / "j") == ("rec-2", set())


async def test_a_second_dock_command_at_the_same_recording_is_refused(tmp_path: Path) -> None:
    with Journal.at(tmp_path / "j", ABOUT, told=pytest.fail) as journal:
        await journal.begin("rec-1")
        with pytest.raises(Unfit, match="another dock command is at this recording"):
            Journal.at(tmp_path / "j", ABOUT, told=pytest.fail)
        await journal.acknowledge(3)
    assert read(tmp_path / "j") == ("rec-1", {3})


async def test_where_none_can_be_kept_it_is_said_and_goes_on(tmp_path: Path) -> None:
    told: list[str] = []
    with Journal.at(tmp_path / "none" / "j", ABOUT, told=told.append) as journal:
        await journal.begin("rec-1")
        await journal.acknowledge(3)
        assert journal.acknowledged == {3}
        journal.forget()
    assert told == ["no journal can be kept (No such file or directory): if this is broken off, it begins anew"]


@pytest.mark.parametrize("room", [0, 4])
async def test_a_full_disk_is_said_once_and_what_was_noted_before_counts(tmp_path: Path, room: int) -> None:
    told, path = list[str](), tmp_path / "j"
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Journal.at(path, ABOUT, told=told.append) as journal:
        await journal.begin("rec-1")
        await journal.acknowledge(3)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + room, hard))
        try:
            await journal.acknowledge(4)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        await journal.acknowledge(5)
    why = "No space left on device" if room else "File too large"
    assert told == [f"no journal can be kept ({why}): if this is broken off, it begins anew"]
    assert read(path) == ("rec-1", {3})


async def test_it_goes_when_it_is_forgotten(tmp_path: Path) -> None:
    with Journal.at(tmp_path / "j", ABOUT, told=pytest.fail) as journal:
        await journal.begin("rec-1")
        journal.forget()
    assert list(tmp_path.iterdir()) == []


def test_it_lies_beside_the_recording_or_in_a_folder_where_no_two_share_a_name(tmp_path: Path) -> None:
    one, other = (
        Recording(path=tmp_path / folder / "0001.mp4", camera="c", recorded_at=AT) for folder in ("BWV-1", "BWV-2")
    )
    assert place_of_journal(one) == tmp_path / "BWV-1/.0001.mp4.docking"
    assert place_of_journal(one, state=tmp_path) != place_of_journal(other, state=tmp_path)
    assert place_of_journal(one, state=tmp_path) == place_of_journal(one, state=tmp_path)
