"""The policy at the ledger's doors where a force keeps it to itself (LEDGER_OPEN=off), typed as in access_table.py.

Keys and cosignatures are open there too, as their rows in that table say.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tests.functions.access_table import cells_of

AUDITED = """
                    there
officer             403
supervisor          403
evidence-manager    403
disclosure-officer  403
auditor             200
borough-auditor     200
operator            403
dock                403
no-role             403
nobody              401
"""

CLOSED: Mapping[str, str] = MappingProxyType(
    {"ledger_checkpoint": AUDITED, "ledger_tile": AUDITED, "ledger_consistency": AUDITED}
)


def closed_cells() -> Iterator[tuple[str, str, str, str]]:
    """Door, role, circumstance, and what is met."""
    for door, table in CLOSED.items():
        yield from ((door, *cell) for cell in cells_of(table))
