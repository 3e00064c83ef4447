"""Within reach: the clip a caller asked for, if they may know that it exists.

Outside one's scope a clip does not exist (access rule A4): the answer is the same as for an id nobody ever gave.
"""

from shared.domain.access import Reach
from shared.domain.footage import Clip, ClipId
from shared.errors import NotFound
from shared.ports import Held, Records


class OutOfReach(NotFound):
    """The clip is there, and not for this caller. The entry of the refusal goes on its trail."""

    def __init__(self, clip: Clip) -> None:
        super().__init__("there is no such clip")
        self.clip = clip


async def within(records: Records, clip: ClipId, reach: Reach) -> Held[Clip]:
    held = await records.clip(clip)
    if held is None:
        raise NotFound("there is no such clip")
    if not reach.covers(held.record):
        raise OutOfReach(held.record)
    return held
