"""What the doors show of docks: the register, and how one of them does."""

from datetime import date, datetime
from typing import Self

from functions.parsing import version_out
from functions.shown import Shown
from shared.domain.footage import Dock
from shared.ports import Held


class ShownDock(Shown):
    """A dock; `version` goes into If-Match."""

    id: str
    version: str
    station: str
    borough: str
    client: str
    addresses: tuple[str, ...]
    enabled: bool

    @classmethod
    def of(cls, held: Held[Dock], **more: object) -> Self:
        facts = {name: getattr(held.record, name) for name in cls.model_fields if hasattr(held.record, name)}
        return cls.model_validate({**facts, "version": version_out(held.version), **more})


class ShownRegistered(ShownDock):
    """A dock of the register, and when it last had an answer, to the minute."""

    last_seen: datetime | None


class ShownDocks(Shown):
    docks: tuple[ShownRegistered, ...]


class ShownDay(Shown):
    date: date
    clips: int
    bytes: int


class ShownNumber(Shown):
    of: str
    number: int


class ShownActivity(Shown):
    """The last seven days, UTC. Of unmet grants and of refusals at most a thousand are counted."""

    days: tuple[ShownDay, ...]
    quarantined: tuple[ShownNumber, ...]
    mismatches: int
    unmet_grants: int
    refused: tuple[ShownNumber, ...]


class ShownObserved(ShownRegistered):
    """A dock with what it did."""

    activity: ShownActivity
