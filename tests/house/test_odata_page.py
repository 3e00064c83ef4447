"""docs/api/odata.md is held against the feed: its sets, their columns word for word, its limits and its refusals.

`python -m tests.house.test_odata_page` prints the columns as the page should have them.
"""

import re

import pytest

from functions.answering import STATUS
from functions.feed_asking import LONGEST_LINK, LONGEST_QUERY, MOST_OPTIONS
from functions.feed_asking import PAGE as LARGEST_PAGE
from functions.feed_pages import GOOD_FOR, LONGEST_TOKEN
from shared.adapters.cosmos.asking import PATIENCE_SECONDS
from shared.domain.odata.bounds import SETTLES
from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.lexer import LONGEST
from shared.domain.odata.options import LARGEST_SKIP, OF_A_SET
from shared.domain.odata.parser import DEEPEST, MOST_ITEMS, MOST_TERMS
from shared.domain.odata.sets import SETS
from shared.domain.odata.syntax import Comparison, Match, Through
from tests.functions.opened import DOORS
from tests.house.source import ROOT

TEXT = (ROOT / "docs" / "api" / "odata.md").read_text(encoding="utf-8")
TYPES = {
    Edm.STRING: "text",
    Edm.MOMENT: "time",
    Edm.DATE: "date",
    Edm.BOOLEAN: "true or false",
    Edm.NUMBER: "number",
}


def section(heading: str) -> str:
    """What stands under it, up to the next heading of its rank or above."""
    rank = heading.partition(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(rank)}}} |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"the page has no {heading}"
    return found[1]


def table(entities: EntitySet) -> str:
    return "\n".join(["| column | type | null | what |", "|---|---|---|---|", *map(_row, entities.columns)])


def _row(column: Column) -> str:
    marks = ("" if column.filterable else " *") + (" ↕" if column.sortable else "")
    kind = TYPES[column.edm] + (f", {column.length}" if column.length else "")
    return f"| `{column.name}`{marks} | {kind} | {'may be' if column.nullable else 'never'} | {column.about} |"


@pytest.mark.parametrize("entities", SETS, ids=lambda each: each.name)
def test_every_column_of_a_set_is_on_the_page_as_its_metadata_has_it(entities: EntitySet) -> None:
    said = section(f"### {entities.name}")
    assert entities.about in " ".join(said.split())
    assert [line for line in said.splitlines() if line.startswith("|")] == table(entities).splitlines()


def test_the_sets_of_the_page_are_those_of_the_feed_in_its_order() -> None:
    names = [entities.name for entities in SETS]
    assert re.findall(r"^\| `(\w+)` \| .* \| `\w+` \|", TEXT, re.MULTILINE) == names
    assert re.findall(r"^### (\w+)$", section("## Columns"), re.MULTILINE) == names
    ordered = dict(re.findall(r"^\| `(\w+)` \| .* \| `(\w+)` \|", TEXT, re.MULTILINE))
    assert ordered == {entities.name: entities.moment for entities in SETS}


def test_every_option_operator_and_function_is_named() -> None:
    asked = section("## What can be asked")
    named = set(re.findall(r"[$\w]+", " ".join(re.findall(r"`([^`]+)`", asked))))
    assert named >= {*OF_A_SET - {"$skiptoken"}, *Comparison, *Match, *Through, "in", "and", "or", "not"}


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    said = dict(re.findall(r"^\| (.+?) \| ([\d,]+)(?: \w.*)? \|$", section("## Limits"), re.MULTILINE))
    assert {what: int(number.replace(",", "")) for what, number in said.items()} == {
        "a query, without its page token": LONGEST_QUERY,
        f"the address of its next page, encoded, {LONGEST_TOKEN} of it for the page token": LONGEST_LINK,
        "its parts, others' among them": MOST_OPTIONS,
        "a filter": LONGEST,
        "columns and values in it": MOST_TERMS,
        "brackets and `not` in one another": DEEPEST,
        "values in a list": MOST_ITEMS,
        "`$skip`": LARGEST_SKIP,
        "the store's time for one page or one count": PATIENCE_SECONDS,
        "a page": LARGEST_PAGE,
        "a page token": GOOD_FOR.total_seconds() // 3600,
        "the newest row": SETTLES.total_seconds() // 60,
    }


def test_every_way_to_be_refused_at_the_door_is_on_the_page() -> None:
    said = re.findall(r"^\| (\d{3}) \|", section("## When it is refused"), re.MULTILINE)
    refusals = {*DOORS["feed"].refuses}
    assert set(map(int, said)) == {400, 401, 403, 404, *(STATUS[each].value for each in refusals), 500}


if __name__ == "__main__":
    for each in SETS:
        print(f"### {each.name}\n\n{each.about}\n\n{table(each)}\n")  # noqa: T201 - what it is for
