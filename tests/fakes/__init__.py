"""In-memory simulators of every port: each keeps its promises, objects to misuse, and fails both ways on request.

A `World` is one of each on the same Faults, so that every call of a verb is in one count.
"""

from shared.domain.media import Inspection
from tests.fakes.faults import Faults, Moment, Outage, Pause, let_others_run
from tests.fakes.feed import MemoryFeed
from tests.fakes.footage import MemoryFootage
from tests.fakes.ledger import MemoryLedger
from tests.fakes.records import MemoryRecords
from tests.fakes.signing import FakeTokens, MemoryKeys, MemorySigner, MemoryWitness
from tests.fakes.surroundings import (
    FakeInspector,
    FakeProbe,
    Link,
    MemoryAnnouncer,
    MemoryLetters,
    MemoryLinks,
    MemoryMetrics,
    MemoryPrinter,
    MemoryQueue,
)

__all__ = [
    "FakeInspector",
    "FakeProbe",
    "FakeTokens",
    "Faults",
    "Link",
    "MemoryAnnouncer",
    "MemoryFeed",
    "MemoryFootage",
    "MemoryKeys",
    "MemoryLedger",
    "MemoryLetters",
    "MemoryLinks",
    "MemoryMetrics",
    "MemoryPrinter",
    "MemoryQueue",
    "MemoryRecords",
    "MemorySigner",
    "MemoryWitness",
    "Moment",
    "Outage",
    "Pause",
    "World",
    "let_others_run",
]


class World:
    """Everything outside the service, in memory. `versioned` is whether the storage keeps versions."""

    def __init__(self, *, versioned: bool = True, finds: Inspection | None = None) -> None:
        self.faults = Faults()
        self.records = MemoryRecords(self.faults)
        self.feed = MemoryFeed(self.records)
        self.footage = MemoryFootage(self.faults, versioned=versioned)
        self.links = MemoryLinks(self.faults)
        self.queue = MemoryQueue(self.faults)
        self.dead_letters = MemoryLetters(self.faults)
        self.announcer = MemoryAnnouncer(self.faults)
        self.inspector = FakeInspector(self.faults, finds)
        self.printer = MemoryPrinter(self.faults)
        self.tokens = FakeTokens(self.faults)
        self.keys = MemoryKeys(self.faults)
        self.ledger = MemoryLedger(self.faults)
        self.probe = FakeProbe(self.faults)
        self.metrics = MemoryMetrics()
