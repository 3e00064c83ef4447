"""Trail: everything that happened to one clip, in order. Reading it is the last thing on it."""

from collections.abc import Sequence

from shared.domain.access import Reach
from shared.domain.entry import Asking, Entry
from shared.domain.footage import ClipId
from shared.ports import Records
from shared.usecases.commit import commit
from shared.usecases.read import consulted
from shared.usecases.within import within

PAGE = 500


async def trail(clip: ClipId, *, reach: Reach, asking: Asking, records: Records) -> Sequence[Entry]:
    """All entries, 1 to n without gap, the entry of this reading among them."""
    held = await within(records, clip, reach)
    await commit(records, consulted(held.record, "trail.read", asking))
    return await whole_trail(clip, records)


async def whole_trail(pk: str, records: Records) -> Sequence[Entry]:
    """All entries of the partition, in their order."""
    entries: list[Entry] = []
    while page := await records.entries(pk, after=entries[-1].number if entries else 0, limit=PAGE):
        entries.extend(page)
    return entries
