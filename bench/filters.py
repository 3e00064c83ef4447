"""From a $filter to a query, beside odata-query from PyPI in the same process: `python -m bench.filters`

Microseconds of one filter, the best of several rounds in turn:
  ours      read, checked against the entity set, and made into a clause and its parameters
  theirs    read into a syntax tree, and no more: what would have to be checked and compiled is not counted
Bar: ours takes no longer than theirs, though it does more.
"""

import sys
import time
from collections.abc import Callable

from odata_query.grammar import ODataLexer, ODataParser

from bench.table import keep, show
from shared.domain.odata.compiling import compiled
from shared.domain.odata.parser import parsed_filter
from shared.domain.odata.sets import AUDIT_ENTRIES

ROUNDS, TIMES = 7, 200
A_MONTH = "occurredAt ge 2026-01-01T00:00:00Z and occurredAt lt 2026-02-01T00:00:00Z"
FILTERS = {
    "one comparison": "action eq 'footage.played'",
    "a refresh by Power BI": A_MONTH,
    "an officer's day": "actorId eq 'P1234' and date(occurredAt) eq 2026-11-24",
    "looks without a reason": f"{A_MONTH} and operation eq 'consultation' and not (reasonText ne null)",
    "of several kinds": f"({A_MONTH}) and (action in ('footage.played','footage.read') or contains(reasonText,'O''B'))",
    "fifty clips": " or ".join(f"subject eq '6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a{n:02}'" for n in range(50)),
}


def ours(text: str) -> None:
    compiled(parsed_filter(text, AUDIT_ENTRIES))


def theirs(text: str) -> None:
    ODataParser().parse(ODataLexer().tokenize(text))


def main() -> int:
    rows = [_measured(what, text) for what, text in FILTERS.items()]
    show("from a filter to a query, in microseconds, beside odata-query that only reads it", rows)
    keep("filters", rows)
    kept = all(float(str(row["times"])) >= 1 for row in rows)
    print(f"no filter takes longer than theirs: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def _measured(what: str, text: str) -> dict[str, object]:
    seconds = [(_once(ours, text), _once(theirs, text)) for _ in range(ROUNDS)]
    mine, other = (min(column) / TIMES * 1e6 for column in zip(*seconds, strict=True))
    return {
        "filter": what,
        "characters": len(text),
        "ours_us": round(mine, 1),
        "theirs_us": round(other, 1),
        "times": round(other / mine, 2),
    }


def _once(way: Callable[[str], None], text: str) -> float:
    began = time.perf_counter()
    for _ in range(TIMES):
        way(text)
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
