"""The query options of the feed: what each says, and what is refused with the name of the option."""

import pytest

from shared.domain.odata.columns import EntitySet
from shared.domain.odata.options import OF_A_COUNT, OF_AN_ENTITY, Options, parsed_options
from shared.domain.odata.sets import AUDIT_ENTRIES, SETS
from shared.errors import Malformed, Refusal, Unsupported

ALL = len(AUDIT_ENTRIES.columns)


def parsed(*pairs: tuple[str, str]) -> Options:
    return parsed_options(pairs, AUDIT_ENTRIES)


def test_who_asks_for_nothing_gets_every_column_newest_first() -> None:
    options = parsed()
    assert options.select == AUDIT_ENTRIES.columns
    assert options.selects_all
    assert (options.order.column.name, options.order.key.name, options.order.descending) == ("occurredAt", "id", True)
    assert (options.filter, options.top, options.skip, options.count, options.skip_token) == (
        None,
        None,
        0,
        False,
        None,
    )


def test_every_option_is_read() -> None:
    options = parsed(
        ("$filter", "pending"),
        ("$select", "occurredAt, id"),
        ("$orderby", "occurredAt asc,id"),
        ("$top", "0"),
        ("$skip", "10000"),
        ("$count", "true"),
        ("$skiptoken", "a+b"),
        ("$format", "application/json;odata.metadata=minimal"),
    )
    assert options.filter is not None
    assert options.filter_text == "pending"
    assert [column.name for column in options.select] == ["id", "occurredAt"]
    assert not options.selects_all
    assert not options.order.descending
    assert (options.top, options.skip, options.count, options.skip_token) == (0, 10_000, True, "a+b")


def test_options_that_are_not_odata_s_are_somebody_else_s() -> None:
    assert parsed(("code", "x"), ("code", "y"), ("", "z"), ("top", "x"), ("@p", "1")) == parsed()


@pytest.mark.parametrize("text,shown", [("*", ALL), ("id,*", ALL), ("id", 1), ("id,id", 1), (" id , number ", 2)])
def test_columns_are_selected_by_name(text: str, shown: int) -> None:
    assert len(parsed(("$select", text)).select) == shown


@pytest.mark.parametrize(
    "text,column,descending",
    [
        ("occurredAt", "occurredAt", False),
        ("occurredAt desc", "occurredAt", True),
        (" occurredAt  desc , id desc ", "occurredAt", True),
        ("id", "id", False),
        ("id desc", "id", True),
    ],
)
def test_rows_are_ordered_by_what_the_store_has_an_index_for(text: str, column: str, descending: bool) -> None:
    order = parsed(("$orderby", text)).order
    assert (order.column.name, order.descending) == (column, descending)


@pytest.mark.parametrize(
    "option,value,kind",
    [
        ("$filter", "", Malformed),
        ("$filter", "salt eq 'x'", Malformed),
        ("$filter", "now() gt occurredAt", Unsupported),
        ("$select", "", Malformed),
        ("$select", "id,", Malformed),
        ("$select", "salt", Malformed),
        ("$select", "id;drop", Malformed),
        ("$select", "actor/name", Unsupported),
        ("$select", "id" + ",id" * 1000, Malformed),
        ("$orderby", "", Malformed),
        ("$orderby", "salt", Malformed),
        ("$orderby", "id DESC", Malformed),
        ("$orderby", "id desc desc", Malformed),
        ("$orderby", "id desc nulls last", Malformed),
        ("$orderby", "occurredAt,occurredAt", Malformed),
        ("$orderby", "action", Unsupported),
        ("$orderby", "changes", Unsupported),
        ("$orderby", "occurredAt desc,id", Unsupported),
        ("$orderby", "occurredAt,number", Unsupported),
        ("$orderby", "id,occurredAt", Unsupported),
        ("$orderby", "year(occurredAt)", Unsupported),
        ("$top", "", Malformed),
        ("$top", "-1", Malformed),
        ("$top", "1.0", Malformed),
        ("$top", "1" * 10, Malformed),
        ("$top", "\u0661", Malformed),
        ("$skip", "10001", Malformed),
        ("$skip", "x", Malformed),
        ("$count", "TRUE", Malformed),
        ("$count", "1", Malformed),
        ("$format", "xml", Unsupported),
        ("$format", "application/atom+xml", Unsupported),
        ("$format", "application/json;odata.metadata=full", Unsupported),
        ("$format", "application/json;IEEE754Compatible=true", Unsupported),
    ],
)
def test_what_an_option_cannot_say_is_refused_by_its_name(option: str, value: str, kind: type[Refusal]) -> None:
    with pytest.raises(kind) as no:
        parsed((option, value))
    assert type(no.value) is kind
    assert no.value.field == option


@pytest.mark.parametrize("name", ["$expand", "$search", "$apply", "$compute", "$Filter", "$deltatoken", "$"])
def test_an_option_of_odata_that_this_feed_has_not_is_unsupported(name: str) -> None:
    with pytest.raises(Unsupported):
        parsed((name, "x"))


def test_an_option_that_could_be_none_is_not_repeated() -> None:
    with pytest.raises(Unsupported) as no:
        parsed(("$Ada Byron, 'P1234'", "x"))
    assert "Ada" not in str(no.value) + str(no.value.field)


def test_an_option_is_given_once() -> None:
    with pytest.raises(Malformed, match="given twice"):
        parsed(("$top", "1"), ("$top", "1"))


@pytest.mark.parametrize("known,refused", [(OF_A_COUNT, "$top"), (OF_AN_ENTITY, "$filter")])
def test_an_option_that_says_nothing_where_it_stands_is_refused(known: frozenset[str], refused: str) -> None:
    with pytest.raises(Malformed, match="says nothing here"):
        parsed_options([(refused, "1")], AUDIT_ENTRIES, known)


@pytest.mark.parametrize("entities", SETS, ids=lambda each: each.name)
def test_every_set_has_its_order(entities: EntitySet) -> None:
    order = parsed_options([], entities).order
    assert order.column.sortable
    assert order.key.sortable
    assert not order.column.nullable
