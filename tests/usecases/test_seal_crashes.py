"""Two sealers of whom one dies, or both, at any call: one history, seen from outside at every moment, fsck clean."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.fakes import Moment, Outage, World
from tests.usecases.schedules import Choose, Ended, interleave
from tests.usecases.seal_watched import Witness, keys_of, must_be_clean
from tests.usecases.sealing import checkpoints, copied, must_be_one_history, sealing, wait

BEFORE, WAITING = 254, 4  # what waits ends one bundle and begins the next, whoever takes how many
EARLY, LATE = 2, 3  # how many the two sealers take at a time, so that their batches differ
CALLS = 56  # of the one that dies, and of the other, if nobody is in its way


@dataclass(frozen=True, slots=True, kw_only=True)
class Crash:
    """The other is `ahead` by so many calls; then one goes on to its call `at` and dies, and perhaps the other too."""

    at: int
    moment: Moment
    ahead: int
    both: bool

    def choose(self) -> Choose:
        """The first task is the one that dies, the second the other."""
        left = iter(range(self.ahead))
        return lambda options: options - 1 if next(left, None) is not None else 0

    def breaks(self, world: World) -> None:
        """Calls count from where they begin, and both have begun their first before either goes on."""
        world.faults.break_call(1 if self.at == 1 else self.ahead + 1 + self.at, self.moment)
        if self.both:
            world.faults.break_call(self.ahead + 2, self.moment)


def crashes(step: int) -> Iterator[Crash]:
    """Every `step`-th of all there are: in all of them each dies at every call, with the other at every call."""
    every = product(range(1, CALLS + 1), range(CALLS), Moment, (False, True))
    for number, (at, ahead, moment, both) in enumerate(every):
        if number % step == 0:
            yield Crash(at=at, ahead=ahead, moment=moment, both=both)


@pytest.fixture(scope="module")
async def sealed() -> World:
    world = World()
    wait(world, BEFORE)
    await sealing(world)
    wait(world, WAITING - 1)
    wait(world, 1, pk="clip-2")
    return world


async def crashed(world: World, crash: Crash, witness: Witness) -> list[Ended]:
    """What became of the two; after them both the world is whole again, and nobody runs."""
    undisturbed = World().faults.pause
    crash.breaks(world)
    runs = [sealing(world, most=EARLY), sealing(world, most=LATE, key="run-2")]
    ended = await interleave(world, runs, witness.watching(crash.choose()))
    witness.look()
    world.faults.pause = undisturbed
    world.faults.mend()
    return ended


async def test_one_alone_makes_as_many_calls_as_are_broken_here(sealed: World) -> None:
    for most in (EARLY, LATE):
        world = copied(sealed)
        await sealing(world, most=most)
        assert len(world.faults.calls) <= CALLS


@pytest.mark.parametrize("step", [401, pytest.param(13, marks=pytest.mark.slow)])
async def test_wherever_one_of_two_sealers_dies_or_both_do_there_is_one_history(
    sealed: World, tmp_path: Path, step: int
) -> None:
    died = 0
    for number, crash in enumerate(crashes(step)):
        world = copied(sealed)
        witness = Witness(world, await keys_of(world))
        ended = await crashed(world, crash, witness)
        assert {type(each.raised) for each in ended} <= {type(None), Outage}, crash
        died += any(each.raised for each in ended)
        seen = checkpoints(world)
        await sealing(world, key="run-3")
        witness.look()
        must_be_one_history(world, entries=BEFORE + WAITING)
        assert checkpoints(world).items() >= seen.items(), crash
        must_be_clean(world, witness.keys, tmp_path / str(number))
    assert died > number // 2
