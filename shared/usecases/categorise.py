"""Categorise: somebody says what a clip is and whether it is evidence."""

from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.categorise import categorised
from shared.domain.entry import Asking, Change
from shared.domain.footage import Clip, ClipId, Evidential
from shared.ports import Held, Records
from shared.usecases.revise import Revision, revised


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """What the caller says the clip is."""

    name: str
    evidential: Evidential
    why: str


async def categorise(
    clip: ClipId, said: Category, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as the rules C1 to C4 say.

    A retry under the same operation key that was done already is answered with the clip as it is.
    """
    revision = Revision(
        action="footage.categorised",
        why=said.why,
        becomes=lambda held: categorised(
            held,
            category=said.name,
            evidential=said.evidential,
            why=said.why,
            by=asking.actor.id,
            now=asking.at,
        ),
        changes=lambda held: _changes(held, said),
    )
    return await revised(clip, revision, version=version, reach=reach, asking=asking, records=records)


def _changes(clip: Clip, said: Category) -> tuple[Change, ...]:
    before = clip.decision
    return (
        Change(field="category", before=before.category, after=said.name),
        Change(field="evidential", before=before.evidential, after=said.evidential),
    )
