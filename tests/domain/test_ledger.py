"""The bytes an entry is bound by: RFC 8785, with its own examples, and what a commitment covers.

The examples are retyped from RFC 8785 (June 2020): sections 3.2.2.2 (strings), 3.2.3 (sorting) and 3.2.2 (the whole);
of its numbers only integers, since entries hold no others.
"""

import base64
import hashlib
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.entry import Entry, stored
from shared.domain.ledger import SAFE_INTEGER, bound, canonical, commitment
from tests.builders import an_entry
from tests.domain.chance import SAFE, any_of, steady, texts

values = st.recursive(
    st.none() | st.booleans() | st.integers(-SAFE, SAFE) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
salts = st.binary(min_size=32, max_size=32).map(lambda raw: base64.b64encode(raw).decode())


def test_rfc_8785_section_3_2_2_writes_strings_and_literals() -> None:
    string = '\u20ac$\x0f\nA\'B"\\\\"/'
    value = {"string": string, "literals": [None, True, False]}
    expected = r'{"literals":[null,true,false],"string":"€$\u000f\nA' + "'" + r'B\"\\\\\"/"}'
    assert canonical(value) == expected.encode()


def test_rfc_8785_section_3_2_3_sorts_by_utf_16_code_units() -> None:
    value = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    in_order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    assert list(json.loads(canonical(value)).values()) == in_order


def test_rfc_8785_section_3_2_3_sorts_at_every_depth_and_keeps_lists() -> None:
    value = {"b": [{"z": 1, "a": 2}, 3, 1], "a": {"y": None, "x": ""}}
    assert canonical(value) == b'{"a":{"x":"","y":null},"b":[{"a":2,"z":1},3,1]}'


@pytest.mark.parametrize(
    "text, written",
    [
        ("\b\t\n\f\r", r'"\b\t\n\f\r"'),
        ("\x00\x1f", r'"\u0000\u001f"'),
        ('"\\', r'"\"\\"'),
        ("/\x7f\u2028\u00e9", '"/\x7f\u2028\u00e9"'),
    ],
)
def test_rfc_8785_section_3_2_2_2_escapes_only_what_it_must(text: str, written: str) -> None:
    assert canonical(text) == written.encode()


@pytest.mark.parametrize("number, written", [(0, b"0"), (-7, b"-7"), (SAFE_INTEGER, b"9007199254740991")])
def test_rfc_8785_section_3_2_2_3_writes_integers_plainly(number: int, written: bytes) -> None:
    assert canonical(number) == written


@pytest.mark.parametrize(
    "value",
    [SAFE_INTEGER + 1, -SAFE_INTEGER - 1, 1.0, 0.1, math.nan, b"x", (1, 2), {1: "a"}, "\ud800", {"\udfff": 1}, {1, 2}],
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical({"in": value})


@steady
@given(value=values)
def test_canonical_bytes_read_back_are_the_same_value_and_the_same_bytes(value: Any) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


@steady
@given(value=st.dictionaries(texts, values))
def test_the_order_names_were_given_in_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_the_commitment_is_a_hash_of_salt_and_canonical_json() -> None:
    document = {"kind": "entry", "number": 1, "salt": base64.b64encode(b"s" * 32).decode(), "pk": "p", "pending": True}
    digest = hashlib.sha256(b"s" * 32 + b'{"kind":"entry","number":1}').digest()
    assert commitment(document) == base64.b64encode(digest).decode()


@steady
@given(entry=any_of(Entry, salt=salts), salt=salts)
def test_the_commitment_changes_with_every_field_it_binds(entry: Entry, salt: str) -> None:
    document = stored(entry)
    before = commitment(document)
    for name in bound(document):
        assert commitment({**document, name: "something else"}) != before, name
        assert commitment({key: value for key, value in document.items() if key != name}) != before, name
    assert salt == document["salt"] or commitment({**document, "salt": salt}) != before


@steady
@given(entry=any_of(Entry, salt=salts), mark=texts)
def test_the_commitment_does_not_change_by_sealing_or_storing(entry: Entry, mark: str) -> None:
    document = stored(entry)
    stamped = {**document, "leaf": mark, "pending": False, "pk": mark, "_etag": mark, "_ts": 1}
    assert commitment(stamped) == commitment(document)


def test_everything_an_entry_says_is_bound() -> None:
    entry, _ = an_entry()
    unbound = set(stored(entry)) - set(bound(stored(entry)))
    assert unbound == {"pk", "salt", "leaf", "pending"}


@pytest.mark.parametrize("salt", ["not base64!", "AAAA\n", "A"])
def test_a_salt_that_is_no_base64_is_refused(salt: str) -> None:
    with pytest.raises(ValueError):
        commitment({"salt": salt, "number": 1})
