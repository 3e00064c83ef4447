"""What the entry of a query says was asked: every option, a filter in its own words.

A text longer than an entry should hold is told by its beginning, its length and its SHA-256, so that somebody who has
it can show that it is the one; what would hide in it is shown (visible.py).
"""

import hashlib

from shared.domain.entry import Change, question
from shared.domain.odata.columns import EntitySet
from shared.domain.odata.options import Options
from shared.domain.visible import visible

LONGEST = 2_000
BEGINNING = 1_800


def told(entities: EntitySet, options: Options) -> tuple[Change, ...]:
    order = options.order
    return question(
        set=entities.name,
        filter=None if options.filter_text is None else shortened(options.filter_text),
        select=None if options.selects_all else ",".join(column.name for column in options.select),
        orderby=f"{order.column.name} {'desc' if order.descending else 'asc'}",
        top=options.top,
        skip=options.skip or None,
        count="true" if options.count else None,
    )


def told_number(entities: EntitySet, options: Options) -> tuple[Change, ...]:
    asked = None if options.filter_text is None else shortened(options.filter_text)
    return question(set=entities.name, filter=asked, count="alone")


def told_row(entities: EntitySet, key: str) -> tuple[Change, ...]:
    return question(set=entities.name, key=shortened(key))


def shortened(text: str) -> str:
    shown = visible(text)
    if len(shown) <= LONGEST:
        return shown
    digest = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    return f"{shown[:BEGINNING]} … {len(text)} characters, SHA-256 {digest}"
