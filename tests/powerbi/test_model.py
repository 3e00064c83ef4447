"""The semantic model holds together: what one part names, another part has."""

import re
from collections import Counter

import pytest

from functions.feed import ODATA
from shared.domain.entry import ActorKind, Outcome
from shared.domain.footage import Evidential, State
from shared.domain.session import Ended
from tests.house.source import ROOT
from tests.powerbi.dax import compared, named
from tests.powerbi.meaning import TYPING_ERRORS
from tests.powerbi.model import (
    DEFINITION,
    PROJECT,
    Table,
    everything,
    files,
    measures,
    part,
    relationships,
    shared_queries,
    tables,
)
from tests.powerbi.tmdl import read

# Each was looked up, what it makes of blanks with it, before a measure was written with it.
FUNCTIONS = {
    "ADDCOLUMNS", "CALCULATE", "CALCULATETABLE", "CALENDAR", "COALESCE", "COUNTROWS", "DATE", "DATEDIFF",
    "DATESBETWEEN", "DISTINCT", "DISTINCTCOUNT", "DIVIDE", "FILTER", "FORMAT", "HASONEVALUE", "IF", "ISBLANK",
    "ISINSCOPE", "KEEPFILTERS", "LEFT", "MAX", "MAXX", "MEDIANX", "MIN", "MINX", "MONTH", "REMOVEFILTERS",
    "SELECTCOLUMNS", "SUM", "SUMMARIZE", "SUMX", "TODAY", "TREATAS", "VALUES", "WEEKDAY", "YEAR",
}  # fmt: skip
REFUSED = "refused."
ONCE_EACH = ("DISTINCT(", "VAR ends =")  # how the tables begin that are joined to: no value twice, none missing
CALCULATED = [table for table in tables().values() if table.is_calculated]
FORMULAS = {
    **measures(),
    **{f"table {table.name}": table.query for table in CALCULATED},
}


def test_every_file_is_indented_by_tabs_and_ends_with_one_line_feed() -> None:
    for path in files():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\t* +\S| +$|\r", text, re.MULTILINE), path.name
        assert re.search(r"[^\n]\n\Z", text), path.name


@pytest.mark.parametrize("text", ["table A\n\t\tcolumn b\n", "table A\n\t/// of nothing\n", "42\n", "measure A =\n"])
def test_what_is_no_tmdl_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        read(text)


def test_no_two_things_have_the_same_lineage_tag() -> None:
    tags = Counter(thing.value for thing in everything() if thing.keyword == "lineageTag")
    assert (len(tags) > 100, [tag for tag, times in tags.items() if times > 1]) == (True, [])


def test_everything_that_can_be_named_in_a_report_has_a_lineage_tag_and_a_description() -> None:
    named_things = [thing for thing in everything() if thing.keyword in ("table", "column", "measure", "expression")]
    described = [thing for thing in named_things if thing.keyword != "ref" and thing.name]
    assert [thing.name for thing in described if not thing.said("lineageTag")] == []
    assert [thing.name for thing in described if not re.fullmatch(r".*\S[.)]", thing.about)] == []


def test_the_model_lists_every_table_that_has_a_file_and_no_other() -> None:
    listed = [thing.name.removeprefix("table ") for thing in part("model.tmdl") if thing.keyword == "ref"]
    assert sorted(listed) == sorted(tables()) == sorted(path.stem for path in (DEFINITION / "tables").iterdir())


def test_the_queries_are_in_the_order_s_list_each_once() -> None:
    (order,) = [thing.value for thing in part("model.tmdl") if thing.name == "PBI_QueryOrder"]
    queries = [name for name, table in tables().items() if not table.is_calculated]
    assert sorted(re.findall(r'"(\w+)"', order)) == sorted([*shared_queries(), *queries])


def test_every_relationship_joins_columns_that_are_there_and_of_one_type() -> None:
    for relationship in relationships():
        ends = [relationship.said(end).split(".") for end in ("fromColumn", "toColumn")]
        many, one = (tables()[table].columns[column] for table, column in ends)
        assert many.said("dataType") == one.said("dataType")
        assert tables()[ends[1][0]].query.lstrip().startswith(ONCE_EACH), f"{ends[1]} may have a value twice"


def test_a_day_and_a_borough_reach_every_table_that_has_one_by_one_way_alone() -> None:
    """Of two ways from one table to another, Power BI would shut one; so none leads on from where another ends."""
    joined = [tuple(relationship.said(end) for end in ("fromColumn", "toColumn")) for relationship in relationships()]
    assert len(joined) == len(set(joined))
    assert {end.split(".")[0] for _, end in joined} == {"Date", "Borough"}
    columns = [(name, column) for name, table in tables().items() for column in table.columns]
    dated = {f"{name}.{column}" for name, column in columns if column in ("localDate", "day")}
    placed = {f"{name}.{column}" for name, column in columns if column == "borough"}
    assert {start for start, end in joined if end == "Date.Date"} == dated
    assert {start for start, end in joined if end == "Borough.Borough"} == placed


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS)
def test_every_formula_names_what_is_there(formula: str) -> None:
    found = named(formula)
    missing = [f"{table}[{column}]" for table, column in found.columns if column not in _columns(table)]
    assert missing == []
    made_here = set(re.findall(r'"([A-Z][\w ]*)", ', formula))
    made_here |= {"Date", "Value"} if "CALENDAR(" in formula else set()
    assert found.bare <= set(measures()) | made_here
    assert found.words <= set(tables())
    assert found.functions <= FUNCTIONS
    assert formula.count("(") == formula.count(")")
    assert formula.count("{") == formula.count("}")


