"""Undo: somebody takes back what they last said of a clip."""

from shared.domain.access import Reach
from shared.domain.entry import Asking, Change
from shared.domain.footage import Clip, ClipId
from shared.domain.undo import undone
from shared.ports import Held, Records
from shared.usecases.revise import Revision, revised


async def undo(clip: ClipId, why: str, *, version: str, reach: Reach, asking: Asking, records: Records) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as rules U1 to U5 say.

    A retry under the same operation key that was done already is answered with the clip as it is.
    """
    revision = Revision(
        action="footage.category-undone",
        why=why,
        becomes=lambda held: undone(held, why=why, by=asking.actor.id, now=asking.at),
        changes=_changes,
        chosen=False,
    )
    return await revised(clip, revision, version=version, reach=reach, asking=asking, records=records)


def _changes(clip: Clip) -> tuple[Change, ...]:
    now, before = clip.decision, clip.undoable
    if before is None:
        return ()
    return (
        Change(field="category", before=now.category, after=before.category),
        Change(field="evidential", before=now.evidential, after=before.evidential),
    )
