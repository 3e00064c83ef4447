"""The door of worklists: each in its own shape, in pages whose tokens are good for one list and one caller."""

from datetime import timedelta

import pytest

from shared.domain.footage import Evidential, Fixity, Integrity, State
from shared.domain.worklist import UNMET_AFTER, DeadLetter, Worklist
from tests.builders import DOCK, NOW, RECORDING, UPLOADED, a_clip, a_decision, a_grant, fresh_id
from tests.functions.directory import MANAGER, person
from tests.functions.world import Answered, MemoryService

LETTER = DeadLetter(
    id="INGEST/2026/11/25/20/0b5f.json",
    at=NOW,
    reason="MaxDeliveryAttemptsExceeded",
    outcome="ServiceUnavailable",
    attempts=30,
    path="hackney/2026/11/25/AX3-00417/x.mp4",
)


async def show(world: MemoryService, name: str, **query: str) -> Answered:
    return await world.ask("worklist", MANAGER, route={"name": name}, query=query)


def hold(world: MemoryService, number: int) -> list[str]:
    """Clips in quarantine, every other two of one instant, oldest last."""
    clips = [
        a_clip(id=fresh_id(), uploaded_at=UPLOADED - timedelta(seconds=n // 2), state=State.QUARANTINED)
        for n in range(number)
    ]
    return [world.hold(clip).id for clip in clips]


@pytest.mark.parametrize("name", list(Worklist))
async def test_every_worklist_is_there_and_empty_on_a_good_day(world: MemoryService, name: str) -> None:
    world.records.put(a_clip(decision=a_decision(evidential=Evidential.NO)), a_grant(met=True))
    answered = await show(world, name)
    assert (answered.status, answered.json) == (200, {"items": [], "next": None})


@pytest.mark.parametrize("name", ["holds", "Quarantine", "unmet_grants", "..", "\u202e"])
async def test_there_is_no_other_worklist(world: MemoryService, name: str) -> None:
    answered = await show(world, name)
    assert answered.status == 404
    assert "quarantine, mismatch, unmet-grants, poison, dead-letters, undecided, expiring" in answered.json["detail"]


async def test_a_clip_is_shown_as_everywhere_with_the_version_to_change_it_by(world: MemoryService) -> None:
    world.hold(a_clip(state=State.QUARANTINED, quarantine=("truncated",)))
    (shown,) = (await show(world, "quarantine")).json["items"]
    assert shown == (await world.ask("read", MANAGER, route={"id": RECORDING})).json


async def test_a_clip_the_queue_gave_up_says_since_when(world: MemoryService) -> None:
    world.hold(a_clip(integrity=Integrity(gave_up_at=NOW)))
    (shown,) = (await show(world, "poison")).json["items"]
    assert shown["integrity"]["gaveUpAt"] == "2026-11-25T20:52:56.123456Z"


async def test_a_mismatch_shows_both_hashes(world: MemoryService) -> None:
    mismatch = Integrity(state=Fixity.MISMATCH)
    world.hold(a_clip(integrity=mismatch))
    (shown,) = (await show(world, "mismatch")).json["items"]
    assert {"claimed", "sha256"} <= set(shown["integrity"])


async def test_an_unmet_grant_names_the_dock_and_the_camera_and_no_path(world: MemoryService) -> None:
    world.records.put(a_grant(granted_at=NOW - UNMET_AFTER))
    (shown,) = (await show(world, "unmet-grants")).json["items"]
    assert (shown["recording"], shown["dock"], shown["grantedAt"]) == (RECORDING, DOCK, "2026-11-24T20:52:56.123456Z")
    assert not {"path", "url", "id"} & set(shown)


async def test_a_dead_letter_says_why_it_was_given_up_and_what_it_was_about(world: MemoryService) -> None:
    world.dead_letters.dead.append(LETTER)
    (shown,) = (await show(world, "dead-letters")).json["items"]
    assert shown == {
        "id": LETTER.id,
        "at": "2026-11-25T20:52:56.123456Z",
        "reason": LETTER.reason,
        "outcome": LETTER.outcome,
        "attempts": 30,
        "path": LETTER.path,
    }


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 7])
async def test_paging_through_shows_each_once_oldest_first_and_enters_every_page(
    world: MemoryService, number: int
) -> None:
    clips = hold(world, number)
    page = await show(world, "quarantine", limit="2")
    found, pages = list(page.json["items"]), 1
    while page.json["next"]:
        page = await show(world, "quarantine", limit="2", page=page.json["next"])
        found, pages = [*found, *page.json["items"]], pages + 1
    assert sorted(clip["id"] for clip in found) == sorted(clips)
    keys = [(clip["uploadedAt"], clip["id"]) for clip in found]
    assert keys == sorted(keys)
    assert [entry.action for entry in world.entries("actor:P2001")] == ["worklist.read"] * pages


async def test_a_token_is_good_for_its_list_and_its_caller_alone(world: MemoryService) -> None:
    hold(world, 3)
    token = (await show(world, "quarantine", limit="2")).json["next"]
    other = person("evidence-manager", oid="7d4a3c52-0000-4000-8000-00000000000b")
    refused = [
        await show(world, "mismatch", page=token),
        await world.ask("worklist", other, route={"name": "quarantine"}, query={"page": token}),
        await world.ask("search", MANAGER, query={"page": token}),
    ]
    assert [(answered.status, answered.json["field"]) for answered in refused] == [(400, "page")] * 3


async def test_a_long_name_of_a_dead_letter_fits_into_a_token(world: MemoryService) -> None:
    names = [f"{'topic' * 20}/{'SUBSCRIPTION' * 10}/2026/1/2/3/{n}.json" for n in range(2)]
    world.dead_letters.dead += [DeadLetter(id=name, at=NOW) for name in names]
    first = await show(world, "dead-letters", limit="1")
    second = await show(world, "dead-letters", limit="1", page=first.json["next"])
    assert [item["id"] for page in (first, second) for item in page.json["items"]] == names


@pytest.mark.parametrize("query, field", [({"limit": "0"}, "limit"), ({"limit": "101"}, "limit"), ({"a": "b"}, "a")])
async def test_a_question_that_does_not_fit_is_refused_by_its_field(
    world: MemoryService, query: dict[str, str], field: str
) -> None:
    answered = await show(world, "quarantine", **query)
    assert (answered.status, answered.json["field"]) == (400, field)
