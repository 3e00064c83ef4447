"""Notes: what is written beside a clip is entered by its hash alone, is there once for each key, and goes with it."""

import pytest

from shared.domain.access import Reach
from shared.domain.annotate import MOST_NOTES, Note
from shared.domain.entry import Change, Entry, Operation
from shared.domain.footage import State
from shared.errors import Condemned, Conflict, NotFound, Refusal, Weeded
from shared.usecases.annotate import annotate, notes
from tests.builders import FORCE, NOW, OTHER_OFFICER, RECORDING, a_clip, a_note, an_asking, fresh_id
from tests.fakes import World
from tests.usecases.scenes import actions, assert_trails_whole, entries

TEXT = "the suspect's face is clear at 02:10\nand his voice at 03:45"
TOO_LATE = pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])


@pytest.fixture
def world() -> World:
    made = World()
    made.records.put(a_clip())
    return made


async def write(world: World, text: str = TEXT, key: str = "key-1", reach: Reach = FORCE) -> Note:
    return await annotate(RECORDING, text, reach=reach, asking=an_asking(key=key), records=world.records)


async def read(world: World) -> list[Note]:
    asking = an_asking(key="read", request="read")
    return list(await notes(RECORDING, reach=FORCE, asking=asking, records=world.records))


def kept(world: World) -> list[Note]:
    return [record for record in world.records.everything() if isinstance(record, Note)]


async def test_a_note_is_there_with_its_entry_that_holds_its_hash_alone(world: World) -> None:
    note = await write(world)
    (entry,) = entries(world)
    assert (kept(world), note.text, note.entry) == ([note], TEXT, entry.id)
    assert (entry.action, entry.operation, entry.subject) == ("footage.annotated", Operation.ALTERATION, RECORDING)
    assert entry.changes == (Change(field="note", before=None, after=note.sha256),)
    assert (entry.reason, note.salt == entry.salt) == (None, False)
    assert_trails_whole(world)


async def test_the_clip_is_not_disturbed_by_a_note(world: World) -> None:
    before = await world.records.clip(RECORDING)
    await write(world)
    assert await world.records.clip(RECORDING) == before


async def test_a_retry_is_the_same_note_with_its_first_salt_and_time(world: World) -> None:
    first = await write(world)
    later = an_asking(at=NOW.replace(year=2027), seed=b"\x01" * 32)
    assert await annotate(RECORDING, TEXT, reach=FORCE, asking=later, records=world.records) == first
    assert (kept(world), actions(world)) == ([first], ["footage.annotated"])


async def test_a_key_is_good_for_one_note(world: World) -> None:
    first = await write(world)
    with pytest.raises(Conflict, match="another note") as refused:
        await write(world, "something else")
    assert refused.value.field == "Idempotency-Key"
    assert kept(world) == [first]
    assert await write(world, "something else", key="key-2") in kept(world)


async def test_a_retry_after_the_clip_was_condemned_still_has_its_note_and_after_it_was_weeded_none(
    world: World,
) -> None:
    first = await write(world)
    world.records.put(a_clip(state=State.CONDEMNED))
    assert await write(world) == first
    world.records.put(a_clip(state=State.WEEDED))
    world.records._records.pop((RECORDING, first.id))
    with pytest.raises(Weeded):
        await write(world)


@TOO_LATE
async def test_what_is_going_or_gone_takes_no_note_and_shows_none(
    world: World, state: State, refusal: type[Refusal]
) -> None:
    world.records.put(a_clip(state=state), a_note())
    for act in (write, read):
        with pytest.raises(refusal):
            await act(world)
    assert entries(world) == []


async def test_the_ninetieth_note_is_the_last_and_its_retry_is_answered(world: World) -> None:
    world.records.put(*[a_note(entry=fresh_id()) for _ in range(MOST_NOTES - 1)])
    last = await write(world)
    with pytest.raises(Conflict, match="no room"):
        await write(world, key="key-2")
    assert await write(world) == last
    assert len(kept(world)) == MOST_NOTES


async def test_notes_are_read_the_oldest_first_and_the_reading_is_entered(world: World) -> None:
    late, early = a_note(entry=fresh_id(), at=NOW), a_note(entry=fresh_id(), at=NOW.replace(year=2025))
    world.records.put(late, early)
    assert await read(world) == [early, late]
    (entry,) = entries(world)
    assert (entry.action, entry.operation) == ("footage.notes-read", Operation.CONSULTATION)


async def test_out_of_reach_there_is_no_clip_to_write_beside(world: World) -> None:
    elsewhere = Reach(officer=OTHER_OFFICER)
    with pytest.raises(NotFound):
        await write(world, reach=elsewhere)
    with pytest.raises(NotFound):
        await notes(RECORDING, reach=elsewhere, asking=an_asking(), records=world.records)
    assert not [record for record in world.records.everything() if isinstance(record, Entry)]
