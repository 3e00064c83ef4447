"""Records, asked by time: ranges, what is about to go, soonest first; and counts that are as long as the lists."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.footage import Clip, Evidential, Integrity, Retention, State
from shared.domain.worklist import Worklist
from shared.ports import ClipFilter, Create, Order, Place, Records, Replace, place_in
from tests.builders import (
    FORCE,
    MICROSECOND,
    NOW,
    RECORDED,
    UPLOADED,
    a_clip,
    a_decision,
    a_grant,
    a_hold,
    an_entry,
    fresh_id,
)
from tests.contract.test_records_search import Corpus

SOON = NOW + timedelta(days=3)


@pytest.fixture
def corpus(records: Records) -> Corpus:
    return Corpus(records)


def goes(at: datetime | None) -> dict[str, Any]:
    return {"retention": Retention(rule="31 days", weed_after=at)}


@pytest.mark.parametrize("of, begins", [("uploaded", UPLOADED), ("recorded", RECORDED)])
async def test_a_range_is_from_its_first_moment_on_and_before_its_last(
    corpus: Corpus, of: str, begins: datetime
) -> None:
    earlier, first, last, later = [
        await corpus.add(**{f"{of}_at": begins + span})
        for span in (-MICROSECOND, timedelta(0), MICROSECOND, 2 * MICROSECOND)
    ]
    since, until = f"{of}_since", f"{of}_until"

    async def found(**asked: Any) -> set[str]:
        return {clip.id for clip in await corpus.search(**asked)}

    assert await found(**{since: begins}) == {first.id, last.id, later.id}
    assert await found(**{until: begins + 2 * MICROSECOND}) == {earlier.id, first.id, last.id}
    assert await found(**{since: begins, until: begins + 2 * MICROSECOND}) == {first.id, last.id}
    assert await found(**{since: begins, until: begins}) == set()


async def test_a_clip_that_claims_no_time_of_recording_is_in_no_range_of_them(corpus: Corpus) -> None:
    clip = await corpus.add(recorded_at=None)

    assert await corpus.search() == [clip]
    assert await corpus.search(recorded_since=datetime.fromisoformat("1900-01-01T00:00:00Z")) == []
    assert await corpus.search(recorded_until=NOW) == []


async def test_mine_are_mine_alone_within_reach_whatever_else_is_asked_for(corpus: Corpus) -> None:
    mine = await corpus.add()
    elsewhere = await corpus.add(borough=corpus.elsewhere)
    await corpus.add(officer=corpus.colleague)

    for reach in (FORCE, Reach(officer=corpus.officer), Reach(officer=corpus.officer, borough=corpus.borough)):
        assert await corpus.search(reach, mine=corpus.officer) == [mine, elsewhere]
    assert await corpus.search(Reach(borough=corpus.borough), mine=corpus.officer) == [mine]
    assert await corpus.search(mine=corpus.officer, officer=corpus.colleague) == []
    assert await corpus.search(Reach(officer=corpus.colleague), mine=corpus.officer) == []


@pytest.mark.parametrize("at, expiring", [(SOON - MICROSECOND, True), (SOON, False), (NOW - timedelta(days=9), True)])
async def test_a_clip_is_expiring_before_a_moment_and_not_on_it(corpus: Corpus, at: datetime, expiring: bool) -> None:
    clip = await corpus.add(**goes(at))

    assert await corpus.search(expiring_before=SOON) == ([clip] if expiring else [])


@pytest.mark.parametrize(
    "stays",
    [
        goes(None),
        {"decision": a_decision(evidential=Evidential.YES)},
        {"state": State.QUARANTINED},
        {"state": State.CONDEMNED},
        {"state": State.WEEDED},
        {"holds": (a_hold(),)},
    ],
)
async def test_what_is_not_going_is_never_expiring(corpus: Corpus, stays: dict[str, Any]) -> None:
    going = await corpus.add(**goes(NOW), decision=a_decision(evidential=Evidential.NO))
    await corpus.add(**(goes(NOW) | stays))
    state = stays.get("state")

    assert await corpus.search(expiring_before=SOON) == [going]
    assert await corpus.search(expiring_before=SOON, order=Order.SOONEST) == [going]
    assert state is None or await corpus.search(expiring_before=SOON, state=state) == []


@pytest.mark.parametrize("stays", [goes(None), *[{"state": state} for state in State if state is not State.HELD]])
async def test_soonest_to_go_are_only_clips_that_are_held_and_have_a_time(
    corpus: Corpus, stays: dict[str, Any]
) -> None:
    held = await corpus.add(**goes(SOON), holds=(a_hold(),))
    stayed = await corpus.add(**(goes(SOON) | stays))

    assert await corpus.search(order=Order.SOONEST) == [held]
    assert await corpus.search(order=Order.SOONEST, state=stayed.state) == (
        [held] if stayed.state is State.HELD else []
    )


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
async def test_pages_in_either_order_cover_everything_once_also_where_times_are_equal(
    corpus: Corpus, order: Order, size: int
) -> None:
    same = [await corpus.add(uploaded_at=UPLOADED, **goes(SOON)) for _ in range(4)]
    other = [await corpus.add(uploaded_at=UPLOADED + span, **goes(SOON - span)) for span in (-MICROSECOND, MICROSECOND)]
    await corpus.add(officer=corpus.colleague, borough=corpus.elsewhere, **goes(SOON))
    downwards = order is Order.NEWEST
    middle = sorted(same, key=lambda clip: clip.id, reverse=downwards)
    reach = Reach(officer=corpus.officer, borough=corpus.borough)

    found: list[Clip] = []
    after: Place | None = None
    while page := await corpus.search(reach, after=after, limit=size, order=order):
        found += page
        assert len(page) <= size
        assert len(found) <= corpus.added
        after = place_in(order, page[-1])
    assert found == [other[1], *middle, other[0]]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"state": State.WEEDED},
        {"state": State.HELD, "evidential": Evidential.UNDECIDED, "order": Order.SOONEST},
        {"expiring_before": SOON},
        {"expiring_before": SOON, "order": Order.SOONEST},
        {"uploaded_since": UPLOADED - timedelta(minutes=2), "uploaded_until": UPLOADED},
        {"dock": "no such dock"},
    ],
)
async def test_a_count_is_as_many_as_a_search_finds(corpus: Corpus, asked: dict[str, Any]) -> None:
    await corpus.add(**goes(NOW))
    await corpus.add(**goes(SOON), officer=corpus.colleague)
    await corpus.add(**goes(NOW), decision=a_decision(evidential=Evidential.NO), borough=corpus.elsewhere)
    await corpus.add(**goes(None), decision=a_decision(evidential=Evidential.YES))
    await corpus.add(state=State.WEEDED)

    for reach in (FORCE, Reach(officer=corpus.officer), Reach(officer=corpus.officer, borough=corpus.borough)):
        for mine in (None, corpus.officer):
            query = ClipFilter(reach=reach, camera=corpus.camera, mine=mine, **asked)
            found = await corpus.records.search(query, after=None, limit=100)
            assert await corpus.records.count(query) == len(found)


async def test_whoever_reaches_nothing_counts_nothing(corpus: Corpus) -> None:
    await corpus.add(officer=None, borough=None)

    assert await corpus.records.count(ClipFilter(reach=Reach())) == 0


@pytest.mark.parametrize(
    "worklist, waits",
    [
        (Worklist.QUARANTINE, {"state": State.QUARANTINED}),
        (Worklist.POISON, {"integrity": Integrity(gave_up_at=NOW)}),
    ],
)
async def test_what_waits_is_counted_clip_by_clip(records: Records, worklist: Worklist, waits: dict[str, Any]) -> None:
    before = await records.count_waiting(worklist)
    clip = a_clip(id=fresh_id(), **waits)
    entry, trail = an_entry(pk=clip.id, subject=clip.id)
    await records.write(clip.id, [Create(clip), Create(entry), Create(trail)])
    held = a_clip(id=fresh_id())
    await records.write(held.id, [Create(held)])

    assert await records.count_waiting(worklist) == before + 1


@pytest.mark.parametrize("worklist", [Worklist.UNMET_GRANTS, Worklist.DEAD_LETTERS, Worklist.UNDECIDED])
async def test_a_worklist_that_is_not_of_clips_that_wait_cannot_be_counted_so(
    records: Records, worklist: Worklist
) -> None:
    with pytest.raises(KeyError):
        await records.count_waiting(worklist)


async def test_an_unmet_grant_counts_from_its_moment_on_until_it_is_met(records: Records) -> None:
    at = datetime.fromisoformat("1980-01-01T00:00:00Z") + timedelta(seconds=int(fresh_id()[:8], 16) % 10**8)
    before, on = await records.count_unmet(at - MICROSECOND), await records.count_unmet(at)
    grant = a_grant(recording=fresh_id(), granted_at=at)
    await records.write(grant.recording, [Create(grant)])

    assert await records.count_unmet(at - MICROSECOND) == before
    assert await records.count_unmet(at) == on + 1

    held = await records.grant(grant.recording)
    assert held is not None
    await records.write(grant.recording, [Replace(replace(grant, met=True), held.version)])
    assert await records.count_unmet(at) == on
