"""The door to search: clips by what is known of them, newest first or soonest to go."""

import azure.functions as func
from pydantic import Field

from functions.clips import mine_only
from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Identifier, IncidentNumber, Moment, PlainText, Query, must_hold_a_time
from functions.shown import ShownClip, ShownClips
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.footage import DockId, Evidential, OfficerId, State
from shared.ports import ClipFilter, Order
from shared.usecases.search import search

bp = func.Blueprint()


class SearchQuery(Query):
    """Each is a field of ClipFilter under the same name, but `mine`, which the token answers, and what turns pages."""

    mine: bool = False
    officer: PlainText | None = None
    camera: Identifier | None = None
    dock: Identifier | None = None
    incident: IncidentNumber | None = None
    category: Identifier | None = None
    evidential: Evidential | None = None
    state: State | None = None
    recorded_since: Moment | None = None
    recorded_until: Moment | None = None
    uploaded_since: Moment | None = None
    uploaded_until: Moment | None = None
    expiring_before: Moment | None = None
    order: Order = Order.NEWEST
    page: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=100)


SEARCH = Door(
    name="search",
    method="GET",
    route="footage",
    about="A page of the clips within your reach, newest first or soonest to go.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    query=SearchQuery,
    shows=ShownClips,
)


@opens(bp, SEARCH)
async def search_footage(request: Request[None, SearchQuery]) -> Answer:
    asked, services = request.query, request.services
    wanted = _filter(request)
    question = f"{request.caller.subject}\n{asked.model_dump_json(exclude={'page', 'limit'})}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await search(
        wanted,
        after=await pages.begin(asked.page),
        limit=asked.limit,
        asking=request.asking,
        records=services.records,
    )
    clips = tuple(ShownClip.of(held) for held in found)
    return Answer(body=ShownClips(clips=clips, next=await pages.following(following)))


def _filter(request: Request[None, SearchQuery]) -> ClipFilter:
    asked = request.query
    must_hold_a_time(asked.recorded_since, asked.recorded_until, field="recordedUntil")
    must_hold_a_time(asked.uploaded_since, asked.uploaded_until, field="uploadedUntil")
    return ClipFilter(
        reach=request.reach,
        mine=mine_only(request, asked=asked.mine),
        officer=OfficerId(asked.officer) if asked.officer else None,
        camera=asked.camera,
        dock=DockId(asked.dock) if asked.dock else None,
        incident=asked.incident,
        category=asked.category,
        evidential=asked.evidential,
        state=asked.state,
        recorded_since=asked.recorded_since,
        recorded_until=asked.recorded_until,
        uploaded_since=asked.uploaded_since,
        uploaded_until=asked.uploaded_until,
        expiring_before=asked.expiring_before,
        order=asked.order,
    )
