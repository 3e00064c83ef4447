"""The knock of access_knocks.py at the feed."""

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.builders import BOROUGH, NOW, OTHER_BOROUGH, an_asking, an_entry
from tests.functions.world import Answered

if TYPE_CHECKING:
    from tests.functions.access_knocks import Knock

BEFORE = NOW - timedelta(minutes=5)  # what is younger than two minutes is in no feed yet


async def at_the_entries(knock: "Knock") -> Answered:
    """One entry, old enough to be shown."""
    borough = OTHER_BOROUGH if knock.where == "other" else BOROUGH
    knock.world.records.put(*an_entry(borough=borough, asking=an_asking(at=BEFORE)))
    return await knock.ask(route={"resource": "AuditEntries"})
