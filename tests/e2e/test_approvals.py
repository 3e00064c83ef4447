"""Evidence is unmarked by two people as README has it: the tokens are those of `make token` with a role alone."""

import pytest

from local.calls import Person, Reply
from local.stack import Stack
from local.story import BOROUGH, DOCK, STATION, Cast
from local.tokens import mint
from tests.e2e.test_a_life import dock_one_clip

pytestmark = pytest.mark.stack
EVIDENCE = {"category": "arrest", "evidential": "yes", "reason": "arrest for robbery"}
UNMARKING = {"category": "other", "evidential": "no", "reason": "the wrong clip"}
GRANTED = {"granted": True, "reason": "I watched it"}


def seen(person: Person, path: str) -> str:
    return person.get(path).must_be(200).etag or ""


async def test_an_officer_asks_and_an_evidence_manager_without_further_ado_grants(
    running: Stack, people: Cast, environment: dict[str, str]
) -> None:
    token = mint(running.settings, role="evidence-manager")
    manager = Person(name="Local evidence-manager", base_url=running.settings["PUBLIC_BASE_URL"], token=token)
    people.manager.put(f"/api/docks/{DOCK}", {"station": STATION, "borough": BOROUGH, "client": DOCK}).must_be(200)
    clip = dock_one_clip(environment)
    footage, approval = f"/api/footage/{clip}", f"/api/approvals/{clip}"
    people.doe.put(f"{footage}/category", EVIDENCE, etag=seen(people.doe, footage)).must_be(200)

    def ask(who: Person) -> Reply:
        return who.post("/api/approvals", UNMARKING | {"clip": clip}, etag=seen(people.doe, footage))

    ask(people.doe).must_be(201)
    assert clip in [each["clip"] for each in manager.get("/api/approvals").must_be(200).body["approvals"]]
    manager.put(approval, GRANTED, etag=seen(manager, approval)).must_be(200)
    decision = people.doe.get(footage).must_be(200).body["decision"]
    assert (decision["evidential"], decision["by"], decision["approvedBy"]) == ("no", "4021", "S-evidence-manager")
