"""Cosign: what a listed witness signed of what was published is kept once; anything else is refused, or an alarm."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.adapters.ed25519 import verifies
from shared.domain.ledger import from_base64, to_base64
from shared.domain.note import ID_LENGTH, parsed_note, signers
from shared.domain.seal import checkpoint_path
from shared.domain.witness import TIME_LENGTH, cosignature_path
from shared.errors import NotFound
from shared.usecases.cosign import Silence, longest_silence
from shared.usecases.prove import checkpoint, witnessed
from tests.builders import NOW
from tests.fakes import MemoryWitness, Moment, Outage, World
from tests.usecases.cosigning import (
    LISTED,
    ONE,
    TWO,
    UNLISTED,
    a_cosigned_note,
    a_ledger_of,
    cosignatures,
    cosigning,
    known_of,
    note_of,
)
from tests.usecases.schedules import Choose, Ended, every_schedule, interleave, some_schedules
from tests.usecases.sealed import SIGNER

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
AT = int(NOW.timestamp())
SOME = pytest.mark.parametrize("number", [40, pytest.param(600, marks=pytest.mark.slow)])


@pytest.fixture
def world() -> World:
    """A ledger that was published at the sizes 3, 5 and 8."""
    made = World()
    a_ledger_of(made, 3, 2, 3)
    return made


async def test_a_witness_s_cosignature_is_kept_as_a_file_and_it_is_known_how_far_it_has_seen(world: World) -> None:
    kept = await cosigning(world, a_cosigned_note(world, 5, ONE))
    assert (kept.size, kept.witnesses, kept.new) == (5, (ONE.key.name,), True)
    assert cosignatures(world) == {cosignature_path(5, ONE.key): ONE.line(note_of(world, 5), NOW).encode()}
    known = known_of(world, ONE)
    assert known is not None
    assert (known.size, known.seconds, known.before, known.name) == (5, AT, 0, ONE.key.name)
    assert world.metrics.counts["cosign.kept"] == 1


async def test_the_note_needs_no_signature_of_the_ledger_s_own(world: World) -> None:
    text = note_of(world, 5).partition("\n\n")[0]
    assert (await cosigning(world, f"{text}\n\n{ONE.line(note_of(world, 5), NOW)}")).new


async def test_the_first_cosignature_of_a_witness_to_a_size_stands(world: World) -> None:
    await cosigning(world, a_cosigned_note(world, 5, ONE))
    before = cosignatures(world), known_of(world, ONE)
    world.faults.mend()
    for at in (NOW, NOW + HOUR, NOW - HOUR):
        again = await cosigning(world, a_cosigned_note(world, 5, ONE, at=at), now=NOW + HOUR)
        assert (again.new, again.witnesses) == (False, (ONE.key.name,))
    assert (cosignatures(world), known_of(world, ONE)) == before
    assert {"records.write", "ledger.keep"} & set(world.faults.calls) == set()
    assert world.metrics.counts["cosign.kept"] == 1


async def test_of_a_note_that_two_signed_each_is_kept_and_what_is_new_is_told(world: World) -> None:
    await cosigning(world, a_cosigned_note(world, 5, ONE))
    kept = await cosigning(world, a_cosigned_note(world, 5, ONE, UNLISTED, TWO))
    assert (kept.new, kept.witnesses) == (True, (ONE.key.name, TWO.key.name))
    assert set(cosignatures(world)) == {cosignature_path(5, key) for key in LISTED}
    assert world.metrics.counts["cosign.kept"] == 2


async def test_what_is_known_of_a_witness_grows_and_no_late_note_takes_it_back(world: World) -> None:
    for size, known_size, before in ((3, 3, 0), (8, 8, 3), (5, 8, 3)):
        await cosigning(world, a_cosigned_note(world, size, ONE))
        known = known_of(world, ONE)
        assert known is not None
        assert (known.size, known.before) == (known_size, before)
    assert len(cosignatures(world)) == 3


async def test_after_a_crash_at_any_call_the_same_note_again_ends_as_if_it_had_come_once(world: World) -> None:
    note = a_cosigned_note(world, 5, ONE, TWO)
    undisturbed = World()
    a_ledger_of(undisturbed, 3, 2, 3)
    await cosigning(undisturbed, note)
    for number in range(1, len(undisturbed.faults.calls) + 1):
        for moment in Moment:
            broken = World()
            a_ledger_of(broken, 3, 2, 3)
            broken.faults.break_call(number, moment)
            with pytest.raises(Outage):
                await cosigning(broken, note)
            broken.faults.mend()
            later = a_cosigned_note(broken, 5, ONE, TWO, at=NOW + SECOND)
            await cosigning(broken, note)
            await cosigning(broken, later)
            assert broken.ledger.files == undisturbed.ledger.files, (number, moment)
            assert [known_of(broken, each) for each in (ONE, TWO)] == [
                known_of(undisturbed, each) for each in (ONE, TWO)
            ]


async def test_who_died_before_it_was_known_how_far_it_has_seen_is_known_by_the_time_of_what_was_kept(
    world: World,
) -> None:
    world.faults.break_every("records.witnessed")
    with pytest.raises(Outage):
        await cosigning(world, a_cosigned_note(world, 5, ONE))
    world.faults.mend()
    assert not (await cosigning(world, a_cosigned_note(world, 5, ONE, at=NOW + SECOND))).new
    known = known_of(world, ONE)
    assert known is not None
    assert known.seconds == AT


@SOME
@pytest.mark.parametrize("apart", [timedelta(0), SECOND], ids=["of one time", "of two times"])
async def test_two_at_once_end_as_one_and_its_repetition(apart: timedelta, number: int) -> None:
    ends = set()
    for choose in some_schedules(number, seed=9):
        world = World()
        a_ledger_of(world, 3)
        notes = [a_cosigned_note(world, 3, ONE), a_cosigned_note(world, 3, ONE, at=NOW + apart)]
        ended = await interleave(world, [cosigning(world, note) for note in notes], choose)
        assert [each.raised for each in ended] == [None, None]
        (raw,) = cosignatures(world).values()
        known = known_of(world, ONE)
        assert known is not None
        assert (known.size, ONE.line(notes[0], known.at).encode()) == (3, raw)
        ends.add(tuple(each.answer.new for each in ended))
    assert ends == {(True, False), (False, True)} | ({(True, True)} if not apart else set())


async def test_two_sizes_at_once_end_with_the_larger_one_known() -> None:
    async def play(choose: Choose) -> list[Ended]:
        world = World()
        a_ledger_of(world, 3, 2)
        notes = [a_cosigned_note(world, size, ONE) for size in (3, 5)]
        ended = await interleave(world, [cosigning(world, note) for note in notes], choose, alone=("ledger.",))
        assert [each.raised for each in ended] == [None, None]
        known = known_of(world, ONE)
        assert known is not None
        assert (known.size, len(cosignatures(world))) == (5, 2)
        return ended

    async for _ in every_schedule(play, at_most=500):
        pass


async def test_a_checkpoint_is_shown_with_what_listed_witnesses_cosigned_of_it(world: World) -> None:
    await cosigning(world, a_cosigned_note(world, 5, ONE, TWO))
    await cosigning(world, a_cosigned_note(world, 8, TWO))
    ports = {"check": verifies, "records": world.records, "ledger": world.ledger}
    for size, keys in ((None, {TWO.key}), (8, {TWO.key}), (5, {ONE.key, TWO.key}), (3, set())):
        shown = await checkpoint(size, witnesses=LISTED, **ports)  # type: ignore[arg-type]
        assert shown.startswith(note_of(world, size or 8))
        found = signers(parsed_note(shown.encode()), (SIGNER.key, *LISTED), verifies)
        assert set(found) == {SIGNER.key, *keys}
    assert await checkpoint(5, witnesses=(), **ports) == note_of(world, 5)  # type: ignore[arg-type]
    for size in (4, 9):
        with pytest.raises(NotFound, match="no checkpoint of that size"):
            await checkpoint(size, witnesses=LISTED, **ports)  # type: ignore[arg-type]


async def test_a_checkpoint_beyond_what_the_head_says_is_published_is_not_shown(world: World) -> None:
    world.ledger.files[checkpoint_path(9)] = note_of(world, 8).encode()
    with pytest.raises(NotFound):
        await checkpoint(9, witnesses=LISTED, check=verifies, records=world.records, ledger=world.ledger)


PLANTED: dict[str, Callable[[World], bytes]] = {
    "no line at all": lambda _world: b"something else\n",
    "nothing": lambda _world: b"",
    "no text": lambda _world: b"\xff\xfe",
    "a line of another checkpoint": lambda world: ONE.line(note_of(world, 5), NOW).encode(),
    "a line of another witness": lambda world: TWO.line(note_of(world, 8), NOW).encode(),
    "a line whose time was changed": lambda world: at_another_time(ONE.line(note_of(world, 8), NOW)).encode(),
}


def at_another_time(line: str) -> str:
    name, _, signature = line.rstrip("\n").rpartition(" ")
    raw = bytearray(from_base64("line", signature))
    raw[ID_LENGTH + TIME_LENGTH - 1] ^= 1
    return f"{name} {to_base64(bytes(raw))}\n"


@pytest.mark.parametrize("planted", PLANTED)
async def test_a_file_that_is_no_cosignature_is_left_out_and_logged_and_those_of_others_are_shown(
    world: World, planted: str, caplog: pytest.LogCaptureFixture
) -> None:
    world.ledger.files[cosignature_path(8, ONE.key)] = PLANTED[planted](world)
    await cosigning(world, a_cosigned_note(world, 8, TWO))
    shown = await checkpoint(None, witnesses=LISTED, check=verifies, records=world.records, ledger=world.ledger)
    assert shown == note_of(world, 8) + TWO.line(note_of(world, 8), NOW)
    assert f"no cosignature lies in its place: size=8 witness={ONE.key.name}" in caplog.text


@pytest.mark.parametrize("planted", PLANTED)
async def test_where_a_false_file_lies_in_its_place_the_true_one_is_not_called_kept_nor_how_far_it_saw_remembered(
    world: World, planted: str
) -> None:
    await cosigning(world, a_cosigned_note(world, 5, ONE))
    world.ledger.files[cosignature_path(8, ONE.key)] = PLANTED[planted](world)
    kept = await cosigning(world, a_cosigned_note(world, 8, ONE, TWO))
    assert (kept.witnesses, kept.new) == ((TWO.key.name,), True)
    alone = await cosigning(world, a_cosigned_note(world, 8, ONE))
    assert (alone.witnesses, alone.new) == ((), False)
    assert await seen_within(world, 8) == [(5, {ONE.key.name}), (8, {TWO.key.name})]


async def seen_within(world: World, size: int) -> list[tuple[int, set[str]]]:
    found = await witnessed(size, witnesses=LISTED, check=verifies, records=world.records, ledger=world.ledger)
    names = [{key.name for key in signers(parsed_note(each.note.encode()), LISTED, verifies)} for each in found]
    assert all(each.note.startswith(note_of(world, each.size)) for each in found)
    return list(zip([each.size for each in found], names, strict=True))


async def test_for_an_export_each_witness_s_largest_checkpoint_up_to_a_size_is_found(world: World) -> None:
    one, two = {ONE.key.name}, {TWO.key.name}
    assert await seen_within(world, 8) == []
    await longest_silence(now=NOW, witnesses=LISTED, records=world.records)
    assert await seen_within(world, 8) == []
    await cosigning(world, a_cosigned_note(world, 5, ONE, TWO))
    await cosigning(world, a_cosigned_note(world, 8, TWO))
    assert await seen_within(world, 8) == [(5, one), (8, two)]
    assert await seen_within(world, 7) == [(5, one), (5, two)]
    assert await seen_within(world, 4) == []


async def silence(world: World, later: timedelta, *witnesses: MemoryWitness) -> Silence | None:
    keys = tuple(witness.key for witness in witnesses)
    return await longest_silence(now=NOW.replace(microsecond=0) + later, witnesses=keys, records=world.records)


async def test_where_no_witness_is_listed_none_is_silent(world: World) -> None:
    assert await silence(world, HOUR) is None
    assert world.faults.calls == []


async def test_one_that_never_comes_is_silent_from_when_it_was_first_missed(world: World) -> None:
    assert await silence(world, timedelta(0), ONE) == Silence(witness=ONE.key.name, lasts=timedelta(0))
    world.faults.mend()
    assert await silence(world, HOUR, ONE) == Silence(witness=ONE.key.name, lasts=HOUR)
    assert world.faults.calls == ["records.witnessed"], "it is asked every minute, and written down once"


async def test_the_longest_silent_is_told_and_who_comes_is_silent_no_more(world: World) -> None:
    await cosigning(world, a_cosigned_note(world, 3, ONE))
    await cosigning(world, a_cosigned_note(world, 3, TWO, at=NOW + SECOND))
    assert await silence(world, HOUR, ONE, TWO) == Silence(witness=ONE.key.name, lasts=HOUR)
    await cosigning(world, a_cosigned_note(world, 5, ONE, at=NOW + HOUR), now=NOW + HOUR)
    assert await silence(world, HOUR, ONE, TWO) == Silence(witness=TWO.key.name, lasts=HOUR - SECOND)


async def test_one_whose_clock_is_ahead_of_ours_is_not_silent_for_less_than_no_time(world: World) -> None:
    await cosigning(world, a_cosigned_note(world, 3, ONE, at=NOW + SECOND))
    assert await silence(world, timedelta(0), ONE) == Silence(witness=ONE.key.name, lasts=timedelta(0))
