"""Health: what the service rests on, and whether it answers, for those who run it."""

from collections.abc import Mapping

from shared.domain.entry import Asking, Draft, Operation
from shared.ports import Probe, Records
from shared.usecases.commit import commit


async def health_details(*, asking: Asking, records: Records, probe: Probe) -> Mapping[str, bool]:
    """Entered after the look, and best effort would not do: a store that cannot take the entry is shown as faulty."""
    answered = await probe.ready()
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="health.read",
        operation=Operation.ADMINISTRATION,
        subject="service",
    )
    await commit(records, draft)
    return answered
