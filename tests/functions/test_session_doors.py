"""The doors of sessions, and the desk's book: who is on, who goes, who is put out, at every door at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.session import Session
from tests.builders import CLIENT, NOW, OFFICER, OTHER_BOROUGH, OTHER_OFFICER, RECORDING, SESSION, a_clip, a_session
from tests.functions.directory import AUDITOR, DOCK_ITSELF, MANAGER, OFFICER_BYRON, Claims, person
from tests.functions.opened import DOORS
from tests.functions.world import ADDRESS, Answered, MemoryService

MINUTE = timedelta(minutes=1)
LOST = "the phone was lost"
TELEPHONE = person("officer", sid="session-2")
SERVICE = person("auditor", oid="5f0e0000-0000-4000-8000-000000000005", idtyp="app", sid=None)


def sessions(world: MemoryService) -> list[Session]:
    return [record for record in world.records.everything() if isinstance(record, Session)]


async def on(world: MemoryService, who: Claims = OFFICER_BYRON) -> str:
    return str((await world.ask("log_on", who)).json["session"])


async def revoke(world: MemoryService, **body: Any) -> Answered:
    return await world.ask("revoke_sessions", MANAGER, body={"reason": LOST} | body)


async def test_logging_on_is_201_the_first_time_and_200_after(world: MemoryService) -> None:
    first, again = await world.ask("log_on", OFFICER_BYRON), await world.ask("log_on", OFFICER_BYRON)
    assert (first.status, again.status) == (201, 200)
    assert first.json == again.json
    shown = first.json
    assert (shown["officer"], shown["name"], shown["roles"], shown["borough"]) == (
        OFFICER,
        "PC Ada Byron",
        ["officer"],
        "Hackney",
    )
    assert (shown["client"], shown["address"], shown["seconds"], shown["endedAt"]) == (CLIENT, ADDRESS, 0, None)
    assert world.metrics.counts["session.started"] == 1


async def test_any_first_request_opens_a_session_and_what_is_done_is_entered_under_its_id(world: MemoryService) -> None:
    world.hold(a_clip())
    await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    (session,) = sessions(world)
    (entry,) = world.entries(RECORDING)
    assert entry.session == session.session
    assert "session-1" not in session.session
    current = await world.ask("session", OFFICER_BYRON)
    assert (current.status, current.json["session"]) == (200, session.session)


async def test_who_came_on_is_entered_with_all_their_roles_whatever_the_door_asks_for(world: MemoryService) -> None:
    world.hold(a_clip())
    assert (await world.ask("trail", person("officer", "supervisor"), route={"id": RECORDING})).status == 200
    roles = {entry.action: entry.actor.role for entry in world.entries(coming_on=True)}
    assert roles == {"session.started": "officer, supervisor", "trail.read": "supervisor"}


async def test_who_is_refused_was_on_all_the_same(world: MemoryService) -> None:
    """Before rights are asked: a refusal is done in a session, too."""
    assert (await world.ask("audit", OFFICER_BYRON)).status == 403
    (session,) = sessions(world)
    (entry,) = world.entries()
    assert (entry.action, entry.session) == ("refused.audit", session.session)


@pytest.mark.parametrize("who", [DOCK_ITSELF, SERVICE, person()], ids=["a dock", "a service", "nobody's role"])
@pytest.mark.parametrize("door", ["audit", "log_on", "session", "log_off"])
async def test_docks_services_and_people_without_a_role_have_no_session(
    world: MemoryService, who: Claims, door: str
) -> None:
    answered = await world.ask(door, who)
    assert answered.status == (200 if (door, who) == ("audit", SERVICE) else 403)
    assert sessions(world) == []
    assert {entry.session for entry in world.entries()} == {None}


async def test_a_service_is_entered_as_one(world: MemoryService) -> None:
    await world.ask("audit", SERVICE)
    assert [entry.actor.kind for entry in world.entries()] == ["service"]


async def test_without_a_token_nobody_is_on(world: MemoryService) -> None:
    await world.ask("log_on")
    await world.ask("health")
    assert sessions(world) == []


async def test_logging_off_ends_it_and_again_is_the_same_and_opens_none(world: MemoryService) -> None:
    assert (await world.ask("log_off", OFFICER_BYRON)).status == 204
    assert world.records.everything() == []
    await on(world)
    world.time = NOW + 47 * MINUTE
    world.records.put(replace(sessions(world)[0], last_seen=world.time - MINUTE))
    for _ in range(2):
        gone = await world.ask("log_off", OFFICER_BYRON)
        assert (gone.status, gone.raw) == (204, b"")
    (over,) = sessions(world)
    assert (over.ended_why, over.seconds) == ("logged-off", 47 * 60)
    assert world.metrics.counts["session.ended"] == 1
    assert [entry.action for entry in world.entries(over.pk)] == ["session.ended"]
    assert (await on(world)).endswith("-2")


async def test_an_opening_that_cannot_be_written_down_lets_nobody_in(world: MemoryService) -> None:
    world.hold(a_clip())
    world.faults.break_every("records.write")
    answered = await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    assert answered.status == 500
    assert RECORDING.encode() not in answered.raw


async def test_a_thousand_requests_over_ten_minutes_write_last_seen_a_handful_of_times(world: MemoryService) -> None:
    await on(world)
    world.faults.mend()
    for number in range(1000):
        world.time = NOW + 10 * MINUTE * number / 1000
        assert (await world.ask("categories", OFFICER_BYRON)).status == 200
    assert world.faults.calls.count("records.write") == 9
    (session,) = sessions(world)
    assert session.last_seen == NOW + 9 * MINUTE


@pytest.mark.parametrize("door", sorted(name for name, door in DOORS.items() if door.permission and door.attends))
async def test_a_revoked_sid_is_refused_at_every_door_at_once_and_so_is_a_refreshed_token_of_it(
    world: MemoryService, door: str
) -> None:
    who = person("officer", "supervisor", "evidence-manager", "auditor", "operator")
    session = await on(world, who)
    assert (await revoke(world, session=session)).status == 200
    refreshed = {**who, "iat": int((NOW + MINUTE).timestamp()), "roles": ["officer"]}
    for token in (who, refreshed):
        answered = await world.ask(door, token)
        assert answered.status == 401
        assert answered.headers["WWW-Authenticate"].startswith("Bearer ")
    assert len([entry for entry in world.entries() if entry.action == "refused.revoked"]) == 1
    assert world.metrics.counts["refused.revoked"] == 2


async def test_a_revoked_officer_cannot_log_off_either_and_their_other_sign_ons_are_out_too(
    world: MemoryService,
) -> None:
    first, second = await on(world), await on(world, TELEPHONE)
    revoked = await revoke(world, officer=OFFICER)
    assert sorted(revoked.json["sessions"]) == sorted([first, second])
    assert world.metrics.counts["session.ended"] == 2
    for who in (OFFICER_BYRON, TELEPHONE):
        assert (await world.ask("log_off", who)).status == 401
        assert (await world.ask("log_on", who)).status == 401
    before, after = (int(NOW.timestamp()) + seconds for seconds in (-60, 60))
    for iat, status in ((None, 401), (before, 401), (after, 201)):
        assert (await world.ask("log_on", person("officer", sid="session-3", iat=iat))).status == status


async def test_without_a_sid_a_token_issued_after_the_revocation_is_let_in_and_older_ones_are_not(
    world: MemoryService,
) -> None:
    def issued(seconds: int | None) -> Claims:
        at = None if seconds is None else int(NOW.timestamp()) + seconds
        return person("officer", sid=None, iat=at)

    await on(world, issued(-60))
    await revoke(world, officer=OFFICER)
    for who, status in ((issued(-60), 401), (issued(None), 401), (issued(5), 201), (issued(-60), 401)):
        assert (await world.ask("log_on", who)).status == status


@pytest.mark.parametrize(
    "body, status, field",
    [
        ({}, 400, "officer"),
        ({"officer": OTHER_OFFICER, "session": SESSION}, 400, "officer"),
        ({"session": "nonsense"}, 400, "session"),
        ({"session": f"{'0' * 32}-0"}, 400, "session"),
        ({"officer": OTHER_OFFICER, "reason": ""}, 400, "reason"),
        ({"session": f"{'0' * 32}-1"}, 404, "session"),
        ({"officer": "P0000"}, 404, "officer"),
    ],
)
async def test_a_revocation_names_one_officer_or_one_session_that_there_is(
    world: MemoryService, body: dict[str, str], status: int, field: str
) -> None:
    world.records.put(a_session())
    answered = await revoke(world, **body)
    assert (answered.status, answered.json["field"]) == (status, field)
    assert all(session.revoked_at is None for session in sessions(world))


async def test_a_revocation_asked_for_again_under_its_key_is_answered_as_before(world: MemoryService) -> None:
    world.records.put(a_session())
    body = {"officer": OTHER_OFFICER, "reason": LOST}
    key = {"Idempotency-Key": "the-lost-phone"}
    first, again = [await world.ask("revoke_sessions", MANAGER, body=body, headers=key) for _ in range(2)]
    assert (first.status, first.json) == (again.status, again.json) == (200, {"sessions": [SESSION]})
    other = await world.ask("revoke_sessions", MANAGER, body=body | {"reason": "another"}, headers=key)
    assert other.status == 409


async def test_everybody_sees_their_own_sessions_and_nobody_else_s(world: MemoryService) -> None:
    world.records.put(a_session())
    await on(world, TELEPHONE)
    world.time = NOW + MINUTE
    mine = await world.ask("my_sessions", OFFICER_BYRON, query={"limit": "1"})
    (here,) = mine.json["sessions"]
    following = await world.ask("my_sessions", OFFICER_BYRON, query={"limit": "1", "page": mine.json["next"]})
    (there,) = following.json["sessions"]
    assert {here["officer"], there["officer"]} == {OFFICER}
    assert (here["startedAt"] > there["startedAt"], following.json["next"]) == (True, None)
    assert [entry.action for entry in world.entries(f"actor:{OFFICER}")] == ["sessions.own-read"]


async def test_an_auditor_sees_who_was_on_for_how_long_page_by_page_under_one_entry(world: MemoryService) -> None:
    begun = [NOW - (number + 1) * MINUTE for number in range(3)]
    world.records.put(*(a_session(key=f"{n:032x}", started_at=at) for n, at in enumerate(begun)))
    query = {"officer": OTHER_OFFICER, "open": "true", "limit": "2", "until": "2026-11-25T20:52:56Z"}
    first = await world.ask("sessions", AUDITOR, query=query)
    rest = await world.ask("sessions", AUDITOR, query=query | {"page": first.json["next"]})
    assert [each["seconds"] for each in first.json["sessions"] + rest.json["sessions"]] == [60, 120, 180]
    told = [entry for entry in world.entries() if entry.action == "sessions.read"]
    assert [{change.field for change in entry.changes} for entry in told] == [{"officer", "open", "until"}]
    forged = await world.ask("sessions", AUDITOR, query={"page": first.json["next"]})
    assert (forged.status, forged.json["field"]) == (400, "page")


async def test_a_borough_s_auditor_cannot_ask_for_another_borough_s_people(world: MemoryService) -> None:
    world.records.put(a_session(), a_session(key="0" * 32, borough=OTHER_BOROUGH))
    answered = await world.ask("sessions", person("auditor"), query={"borough": OTHER_BOROUGH})
    assert OTHER_BOROUGH not in {each["borough"] for each in answered.json["sessions"]}
    assert SESSION in {each["session"] for each in answered.json["sessions"]}


@pytest.mark.parametrize("door", ["sessions", "audit"])
@pytest.mark.parametrize("until, status", [("20:52:55Z", 400), ("20:52:56Z", 400), ("20:52:57Z", 200)])
async def test_a_stretch_of_time_in_which_nothing_can_be_is_refused(
    world: MemoryService, door: str, until: str, status: int
) -> None:
    query = {"since": "2026-11-25T20:52:56Z", "until": f"2026-11-25T{until}"}
    answered = await world.ask(door, AUDITOR, query=query)
    assert (answered.status, answered.json.get("field")) == (status, "until" if status == 400 else None)


async def test_the_timer_closes_who_was_left_idle_and_tells_how_many(world: MemoryService) -> None:
    world.records.put(a_session(last_seen=NOW - 20 * MINUTE), a_session(key="0" * 32))
    await world.trigger("close_idle_sessions", None)
    assert [session.ended_why for session in sessions(world)] == ["idle", None]
    assert world.metrics.counts == {"session.ended": 1}


async def test_a_run_that_has_no_time_left_says_so(world: MemoryService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.sessions.LASTS", -1)
    world.records.put(a_session(last_seen=NOW - 20 * MINUTE))
    await world.trigger("close_idle_sessions", None)
    assert [session.ended_why for session in sessions(world)] == [None]
    assert world.metrics.counts["session.late"] == 1


async def test_a_run_in_which_a_session_could_not_be_closed_fails(world: MemoryService) -> None:
    world.records.put(a_session(last_seen=NOW - 20 * MINUTE))
    world.faults.break_every("records.write")
    with pytest.raises(Exception, match="1 sessions could not be closed"):
        await world.trigger("close_idle_sessions", None)
    assert world.metrics.counts["fault.close_idle_sessions"] == 1


def test_only_leaving_and_looking_after_the_service_do_without_a_session() -> None:
    without = {name for name, door in DOORS.items() if door.permission and not door.attends}
    assert without == {"log_off"}
    assert {name for name, door in DOORS.items() if door.attends_within} == {"health_details"}
