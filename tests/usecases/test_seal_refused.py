"""Seal refuses what does not follow from what is published: by name, at every run, and with nothing published."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from shared.domain.entry import Entry
from shared.domain.note import VerifierKey, parsed_checkpoint, parsed_note, signed
from shared.domain.seal import Head, Sealing, checkpoint_path
from shared.domain.tiles import ENTRIES, tile_in
from shared.ports import Differs, Signer
from shared.usecases.seal import Forked
from tests.fakes import MemoryKeys, MemoryLedger, MemorySigner, World
from tests.fakes.signing import LEDGER_KEY, RECEIPT_KEY
from tests.usecases.sealed import SIGNER
from tests.usecases.sealing import (
    BEFORE,
    WAITING,
    a_ledger_and_more_that_waits,
    checkpoints,
    copied,
    must_be_one_history,
    sealing,
    stopped_before,
    the_head,
    wait,
)


@pytest.fixture(scope="module")
async def sealed() -> World:
    return await a_ledger_and_more_that_waits()


async def must_refuse(world: World, fault: type[Exception], match: str) -> None:
    before = dict(world.ledger.files)
    for _ in range(2):
        with pytest.raises(fault, match=match):
            await sealing(world)
    assert world.ledger.files == before


def put_head(world: World, **changes: Any) -> None:
    world.records.put(replace(the_head(world), **changes))


@pytest.mark.parametrize("level", [ENTRIES, 0])
async def test_a_file_that_lies_there_with_another_content_is_an_alarm(sealed: World, level: int) -> None:
    world = copied(sealed)
    world.ledger.files[str(tile_in(BEFORE + WAITING, level, 0))] = b"something else"
    with pytest.raises(Differs, match="another content lies at tile/"):
        await sealing(world)
    assert list(checkpoints(world)) == [BEFORE]


@pytest.mark.parametrize("level", [ENTRIES, 0])
async def test_a_file_of_before_that_was_changed_or_is_gone_is_refused(sealed: World, level: int) -> None:
    path = str(tile_in(BEFORE, level, 0))
    for content in (None, b"", bytes(32 * BEFORE), sealed.ledger.files[path][:-1] + b"!"):
        world = copied(sealed)
        del world.ledger.files[path]
        if content is not None:
            world.ledger.files[path] = content
        await must_refuse(world, Forked, "nothing was published: ")


async def test_a_checkpoint_of_before_that_says_something_else_is_refused_before_anything_is_committed(
    sealed: World,
) -> None:
    path = checkpoint_path(BEFORE)
    note = sealed.ledger.files[path]
    other_key = World()
    other_key.keys.rotate_ledger()
    for content in (None, b"", note.replace(b"253", b"252"), note.replace("\u2014 c".encode(), "\u2014 d".encode())):
        world = copied(sealed)
        del world.ledger.files[path]
        if content is not None:
            world.ledger.files[path] = content
        head = the_head(world)
        await must_refuse(world, Forked, "nothing was published: ")
        assert the_head(world) == head


async def test_a_checkpoint_of_before_that_was_changed_after_a_batch_was_committed_is_refused(sealed: World) -> None:
    world, path = copied(sealed), checkpoint_path(BEFORE)
    await stopped_before(world, "ledger.read", times=3)
    assert the_head(world).size > BEFORE
    world.ledger.files[path] = world.ledger.files[path].replace(b"253", b"252")
    await must_refuse(world, Forked, "it says something else")


async def test_a_checkpoint_that_lies_there_already_with_a_signature_that_is_not_the_key_s_is_an_alarm(
    sealed: World,
) -> None:
    undisturbed, world = copied(sealed), copied(sealed)
    await sealing(undisturbed)
    path = checkpoint_path(BEFORE + WAITING)
    good = undisturbed.ledger.files[path]
    world.ledger.files[path] = good[:-9] + (b"A" if good[-9:-8] != b"A" else b"B") + good[-8:]
    for _ in range(2):
        with pytest.raises(Differs, match=path):
            await sealing(world)
    assert the_head(world).checkpointed == BEFORE


class Racing(MemoryLedger):
    """Somebody without the key plants a checkpoint as soon as what is to follow the ledger is written down."""

    def __init__(self, files: dict[str, bytes], planted: Callable[[str], str]) -> None:
        super().__init__()
        self.files, self._planted = dict(files), planted

    async def keep(self, path: str, raw: bytes) -> None:
        await super().keep(path, raw)
        if path.startswith("next/"):
            text = raw.decode()
            self.files.setdefault(checkpoint_path(parsed_checkpoint(text).size), self._planted(text).encode())


NEW = MemorySigner(LEDGER_KEY, bytes([102]) * 32)  # after a rotation; SIGNER is the one of before
OTHER, RECEIPTS = MemorySigner("elsewhere/ledger", bytes([9]) * 32), MemorySigner(RECEIPT_KEY, bytes([1]) * 32)
MADE_UP = VerifierKey(name=LEDGER_KEY, public=bytes([7]) * 32)
PLANTED: dict[str, Callable[[str], str]] = {
    "another key by the ledger's name": lambda text: signed(text, MADE_UP, bytes(64)),
    "the ledger's key, and no signature of it": lambda text: signed(text, NEW.key, bytes(64)),
    "the ledger's old key, and no signature of it": lambda text: signed(text, SIGNER.key, bytes(64)),
    "another ledger's key": lambda text: signed(text, OTHER.key, OTHER.sign(text.encode())),
    "a receipts' key": lambda text: signed(text, RECEIPTS.key, RECEIPTS.sign(text.encode())),
}


@pytest.mark.parametrize("planted", PLANTED)
async def test_a_checkpoint_planted_in_a_race_is_an_alarm_and_never_taken_for_the_sealer_s_own(
    sealed: World, planted: str
) -> None:
    """It has the very text; but nobody could ever verify it, and it could never be replaced."""
    world, path = copied(sealed), checkpoint_path(BEFORE + WAITING)
    world.keys.rotate_ledger()
    world.ledger = Racing(world.ledger.files, PLANTED[planted])
    for _ in range(2):
        with pytest.raises(Differs, match=path):
            await sealing(world)
    assert (the_head(world).size, the_head(world).checkpointed) == (BEFORE + WAITING, BEFORE)


async def test_a_checkpoint_of_before_in_whose_place_an_unsigned_one_lies_is_refused(sealed: World) -> None:
    text = parsed_note(sealed.ledger.files[checkpoint_path(BEFORE)]).text
    for planted in PLANTED.values():
        world = copied(sealed)
        world.keys.rotate_ledger()
        world.ledger.files[checkpoint_path(BEFORE)] = planted(text).encode()
        head = the_head(world)
        await must_refuse(world, Forked, "it says something else, or no key of the ledger signed it")
        assert the_head(world) == head


class LateToKnow(MemoryKeys):
    """An instance that read its vault before the key was rotated: until it asks anew, it knows of the first alone."""

    def __init__(self) -> None:
        super().__init__()
        self._known = [*self._ledger_signers]
        self.rotate_ledger()

    async def ledger_signer(self) -> Signer:
        return self._known[-1]

    async def verifiers(self, *, anew: bool = False) -> Sequence[VerifierKey]:
        if anew:
            self._known = [*self._ledger_signers]
        return [signer.key for signer in reversed(self._known)]


async def test_what_another_instance_signed_with_a_key_that_is_not_known_here_yet_is_no_alarm(sealed: World) -> None:
    world = copied(sealed)
    world.keys.rotate_ledger()
    await stopped_before(world, "records.write", times=3)  # the checkpoint is there, and the head does not say so yet
    world.keys = LateToKnow()
    await sealing(world)
    must_be_one_history(world, entries=BEFORE + WAITING)
    world.keys = LateToKnow()
    wait(world, 1)
    await sealing(world, key="run-2")
    must_be_one_history(world, entries=BEFORE + WAITING + 1)


def written_since(before: World, world: World) -> list[Sealing]:
    """The parts of batches that were written down since."""
    known = {record.id for record in before.records.everything() if isinstance(record, Sealing)}
    return [record for record in world.records.everything() if isinstance(record, Sealing) and record.id not in known]


async def test_a_head_of_another_history_is_refused(sealed: World) -> None:
    other = World()
    wait(other, BEFORE, pk="another")
    await sealing(other)
    changed: tuple[dict[str, Any], ...] = (
        {"root": the_head(other).root},
        {"peaks": the_head(other).peaks},
        {"root": the_head(other).root, "peaks": the_head(other).peaks},
        {"size": BEFORE - 1, "checkpointed": BEFORE - 1, "finished": BEFORE - 1},
    )
    for changes in changed:
        world = copied(sealed)
        put_head(world, **changes)
        await must_refuse(world, Forked, "nothing was published: ")
        assert written_since(sealed, world) == []


async def test_a_head_set_forward_or_of_another_batch_is_refused(sealed: World) -> None:
    changed: tuple[dict[str, Any], ...] = (
        {"batch": "another"},
        {"size": BEFORE + WAITING + 1},
        {"root": "A" * 43 + "="},
    )
    for changes in changed:
        world = copied(sealed)
        await stopped_before(world, "ledger.read", times=3)  # after the head was replaced
        put_head(world, **changes)
        await must_refuse(world, Forked, "nothing was published: ")


async def test_a_batch_that_was_changed_after_it_was_committed_is_refused(sealed: World) -> None:
    for change in ("id", "commitment", "pk"):
        world = copied(sealed)
        await stopped_before(world, "ledger.read", times=3)
        (part,) = written_since(sealed, world)
        first, *others = part.lines
        other = replace(first, **{change: getattr(others[0], change) if change != "pk" else "elsewhere"})
        world.records.put(replace(part, lines=(other, *others)))
        await must_refuse(world, Forked, "nothing was published: ")


async def test_a_batch_written_down_otherwise_by_somebody_is_not_committed(sealed: World) -> None:
    world = copied(sealed)
    await stopped_before(world, "records.write", times=2)
    (part,) = written_since(sealed, world)
    world.records.put(replace(part, lines=part.lines[:-1]))
    head = the_head(world)
    await must_refuse(world, Forked, "a batch is not as it was written down")
    assert the_head(world) == head


async def test_another_origin_than_before_is_refused(sealed: World) -> None:
    world = copied(sealed)
    text = world.ledger.files[checkpoint_path(BEFORE)]
    world.ledger.files[checkpoint_path(BEFORE)] = text.replace(b"continuity.test/ledger\n", b"elsewhere/ledger\n", 1)
    await must_refuse(world, Forked, "it says something else")


def test_the_head_is_one_document_and_no_entry() -> None:
    assert (Head.pk, Head.id, Head.kind) == ("ledger", "head", "ledger-head")
    assert Head.kind != Entry.kind
