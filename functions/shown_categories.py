"""What the doors of categories show: what clips can be called, and what became of each clip of many."""

from typing import Self

from functions.answering import Problem
from functions.shown import Shown, ShownClip
from shared.domain.footage import Clip
from shared.ports import Held


class ShownCategory(Shown):
    """`id` is what is sent, `title` what people read."""

    id: str
    title: str


class ShownCategories(Shown):
    """What clips can be called. A change of the table is another version of it."""

    version: int
    categories: tuple[ShownCategory, ...]


class ShownProblem(Problem):
    """Why one of several was not done, as an answer of its own would say it; `field` is null where none was wrong."""


class ShownResult(Shown):
    """What became of one of several: the clip as it now is, or the problem. `status` is as if it had come alone."""

    id: str
    status: int
    clip: ShownClip | None
    problem: ShownProblem | None

    @classmethod
    def done(cls, held: Held[Clip]) -> Self:
        return cls(id=held.record.id, status=200, clip=ShownClip.of(held), problem=None)

    @classmethod
    def not_done(cls, clip: str, problem: Problem) -> Self:
        return cls(id=clip, status=problem.status, clip=None, problem=ShownProblem(**dict(problem)))


class ShownResults(Shown):
    """One for each that was asked for, in the order they were asked for."""

    results: tuple[ShownResult, ...]
