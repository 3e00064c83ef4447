"""Reconcile: a timer, nightly, and the doors of operators, who may ask for a run and read its report.

The nightly run then looks whether the lines of the ledger still have their entries (account.py), and whether the
counts of days are those of their entries (recount.py); a round that is asked for does the latter too.

A caller waits four minutes at most for an answer, so a run that was asked for stops before that, and says so: asked
again with the same Idempotency-Key it goes on.
"""

import logging
from contextlib import AsyncExitStack
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import azure.functions as func

from functions.account import account_for_lines
from functions.door import Answer, Door, Request, opens
from functions.parsing import UUID, Body, PlainText
from functions.recount import recount_days, recounted
from functions.shown import Shown
from functions.system import time_over, turn
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
    counts_differ: tuple[date, ...] | None = None


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
        async with AsyncExitStack() as afterwards:  # the last first, and each whatever became of those before it
            afterwards.push_async_callback(recount_days, context, services)
            afterwards.push_async_callback(account_for_lines, context, services)
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
    """200 when the run looked at all it meant to; 202 when something is left, and its report says what.

    A round, which no prefix was given for, looks at the counts of days as well: which days differ is in no report.
    """
    services, said, out_of_time = request.services, request.body, time_over(ANSWERS_WITHIN)
    done = await reconcile(
        Asked(dry_run=said.dry_run, prefix=said.prefix, why=said.reason),
        asking=request.asking,
        now=services.now,
        intake=_intake(services),
        out_of_time=out_of_time,
    )
    _tell(done, services.metrics)
    shown, whole = _shown(done.report), done.report.ended_at is not None
    if said.prefix is None:
        counts = await recounted(request.asking, services, out_of_time=out_of_time, dry_run=said.dry_run)
        shown, whole = shown.model_copy(update={"counts_differ": tuple(counts.differing)}), whole and not counts.late
    return Answer(body=shown, status=HTTPStatus.OK if whole else HTTPStatus.ACCEPTED)


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
