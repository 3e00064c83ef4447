"""What the verbs need from the outside world, and what each promise means.

A port says what is true when a call returns and what is known when it raises. tests/contract holds every
implementation, the fakes included, to these words. A call that raises anything but what its promise names is a
fault: whether it had its effect is unknown, and asking again is safe.
"""

from shared.ports.feed import Feed, Last, Rows
from shared.ports.ledger import Differs, LedgerFiles
from shared.ports.outside import (
    Announcer,
    DeadLetters,
    FixityQueue,
    Footage,
    Gone,
    Inspector,
    Keys,
    Links,
    Metrics,
    Printer,
    Probe,
    Signer,
    Tokens,
)
from shared.ports.records import (
    Clash,
    ClipFilter,
    Create,
    Delete,
    EntryFilter,
    Held,
    Order,
    Place,
    Record,
    Records,
    Replace,
    Write,
    place_in,
)
from shared.ports.sessions import SessionFilter

__all__ = [
    "Announcer",
    "Clash",
    "ClipFilter",
    "Create",
    "DeadLetters",
    "Delete",
    "Differs",
    "EntryFilter",
    "Feed",
    "FixityQueue",
    "Footage",
    "Gone",
    "Held",
    "Inspector",
    "Keys",
    "Last",
    "LedgerFiles",
    "Links",
    "Metrics",
    "Order",
    "Place",
    "Printer",
    "Probe",
    "Record",
    "Records",
    "Replace",
    "Rows",
    "SessionFilter",
    "Signer",
    "Tokens",
    "Write",
    "place_in",
]
