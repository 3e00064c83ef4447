"""The door to worklists: what waits for an evidence manager."""

import azure.functions as func
from pydantic import Field

from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Query
from functions.shown_worklists import ShownWorklist
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.worklist import Worklist
from shared.errors import NotFound
from shared.usecases.worklist import worklist

bp = func.Blueprint()


class WorklistQuery(Query):
    page: str | None = Field(default=None, max_length=2000)  # a dead letter's name, which is in it, may be long
    limit: int = Field(default=50, ge=1, le=100)


WORKLIST = Door(
    name="worklist",
    method="GET",
    route="worklists/{name}",
    about="What waits for a decision, a page at a time, the oldest first.",
    permission=Permission.MANAGE,
    operation=Operation.CONSULTATION,
    query=WorklistQuery,
    shows=ShownWorklist,
)


@opens(bp, WORKLIST)
async def show_worklist(request: Request[None, WorklistQuery]) -> Answer:
    name, services = _named(request.route["name"]), request.services
    question = f"{request.caller.subject}\nworklist {name}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await worklist(
        name,
        after=await pages.begin(request.query.page),
        limit=request.query.limit,
        asking=request.asking,
        records=services.records,
        dead_letters=services.dead_letters,
    )
    return Answer(body=ShownWorklist.of(tuple(found), await pages.following(following)))


def _named(given: str) -> Worklist:
    try:
        return Worklist(given)
    except ValueError:
        raise NotFound(f"there is no such worklist: there are {', '.join(Worklist)}") from None
