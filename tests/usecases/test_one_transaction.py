"""State and entry are one batch: whatever call of whatever verb fails, before or after its effect, a retry ends in
the same state and the same entries, none lost, none double.

Each row of verbs.py runs once undisturbed. Then each of its port calls is broken in turn, once before and once after
its effect, and the verb is asked again with the same key until it succeeds: at the same time with every record equal
to the last microsecond, and a second later with all that was not a time of the run equal. Asked again under a key of
its own, it leaves besides what its row says in `anew`, and nothing else double.
"""

import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest

import shared.usecases
from shared.domain.annotate import Note
from shared.domain.document import timestamp, to_document
from shared.domain.entry import Entry, Trail
from shared.domain.footage import Grant
from shared.domain.health import Health
from shared.domain.reconcile_report import Reconciliation
from shared.domain.weeding_run import WeedingRun
from shared.domain.witness import Witnessed
from shared.errors import Conflict, Refusal, Stale
from shared.usecases.close_idle_sessions import ClosedReport
from shared.usecases.reconcile import Reconciled
from shared.usecases.weed import WeedReport
from tests.builders import NOW
from tests.fakes import Moment, Outage, World
from tests.usecases.rows import Anew, Row
from tests.usecases.scenes import a_clock_later, assert_trails_whole, entries
from tests.usecases.verbs import ROWS

PARTS = {  # of verbs, not verbs
    *("commit.commit", "commit.commit_deciding", "commit.done_before", "grant.dock_itself", "within.within"),
    *("reconcile_mend.mend", "reconcile_survey.survey", "revise.revised", "sign_on.end", "sign_on.must_be_let_in"),
    *("count.count", "side_by_side.each", "seal_publish.tell_leaves", "trail.whole_trail"),
    *("export.taken", "prove.newest", "prove.cosignature_of", "prove.witnessed"),
    *("once.done_once", "once.commit_unless_done"),
    *("sign_on.must_not_be_barred", "sign_on.bar_of", "side_by_side.side_by_side"),
}
MOST_TRIES = 3
TOLD: Mapping[Anew, type[Refusal]] = {Anew.TOLD_OPEN: Conflict, Anew.TOLD_STALE: Stale}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
LATER = [pytest.param(timedelta(0), id="at once"), pytest.param(timedelta(seconds=1), id="a second later")]


def verbs_there_are() -> Iterator[tuple[str, Callable[..., Awaitable[Any]]]]:
    for module in pkgutil.iter_modules(shared.usecases.__path__):
        loaded = import_module(f"shared.usecases.{module.name}")
        for name, member in inspect.getmembers(loaded, inspect.iscoroutinefunction):
            if member.__module__ == loaded.__name__ and not name.startswith("_"):
                yield f"{module.name}.{name}", member


def test_every_verb_there_is_has_a_row() -> None:
    verbs = {name: verb for name, verb in verbs_there_are() if name not in PARTS}
    rows = {row.verb for row in ROWS}
    assert [name for name, verb in verbs.items() if verb not in rows] == []


def test_what_is_called_part_of_a_verb_is_there() -> None:
    assert {name for name, _ in verbs_there_are()} >= PARTS


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_the_verb_enters_what_its_row_says(row: Row) -> None:
    world, _ = await undisturbed(row)
    assert [entry.action for entry in entries(world)] == [action for action, _ in row.enters]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_asked_twice_the_verb_ends_as_asked_once(row: Row) -> None:
    once, _ = await undisturbed(row)
    twice, _ = await undisturbed(row)
    await row.run(twice, row.asking)
    assert as_it_stands(twice) == as_it_stands(once)
    assert_trails_whole(twice)


@pytest.mark.parametrize("later", LATER)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_after_an_outage_at_any_call_a_retry_ends_the_same(row: Row, later: timedelta) -> None:
    once, answer = await undisturbed(row)
    for number, called in enumerate(once.faults.calls, start=1):
        for moment in Moment:
            world = World()
            row.scene(world)
            world.faults.break_call(number, moment)
            told = await told_of_an_outage(row, world)
            assert told or called in row.quiet, f"{row.name}: nobody heard that call {number}, {called}, failed"
            world.faults.mend()
            again = await until_it_succeeds(row, world, later)
            where = f"{row.name}: call {number}, {called}, broken {moment.value}"
            assert as_it_stands(world, exact=not later) == as_it_stands(once, exact=not later), where
            assert row.answers(again) == row.answers(answer), where
            assert_trails_whole(world)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_tried_again_under_a_key_of_its_own_nothing_is_double_but_what_the_row_says(row: Row) -> None:
    once, _ = await undisturbed(row)
    for number, called in enumerate(once.faults.calls, start=1):
        for moment in Moment:
            world = World()
            row.scene(world)
            there_before = Counter(actions_but_of_runs(row, world))
            world.faults.break_call(number, moment)
            await told_of_an_outage(row, world)
            world.faults.mend()
            entered = actions_but_of_runs(row, world)
            told = await is_told(row, world)
            where = f"{row.name}: call {number}, {called}, broken {moment.value}"
            assert told is (TOLD.get(row.anew) if entered else None), where
            ours = list((Counter(entered) - there_before).elements())
            double = ours if row.anew in (Anew.ENTRY, Anew.NOTE, Anew.RECORDING) else []
            declared = [action for action, _ in row.enters]
            declared = [action for action in declared if row.anew is not Anew.RUN or not is_of_a_run(action)]
            assert sorted(actions_but_of_runs(row, world)) == sorted([*declared, *double]), where
            besides = len(entered) if row.anew is Anew.RECORDING else 0
            assert number_of_grants(world) == number_of_grants(once) + besides, where
            assert without_entries(world, row) == without_entries(once, row), where
            assert_trails_whole(world)


