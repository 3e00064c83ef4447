"""`shared.wiring.Services` in memory, with the real verification of tokens. The app itself is not needed for it."""

import itertools
from datetime import datetime, timedelta

from tests.builders import NOW
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.functions.directory import EXPECTED, tokens


class MemoryPorts:
    """`time` is what the clock says; `seed` never changes."""

    def __init__(self) -> None:
        world = World()
        self.faults = world.faults
        self.records, self.footage, self.links = world.records, world.footage, world.links
        self.inspector, self.queue, self.announcer = world.inspector, world.queue, world.announcer
        self.keys, self.probe, self.metrics = world.keys, world.probe, world.metrics
        self.dead_letters, self.ledger = world.dead_letters, world.ledger
        self.log_origin = LEDGER_KEY
        self.tokens = tokens()
        self.expected = EXPECTED
        self.bind_addresses = True
        self.session_idle = timedelta(minutes=15)
        self.time = NOW
        self.requests = itertools.count(1)

    def now(self) -> datetime:
        return self.time

    def seed(self) -> bytes:
        return bytes(32)
