"""What somebody who may write to the stores can do to a trail, and what of it a person with an export can see.

docs/threat-model.md names these tests. Some of them hold what nobody can see from an export: they are there so that the
page says so for as long as it is true, and no longer.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.domain.account import Accounting, Finding
from shared.domain.entry import Entry, Outcome, Trail, entry_id, stored
from shared.domain.ledger import commitment
from shared.domain.reconcile_rounds import ROUND
from shared.domain.seal import checkpoint_path
from shared.domain.tiles import FULL
from tests.builders import NOW, RECORDING
from tests.fakes import World
from tests.tools.shown import exported
from tests.usecases.accounting import a_night, as_told, at_leaves, take_away, told
from tests.usecases.scenes import a_stored_clip, entries
from tests.usecases.sealed import KEY
from tests.usecases.sealing import LATER, copied, lines_in, sealing, the_head, wait
from tools.verify import main

LOOKS = 5
SEALED_AGAIN = LATER + timedelta(minutes=1)
NOT_VERIFIED, IN_PART, OPEN = 1, 3, 4


@pytest.fixture(scope="module")
async def sealed() -> World:
    world = await waiting()
    await sealing(world)
    return world


async def waiting() -> World:
    """A clip that was looked at five times, of which nothing is sealed yet, and what others did."""
    world = World()
    a_stored_clip(world)
    wait(world, 3, pk="another")
    wait(world, LOOKS, pk=RECORDING)
    return world


def rewritten(world: World, told: Sequence[Entry]) -> World:
    """The records as somebody leaves them who may write them all: this is the trail, numbered and linked anew."""
    other = copied(world)
    take_away(other, entries(world, RECORDING))
    previous: str | None = None
    for number, entry in enumerate(told, start=1):
        put = replace(entry, number=number, previous=previous)
        previous = commitment(stored(put))
        other.records.put(put)
    assert previous is not None
    other.records.put(Trail(pk=RECORDING, count=len(told), last=previous, at=told[-1].occurred_at))
    return other


def refused(entry: Entry) -> Entry:
    """As if it had not been allowed."""
    return replace(entry, outcome=Outcome.REFUSED)


async def verdict(world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """What tools/verify.py says of the trail that is exported next."""
    file = folder / "trail.json"
    file.write_bytes(await exported(world, RECORDING))
    code = main(["trail", str(file), "--key", KEY])
    return code, capsys.readouterr().out


def shown(folder: Path) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = json.loads((folder / "trail.json").read_bytes())["entries"]
    return listed


async def test_before_sealing_an_entry_changed_without_its_chain_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await waiting()
    world.records.put(refused(entries(world, RECORDING)[1]))
    await sealing(world)
    code, said = await verdict(world, tmp_path, capsys)
    assert (code, "entry 3 (" in said) == (NOT_VERIFIED, True)


async def test_before_sealing_a_trail_rewritten_with_its_chain_is_sealed_as_it_was_rewritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody sees it from the ledger: what is not sealed yet rests on the records alone."""
    world = await waiting()
    first, second, _, *others = entries(world, RECORDING)
    world = rewritten(world, [first, refused(second), *others])
    await sealing(world)
    code, said = await verdict(world, tmp_path, capsys)
    assert (code, f"entries 1 to {LOOKS - 1} without a gap" in said) == (OPEN, True)


async def test_an_entry_kept_from_being_sealed_has_only_the_file_to_speak_for_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = await waiting()
    world.records.put(replace(entries(world, RECORDING)[-1], pending=False))
    await sealing(world)
    code, said = await verdict(world, tmp_path, capsys)
    told = re.search(rf"entry {LOOKS} \(footage\.read, \S+\) is not in that ledger yet: only the file", said)
    assert (code, told is not None) == (IN_PART, True)