def _columns(table: str) -> set[str]:
    return set(tables()[table].columns) if table in tables() else set()


def test_no_two_measures_have_one_name_nor_one_that_is_a_column_s_beside_it() -> None:
    every_name = [name for table in tables().values() for name in table.measures]
    assert sorted(every_name) == sorted(set(every_name))
    assert [table.name for table in tables().values() if set(table.measures) & set(table.columns)] == []


def test_no_measure_counts_in_a_circle() -> None:
    def under(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{name} rests on itself"
        for below in named(measures()[name]).bare:
            under(below, (*above, name))

    for name in measures():
        under(name, ())


def test_a_text_that_a_formula_compares_with_is_one_the_service_writes() -> None:
    actions = set(re.findall(r"^\| `([a-z.-]+)` \|", (ROOT / "docs" / "section-62.md").read_text(), re.MULTILINE))
    known = {
        ("AuditEntries", "action"): {*actions, REFUSED},
        ("DailyCounts", "action"): {*actions, REFUSED},
        **{(table, "outcome"): set(Outcome) for table in ("AuditEntries", "DailyCounts", "Disclosures")},
        ("AuditEntries", "actorKind"): set(ActorKind),
        ("AuditEntries", "reasonCode"): set(ODATA.enters.values()),
        ("Footage", "state"): set(State),
        ("Footage", "evidential"): set(Evidential),
        ("Sessions", "endedWhy"): set(Ended),
    }
    used = [each for formula in measures().values() for each in compared(formula)]
    assert [each for each in used if each[2] not in known[each[0], each[1]]] == []
    texts = sum(len(re.findall(r'"[^"]*"', formula)) for formula in measures().values())
    assert len(used) == texts > 20, "a text that is compared with nothing was not looked at"


def test_every_typing_error_that_the_feed_enters_is_left_out_of_the_refusals_that_are_a_signal() -> None:
    left = {text for _, column, text in compared(measures()["Refusals of people"]) if column == "reasonCode"}
    assert left == set(ODATA.enters.values()) == TYPING_ERRORS
    assert "NOT (AuditEntries[reasonCode] IN " in measures()["Refusals of people"]


def test_the_length_that_refusals_are_known_by_is_that_of_their_beginning() -> None:
    cut = re.findall(r'LEFT\(\w+\[action\], (\d+)\) = "([^"]+)"', "\n".join(measures().values()))
    assert {(int(length), text) for length, text in cut} == {(len(REFUSED), REFUSED)}


@pytest.mark.parametrize("table", CALCULATED, ids=lambda table: table.name)
def test_a_calculated_table_makes_the_columns_it_says(table: Table) -> None:
    made = set(re.findall(r'"([A-Z][\w ]*)", ', table.query)) | ({"Date"} if "CALENDAR(" in table.query else set())
    assert made == set(table.columns)
    assert {column.said("sourceColumn") for column in table.columns.values()} == {f"[{name}]" for name in made}


def test_days_are_chosen_by_a_table_that_is_marked_as_one_of_dates() -> None:
    """Only then does a formula that asks for other days lift the choice of days."""
    date = tables()["Date"].thing
    assert date.said("dataCategory") == "Time"
    assert [column.name for column in date.all("column") if column.all("isKey")] == ["Date"]


def test_the_days_go_from_the_first_to_the_last_of_every_table_that_has_one() -> None:
    """A row of a day that is none of these would stand under no day, and be compared with the days before none."""
    dated = [relationship.said("fromColumn") for relationship in relationships()]
    joined = [end for end in dated if not end.endswith(".borough")]
    columns = [f"{table}[{column}]" for table, column in (end.split(".") for end in joined)]
    wanted = {f"{edge}({column})" for edge in ("MIN", "MAX") for column in columns}
    (ends,) = re.findall(r"VAR ends =\s*\{([^}]*)\}", tables()["Date"].query)
    assert {each.strip() for each in ends.split(",")} == wanted
    query = tables()["Date"].query
    assert "VAR firstDay = COALESCE(MINX(ends, [Value]), TODAY())" in query
    assert "VAR lastDay = COALESCE(MAXX(ends, [Value]), TODAY())" in query


def test_the_file_that_opens_the_feed_names_the_address_the_model_does() -> None:
    (address,) = re.findall(r'"url": "([^"]+)"', (PROJECT / "Continuity.pbids").read_text())
    assert shared_queries()["BaseUrl"].value.startswith(f'"{address}" meta')
    assert address.endswith("/api/odata")
