"""Evidence is unmarked by two people: whatever one person does, in whatever order and guise, it stays evidence.

The person has two accounts in the directory, an ordinary one and an administrator's, and one officer id. They come as
an officer and as an evidence manager, with tokens that say the officer id and with tokens that do not, or send an
application of theirs, in one session and in another, and they sign each request with a key of its own or with one that
they have used before.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.access import Role
from shared.domain.approve import Unmarking, Verdict
from shared.domain.entry import ActorKind, Asking
from shared.domain.footage import Decision, Evidential
from shared.errors import Refusal
from shared.usecases.approve import ask_approval, decide_approval
from shared.usecases.categorise import Category, categorise
from shared.usecases.undo import undo
from tests.builders import FORCE, NOW, OFFICER, RECORDING, a_clip, a_decision, an_actor, an_asking
from tests.domain.chance import steady
from tests.fakes import World
from tests.usecases.scenes import actions, the_clip

ACCOUNT = "2f6f9a0e-5d57-4f0e-9f0b-1c7f6a9f7d11"
ADMINISTRATOR = "2f6f9a0e-5d57-4f0e-9f0b-1c7f6a9f7dff"
Act = Callable[[World, Asking, Evidential], Awaitable[object]]


async def clip_version(world: World) -> str:
    held = await world.records.clip(RECORDING)
    return held.version if held else ""


async def asks(world: World, asking: Asking, evidential: Evidential) -> object:
    said = Unmarking(category="other", evidential=evidential, why="it is the wrong clip")
    version = await clip_version(world)
    return await ask_approval(RECORDING, said, version=version, reach=FORCE, asking=asking, records=world.records)


async def grants(world: World, asking: Asking, _evidential: Evidential) -> object:
    held = await world.records.approval(RECORDING)
    verdict = Verdict(granted=True, why="so I say")
    version = held.version if held else ""
    return await decide_approval(RECORDING, verdict, version=version, reach=FORCE, asking=asking, records=world.records)


async def refuses(world: World, asking: Asking, _evidential: Evidential) -> object:
    held = await world.records.approval(RECORDING)
    verdict = Verdict(granted=False, why="so I say")
    version = held.version if held else ""
    return await decide_approval(RECORDING, verdict, version=version, reach=FORCE, asking=asking, records=world.records)


async def categorises(world: World, asking: Asking, evidential: Evidential) -> object:
    said = Category(name="other", evidential=evidential, why="nothing to see")
    version = await clip_version(world)
    return await categorise(RECORDING, said, version=version, reach=FORCE, asking=asking, records=world.records)


async def undoes(world: World, asking: Asking, _evidential: Evidential) -> object:
    version = await clip_version(world)
    return await undo(RECORDING, "not what I meant", version=version, reach=FORCE, asking=asking, records=world.records)


Steps = Sequence[tuple[Act, Asking, Evidential]]
ACTS: Sequence[Act] = (asks, grants, refuses, categorises, undoes)


@st.composite
def guises(draw: st.DrawFn) -> Asking:
    role = draw(st.sampled_from([Role.OFFICER, Role.EVIDENCE_MANAGER]))
    account, officer = draw(st.sampled_from([ACCOUNT, ADMINISTRATOR])), draw(st.sampled_from([OFFICER, None]))
    kind = draw(st.sampled_from([ActorKind.PERSON, ActorKind.SERVICE]))
    actor = an_actor(id=officer or account, kind=kind, role=role)
    session, key = draw(st.sampled_from(["one", "other"])), draw(st.sampled_from(["key", *map(str, range(20))]))
    signed = {"session": session, "key": f"{actor.id}\n{key}", "request": key}
    return an_asking(actor=actor, subject=account, officer=officer, **signed)


STEPS = st.lists(st.tuples(st.sampled_from(ACTS), guises(), st.sampled_from(Evidential)), min_size=1, max_size=12)


async def afterwards(steps: Steps) -> World:
    """One step a minute; what is refused is refused, and the next is tried."""
    world = World()
    world.records.put(a_clip(decision=a_decision(evidential=Evidential.YES), undoable=Decision()))
    for minute, (act, asking, evidential) in enumerate(steps, start=1):
        with contextlib.suppress(Refusal):
            await act(world, replace(asking, at=NOW + timedelta(minutes=minute)), evidential)
    return world


@steady
@given(steps=STEPS)
def test_whatever_one_person_does_alone_evidence_stays_evidence(
    steps: Steps,
) -> None:
    world = asyncio.run(afterwards(steps))
    assert the_clip(world).decision.evidential is Evidential.YES
    assert not {"approval.granted", "approval.refused"} & set(actions(world))


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
async def test_with_a_second_person_it_is_unmarked(evidential: Evidential) -> None:
    first = an_asking(subject=ACCOUNT, key="ask")
    second = an_asking(actor=an_actor(id="P2001"), subject="another", key="grant", request="grant")
    world = await afterwards([(asks, first, evidential), (grants, first, evidential), (grants, second, evidential)])
    assert the_clip(world).decision.evidential is evidential
    assert actions(world) == ["approval.asked", "approval.granted"]


async def test_what_two_people_unmarked_neither_of_them_undoes() -> None:
    first = an_asking(subject=ACCOUNT, key="ask")
    second = an_asking(actor=an_actor(id="P2001"), subject="another", key="grant", request="grant")
    undone = [(undoes, replace(who, key="undo"), Evidential.NO) for who in (first, second)]
    world = await afterwards([(asks, first, Evidential.NO), (grants, second, Evidential.NO), *undone])
    assert actions(world) == ["approval.asked", "approval.granted"]


async def test_evidence_again_it_takes_two_people_again() -> None:
    first = an_asking(subject=ACCOUNT, key="ask")
    second = an_asking(actor=an_actor(id="P2001"), subject="another", key="grant", request="grant")
    unmarked = [(asks, first, Evidential.NO), (grants, second, Evidential.NO)]
    marked = [(categorises, replace(first, key="mark"), Evidential.YES)]
    alone = [(act, replace(second, key=str(n)), Evidential.NO) for n, act in enumerate((categorises, undoes, grants))]
    world = await afterwards([*unmarked, *marked, *alone])
    assert the_clip(world).decision.evidential is Evidential.YES
