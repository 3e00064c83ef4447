"""Which lines a night looks at, and what accounts for one: both sides of every edge."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.domain.account import (
    Accounting,
    Erasure,
    Finding,
    Stretch,
    begun,
    erasure,
    judged,
    kept,
    leaf_said,
    looked_at,
    over,
    owed,
)
from shared.domain.entry import Entry, Outcome, stored
from shared.domain.ledger import commitment
from shared.domain.reconcile_rounds import ROUND
from shared.domain.seal import sealed
from shared.domain.tiles import FULL
from tests.builders import an_entry
from tests.domain.chance import steady
from tests.fakes import World
from tests.usecases.rows import Row
from tests.usecases.scenes import entries
from tests.usecases.verbs import ROWS

NIGHT = date(2026, 11, 26)
DAY = timedelta(days=1)
LEAF = 7
SIZES = st.integers(min_value=0, max_value=70 * FULL)


def at(checked: int, *, night: date = NIGHT, bundles: int = 0) -> Accounting:
    return Accounting(checked=checked, night=night, bundles=bundles)


def run(known: Accounting | None, size: int, night: date) -> tuple[Accounting, list[Stretch]]:
    """All that the night owes, looked at."""
    known = begun(known, size=size, night=night)
    stretches = list(owed(known, size=size, night=night))
    for stretch in stretches:
        known = looked_at(known, stretch)
    return over(known, night=night), stretches


def test_the_first_night_looks_at_all_there_is() -> None:
    after, stretches = run(None, 2 * FULL + 1, NIGHT)
    assert [(s.bundle, s.first, s.end, s.night) for s in stretches] == [
        (0, 0, FULL, None),
        (1, FULL, 2 * FULL, None),
        (2, 2 * FULL, 2 * FULL + 1, None),
    ]
    assert after == at(2 * FULL + 1, bundles=2)


@pytest.mark.parametrize("checked", [FULL - 1, FULL, FULL + 1])
def test_what_is_new_begins_where_the_night_before_ended(checked: int) -> None:
    new = [s for s in owed(at(checked), size=2 * FULL, night=NIGHT) if s.night is None]
    assert (new[0].first, new[-1].end) == (checked, 2 * FULL)
    assert [s.bundle for s in new] == [s.first // FULL for s in new]


@pytest.mark.parametrize("size", [0, 1, FULL])
def test_where_nothing_is_new_and_nothing_older_is_due_nothing_is_owed(size: int) -> None:
    night = next(NIGHT + n * DAY for n in range(ROUND) if (NIGHT + n * DAY).toordinal() % ROUND)
    assert list(owed(at(size, night=night), size=size, night=night)) == []


@settings(steady, max_examples=100)
@given(size=SIZES, nights=st.lists(st.integers(min_value=1, max_value=ROUND), min_size=1, max_size=8))
def test_each_older_bundle_is_looked_at_within_thirty_nights_whichever_of_them_somebody_ran(
    size: int, nights: list[int]
) -> None:
    known, night, seen = at(size), NIGHT, set[int]()
    while nights and night - NIGHT < ROUND * DAY:
        night += nights.pop() * DAY
        known, stretches = run(known, size, night)
        seen |= {s.bundle for s in stretches}
    if night - NIGHT < ROUND * DAY:
        known, stretches = run(known, size, NIGHT + ROUND * DAY)
        seen |= {s.bundle for s in stretches}
    assert seen >= set(range(size // FULL))


@settings(steady, max_examples=100)
@given(size=SIZES)
def test_in_thirty_nights_on_end_no_older_bundle_is_looked_at_twice(size: int) -> None:
    known, seen = run(at(size), size, NIGHT)[0], list[int]()
    for n in range(1, ROUND + 1):
        known, stretches = run(known, size, NIGHT + n * DAY)
        seen += [s.bundle for s in stretches]
    assert sorted(seen) == list(range(size // FULL))


@settings(steady, max_examples=100)
@given(size=SIZES, checked=SIZES, stop=st.integers(min_value=0, max_value=80))
def test_a_run_that_stopped_goes_on_where_it_stopped(size: int, checked: int, stop: int) -> None:
    known = begun(at(checked, night=NIGHT - DAY), size=size, night=NIGHT)
    all_of_it = list(owed(known, size=size, night=NIGHT))
    for stretch in all_of_it[:stop]:
        known = looked_at(known, stretch)
    rest = list(owed(known, size=size, night=NIGHT))
    older = {s.bundle for s in rest if s.night}
    left = all_of_it[stop:]
    assert [s for s in rest if s.night is None] == [s for s in left if s.night is None]
    assert older >= {s.bundle for s in left if s.night}


@pytest.mark.parametrize("checked", [-1, 10**9])
def test_a_record_that_says_what_cannot_be_is_brought_within_the_ledger(checked: int) -> None:
    assert begun(at(checked), size=FULL, night=NIGHT).checked == min(max(checked, 0), FULL)


def a_line(entry: Entry) -> tuple[str, str]:
    return entry.id, commitment(stored(entry))


def test_a_line_is_accounted_for_by_its_entry_alone() -> None:
    entry = sealed(an_entry()[0], LEAF)
    other = sealed(an_entry(action="footage.played")[0], LEAF)
    found = {
        None: [entry],
        Finding.GONE: [],
        Finding.CHANGED: [replace(entry, outcome=Outcome.REFUSED)],
        Finding.MOVED: [replace(entry, leaf=str(LEAF + 1))],
    }
    for finding, there in found.items():
        told = judged(LEAF, *a_line(entry), [kept(stored(each)) for each in there])
        assert (told.finding if told else None) is finding
    assert judged(LEAF, *a_line(entry), [kept(stored(each)) for each in (replace(other, id=entry.id), entry)]) is None


@pytest.mark.parametrize(
    "change", [{"leaf": None, "pending": True}, {"leaf": None}, {"leaf": 7}, {"pending": 0}, {"pk": "x"}]
)
def test_an_entry_that_says_another_place_or_lies_in_another_trail_is_moved(change: dict[str, object]) -> None:
    entry = sealed(an_entry()[0], LEAF)
    told = judged(LEAF, *a_line(entry), [kept(stored(entry) | change)])
    assert told is not None
    assert (told.finding, told.leaf, told.entry) == (Finding.MOVED, LEAF, entry.id)


@pytest.mark.parametrize("salt", ["", "no base64", "AAAA"])
def test_an_entry_of_which_nothing_can_be_made_is_changed(salt: str) -> None:
    entry = sealed(an_entry()[0], LEAF)
    for changed in (replace(entry, salt=salt), replace(entry, request="\ud800"), replace(entry, number=2**60)):
        told = judged(LEAF, *a_line(entry), [kept(stored(changed))])
        assert told is not None
        assert told.finding is Finding.CHANGED


@pytest.mark.parametrize("row", [row for row in ROWS if row.enters], ids=lambda row: row.name)
async def test_every_entry_that_a_verb_makes_accounts_for_its_line_where_it_lies(row: Row) -> None:
    world = World()
    row.scene(world)
    await row.run(world, row.asking)
    for entry in (sealed(each, LEAF) for each in entries(world)):
        assert judged(LEAF, *a_line(entry), [kept(stored(entry))]) is None, entry.action


def test_an_entry_of_a_newer_release_is_bound_with_what_this_one_does_not_know() -> None:
    newer = stored(sealed(an_entry()[0], LEAF)) | {"tomorrow": 1, "_etag": "the store's own"}
    assert judged(LEAF, str(newer["id"]), commitment(newer), [kept(newer)]) is None
    without = {name: value for name, value in newer.items() if name != "tomorrow"}
    told = judged(LEAF, str(newer["id"]), commitment(newer), [kept(without)])
    assert told is not None
    assert told.finding is Finding.CHANGED


@pytest.mark.parametrize("change", [{"salt": None}, {"salt": 7}, {"number": 1.5}, {"changes": {"a": 1}}, {"pk": []}])
def test_whatever_was_written_behind_the_service_is_judged_and_raises_nothing(change: dict[str, object]) -> None:
    entry = sealed(an_entry()[0], LEAF)
    assert judged(LEAF, *a_line(entry), [kept(stored(entry) | change)]) is not None


WHOLE = {"number": "2", "entry": "some-id", "leaf": "7"}


def telling(**changed: object) -> dict[str, object]:
    """The document of an entry that tells of an erasure; of a name that is None it tells nothing."""
    told = {name: value for name, value in {**WHOLE, **changed}.items() if value is not None}
    changes = [{"field": name, "before": value, "after": None} for name, value in told.items()]
    return {"pk": "clip", "changes": changes}


def test_what_tells_of_an_erasure_tells_in_which_trail_and_number_id_and_leaf() -> None:
    assert erasure(telling()) == Erasure(trail="clip", number=2, entry="some-id", leaf=7)


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("value", [None, 7, [], {"a": 1}, True])
def test_an_erasure_of_which_a_part_is_missing_or_no_text_is_none(name: str, value: object) -> None:
    assert erasure(telling(**{name: value})) is None


@pytest.mark.parametrize("value", ["", "-1", "+1", " 1", "1 ", "1.0", "\u0661", "9" * 16, "9" * 5_000])
def test_a_number_or_leaf_that_could_not_be_is_none(value: str) -> None:
    assert erasure(telling(number=value)) is None
    assert erasure(telling(leaf=value)) is None
    longest = erasure(telling(number="9" * 15))
    assert longest is not None
    assert longest.number == 10**15 - 1


@pytest.mark.parametrize(
    "changes", [None, 7, "text", {"field": "leaf"}, [None], [7], ["leaf"], [[]], [{}], [{"field": []}]]
)
def test_whatever_stands_where_its_changes_should_is_no_erasure_and_raises_nothing(changes: object) -> None:
    assert erasure({"pk": "clip", "changes": changes}) is None
    assert erasure({"pk": "clip"}) is None
    assert erasure(telling() | {"pk": 7}) is None


@pytest.mark.parametrize(
    ("leaf", "said"), [("0", 0), ("7", 7), (7, None), (None, None), ("v1 leaf", None), (True, None)]
)
def test_the_leaf_an_entry_says_is_a_number_as_text_or_none(leaf: object, said: int | None) -> None:
    assert leaf_said(kept(stored(an_entry()[0]) | {"leaf": leaf})) == said
