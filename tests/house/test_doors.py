"""Every door is declared, guarded and hung as it is declared; no two can be meant by the same request."""

import inspect
import json
from itertools import combinations

import pytest
from azure.functions.decorators.function_app import Function

import functions.answering
from functions.door import Door
from shared.domain.access import Permission
from shared.errors import Refusal
from shared.usecases.refuse import ENTERED
from shared.wiring import QUEUE
from tests.functions.opened import DOORS, FUNCTIONS, HTTP, ROOT, door_of
from tests.house.source import calls, dotted, modules

OPEN_TO_ALL = {
    "health", "keys", "openapi", "docs", "ledger_checkpoint", "ledger_tile", "ledger_consistency", "cosign",
}  # fmt: skip
UNLESS_OPEN = {"ledger_checkpoint", "ledger_tile", "ledger_consistency"}
HEARS = {"feed": ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]}  # it says no to most by itself
FRONT_END_SECONDS = 230  # Azure's own, and no setting's
TIMER_FIELDS = 6  # with five, the first is taken for minutes here and for seconds by the host
WITH_BODY = {"POST", "PUT", "PATCH"}
HOST = json.loads((ROOT / "host.json").read_text())


def bindings(function: Function) -> list[dict[str, object]]:
    return [binding.get_dict_repr() for binding in function.get_bindings()]


def triggers(kind: str) -> list[dict[str, object]]:
    return [binding for function in FUNCTIONS.values() for binding in bindings(function) if binding["type"] == kind]


@pytest.mark.parametrize("name", list(HTTP))
def test_every_http_function_stands_behind_the_desk(name: str) -> None:
    door = door_of(HTTP[name])
    assert door is not None, "hang it with functions.door.opens"
    assert (door.permission is None) == (name in OPEN_TO_ALL)
    assert door.permission is None or isinstance(door.permission, Permission)


def test_what_a_force_may_keep_to_its_auditors_is_what_the_ledger_shows_and_nothing_else() -> None:
    assert {name: door.unless_open for name, door in DOORS.items() if door.unless_open} == dict.fromkeys(
        UNLESS_OPEN, Permission.AUDIT
    )
    for door in DOORS.values():
        assert door.standing(ledger_open=True) == door
        assert door.standing(ledger_open=False).permission == (door.unless_open or door.permission)


@pytest.mark.parametrize("name", list(DOORS))
def test_every_door_hangs_as_it_is_declared(name: str) -> None:
    door = DOORS[name]
    (trigger,) = [binding for binding in bindings(HTTP[name]) if binding["type"] == "httpTrigger"]
    hung = (str(trigger["route"]), [str(method) for method in trigger["methods"]])  # type: ignore[attr-defined]
    assert hung == (door.route, HEARS.get(name, [door.method]))
    assert (door.name, str(trigger["authLevel"]).lower()) == (name, "anonymous"), "the desk authorises, not a key"


@pytest.mark.parametrize("door", list(DOORS.values()), ids=list(DOORS))
def test_a_door_takes_a_body_only_where_its_method_has_one(door: Door) -> None:
    assert door.body is None or door.method in WITH_BODY
    assert not door.changes or door.method in WITH_BODY | {"DELETE"}


def test_every_door_that_is_declared_is_hung() -> None:
    declared = sum(dotted(call.func) == "Door" for path in modules("functions") for call in calls(path))
    assert declared == len(DOORS)


@pytest.mark.parametrize("one, other", list(combinations(DOORS, 2)))
def test_no_request_can_mean_two_doors(one: str, other: str) -> None:
    """The host tries routes in the order of function names: an overlap is decided by the alphabet."""
    first, second = DOORS[one], DOORS[other]
    assert first.method != second.method or not _overlap(first.route, second.route), f"{first.route} {second.route}"


def _overlap(one: str, other: str) -> bool:
    first, second = one.lower().split("/"), other.lower().split("/")
    for catching in (first, second):
        if catching[-1].startswith("{*"):
            first, second = first[: len(catching) - 1], second[: len(catching) - 1]
    return len(first) == len(second) and all(
        left == right or "{" in left + right for left, right in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(
    "one, other, overlap",
    [
        ("footage/{id}", "footage/categories", True),
        ("footage/{id}/trail", "footage/{clip}/trail", True),
        ("footage/{id}/trail", "footage/{id}/poster", False),
        ("Footage", "footage", True),
        ("ledger/{*path}", "ledger/checkpoint", True),
        ("ledger/checkpoint", "ledger/{*path}", True),
        ("ledger/tile/{*path}", "ledger/checkpoint", False),
        ("ledger/tile/{*path}", "ledger/tile", True),
        ("ledger/{*path}", "ledger/tile/{*path}", True),
        ("footage/{id}", "footage", False),
    ],
)
def test_the_rule_about_two_doors_knows_an_overlap(one: str, other: str, overlap: bool) -> None:
    assert _overlap(one, other) is overlap


def test_no_two_functions_differ_by_case_alone() -> None:
    assert len({name.lower() for name in FUNCTIONS}) == len(FUNCTIONS)


@pytest.mark.parametrize("name", list(FUNCTIONS))
def test_every_function_takes_exactly_what_its_bindings_give(name: str) -> None:
    """The worker checks this too, but only once deployed. `context` is given to whoever names it."""
    given = {str(binding["name"]) for binding in bindings(FUNCTIONS[name])} - {"$return"}
    takes = set(inspect.signature(FUNCTIONS[name].get_user_function()).parameters)
    assert takes - {"context"} == given


def test_every_timer_says_the_second_too() -> None:
    schedules = [str(timer["schedule"]) for timer in triggers("timerTrigger")]
    assert schedules != []
    assert [schedule for schedule in schedules if len(schedule.split()) != TIMER_FIELDS] == []


def test_every_queue_that_is_written_to_is_read_and_so_is_what_it_gives_up() -> None:
    read = {str(queue["queueName"]) for queue in triggers("queueTrigger")}
    assert read == {QUEUE, f"{QUEUE}-poison"}


def test_weeding_and_reconciling_stop_before_the_host_stops_them() -> None:
    from functions import reconcile, weed

    hours, minutes, seconds = (int(part) for part in HOST["functionTimeout"].split(":"))
    assert hours * 3600 + minutes * 60 + seconds >= max(weed.LASTS, reconcile.LASTS) + 60


def test_a_reconciliation_that_was_asked_for_is_answered_before_the_front_end_gives_up() -> None:
    from functions.reconcile import ANSWERS_WITHIN

    assert FRONT_END_SECONDS >= ANSWERS_WITHIN + 30


def test_queue_messages_are_encoded_as_the_adapter_writes_them() -> None:
    assert HOST["extensions"]["queues"]["messageEncoding"] == "base64"
    assert HOST["extensions"]["http"]["routePrefix"] == "api"


def _kinds(base: type[Refusal]) -> set[type[Refusal]]:
    return {base, *(kind for child in base.__subclasses__() for kind in _kinds(child))}


def test_every_way_to_say_no_has_a_status() -> None:
    assert _kinds(Refusal) - {Refusal} == set(functions.answering.STATUS)


def test_a_kind_of_refusal_that_is_entered_has_its_code_and_so_has_every_kind_of_that_kind() -> None:
    assert {kind for entered in ENTERED for kind in _kinds(entered)} == set(ENTERED)
