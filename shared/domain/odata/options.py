"""What a reader asks of an entity set: the query options of OData 4.0, Protocol section 11.2.

Q1  An option that begins with a dollar sign and is none of ours is Unsupported; one given twice is Malformed. Any
    other is somebody else's business and passed over (11.2.1): `?code=` is the platform's.
Q2  Rows are in the order of one column and then of the key, in the same direction: the store has an index for each.
Q3  Whoever asks for no order gets the newest first.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shared.domain.odata.columns import Column, EntitySet
from shared.domain.odata.lexer import FILTER, NAME
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.syntax import Condition
from shared.errors import Malformed, Unsupported

SELECT, ORDER_BY, TOP, SKIP, COUNT, SKIP_TOKEN, FORMAT = (
    "$select",
    "$orderby",
    "$top",
    "$skip",
    "$count",
    "$skiptoken",
    "$format",
)
OF_A_SET = frozenset({FILTER, SELECT, ORDER_BY, TOP, SKIP, COUNT, SKIP_TOKEN, FORMAT})
OF_A_COUNT = frozenset({FILTER, FORMAT})
OF_AN_ENTITY = frozenset({SELECT, FORMAT})
LARGEST_SKIP = 10_000
WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
BLANKS = " \t"  # what lexer.py takes for blanks: not a line break, nor a blank of another script
WORD = re.compile(rf"[^{BLANKS}]+")
LONGEST = 2_000
JSON = re.compile(r"json|application/json(;(odata\.metadata=minimal|odata\.streaming=(true|false)|charset=utf-8"
                  r"|IEEE754Compatible=false))*", re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By `column` and then by `key`, both one way."""

    column: Column
    key: Column
    descending: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`select`: the columns to show, in the set's own order. `skip_token` is as it was sent: a door knows its own."""

    select: tuple[Column, ...]
    selects_all: bool
    order: Order
    filter: Condition | None = None
    filter_text: str | None = None
    top: int | None = None
    skip: int = 0
    count: bool = False
    skip_token: str | None = None


def parsed_options(pairs: Iterable[tuple[str, str]], entities: EntitySet, known: frozenset[str] = OF_A_SET) -> Options:
    """The options in a query, already percent-decoded. Raises Malformed or Unsupported, `field` naming the option."""
    given = _given(pairs, known)
    if FORMAT in given and not JSON.fullmatch(given[FORMAT].replace(" ", "")):
        raise Unsupported("this feed is JSON with minimal metadata", field=FORMAT)
    text = given.get(FILTER)
    return Options(
        filter=None if text is None else parsed_filter(text, entities),
        filter_text=text,
        select=_selected(given.get(SELECT), entities),
        selects_all=given.get(SELECT, "*").strip(BLANKS) == "*",
        order=_ordered(given.get(ORDER_BY), entities),
        top=_number(given, TOP),
        skip=_skipped(given),
        count=_yes_or_no(given),
        skip_token=given.get(SKIP_TOKEN),
    )


def _given(pairs: Iterable[tuple[str, str]], known: frozenset[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in pairs:
        if not name.startswith("$"):
            continue
        if name not in OF_A_SET:
            raise Unsupported(f"this feed has no query option {_named(name)}", field=_named(name))
        if name not in known:
            raise Malformed(f"{name} says nothing here", field=name)
        if name in given:
            raise Malformed(f"{name} is given twice", field=name)
        if name != FILTER and len(value) > LONGEST:
            raise Malformed(f"{name} has at most {LONGEST} characters", field=name)
        given[name] = value
    return given


def _named(name: str) -> str:
    """An option by its name, if it could be one at all (lexer.py, rule L2)."""
    return name if NAME.fullmatch(name[1:]) and len(name) <= 64 else "of that name"  # noqa: PLR2004 - longer than any


def _selected(text: str | None, entities: EntitySet) -> tuple[Column, ...]:
    if text is None or text.strip(BLANKS) == "*":
        return entities.columns
    names = {
        _column(name.strip(BLANKS), entities, SELECT).name for name in text.split(",") if name.strip(BLANKS) != "*"
    }
    everything = any(name.strip(BLANKS) == "*" for name in text.split(","))
    return tuple(column for column in entities.columns if everything or column.name in names)


def _column(name: str, entities: EntitySet, option: str) -> Column:
    if not NAME.fullmatch(name):
        if {"/", "(", ".", "@"} & set(name):
            raise Unsupported(f"{option} takes the names of columns alone", field=option)
        raise Malformed(f"{option} takes the names of columns, with commas between", field=option)
    found = entities.column(name)
    if found is None:
        raise Malformed(f"{entities.name} has no column {name[:64]}", field=option)
    return found


def newest_first(entities: EntitySet) -> Order:
    """Rule Q3."""
    return _by(entities, entities.moment, descending=True)


def oldest_first(entities: EntitySet) -> Order:
    return _by(entities, entities.moment, descending=False)


def _by(entities: EntitySet, name: str, *, descending: bool) -> Order:
    column, key = entities.column(name), entities.column(entities.key)
    if column is None or key is None:
        raise ValueError(f"{entities.name} is declared with a column it does not have")
    return Order(column=column, key=key, descending=descending)


def _ordered(text: str | None, entities: EntitySet) -> Order:
    if text is None:
        return newest_first(entities)
    asked = [_order_item(item, entities) for item in text.split(",")]
    (first, descending), *others = asked
    if len({column.name for column, _ in asked}) < len(asked):
        raise Malformed("$orderby names a column twice", field=ORDER_BY)
    if not first.sortable:
        sortable = ", ".join(column.name for column in entities.columns if column.sortable)
        raise Unsupported(f"{entities.name} is ordered by one of {sortable}", field=ORDER_BY)
    if first.name == entities.key and others:
        raise Unsupported("after the key nothing is left to order by", field=ORDER_BY)
    if others and [(column.name, way) for column, way in others] != [(entities.key, descending)]:
        raise Unsupported(f"rows are ordered by one column, and then by {entities.key} the same way", field=ORDER_BY)
    return _by(entities, first.name, descending=descending)


def _order_item(text: str, entities: EntitySet) -> tuple[Column, bool]:
    name, *ways = WORD.findall(text)[:3] or [""]
    if ways not in ([], ["asc"], ["desc"]):
        raise Malformed("$orderby takes a column, then asc or desc or nothing", field=ORDER_BY)
    return _column(name, entities, ORDER_BY), ways == ["desc"]


def _number(given: dict[str, str], option: str) -> int | None:
    text = given.get(option)
    if text is not None and not WHOLE.fullmatch(text):
        raise Malformed(f"{option} is a whole number of at most nine digits", field=option)
    return None if text is None else int(text)


def _skipped(given: dict[str, str]) -> int:
    skip = _number(given, SKIP) or 0
    if skip > LARGEST_SKIP:
        raise Malformed(f"$skip is at most {LARGEST_SKIP}: follow @odata.nextLink instead", field=SKIP)
    return skip


def _yes_or_no(given: dict[str, str]) -> bool:
    text = given.get(COUNT, "false")
    if text not in ("true", "false"):
        raise Malformed("$count is true or false", field=COUNT)
    return text == "true"
