"""What the feed's clients read, whom they read it as, and those of them that npm installs (tests/clients).

`make test` installs them first. Where they are not, what needs them fails and says so: a client that is silently not
there proves nothing.
"""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from shared.domain.document import to_document
from shared.domain.entry import Entry, Reason, Trail, numbered, stored
from tests.builders import a_draft, an_asking, fresh_id
from tests.e2e.store import Store

CLIENTS = Path(__file__).parents[1] / "clients"
GENERATED = CLIENTS / "generated"
READY = CLIENTS / "node_modules" / ".ready"
WITHIN = 180.0  # seconds
AT_ONCE = 4  # made in the moment of the one before
BEGAN = timedelta(minutes=4)  # the feed shows what is two minutes old; what is five and not sealed is an alarm
STEP = timedelta(seconds=5)
ACTIONS = ("footage.read", "footage.played", "trail.read", "footage.poster-shown", "footage.read")
O_BRIEN = "Asked by O'Brien: 50% of Südwark & Co, +1"
BOROUGHS = ("Southwark", "Camden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """The feed's address, a token to read it with, and ten entries about one thing, in the order they were made."""

    address: str
    token: str = field(repr=False)
    subject: str
    entries: tuple[Entry, ...]

    @property
    def environment(self) -> dict[str, str]:
        """What the clients of tests/clients are told."""
        return {"FEED": self.address, "TOKEN": self.token, "SUBJECT": self.subject}

    @property
    def newest_first(self) -> list[str]:
        """As `occurredAt desc` has them; two are of the same moment, and among those their ids decide."""
        return [entry.id for entry in sorted(self.entries, key=lambda each: (each.occurred_at, each.id), reverse=True)]


async def fed(store: Store, *, address: str, token: str) -> Fed:
    """Write the entries, as one trail that will be sealed like any other."""
    subject, began = fresh_id(), datetime.now(UTC) - BEGAN
    entries: list[Entry] = []
    trail: Trail | None = None
    for number in range(10):
        step = number - 1 if number == AT_ONCE else number
        entry, trail = _entry(subject, number, began + step * STEP, trail)
        entries.append(entry)
    last = {"kind": Trail.kind, "id": Trail.id, **to_document(trail)}
    batch = [("create", (document,)) for document in (*map(stored, entries), last)]
    await store.container.execute_item_batch(batch, partition_key=subject)
    return Fed(address=address, token=token, subject=subject, entries=tuple(entries))


def _entry(subject: str, number: int, at: datetime, trail: Trail | None) -> tuple[Entry, Trail]:
    draft = a_draft(
        asking=an_asking(at=at, request=f"{subject}-{number}"),
        pk=subject,
        subject=subject,
        action=ACTIONS[number % len(ACTIONS)],
        borough=BOROUGHS[number % len(BOROUGHS)],
        reason=Reason(code="other", text=O_BRIEN) if number % 2 else None,
    )
    return numbered(draft, trail)


def must_run(*command: str, environment: Mapping[str, str] | None = None) -> str:
    """What one of the clients said."""
    assert READY.exists(), "the clients in tests/clients are not installed: `make test` does that"
    done = subprocess.run(
        command, cwd=CLIENTS, env=environment, capture_output=True, text=True, timeout=WITHIN, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
    return done.stdout
