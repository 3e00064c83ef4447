"""The doors to worklists: what waits for a decision, and how much of it."""

import azure.functions as func
from pydantic import Field

from functions.clips import mine_only
from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Query
from functions.shown_worklists import ShownWorklist, ShownWorklists
from shared.domain.access import Permission, may
from shared.domain.entry import Operation
from shared.domain.worklist import TO_DECIDE, Worklist
from shared.errors import Malformed, NotFound
from shared.usecases.worklist import worklist
from shared.usecases.worklists import worklists

bp = func.Blueprint()


class WorklistQuery(Query):
    mine: bool = False
    page: str | None = Field(default=None, max_length=2000)  # a dead letter's name, which is in it, may be long
    limit: int = Field(default=50, ge=1, le=100)


WORKLIST = Door(
    name="worklist",
    method="GET",
    route="worklists/{name}",
    about="What waits for a decision, a page at a time: the oldest first, of clips to decide on the soonest to go.",
    permission=Permission.MANAGE,
    operation=Operation.CONSULTATION,
    query=WorklistQuery,
    shows=ShownWorklist,
    by_name=dict.fromkeys(TO_DECIDE, Permission.SEE),
)
WORKLISTS = Door(
    name="worklists",
    method="GET",
    route="worklists",
    about="How many clips wait for a decision: yours, those within your reach and, if you manage evidence, the rest.",
    permission=Permission.SEE,
    operation=Operation.CONSULTATION,
    shows=ShownWorklists,
)


@opens(bp, WORKLIST)
async def show_worklist(request: Request[None, WorklistQuery]) -> Answer:
    name, asked, services = _named(request.route["name"]), request.query, request.services
    if asked.mine and name not in TO_DECIDE:
        raise Malformed(f"mine: only {' and '.join(TO_DECIDE)} are anybody's own", field="mine")
    question = f"{request.caller.subject}\nworklist {name} {asked.mine}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await worklist(
        name,
        after=await pages.begin(asked.page),
        limit=asked.limit,
        reach=request.reach,
        mine=mine_only(request, asked=asked.mine),
        asking=request.asking,
        records=services.records,
        dead_letters=services.dead_letters,
    )
    return Answer(body=ShownWorklist.of(tuple(found), await pages.following(following)))


@opens(bp, WORKLISTS)
async def count_worklists(request: Request[None, None]) -> Answer:
    counts = await worklists(
        mine=request.caller.officer,
        manages=may(request.caller, Permission.MANAGE),
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return Answer(body=ShownWorklists.model_validate(counts))


def _named(given: str) -> Worklist:
    try:
        return Worklist(given)
    except ValueError:
        raise NotFound(f"there is no such worklist: there are {', '.join(Worklist)}") from None
