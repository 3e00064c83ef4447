"""The doors to one clip: read, poster, play, categorise, and its trail in each of its forms."""

from typing import TypedDict

import azure.functions as func

from functions.clips import clip_named, clip_shown
from functions.door import Answer, Door, Request, opens
from functions.parsing import Body, CategoryName, PlainText
from functions.shown import ShownClip, ShownEntries, ShownEntry, ShownPlayback
from shared.domain.access import Permission, Reach
from shared.domain.entry import Asking, Operation
from shared.domain.footage import Evidential
from shared.errors import Conflict, Weeded
from shared.ports import Records
from shared.usecases.categorise import Category, categorise
from shared.usecases.export import export
from shared.usecases.play import play
from shared.usecases.read import poster, read
from shared.usecases.trail import trail
from shared.usecases.transcribe import print_out, transcribe

bp = func.Blueprint()
VERIFIABLE, CSV, PDF = "application/vnd.continuity.trail+json", "text/csv", "application/pdf"
ENDINGS = {VERIFIABLE: "json", CSV: "csv", PDF: "pdf"}


class _Asked(TypedDict):
    """What every look at a trail takes."""

    reach: Reach
    asking: Asking
    records: Records


class CategoryBody(Body):
    category: CategoryName
    evidential: Evidential
    reason: PlainText


class PlaybackBody(Body):
    reason: PlainText


READ = Door(
    name="read",
    method="GET",
    route="footage/{id}",
    about="One clip with all that is known of it; of a weeded one, its tombstone.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    shows=ShownClip,
)
POSTER = Door(
    name="poster",
    method="GET",
    route="footage/{id}/poster",
    about="The picture of a clip.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    shows="image/jpeg",
    refuses=(Conflict, Weeded),
)
PLAY = Door(
    name="play",
    method="POST",
    route="footage/{id}/playback",
    about="An address to watch a clip by, for a stated reason; it works until it expires, in at most four hours, also "
    "where whoever asked for it is put out meanwhile.",
    permission=Permission.PLAY,
    operation=Operation.CONSULTATION,
    body=PlaybackBody,
    shows=ShownPlayback,
    refuses=(Conflict, Weeded),
)
CATEGORISE = Door(
    name="categorise",
    method="PUT",
    route="footage/{id}/category",
    about="Say what a clip is and whether it is evidence.",
    permission=Permission.DESCRIBE,
    operation=Operation.ALTERATION,
    body=CategoryBody,
    changes=True,
    shows=ShownClip,
    refuses=(Conflict, Weeded),
)
TRAIL = Door(
    name="trail",
    method="GET",
    route="footage/{id}/trail",
    about="Everything that happened to one clip, in order; by Accept also with salts and proofs for tools/verify.py, "
    "as CSV or as PDF.",
    permission=Permission.TRAIL,
    operation=Operation.CONSULTATION,
    shows=ShownEntries,
    forms=(VERIFIABLE, CSV, PDF),
)


@opens(bp, READ)
async def read_footage(request: Request[None, None]) -> Answer:
    held = await read(clip_named(request), reach=request.reach, asking=request.asking, records=request.services.records)
    return clip_shown(held)


@opens(bp, POSTER)
async def show_poster(request: Request[None, None]) -> Answer:
    services = request.services
    jpeg = await poster(
        clip_named(request),
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        footage=services.footage,
    )
    return Answer(body=jpeg, content_type="image/jpeg")


@opens(bp, PLAY)
async def play_footage(request: Request[PlaybackBody, None]) -> Answer:
    services = request.services
    playback = await play(
        clip_named(request),
        request.body.reason,
        bind=services.bind_addresses,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        links=services.links,
    )
    return Answer(body=ShownPlayback.model_validate(playback))


@opens(bp, CATEGORISE)
async def categorise_footage(request: Request[CategoryBody, None]) -> Answer:
    said = request.body
    held = await categorise(
        clip_named(request),
        Category(name=said.category, evidential=said.evidential, why=said.reason),
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return clip_shown(held)


@opens(bp, TRAIL)
async def read_trail(request: Request[None, None]) -> Answer:
    clip, services, form = clip_named(request), request.services, request.form
    asked: _Asked = {"reach": request.reach, "asking": request.asking, "records": services.records}
    if form == VERIFIABLE:
        witnesses, check = services.witnesses, services.check
        taken = await export(
            clip, **asked, ledger=services.ledger, keys=services.keys, witnesses=witnesses, check=check
        )
    elif form == CSV:
        taken = await transcribe(clip, **asked, ledger=services.ledger)
    elif form == PDF:
        taken = await print_out(
            clip,
            **asked,
            ledger=services.ledger,
            printer=services.printer,
            public_base_url=services.public_base_url,
        )
    else:
        entries = await trail(clip, **asked)
        return Answer(body=ShownEntries(entries=tuple(ShownEntry.model_validate(entry) for entry in entries)))
    named = {"Content-Disposition": f'attachment; filename="trail-{clip}.{ENDINGS[form]}"'}
    return Answer(body=taken, content_type=form, headers=named)
