"""Sealing on the real servers, every adapter in it: one history, by one sealer and by two at once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.storage.blob.aio import ContainerClient

from shared.domain.entry import Entry, Trail, numbered, stored
from shared.domain.ledger import commitment, from_base64, leaf_line
from shared.domain.note import parsed_checkpoint, parsed_note
from shared.domain.seal import checkpoint_path, lines_of
from shared.domain.tiles import ENTRIES, parsed_bundle, parsed_tile_path, tile_in
from shared.ports import Create, Replace
from shared.usecases.recount import Recounted, recount
from shared.usecases.seal import SealReport
from tests.builders import NOW, a_draft, an_asking, fresh_id
from tests.contract.counted import must_be_counted
from tests.contract.sealer import Sealer
from tests.domain.followed import check_tiles
from tests.usecases.scenes import by_the_service

pytestmark = pytest.mark.stack
TRAILS, EACH, AT_ONCE = 30, 10, 16


async def enter(sealer: Sealer) -> set[str]:
    """Some trails of entries; their lines."""
    made: list[Entry] = []
    for pk in (fresh_id() for _ in range(TRAILS)):
        trail: Trail | None = None
        for number in range(EACH):
            entry, trail = numbered(a_draft(pk=pk, borough=pk, asking=an_asking(request=str(number))), trail)
            made.append(entry)
        await sealer.records.write(pk, [Create(entry) for entry in made[-EACH:]])
    return {leaf_line(each.id, commitment(stored(each))).decode() for each in made}


async def seal(sealer: Sealer, later: datetime = NOW + timedelta(minutes=1)) -> SealReport:
    return await sealer.seal(at=later, at_once=AT_ONCE)


async def recounted(sealer: Sealer, night: datetime) -> Recounted:
    return await recount(
        asking=by_the_service(at=night, key=str(night)),
        now=lambda: night,
        records=sealer.records,
        feed=sealer.feed,
        out_of_time=lambda: False,
        at_once=AT_ONCE,
    )


async def must_be_the_history_of(lines: set[str], sealer: Sealer, ledger: ContainerClient) -> None:
    held = await sealer.records.ledger_head()
    assert held is not None
    head = held.record
    assert (head.size, head.checkpointed, head.finished) == (len(lines),) * 3
    named = [item.name async for item in ledger.list_blobs("tile/")]
    files = {parsed_tile_path(name): await sealer.files.read(name) for name in named}
    check_tiles(head.size, from_base64("head", head.root), files.__getitem__)
    bundles = [tile_in(head.size, ENTRIES, index) for index in range(-(-head.size // 256))]
    assert {line.decode() for each in bundles for line in parsed_bundle(each, files[each])} == lines
    note = parsed_note(await sealer.files.read(checkpoint_path(head.size)))
    checkpoint = parsed_checkpoint(note.text)
    assert (checkpoint.origin, checkpoint.size) == (sealer.origin, head.size)
    assert checkpoint.root == from_base64("head", head.root)
    assert [name for name, _, _ in note.signatures] == [sealer.origin]
    assert await sealer.records.oldest_pending() is None
    written = lines_of(await sealer.records.sealing(head.batch))
    assert {line.text.decode() for line in written} <= lines
    assert written != []


async def test_what_was_entered_is_in_the_ledger_and_the_next_run_goes_on_from_there(
    sealer: Sealer, sealed_records: ContainerProxy, sealed_files: ContainerClient
) -> None:
    lines = await enter(sealer)
    assert (await seal(sealer)).sealed == TRAILS * EACH
    await must_be_the_history_of(lines, sealer, sealed_files)
    lines |= await enter(sealer)
    assert (await seal(sealer)).sealed == TRAILS * EACH
    await must_be_the_history_of(lines, sealer, sealed_files)
    assert await must_be_counted(sealed_records) == 2 * TRAILS


async def test_two_sealers_at_once_make_one_history(
    sealer: Sealer, sealed_records: ContainerProxy, sealed_files: ContainerClient
) -> None:
    lines = await enter(sealer)
    reports = await asyncio.gather(seal(sealer), seal(sealer))
    assert sum(report.sealed for report in reports) == TRAILS * EACH
    await must_be_the_history_of(lines, sealer, sealed_files)
    assert await must_be_counted(sealed_records) == TRAILS


async def test_counts_that_somebody_edits_are_found_the_next_night_and_set_right(
    sealer: Sealer, sealed_records: ContainerProxy
) -> None:
    await enter(sealer)
    await seal(sealer)
    day, night = NOW.date(), NOW + timedelta(hours=7)
    assert await recounted(sealer, night) == Recounted(days=1)
    one, two, gone, *_ = await sealer.records.daily_counts(day)
    await sealed_records.delete_item(gone.record.id, partition_key=gone.record.pk)
    moved = [replace(one.record, n=one.record.n + 1), replace(two.record, n=two.record.n - 1)]
    await sealer.records.write(one.record.pk, [Replace(moved[0], one.version), Replace(moved[1], two.version)])
    assert await recounted(sealer, night) == Recounted(days=1, differing=[day])
    assert await must_be_sealed_and_counted(sealer, sealed_records) == TRAILS + 1  # and the entry that tells of it
    assert await recounted(sealer, night + timedelta(minutes=1)) == Recounted(days=1)


async def must_be_sealed_and_counted(sealer: Sealer, container: ContainerProxy) -> int:
    await seal(sealer, NOW + timedelta(hours=8))
    return await must_be_counted(container)
