"""The doors to what a person puts right on a clip: whose it is, its incident, its release, what they said it is."""

import azure.functions as func

from functions.clips import clip_named, clip_shown
from functions.door import Answer, Door, Request, opens
from functions.parsing import Body, IncidentNumber, PlainText
from functions.shown import ShownClip
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.footage import Borough, OfficerId
from shared.errors import Conflict, Weeded
from shared.usecases.correct import Incident, Officer, correct_incident, correct_officer
from shared.usecases.release import release
from shared.usecases.undo import undo

bp = func.Blueprint()


class OfficerBody(Body):
    """`borough`: only where it is to be put right too."""

    officer: PlainText
    borough: PlainText | None = None
    reason: PlainText


class IncidentBody(Body):
    """`incident` null takes the clip out of the one it was in; it must be said."""

    incident: IncidentNumber | None
    reason: PlainText


class ReleaseBody(Body):
    reason: PlainText


class UndoBody(Body):
    reason: PlainText


OFFICER = Door(
    name="correct_officer",
    method="PUT",
    route="footage/{id}/officer",
    about="Put right whose footage a clip is.",
    permission=Permission.MANAGE,
    operation=Operation.ALTERATION,
    body=OfficerBody,
    changes=True,
    shows=ShownClip,
    refuses=(Conflict, Weeded),
)
INCIDENT = Door(
    name="correct_incident",
    method="PUT",
    route="footage/{id}/incident",
    about="Put right which incident a clip belongs to.",
    permission=Permission.DESCRIBE,
    operation=Operation.ALTERATION,
    body=IncidentBody,
    changes=True,
    shows=ShownClip,
    refuses=(Conflict, Weeded),
)
RELEASE = Door(
    name="release",
    method="POST",
    route="footage/{id}/release",
    about="Let a clip out of quarantine.",
    permission=Permission.MANAGE,
    operation=Operation.ALTERATION,
    body=ReleaseBody,
    changes=True,
    shows=ShownClip,
    refuses=(Conflict, Weeded),
)
UNDO = Door(
    name="undo",
    method="POST",
    route="footage/{id}/undo",
    about="Take back what you last said a clip is.",
    permission=Permission.DESCRIBE,
    operation=Operation.ALTERATION,
    body=UndoBody,
    changes=True,
    shows=ShownClip,
    refuses=(Conflict, Weeded),
)


@opens(bp, OFFICER)
async def correct_the_officer(request: Request[OfficerBody, None]) -> Answer:
    said = request.body
    held = await correct_officer(
        clip_named(request),
        Officer(id=OfficerId(said.officer), borough=Borough(said.borough) if said.borough else None, why=said.reason),
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return clip_shown(held)


@opens(bp, INCIDENT)
async def correct_the_incident(request: Request[IncidentBody, None]) -> Answer:
    held = await correct_incident(
        clip_named(request),
        Incident(number=request.body.incident, why=request.body.reason),
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return clip_shown(held)


@opens(bp, RELEASE)
async def release_footage(request: Request[ReleaseBody, None]) -> Answer:
    held = await release(
        clip_named(request),
        request.body.reason,
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return clip_shown(held)


@opens(bp, UNDO)
async def undo_category(request: Request[UndoBody, None]) -> Answer:
    held = await undo(
        clip_named(request),
        request.body.reason,
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return clip_shown(held)
