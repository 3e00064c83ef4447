"""What each door and trigger tells of itself: how long it took, whether it failed, how long footage waited for it.

A trigger that fails must raise, so that it is tried again, and the worker logs whatever is raised: so a fault leaves
as its kinds and its place, as the log of a door has it (answering.py), and no text of a store or a library with it.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from functions.answering import place_of
from shared.errors import Refusal
from shared.ports import Metrics


class Failed(Exception):
    """A trigger failed. Its text is ours, and safe to be logged."""


@contextmanager
def watched(metrics: Metrics, verb: str) -> Iterator[None]:
    """A refusal is an answer; anything else that is raised is a fault of this verb, and goes on its way."""
    began = time.perf_counter()
    try:
        yield
    except Refusal:
        raise
    except Exception:
        metrics.count("fault", of=verb)
        raise
    finally:
        metrics.measure("verb.took", time.perf_counter() - began, of=verb)


@contextmanager
def ran(metrics: Metrics, verb: str) -> Iterator[None]:
    """`watched`, for a trigger: a fault leaves as Failed."""
    try:
        with watched(metrics, verb):
            yield
    except Failed:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is, it leaves as ours
        raise Failed(f"{verb}: {place_of(fault)}") from None


def waited(metrics: Metrics, name: str, *, since: datetime | None, now: datetime) -> None:
    """Tell how long it is since then; nothing where nobody said when. Two clocks may differ: never less than none."""
    if since is not None and since.tzinfo is not None:
        metrics.measure(name, max((now - since).total_seconds(), 0.0))
