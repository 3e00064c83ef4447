"""A transcript as CSV (RFC 4180), one row an entry, that a spreadsheet opens and does not obey.

C1  UTF-8 with a byte order mark, without which Excel takes it for something else; every cell in quotes.
C2  A cell that a spreadsheet would take for a formula (it begins with = + - @, or with such a sign of double width)
    has an apostrophe before it. Who reads the file with a program takes it off again (docs/api/trail.md).
C3  What cannot be seen is written as its number (domain/visible.py): no cell breaks a line.
"""

import csv
import io
from collections.abc import Callable, Mapping
from types import MappingProxyType

from shared.domain.entry import Entry
from shared.domain.export import Erased
from shared.domain.transcript import Transcript, committed, in_london, in_utc, reason_of, told
from shared.domain.visible import visible

MARK = "\ufeff"
FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001 - the signs of double width that are meant
COLUMNS: Mapping[str, Callable[[Entry], str | None]] = MappingProxyType(
    {
        "number": lambda entry: str(entry.number),
        "occurredAt": lambda entry: in_utc(entry.occurred_at),
        "occurredAtLondon": lambda entry: in_london(entry.occurred_at),
        "operation": lambda entry: entry.operation,
        "action": lambda entry: entry.action,
        "actorName": lambda entry: entry.actor.name,
        "actorId": lambda entry: entry.actor.id,
        "actorRole": lambda entry: entry.actor.role,
        "actorKind": lambda entry: entry.actor.kind,
        "borough": lambda entry: entry.borough,
        "outcome": lambda entry: entry.outcome,
        "reason": reason_of,
        "recipient": lambda entry: entry.recipient,
        "changes": lambda entry: "; ".join(map(told, entry.changes)),
        "request": lambda entry: entry.request,
        "session": lambda entry: entry.session,
        "address": lambda entry: entry.address,
        "entry": lambda entry: entry.id,
        "commitment": committed,
        "leaf": lambda entry: entry.leaf,
    }
)


def as_csv(transcript: Transcript) -> bytes:
    written = io.StringIO(newline="")
    rows = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    rows.writerows([harmless(cell) for cell in _cells(each)] for each in transcript.numbered.values())
    return (MARK + written.getvalue()).encode("utf-8")


def harmless(cell: str) -> str:
    """Rules C2 and C3."""
    shown = visible(cell)
    return f"'{shown}" if shown.startswith(FORMULA) else shown


def _cells(each: Entry | Erased) -> list[str]:
    if isinstance(each, Entry):
        return [of(each) or "" for of in COLUMNS.values()]
    known = {"number": str(each.number), "outcome": "erased", "entry": each.id, "leaf": str(each.leaf)}
    return [known.get(name, "") for name in COLUMNS]
