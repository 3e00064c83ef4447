"""A row of the corpus: how a recording is made, and what ingest must make of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from shared.domain.footage import State
from shared.domain.media import Problem, Warning  # noqa: A004 - the field's word
from tests.media.corpus.ingredients import START, Ingredients

TOLERANCE_MS = 100


class Recording(Protocol):
    """What lies in the store. A reader that is asked for something outside it fails."""

    size: int

    def at(self, offset: int, length: int) -> bytes: ...


class Bytes:
    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def at(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < offset + length <= self.size, "read outside the file"
        return self.data[offset : offset + length]


class Sparse:
    """Gigabytes of nothing around a few pieces, by where they lie."""

    def __init__(self, size: int, pieces: Mapping[int, bytes]) -> None:
        self.size, self.pieces = size, pieces

    def at(self, offset: int, length: int) -> bytes:
        assert 0 <= offset < offset + length <= self.size, "read outside the file"
        data = bytearray(length)
        for start, piece in self.pieces.items():
            begin, end = max(start, offset), min(start + len(piece), offset + length)
            if begin < end:
                data[begin - offset : end - offset] = piece[begin - start : end - start]
        return bytes(data)


Make = Callable[[Ingredients], bytes | Recording]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """`seconds` None: nobody can say how long it is. `position` is in microdegrees, north and east."""

    family: str
    name: str
    make: Make
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Warning, ...] = ()
    seconds: float | None = None
    poster: bool = True
    suffix: str = ".mp4"
    recorded_at: datetime = START
    position: tuple[int, int] | None = None
    sources: tuple[str, ...] = ("camera", "container")

    @property
    def state(self) -> State:
        return State.QUARANTINED if self.problems else State.HELD

    def made(self, of: Ingredients) -> Recording:
        made = self.make(of)
        return Bytes(made) if isinstance(made, bytes) else made


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Collects its rows: `@family.row(seconds=3)` above the function that makes one, whose name is the row's."""

    name: str
    rows: list[Shape] = field(default_factory=list)

    def row(self, **expected: object) -> Callable[[Make], Make]:
        def keep(make: Make) -> Make:
            self.add(make.__name__.replace("_", " "), make, **expected)
            return make

        return keep

    def add(self, name: str, make: Make, **expected: object) -> None:
        self.rows.append(Shape(family=self.name, name=name, make=make, **expected))  # type: ignore[arg-type]
