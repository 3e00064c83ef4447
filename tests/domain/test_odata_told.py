"""What the entry of a query tells of it."""

import hashlib

import pytest

from shared.domain.entry import Change
from shared.domain.odata.options import OF_A_COUNT, parsed_options
from shared.domain.odata.sets import AUDIT_ENTRIES
from shared.domain.odata.told import BEGINNING, LONGEST, shortened, told, told_number, told_row


def said(changes: tuple[Change, ...]) -> dict[str, str | None]:
    assert all(change.before is None for change in changes)
    return {change.field: change.after for change in changes}


def test_everything_that_was_asked_is_told() -> None:
    asked = {
        "$filter": "action eq 'footage.read'",
        "$select": "action,id",
        "$orderby": "id desc",
        "$top": "7",
        "$skip": "2",
        "$count": "true",
    }
    assert said(told(AUDIT_ENTRIES, parsed_options(asked.items(), AUDIT_ENTRIES))) == {
        "set": "AuditEntries",
        "filter": "action eq 'footage.read'",
        "select": "id,action",
        "orderby": "id desc",
        "top": "7",
        "skip": "2",
        "count": "true",
    }


def test_what_was_not_asked_is_not_told_but_the_order_there_always_is() -> None:
    asked = said(told(AUDIT_ENTRIES, parsed_options([], AUDIT_ENTRIES)))
    assert asked == {"set": "AuditEntries", "orderby": "occurredAt desc"}
    assert said(told(AUDIT_ENTRIES, parsed_options([("$top", "0")], AUDIT_ENTRIES)))["top"] == "0"


def test_a_number_and_a_row_are_told_as_what_they_are() -> None:
    options = parsed_options([("$filter", "pending")], AUDIT_ENTRIES, OF_A_COUNT)
    assert said(told_number(AUDIT_ENTRIES, options)) == {"set": "AuditEntries", "filter": "pending", "count": "alone"}
    assert said(told_row(AUDIT_ENTRIES, "a\n")) == {"set": "AuditEntries", "key": "a<U+000A>"}


@pytest.mark.parametrize("length", [LONGEST, LONGEST + 1])
def test_a_long_text_is_told_by_its_beginning_and_its_hash(length: int) -> None:
    text = "é" * length
    shown = shortened(text)
    if length == LONGEST:
        assert shown == text
    else:
        digest = hashlib.sha256(text.encode()).hexdigest()
        assert shown == f"{text[:BEGINNING]} … {length} characters, SHA-256 {digest}"
        assert len(shown) <= LONGEST


def test_what_would_hide_in_it_or_turn_it_round_is_shown() -> None:
    assert shortened("a\u202eb\x00\r\n\ud800") == "a<U+202E>b<U+0000><U+000D><U+000A><U+D800>"


def test_a_text_of_nothing_but_what_hides_is_no_longer_than_any_other() -> None:
    assert len(shortened("\x00" * 8_000)) <= LONGEST
    assert len(shortened("\ud800" * 8_000)) <= LONGEST
