"""The ranged reader: blocks read once, neighbours in one read, the last blocks kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.media import ranged
from shared.adapters.media.ranged import Outside, Ranged, Refused, View

DATA = bytes(range(256)) * 4


class Blob:
    """Stands for the storage: gives exactly the range, and keeps what was asked."""

    def __init__(self, data: bytes = DATA, most: int = 1000) -> None:
        self.data, self.asked, self.most = data, list[tuple[int, int]](), most

    def fetch(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < offset + length <= len(self.data), "asked outside the file"
        if len(self.asked) == self.most:
            raise Refused("spent")
        self.asked.append((offset, length))
        return self.data[offset : offset + length]

    def reader(self, *, block: int = 16, kept: int = 4) -> Ranged:
        return Ranged(len(self.data), self.fetch, block=block, kept=kept)


@given(st.lists(st.tuples(st.integers(0, 1024), st.integers(0, 1024))), st.integers(1, 70), st.integers(1, 5))
def test_whatever_is_read_in_whatever_order_is_what_the_file_holds(
    reads: list[tuple[int, int]], block: int, kept: int
) -> None:
    reader = Blob(most=10**6).reader(block=block, kept=kept)
    for offset, asked in reads:
        length = min(asked, len(DATA) - offset)
        assert reader.at(offset, length) == DATA[offset : offset + length]


def test_adjacent_missing_blocks_come_in_one_range() -> None:
    blob = Blob()
    reader = blob.reader(kept=100)
    reader.at(40, 4)
    reader.at(0, 96)
    assert blob.asked == [(32, 16), (0, 32), (48, 48)]


def test_a_kept_block_is_not_asked_for_again() -> None:
    blob = Blob()
    reader = blob.reader(kept=2)
    reader.at(0, 32)
    reader.at(8, 20)
    assert len(blob.asked) == 1


def test_the_block_unused_longest_is_forgotten_first() -> None:
    blob = Blob()
    reader = blob.reader(kept=2)
    for offset in (0, 16, 0, 32, 0, 16):
        reader.at(offset, 1)
    assert blob.asked == [(0, 16), (16, 16), (32, 16), (16, 16)]


def test_no_range_is_longer_than_the_longest() -> None:
    data = bytes(ranged.LONGEST * 2 + 100)
    blob = Blob(data)
    assert len(Ranged(len(data), blob.fetch).at(0, len(data))) == len(data)
    assert [length for _, length in blob.asked] == [ranged.LONGEST, ranged.LONGEST, 100]


@pytest.mark.parametrize("offset,length", [(1024, 1), (1000, 25), (-1, 1), (0, -1)])
def test_nothing_outside_the_file_is_read(offset: int, length: int) -> None:
    blob = Blob()
    with pytest.raises(Outside):
        blob.reader().at(offset, length)
    assert not blob.asked


def test_a_refusal_is_raised_and_what_is_kept_can_still_be_read() -> None:
    reader = Blob(most=1).reader()
    reader.at(0, 1)
    with pytest.raises(Refused):
        reader.at(500, 1)
    assert reader.at(1, 1) == DATA[1:2]


def test_a_view_ends_where_it_was_told_to_and_has_no_name() -> None:
    view = View(Blob().reader(), 100)
    assert view.seek(-10, 2) == 90
    assert view.read(50) == DATA[90:100]
    assert view.read() == b""
    assert view.seek(5) == 5
    assert view.seek(5, 1) == view.tell() == 10
    assert view.read() == DATA[10:100]
    assert view.seek(5000) == 5000
    assert view.read(1) == b""
    assert not hasattr(view, "name")
