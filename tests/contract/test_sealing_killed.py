"""Two sealers killed at any moment, again and again, while entries come: one history with every entry in it once."""

import asyncio
import multiprocessing
import random
import signal
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from azure.cosmos.aio import ContainerProxy
from azure.storage.blob.aio import ContainerClient

from shared.domain.document import from_document
from shared.domain.entry import Entry, stored
from shared.domain.ledger import EMPTY_ROOT, check_consistency, commitment, leaf_line
from shared.domain.note import parsed_checkpoint
from shared.domain.tiles import ENTRIES, FULL, parsed_bundle, tile_in
from shared.usecases.commit import commit
from shared.usecases.prove import consistency, newest
from tests.builders import a_draft, an_asking, fresh_id
from tests.contract.counted import must_be_counted
from tests.contract.sealer import Sealer, Where, seal_without_end
from tools.verifying.report import Report
from tools.verifying.signed import Keys, checked_checkpoint

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SEED, KILLS = 6_000, 240  # of both sealers together
MOSTS = (7, 11)  # entries of a batch of the one and of the other, so that their batches differ
LIVES = 0.5  # seconds at most, from when it is connected
TRAILS, PAUSE_SECONDS, LOOKS_EVERY = 12, 0.03, 0.1
CONNECTED_WITHIN, DRAINED_WITHIN = 60.0, 120.0
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "tests.contract.sealer"])


@dataclass(slots=True)
class Lane:
    """What the tasks of the test share. `over`: the last sealer was killed."""

    where: Where
    sealer: Sealer
    keys: Keys
    entered: list[str] = field(default_factory=list)
    kills: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def enter(self) -> None:
        """Entries of some trails, one after another, until all is over."""
        trails = [fresh_id() for _ in range(TRAILS)]
        while not self.over.is_set():
            pk = trails[len(self.entered) % TRAILS]
            done = await commit(self.sealer.records, a_draft(pk=pk, borough=pk, asking=an_asking(request=fresh_id())))
            self.entered.append(line_of(done.entry))
            await asyncio.sleep(PAUSE_SECONDS)

    async def kill_again_and_again(self, most: int, chance: random.Random) -> None:
        while self.kills < KILLS:
            self.kills += 1
            await self.live_and_die(most, chance.uniform(0, LIVES))

    async def live_and_die(self, most: int, seconds: float) -> None:
        heard, begun = PROCESSES.Pipe(duplex=False)
        process = PROCESSES.Process(target=seal_without_end, args=(self.where, most, begun))
        with heard, begun:
            process.start()
            try:
                assert await asyncio.to_thread(heard.poll, CONNECTED_WITHIN), "a sealer did not connect"
                await asyncio.sleep(seconds)
            finally:
                process.kill()
                process.join()  # in no thread: another start looks for ended ones too, and only one gets the code
        ended = process.exitcode
        process.close()
        assert ended == -signal.SIGKILL, "a sealer ended by itself: see what it raised"

    async def witness(self) -> int:
        """Sees what is served until all is over; how many checkpoints it would have cosigned."""
        size, root, seen = 0, EMPTY_ROOT, 0
        ports = {"records": self.sealer.records, "ledger": self.sealer.files}
        while not self.over.is_set():
            found = await newest(**ports)  # type: ignore[arg-type]
            if found and found.size != size:
                checkpoint = checked_checkpoint(found.note.encode(), self.keys, Report(given="served", keys=[]))
                _, proof = await consistency(size, found.size, **ports)  # type: ignore[arg-type]
                check_consistency(size, root, checkpoint.size, checkpoint.root, proof)
                size, root, seen = checkpoint.size, checkpoint.root, seen + 1
            await asyncio.sleep(LOOKS_EVERY)
        return seen

    async def drained(self) -> None:
        async with asyncio.timeout(DRAINED_WITHIN):
            await self.sealer.seal(most=FULL)
        held = await self.sealer.records.ledger_head()
        assert held is not None
        assert (held.record.size, held.record.checkpointed, held.record.finished) == (len(self.entered),) * 3
        assert await self.sealer.records.oldest_pending() is None


def line_of(entry: Entry) -> str:
    return leaf_line(entry.id, commitment(stored(entry))).decode()


@pytest.fixture
async def lane(where: Where, sealer: Sealer) -> Lane:
    keys = [key for key in await sealer.keys.verifiers() if key.name == sealer.origin]
    return Lane(where=where, sealer=sealer, keys=keys)


async def test_whenever_sealers_are_killed_every_entry_is_in_one_history_once(
    lane: Lane, sealed_records: ContainerProxy, sealed_files: ContainerClient, tmp_path: Path
) -> None:
    async with asyncio.TaskGroup() as beside:
        entering, witness = beside.create_task(lane.enter()), beside.create_task(lane.witness())
        async with asyncio.TaskGroup() as killing:
            for each, most in enumerate(MOSTS):
                chance = random.Random(f"{SEED} {each}")  # noqa: S311 - moments, not secrets
                killing.create_task(lane.kill_again_and_again(most, chance))
        lane.over.set()
    assert entering.done()
    assert lane.kills == KILLS
    await lane.drained()
    await copied(sealed_files, tmp_path)
    lines = lines_in(tmp_path, len(lane.entered))
    assert Counter(lines) == Counter(lane.entered)
    await must_know_their_leaves(sealed_records, lines)
    assert await must_be_counted(sealed_records) == TRAILS
    sizes = must_be_a_chain(tmp_path, len(lane.entered))
    assert 1 < witness.result() <= len(sizes)
    await must_verify(tmp_path, lane.keys)
    print(f"kills {lane.kills} entries {len(lines)} checkpoints {len(sizes)} witnessed {witness.result()}")  # noqa: T201 - figures of the lane


async def copied(files: ContainerClient, folder: Path) -> None:
    names = [item.name async for item in files.list_blobs()]
    for name in names:
        raw: bytes = await (await files.download_blob(name)).readall()
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)


def lines_in(folder: Path, size: int) -> list[str]:
    tiles = [tile_in(size, ENTRIES, index) for index in range(-(-size // FULL))]
    return [line.decode() for tile in tiles for line in parsed_bundle(tile, (folder / str(tile)).read_bytes())]


async def must_know_their_leaves(container: ContainerProxy, lines: list[str]) -> None:
    """The entries in the record store are those of the ledger, and each knows its place."""
    rows = container.query_items("SELECT * FROM c WHERE c.kind = 'entry'")
    entries = [from_document(Entry, row, whole=True) async for row in rows]
    assert [entry.id for entry in entries if entry.pending or entry.leaf is None] == []
    told = {int(entry.leaf or -1): line_of(entry) for entry in entries}
    assert len(entries) == len(lines)
    assert [told.get(leaf) for leaf in range(len(lines))] == lines


def must_be_a_chain(folder: Path, size: int) -> list[int]:
    """From nothing to the newest, each ledger is followed by one, and those are the ones that were signed."""
    follows = {int(file.name): parsed_checkpoint(file.read_text()).size for file in (folder / "next").iterdir()}
    signed = sorted(int(file.name) for file in (folder / "checkpoint").iterdir())
    assert signed[-1] == size
    assert follows == dict(zip([0, *signed], signed, strict=False))
    return signed


async def must_verify(folder: Path, keys: Keys) -> None:
    command = [sys.executable, "-m", "tools.verify", "ledger", str(folder), *(f"--key={key}" for key in keys)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert b"checkpoints of the folder are of this one history" in said
