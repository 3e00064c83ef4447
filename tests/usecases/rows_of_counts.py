"""Recounting a day of which no count is there: set right, and as a dry run."""

from datetime import timedelta

from shared.usecases.recount import recount
from tests.builders import NOW
from tests.fakes import World
from tests.usecases.recounting import recounting
from tests.usecases.rows import Anew, Row
from tests.usecases.scenes import by_the_service
from tests.usecases.sealed import seal_by_hand
from tests.usecases.sealing import wait

SERVICE = by_the_service()
SEALED = (("footage.read", ""),) * 3


def a_day_that_is_not_counted(world: World) -> None:
    """Of the service itself, so that all that is entered in the row is of whoever asks in it."""
    wait(world, 2, at=NOW - timedelta(days=1), asking=SERVICE)
    wait(world, 1, pk="clip-2", at=NOW - timedelta(days=1), asking=SERVICE)
    seal_by_hand(world)


ROWS = (
    Row(
        name="recount",
        verb=recount,
        scene=a_day_that_is_not_counted,
        run=lambda w, a: recounting(w, asking=a),
        enters=(*SEALED, ("counts.mended", "count")),
        asking=SERVICE,
    ),
    Row(
        name="recount, a dry run",
        verb=recount,
        scene=a_day_that_is_not_counted,
        run=lambda w, a: recounting(w, asking=a, dry_run=True),
        enters=(*SEALED, ("counts.differ", "count")),
        asking=SERVICE,
        anew=Anew.ENTRY,
    ),
)
