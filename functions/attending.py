"""The desk's book: which session a known caller is in. What is done there is entered under its public id."""

import asyncio
import logging
from dataclasses import replace

from shared.domain.access import Caller
from shared.domain.entry import Asking
from shared.domain.session import signs_on
from shared.errors import Refusal
from shared.usecases.attend import Attended, attend, touch
from shared.wiring import Services

log = logging.getLogger(__name__)


async def attended(caller: Caller, asking: Asking, services: Services) -> tuple[Attended | None, Asking]:
    """The caller's session, opened if they had none, and their asking in it. Docks and services have none.

    Its own entries name the caller with all their roles, whatever the door asks for.
    """
    if not signs_on(caller):
        return None, asking
    in_person = replace(asking, actor=caller.actor())
    found = await attend(caller, idle=services.session_idle, asking=in_person, records=services.records)
    if found.ended:
        services.metrics.count("session.ended")
    if found.opened:
        services.metrics.count("session.started")
    await touch(found.held, asking=in_person, records=services.records)
    return found, replace(asking, session=found.held.record.session)


async def attended_if_possible(
    caller: Caller, asking: Asking, services: Services, *, within: float
) -> tuple[Attended | None, Asking]:
    """The same; none where the store fails or takes longer. Who was revoked is out here too, if it can be entered."""
    try:
        async with asyncio.timeout(within):
            return await attended(caller, asking, services)
    except Refusal:
        raise
    except Exception as fault:  # noqa: BLE001 - what is asked here is what is wrong with the store
        log.warning("attend: no session was to be had: %s", type(fault).__name__)
        return None, asking
