"""Read: look at one clip's facts or its poster. The looking is entered first; unwritten, it does not happen."""

from shared.domain.access import Reach
from shared.domain.categorise import must_be_there
from shared.domain.entry import Asking, Draft, Operation
from shared.domain.footage import Clip, ClipId
from shared.errors import NotFound
from shared.ports import Footage, Gone, Held, Records
from shared.usecases.commit import commit
from shared.usecases.within import within


async def read(clip: ClipId, *, reach: Reach, asking: Asking, records: Records) -> Held[Clip]:
    """The clip; of a weeded one, its tombstone. Raises NotFound out of reach."""
    held = await within(records, clip, reach)
    await commit(records, consulted(held.record, "footage.read", asking))
    return held


async def poster(clip: ClipId, *, reach: Reach, asking: Asking, records: Records, footage: Footage) -> bytes:
    """The poster as JPEG. Raises Condemned or Weeded, and NotFound where no picture could be made."""
    held = await within(records, clip, reach)
    must_be_there(held.record)
    if not held.record.poster:
        raise NotFound("this clip has no poster: no picture could be read from it")
    await commit(records, consulted(held.record, "footage.poster-shown", asking))
    try:
        return await footage.poster(clip)
    except Gone as gone:
        raise NotFound("this clip's poster is gone") from gone


def consulted(clip: Clip, action: str, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=clip.pk,
        action=action,
        operation=Operation.CONSULTATION,
        subject=clip.id,
        borough=clip.borough,
    )
