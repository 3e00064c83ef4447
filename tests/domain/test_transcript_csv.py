"""A trail as CSV: read again it says what the entries say, and no spreadsheet obeys it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.entry import Change, Entry, Operation, Reason
from shared.domain.transcript import committed
from shared.domain.transcript_csv import COLUMNS, FORMULA, as_csv, harmless
from shared.domain.visible import visible
from tests.builders import an_actor, an_asking, an_entry
from tests.domain.chance import steady
from tests.transcripts import a_transcript

Row = dict[str, str]


def read_again(raw: bytes) -> list[Row]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def rows_of(*entries: Entry) -> list[Row]:
    return read_again(as_csv(a_transcript(told=list(entries))))


def test_read_again_it_is_the_entries() -> None:
    transcript = a_transcript(40)
    rows = read_again(as_csv(transcript))
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 41)]
    for row, entry in zip(rows, transcript.entries, strict=True):
        assert (row["actorName"], row["actorId"], row["actorRole"]) == (
            entry.actor.name,
            entry.actor.id,
            entry.actor.role,
        )
        assert entry.reason is not None
        assert row["reason"] == f"stated: {entry.reason.text}"
        assert row["commitment"].removeprefix("'") == committed(entry)
        assert (row["entry"], row["request"], row["address"]) == (entry.id, entry.request, entry.address)
        assert (row["occurredAt"], row["occurredAtLondon"]) == (
            "2026-11-25T20:52:56.123456Z",
            "2026-11-25 20:52:56 GMT",
        )
        assert (row["changes"], row["leaf"], row["recipient"]) == ("evidential: undecided → yes", "", "")


def test_it_is_csv_as_excel_and_the_standard_take_it() -> None:
    raw = as_csv(a_transcript(2))
    assert raw.startswith(b'\xef\xbb\xbf"number","occurredAt"')
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3
    assert raw.endswith(b"\r\n")
    assert next(csv.reader([raw.decode("utf-8-sig").splitlines()[0]])) == list(COLUMNS)


@pytest.mark.parametrize("sign", [*"=+-@", "＝", "＋", "－", "＠"])  # noqa: RUF001 - of double width, on purpose
def test_a_cell_that_would_be_a_formula_has_an_apostrophe(sign: str) -> None:
    evil = f'{sign}cmd|"/C calc"!A0'
    entry, _ = an_entry(asking=an_asking(actor=an_actor(name=evil)), recipient=evil)
    (row,) = rows_of(entry)
    assert row["actorName"] == row["recipient"] == f"'{evil}"
    assert harmless(f" {sign}1") == f" {sign}1", "after a space it is text to every spreadsheet"


@pytest.mark.parametrize("first", ["\t=1+1", "\r=1+1", "\n=1+1", "\u200e=1+1", "\ufeff=1+1", "\x00=1+1"])
def test_what_hides_before_a_formula_is_shown_and_so_harmless(first: str) -> None:
    assert harmless(first) == f"<U+{ord(first[0]):04X}>=1+1"


def test_no_reason_ends_its_cell_its_row_or_the_file() -> None:
    text = 'he said "no", then;\r\n"4","x"\n=1'
    entry, _ = an_entry(reason=Reason(code="stated", text=text))
    (row,) = rows_of(entry)
    assert row["reason"] == f"stated: {visible(text)}"


def test_one_that_was_erased_has_its_row() -> None:
    gone = tuple(Change(field=name, before=value, after=None) for name, value in
                 (("number", "1"), ("entry", "of-old"), ("leaf", "7")))  # fmt: skip
    _, trail = an_entry()
    teller, _ = an_entry(trail, key="2", action="entry.erased", operation=Operation.ERASURE, changes=gone)
    erased, told = rows_of(teller)
    assert {name: value for name, value in erased.items() if value} == {
        "number": "1", "outcome": "erased", "entry": "of-old", "leaf": "7",
    }  # fmt: skip
    assert told["action"] == "entry.erased"


@steady
@given(st.text(), st.text())
def test_whatever_is_in_a_cell_it_is_read_again_and_begins_no_formula(name: str, said: str) -> None:
    entry, _ = an_entry(asking=an_asking(actor=an_actor(name=name)), reason=Reason(code="stated", text=said))
    (row,) = rows_of(entry)
    assert row["actorName"] in (visible(name), f"'{visible(name)}")
    assert not row["actorName"].startswith(FORMULA)
    assert row["reason"] == f"stated: {visible(said)}"
