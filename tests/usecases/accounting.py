"""Scenes of accounting: entries that somebody takes away behind the service, and a night that looks for them."""

from collections.abc import Coroutine, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.account import Accounting, Finding
from shared.domain.entry import Asking, Entry, Trail
from shared.domain.seal import LEDGER
from shared.usecases.account import Accounted, account
from tests.builders import NOW
from tests.fakes import World
from tests.usecases.scenes import assert_trails_whole, by_the_service, entries

DAY = timedelta(days=1)
Told = list[tuple[str, str | None, str | None]]


def accounting(world: World, asking: Asking, *, lasts: int = 10**9, group: int = 64) -> Coroutine[Any, Any, Accounted]:
    """`lasts`: how often the run may look at the clock before its time is over."""
    looks = iter(range(lasts))
    return account(
        asking=asking,
        now=lambda: asking.at,
        records=world.records,
        feed=world.feed,
        files=world.ledger,
        metrics=world.metrics,
        out_of_time=lambda: next(looks, None) is None,
        at_once=4,
        group=group,
    )


def a_night(
    world: World, night: int = 0, *, lasts: int = 10**9, group: int = 64, key: str | None = None
) -> Coroutine[Any, Any, Accounted]:
    asking = replace(by_the_service(key=key or f"night-{night}"), at=NOW + night * DAY)
    return accounting(world, asking, lasts=lasts, group=group)


def take_away(world: World, taken: Iterable[Entry]) -> None:
    for entry in taken:
        del world.records._records[entry.pk, entry.id]


def cut_off(world: World, pk: str, number: int) -> list[Entry]:
    """What is at the end of a trail is taken away, and its record set back: within it nothing is missing."""
    *_, last = kept = entries(world, pk)[:-number]
    taken = entries(world, pk)[len(kept) :]
    (trail,) = (each for each in world.records.everything() if isinstance(each, Trail) and each.pk == pk)
    following = taken[0].previous
    assert following is not None
    take_away(world, taken)
    world.records.put(replace(trail, count=last.number, last=following, at=last.occurred_at))
    assert_trails_whole(world)
    return taken


def at_leaves(world: World, *leaves: int) -> list[Entry]:
    by_leaf = {entry.leaf: entry for entry in entries(world)}
    return [by_leaf[str(leaf)] for leaf in leaves]


def reached(world: World) -> Accounting:
    (found,) = (each for each in world.records.everything() if isinstance(each, Accounting))
    return found


def told(world: World) -> Told:
    """What the ledger's own trail tells was not accounted for."""
    found = [entry for entry in entries(world, LEDGER) if entry.action == "ledger.unaccounted"]
    return [(change.field, change.before, change.after) for entry in found for change in entry.changes]


def as_told(taken: Iterable[Entry], finding: Finding) -> Told:
    return [(f"leaf-{entry.leaf}", entry.id, finding) for entry in taken]
