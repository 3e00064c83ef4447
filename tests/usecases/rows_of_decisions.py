"""The verbs of deciding again and of deciding on many clips; one row for each way."""

from collections.abc import Sequence
from typing import Any

from shared.domain.entry import Asking
from shared.domain.footage import Clip, ClipId, Decision, Evidential
from shared.errors import Conflict, NotFound
from shared.ports import Held
from shared.usecases.categorise import Category
from shared.usecases.categorise_many import Saying, categorise_many
from shared.usecases.undo import undo
from tests.builders import FORCE, RECORDING, a_decision
from tests.fakes import World
from tests.usecases.rows import ARREST, Anew, Row
from tests.usecases.scenes import a_stored_clip

FIRST, SECOND = '"00000001"', '"00000002"'  # the versions MemoryRecords gives to the first records put
ANOTHER = ClipId("7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a11")
OVER = "that was the other clip"
NO_EVIDENCE = Category(name="arrest", evidential=Evidential.NO, why=ARREST.why)


def a_decided_clip(world: World) -> None:
    a_stored_clip(world, decision=a_decision(), undoable=Decision(category="other"))


def two_clips(world: World) -> None:
    a_stored_clip(world)
    a_stored_clip(world, id=ANOTHER)


def evidence(world: World) -> None:
    a_stored_clip(world, decision=a_decision(evidential=Evidential.YES))


async def _many(world: World, asking: Asking, said: Category) -> Sequence[Held[Clip] | Exception]:
    """Raises what would be answered as a fault, or as a version that is over, once all is done."""
    sayings = [
        Saying(clip=RECORDING, category=said, version=FIRST),
        Saying(clip=ANOTHER, category=said, version=SECOND),
    ]
    asked: Any = {"reach": FORCE, "asking": asking, "now": lambda: asking.at, "records": world.records}
    outcomes = await categorise_many(sayings, door="categorise_many", **asked)
    for outcome in outcomes:
        if isinstance(outcome, Exception) and not isinstance(outcome, Conflict | NotFound):
            raise outcome
    return outcomes


ROWS = (
    Row(
        name="undo",
        verb=undo,
        scene=a_decided_clip,
        run=lambda w, a: undo(RECORDING, OVER, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.category-undone", "category evidential"),),
        anew=Anew.TOLD_STALE,
        said=OVER,
        answers=lambda held: held.record.decision.category,
    ),
    Row(
        name="categorise_many",
        verb=categorise_many,
        scene=two_clips,
        run=lambda w, a: _many(w, a, ARREST),
        enters=(("footage.categorised", "category evidential"),) * 2,
        anew=Anew.TOLD_STALE,
        said=ARREST.why,
        answers=lambda outcomes: [(held.record.id, held.record.decision.category) for held in outcomes],
    ),
    Row(
        name="categorise_many, refused",
        verb=categorise_many,
        scene=evidence,
        run=lambda w, a: _many(w, a, NO_EVIDENCE),
        enters=(("refused.categorise_many", ""),) * 2,
        anew=Anew.ENTRY,
        answers=lambda outcomes: [type(no) for no in outcomes],
    ),
)
