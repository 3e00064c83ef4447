"""What an operator sees of the running system: each part answers, and a run of weeding is told of when it ended."""

import pytest

from local.calls import Person
from local.stack import Stack
from local.story_telling import until
from local.tokens import mint

pytestmark = pytest.mark.stack
RESTS_ON = {"records", "footage", "queue", "keys", "links", "directory"}


async def test_the_details_of_health_tell_each_part_and_the_last_run_of_weeding(running: Stack) -> None:
    token = mint(running.settings, role="operator", name="operator")
    operator = Person(name="operator", base_url=running.settings["PUBLIC_BASE_URL"], token=token)
    before = operator.get("/api/health/details").must_be(200).body
    assert (before["answers"], before["silent"]) == (dict.fromkeys(RESTS_ON, True), [])
    assert set(before["backlogs"]) == {"fixity", "fixity-poison", "dead-letters"}
    assert all(isinstance(backlog["count"], int) for backlog in before["backlogs"].values())

    operator.post("/admin/functions/weed", {"input": ""}).must_be(202)
    after = until(
        lambda: operator.get("/api/health/details"),
        lambda reply: reply.body["lastWeeding"] not in (None, before["lastWeeding"]),
    ).body
    assert after["lastWeeding"]["endedAt"] >= after["lastWeeding"]["startedAt"]
    assert after["pendingEntries"]["oldest"] is not None  # nothing is sealed until there is a ledger
