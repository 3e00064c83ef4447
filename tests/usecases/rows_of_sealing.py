"""Sealing, one row for entries that wait and one for a quiet hour."""

from datetime import timedelta

from shared.usecases.seal import seal
from tests.builders import NOW
from tests.fakes import World
from tests.usecases.rows import Row
from tests.usecases.scenes import by_the_service
from tests.usecases.sealing import sealing, wait

SERVICE = by_the_service()


def three_entries(world: World) -> None:
    """Of the service itself, so that all that is entered in the row is of whoever asks in it."""
    wait(world, 2, at=NOW - timedelta(minutes=1), asking=SERVICE)
    wait(world, 1, pk="clip-2", at=NOW - timedelta(minutes=1), asking=SERVICE)


ROWS = (
    Row(
        name="seal",
        verb=seal,
        scene=three_entries,
        run=lambda w, a: sealing(w, now=lambda: a.at, key=a.key),
        enters=(("footage.read", ""),) * 3,
        asking=SERVICE,
    ),
    Row(
        name="seal, a quiet hour",
        verb=seal,
        scene=lambda _world: None,
        run=lambda w, a: sealing(w, now=lambda: a.at, key=a.key),
        enters=(("ledger.heartbeat", ""),),
        asking=SERVICE,
    ),
)
