"""Account: each night after reconcile, whether each line of the ledger that is due still has its entry."""

import logging

import azure.functions as func

from functions.system import turn
from functions.watched import Failed, watched
from shared.ports.together import Services
from shared.usecases.account import account

log = logging.getLogger(__name__)

AT_ONCE = 16
LASTS = 8 * 60  # seconds; host.json ends a function after thirty minutes, and reconcile has had eight of them


class AccountIncomplete(Failed):
    """A file of the ledger is not what was published. Failing the run raises the alert."""


async def account_for_lines(context: func.Context, services: Services) -> None:
    """Raises AccountIncomplete when all that is due was looked at, and something could not be."""
    this = turn("account", context, services, lasts=LASTS)
    with watched(services.metrics, "account"):
        done = await account(
            asking=this.asking,
            now=services.now,
            records=services.records,
            feed=services.feed,
            files=services.ledger,
            metrics=services.metrics,
            out_of_time=this.out_of_time,
            at_once=AT_ONCE,
        )
        unaccounted = done.found.total()
        log.info(
            "account: lines=%d unaccounted=%d erased=%d failed=%d late=%s",
            *(done.lines, unaccounted, done.erased, done.failed, done.late),
        )
        if done.failed:
            raise AccountIncomplete(f"{done.failed} bundles are not what was published; the log names them")
