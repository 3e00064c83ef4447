"""The doors to approvals: evidence is unmarked when one person asks here and another grants it."""

from http import HTTPStatus
from typing import Any

import azure.functions as func
from pydantic import Field

from functions.clips import clip_named
from functions.door import Answer, Door, Request, opens
from functions.paging import Pages
from functions.parsing import Body, CategoryName, PlainText, Query, Uuid
from functions.shown_approvals import ShownApproval, ShownApprovals
from shared.domain.access import Permission
from shared.domain.approve import Approval, Standing, Unmarking, Verdict, told_whole
from shared.domain.entry import Operation
from shared.domain.footage import ClipId, Evidential
from shared.errors import Conflict, NotFound, Weeded
from shared.ports import Held
from shared.usecases.approve import approval, approvals, ask_approval, decide_approval

bp = func.Blueprint()


class ApprovalBody(Body):
    """What the clip is to be instead of evidence: `evidential` no or undecided."""

    clip: Uuid
    category: CategoryName
    evidential: Evidential
    reason: PlainText


class VerdictBody(Body):
    granted: bool
    reason: PlainText


class ApprovalsQuery(Query):
    state: Standing = Standing.OPEN
    page: str | None = Field(default=None, max_length=500)
    limit: int = Field(default=50, ge=1, le=100)


ASK_APPROVAL = Door(
    name="ask_approval",
    method="POST",
    route="approvals",
    about="Ask that a clip, as you saw it, be evidence no longer; a second person decides.",
    permission=Permission.DESCRIBE,
    operation=Operation.ADMINISTRATION,
    body=ApprovalBody,
    changes=True,
    status=HTTPStatus.CREATED,
    shows=ShownApproval,
    refuses=(NotFound, Conflict, Weeded),
)
DECIDE_APPROVAL = Door(
    name="decide_approval",
    method="PUT",
    route="approvals/{id}",
    about="Grant or refuse what somebody else asked; granted, the clip is evidence no longer.",
    permission=Permission.MANAGE,
    operation=Operation.ALTERATION,
    body=VerdictBody,
    changes=True,
    shows=ShownApproval,
    refuses=(Conflict, Weeded),
)
APPROVAL = Door(
    name="approval",
    method="GET",
    route="approvals/{id}",
    about="What was last asked of one clip, and what became of it; to its officer, only that it was asked.",
    permission=Permission.DESCRIBE,
    operation=Operation.CONSULTATION,
    shows=ShownApproval,
    refuses=(Conflict, Weeded),
)
APPROVALS = Door(
    name="approvals",
    method="GET",
    route="approvals",
    about="A page of what was asked of the clips within your reach, the oldest first; of your own, only that it was.",
    permission=Permission.DESCRIBE,
    operation=Operation.CONSULTATION,
    query=ApprovalsQuery,
    shows=ShownApprovals,
)


@opens(bp, ASK_APPROVAL)
async def ask_for_approval(request: Request[ApprovalBody, None]) -> Answer:
    said = request.body
    held = await ask_approval(
        ClipId(said.clip),
        Unmarking(category=said.category, evidential=said.evidential, why=said.reason),
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return _shown(request, held, status=HTTPStatus.CREATED, Location=f"/api/approvals/{held.record.clip}")


@opens(bp, DECIDE_APPROVAL)
async def decide_on_approval(request: Request[VerdictBody, None]) -> Answer:
    held = await decide_approval(
        clip_named(request),
        Verdict(granted=request.body.granted, why=request.body.reason),
        version=request.version,
        reach=request.reach,
        asking=request.asking,
        records=request.services.records,
    )
    return _shown(request, held)


@opens(bp, APPROVAL)
async def read_approval(request: Request[None, None]) -> Answer:
    held = await approval(
        clip_named(request), reach=request.reach, asking=request.asking, records=request.services.records
    )
    return _shown(request, held)


@opens(bp, APPROVALS)
async def list_approvals(request: Request[None, ApprovalsQuery]) -> Answer:
    asked, services = request.query, request.services
    question = f"{request.caller.subject}\napprovals {asked.state}"
    pages = Pages(keys=services.keys, question=question, now=request.asking.at)
    found, following = await approvals(
        asked.state,
        after=await pages.begin(asked.page),
        limit=asked.limit,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
    )
    shown = tuple(_told(request, held) for held in found)
    return Answer(body=ShownApprovals(approvals=shown, next=await pages.following(following)))


def _told(request: Request[Any, Any], held: Held[Approval]) -> ShownApproval:
    return ShownApproval.of(held, whole=told_whole(held.record, reach=request.reach, asking=request.asking))


def _shown(
    request: Request[Any, Any], held: Held[Approval], *, status: HTTPStatus = HTTPStatus.OK, **headers: str
) -> Answer:
    body = _told(request, held)
    return Answer(body=body, status=status, headers={"ETag": f'"{body.version}"', **headers})
