"""Correct: a person puts right whose footage it is, or which incident it belongs to."""

from dataclasses import dataclass

from shared.domain.access import Reach
from shared.domain.correct import incident_corrected, officer_corrected
from shared.domain.entry import Asking, Change
from shared.domain.footage import Borough, Clip, ClipId, OfficerId
from shared.ports import Held, Records
from shared.usecases.revise import Revision, revised


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Whose footage the caller says it is; `borough` where that is to be put right too."""

    id: OfficerId
    borough: Borough | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Which incident the caller says it belongs to; none takes it out of the one it was in."""

    number: str | None
    why: str


async def correct_officer(
    clip: ClipId, said: Officer, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as rule K1 says."""
    revision = Revision(
        action="footage.officer-corrected",
        why=said.why,
        becomes=lambda held: officer_corrected(held, said.id, said.borough),
        changes=lambda held: (
            Change(field="officer", before=held.officer, after=said.id),
            *((Change(field="borough", before=held.borough, after=said.borough),) if said.borough else ()),
        ),
    )
    return await revised(clip, revision, version=version, reach=reach, asking=asking, records=records)


async def correct_incident(
    clip: ClipId, said: Incident, *, version: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip]:
    """The clip as it now is. Raises Stale if it is not the `version` the caller saw, and as rule K1 says."""
    revision = Revision(
        action="footage.incident-corrected",
        why=said.why,
        becomes=lambda held: incident_corrected(held, said.number),
        changes=lambda held: (Change(field="incident", before=held.incident, after=said.number),),
    )
    return await revised(clip, revision, version=version, reach=reach, asking=asking, records=records)
