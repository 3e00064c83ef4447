"""Sealing's own records: a batch is called after its content and place, and a head must agree with itself."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.daily_counts import tallied
from shared.domain.entry import stored
from shared.domain.ledger import Unproven, commitment, from_base64, leaf_line, root_of
from shared.domain.seal import (
    MOST_LINES,
    Head,
    Line,
    checkpoint_path,
    head_after,
    line_of,
    lines_of,
    parts_of,
    sealed,
    tallies_of,
    tree_of,
)
from tests.builders import NOW, an_entry, fresh_id
from tests.domain.naive_tree import Naive


def some_lines(number: int) -> list[Line]:
    return [replace(line_of(an_entry()[0]), id=fresh_id()) for _ in range(number)]


@pytest.mark.parametrize("number", [1, MOST_LINES - 1, MOST_LINES, MOST_LINES + 1, 2 * MOST_LINES, 2 * MOST_LINES + 1])
def test_a_batch_is_in_as_few_documents_as_hold_it_in_order_and_without_gap(number: int) -> None:
    lines = some_lines(number)
    parts = parts_of(77, lines)
    assert len(parts) == -(-number // MOST_LINES)
    assert lines_of(parts) == lines
    assert [part.first for part in parts] == [77 + MOST_LINES * part.part for part in parts]
    assert [part.id for part in parts] == [f"{parts[0].batch}-{part}" for part in range(len(parts))]


def test_a_batch_has_another_name_where_anything_in_it_or_its_place_is_another() -> None:
    one, two = some_lines(2)
    other = replace(two, commitment="A" * 43 + "=")
    batches = [
        parts_of(first, lines)[0].batch
        for first, lines in (
            (0, [one, two]),
            (1, [one, two]),
            (0, [two, one]),
            (0, [one]),
            (0, [one, replace(two, pk="elsewhere")]),
            (0, [one, replace(two, id=fresh_id())]),
            (0, [one, other]),
        )
    ]
    assert len(set(batches)) == len(batches)
    assert parts_of(0, [one, two])[0].batch == batches[0]


def test_a_batch_has_another_name_where_it_counts_something_else_and_says_so_in_its_first_document_alone() -> None:
    entries = [an_entry()[0] for _ in range(3)]
    lines, tallies = some_lines(MOST_LINES + 1), tallied([*entries, replace(entries[0], borough="Camden")])
    parts = parts_of(0, lines, tallies)
    assert [len(part.tallies) for part in parts] == [2, 0]
    assert tuple(tallies_of(parts)) == tallies
    others = [parts_of(0, lines, other)[0].batch for other in (tallies[:1], tallied(entries), ())]
    assert len({parts[0].batch, *others}) == len(others) + 1
    assert parts_of(0, lines, ())[0].batch == parts_of(0, lines)[0].batch


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=5))
def test_a_head_after_batch_and_batch_has_the_root_of_all_their_lines(sizes: Sequence[int]) -> None:
    head: Head | None = None
    lines: list[Line] = []
    for size in sizes:
        batch = some_lines(size)
        parts = parts_of(len(lines), batch)
        head = head_after(head, parts, now=NOW)
        lines += batch
        assert (head.size, head.batch, head.checkpointed, head.finished) == (len(lines), parts[0].batch, 0, 0)
        assert from_base64("head", head.root) == Naive([line.text for line in lines]).root(len(lines))
        assert root_of(tree_of(head)) == from_base64("head", head.root)


def test_a_head_that_does_not_agree_with_itself_is_no_head() -> None:
    head = head_after(None, parts_of(0, some_lines(3)), now=NOW)
    other = head_after(None, parts_of(0, some_lines(3)), now=NOW)
    for wrong in (
        replace(head, root=other.root),
        replace(head, peaks=other.peaks),
        replace(head, peaks=head.peaks[:1]),
        replace(head, size=4),
        replace(head, peaks=(head.peaks[0], "AAAA")),
        replace(head, root="no base64"),
    ):
        with pytest.raises(Unproven):
            tree_of(wrong)


def test_a_sealed_entry_is_bound_by_the_line_it_was_sealed_with() -> None:
    entry, _ = an_entry()
    line, done = line_of(entry), sealed(entry, 7)
    assert (done.leaf, done.pending) == ("7", False)
    assert line.text == leaf_line(entry.id, commitment(stored(done)))
    assert (line.pk, line.id) == (entry.pk, entry.id)


def test_a_checkpoint_lies_at_its_size_in_twenty_digits() -> None:
    assert checkpoint_path(0) == "checkpoint/00000000000000000000"
    assert checkpoint_path(2**63 - 1) == "checkpoint/09223372036854775807"
