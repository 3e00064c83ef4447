"""Worklists: what is on which, the oldest first, page by page, and each page entered before it is shown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Asking, Operation
from shared.domain.footage import ClipId, Fixity, Integrity, OfficerId, State
from shared.domain.worklist import UNMET_AFTER, DeadLetter, Worklist
from shared.ports import Place
from shared.usecases.ingest import ingest
from shared.usecases.worklist import Row, place_of, worklist
from tests.builders import FORCE, MICROSECOND, NOW, RECORDING, UPLOADED, a_clip, a_dock, a_grant, an_asking, fresh_id
from tests.fakes import Outage, World
from tests.usecases.scenes import a_landed_blob, by_the_service, entries, intake

MISMATCH = Integrity(state=Fixity.MISMATCH)
GIVEN_UP = Integrity(gave_up_at=NOW)
OLD = NOW - UNMET_AFTER


async def show(
    world: World,
    name: Worklist,
    *,
    after: Place | None = None,
    limit: int = 10,
    reach: Reach = FORCE,
    mine: OfficerId | None = None,
    asking: Asking | None = None,
) -> tuple[list[Row], Place | None]:
    page, following = await worklist(
        name,
        after=after,
        limit=limit,
        reach=reach,
        mine=mine,
        asking=asking or an_asking(),
        records=world.records,
        dead_letters=world.dead_letters,
    )
    return list(page), following


async def ids(world: World, name: Worklist, **asked: Any) -> list[str]:
    return [place_of(name, row).id for row in (await show(world, name, **asked))[0]]


@pytest.mark.parametrize(
    "name, on, off",
    [
        (Worklist.QUARANTINE, {"state": State.QUARANTINED}, {"state": State.HELD, "quarantine": ("truncated",)}),
        (Worklist.MISMATCH, {"integrity": MISMATCH, "state": State.QUARANTINED}, {"integrity": Integrity()}),
        (Worklist.MISMATCH, {"integrity": MISMATCH}, {"integrity": MISMATCH, "state": State.WEEDED}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": Integrity()}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": GIVEN_UP, "state": State.WEEDED}),
        (Worklist.POISON, {"integrity": GIVEN_UP}, {"integrity": replace(GIVEN_UP, state=Fixity.VERIFIED)}),
    ],
)
async def test_a_clip_is_on_the_list_by_what_it_is(
    name: Worklist, on: dict[str, object], off: dict[str, object]
) -> None:
    world = World()
    waits = a_clip(**on)
    world.records.put(waits, a_clip(id=fresh_id(), **off))
    assert await ids(world, name) == [waits.id]


@pytest.mark.parametrize("given, listed", [(OLD - MICROSECOND, True), (OLD, True), (OLD + MICROSECOND, False)])
async def test_a_grant_is_unmet_from_24_hours_on(given: object, listed: bool) -> None:
    world = World()
    world.records.put(a_grant(granted_at=given))
    assert bool(await ids(world, Worklist.UNMET_GRANTS)) is listed


async def test_a_grant_leaves_the_list_in_the_transaction_that_takes_its_footage_in() -> None:
    world = World()
    path = a_landed_blob(world)
    held = await world.records.grant(RECORDING)
    assert held is not None
    world.records.put(replace(held.record, granted_at=OLD))
    assert await ids(world, Worklist.UNMET_GRANTS) == [RECORDING]
    await ingest(path, etag=None, asking=by_the_service(), intake=intake(world))
    assert await ids(world, Worklist.UNMET_GRANTS) == []


async def test_a_dead_letter_is_shown_as_it_is() -> None:
    world = World()
    letter = DeadLetter(id="ingest/2026/11/25/20/1.json", at=NOW, reason="MaxDeliveryAttemptsExceeded", attempts=30)
    world.dead_letters.dead.append(letter)
    assert await show(world, Worklist.DEAD_LETTERS) == ([letter], None)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6])
async def test_pages_are_oldest_first_and_cover_everything_once(size: int) -> None:
    world = World()
    clips = [
        a_clip(id=ClipId(f"{n}"), uploaded_at=UPLOADED + timedelta(seconds=n // 2), state=State.QUARANTINED)
        for n in (4, 0, 3, 1, 2)
    ]
    world.records.put(*clips)
    found, after = await show(world, Worklist.QUARANTINE, limit=size)
    pages = 1
    while after is not None:
        page, after = await show(world, Worklist.QUARANTINE, after=after, limit=size)
        found, pages = found + page, pages + 1
    assert [place_of(Worklist.QUARANTINE, row).id for row in found] == ["0", "1", "2", "3", "4"]
    assert pages == -(-5 // size)


async def test_each_page_is_entered_with_what_it_shows() -> None:
    world = World()
    world.records.put(*[a_clip(id=ClipId(f"{n}"), state=State.QUARANTINED) for n in (1, 2, 3)])
    await show(world, Worklist.QUARANTINE, limit=2)
    (entry,) = entries(world, "actor:P1234")
    assert (entry.action, entry.operation, entry.subject) == ("worklist.read", Operation.CONSULTATION, "quarantine")
    assert [(change.field, change.after) for change in entry.changes] == [("shown", "1 2")]


async def test_what_cannot_be_entered_is_not_shown() -> None:
    world = World()
    world.records.put(a_dock())
    world.faults.break_every("records.write")
    with pytest.raises(Outage):
        await show(world, Worklist.QUARANTINE)
