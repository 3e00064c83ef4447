"""The doors of health: alive, for anybody; what the service rests on, for operators."""

from http import HTTPStatus

import azure.functions as func

from functions.door import Answer, Door, Request, opens
from functions.shown import ShownAnswers, ShownHealth
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.usecases.health import health_details

bp = func.Blueprint()

HEALTH = Door(
    name="health",
    method="GET",
    route="health",
    about="Whether the service is alive.",
    permission=None,
    operation=Operation.ADMINISTRATION,
    shows=ShownHealth,
)
DETAILS = Door(
    name="health_details",
    method="GET",
    route="health/details",
    about="What the service rests on, and whether it answers.",
    permission=Permission.OPERATE,
    operation=Operation.ADMINISTRATION,
    shows=ShownAnswers,
    also={HTTPStatus.SERVICE_UNAVAILABLE: ShownAnswers},
)


@opens(bp, HEALTH)
async def health(request: Request[None, None]) -> Answer:
    return Answer(body=ShownHealth())


@opens(bp, DETAILS)
async def details(request: Request[None, None]) -> Answer:
    """503 when anything it rests on does not answer, so that a probe need not read the body."""
    services = request.services
    answered = await health_details(asking=request.asking, records=services.records, probe=services.probe)
    status = HTTPStatus.OK if all(answered.values()) else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(body=ShownAnswers(answers=dict(answered)), status=status)
