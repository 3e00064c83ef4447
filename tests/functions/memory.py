"""`shared.wiring.Services` in memory, with the real verification of tokens. The app itself is not needed for it."""

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from shared.adapters.ed25519 import verifies
from tests.builders import NOW
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.functions.directory import EXPECTED, tokens

if TYPE_CHECKING:
    from shared.domain.note import Check, VerifierKey


class MemoryPorts:
    """`time` is what the clock says; `seed` never changes. The ledger is open, and no witness is listed."""

    def __init__(self) -> None:
        world = World()
        self.faults = world.faults
        self.records, self.footage, self.links = world.records, world.footage, world.links
        self.feed = world.feed
        self.public_base_url = "https://continuity.test"
        self.inspector, self.queue, self.announcer = world.inspector, world.queue, world.announcer
        self.printer = world.printer
        self.keys, self.probe, self.metrics = world.keys, world.probe, world.metrics
        self.dead_letters, self.ledger = world.dead_letters, world.ledger
        self.log_origin = LEDGER_KEY
        self.witnesses: tuple[VerifierKey, ...] = ()
        self.ledger_open = True
        self.check: Check = verifies
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
