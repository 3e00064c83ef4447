"""The smaller ports: links, the fixity queue, the announcer, the inspector, the printer, the probe and the metrics."""

import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from urllib.parse import quote, urlencode

from shared.domain.document import timestamp, to_document
from shared.domain.footage import Blob, Clip, ClipId
from shared.domain.health import Backlog
from shared.domain.media import Inspection
from shared.domain.transcript_print import Printed
from shared.domain.worklist import DeadLetter
from shared.metrics import Unit, declared
from shared.ports import Place
from tests.builders import NOW, an_inspection
from tests.fakes.faults import Faults, Outage

HOST = "https://footage.storage.test"
LOOKED_AT = 64
BACKLOGS = ("fixity", "fixity-poison", "dead-letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link was made for."""

    url: str
    permissions: str
    path: str
    version: str | None
    until: datetime
    address: str | None


class MemoryLinks:
    """Addresses of the same form as the real ones, and a list of what each was made for. Nothing answers there."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.made: list[Link] = []

    async def to_write(self, path: str, *, now: datetime, until: datetime) -> str:
        async with self.faults.call("links.to_write"):
            return self._make("cw", path, None, now=now, until=until, address=None)

    async def to_read(self, blob: Blob, *, now: datetime, until: datetime, address: str | None) -> str:
        if address is not None:
            IPv4Address(address)  # a SAS cannot be bound to any other
        async with self.faults.call("links.to_read"):
            return self._make("r", blob.path, blob.version, now=now, until=until, address=address)

    def _make(
        self, permissions: str, path: str, version: str | None, *, now: datetime, until: datetime, address: str | None
    ) -> str:
        if until <= now:
            raise ValueError("a link must end after it begins")
        given = {"versionid": version, "sp": permissions, "spr": "https", "se": timestamp(until), "sip": address}
        query = urlencode({name: value for name, value in given.items() if value} | {"sig": "of-the-fake"})
        url = f"{HOST}/footage/{quote(path)}?{query}"
        self.made.append(
            Link(url=url, permissions=permissions, path=path, version=version, until=until, address=address)
        )
        return url


class MemoryQueue:
    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.asked: list[ClipId] = []
        self.since = NOW

    async def ask(self, clip: ClipId) -> None:
        async with self.faults.call("queue.ask"):
            self.asked.append(clip)

    async def waiting(self) -> Backlog:
        """Nobody reads from this queue, and all in it lies there since `since`."""
        async with self.faults.call("queue.waiting"):
            return Backlog(count=len(self.asked), oldest=self.since if self.asked else None)


class MemoryLetters:
    """The dead letters a test puts there."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.dead: list[DeadLetter] = []

    async def letters(self, *, after: Place | None, limit: int) -> Sequence[DeadLetter]:
        async with self.faults.call("dead_letters.letters"):
            beyond = [each for each in self.dead if after is None or (each.at, each.id) > (after.at, after.id)]
            return sorted(beyond, key=lambda each: (each.at, each.id))[:limit]

    async def waiting(self, *, most: int) -> Backlog:
        async with self.faults.call("dead_letters.waiting"):
            first = sorted(self.dead, key=lambda each: each.id)[:most]
            return Backlog(count=len(first), oldest=min((each.at for each in first), default=None))


class MemoryAnnouncer:
    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.announced: list[tuple[Clip, datetime]] = []

    async def footage_indexed(self, clip: Clip, *, now: datetime) -> None:
        async with self.faults.call("announcer.footage_indexed"):
            self.announced.append((clip, now))


class FakeInspector:
    """Finds what it is told to find, but looks first: a failed read is a failed inspection, as with the real one."""

    def __init__(self, faults: Faults | None = None, finds: Inspection | None = None) -> None:
        self.faults = faults or Faults()
        self.finds = finds or an_inspection()

    async def inspect(self, size: int, read: Callable[[int, int], Awaitable[bytes]]) -> Inspection:
        await read(0, min(size, LOOKED_AT))
        async with self.faults.call("inspector.inspect"):
            return self.finds


class MemoryPrinter:
    """A paper that is nothing but its texts. It has no fonts, so that it prints whatever is in Unicode."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()

    async def printed(self, page: Printed) -> bytes:
        async with self.faults.call("printer.printed"):
            return b"%PDF-2.0\n" + json.dumps(to_document(page), ensure_ascii=False).encode()


class FakeProbe:
    """What the service rests on answers, but for what a test puts down."""

    def __init__(self, faults: Faults | None = None) -> None:
        self.faults = faults or Faults()
        self.answers = {"records": True, "footage": True, "queue": True, "vault": True}
        self.waits: dict[str, Backlog | None] = dict.fromkeys(BACKLOGS, Backlog(count=0))

    async def ready(self) -> Mapping[str, bool]:
        """Never raises: where the call itself is broken, nothing answered."""
        try:
            async with self.faults.call("probe.ready"):
                return dict(self.answers)
        except Outage:
            return dict.fromkeys(self.answers, False)

    async def backlogs(self) -> Mapping[str, Backlog | None]:
        try:
            async with self.faults.call("probe.backlogs"):
                return dict(self.waits)
        except Outage:
            return dict.fromkeys(self.waits)


class MemoryMetrics:
    """What was told, under `name` or `name.of`. Objects to what is not declared, which the real one drops."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.measures: dict[str, list[float]] = {}

    def count(self, name: str, number: int = 1, *, of: str | None = None) -> None:
        self.counts[self._declared(name, Unit.COUNT, of)] += number

    def measure(self, name: str, seconds: float, *, of: str | None = None) -> None:
        self.measures.setdefault(self._declared(name, Unit.SECONDS, of), []).append(seconds)

    @staticmethod
    def _declared(name: str, unit: Unit, of: str | None) -> str:
        assert declared(name, unit, of), f"{name} of {of} is no {unit} of shared/metrics.py"
        return f"{name}.{of}" if of else name
