"""Reconcile: what an event, a crash or somebody with rights at the account left wrong is found, and mended if safe."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.domain.entry import Outcome, Reason
from shared.domain.fixity import MISSING
from shared.domain.footage import Clip, State
from shared.domain.reconcile import ARCHIVE, GRACE, Finding, Shelved
from shared.domain.reconcile_rounds import ROUND
from shared.domain.weed import tombstone
from shared.usecases.fixity import Checked, fixity
from shared.usecases.ingest import ingest
from shared.usecases.reconcile import Asked
from tests.builders import (
    MICROSECOND,
    NOW,
    RECORDING,
    UPLOADED,
    a_clip,
    a_condemned_clip,
    a_dock,
    a_grant,
    fresh_id,
)
from tests.fakes import World
from tests.usecases.reconciling import DAY, VERIFIED, a_blob_of, a_clip_of, clips, run, tallied
from tests.usecases.rows_of_runs import other_metadata, something_at_a_weeded_path
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    PATH,
    a_landed_blob,
    a_stored_clip,
    a_verified_clip,
    actions,
    by_the_service,
    entries,
    intake,
    the_clip,
)


async def test_a_lost_event_is_mended_and_the_clip_is_as_if_it_had_come() -> None:
    world, as_it_should = World(), World()
    a_landed_blob(world)
    a_landed_blob(as_it_should)
    done = await run(world)
    await ingest(PATH, etag=None, asking=by_the_service(), intake=intake(as_it_should))
    assert the_clip(world) == the_clip(as_it_should)
    assert (world.queue.asked, len(world.announcer.announced)) == ([RECORDING], 1)
    assert actions(world) == ["footage.ingested"]
    assert tallied(done) == {Finding.NOT_INDEXED: 1}
    assert done.report.tallies[0].first == (RECORDING,)
    assert done.report.ended_at == NOW


@pytest.mark.parametrize("age, taken_in", [(GRACE, False), (GRACE + MICROSECOND, True)])
async def test_a_blob_whose_event_may_be_on_its_way_is_left_to_it(age: timedelta, taken_in: bool) -> None:
    world = World()
    a_blob_of(world, RECORDING, at=NOW - age)
    await run(world)
    assert (RECORDING in clips(world)) is taken_in


async def test_what_lies_in_no_day_s_folder_is_taken_in_too() -> None:
    world = World()
    strays = ["holiday.mp4", "a b/ü.mp4", "hackney/x.mp4", "hackney/x/y.mp4", "hackney/2026/x.mp4"]
    strays += ["hackney/2026/x/y.mp4", "hackney/2026/11/x.mp4", "hackney/2026/11/31/x.mp4", "hackney/2030/01/01/x.mp4"]
    for path in strays:
        world.footage.put(path, CONTENT, at=UPLOADED)
    done = await run(world)
    assert {r.blob.path for r in world.records.everything() if isinstance(r, Clip)} == set(strays)
    assert tallied(done) == {Finding.NOT_INDEXED: len(strays)}


@pytest.mark.parametrize("older, nights", [(35, 1), (36, ROUND), (400, ROUND)])
async def test_an_older_day_is_looked_at_once_in_30_nights(older: int, nights: int) -> None:
    world = World()
    a_blob_of(world, RECORDING, at=NOW - older * DAY)
    found = [tallied(await run(world, Asked(), key=str(n), at=NOW + n * DAY)) for n in range(nights)]
    assert found.count({Finding.NOT_INDEXED: 1}) == 1
    assert found.count({}) == nights - 1


async def test_a_clip_whose_content_is_gone_is_entered_once_and_quarantined_so_that_nothing_weeds_it() -> None:
    world = World()
    world.records.put(a_dock())
    world.footage.lose(a_verified_clip(world).blob.path)
    for night in range(2):
        done = await run(world, key=str(night), at=NOW + night * DAY)
        assert tallied(done) == {Finding.MISSING: 1}
    assert (the_clip(world).state, the_clip(world).quarantine) == (State.QUARANTINED, (MISSING,))
    (entry,) = entries(world, RECORDING)
    assert (entry.action, entry.outcome, entry.reason) == ("footage.missing", Outcome.FAILED, Reason(code=MISSING))


async def test_what_fixity_entered_as_missing_is_not_entered_again() -> None:
    world = World()
    world.records.put(a_dock())
    world.footage.lose(a_stored_clip(world).blob.path)
    checked = await fixity(
        RECORDING, asking=by_the_service(), now=lambda: NOW, records=world.records, footage=world.footage
    )
    assert checked is Checked.MISSING
    assert tallied(await run(world)) == {Finding.MISSING: 1}
    assert actions(world) == ["footage.missing"]


async def test_a_borough_all_of_whose_footage_is_gone_is_looked_at_by_its_docks() -> None:
    world = World()
    world.records.put(a_dock(), a_clip(integrity=VERIFIED))
    assert tallied(await run(world)) == {Finding.MISSING: 1}


async def test_a_listing_that_leaves_something_out_proves_nothing() -> None:
    world = World()
    a_verified_clip(world)

    async def nothing(prefix: str) -> AsyncIterator[Sequence[Shelved]]:
        yield []

    world.footage.shelved = nothing  # type: ignore[method-assign] # the storage under test lies
    assert tallied(await run(world)) == {}
    assert the_clip(world).state is State.HELD


async def test_without_versions_an_overwrite_is_an_incident_and_the_clip_is_missing_its_content() -> None:
    world = World(versioned=False)
    a_verified_clip(world)
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    second = world.footage.put(PATH, CONTENT[::-1], at=UPLOADED)
    done = await run(world)
    assert tallied(done) == {Finding.OVERWRITTEN: 1, Finding.MISSING: 1}
    assert actions(world) == ["footage.overwritten", "footage.missing"]
    assert the_clip(world).state is State.QUARANTINED
    assert world.footage.versions(PATH) == [second.blob]


async def test_with_versions_an_overwrite_is_an_incident_and_the_first_content_stays_the_one_served() -> None:
    world = World()
    clip = a_verified_clip(world)
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    world.footage.put(PATH, b"a second content", at=UPLOADED)
    for night in range(2):
        assert tallied(await run(world, key=str(night))) == {Finding.OVERWRITTEN: 1}
    assert (the_clip(world), actions(world)) == (clip, ["footage.overwritten"])


async def test_without_versions_changed_metadata_is_entered_and_the_same_bytes_are_pinned_anew() -> None:
    world = World(versioned=False)
    other_metadata(world)
    assert tallied(await run(world)) == {Finding.METADATA_CHANGED: 1}
    clip = the_clip(world)
    assert [clip.blob] == world.footage.versions(PATH)
    assert (clip.state, clip.integrity, clip.officer) == (State.HELD, VERIFIED, "P1234")
    assert actions(world) == ["footage.metadata-changed"]
    assert tallied(await run(world, key="night-2")) == {}


async def test_with_versions_changed_metadata_is_entered_once_and_the_bytes_are_read_once() -> None:
    world = World()
    other_metadata(world)
    clip = the_clip(world)
    for night in range(2):
        assert tallied(await run(world, key=str(night))) == {Finding.METADATA_CHANGED: 1}
    assert world.faults.calls.count("footage.stream") == 1
    assert (the_clip(world), actions(world)) == (clip, ["footage.metadata-changed"])


async def test_other_bytes_of_the_same_length_are_never_pinned() -> None:
    world = World(versioned=False)
    clip = a_verified_clip(world)
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    world.footage.put(PATH, CONTENT[::-1], at=UPLOADED)
    await run(world)
    assert the_clip(world).blob == clip.blob


async def test_what_is_in_the_archive_is_asked_back_and_is_the_same_content() -> None:
    world = World()
    clip = a_verified_clip(world)
    world.footage.archive(clip.blob)
    assert tallied(await run(world)) == {Finding.ARCHIVED: 1}
    (shelved,) = [each async for page in world.footage.shelved(PATH) for each in page]
    assert (shelved.tier, shelved.rehydrating, the_clip(world)) == (ARCHIVE, True, clip)


async def test_a_lease_is_reported_and_left_to_whoever_placed_it() -> None:
    world = World()
    world.footage.lease(a_verified_clip(world).blob)
    assert tallied(await run(world)) == {Finding.LEASED: 1}
    (shelved,) = [each async for page in world.footage.shelved(PATH) for each in page]
    assert shelved.leased


async def test_an_overdue_hash_is_announced_and_asked_for_again() -> None:
    world = World()
    clip = a_stored_clip(world)
    assert tallied(await run(world)) == {Finding.HASH_OVERDUE: 1}
    assert (world.queue.asked, world.announcer.announced) == ([RECORDING], [(clip, NOW)])


async def test_a_second_content_at_a_weeded_path_is_entered_once_and_neither_erased_nor_taken_for_the_clip() -> None:
    world = World()
    something_at_a_weeded_path(world)
    stone, lying = the_clip(world), world.footage.versions(PATH)
    for night in range(2):
        assert tallied(await run(world, key=str(night))) == {Finding.RESURFACED: 1}
    assert (the_clip(world), world.footage.versions(PATH)) == (stone, lying)
    (entry,) = entries(world, RECORDING)
    assert (entry.action, entry.outcome) == ("footage.resurfaced", Outcome.FAILED)


async def test_what_was_weeded_while_it_was_compared_did_not_resurface() -> None:
    """It was listed, then erased, then its tombstone was read."""
    world = World()
    something_at_a_weeded_path(world)

    async def weeded_meanwhile(call: str) -> None:
        if call == "records.clips_at":
            world.footage.lose(PATH)

    world.faults.pause = weeded_meanwhile
    assert tallied(await run(world, Asked(prefix=PATH))) == {}
    assert world.faults.calls.index("footage.shelved") < world.faults.calls.index("records.clips_at")


async def test_a_dry_run_reports_and_changes_nothing() -> None:
    world = World()
    a_landed_blob(world)
    lost = a_clip_of(world, fresh_id())
    world.footage.lose(lost.blob.path)
    done = await run(world, Asked(dry_run=True))
    assert tallied(done) == {Finding.NOT_INDEXED: 1, Finding.MISSING: 1}
    assert clips(world) == {lost.id}
    assert the_clip(world, lost.id) == lost
    assert {entry.pk for entry in entries(world)} == {done.report.pk}
    assert (world.queue.asked, world.announcer.announced) == ([], [])
    assert tallied(await run(world, key="in earnest")) == tallied(done)


async def test_a_prefix_is_looked_at_whole_and_nothing_else_is_whatever_their_age() -> None:
    world = World()
    a_blob_of(world, RECORDING, at=NOW - 400 * DAY)
    young, other = fresh_id(), fresh_id()
    a_blob_of(world, young, at=NOW - MICROSECOND)
    a_blob_of(world, other, borough="Camden")
    await run(world, Asked(prefix="hackney/", why="Event Grid was down"))
    assert clips(world) == {RECORDING, young}
    started = next(entry for entry in entries(world) if entry.action == "reconciliation.started")
    assert started.reason == Reason(code="asked", text="Event Grid was down")


async def test_a_clip_that_changed_meanwhile_is_looked_at_again_before_it_is_quarantined() -> None:
    world = World()
    world.records.put(a_dock())
    clip = a_verified_clip(world)
    world.footage.lose(PATH)
    meanwhile = [replace(clip, camera="changed while it was compared"), tombstone_of(clip)]

    async def changes(call: str) -> None:
        if call == "records.write" and "records.clip" in world.faults.calls and meanwhile:
            world.records.put(meanwhile.pop(0))

    world.faults.pause = changes
    done = await run(world)
    assert (done.failed, the_clip(world).state, actions(world)) == (0, State.WEEDED, [])


def tombstone_of(clip: Clip) -> Clip:
    return tombstone(a_condemned_clip(blob=clip.blob), now=NOW)
