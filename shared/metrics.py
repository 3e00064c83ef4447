"""Every number the service tells of itself, by name: a closed set, so that none is told by accident.

C1  What is not declared here is not sent, and a test that tells it fails (tests/fakes).
C2  `of` says which verb or which code a number is of, where the metric is told apart by one; never a person, never an
    id, never a path. It must look like one of our own names.
C3  docs/telemetry.md says what each means; tests/house holds the page and this file together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

OURS = re.compile(r"[a-z][a-z_-]{0,39}")


class Unit(StrEnum):
    COUNT = "count"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """`by`: what it is told apart by, or nothing."""

    name: str
    unit: Unit
    by: str | None = None


def _counts(family: str, *names: str) -> tuple[Metric, ...]:
    return tuple(Metric(name=f"{family}.{name}", unit=Unit.COUNT) for name in names)


def _seconds(*names: str) -> tuple[Metric, ...]:
    return tuple(Metric(name=name, unit=Unit.SECONDS) for name in names)


DECLARED: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            *_counts("ingest", "taken-in", "quarantined", "repeated", "overwritten", "gone", "not-footage"),
            *_counts(
                "fixity", "verified", "mismatch", "unclaimed", "missing", "nothing-to-do", "malformed", "poisoned"
            ),
            *_counts("weed", "weeded", "kept", "failed"),
            *_counts("reconcile", "not-indexed", "missing", "overwritten", "metadata-changed", "resurfaced"),
            *_counts("reconcile", "archived", "leased", "hash-overdue", "condemned-overdue", "failed"),
            *_counts("reconcile", "counts-differ"),
            *_counts("session", "started", "ended", "late"),
            *_counts("seal", "sealed", "pending"),
            *_counts("ledger", "size", "unaccounted"),
            *_counts("cosign", "kept", "elsewhere"),
            Metric(name="refused", unit=Unit.COUNT, by="code"),
            Metric(name="fault", unit=Unit.COUNT, by="verb"),
            *_seconds("ingest.after-upload", "fixity.after-upload", "fixity.queued", "weed.overdue"),
            *_seconds("seal.oldest-pending", "cosign.silent"),
            Metric(name="verb.took", unit=Unit.SECONDS, by="verb"),
        )
    }
)


def declared(name: str, unit: Unit, of: str | None) -> bool:
    """Whether this may be told: a name of that unit, with `of` exactly where it is told apart by one."""
    metric = DECLARED.get(name)
    if metric is None or metric.unit is not unit or (of is None) != (metric.by is None):
        return False
    return of is None or OURS.fullmatch(of) is not None
