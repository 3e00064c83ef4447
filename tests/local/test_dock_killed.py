"""A dock that is killed goes on where it was: no block that storage acknowledged is sent a second time."""

import asyncio
import hashlib
import json
import random
from pathlib import Path

import pytest
from aiohttp import web

from local.docking.upload import IN_FLIGHT
from tests.local.dock_killed import Killable, until
from tests.local.dock_stand_in import Failure, Service, status

BLOCKS = 14


def all_of(killable: Killable) -> list[str]:
    return [f"{number:08d}" for number in range(killable.blocks)]


def is_whole(service: Service, killable: Killable) -> bool:
    (blob,) = service.blobs.values()
    with killable.path.open("rb") as file:
        return blob.sha256 == hashlib.file_digest(file, "sha256").hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 8))
async def test_killed_at_random_blocks_it_sends_each_block_once(service: Service, tmp_path: Path, seed: int) -> None:
    dice, killable = random.Random(seed), Killable(service.url, tmp_path, blocks=BLOCKS)  # noqa: S311 - a test's dice
    for _ in range(2):
        count = dice.randint(1, 5)
        service.answer_blocks(count)
        expected = len(killable.noted()) + count
        async with killable.docking():
            await until(lambda: len(killable.noted()) == expected, f"{expected} blocks noted")  # noqa: B023
            # one that is still being read would be taken after the kill, and nobody would know
            await until(lambda: service.in_flight == service.hanging == min(IN_FLIGHT, BLOCKS - expected), "a hang")  # noqa: B023
        assert killable.noted() == set(service.staged)
    await service.settled()
    service.answer_blocks(None)
    code, out = await killable.to_the_end()
    assert (code, sorted(service.staged), is_whole(service, killable)) == (0, all_of(killable), True)
    assert [wish.get("recording") for wish in service.grants] == [None, "rec-1", "rec-1"]
    assert json.loads(out.splitlines()[-1])["resumed"] > 0
    assert not killable.journal.exists()


@pytest.mark.slow
async def test_killed_in_full_flight_again_and_again_no_noted_block_is_sent_again(
    service: Service, tmp_path: Path
) -> None:
    dice, killable = random.Random(5), Killable(service.url, tmp_path, blocks=40)  # noqa: S311 - a test's dice
    kills = 0
    while len(service.staged) < 30 and kills < 12:
        noted, before = killable.noted(), len(service.staged)
        upto = before + dice.randint(1, 8)
        async with killable.docking():
            await until(lambda: len(service.staged) >= upto, "blocks arrive")  # noqa: B023
        kills += 1
        assert noted.isdisjoint(service.staged[before:])
    noted, before = killable.noted(), len(service.staged)
    code, _ = await killable.to_the_end()
    assert (code, is_whole(service, killable), kills >= 3) == (0, True, True)
    assert noted.isdisjoint(service.staged[before:])
    assert len(service.staged) <= len(set(service.staged)) + kills * IN_FLIGHT


def held_up(arrived: asyncio.Event, after: Failure | None = None) -> Failure:
    """Says that the request is there, does what it asks or not, and never answers."""

    async def hangs(request: web.Request) -> web.StreamResponse:
        if after:
            await after(request)
        arrived.set()
        await asyncio.Event().wait()
        return web.Response()

    return hangs


@pytest.mark.parametrize("what, is_done", [("commit", False), ("commit", True), ("receipt", False)])
async def test_killed_at_the_commit_or_later_it_sends_no_block_again(
    service: Service, tmp_path: Path, what: str, is_done: bool
) -> None:
    killable, arrived = Killable(service.url, tmp_path, blocks=3), asyncio.Event()
    service.fail(what, held_up(arrived, service._commit if is_done else None))
    async with killable.docking():
        await asyncio.wait_for(arrived.wait(), 30)
    code, out = await killable.to_the_end()
    assert (code, sorted(service.staged), is_whole(service, killable)) == (0, all_of(killable), True)
    assert json.loads(out.splitlines()[-1]).items() >= {"docked": 1, "sent": 0, "resumed": 3 * 8388608 - 3}.items()
    assert not killable.journal.exists()


async def test_a_grant_that_ran_out_meanwhile_is_renewed_and_the_rest_is_sent(service: Service, tmp_path: Path) -> None:
    killable = Killable(service.url, tmp_path, blocks=6)
    service.answer_blocks(2)
    async with killable.docking():
        await until(lambda: len(killable.noted()) == 2, "two blocks noted")
    await service.settled()
    service.answer_blocks(None)
    service.grant_is_over()
    service.expires_after = 4  # and so does the fresh one, two blocks later
    code, out = await killable.to_the_end()
    assert (code, sorted(service.staged)) == (0, all_of(killable))
    assert [wish.get("recording") for wish in service.grants] == [None, "rec-1", "rec-1"]
    assert [json.loads(line)["event"] for line in out.splitlines()].count("renewed") == 1


@pytest.mark.slow
async def test_a_file_that_changed_meanwhile_is_docked_anew(service: Service, tmp_path: Path) -> None:
    killable = Killable(service.url, tmp_path, blocks=5)
    service.answer_blocks(2)
    async with killable.docking():
        await until(lambda: len(killable.noted()) == 2, "two blocks noted")
    await service.settled()
    service.answer_blocks(None)
    with killable.path.open("r+b") as file:
        file.write(b"changed")
    code, _ = await killable.to_the_end()
    assert (code, len(service.staged), is_whole(service, killable)) == (0, 2 + 5, True)
    assert [wish.get("recording") for wish in service.grants] == [None, None]
    assert list(service.blobs) == ["rec-2"]


@pytest.mark.slow
async def test_a_service_that_no_longer_knows_the_recording_gives_a_new_grant(service: Service, tmp_path: Path) -> None:
    killable = Killable(service.url, tmp_path, blocks=5)
    service.answer_blocks(2)
    async with killable.docking():
        await until(lambda: len(killable.noted()) == 2, "two blocks noted")
    await service.settled()
    service.answer_blocks(None)
    service.fail("grant", status(404))
    code, _ = await killable.to_the_end()
    assert (code, list(service.blobs), is_whole(service, killable)) == (0, ["rec-2"], True)
    assert len(service.staged) == 2 + 5


async def test_blocks_that_storage_threw_away_are_sent_again(service: Service, tmp_path: Path) -> None:
    killable = Killable(service.url, tmp_path, blocks=5)
    service.answer_blocks(2)
    async with killable.docking():
        await until(lambda: len(killable.noted()) == 2, "two blocks noted")
    await service.settled()
    service.answer_blocks(None)
    service.forget_blocks()
    code, out = await killable.to_the_end()
    assert (code, is_whole(service, killable)) == (0, True)
    assert "no longer has all the blocks it acknowledged" in out
    assert len(service.staged) == 2 + 3 + 5
