"""Play: an address to watch the footage by, for a stated reason. No entry, no address."""

from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.categorise import must_be_there
from shared.domain.entry import Asking, Reason
from shared.domain.footage import ClipId
from shared.domain.play import bindable, watchable_until
from shared.ports import Links, Records
from shared.usecases.commit import commit
from shared.usecases.read import consulted
from shared.usecases.within import within


@dataclass(frozen=True, slots=True, kw_only=True)
class Playback:
    url: str
    expires: datetime


async def play(
    clip: ClipId, why: str, *, bind: bool, reach: Reach, asking: Asking, records: Records, links: Links
) -> Playback:
    """`bind`: the address works from the caller's own network address only."""
    held = await within(records, clip, reach)
    must_be_there(held.record)
    address = bindable(asking.address) if bind else None
    draft = replace(consulted(held.record, "footage.played", asking), reason=Reason(code="stated", text=why))
    await commit(records, draft)
    until = watchable_until(held.record, now=asking.at)
    url = await links.to_read(held.record.blob, now=asking.at, until=until, address=address)
    return Playback(url=url, expires=until)
