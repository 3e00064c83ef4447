"""Timer -> weed: hourly, UTC, erase the footage that nobody kept."""

import logging

import azure.functions as func

from functions.system import turn
from functions.watched import Failed, ran
from shared import wiring
from shared.usecases.weed import weed
from shared.usecases.weeding_run import record_run

bp = func.Blueprint()
log = logging.getLogger(__name__)

AT_ONCE = 8  # 33,000 fall due in a few hours; one after another, at 14 calls of 20 ms each, is 13,000 an hour
LASTS = 25 * 60  # seconds; host.json ends a function after thirty minutes


class WeedIncomplete(Failed):
    """Some footage that is due could not be weeded. Failing the run raises the alert."""


@bp.function_name("weed")
@bp.timer_trigger(arg_name="timer", schedule="0 7 * * * *", use_monitor=True)
async def weed_footage(timer: func.TimerRequest, context: func.Context) -> None:
    services = wiring.services()
    this = turn("weed", context, services, lasts=LASTS)
    with ran(services.metrics, "weed"):
        report = await weed(
            asking=this.asking,
            now=services.now,
            records=services.records,
            footage=services.footage,
            out_of_time=this.out_of_time,
            at_once=AT_ONCE,
        )
        for name in ("weeded", "kept", "failed"):
            services.metrics.count(f"weed.{name}", getattr(report, name))
        log.info("weed: weeded=%d kept=%d failed=%d late=%s", report.weeded, report.kept, report.failed, report.late)
        overdue = await record_run(report, asking=this.asking, ended_at=services.now(), records=services.records)
        services.metrics.measure("weed.overdue", overdue.total_seconds())
        if report.failed:
            raise WeedIncomplete(f"{report.failed} clips could not be weeded; the log names them")
