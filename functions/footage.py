"""The doors to one clip: read, poster, play, categorise, and its trail."""

import azure.functions as func

from functions.clips import clip_named, clip_shown
from functions.door import Answer, Door, Request, opens
from functions.parsing import Body, CategoryName, PlainText
from functions.shown import ShownClip, ShownEntries, ShownEntry, ShownPlayback
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.footage import Evidential
from shared.errors import Conflict, Weeded
from shared.usecases.categorise import Category, categorise
from shared.usecases.play import play
from shared.usecases.read import poster, read
from shared.usecases.trail import trail

bp = func.Blueprint()


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
    about="Everything that happened to one clip, in order.",
    permission=Permission.TRAIL,
    operation=Operation.CONSULTATION,
    shows=ShownEntries,
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
    entries = await trail(
        clip_named(request), reach=request.reach, asking=request.asking, records=request.services.records
    )
    return Answer(body=ShownEntries(entries=tuple(ShownEntry.model_validate(entry) for entry in entries)))
