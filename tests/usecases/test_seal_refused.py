"""Seal refuses what does not follow from what is published: by name, at every run, and with nothing published."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.entry import Entry
from shared.domain.seal import Head, Sealing, checkpoint_path
from shared.domain.tiles import ENTRIES, tile_in
from shared.ports import Differs
from shared.usecases.seal import Forked
from tests.fakes import World
from tests.usecases.sealing import (
    BEFORE,
    WAITING,
    a_ledger_and_more_that_waits,
    checkpoints,
    copied,
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
