"""Plenty to read: what a force leaves behind it, as many entries, clips and sessions as wanted, the same each time.

N1  A number is always the same entry, whatever else is made; the trails are of twenty entries, numbered without a gap.
N2  Nothing waits to be sealed: entries have their leaf, so that no timer of a running service changes any.
N3  What may be null is there, or null, or was never written, as releases before this one may have left it.
N4  Times lie within SPAN before `until`, on MOMENTS that several share, so that pages end among equals; some are the
    last or the first microsecond of a day in London.
"""

import asyncio
import itertools
import random
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from azure.cosmos.aio import ContainerProxy

from shared.domain.access import Role
from shared.domain.document import timestamp, to_document
from shared.domain.footage import Borough, Clip, ClipId, OfficerId
from shared.domain.session import Ended, Session
from shared.ports import Record
from tests.builders import MICROSECOND, a_clip, a_session
from tests.transcripts import NAMES

Document = Mapping[str, Any]

LONDON = ZoneInfo("Europe/London")
SPAN, MOMENTS = timedelta(days=300), 4_000
A_TRAIL, A_BATCH, AT_ONCE = 20, 100, 8
BOROUGHS = (
    "Barking and Dagenham", "Barnet", "Bexley", "Brent", "Bromley", "Camden", "Croydon", "Ealing", "Enfield",
    "Greenwich", "Hackney", "Hammersmith and Fulham", "Haringey", "Harrow", "Havering", "Hillingdon",
    "Hounslow", "Islington", "Kensington and Chelsea", "Kingston upon Thames", "Lambeth", "Lewisham", "Merton",
    "Newham", "Redbridge", "Richmond upon Thames", "Southwark", "Sutton", "Tower Hamlets", "Waltham Forest",
    "Wandsworth", "Westminster",
)  # fmt: skip
DEEDS = (  # what is done, under which heading, how it ends, and how often
    ("footage.ingested", "collection", "granted", 20),
    ("footage.verified", "collection", "granted", 20),
    ("footage.categorised", "alteration", "granted", 15),
    ("footage.searched", "consultation", "granted", 12),
    ("footage.read", "consultation", "granted", 15),
    ("footage.played", "consultation", "granted", 10),
    ("footage.weeded", "erasure", "granted", 12),
    ("session.started", "access", "granted", 6),
    ("refused.play", "access", "refused", 2),
    ("trail.exported", "disclosure", "granted", 1),
    ("footage.missing", "administration", "failed", 1),
)
WEIGHTS = [often for *_, often in DEEDS]
REASONS = (
    "disclosure schedule for R v Łukasz & Söhne, item 4",
    "complaint 2026/0412: what was said at the door",
    "O'Brien's statement says 21:07; is it so?",
    "100% of it, _all_ of it; nothing else -- honestly",
    "☂ rain on the lens",
)
UNITS = uuid.UUID("0f9b5a52-66c4-4c0e-8b1e-5a0c1d2e3f40")


def entries(first: int, last: int, *, until: datetime) -> Iterator[dict[str, Any]]:
    """The entries from the number `first` up to `last`, without that, as the store holds them."""
    return (_entry(number, until) for number in range(first, last))


def _entry(number: int, until: datetime) -> dict[str, Any]:
    chance = random.Random(number)  # noqa: S311 - the same entry each time
    trail, place = divmod(number, A_TRAIL)
    (action, operation, outcome, _often), *_ = chance.choices(DEEDS, WEIGHTS)
    clip = str(uuid.uuid5(UNITS, f"trail {trail}"))
    reason = {"code": chance.choice(("investigation", "court", "other")), "text": chance.choice((None, *REASONS))}
    document = {
        "kind": "entry",
        "id": str(uuid.uuid5(UNITS, str(number))),
        "pk": clip,
        "number": place + 1,
        "previous": uuid.uuid5(UNITS, f"commitment {number}").hex * 2,
        "occurredAt": timestamp(_time(chance, until)),
        "operation": operation,
        "action": action,
        "actor": _actor(chance),
        "subject": clip,
        "borough": chance.choice((None, *BOROUGHS)),
        "outcome": outcome,
        "reason": chance.choice((None, reason, reason)),
        "recipient": None,
        "session": chance.choice((None, f"{chance.getrandbits(128):032x}-1")),
        "address": chance.choice((None, f"192.0.2.{chance.randrange(256)}")),
        "request": str(uuid.uuid5(UNITS, f"request {number}")),
        "changes": _changes(chance, action),
        "salt": uuid.uuid5(UNITS, f"salt {number}").hex,
        "pending": False,
        "leaf": str(number),
    }
    for name in ("borough", "reason", "recipient", "session", "address"):
        if document[name] is None and chance.random() < 0.3:  # rule N3
            del document[name]
    return document


