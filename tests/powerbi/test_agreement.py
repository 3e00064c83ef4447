"""The tables of the semantic model are the entity sets of the feed, column by column, both ways.

A column of our own making has a capital letter, which no column of the feed has.
"""

import re

import pytest

from shared.domain.odata.columns import Edm, EntitySet
from shared.domain.odata.sets import BY_NAME
from tests.powerbi.dax import named
from tests.powerbi.model import measures, relationships, shared_queries, tables
from tests.powerbi.report import fields, visuals

TYPES = {
    Edm.STRING: "string",
    Edm.MOMENT: "dateTime",
    Edm.DATE: "dateTime",
    Edm.BOOLEAN: "boolean",
    Edm.NUMBER: "int64",
}
OWN_TABLES = {"Date", "Borough", "Refreshed"}
# What a check of the ledger needs and a report does not: a value for each row, and most of what the table would weigh.
# `pending` and `leaf` would be as they were when the row was read, and `changes` is text without end.
# Of a clip nothing is kept that no measure and no visual needs: of thirteen months of a million clips each it would be
# most of the weight, and whoever opens the report has no need to know whose footage it is.
LEFT_OUT = {
    "AuditEntries": {"request", "trail", "number", "previous", "pending", "leaf", "changes"},
    "Footage": {
        "officer", "camera", "dock", "recordedAt", "decidedBy", "approvedBy", "retentionRule", "weedAfter", "reviewOn",
        "holds", "quarantine", "releasedAt", "integrity", "sha256", "verifiedAt", "megabytes", "seconds", "weedingRule",
        "condemnedAt", "weededAt",
    },
}  # fmt: skip
# What is read anew with each refresh, and kept for how long: Footage changes for 45 days, sessions for one.
POLICIES = {
    "AuditEntries": ("month", "3", "day", "3", "-1"),
    "Footage": ("month", "13", "day", "45", ""),
    "Sessions": ("month", "3", "day", "3", ""),
}
SETS = pytest.mark.parametrize("entities", BY_NAME.values(), ids=BY_NAME)


def wanted(entities: EntitySet) -> list[tuple[str, Edm]]:
    left = LEFT_OUT.get(entities.name, set())
    return [(column.name, column.edm) for column in entities.columns if column.name not in left]


def is_own(column: str) -> bool:
    return column[0].isupper()


def test_every_set_of_the_feed_has_its_table_and_no_table_is_of_a_set_that_is_not_there() -> None:
    assert set(tables()) == {*BY_NAME, *OWN_TABLES}


@SETS
def test_every_column_of_the_feed_is_in_its_table_with_its_type_and_no_other_is(entities: EntitySet) -> None:
    there = [(name, column.said("dataType")) for name, column in tables()[entities.name].columns.items()]
    assert [each for each in there if not is_own(each[0])] == [(name, TYPES[edm]) for name, edm in wanted(entities)]


@SETS
def test_what_is_left_out_is_in_the_feed(entities: EntitySet) -> None:
    assert LEFT_OUT.get(entities.name, set()) <= {column.name for column in entities.columns}


def test_of_a_clip_nothing_is_kept_that_no_measure_and_no_visual_needs() -> None:
    measured = {column for formula in measures().values() for column in named(formula).columns}
    shown = {(table, name) for visual in visuals() for kind, table, name in fields(visual.what) if kind == "Column"}
    joined = {tuple(relationship.said("fromColumn").split(".")) for relationship in relationships()}
    needed = {name for table, name in (*measured, *shown, *joined) if table == "Footage"}
    assert needed == set(tables()["Footage"].columns)


@SETS
def test_a_table_asks_for_the_columns_it_has(entities: EntitySet) -> None:
    table = tables()[entities.name]
    assert f'Feed{{[Name = "{entities.name}", Signature = "table"]}}[Data]' in table.query
    (asked,) = re.findall(r"Table\.SelectColumns\(\s*Rows,\s*\{([^}]*)\}", table.query)
    assert re.findall(r'"(\w+)"', asked) == [name for name, _ in wanted(entities)]
    assert {name: column.said("sourceColumn") for name, column in table.columns.items()} == {
        name: name for name in table.columns
    }
    assert set(re.findall(r'Table\.AddColumn\(\w+, "([^"]+)"', table.query)) == {*filter(is_own, table.columns)}


@SETS
def test_every_time_becomes_one_in_utc_without_a_zone_and_nothing_else_does(entities: EntitySet) -> None:
    times = [name for name, edm in wanted(entities) if edm is Edm.MOMENT]
    told = re.findall(r"InUtc\(\w+, \{([^}]*)\}\)", tables()[entities.name].query)
    assert [re.findall(r'"(\w+)"', each) for each in told] == ([times] if times else [])
    formats = {name: column.said("formatString") for name, column in tables()[entities.name].columns.items()}
    assert {formats[name] for name in times} <= {"yyyy-mm-dd hh:nn:ss"}
    assert {formats[name] for name, edm in wanted(entities) if edm is Edm.DATE} <= {"dd mmm yyyy"}
    described = tables()[entities.name].columns
    assert [name for name in times if not described[name].about.endswith(" UTC.")] == []


@SETS
def test_a_table_is_refreshed_by_the_time_its_set_is_ordered_by_or_read_whole(entities: EntitySet) -> None:
    table = tables()[entities.name]
    window = re.findall(r"each (.*RangeStart.*)", table.query)
    if table.policy is None:
        assert (entities.name in POLICIES, window) == (False, [])
        return
    says = ("rollingWindowGranularity", "rollingWindowPeriods", "incrementalGranularity", "incrementalPeriods")
    policy = tuple(table.policy.said(keyword) for keyword in (*says, "incrementalPeriodsOffset"))
    assert policy == POLICIES[entities.name]
    start, end = "DateTime.AddZone(RangeStart, 0)", "DateTime.AddZone(RangeEnd, 0)"
    assert window == [f"[{entities.moment}] >= {start} and [{entities.moment}] < {end}"]
    assert table.policy.said("sourceExpression") == table.query
    steps = [table.query.index(step) for step in ("SelectColumns", "SelectRows", "InUtc")]
    assert steps == sorted(steps), "what is turned into UTC before it is filtered is not filtered by the feed"


def test_the_feed_is_opened_as_the_reader_of_power_bi_must_be_told() -> None:
    feed = 'OData.Feed(BaseUrl, null, [Implementation = "2.0", ODataVersion = 4])'
    assert shared_queries()["Feed"].value == feed
    parameters = {name: query.value for name, query in shared_queries().items() if "IsParameterQuery" in query.value}
    assert set(parameters) == {"BaseUrl", "RangeStart", "RangeEnd"}
    assert all(parameters[name].startswith("#datetime(") for name in ("RangeStart", "RangeEnd"))
