"""Health: what the service rests on, and whether it answers, for those who run it."""

import logging
from collections.abc import Mapping

from shared.domain.entry import Asking, Draft, Operation
from shared.ports import Probe, Records
from shared.usecases.commit import commit

log = logging.getLogger(__name__)
STORE = "records"  # the probe's name for the store of records


async def health_details(*, asking: Asking, records: Records, probe: Probe) -> Mapping[str, bool]:
    """What answered. A store that cannot take the entry of this look is shown as not answering: it shows no person."""
    answered = dict(await probe.ready())
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="health.read",
        operation=Operation.ADMINISTRATION,
        subject="service",
    )
    try:
        await commit(records, draft)
    except Exception as fault:  # noqa: BLE001 - details of health are wanted most when the store is down
        log.error("health: the look could not be entered: %s", type(fault).__name__)  # noqa: TRY400 - no SDK text in logs
        answered[STORE] = False
    return answered
