"""What tells of an erasure, asked of a real record store over a real ledger: whatever somebody wrote, and what fits."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.feed import CosmosFeed
from shared.adapters.cosmos.records import CosmosRecords
from shared.adapters.ed25519 import verifies
from shared.domain.document import timestamp
from shared.domain.entry import Change, Entry, Operation
from shared.usecases.commit import commit
from shared.usecases.erasures import Erasures, Told
from shared.usecases.seal import SealReport, seal
from tests.builders import NOW, a_draft, an_asking, fresh_id
from tests.fakes import MemoryKeys, MemoryLedger
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import by_the_service
from tests.usecases.sealing import LATER

pytestmark = pytest.mark.stack
GONE = 2  # the number of what is erased


class Store:
    """A record store with a ledger over it, both of this test alone."""

    def __init__(self, container: ContainerProxy) -> None:
        self.records, self.feed = CosmosRecords(container), CosmosFeed(container)
        self.files, self._keys, self.container = MemoryLedger(), MemoryKeys(), container

    async def entered(self, pk: str, *told: Change) -> Entry:
        asking = an_asking(request=fresh_id())
        draft = a_draft(pk=pk, subject=pk, asking=asking, changes=told)
        if told:
            draft = replace(draft, action="entry.erased", operation=Operation.ERASURE)
        return (await commit(self.records, draft)).entry

    async def sealed(self, now: datetime = LATER) -> SealReport:
        return await seal(
            asking=by_the_service(at=now),
            now=lambda: now,
            origin=LEDGER_KEY,
            records=self.records,
            feed=self.feed,
            files=self.files,
            keys=self._keys,
            check=verifies,
            out_of_time=lambda: False,
            at_once=4,
        )

    def told(self, size: int) -> Erasures:
        return Erasures(feed=self.feed, files=self.files, size=size, until=LATER)


async def test_one_that_fits_is_believed_and_whatever_else_lies_there_is_told_and_raises_nothing(
    sealed_records: ContainerProxy,
) -> None:
    store, pk = Store(sealed_records), fresh_id()
    trail = [await store.entered(pk) for _ in range(GONE + 1)]
    await store.sealed()
    gone = await store.records.entry_anywhere(trail[GONE - 1].id)
    assert gone is not None
    assert gone.leaf is not None
    whole = {"number": str(GONE), "entry": gone.id, "leaf": gone.leaf}
    await store.entered(pk, *(Change(field=name, before=before, after=None) for name, before in whole.items()))
    size = (await store.sealed()).size
    await sealed_records.delete_item(gone.id, gone.pk)
    assert await store.told(size).told() == Told(erased={(gone.id, int(gone.leaf))})

    bare: dict[str, Any] = {"kind": "entry", "pk": "nowhere", "action": "entry.erased"}
    planted = [{**bare, "id": fresh_id(), "occurredAt": timestamp(NOW), **more} for more in ({}, {"changes": 7})]
    undated: tuple[dict[str, Any], ...] = ({**bare, "id": fresh_id()}, {**bare, "id": fresh_id(), "occurredAt": 7})
    for document in (*planted, *undated):
        await sealed_records.upsert_item(document)
    found = await store.told(size).told()
    assert (found.erased, sorted(found.untrue)) == ({(gone.id, int(gone.leaf))}, sorted(str(p["id"]) for p in planted))


async def test_how_many_wait_to_be_sealed_is_counted_in_the_store(sealed_records: ContainerProxy) -> None:
    store = Store(sealed_records)
    for _ in range(3):
        await store.entered(fresh_id())
    report = await store.sealed(NOW)
    heartbeat = 1
    assert (report.sealed, report.size, report.pending) == (0, 0, 3 + heartbeat)
