"""A witness at the service's own doors, over http: what it cosigns is kept, shown, and the truth."""

import asyncio
import json
from contextlib import AbstractContextManager
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from shared.domain.note import parsed_checkpoint, parsed_key, parsed_note, signers
from shared.domain.seal import checkpoint_path
from tests.builders import an_entry
from tests.functions.directory import AUDITOR, token
from tests.functions.world import MemoryService
from tests.tools.witness_ledgers import WITNESS, Asked, Reply, served
from tests.usecases.sealed import KEY, seal_by_hand
from tools.witnessing.exchange import place_at
from tools.witnessing.ledger import LedgerDoors, token_in
from tools.witnessing.round import Witness
from tools.witnessing.seen import ed25519
from tools.witnessing.state import StateFile
from tools.witnessing.trouble import AnotherHistory, NoProof, Trouble

if TYPE_CHECKING:
    from shared.wiring import Services

WITHIN = 20.0  # seconds
DOORS = {"checkpoint": "ledger_checkpoint", "consistency": "ledger_consistency", "cosignatures": "cosign"}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> MemoryService:
    service = MemoryService()
    service.witnesses = (WITNESS.verifier,)
    kept: Services = service
    monkeypatch.setattr("shared.wiring.services", lambda: kept)
    return service


def doors_of(world: MemoryService, newest: bytes | None) -> AbstractContextManager[str]:
    """Any thread may knock; the service answers on the loop of the test, but for the newest checkpoint, if given."""
    loop = asyncio.get_running_loop()

    async def knock(asked: Asked) -> Reply:
        query = {name: value for name, _, value in (each.partition("=") for each in asked.query.split("&") if each)}
        headers = {"Authorization": asked.token} if asked.token else {}
        body = json.loads(asked.body) if asked.body else None
        is_newest = asked.path.endswith("/checkpoint") and not query
        door = DOORS[asked.path.rpartition("/")[2]]
        answered = await world.ask(door, query=query, body=body, headers=headers)
        header = [*answered.headers.items(), ("Date", format_datetime(world.time, usegmt=True))]
        return Reply(status=answered.status, header=header, parts=[(newest if is_newest else None) or answered.raw])

    return served(lambda asked: asyncio.run_coroutine_threadsafe(knock(asked), loop).result(WITHIN))


async def a_round(
    world: MemoryService, state: Path, *, token_file: Path | None = None, newest: bytes | None = None
) -> str:
    with doors_of(world, newest) as url:
        doors = LedgerDoors(place_at(url), token_in(token_file))
        now = int(world.time.timestamp())
        log_keys, memory = [parsed_key(KEY)], StateFile(state)
        witness = Witness(key=WITNESS, log_keys=log_keys, ledger=doors, memory=memory, now=lambda: now)
        return await asyncio.to_thread(witness.round)


def sealed(world: MemoryService, number: int) -> None:
    for _ in range(number):
        world.records.put(an_entry(key=str(len(world.records.everything())))[0])
    seal_by_hand(world)


async def test_a_ledger_that_grows_is_followed_and_what_is_cosigned_is_shown(
    world: MemoryService, tmp_path: Path
) -> None:
    for grown, size in ((3, 3), (1, 4), (300, 304)):
        sealed(world, grown)
        assert (await a_round(world, tmp_path / "state")).startswith(f"cosigned: size={size} ")
        note = parsed_note((await world.ask("ledger_checkpoint")).raw)
        assert signers(note, [WITNESS.verifier], ed25519) == {WITNESS.verifier: int(world.time.timestamp())}
        assert parsed_checkpoint(note.text).size == size
    assert (await a_round(world, tmp_path / "state")).startswith("nothing new: size=304 ")


async def test_a_force_that_begins_anew_is_found_out(world: MemoryService, tmp_path: Path) -> None:
    sealed(world, 300)
    await a_round(world, tmp_path / "state")
    another = MemoryService()
    sealed(another, 301)
    world.ledger, world.records = another.ledger, another.records
    with pytest.raises(AnotherHistory, match=r"ledger of size=301 is proven to begin with size=300 .* and not with"):
        await a_round(world, tmp_path / "state")


async def test_a_record_store_that_was_set_back_is_served_as_an_older_checkpoint(
    world: MemoryService, tmp_path: Path
) -> None:
    """Its files still have what was published, but the door proves nothing beyond the head."""
    sealed(world, 3)
    before = await world.records.ledger_head()
    sealed(world, 4)
    await a_round(world, tmp_path / "state")
    assert before is not None
    world.records.put(before.record)
    with pytest.raises(NoProof, match=r"no proof came that size=7 .* begins with size=3 .* 400"):
        await a_round(world, tmp_path / "state")


async def test_a_cosignature_of_what_was_never_published_is_refused_and_the_other_one_is_shown(
    world: MemoryService, tmp_path: Path
) -> None:
    """What a log does that shows the witness alone another history of the same size."""
    sealed(world, 3)
    another = MemoryService()
    another.records.put(an_entry(key="another")[0])
    sealed(another, 2)
    with pytest.raises(AnotherHistory, match=r"what was shown, size=3 .*, is not what was published, size=3 ") as found:
        await a_round(world, tmp_path / "state", newest=await another.ledger.read(checkpoint_path(3)))
    assert set(found.value.notes) == {"shown.note", "published.note"}


async def test_before_anything_is_sealed_and_for_whom_is_not_listed_it_is_told_why_not(
    world: MemoryService, tmp_path: Path
) -> None:
    with pytest.raises(Trouble, match="404 nothing was sealed yet"):
        await a_round(world, tmp_path / "state")
    sealed(world, 3)
    world.witnesses = ()
    with pytest.raises(Trouble, match="not taken: 403 "):
        await a_round(world, tmp_path / "state")
    world.witnesses = (WITNESS.verifier,)
    assert (await a_round(world, tmp_path / "state")).startswith("cosigned: size=3 ")


async def test_a_ledger_for_auditors_alone_is_witnessed_with_an_auditor_s_token(
    world: MemoryService, tmp_path: Path
) -> None:
    world.ledger_open = False
    sealed(world, 3)
    with pytest.raises(Trouble, match="401"):
        await a_round(world, tmp_path / "state")
    (tmp_path / "token").write_text(token(AUDITOR))
    assert (await a_round(world, tmp_path / "state", token_file=tmp_path / "token")).startswith("cosigned: size=3 ")
    sealed(world, 2)  # and that the auditor came on
    head = await world.records.ledger_head()
    assert head is not None
    told = await a_round(world, tmp_path / "state", token_file=tmp_path / "token")
    assert told.startswith(f"cosigned: size={head.record.size} ")