def _actor(chance: random.Random) -> dict[str, Any]:
    officer = chance.randrange(22_000)
    name = chance.choice((None, NAMES[officer % len(NAMES)], f"PC {NAMES[officer % len(NAMES)]}", "Sgt Seán O'Brien"))
    return {
        "id": str(4_000 + officer),
        "kind": "person",
        "name": name,
        "role": chance.choice(("officer", "officer", "supervisor", "evidence-manager", None)),
    }


def _changes(chance: random.Random, action: str) -> list[dict[str, Any]]:
    if action != "footage.categorised":
        return []
    became = chance.choice(("stop-and-search", "use-of-force", "domestic-abuse", "other"))
    return [
        {"field": "category", "before": None, "after": became},
        {"field": "evidential", "before": "undecided", "after": chance.choice(("yes", "no"))},
    ]


def _time(chance: random.Random, until: datetime) -> datetime:
    """Rule N4."""
    at = until - SPAN / MOMENTS * chance.randrange(MOMENTS + 1)
    if chance.random() >= 0.05:
        return at
    midnight = datetime.combine(at.astimezone(LONDON).date(), time(), LONDON).astimezone(at.tzinfo)
    return midnight + chance.choice((-1, 0, 1)) * MICROSECOND


def clips(first: int, last: int, *, until: datetime) -> Iterator[Clip]:
    for number in range(first, last):
        chance = random.Random(f"clip {number}")  # noqa: S311 - the same clip each time
        yield a_clip(
            id=ClipId(str(uuid.uuid5(UNITS, f"clip {number}"))),
            uploaded_at=_time(chance, until),
            officer=OfficerId(str(4_000 + chance.randrange(22_000))),
            borough=Borough(chance.choice(BOROUGHS)),
        )


def sessions(first: int, last: int, *, until: datetime) -> Iterator[Session]:
    """Each of a sign-on of its own; two of three have ended."""
    for number in range(first, last):
        chance = random.Random(f"session {number}")  # noqa: S311 - the same session each time
        begun = _time(chance, until)
        session = a_session(
            key=f"{chance.getrandbits(128):032x}",
            actor=str(4_000 + chance.randrange(22_000)),
            name=chance.choice(NAMES),
            roles=(chance.choice((Role.OFFICER, Role.SUPERVISOR)),),
            borough=chance.choice((None, *BOROUGHS)),
            started_at=begun,
            last_seen=begun + timedelta(minutes=chance.randrange(500)),
        )
        if number % 3:
            why = chance.choice((Ended.LOGGED_OFF, Ended.IDLE))
            session = replace(session, ended_at=session.last_seen, ended_why=why)
        yield session


def document_of(record: Record) -> dict[str, Any]:
    return {**to_document(record), "id": record.id, "pk": record.pk, "kind": record.kind}


async def write(container: ContainerProxy, documents: Iterable[Document]) -> None:
    """All of them, a transaction for those of one trail that come one after the other, several side by side."""
    left = batches(documents)

    async def some() -> None:
        for pk, batch in left:
            await container.execute_item_batch([("create", (each,)) for each in batch], partition_key=pk)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(some())


def batches(documents: Iterable[Document]) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
    for pk, together in itertools.groupby(documents, key=lambda each: str(each["pk"])):
        each = (dict(document) for document in together)
        while batch := list(itertools.islice(each, A_BATCH)):
            yield pk, batch