async def is_told(row: Row, world: World) -> type[Refusal] | None:
    """Asked until it succeeds, or until it is told no, under a key and a request id that are new each time."""
    for number in range(MOST_TRIES):
        try:
            answer = await row.run(world, replace(row.asking, key=f"anew-{number}", request=f"anew-{number}"))
        except (Conflict, Stale) as no:
            return type(no)
        if not (isinstance(answer, ClosedReport | WeedReport | Reconciled) and answer.failed):
            return None
    raise AssertionError(f"{row.name} still fails though nothing is broken")


async def undisturbed(row: Row) -> tuple[World, Any]:
    world = World()
    row.scene(world)
    answer = await row.run(world, row.asking)
    assert_trails_whole(world)
    return world, answer


async def told_of_an_outage(row: Row, world: World) -> bool:
    """Whether the verb says that something failed: by raising, in the report of a run, or as what does not answer."""
    try:
        answer = await row.run(world, row.asking)
    except Outage:
        return True
    if isinstance(answer, Health):
        return not answer.well
    return isinstance(answer, ClosedReport | WeedReport | Reconciled) and answer.failed > 0


async def until_it_succeeds(row: Row, world: World, later: timedelta) -> Any:
    asking = a_clock_later(row.asking, NOW + later) if later else row.asking
    for _ in range(MOST_TRIES):
        answer = await row.run(world, asking)
        if not (isinstance(answer, ClosedReport | WeedReport | Reconciled) and answer.failed):
            return answer
    raise AssertionError(f"{row.name} still fails though nothing is broken")


def number_of_grants(world: World) -> int:
    return sum(isinstance(record, Grant) for record in world.records.everything())


def without_entries(world: World, row: Row) -> dict[str, object]:
    """All state; of grants only their number can be compared where each try makes one of its own."""
    besides = {Anew.NOTE: (Note,), Anew.RECORDING: (Grant,), Anew.RUN: (Reconciliation, WeedingRun)}.get(row.anew, ())
    return as_it_stands(world, but=(Entry, Trail, *besides))


def actions_but_of_runs(row: Row, world: World) -> list[str]:
    """What was entered; where each try is a run of its own, without what each run enters of itself."""
    actions = [entry.action for entry in entries(world)]
    return [action for action in actions if row.anew is not Anew.RUN or not is_of_a_run(action)]


def is_of_a_run(action: str) -> bool:
    return action.startswith(("reconciliation.", "weeding."))


def as_it_stands(world: World, *, exact: bool = True, but: tuple[type, ...] = ()) -> dict[str, object]:
    """All state and all entries. Not exact: without the times of the run, and what is bound by them."""
    left_out = but if exact else (*but, Trail)
    records = [record for record in world.records.everything() if not isinstance(record, left_out)]
    shown = sorted(str((r.kind, r.pk, r.id, _shown(to_document(r), exact=exact, of=type(r)))) for r in records)
    footage = world.footage
    paths = sorted({path for path, versions in footage._blobs.items() if versions})
    return {
        "records": shown,
        "blobs": [(path, footage.versions(path)) for path in paths],
        "posters": footage.posters,
        "renditions": footage.renditions,
        "asked and announced, once or more": (
            sorted(set(world.queue.asked)),
            sorted({clip.id for clip, _ in world.announcer.announced}),
        ),
    }


def _shown(document: Any, *, exact: bool, of: type) -> Any:
    if exact:
        return document
    left_out = {Entry: {"salt", "previous"}, Note: {"salt"}, Witnessed: {"seconds"}}.get(of, set())
    return {name: _without_times(value) for name, value in document.items() if name not in left_out}


def _without_times(value: Any) -> Any:
    match value:
        case str() if STAMP.fullmatch(value) and value >= timestamp(NOW):
            return "a time of the run, or after"
        case list():
            return [_without_times(item) for item in value]
        case {"field": "seconds"}:
            return "how long it is until a time of the run"
        case {"field": "note"}:
            return "the hash of a note, which has its salt in it"
        case dict():
            return {name: _without_times(item) for name, item in value.items()}
    return value
