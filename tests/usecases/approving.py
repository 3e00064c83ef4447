"""Evidence that Byron asks to be evidence no longer, the manager who decides, and what may come between."""

from datetime import timedelta
from typing import Any

from shared.domain.access import Reach
from shared.domain.approve import Approval, Unmarking, Verdict
from shared.domain.entry import Asking
from shared.domain.footage import Evidential
from shared.ports import Held
from shared.usecases.approve import ask_approval, decide_approval
from shared.usecases.categorise import Category, categorise
from shared.usecases.correct import Officer, correct_officer
from tests.builders import (
    FORCE,
    NOW,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_clip,
    a_decision,
    an_actor,
    an_asking,
)
from tests.fakes import World

WRONG = Unmarking(category="other", evidential=Evidential.NO, why="it is the wrong clip")
YES, NO = Verdict(granted=True, why="I watched it"), Verdict(granted=False, why="the knife is in it")
STILL = Category(name="arrest", evidential=Evidential.YES, why="it is the arrest")
LATER = NOW + timedelta(minutes=1)
EVIDENCE = a_decision(evidential=Evidential.YES, at=NOW - timedelta(days=1))


def evidence() -> World:
    made = World()
    made.records.put(a_clip(decision=EVIDENCE))
    return made


def by_the_manager(key: str = "verdict") -> Asking:
    actor = an_actor(id="P2001", name="Insp Lovelace", role="evidence-manager")
    return an_asking(actor=actor, subject="manager", at=LATER, key=key, request=key)


async def ask(
    world: World,
    said: Unmarking = WRONG,
    *,
    key: str = "ask",
    reach: Reach = FORCE,
    version: str | None = None,
    **changes: Any,
) -> Held[Approval]:
    asking = an_asking(**{"subject": "ada", "key": key, "request": key} | changes)
    held = await world.records.clip(RECORDING)
    assert held is not None
    return await ask_approval(
        RECORDING, said, version=version or held.version, reach=reach, asking=asking, records=world.records
    )


async def version_of(world: World) -> str:
    held = await world.records.approval(RECORDING)
    return held.version if held else ""


async def decide(
    world: World, verdict: Verdict = YES, *, asking: Asking | None = None, version: str | None = None
) -> Held[Approval]:
    return await decide_approval(
        RECORDING,
        verdict,
        version=version or await version_of(world),
        reach=FORCE,
        asking=asking or by_the_manager(),
        records=world.records,
    )


async def categorise_again(world: World, version: str | None = None) -> None:
    held = await world.records.clip(RECORDING)
    assert held is not None
    asking = an_asking(key="again", request="again")
    seen = version or held.version
    await categorise(RECORDING, STILL, version=seen, reach=FORCE, asking=asking, records=world.records)


async def correct(world: World) -> None:
    held = await world.records.clip(RECORDING)
    assert held is not None
    said = Officer(id=OTHER_OFFICER, borough=OTHER_BOROUGH, why="on loan")
    asking = an_asking(key="c")
    await correct_officer(RECORDING, said, version=held.version, reach=FORCE, asking=asking, records=world.records)