async def test_after_sealing_a_trail_rewritten_with_its_chain_is_refused(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *others = entries(sealed, RECORDING)
    code, said = await verdict(rewritten(sealed, [first, refused(second), *others]), tmp_path, capsys)
    assert (code, f"entry 2 ({second.id}): it is not what the ledger has" in said) == (NOT_VERIFIED, True)


async def test_after_sealing_a_trail_without_one_from_its_middle_is_refused(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, third, *others = entries(sealed, RECORDING)
    gap = copied(sealed)
    take_away(gap, [third])
    code, said = await verdict(gap, tmp_path, capsys)
    assert (code, "trail: entry 3 is missing" in said) == (NOT_VERIFIED, True)
    code, said = await verdict(rewritten(sealed, [first, second, *others]), tmp_path, capsys)
    assert (code, f"entry 3 ({others[0].id})" in said) == (NOT_VERIFIED, True)


async def test_entries_taken_off_the_end_of_a_trail_are_not_missed_by_it_but_the_ledger_still_has_their_lines(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The lines do not say whose they are; who knows clip, action and request of the deed knows the id of its entry."""
    *kept, _, last = entries(sealed, RECORDING)
    cut = rewritten(sealed, kept)
    await exported(cut, RECORDING)
    await sealing(cut, now=lambda: SEALED_AGAIN, key="run-2")
    code, said = await verdict(cut, tmp_path, capsys)
    assert (code, f"entries 1 to {len(kept) + 1} without a gap" in said) == (OPEN, True)
    known = entry_id(RECORDING, last.action, last.request)
    assert known not in [each["entry"]["id"] for each in shown(tmp_path)]
    assert [line.startswith(f"v1 {known} ".encode()) for line in lines_in(cut, the_head(cut).size)].count(True) == 1


async def test_entries_taken_off_the_end_are_missed_by_the_service_the_next_night_and_old_ones_within_thirty(
    sealed: World,
) -> None:
    """Whatever the records say of how far it was looked: which older lines have their turn hangs on the night alone."""
    cut = rewritten(sealed, entries(sealed, RECORDING)[:-1])
    taken = entries(sealed, RECORDING)[-1:]
    await a_night(cut)
    assert told(cut) == as_told(taken, Finding.GONE)

    old = await waiting()
    wait(old, FULL, pk="another")
    await sealing(old)
    taken = at_leaves(old, 0)
    take_away(old, taken)
    old.records.put(Accounting(checked=the_head(old).size, night=NOW.date(), bundles=10**9))
    found = [(await a_night(old, night)).found.total() for night in range(1, ROUND + 1)]
    assert (sum(found), told(old)) == (1, as_told(taken, Finding.GONE))


async def test_a_sealed_entry_that_was_changed_or_moved_to_another_trail_is_missed_by_the_service_as_well(
    sealed: World,
) -> None:
    first, second, *others = entries(sealed, RECORDING)
    cut = rewritten(sealed, [first, refused(second), *others])
    await a_night(cut)
    assert {each for _, _, each in told(cut)} == {Finding.CHANGED}
    assert (f"leaf-{second.leaf}", second.id, Finding.CHANGED) in told(cut)

    hidden = rewritten(sealed, [first, second])
    hidden.records.put(*(replace(each, pk="actor:nobody") for each in others))
    await a_night(hidden)
    assert sorted(told(hidden)) == sorted(as_told(others, Finding.MOVED))


async def test_an_entry_of_an_actor_s_trail_that_was_moved_with_that_trail_is_not_missed(sealed: World) -> None:
    """Nobody sees it: where such an entry belongs, nothing that is sealed says."""
    world = copied(sealed)
    wait(world, 1, pk="actor:one")
    world.records.put(replace(entries(world, "actor:one")[0], action="audit.read", subject="audit"))
    await sealing(world, now=lambda: SEALED_AGAIN, key="run-2")
    (moved,) = entries(world, "actor:one")
    take_away(world, [moved])
    world.records.put(replace(moved, pk="actor:two"))
    assert (await a_night(world)).found == {}


async def test_entries_taken_off_the_end_are_missed_by_who_has_an_earlier_export(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = copied(sealed)
    await verdict(before, tmp_path, capsys)
    earlier = shown(tmp_path)[:LOOKS]
    await verdict(rewritten(sealed, entries(sealed, RECORDING)[:-1]), tmp_path, capsys)
    assert shown(tmp_path)[: LOOKS - 1] == earlier[:-1]
    assert shown(tmp_path)[LOOKS - 1]["entry"] != earlier[-1]["entry"], "two entries of one number"


async def test_a_trail_made_up_anew_is_sealed_after_all_that_was_sealed_when_it_says_it_happened(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The file verifies; the checkpoint of the time that its entries claim does not have them."""
    made_up = [replace(entry, id=entry_id("made", "up", entry.id)) for entry in entries(sealed, RECORDING)]
    other = rewritten(sealed, [replace(entry, pending=True, leaf=None) for entry in made_up])
    await sealing(other, now=lambda: SEALED_AGAIN, key="run-2")
    code, _ = await verdict(other, tmp_path, capsys)
    listed = shown(tmp_path)[:LOOKS]
    assert code == OPEN
    assert {each["entry"]["occurredAt"] for each in listed} == {stored(made_up[0])["occurredAt"]}
    assert min(each["leaf"] for each in listed) >= the_head(sealed).size


async def test_a_ledger_rewritten_whole_by_who_has_the_key_is_refused_by_who_kept_a_checkpoint_and_by_nobody_else(
    sealed: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = await waiting()
    first, second, *others = entries(other, RECORDING)
    other = rewritten(other, [first, refused(second), *others])
    await sealing(other)
    ledger = str(other.ledger.laid_in(tmp_path / "ledger"))
    kept = tmp_path / "kept"
    kept.write_bytes(sealed.ledger.files[checkpoint_path(the_head(sealed).size)])
    assert main(["ledger", ledger, "--key", KEY]) == 0
    assert main(["ledger", ledger, "--key", KEY, "--earlier", str(kept)]) == NOT_VERIFIED
    assert "there are two histories" in capsys.readouterr().out
