"""Follow: after a restore the head goes where the files went, and what the restore took is named, not forgotten."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from shared.adapters.ed25519 import verifies
from shared.domain.entry import Entry
from shared.domain.ledger import Tree, Unproven, grown, leaf_hash, leaf_line, root_of, to_base64
from shared.domain.note import Checkpoint, VerifierKey, signed
from shared.domain.seal import Head, checkpoint_path, successor_path
from shared.domain.tiles import ENTRIES, FULL, bundle, tile_in
from shared.ports import Gone
from shared.usecases.follow import Followed, follow
from shared.usecases.seal import Forked
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import assert_trails_whole, by_the_service, entries
from tests.usecases.seal_watched import Witness, keys_of, must_be_clean
from tests.usecases.sealed import SIGNER
from tests.usecases.sealing import (
    checkpoints,
    copied,
    lines_in,
    must_be_one_history,
    restored,
    sealing,
    stopped_before,
    the_head,
    wait,
)

SEALED, WAITED, LOST = 250, 4, 9  # at the moment of the backup, and since


@pytest.fixture(scope="module")
async def backed_up() -> World:
    world = World()
    wait(world, SEALED)
    await sealing(world)
    wait(world, WAITED, pk="waited")
    return world


@pytest.fixture(scope="module")
async def further_on(backed_up: World) -> World:
    world = copied(backed_up)
    await sealing(world, most=3)
    wait(world, LOST, pk="lost")
    await sealing(world)
    return world


async def following(world: World, *, apply: bool = True, origin: str = LEDGER_KEY) -> Followed:
    return await follow(
        asking=by_the_service(),
        origin=origin,
        keys=await world.keys.verifiers(),
        check=verifies,
        records=world.records,
        files=world.ledger,
        at_once=4,
        apply=apply,
    )


async def test_what_was_sealed_since_the_backup_is_told_its_leaves_and_what_is_lost_is_named(
    backed_up: World, further_on: World
) -> None:
    world = restored(backed_up, further_on)
    files = dict(world.ledger.files)
    followed = await following(world)

    assert (followed.before, followed.after, followed.told) == (SEALED, SEALED + WAITED + LOST, WAITED)
    lost = {int(entry.leaf or 0): entry.id for entry in entries(further_on, "lost")}
    assert followed.missing == lost
    assert [entry.leaf for entry in entries(world, "waited")] == [entry.leaf for entry in entries(further_on, "waited")]
    head, was = the_head(world), the_head(further_on)
    assert replace(head, batch=was.batch, sealed_at=was.sealed_at) == was
    assert world.ledger.files == files
    (told,) = entries(world, "ledger")
    assert [(each.field, each.before, each.after) for each in told.changes] == [
        ("size", str(SEALED), str(SEALED + WAITED + LOST)),
        ("missing", None, str(LOST)),
    ]
    assert_trails_whole(world)


async def test_then_sealing_goes_on_in_the_one_history_that_there_was(
    backed_up: World, further_on: World, tmp_path: Path
) -> None:
    world = restored(backed_up, further_on)
    witness = Witness(further_on, await keys_of(world))
    witness.look()
    wait(world, 3, pk="new")
    with pytest.raises(Forked):
        await sealing(world)
    await following(world)
    assert (await sealing(world)).sealed == 4
    witness.world = world
    witness.look()
    assert checkpoints(world).items() > checkpoints(further_on).items()
    assert [entry.pending for entry in entries(world)] == [False] * len(entries(world))
    must_be_clean(world, witness.keys, tmp_path)


async def test_where_the_restore_took_no_entry_it_is_as_if_there_had_been_none(backed_up: World) -> None:
    later = copied(backed_up)
    await sealing(later, most=3)
    world = restored(backed_up, later)
    assert (await following(world)).missing == {}
    assert (await sealing(world)).sealed == 1
    head = the_head(world)
    assert head.size == SEALED + WAITED + 1
    must_be_one_history(world, entries=head.size, counted=False)  # recount counts them when their days are over


async def test_from_a_record_store_that_is_empty_every_line_is_of_a_missing_entry(further_on: World) -> None:
    world = restored(World(), further_on)
    followed = await following(world)
    assert (followed.before, len(followed.missing)) == (0, SEALED + WAITED + LOST)
    assert the_head(world).root == the_head(further_on).root


async def test_a_head_that_was_backed_up_in_the_middle_of_a_batch_is_followed_as_well(
    backed_up: World, further_on: World
) -> None:
    amid = copied(backed_up)
    await stopped_before(amid, "ledger.keep")
    assert the_head(amid).checkpointed < the_head(amid).size
    world = restored(amid, further_on)
    with pytest.raises(Exception, match="another content lies at next/"):
        await sealing(world)
    assert (await following(world)).told == WAITED
    assert (await sealing(world)).sealed == 1


async def test_an_entry_made_again_after_the_restore_is_another_one_and_waits(
    backed_up: World, further_on: World
) -> None:
    world, again = restored(backed_up, further_on), entries(further_on, "lost")[0]
    world.records.put(replace(again, salt="A" * 43 + "=", leaf=None, pending=True))
    followed = await following(world)
    assert again.id in followed.missing.values()
    assert entries(world, "lost")[0].pending


async def test_an_entry_that_was_gone_before_the_backup_is_not_what_the_restore_took(
    backed_up: World, further_on: World
) -> None:
    world = restored(backed_up, further_on)
    erased = entries(world, "clip-1")[-1]
    del world.records._records[erased.pk, erased.id]
    followed = await following(world)
    assert min(followed.missing) >= SEALED
    assert len(followed.missing) == LOST


async def test_looking_alone_tells_the_same_and_changes_nothing(backed_up: World, further_on: World) -> None:
    world, other = restored(backed_up, further_on), restored(backed_up, further_on)
    before = world.records.everything()
    looked, followed = await following(world, apply=False), await following(other)
    assert looked == followed
    assert world.records.everything() == before


async def test_where_nothing_follows_nothing_is_done(further_on: World) -> None:
    world = copied(further_on)
    before = world.records.everything()
    assert await following(world) == Followed(before=the_head(world).size, after=the_head(world).size)
    assert world.records.everything() == before


NEWEST, FIRST = SEALED + WAITED + LOST, SEALED + 3
WRONG: dict[str, tuple[type[Exception], str, Callable[[dict[str, bytes]], object]]] = {
    "a link back": (
        Unproven,
        "next/",
        lambda files: files.update({successor_path(FIRST): files[successor_path(0)]}),
    ),
    "a link to what was not signed": (Gone, "checkpoint/", lambda files: files.pop(checkpoint_path(NEWEST))),
    "a link altered": (
        Unproven,
        "next/",
        lambda files: files.update({successor_path(SEALED): files[successor_path(SEALED)] + b"more\n"}),
    ),
    "lines altered": (
        Unproven,
        "it does not follow from tile/entries",
        lambda files: files.update(
            {str(tile_in(NEWEST, ENTRIES, 0)): files[str(tile_in(NEWEST, ENTRIES, 0))].replace(b"v1 0", b"v1 1", 1)}
        ),
    ),
    "hashes altered": (
        Unproven,
        "it is not of the tree in the tiles",
        lambda files: files.update({str(tile_in(NEWEST, 0, 1)): bytes(32 * (NEWEST - FULL))}),
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
async def test_what_does_not_follow_is_refused_by_name_and_the_head_stays(
    backed_up: World, further_on: World, wrong: str
) -> None:
    fault, match, alter = WRONG[wrong]
    world = restored(backed_up, further_on)
    alter(world.ledger.files)
    with pytest.raises(fault, match=match):
        await following(world)
    assert the_head(world) == the_head(backed_up)


async def test_a_head_of_another_history_and_an_origin_of_another_ledger_are_refused(
    backed_up: World, further_on: World
) -> None:
    world = restored(backed_up, further_on)
    with pytest.raises(Unproven, match="it has no signature of a known key"):
        await following(world, origin="elsewhere.example/ledger")
    other = the_head(further_on)
    world.records.put(replace(the_head(world), root=other.root))
    with pytest.raises(Unproven, match="head: "):
        await following(world)


async def test_an_entry_that_says_another_leaf_than_it_has_is_refused(backed_up: World, further_on: World) -> None:
    world = restored(backed_up, further_on)
    world.records.put(replace(entries(world, "waited")[0], leaf="7", pending=False))
    with pytest.raises(Unproven, match="it says leaf 7, and the ledger has it at"):
        await following(world)
    assert the_head(world) == the_head(backed_up)
    assert {type(each) for each in world.records.everything()} >= {Entry, Head}


PLANTED = 3


def planted_after(world: World, key: VerifierKey, signature: bytes = bytes(64)) -> World:
    """Somebody who may add files and has no key lays a next history there: lines, tiles, link and checkpoint."""
    files, size = world.ledger.files, the_head(world).size
    made_up = [leaf_line(f"{n:08x}-0000-8000-8000-000000000000", to_base64(bytes([n]) * 32)) for n in range(PLANTED)]
    lines = [*lines_in(world, size), *made_up]
    hashes = [leaf_hash(line) for line in lines]
    for level, raw in ((ENTRIES, bundle(lines)), (0, b"".join(hashes))):
        files[str(tile_in(len(lines), level, 0))] = raw
    text = str(Checkpoint(origin=LEDGER_KEY, size=len(lines), root=root_of(grown(Tree(), hashes))))
    files[successor_path(size)] = text.encode()
    files[checkpoint_path(len(lines))] = signed(text, key, signature).encode()
    return world


async def test_what_somebody_without_the_key_planted_is_not_followed_and_never_signed() -> None:
    """The key by its name and a made-up one, or by its name and id and a made-up signature."""
    mine = VerifierKey(name=LEDGER_KEY, public=bytes([7]) * 32)
    for key, said in ((mine, "it has no signature of a known key"), (SIGNER.key, "is not over this text")):
        world = World()
        wait(world, 5)
        await sealing(world)
        planted_after(world, key)
        wait(world, 2)
        with pytest.raises(Unproven, match=f"^{checkpoint_path(8)}: note: .*{said}"):
            await following(world)
        with pytest.raises(Forked):
            await sealing(world)
        assert (the_head(world).size, entries(world, "ledger")) == (5, [])


async def test_a_way_on_which_the_key_was_rotated_is_followed_with_both_keys_and_with_one_alone_is_not(
    backed_up: World,
) -> None:
    later = copied(backed_up)
    later.keys.rotate_ledger()
    await sealing(later)
    world = restored(backed_up, later)
    refused = f"^{checkpoint_path(SEALED + WAITED)}: note: it has no signature of a known key"
    with pytest.raises(Unproven, match=refused):
        await following(world)
    world.keys.rotate_ledger()
    assert (await following(world)).told == WAITED
