"""What a transcript says, in every form: times in two clocks, what stands at each number, and what binds it."""

from datetime import UTC, datetime

import pytest

from shared.domain.entry import Change, Operation, stored
from shared.domain.export import Erased
from shared.domain.ledger import commitment
from shared.domain.transcript import committed, in_london, in_utc, told
from tests.builders import an_entry
from tests.transcripts import a_transcript


@pytest.mark.parametrize(
    "at, london",
    [
        (datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC), "2026-03-29 00:59:59 GMT"),
        (datetime(2026, 3, 29, 1, tzinfo=UTC), "2026-03-29 02:00:00 BST"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2026-10-25 01:30:00 BST"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2026-10-25 01:30:00 GMT"),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), "9999-12-31 23:59:00 GMT"),
        (datetime(1, 1, 1, tzinfo=UTC), ""),
    ],
)
def test_a_time_is_told_as_the_clocks_of_london_showed_it(at: datetime, london: str) -> None:
    assert in_london(at) == london
    assert in_utc(at).endswith("000000Z")


def test_what_binds_an_entry_is_what_the_next_one_names() -> None:
    entries = a_transcript(4).entries
    assert [committed(entry) for entry in entries[:-1]] == [entry.previous for entry in entries[1:]]
    assert committed(entries[-1]) == commitment(stored(entries[-1]))


def test_one_that_was_erased_has_its_place() -> None:
    first, trail = an_entry()
    second, trail = an_entry(trail, key="2")
    gone = (("number", "2"), ("entry", second.id), ("leaf", "41"))
    changes = tuple(Change(field=name, before=value, after=None) for name, value in gone)
    third, _ = an_entry(trail, key="3", action="entry.erased", operation=Operation.ERASURE, changes=changes)
    numbered = a_transcript(told=[first, third]).numbered
    assert list(numbered) == [1, 2, 3]
    assert numbered[2] == Erased(number=2, id=second.id, leaf=41)


@pytest.mark.parametrize(
    "change, said",
    [
        (Change(field="category", before=None, after="arrest"), "category: arrest"),
        (Change(field="evidential", before="yes", after="no"), "evidential: yes → no"),
        (Change(field="incident", before="CAD 1", after=None), "incident: CAD 1 → nothing"),
        (Change(field="incident", before=None, after=None), "incident: nothing"),
    ],
)
def test_a_change_is_told_from_and_to(change: Change, said: str) -> None:
    assert told(change) == said
