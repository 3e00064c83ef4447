"""What each door and trigger tells of itself: how long it took, whether it failed, how long footage waited for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from shared.errors import Refusal
from shared.ports import Metrics


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


def waited(metrics: Metrics, name: str, *, since: datetime | None, now: datetime) -> None:
    """Tell how long it is since then; nothing where nobody said when. Two clocks may differ: never less than none."""
    if since is not None and since.tzinfo is not None:
        metrics.measure(name, max((now - since).total_seconds(), 0.0))
