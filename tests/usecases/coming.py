"""Somebody who comes to the desk again and again, and what is kept and entered of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.session import Session
from shared.usecases.attend import Attended, attend, touch
from tests.builders import NOW, a_caller, an_asking
from tests.fakes import World
from tests.usecases.scenes import entries

IDLE = timedelta(minutes=15)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
BYRON = a_caller()


async def comes(world: World, at: datetime = NOW, **who: object) -> Attended:
    """A request: they attend and are seen, as the desk has it."""
    caller = replace(BYRON, **who)  # type: ignore[arg-type]
    asking = an_asking(at=at, session=None, request=f"request at {at}")
    found = await attend(caller, idle=IDLE, asking=asking, records=world.records)
    await touch(found.held, asking=asking, records=world.records)
    return found


def kept(world: World) -> list[Session]:
    found = [record for record in world.records.everything() if isinstance(record, Session)]
    return sorted(found, key=lambda session: (session.key, session.number))


def told(world: World) -> list[tuple[str, str]]:
    return [(entry.action, entry.subject.rpartition("-")[2]) for entry in entries(world)]
