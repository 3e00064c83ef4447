"""Records a newer release wrote, on the real store: looked at by anybody, and a fault to whoever might write them back.

The fake keeps records and not documents, so there is nothing to plant in it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.approve import Approval
from shared.domain.document import NewerDocument
from shared.domain.entry import Trail
from shared.domain.footage import DockId, Grant
from shared.ports import ClipFilter, Create, EntryFilter, Records
from tests.builders import FORCE, a_clip, a_dock, a_grant, an_approval, an_entry, fresh_id

pytestmark = pytest.mark.stack


@pytest.fixture
def records(container: ContainerProxy) -> CosmosRecords:
    return CosmosRecords(container)


class Store:
    """One of each record under ids no other test has, and a way to write behind the service's back."""

    def __init__(self, records: CosmosRecords, container: ContainerProxy) -> None:
        self.records, self.container = records, container
        self.pk, self.dock = fresh_id(), DockId(fresh_id())
        self.clip = a_clip(id=self.pk, camera=self.pk)
        self.entry, self.trail = an_entry(pk=self.pk, subject=self.pk)

    async def fill(self) -> None:
        writes = (self.clip, a_grant(recording=self.pk), an_approval(clip=self.pk), self.entry, self.trail)
        await self.records.write(self.pk, [Create(record) for record in writes])
        dock = a_dock(id=self.dock)
        await self.records.write(dock.pk, [Create(dock)])

    async def plant(self, pk: str, record: str, *place: str) -> None:
        """A name of a newer release, at the top or within."""
        document: dict[str, Any] = dict(await self.container.read_item(record, partition_key=pk))
        within: Any = document
        for step in place:
            within = within[step]
        within["tomorrow"] = {"a": 1}
        await self.container.replace_item(record, document)


@pytest.fixture
async def store(records: CosmosRecords, container: ContainerProxy) -> Store:
    made = Store(records, container)
    await made.fill()
    return made


async def test_what_the_store_itself_adds_is_nothing_newer(store: Store) -> None:
    held = await store.records.clip(store.pk)
    assert held is not None
    assert held.record == store.clip
    assert await store.records.dock(store.dock) is not None


@pytest.mark.parametrize("place", [(), ("media", "video"), ("integrity",)], ids=".".join)
async def test_a_clip_of_a_newer_release_is_a_fault_to_read_and_is_found_by_a_search(
    store: Store, place: tuple[str, ...]
) -> None:
    await store.plant(store.pk, store.pk, *place)
    with pytest.raises(NewerDocument, match="does not know tomorrow"):
        await store.records.clip(store.pk)
    (found,) = await store.records.search(ClipFilter(reach=FORCE, camera=store.pk), after=None, limit=10)
    assert found.record == store.clip


READS: dict[str, Callable[[Records, Store], Awaitable[object]]] = {
    Grant.id: lambda records, store: records.grant(store.pk),
    Trail.id: lambda records, store: records.trail(store.pk),
    Approval.id: lambda records, store: records.approval(store.pk),
    "entry": lambda records, store: records.entry(store.pk, store.entry.id),
    "dock": lambda records, store: records.dock(store.dock),
}


@pytest.mark.parametrize("name", READS)
async def test_every_other_record_of_a_newer_release_is_a_fault_to_read(store: Store, name: str) -> None:
    address = {"entry": (store.pk, store.entry.id), "dock": (f"dock:{store.dock}", store.dock)}
    await store.plant(*address.get(name, (store.pk, name)))
    with pytest.raises(NewerDocument, match="does not know tomorrow"):
        await READS[name](store.records, store)


async def test_entries_of_a_newer_release_are_listed_as_far_as_we_know_them(store: Store) -> None:
    await store.plant(store.pk, store.entry.id)
    assert await store.records.entries(store.pk, after=0, limit=10) == [store.entry]
    assert await store.records.feed(EntryFilter(subject=store.pk), after=None, limit=10) == [store.entry]
