"""The doors of auditors: the entries of everybody."""

from typing import Annotated

import azure.functions as func
from pydantic import Field

from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Moment, PlainText, Query, must_hold_a_time
from functions.shown import ShownEntries, ShownEntry
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.ports import EntryFilter
from shared.usecases.audit import audit

bp = func.Blueprint()


class AuditQuery(Query):
    subject: PlainText | None = None
    actor: PlainText | None = None
    action: PlainText | None = None
    borough: PlainText | None = None
    since: Moment | None = None
    until: Moment | None = None
    page: str | None = Field(default=None, max_length=500)
    limit: Annotated[int, Field(ge=1, le=500)] = 100


AUDIT = Door(
    name="audit",
    method="GET",
    route="audit/entries",
    about="The entries of everybody, newest first.",
    permission=Permission.AUDIT,
    operation=Operation.CONSULTATION,
    query=AuditQuery,
    shows=ShownEntries,
)


@opens(bp, AUDIT)
async def read_audit(request: Request[None, AuditQuery]) -> Answer:
    asked, services = request.query, request.services
    must_hold_a_time(asked.since, asked.until, field="until")
    wanted = asked.model_dump(exclude={"page", "limit"})
    question = f"{request.caller.subject}\n{asked.model_dump_json(exclude={'page', 'limit'})}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await audit(
        EntryFilter(**wanted),
        after=await pages.begin(asked.page),
        limit=asked.limit,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
    )
    entries = tuple(ShownEntry.model_validate(entry) for entry in found)
    return Answer(body=ShownEntries(entries=entries, next=await pages.following(following)))
