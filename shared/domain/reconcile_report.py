"""The report of a run of reconcile: what it found, and how far it came; kept while it runs, so that a crash leaves it.

A finding is counted once, before anything is done about it: `counted_to` says up to which path of a place that was
done, so that a run taken up again mends what is left and counts nothing twice. A run that ended looked at every place
it meant to. One that did not ended neither well nor badly: asked again with its key, it goes on.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar

from shared.domain.entry import uuid8
from shared.domain.reconcile import Finding
from shared.domain.reconcile_rounds import Turn

NAMED = 100  # ids of each finding; the count goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often one thing was found, and on which clips: the first of them, by their ids."""

    finding: Finding
    count: int = 0
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfinished:
    """A place that was begun. What was found at `counted_to` and before it is in the tallies."""

    place: Turn
    counted_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """`prefix`: all that was asked for; none is a night's round. `reached`: the last place that was looked at."""

    kind: ClassVar[str] = "reconciliation"
    id: ClassVar[str] = "reconciliation"

    run: str
    dry_run: bool
    started_at: datetime
    prefix: str | None = None
    round: bool
    places_done: int = 0
    reached: Turn | None = None
    unfinished: tuple[Unfinished, ...] = ()
    tallies: tuple[Tally, ...] = ()
    ended_at: datetime | None = None

    @property
    def pk(self) -> str:
        return f"run:{self.run}"


def run_of(key: str) -> str:
    """The id of the run that an operation key asks for: the same key asks for the same run."""
    return str(uuid8(hashlib.sha256(f"reconciliation\n{key}".encode()).digest()))


def begun(
    run: str, *, dry_run: bool, prefix: str | None, now: datetime, before: Reconciliation | None
) -> Reconciliation:
    """A run at its beginning. A round goes on where the one `before` it stopped, or afresh if that ended tonight."""
    over = before is not None and before.ended_at is not None and before.started_at.date() == now.date()
    reached = before.reached if before and not over else None
    owed = tuple(Unfinished(place=each.place, counted_to="") for each in before.unfinished) if before else ()
    return Reconciliation(
        run=run,
        dry_run=dry_run,
        prefix=prefix,
        round=prefix is None and not dry_run,
        started_at=now,
        reached=reached,
        unfinished=owed,
    )


def counted_to(report: Reconciliation, place: Turn) -> str:
    """Up to which path the findings of the place are counted; "" is none."""
    return next((begun.counted_to for begun in report.unfinished if begun.place.prefix == place.prefix), "")


def counted(report: Reconciliation, place: Turn, *, to: str, found: Sequence[tuple[Finding, str]]) -> Reconciliation:
    """With these findings, which lie beyond what was counted of the place before."""
    others = tuple(begun for begun in report.unfinished if begun.place.prefix != place.prefix)
    tallies = {tally.finding: tally for tally in report.tallies}
    for finding, clip in found:
        tally = tallies.get(finding, Tally(finding=finding))
        first = tally.first if len(tally.first) >= NAMED or clip in tally.first else (*tally.first, clip)
        tallies[finding] = replace(tally, count=tally.count + 1, first=first)
    begun = Unfinished(place=place, counted_to=to)
    ordered = tuple(tallies[finding] for finding in Finding if finding in tallies)
    return replace(report, unfinished=(*others, begun), tallies=ordered)


def passed(report: Reconciliation, place: Turn, *, whole: bool) -> Reconciliation:
    """The place was looked at; `whole`: and nothing of it is left to do."""
    begun = report.unfinished
    left = tuple(each for each in begun if not whole or each.place.prefix != place.prefix)
    if not whole and place.prefix not in {each.place.prefix for each in left}:
        left = (*left, Unfinished(place=place, counted_to=""))
    reached = place if report.reached is None else max(report.reached, place)
    return replace(report, unfinished=left, reached=reached, places_done=report.places_done + whole)
