"""OASIS's own test cases of the OData grammar: what we do is read, the rest is refused for what it is.

The cases are OASIS's and lie outside the project; without them these tests are skipped and say so. They are read as
asked of a set that has the columns they name. What no filter may look like must never be read; what is OData must be
read or Unsupported, and where it is called Malformed the reason is beside it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.parser import parsed_filter
from shared.errors import Malformed, Unsupported

CASES = Path(__file__).parents[3] / "shared/reference/schemas/odata/odata-abnf-testcases.yaml"
pytestmark = pytest.mark.skipif(not CASES.exists(), reason="OASIS's odata-abnf-testcases.yaml is not in ../shared")
COLUMNS = {
    **dict.fromkeys(["Name", "CompanyName", "Street", "FirstName", "style"], Edm.STRING),
    **dict.fromkeys(["Price", "Rating", "Size"], Edm.NUMBER),
    "Completed": Edm.BOOLEAN,
    "ReleaseDate": Edm.DATE,
    "BirthDate": Edm.MOMENT,
}
PRODUCTS = EntitySet(
    name="Products",
    entity="Product",
    about="What OASIS's cases ask about.",
    within="",
    key="Name",
    moment="BirthDate",
    borough=None,
    columns=tuple(Column(name=name, edm=edm, about=".", path=(name,)) for name, edm in COLUMNS.items()),
)
CONDITIONS = frozenset({"filter", "boolCommonExpr", "boolcommonExpr", "notExpr"})
READ = 24  # of them: all that names no more than columns, values, comparisons, and, or, not, in and our functions
REFUSED_AS_NO_FILTER = {
    "Name EQ 'Milk' AND Price LT 2.55": "4.01: in 4.0 operators are in lower case",
    "Name Eq 'Milk' OR Price Lt 2.55": "4.01: in 4.0 operators are in lower case",
    "Size eq true": "their Size is a truth, ours is a number",
    'contains(Names,["Fred","George"])': "no column is a list",
    'Address eq {"Street":"NE 40th","City":"Redmond","State":"WA","ZipCode":"98052"}': "no column has columns",
}
READ_ALL_THE_SAME = {" true": "blanks around a filter are passed over, as clients send them"}
LITERALS = {
    "booleanValue": "Completed",
    "dateValue": "ReleaseDate",
    "date": "ReleaseDate",
    "dateTimeOffsetValue": "BirthDate",
    "dateTimeOffsetLiteral": "BirthDate",
    "stringLiteral": "Name",
    "int32Value": "Size",
    "int32Literal": "Size",
    "int64Literal": "Size",
    "int64Value": "Size",
    "sbyteValue": "Size",
    "decimalLiteral": "Size",
    "doubleLiteral": "Size",
    "durationLiteral": "Name",
    "timeOfDayLiteral": "Size",
}
BEYOND_OUR_YEARS = re.compile(r"0000-|-[0-9]{5}-")
GOOD = ("read", "unsupported")


def cases() -> list[dict[str, str]]:
    """The file has a tab, and dates that no date of Python can be: read as text throughout."""
    import yaml  # type: ignore[import-untyped]

    text = CASES.read_text(encoding="utf-8").replace("\t", " ")
    read: Any = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - its texts alone
    return list(read["TestCases"])


def conditions() -> Iterator[tuple[str, bool]]:
    """Each filter of the cases, as it is after decoding, and whether it is one."""
    for case in cases():
        text = unquote(case["Input"])
        if case["Rule"] in CONDITIONS and (case["Rule"] != "filter" or text.startswith("$filter=")):
            yield text.removeprefix("$filter="), "FailAt" not in case


def told(text: str) -> str:
    try:
        parsed_filter(text, PRODUCTS)
    except Unsupported:
        return "unsupported"
    except Malformed:
        return "malformed"
    return "read"


def test_what_is_a_filter_is_read_or_unsupported() -> None:
    found = {text: told(text) for text, good in conditions() if good}
    assert {text for text, how in found.items() if how == "malformed"} == set(REFUSED_AS_NO_FILTER)
    assert sum(how == "read" for how in found.values()) == READ
    assert len(found) > READ + len(REFUSED_AS_NO_FILTER)


def test_what_is_no_filter_is_never_read() -> None:
    found = [text for text, good in conditions() if not good]
    assert len(found) >= 4
    assert {text for text in found if told(text) == "read"} == set(READ_ALL_THE_SAME)


def test_values_are_read_as_the_grammar_has_them() -> None:
    wrong = []
    for case in cases():
        if case["Rule"] in LITERALS:
            value = unquote(case["Input"]) if case["Rule"].endswith("Literal") else case["Input"]
            how = told(f"{LITERALS[case['Rule']]} eq {value}")
            good = "FailAt" not in case and not BEYOND_OUR_YEARS.match(value)
            fits = how in GOOD if good else how != "read"
            wrong += [] if fits else [(case["Rule"], value, how)]
    assert wrong == []
