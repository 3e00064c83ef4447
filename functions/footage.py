"""The doors to footage: search, read, poster, play, categorise, and the trail of a clip."""

import azure.functions as func
from pydantic import Field

from functions.clips import clip_named, clip_shown
from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Body, Identifier, PlainText, Query
from functions.shown import ShownClip, ShownClips, ShownEntries, ShownEntry, ShownPlayback
from shared.domain.access import Permission
from shared.domain.categorise import CATEGORIES
from shared.domain.entry import Operation
from shared.domain.footage import Evidential, OfficerId, State
from shared.errors import Malformed
from shared.ports import ClipFilter
from shared.usecases.categorise import Category, categorise
from shared.usecases.play import play
from shared.usecases.read import poster, read
from shared.usecases.search import search
from shared.usecases.trail import trail

bp = func.Blueprint()


class SearchQuery(Query):
    officer: PlainText | None = None
    camera: Identifier | None = None
    incident: PlainText | None = None
    category: Identifier | None = None
    evidential: Evidential | None = None
    state: State | None = None
    page: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=100)


class CategoryBody(Body):
    category: Identifier
    evidential: Evidential
    reason: PlainText


class PlaybackBody(Body):
    reason: PlainText


SEARCH = Door(
    name="search",
    method="GET",
    route="footage",
    about="A page of the clips within your reach, newest first.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    query=SearchQuery,
    shows=ShownClips,
)
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
)
PLAY = Door(
    name="play",
    method="POST",
    route="footage/{id}/playback",
    about="An address to watch a clip by, for a stated reason.",
    permission=Permission.PLAY,
    operation=Operation.CONSULTATION,
    body=PlaybackBody,
    shows=ShownPlayback,
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


@opens(bp, SEARCH)
async def search_footage(request: Request[None, SearchQuery]) -> Answer:
    asked, services = request.query, request.services
    wanted = asked.model_dump_json(exclude={"page", "limit"})
    pages = Pages(keys=services.keys, question=f"{request.caller.subject}\n{wanted}", now=request.asking.at)
    found, following = await search(
        _filter(request),
        after=await pages.begin(asked.page),
        limit=asked.limit,
        asking=request.asking,
        records=services.records,
    )
    clips = tuple(ShownClip.of(held) for held in found)
    return Answer(body=ShownClips(clips=clips, next=await pages.following(following)))


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
    if said.category not in CATEGORIES:
        raise Malformed(f"category: one of {', '.join(CATEGORIES)}", field="category")
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


def _filter(request: Request[None, SearchQuery]) -> ClipFilter:
    asked = request.query
    return ClipFilter(
        reach=request.reach,
        officer=OfficerId(asked.officer) if asked.officer else None,
        camera=asked.camera,
        incident=asked.incident,
        category=asked.category,
        evidential=asked.evidential,
        state=asked.state,
    )
