"""The whole way, parent and child: every end is an answer or a fault, never a hang."""

import asyncio
import os
from asyncio.subprocess import PIPE
from datetime import UTC, datetime

import pytest

from shared.adapters.media.inspector import CHILD, ChildInspector, InspectorFault, Limits, Seconds
from shared.domain.media import Audio, Problem, Video, Warning  # noqa: A004 - the field's word
from tests.media import made
from tests.media.asking import TINY, Blob, inspect, misbehaving
from tests.media.conftest import START, Clip


@pytest.mark.parametrize("layout", ["end", "front", "fragmented", "fragmented-bare", "hybrid"])
async def test_a_sound_clip_is_indexed_with_its_poster(clip: Clip, layout: str) -> None:
    found = await inspect(clip(layout))
    assert found.problems == ()
    media = found.media
    assert media is not None
    assert media.container == "mp4"
    assert media.layout == ("fragmented" if layout.startswith("frag") else "progressive")
    assert media.duration_ms == pytest.approx(3000, abs=100)
    assert isinstance(media.video, Video)
    assert (media.video.codec, media.video.width, media.video.height) == ("h264", 320, 180)
    assert isinstance(media.audio, Audio)
    assert (media.audio.codec, media.audio.sample_rate, media.audio.channels) == ("aac", 48000, 1)
    assert media.created_at == START
    assert media.warnings == ()
    assert found.poster is not None
    assert found.poster.startswith(b"\xff\xd8\xff")


async def test_matroska_is_known_by_its_first_bytes(clip: Clip) -> None:
    found = await inspect(clip(suffix=".mkv"))
    assert found.problems == ()
    assert found.media is not None
    assert (found.media.container, found.media.layout) == ("matroska", None)
    assert found.media.duration_ms == pytest.approx(3000, abs=100)
    assert found.media.created_at == START
    assert found.poster is not None


