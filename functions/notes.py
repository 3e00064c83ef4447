"""The doors to the notes of a clip: one is added, or all are read."""

from http import HTTPStatus

import azure.functions as func

from functions.clips import clip_named
from functions.door import Answer, Door, Request, opens
from functions.parsing import Body, NoteText
from functions.shown_notes import ShownNote, ShownNotes
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.errors import Conflict, Weeded
from shared.usecases.annotate import annotate, notes

bp = func.Blueprint()


class NoteBody(Body):
    text: NoteText


ANNOTATE = Door(
    name="annotate",
    method="POST",
    route="footage/{id}/notes",
    about="Add a note to a clip; it goes when the clip goes.",
    permission=Permission.DESCRIBE,
    operation=Operation.ALTERATION,
    body=NoteBody,
    status=HTTPStatus.CREATED,
    shows=ShownNote,
    refuses=(Conflict, Weeded),
)
NOTES = Door(
    name="notes",
    method="GET",
    route="footage/{id}/notes",
    about="All notes of a clip, the oldest first.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    shows=ShownNotes,
    refuses=(Conflict, Weeded),
)


@opens(bp, ANNOTATE)
async def annotate_footage(request: Request[NoteBody, None]) -> Answer:
    note = await annotate(
        clip_named(request),
        request.body.text,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return Answer(body=ShownNote.of(note), status=HTTPStatus.CREATED)


@opens(bp, NOTES)
async def read_notes(request: Request[None, None]) -> Answer:
    found = await notes(
        clip_named(request), reach=request.reach, asking=request.asking, records=request.services.records
    )
    return Answer(body=ShownNotes(notes=tuple(ShownNote.of(note) for note in found)))
