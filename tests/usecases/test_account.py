"""Account: whoever takes sealed entries away, or changes them, is told of in the next night, or within thirty."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from shared.domain.account import Accounting, Finding, Kept
from shared.domain.entry import Entry, Outcome
from shared.domain.reconcile_rounds import ROUND
from shared.domain.seal import LEDGER
from shared.domain.tiles import ENTRIES, FULL, tile_in
from shared.usecases.account import STEP
from tests.builders import NOW
from tests.fakes import MemoryRecords, Moment, Outage, World
from tests.tools.shown import shown
from tests.usecases.accounting import DAY, a_night, as_told, at_leaves, cut_off, reached, take_away, told
from tests.usecases.scenes import assert_trails_whole, entries
from tests.usecases.sealed import seal_by_hand
from tests.usecases.sealing import copied, sealing, the_head, wait

FIRST, SINCE = FULL + 40, 20  # so that a night ends in the middle of a bundle, and the next begins there


def grown(world: World, number: int, pk: str = "clip-1") -> list[Entry]:
    """So many more entries, sealed; and they."""
    before = len(entries(world, pk))
    wait(world, number, pk=pk)
    seal_by_hand(world)
    return entries(world, pk)[before:]


@pytest.fixture
def world() -> World:
    world = World()
    grown(world, FIRST)
    return world


async def test_where_every_line_has_its_entry_nothing_is_told(world: World) -> None:
    done = await a_night(world)
    assert (done.lines, done.found, done.failed, done.late) == (FIRST, {}, 0, False)
    assert world.metrics.counts == {}
    assert reached(world) == Accounting(checked=FIRST, night=NOW.date(), bundles=1)
    assert [entry.action for entry in entries(world, LEDGER)] == ["ledger.accounted"]


async def test_what_is_taken_off_the_end_of_a_trail_is_told_the_next_night(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await a_night(world)
    grown(world, SINCE)
    taken = cut_off(world, "clip-1", 2)
    done = await a_night(world, 1)
    assert (done.lines >= SINCE, done.found) == (True, {Finding.GONE: 2})
    assert sorted(told(world)) == sorted(as_told(taken, Finding.GONE))
    assert world.metrics.counts == {"ledger.unaccounted": 2}
    assert [entry.id in caplog.text for entry in taken] == [True, True]
    assert_trails_whole(world)


async def test_what_was_changed_or_moved_after_it_was_sealed_is_told(world: World) -> None:
    changed, salted, waits, moved, elsewhere = at_leaves(world, 10, 11, 12, 13, FULL + 3)
    take_away(world, [elsewhere])
    world.records.put(
        replace(changed, outcome=Outcome.REFUSED),
        replace(salted, salt="no base64"),
        replace(waits, pending=True, leaf=None),
        replace(moved, leaf="7"),
        replace(elsewhere, pk="actor:nobody"),
    )
    await a_night(world)
    assert told(world) == [
        *as_told([changed, salted], Finding.CHANGED),
        *as_told([waits, moved, elsewhere], Finding.MOVED),
    ]


async def test_a_copy_in_another_trail_accounts_for_nothing_and_hides_nothing(world: World) -> None:
    entry = entries(world, "clip-1")[10]
    world.records.put(replace(entry, pk="actor:nobody", outcome=Outcome.REFUSED))
    assert (await a_night(world)).found == {}


async def test_an_entry_that_was_lawfully_erased_is_accounted_for_and_another_is_not() -> None:
    world = (await shown(erased=True)).world
    assert (await a_night(world)).found == {}
    take_away(world, [entries(world)[0]])
    world.records.put(replace(reached(world), checked=0))
    assert (await a_night(world, 1)).found == {Finding.GONE: 1}


async def test_what_is_sealed_and_was_not_told_so_yet_is_left_to_the_next_night(world: World) -> None:
    await a_night(world)
    grown(world, SINCE)
    head = the_head(world)
    world.records.put(replace(head, finished=FIRST))
    assert (await a_night(world, 1)).lines <= FULL
    world.records.put(head)
    await a_night(world, 2)
    assert reached(world).checked == the_head(world).size > FIRST + SINCE


async def test_before_anything_is_sealed_there_is_nothing_to_account_for() -> None:
    assert (await a_night(World())).lines == 0


def bundles_of(world: World, number: int) -> World:
    grown(world, number * FULL, pk="many")
    return world


async def test_every_older_bundle_is_looked_at_once_in_thirty_nights() -> None:
    world = bundles_of(World(), 3)
    await a_night(world)
    victims = at_leaves(world, 0, FULL, 2 * FULL)
    take_away(world, victims)
    found = [(await a_night(world, night)).found for night in range(1, ROUND + 1)]
    assert sum(each.total() for each in found) == len(victims)
    assert max(each.total() for each in found) == 1
    assert sorted(told(world)) == sorted(as_told(victims, Finding.GONE))
    again = [(await a_night(world, night)).found.total() for night in range(ROUND + 1, 2 * ROUND + 1)]
    assert sum(again) == len(victims), "nothing that is written down silences it"
    assert len(told(world)) == len(victims), "and it is entered once"


async def test_nights_that_nobody_ran_are_made_up_for(world: World) -> None:
    world = bundles_of(World(), 2)
    await a_night(world)
    take_away(world, at_leaves(world, 0, FULL))
    assert (await a_night(world, ROUND + 10)).found == {Finding.GONE: 2}


async def test_a_record_that_says_too_much_puts_it_off_and_no_longer_than_thirty_nights() -> None:
    world = bundles_of(World(), 2)
    take_away(world, at_leaves(world, 0, FULL))
    world.records.put(Accounting(checked=10**9, night=NOW.date() + 1000 * DAY, bundles=10**9))
    found = [(await a_night(world, night)).found.total() for night in range(ROUND)]
    assert sum(found) == 2


async def test_a_run_whose_time_is_over_goes_on_in_the_next_where_it_stopped() -> None:
    world = bundles_of(World(), 5)
    first = await a_night(world, lasts=1, group=2)
    assert (first.late, first.lines, reached(world).checked) == (True, 2 * FULL, 2 * FULL)
    second = await a_night(world, group=2, key="again")
    assert (second.late, second.lines) == (False, 3 * FULL)
    assert reached(world) == Accounting(checked=5 * FULL, night=NOW.date(), bundles=5)


async def test_a_bundle_that_is_not_what_was_published_is_told_of_and_hides_no_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    path = str(tile_in(FIRST, ENTRIES, 0))
    world.ledger.files[path] = world.ledger.files[path].replace(b"v1 0", b"v1 1", 1)
    taken = at_leaves(world, FIRST - 1)
    take_away(world, taken)
    done = await a_night(world)
    assert (done.failed, done.found) == (1, {Finding.GONE: 1})
    assert "account: bundle=0: tile/0/000: it does not follow from tile/entries/000" in caplog.text
    assert sorted(told(world)) == sorted(as_told(taken, Finding.GONE))


async def test_what_is_told_is_entered_once_however_often_it_is_found_and_is_sealed_as_any_entry(world: World) -> None:
    taken = cut_off(world, "clip-1", 3)
    await a_night(world)
    world.records.put(replace(reached(world), checked=0))
    await a_night(world, 1)
    assert sorted(told(world)) == sorted(as_told(taken, Finding.GONE))
    assert world.metrics.counts == {"ledger.unaccounted": 6}
    await sealing(world, now=lambda: NOW + 2 * DAY)
    assert [entry.pending for entry in entries(world, LEDGER)] == [False] * 3


async def test_after_a_crash_at_any_call_the_next_run_ends_as_if_there_had_been_none(world: World) -> None:
    """What it tells may be counted again, and is entered once."""
    taken = cut_off(world, "clip-1", 3)
    undisturbed = copied(world)
    await a_night(undisturbed, group=1)
    for number in range(1, len(undisturbed.faults.calls) + 1):
        for moment in Moment:
            broken = copied(world)
            broken.faults.break_call(number, moment)
            with pytest.raises(Outage):
                await a_night(broken, group=1)
            broken.faults.mend()
            await a_night(broken, group=1, key="again")
            where = f"call {number} broken {moment.value}"
            assert sorted(told(broken)) == sorted(as_told(taken, Finding.GONE)), where
            assert reached(broken) == reached(undisturbed), where
            assert broken.metrics.counts["ledger.unaccounted"] >= len(taken), where
            assert_trails_whole(broken)


async def test_a_long_run_writes_down_how_far_it_came_before_it_ends() -> None:
    world = bundles_of(World(), STEP + 1)
    undisturbed = copied(world)
    await a_night(undisturbed, group=1)
    *_, last = (n for n, call in enumerate(undisturbed.faults.calls, 1) if call == "records.entries_among")
    world.faults.break_call(last, Moment.BEFORE)
    with pytest.raises(Outage):
        await a_night(world, group=1)
    assert reached(world).checked == STEP * FULL


class ForgetfulOnce(MemoryRecords):
    """Its first answer to each question by ids has nothing in it."""

    def __init__(self, world: World) -> None:
        super().__init__(world.faults)
        self._records, self._version = world.records._records, world.records._version
        self.asked: set[tuple[str, ...]] = set()

    async def entries_among(self, ids: Sequence[str]) -> Sequence[Kept]:
        found = await super().entries_among(ids)
        again = tuple(ids) in self.asked
        self.asked.add(tuple(ids))
        return found if again else []


async def test_what_one_question_did_not_find_is_asked_for_once_more_before_anybody_is_woken(world: World) -> None:
    world.records = ForgetfulOnce(world)
    assert (await a_night(world)).found == {}
    assert world.metrics.counts == {}
