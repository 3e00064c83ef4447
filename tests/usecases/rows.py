"""What a row of verbs.py is, and the scenes the rows are set in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from shared.domain.entry import Asking
from shared.domain.footage import Evidential, Integrity, Sha256
from shared.domain.grant import Wanted
from shared.domain.media import Problem
from shared.usecases.categorise import Category
from tests.builders import (
    CAMERA,
    CONTENT_TYPE,
    OFFICER,
    RECORDED,
    UPLOADED,
    a_dock,
    a_grant,
    a_metadata,
    an_asking,
    an_inspection,
)
from tests.fakes import World
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    PATH,
    a_landed_blob,
    a_stored_clip,
    an_overdue_stored_clip,
)

WANTED = Wanted(
    camera=CAMERA, recorded_at=RECORDED, size=len(CONTENT), sha256=HASH, content_type=CONTENT_TYPE, officer=OFFICER
)
ARREST = Category(name="arrest", evidential=Evidential.YES, why="arrested for robbery")
DUTY = "reviewing my own evidence"
OTHER_HASH = Sha256("ab" * 32)


class Anew(Enum):
    """What trying again leaves that trying once does not, if the first try had its effect and the second has a key of
    its own: a caller without an Idempotency-Key, another event or message, the next run."""

    NOTHING = "nothing"
    ENTRY = "its entry once more: a look, a refusal and a message given up happen each time"
    NOTE = "another note with its entry: who writes twice under two keys has written two"
    TOLD_OPEN = "nothing, and the caller is told that one is open already"
    TOLD_STALE = "nothing, and the caller is told that the clip changed after they read it"
    RUN = "another run with its report and its entries: of what it found nothing is double"
    RECORDING = "another recording, with its grant and its entry: the first is an unmet grant"


@dataclass(frozen=True, kw_only=True)
class Row:
    """`enters`: the actions of its entries in their order, each with the fields whose change it tells.

    `said`: the one text of the caller that an entry may hold. `quiet`: calls that cannot fail here, since they end
    in an exception their promise names, or never raise. `answers`: what of the answer a retry must give again.
    """

    name: str
    verb: Callable[..., Awaitable[Any]]
    scene: Callable[[World], object]
    run: Callable[[World, Asking], Awaitable[Any]]
    enters: tuple[tuple[str, str], ...]
    asking: Asking = field(default_factory=an_asking)
    said: str | None = None
    quiet: frozenset[str] = frozenset()
    anew: Anew = Anew.NOTHING
    answers: Callable[[Any], object] = lambda _answer: None


def a_dock_and(*more: Callable[[World], object]) -> Callable[[World], object]:
    def scene(world: World) -> None:
        world.records.put(a_dock())
        for other in more:
            other(world)

    return scene


def a_given_grant(world: World) -> None:
    world.records.put(a_grant(size=len(CONTENT), sha256=HASH))


def an_overwritten_path(world: World) -> None:
    a_stored_clip(world)
    world.footage.put(PATH, b"a second content", at=UPLOADED, metadata=a_metadata())


def no_picture(world: World) -> None:
    a_landed_blob(world)
    world.inspector.finds = an_inspection(media=None, poster=None, problems=(Problem.NOT_VIDEO,))


def a_claim_of_other_bytes(world: World) -> None:
    a_stored_clip(world, integrity=Integrity(claimed=OTHER_HASH))


def a_clip_held_by_the_storage(world: World) -> None:
    world.footage.hold(an_overdue_stored_clip(world).blob)


def two_overdue_clips(world: World) -> None:
    an_overdue_stored_clip(world)
    an_overdue_stored_clip(world, id="7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a11")
