"""Following the journal: whole lines only, and a cursor that never passes what is not settled."""

import asyncio
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from local.stand_ins.journal import Cursor, cursor_file, lines, read_cursor


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return cursor_file(tmp_path, "footage-created")


def test_the_cursor_waits_for_the_earliest_and_then_passes_all_that_is_settled(file: Path) -> None:
    cursor = Cursor(file)
    for end in (10, 20, 30):
        cursor.expect(end)
    cursor.settle(20)
    assert (cursor.position, read_cursor(file)) == (0, 0)
    cursor.settle(10)
    assert (cursor.position, read_cursor(file)) == (20, 20)
    cursor.settle(30)
    assert Cursor(file).position == 30


@settings(deadline=None, max_examples=50)
@given(order=st.permutations(range(1, 9)))
def test_in_whatever_order_events_settle_nothing_unsettled_is_ever_behind_the_cursor(
    order: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    cursor = Cursor(cursor_file(tmp_path_factory.mktemp("cursor"), "any"))
    for end in range(1, 9):
        cursor.expect(end)
    settled: set[int] = set()
    for end in order:
        cursor.settle(end)
        settled.add(end)
        assert set(range(1, cursor.position + 1)) <= settled
        assert cursor.position + 1 not in settled
    assert cursor.position == 8


async def test_a_line_is_read_when_it_is_whole_and_from_where_the_cursor_stands(tmp_path: Path) -> None:
    journal = tmp_path / "journal.ndjson"
    journal.write_text('{"n": 1}\n{"n": 2}\n{"n"')
    reader = lines(journal, len('{"n": 1}\n'))
    assert await anext(reader) == (18, {"n": 2})
    waiting = asyncio.ensure_future(anext(reader))
    await asyncio.wait({waiting}, timeout=0.05)
    assert not waiting.done()
    with journal.open("a") as more:
        more.write(": 3}\n")
    assert await asyncio.wait_for(waiting, 10) == (27, {"n": 3})
    await reader.aclose()  # type: ignore[attr-defined]
