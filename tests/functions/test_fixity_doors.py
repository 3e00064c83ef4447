"""Queue -> fixity, and the queue of what was given up."""

import hashlib
import json
from typing import Any

import azure.functions as func
import pytest

from functions.watched import Failed
from shared.domain.entry import Outcome
from shared.domain.footage import Fixity, Integrity, Sha256
from tests.builders import RECORDING, UPLOADED, a_clip, a_path
from tests.functions.world import MemoryService

CONTENT = b"the bytes of a recording"
HASH = Sha256(hashlib.sha256(CONTENT).hexdigest())
MALFORMED = [
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"[]",
    b'"text"',
    b"7",
    b"{}",
    b'{"clip": 7}',
    b'{"clip": ["a"]}',
    b'{"clip": "nonsense"}',
    b'{"clip": "../../records"}',
    json.dumps({"clip": RECORDING.upper()}).encode(),
    json.dumps({"clip": f"{RECORDING}\n"}).encode(),
    b"[" * 40_000,
]


def message(body: bytes | None = None) -> func.QueueMessage:
    return func.QueueMessage(id="message-1", body=json.dumps({"clip": RECORDING}) if body is None else body)


async def keep(world: MemoryService, claimed: Sha256 | None) -> None:
    landed = world.footage.put(a_path(), CONTENT, at=UPLOADED)
    world.records.put(a_clip(blob=landed.blob, integrity=Integrity(claimed=claimed)))


@pytest.mark.parametrize(
    "claimed, state", [(HASH, Fixity.VERIFIED), (Sha256("0" * 64), Fixity.MISMATCH), (None, Fixity.UNCLAIMED)]
)
async def test_the_bytes_are_read_back_and_the_answer_is_on_the_clip(
    world: MemoryService, claimed: Sha256 | None, state: Fixity
) -> None:
    await keep(world, claimed)
    await world.trigger("fixity", message())
    held = await world.records.clip(RECORDING)
    assert held is not None
    assert (held.record.integrity.state, held.record.integrity.sha256) == (state, HASH)
    assert world.metrics.counts == {f"fixity.{state}": 1}
    assert [entry.actor.id for entry in world.entries()] == ["system:fixity"]


async def test_a_message_that_comes_again_changes_nothing(world: MemoryService) -> None:
    await keep(world, HASH)
    await world.trigger("fixity", message())
    before = world.records.everything()
    await world.trigger("fixity", message())
    assert (world.records.everything(), world.metrics.counts["fixity.nothing-to-do"]) == (before, 1)


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_message_that_is_no_question_of_ours_is_done_and_counted(
    world: MemoryService, body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    await world.trigger("fixity", message(body))
    assert world.metrics.counts == {"fixity.malformed": 1}
    assert [call for call in world.faults.calls if call == "records.write"] == []
    assert "message-1" in caplog.text
    assert "records" not in caplog.text


@pytest.mark.parametrize("broken", ["records.clip", "footage.stream", "records.write"])
async def test_a_fault_is_raised_so_that_the_message_is_shown_again(world: MemoryService, broken: str) -> None:
    await keep(world, HASH)
    world.faults.break_every(broken)
    with pytest.raises(Failed, match="Outage at "):
        await world.trigger("fixity", message())
    world.faults.mend()
    await world.trigger("fixity", message())
    assert world.metrics.counts == {"fault.fixity": 1, "fixity.verified": 1}


async def test_a_message_given_up_is_an_entry_and_a_count_once(world: MemoryService) -> None:
    await keep(world, HASH)
    for _ in range(2):
        await world.trigger("fixity_poison", message())
    (entry,) = world.entries(RECORDING)
    assert (entry.action, entry.outcome) == ("fixity.poisoned", Outcome.FAILED)
    assert world.metrics.counts["fixity.poisoned"] == 2


@pytest.mark.parametrize("body", MALFORMED)
async def test_a_malformed_message_given_up_is_done_and_counted(world: MemoryService, body: bytes) -> None:
    await world.trigger("fixity_poison", message(body))
    assert (world.metrics.counts, world.entries()) == ({"fixity.poisoned": 1}, [])


async def test_a_given_up_message_that_cannot_be_entered_is_shown_again(world: MemoryService) -> None:
    world.faults.break_every("records.write")
    with pytest.raises(Failed, match="Outage at "):
        await world.trigger("fixity_poison", message())


async def test_an_unknown_clip_is_nothing_to_do(world: MemoryService) -> None:
    await world.trigger("fixity", message())
    counted: Any = world.metrics.counts
    assert counted == {"fixity.nothing-to-do": 1}
