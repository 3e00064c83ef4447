"""Timer -> seal: every minute, put what was entered into the ledger; and tell how long no witness looked at it."""

import logging

import azure.functions as func

from functions.system import turn
from functions.watched import ran, waited
from shared import wiring
from shared.usecases.cosign import longest_silence
from shared.usecases.seal import seal
from shared.wiring import Services

bp = func.Blueprint()
log = logging.getLogger(__name__)

AT_ONCE = 16  # 5,000 entries of as many clips are 5,000 calls; one after another, at 20 ms each, is 100 seconds
LASTS = 4 * 60  # seconds, after which no batch is begun; host.json ends a function after thirty minutes


@bp.function_name("seal")
@bp.timer_trigger(arg_name="timer", schedule="30 * * * * *", use_monitor=True)
async def seal_entries(timer: func.TimerRequest, context: func.Context) -> None:
    services = wiring.services()
    this = turn("seal", context, services, lasts=LASTS)
    with ran(services.metrics, "seal"):
        report = await seal(
            asking=this.asking,
            now=services.now,
            origin=services.log_origin,
            records=services.records,
            feed=services.feed,
            files=services.ledger,
            keys=services.keys,
            check=services.check,
            out_of_time=this.out_of_time,
            at_once=AT_ONCE,
        )
        now = services.now()
        services.metrics.count("seal.sealed", report.sealed)
        services.metrics.count("seal.pending", report.pending)
        services.metrics.count("ledger.size", report.size)
        waited(services.metrics, "seal.oldest-pending", since=report.oldest or now, now=now)
        told = (report.sealed, report.pending, report.size, report.late)
        log.info("seal: sealed=%d pending=%d size=%d late=%s", *told)
        await _tell_silence(services)


async def _tell_silence(services: Services) -> None:
    """Nothing is told where the force lists no witness."""
    silent = await longest_silence(now=services.now(), witnesses=services.witnesses, records=services.records)
    if silent:
        services.metrics.measure("cosign.silent", silent.lasts.total_seconds())
        log.info("seal: longest silent: witness=%s seconds=%d", silent.witness, silent.lasts.total_seconds())