async def test_matroska_cut_short_is_truncated(clip: Clip) -> None:
    data = clip(suffix=".mkv")
    assert Problem.TRUNCATED in (await inspect(data[:-1])).problems
    assert Problem.TRUNCATED in (await inspect(data[: len(data) // 2])).problems
    assert Problem.TRUNCATED in (await inspect(data[:10])).problems


async def test_an_empty_file_is_empty_and_nothing_is_read() -> None:
    blob = Blob(b"")
    inspector = ChildInspector(command=("/nowhere",))
    assert (await inspector.inspect(0, blob.read)).problems == (Problem.EMPTY,)


async def test_two_gibibytes_are_indexed_without_being_read(clip: Clip) -> None:
    """A hole at the end of the media: no sample moves, and the index stands behind the hole."""
    data, total = clip("end"), 2 << 30
    at = {kind: (start, end) for kind, start, end in made.borders(data)}
    (free, media), (_, media_end), (index, index_end) = at["free"], at["mdat"], at["moov"]
    wide = made.long_box("mdat", size=total - free - (index_end - index))
    head = data[:free] + wide + data[media + 8 : media_end]
    reads: list[int] = []

    async def read(offset: int, length: int) -> bytes:
        reads.append(length)
        padded = head[offset : offset + length]
        tail_from = total - (index_end - index)
        if offset + length > tail_from:
            gap = max(0, tail_from - offset)
            return padded.ljust(gap, b"\0")[:gap] + data[index:][max(0, offset - tail_from) :][: length - gap]
        return padded.ljust(length, b"\0")

    found = await ChildInspector().inspect(total, read)
    assert found.problems == ()
    assert found.media is not None
    assert found.media.duration_ms == pytest.approx(3000, abs=100)
    assert found.poster is not None
    assert len(reads) <= 5
    assert sum(reads) < 1 << 20


async def test_the_budget_is_enough_at_its_edge_and_not_below_it(clip: Clip) -> None:
    data = clip("end", width=640, height=360, bit_rate=3_000_000, seconds=1)
    blob = Blob(data)
    await ChildInspector().inspect(blob.size, blob.read)
    reads, volume = len(blob.reads), sum(length for _, length in blob.reads)
    assert reads >= 2
    for limits in (Limits(reads=reads), Limits(bytes=volume)):
        assert (await inspect(data, limits)).problems == ()
    for limits in (Limits(reads=reads - 1), Limits(bytes=volume - 1), Limits(reads=0)):
        found = await inspect(data, limits)
        assert found.problems == (Problem.TOO_COMPLEX,)


class Full(Exception):
    """The storage's own exception."""


async def test_a_read_that_failed_is_raised_as_it_was() -> None:
    async def read(offset: int, length: int) -> bytes:
        raise Full

    with pytest.raises(Full):
        await ChildInspector().inspect(1000, read)


async def test_a_read_that_came_short_is_a_fault() -> None:
    async def read(offset: int, length: int) -> bytes:
        return b"x" * (length - 1)

    with pytest.raises(InspectorFault, match="a read of 1000 bytes at 0 gave 999"):
        await ChildInspector().inspect(1000, read)


@pytest.mark.slow
async def test_a_read_that_hangs_is_a_fault_and_not_the_footages_doing() -> None:
    async def read(offset: int, length: int) -> bytes:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    with pytest.raises(InspectorFault, match="took too long"):
        await ChildInspector(Limits(waiting_seconds=3)).inspect(1000, read)


@pytest.mark.parametrize("command", [("/nowhere/python",), (*CHILD[:1], "-m", "tests.media.misbehaving", "stillborn")])
async def test_a_child_that_could_not_begin_is_a_fault(command: tuple[str, ...]) -> None:
    with pytest.raises(InspectorFault):
        await ChildInspector(command=command).inspect(len(TINY), Blob(TINY).read)


@pytest.mark.slow
async def test_a_wait_for_a_place_that_is_too_long_is_a_fault_and_nothing_is_read() -> None:
    inspector = misbehaving("sleep", places=1, waiting_seconds=2)
    first = asyncio.create_task(inspector.inspect(1000, Blob(bytes(1000)).read))
    await asyncio.sleep(0)  # until it has its place
    unread = Blob(bytes(1000))
    with pytest.raises(InspectorFault, match="waiting for a place"):
        await inspector.inspect(unread.size, unread.read)
    assert unread.reads == []
    assert not first.done(), "the place was free"
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_child_that_does_not_begin_in_time_is_a_fault() -> None:
    with pytest.raises(InspectorFault, match="waiting for the media child to begin"):
        await misbehaving("mute", waiting_seconds=1).inspect(1000, Blob(TINY).read)


async def test_what_a_child_takes_to_begin_is_not_its_own_time() -> None:
    assert (await misbehaving("late_riser", child_seconds=0.5).inspect(1000, Blob(TINY).read)).problems == ()


async def test_a_child_that_begins_with_another_word_is_a_fault() -> None:
    with pytest.raises(InspectorFault, match="does not begin as agreed"):
        await misbehaving("rude").inspect(1000, Blob(TINY).read)


async def test_seconds_once_spent_are_not_there_again() -> None:
    seconds = Seconds(0.2)

    async def spend(turns: int) -> None:
        async with seconds.spending():
            for _ in range(turns):
                await asyncio.sleep(0)

    await spend(10)
    with pytest.raises(TimeoutError):
        await spend(10**9)
    with pytest.raises(TimeoutError):
        await spend(10)


def test_an_inspection_ends_well_within_what_event_grid_waits() -> None:
    limits = Limits()
    assert limits.child_seconds + limits.waiting_seconds == 20


@pytest.mark.slow
async def test_slow_storage_does_not_use_up_the_childs_time() -> None:
    """The read is answered once another child has used up, from beginning to end, more time than this one has."""
    release = asyncio.Event()

    async def read(offset: int, length: int) -> bytes:
        await release.wait()
        return b"x" * length

    slow = asyncio.create_task(misbehaving("patient", child_seconds=3).inspect(1000, read))
    await misbehaving("sleep", child_seconds=3.1).inspect(len(TINY), Blob(TINY).read)
    release.set()
    assert (await slow).problems == ()


async def test_no_more_children_than_places(clip: Clip) -> None:
    """The first two are held until two others have come and gone: time enough for a third to be seen."""
    blob, inspector = Blob(clip()), ChildInspector(places=2)
    running = most = 0
    full, release = asyncio.Event(), asyncio.Event()

    async def read(offset: int, length: int) -> bytes:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if running == 2:
            full.set()
        await release.wait()
        running -= 1
        return await blob.read(offset, length)

    waiting = asyncio.gather(*(inspector.inspect(blob.size, read) for _ in range(6)))
    await full.wait()
    for _ in range(2):
        await ChildInspector().inspect(blob.size, blob.read)
    release.set()
    assert all(one.problems == () for one in await waiting)
    assert most == 2


async def test_an_inspection_called_off_leaves_no_child() -> None:
    begun = asyncio.Event()

    async def read(offset: int, length: int) -> bytes:
        begun.set()
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    task = asyncio.create_task(ChildInspector().inspect(1000, read))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    mine = await asyncio.create_subprocess_exec("pgrep", "-P", str(os.getpid()), "-f", "media.child", stdout=PIPE)
    assert (await mine.communicate())[0] == b""


async def test_an_unset_clock_is_a_warning(clip: Clip) -> None:
    data = clip()
    at = data.index(b"mvhd")
    unset = data[: at + 8] + bytes(4) + data[at + 12 :]
    found = await inspect(unset)
    assert found.problems == ()
    assert found.media is not None
    assert found.media.created_at is None
    assert found.media.warnings == (Warning.CLOCK_UNSET,)
    assert datetime(2026, 3, 1, 12, tzinfo=UTC) == START
