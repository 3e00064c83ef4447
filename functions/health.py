"""The doors of health: alive, for anybody; what it rests on, what waits and what was last done, for operators."""

from http import HTTPStatus

import azure.functions as func

from functions.door import Answer, Door, Request, opens
from functions.shown_health import ShownHealth, ShownHealthDetails
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
    about="What the service rests on, what waits in it and since when, and when its own work was last done.",
    permission=Permission.OPERATE,
    operation=Operation.ADMINISTRATION,
    shows=ShownHealthDetails,
    also={HTTPStatus.SERVICE_UNAVAILABLE: ShownHealthDetails},
    attends_within=1.0,  # a session is kept in the store, and it is when the store is down that this is asked
)


@opens(bp, HEALTH)
async def health(request: Request[None, None]) -> Answer:
    return Answer(body=ShownHealth())


@opens(bp, DETAILS)
async def details(request: Request[None, None]) -> Answer:
    """503 when anything does not answer, so that a probe need not read the body."""
    services = request.services
    told = await health_details(
        asking=request.asking, records=services.records, probe=services.probe, witnesses=services.witnesses
    )
    status = HTTPStatus.OK if told.well else HTTPStatus.SERVICE_UNAVAILABLE
    return Answer(body=ShownHealthDetails.model_validate(told), status=status)
