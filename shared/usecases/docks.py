"""Docks: the register of the devices that may hand footage over, and how each of them does."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.domain.activity import Activity, Handed, activity, begins
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.footage import Dock, DockId
from shared.domain.naming import slug
from shared.domain.worklist import UNMET_AFTER
from shared.errors import Malformed, NotFound, PreconditionMissing, Stale
from shared.ports import Create, Held, Place, Records, Replace
from shared.usecases.commit import commit
from shared.usecases.once import used_before

PAGE = 1000
MOST_TOLD = 1000  # of unmet grants and of refusals: a dock with more is as sick as one with a thousand


@dataclass(frozen=True, slots=True)
class Registered:
    """A dock of the register, and when it last had an answer, if ever."""

    held: Held[Dock]
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Observed:
    """A dock, when it was last seen, and what it did in the last seven days."""

    held: Held[Dock]
    last_seen: datetime | None
    activity: Activity


async def register_dock(dock: Dock, *, version: str | None, asking: Asking, records: Records) -> Held[Dock]:
    """Add a dock, or change the one that `version` names. Raises Stale if the register says otherwise."""
    if not slug(dock.borough):
        raise Malformed("a borough has a letter from A to Z or a digit in it: paths are made of them", field="borough")
    known = await records.dock(dock.id)
    if (known.version if known else None) != version:
        if known and known.record == dock:
            return known
        if known and version is None:
            raise PreconditionMissing("the dock is registered: send its ETag as If-Match", field="If-Match")
        raise Stale("the dock changed after it was read, or is registered already")
    draft = Draft(
        asking=asking,
        pk=dock.pk,
        action="dock.registered",
        operation=Operation.ADMINISTRATION,
        subject=dock.id,
        borough=dock.borough,
        changes=tuple(_changes(known.record if known else None, dock)),
    )
    committed = await commit(records, draft, Replace(dock, known.version) if known else Create(dock))
    held = await records.dock(dock.id)
    if held is None:
        raise LookupError(f"the dock {dock.id} was written and then not found")
    if committed.again and held.record != dock:
        raise used_before("another change")
    return held


async def list_docks(*, asking: Asking, records: Records) -> Sequence[Registered]:
    """The register, by id. When each was last seen is its sighting alone: two questions, however many docks."""
    draft = Draft(
        asking=asking,
        pk=asking.own_trail,
        action="docks.listed",
        operation=Operation.ADMINISTRATION,
        subject="docks",
    )
    await commit(records, draft)
    seen = {sighting.dock: sighting.at for sighting in await records.sightings()}
    return [Registered(held, seen.get(held.record.id)) for held in await records.docks()]


async def read_dock(dock: DockId, *, asking: Asking, records: Records) -> Observed:
    """One dock and its activity, worked out from what it handed over. Raises NotFound for one never registered."""
    held = await records.dock(dock)
    if held is None:
        raise NotFound("there is no such dock")
    draft = Draft(
        asking=asking,
        pk=held.record.pk,
        action="dock.read",
        operation=Operation.ADMINISTRATION,
        subject=dock,
        borough=held.record.borough,
    )
    await commit(records, draft)
    since = begins(asking.at)
    handed = await _handed_over(dock, since, records)
    unmet = await records.unmet(asking.at - UNMET_AFTER, after=None, limit=MOST_TOLD, dock=dock, since=since)
    refusals = await records.refusals_of(dock, since=since, limit=MOST_TOLD)
    seen = await _last_seen(dock, handed, records)
    return Observed(held, seen, activity(handed, unmet, refusals, now=asking.at))


async def _handed_over(dock: DockId, since: datetime, records: Records) -> Sequence[Handed]:
    found: list[Handed] = []
    after: Place | None = None
    while page := await records.handed_over(dock, since=since, after=after, limit=PAGE):
        found += page
        after = Place(page[-1].uploaded_at, page[-1].id)
    return found


async def _last_seen(dock: DockId, handed: Sequence[Handed], records: Records) -> datetime | None:
    """The newest of its grant, its clips and its sighting, which a receipt leaves too."""
    grant, sighting = await records.newest_grant(dock), await records.sighting(dock)
    times = [clip.uploaded_at for clip in handed[:1]]
    times += [grant.granted_at] if grant else []
    times += [sighting.record.at] if sighting else []
    return max(times, default=None)


def _changes(before: Dock | None, after: Dock) -> list[Change]:
    old = _texts(before) if before else {}
    return [
        Change(field=name, before=old.get(name), after=text)
        for name, text in _texts(after).items()
        if old.get(name) != text
    ]


def _texts(dock: Dock) -> dict[str, str]:
    return {
        "station": dock.station,
        "borough": dock.borough,
        "client": dock.client,
        "addresses": ", ".join(dock.addresses),
        "enabled": "yes" if dock.enabled else "no",
    }
