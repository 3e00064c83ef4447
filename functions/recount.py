"""Recount: each night after reconcile, and with a round that an operator asks for, whether counts are what was done."""

import logging
from collections.abc import Callable

import azure.functions as func

from functions.system import turn
from functions.watched import watched
from shared.domain.entry import Asking
from shared.ports.together import Services
from shared.usecases.recount import Recounted, recount

log = logging.getLogger(__name__)

AT_ONCE = 16
LASTS = 8 * 60  # seconds; host.json ends a function after thirty minutes, and two of that length went before


async def recount_days(context: func.Context, services: Services) -> None:
    this = turn("recount", context, services, lasts=LASTS)
    await recounted(this.asking, services, out_of_time=this.out_of_time, dry_run=False)


async def recounted(asking: Asking, services: Services, *, out_of_time: Callable[[], bool], dry_run: bool) -> Recounted:
    with watched(services.metrics, "recount"):
        done = await recount(
            asking=asking,
            now=services.now,
            records=services.records,
            feed=services.feed,
            out_of_time=out_of_time,
            at_once=AT_ONCE,
            dry_run=dry_run,
        )
    if done.differing:
        services.metrics.count("reconcile.counts-differ", len(done.differing))
    days = " ".join(day.isoformat() for day in done.differing)
    log.info("recount: days=%d late=%s differing=%d %s", done.days, done.late, len(done.differing), days)
    return done
