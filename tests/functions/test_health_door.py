"""The doors of health: alive for anybody, touching nothing; for operators part by part, and 503 if one is silent."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.health import Backlog
from shared.domain.reconcile_report import Reconciliation
from shared.domain.seal import head_after, line_of, parts_of
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed
from tests.builders import NOW, OFFICER, a_condemned_clip, an_entry, an_overdue_clip, fresh_id
from tests.fakes import MemoryWitness
from tests.functions.directory import MANAGER, person
from tests.functions.world import Answered, MemoryService

OPERATOR = person("operator", oid="7d4a3c52-0000-4000-8000-000000000009", employeeid=None, borough=None)
NOTHING: dict[str, Any] = {
    "answers": {"records": True, "footage": True, "queue": True, "vault": True},
    "backlogs": {
        "fixity": {"count": 0, "oldest": None},
        "fixity-poison": {"count": 0, "oldest": None},
        "dead-letters": {"count": 0, "oldest": None},
    },
    "overdue": {"count": None, "oldest": None},
    "condemned": {"count": 0, "oldest": None},
    "pendingEntries": {"count": None, "oldest": None},
    "lastWeeding": None,
    "lastRound": None,
    "lastSeal": None,
    "witnesses": [],
    "silent": [],
}


async def look(world: MemoryService) -> Answered:
    return await world.ask("health_details", OPERATOR)


async def test_health_says_alive_and_touches_nothing(world: MemoryService) -> None:
    assert (await world.ask("health")).json == {"status": "alive"}
    assert world.faults.calls == []


async def test_where_nothing_is_every_part_is_there_and_says_so(world: MemoryService) -> None:
    answered = await look(world)
    came_on = {"pendingEntries": {"count": None, "oldest": "2026-11-25T20:52:56.123456Z"}}
    assert (answered.status, answered.json) == (200, NOTHING | came_on)


async def test_each_part_is_shown(world: MemoryService) -> None:
    due, witness = an_overdue_clip(id=fresh_id()), MemoryWitness().key
    world.records.put(
        due,
        a_condemned_clip(id=fresh_id()),
        *an_entry(),
        WeedingRun(run="w", started_at=NOW, ended_at=NOW, weeded=7, kept=2, failed=1, late=True),
        Reconciliation(run="r", dry_run=False, started_at=NOW, round=True, places_done=36),
        head_after(None, parts_of(0, [line_of(an_entry()[0])]), now=NOW),
        Witnessed(key=witness.id.hex(), name=witness.name, size=1, seconds=int(NOW.timestamp())),
    )
    world.witnesses = (witness,)
    world.probe.waits["fixity"] = Backlog(count=3, oldest=NOW)
    now = "2026-11-25T20:52:56.123456Z"
    answered = await look(world)
    assert answered.status == 200
    assert answered.json == NOTHING | {
        "backlogs": NOTHING["backlogs"] | {"fixity": {"count": 3, "oldest": now}},
        "overdue": {"count": None, "oldest": "2026-11-25T20:51:56.123456Z"},
        "condemned": {"count": 1, "oldest": now},
        "pendingEntries": {"count": None, "oldest": now},
        "lastWeeding": {
            "run": "w",
            "startedAt": now,
            "endedAt": now,
            "weeded": 7,
            "kept": 2,
            "failed": 1,
            "late": True,
        },
        "lastRound": {"run": "r", "startedAt": now, "endedAt": None, "placesDone": 36},
        "lastSeal": now,
        "witnesses": [{"name": "witness.test/one", "size": 1, "cosignedAt": "2026-11-25T20:52:56Z"}],
    }


async def test_no_person_and_no_footage_is_shown(world: MemoryService) -> None:
    clip = world.hold(an_overdue_clip())
    world.records.put(*an_entry())
    told = (await look(world)).raw.decode()
    assert not [text for text in (OFFICER, "Byron", clip.id, clip.blob.path, str(clip.borough)) if text in told]


async def test_what_it_rests_on_and_does_not_answer_makes_it_503(world: MemoryService) -> None:
    world.probe.answers["vault"] = False
    answered = await look(world)
    assert (answered.status, answered.json["answers"]["vault"], answered.json["silent"]) == (503, False, [])


async def test_a_part_that_does_not_answer_is_named_beside_the_others_and_makes_it_503(world: MemoryService) -> None:
    world.probe.waits["dead-letters"] = None
    world.faults.break_every("records.oldest_pending")
    answered = await look(world)
    silent = {"pendingEntries": None, "backlogs": NOTHING["backlogs"] | {"dead-letters": None}}
    assert answered.status == 503
    assert answered.json == NOTHING | silent | {"silent": ["dead-letters", "pendingEntries"]}


async def test_what_a_run_of_weeding_did_is_shown_after_it(world: MemoryService) -> None:
    clip = an_overdue_clip(id=fresh_id())
    world.footage.put(clip.blob.path, b"footage", at=clip.uploaded_at)
    world.records.put(clip)
    before = (await look(world)).json
    await world.trigger("weed", None)
    world.time += timedelta(minutes=1)
    after = (await look(world)).json
    assert (before["overdue"]["oldest"], before["lastWeeding"]) == ("2026-11-25T20:51:56.123456Z", None)
    assert (after["overdue"]["oldest"], after["lastWeeding"]["weeded"]) == (None, 1)


@pytest.mark.parametrize("call", ["records.write", "records.trail", "records.session", "records.bar"])
async def test_an_operator_is_told_also_when_the_store_is_down(world: MemoryService, call: str) -> None:
    """Nobody's session can be kept then: they come in without one."""
    world.faults.break_every(call)
    answered = await look(world)
    kept = call in ("records.session", "records.bar")
    assert (answered.status, answered.json["answers"]["records"]) == ((200, True) if kept else (503, False))
    assert [entry.session for entry in world.entries(coming_on=True)] == ([None] if kept else [])


async def test_a_store_that_keeps_sessions_too_slowly_is_not_waited_for(world: MemoryService) -> None:
    never = asyncio.Event()

    async def hang(call: str) -> None:
        await (never.wait() if call == "records.session" else asyncio.sleep(0))

    world.faults.pause = hang
    assert (await look(world)).status == 200
    assert [entry.session for entry in world.entries()] == [None]


async def test_an_operator_who_comes_by_this_door_alone_is_on(world: MemoryService) -> None:
    assert (await look(world)).status == 200
    entered = [(entry.action, bool(entry.session)) for entry in world.entries(coming_on=True)]
    assert sorted(entered) == [("health.read", True), ("session.started", False)]


async def test_a_revoked_operator_is_told_nothing(world: MemoryService) -> None:
    session = (await world.ask("log_on", OPERATOR)).json["session"]
    body = {"session": session, "reason": "left the force"}
    assert (await world.ask("revoke_sessions", MANAGER, body=body)).status == 200
    answered = await look(world)
    assert (answered.status, b"lastWeeding" in answered.raw) == (401, False)


@pytest.mark.parametrize("role", ["evidence-manager", "auditor", "dock"])
async def test_nobody_but_an_operator_is_told(world: MemoryService, role: str) -> None:
    assert (await world.ask("health_details", person(role))).status == 403
    assert "records.due" not in world.faults.calls
