"""`python -m tests.media.corpus [words]`: every row (whose name has the words), what came of it, and what it cost.

Ends with 1 where something came out otherwise than it must, somebody was called, or a child passed its limits.
"""

import asyncio
import logging
import resource
import sys
import tempfile
from pathlib import Path

from shared.adapters.media.inspector import ChildInspector, Limits
from tests.media.corpus.everything import SHAPES
from tests.media.corpus.ingredients import Ingredients
from tests.media.corpus.run import Result, differences, run, watching
from tests.media.corpus.shape import Shape

ROW = "{:8} {:56} {:12} {:34} {:44} {:>9} {:>5} {:>8} {:>6}"
HEAD = ("family", "recording", "state", "problems", "warnings", "seconds", "reads", "kB read", "cpu s")


def say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - for a person


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def row_of(shape: Shape, result: Result, cpu: float) -> str:
    media = result.clip.media
    length = media.duration_ms if media else None
    return ROW.format(
        shape.family,
        shape.name,
        result.clip.state,
        ", ".join(result.clip.quarantine) or "-",
        ", ".join(media.warnings if media else ()) or "-",
        "-" if length is None else f"{length / 1000:.3f}",
        result.reads,
        result.volume // 1000,
        f"{cpu:.2f}",
    )


async def main(words: str) -> int:
    wrong, limits = list[str](), Limits()
    shapes = [shape for shape in SHAPES if words in f"{shape.family} {shape.name}"]
    say(ROW.format(*HEAD))
    with tempfile.TemporaryDirectory(prefix="continuity-corpus-") as folder:
        async with watching() as watch:
            of = Ingredients(folder=Path(folder), address=watch.address)
            for shape in shapes:
                wrong += await one(shape, of, limits)
        wrong += [f"somebody was called {watch.calls} times"] if watch.calls else []
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    wrong += [f"a child held {most} bytes"] if most > limits.memory else []
    say(f"{len(shapes)} recordings; the largest child held {most >> 20} MiB; calls to others: {watch.calls}")
    say(*wrong)
    return 1 if wrong else 0


async def one(shape: Shape, of: Ingredients, limits: Limits) -> list[str]:
    shape.made(of)  # what is synthesised for it is not the child's cost
    before = cpu_seconds()
    result = await run(shape, of, ChildInspector(limits))
    cpu = cpu_seconds() - before
    say(row_of(shape, result, cpu))
    over = [f"it took {cpu:.1f} s"] if cpu > limits.cpu_seconds else []
    return [f"{shape.name}: {text}" for text in (*differences(shape, result), *over)]


if __name__ == "__main__":
    logging.disable(logging.WARNING)
    sys.exit(asyncio.run(main(" ".join(sys.argv[1:]))))
