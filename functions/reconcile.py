"""Reconcile: a timer, nightly, and the doors of operators, who may ask for a run and read its report.

A caller waits four minutes at most for an answer, so a run that was asked for stops before that, and says so: asked
again with the same Idempotency-Key it goes on.
"""

import logging
import time
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import azure.functions as func

from functions.door import Answer, Door, Request, opens
from functions.parsing import UUID, Body, PlainText
from functions.shown import Shown
from functions.system import turn
from functions.watched import Failed, ran
from shared import wiring
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.reconcile_report import Reconciliation
from shared.errors import Malformed
from shared.ports import Metrics
from shared.usecases.ingest import Intake
from shared.usecases.reconcile import Asked, Reconciled, read_reconciliation, reconcile

bp = func.Blueprint()
log = logging.getLogger(__name__)

LASTS = 8 * 60  # seconds; host.json ends a function after thirty minutes
ANSWERS_WITHIN = 3 * 60  # seconds; the front end gives up an HTTP call after 230


class ReconcileIncomplete(Failed):
    """Something could not be compared or mended. Failing the run raises the alert."""


class ReconcileBody(Body):
    dry_run: bool
    prefix: PlainText | None = None
    reason: PlainText


class ShownTurn(Shown):
    night: date
    prefix: str


class ShownTally(Shown):
    finding: str
    count: int
    first: tuple[str, ...]


class ShownUnfinished(Shown):
    place: ShownTurn


class ShownReconciliation(Shown):
    run: str
    dry_run: bool
    prefix: str | None
    started_at: datetime
    ended_at: datetime | None
    places_done: int
    reached: ShownTurn | None
    unfinished: tuple[ShownUnfinished, ...]
    tallies: tuple[ShownTally, ...]


RECONCILE = Door(
    name="reconcile_now",
    method="POST",
    route="reconciliations",
    about="Hold what lies in the storage against the index, now.",
    permission=Permission.OPERATE,
    operation=Operation.ADMINISTRATION,
    body=ReconcileBody,
    shows=ShownReconciliation,
    also={HTTPStatus.ACCEPTED: ShownReconciliation},
)
REPORT = Door(
    name="reconciliation",
    method="GET",
    route="reconciliations/{id}",
    about="The report of one run of reconciling.",
    permission=Permission.OPERATE,
    operation=Operation.ADMINISTRATION,
    shows=ShownReconciliation,
)


@bp.function_name("reconcile")
@bp.timer_trigger(arg_name="timer", schedule="0 20 3 * * *", use_monitor=True)
async def reconcile_nightly(timer: func.TimerRequest, context: func.Context) -> None:
    services = wiring.services()
    this = turn("reconcile", context, services, lasts=LASTS)
    with ran(services.metrics, "reconcile"):
        done = await reconcile(
            Asked(),
            asking=this.asking,
            now=services.now,
            intake=_intake(services),
            out_of_time=this.out_of_time,
        )
        _tell(done, services.metrics)
        if done.failed:
            raise ReconcileIncomplete(f"{done.failed} places or blobs could not be reconciled; the log names them")


@opens(bp, RECONCILE)
async def reconcile_now(request: Request[ReconcileBody, None]) -> Answer:
    """200 when the run looked at all it meant to; 202 when something is left, and its report says what."""
    services, said = request.services, request.body
    ends = time.monotonic() + ANSWERS_WITHIN
    done = await reconcile(
        Asked(dry_run=said.dry_run, prefix=said.prefix, why=said.reason),
        asking=request.asking,
        now=services.now,
        intake=_intake(services),
        out_of_time=lambda: time.monotonic() > ends,
    )
    _tell(done, services.metrics)
    status = HTTPStatus.OK if done.report.ended_at else HTTPStatus.ACCEPTED
    return Answer(body=_shown(done.report), status=status)


@opens(bp, REPORT)
async def show_reconciliation(request: Request[None, None]) -> Answer:
    run = _run(request)
    return Answer(body=_shown(await read_reconciliation(run, asking=request.asking, records=request.services.records)))


def _tell(done: Reconciled, metrics: Metrics) -> None:
    report = done.report
    for finding, number in done.found.items():
        metrics.count(f"reconcile.{finding}", number)
    metrics.count("reconcile.failed", done.failed)
    told = " ".join(f"{finding}={number}" for finding, number in sorted(done.found.items()))
    log.info(
        "reconcile: run=%s places=%d failed=%d late=%s %s",
        report.run,
        report.places_done,
        done.failed,
        done.late,
        told,
    )


def _shown(report: Reconciliation) -> ShownReconciliation:
    return ShownReconciliation.model_validate(report)


def _run(request: Request[Any, Any]) -> str:
    given = request.route["id"]
    if not UUID.fullmatch(given):
        raise Malformed("the id of a run", field="id")
    return given


def _intake(services: wiring.Services) -> Intake:
    return Intake(
        records=services.records,
        footage=services.footage,
        inspector=services.inspector,
        queue=services.queue,
        announcer=services.announcer,
    )
