"""Probe: each thing by name and whether it answered, whatever it does instead of answering."""

import asyncio

import pytest

from shared.adapters.probe import ProbeAll
from shared.domain.health import Backlog
from tests.builders import NOW
from tests.fakes import FakeProbe


async def answers() -> str:
    return "anything"


async def fails() -> None:
    raise OSError("no route to 10.0.0.4")


async def fails_oddly() -> None:
    raise KeyError


async def never_answers() -> None:
    await asyncio.Event().wait()


async def test_each_thing_is_told_by_name_and_by_whether_it_answered() -> None:
    probe = ProbeAll(
        {"records": answers, "footage": fails, "queue": fails_oddly, "vault": never_answers}, patience=0.05
    )
    assert await probe.ready() == {"records": True, "footage": False, "queue": False, "vault": False}


async def waits() -> Backlog:
    return Backlog(count=3, oldest=NOW)


async def nothing_waits() -> Backlog:
    return Backlog(count=0)


async def never_tells() -> Backlog:
    await asyncio.Event().wait()
    raise AssertionError("it was waited for")


async def fails_to_tell() -> Backlog:
    raise OSError("no route to 10.0.0.5")


async def test_each_backlog_is_told_by_name_and_one_that_does_not_answer_in_time_is_none() -> None:
    asked = {"fixity": waits, "letters": nothing_waits, "poison": fails_to_tell, "other": never_tells}
    told = await ProbeAll({}, asked, patience=0.05).backlogs()
    assert told == {"fixity": Backlog(count=3, oldest=NOW), "letters": Backlog(count=0), "poison": None, "other": None}


async def test_where_no_backlog_may_be_asked_after_none_is_told() -> None:
    assert await ProbeAll({"records": answers}).backlogs() == {}


async def test_all_are_asked_at_once() -> None:
    """Each waits for the other: asked one after another, neither would answer."""
    here, there = asyncio.Event(), asyncio.Event()

    async def meet(arrive: asyncio.Event, wait: asyncio.Event) -> None:
        arrive.set()
        await wait.wait()

    probe = ProbeAll({"one": lambda: meet(here, there), "other": lambda: meet(there, here)})
    assert await probe.ready() == {"one": True, "other": True}


async def test_a_check_that_cannot_even_begin_did_not_answer() -> None:
    def broken() -> "asyncio.Future[None]":
        raise ImportError("no such adapter")

    assert await ProbeAll({"records": broken}).ready() == {"records": False}


async def test_whoever_gives_up_waiting_is_let_go() -> None:
    asking = asyncio.create_task(ProbeAll({"vault": never_answers}).ready())
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_the_fake_tells_what_a_test_put_down() -> None:
    probe = FakeProbe()
    assert all((await probe.ready()).values())
    probe.answers["vault"] = False
    assert (await probe.ready())["vault"] is False
    probe.waits["fixity"] = Backlog(count=3, oldest=NOW)
    assert (await probe.backlogs())["fixity"] == Backlog(count=3, oldest=NOW)
    probe.faults.break_every("probe.backlogs")
    assert set((await probe.backlogs()).values()) == {None}
