"""Release: a person lets footage out of quarantine."""

from shared.domain.access import Reach
from shared.domain.entry import Asking, Change
from shared.domain.footage import Clip, ClipId, State
from shared.domain.release import released
from shared.ports import Held, Records
from shared.usecases.revise import Revision, revised


async def release(
    clip: ClipId, why: str, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as rules Q1 to Q3 say."""
    revision = Revision(
        action="footage.released",
        why=why,
        becomes=lambda held: released(held, now=asking.at),
        changes=lambda held: (Change(field="state", before=held.state, after=State.HELD),),
    )
    return await revised(clip, revision, version=version, reach=reach, asking=asking, records=records)
