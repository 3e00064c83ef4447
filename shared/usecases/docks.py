"""Docks: the register of the devices that may hand footage over."""

from collections.abc import Sequence

from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.footage import Dock
from shared.domain.naming import slug
from shared.errors import Conflict, Malformed, PreconditionMissing, Stale
from shared.ports import Create, Held, Records, Replace
from shared.usecases.commit import commit


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
        raise Conflict("this Idempotency-Key was used for another change", field="Idempotency-Key")
    return held


async def list_docks(*, asking: Asking, records: Records) -> Sequence[Dock]:
    draft = Draft(
        asking=asking,
        pk=f"actor:{asking.actor.id}",
        action="docks.listed",
        operation=Operation.ADMINISTRATION,
        subject="docks",
    )
    await commit(records, draft)
    return await records.docks()


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
