"""A trail that was tampered with is refused, and what is wrong with it is said by name."""

import copy
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.entry import Entry
from shared.domain.export import item
from shared.domain.ledger import Unproven, commitment
from shared.domain.note import parsed_key
from tests.builders import RECORDING
from tests.fakes import World
from tests.tools.shown import ENTRIES, Shown, exported, shown
from tests.usecases.scenes import a_stored_clip
from tests.usecases.sealed import KEY
from tests.usecases.sealing import LATER, sealing, wait
from tools.verifying.report import Report, Unreadable
from tools.verifying.trail import check_trail

Export = Any
LAST = ENTRIES - 1


@pytest.fixture(scope="module")
async def genuine() -> Shown:
    return await shown()


def refusal(raw: bytes) -> str:
    """Why it is not verified, or "" if it is."""
    try:
        check_trail(raw, [parsed_key(KEY)], Report(given="", keys=[]))
    except (Unproven, Unreadable) as no:
        return str(no)
    return ""


def test_the_genuine_one_is_not_refused(genuine: Shown) -> None:
    assert refusal(genuine.trail) == ""


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.slow)])
def test_every_flipped_byte_is_refused_but_in_the_last_entry_which_nothing_seals_yet(genuine: Shown, step: int) -> None:
    raw = genuine.trail
    unseen = {at for at in range(0, len(raw), step) if refusal(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]) == ""}
    last = range(raw.rindex(b'{"entry":'), raw.index(b'"format":'))
    assert unseen - set(last) == set()


def test_the_report_says_of_what_is_not_sealed_that_only_the_file_speaks_for_it(genuine: Shown) -> None:
    report = Report(given="", keys=[])
    check_trail(genuine.trail, [parsed_key(KEY)], report)
    said = [f"entry {ENTRIES} (trail.exported", f"whether other entries came after entry {LAST}"]
    assert [line.startswith(start) for line, start in zip(report.open, said, strict=True)] == [True, True]
    assert f"entries 1 to {LAST} without a gap" in report.checked[1]
    assert report.unchecked == []


def _forge(export: Export, at: int) -> None:
    """Entries from `at` on as somebody makes them up who may write everywhere but cannot unseal a leaf."""
    entries = export["entries"]
    entries[at]["entry"]["outcome"] = "refused"
    for before, after in zip(entries[at:], entries[at + 1 :], strict=False):
        after["entry"]["previous"] = commitment({**before["entry"], "salt": before["salt"]})


def _forge_unsealed(export: Export, at: int) -> None:
    """The same, and says of the one that it is not sealed."""
    _forge(export, at)
    export["entries"][at].update(leaf=None, proof=None)


def _drop(at: int) -> Callable[[Export], object]:
    return lambda export: export["entries"].pop(at)


def _put(at: int, **changes: Any) -> Callable[[Export], object]:
    return lambda export: export["entries"][at].update(changes)


def _write(at: int, **changes: Any) -> Callable[[Export], object]:
    return lambda export: export["entries"][at]["entry"].update(changes)


def _say_erased(export: Export) -> None:
    """Without any entry that tells of it."""
    gone = export["entries"][1]
    named = {"number": 2, "id": gone["entry"]["id"]}
    named["commitment"] = export["entries"][2]["entry"]["previous"]
    export["entries"][1] = {"erased": named, "leaf": gone["leaf"], "proof": gone["proof"]}


TAMPERED: dict[str, tuple[Callable[[Export], object], str]] = {
    "the first entry dropped": (_drop(0), "trail: entry 1 is missing"),
    "one dropped": (_drop(2), "trail: entry 3 is missing"),
    "the last dropped": (_drop(LAST), "trail: it does not end with the entry of its own export"),
    "all dropped": (lambda export: export["entries"].clear(), "trail: it does not end"),
    "one twice": (lambda export: export["entries"].insert(2, export["entries"][1]), "trail: entry 3 is missing"),
    "two exchanged": (
        lambda export: export["entries"].insert(1, export["entries"].pop(2)),
        "trail: entry 2 is missing",
    ),
    "a salt changed": (lambda e: _put(1, salt=e["entries"][2]["salt"])(e), "entry 2 ("),
    "a salt cut": (_put(1, salt="AAAA"), "entry 2 ("),
    "the proof of another entry": (lambda e: _put(1, proof=e["entries"][2]["proof"])(e), "entry 2 ("),
    "the leaf of another entry": (lambda e: _put(1, leaf=e["entries"][2]["leaf"])(e), "entry 2 ("),
    "a leaf that is true": (_put(1, leaf=True), "trail: leaf:"),
    "a leaf below none": (_put(1, leaf=-1), "entry 2 ("),
    "a leaf beyond the ledger": (_put(1, leaf=10**6), "entry 2 ("),
    "a proof and no leaf": (_put(1, leaf=None), "entry 2 ("),
    "a leaf and no proof": (_put(1, proof=None), "entry 2 ("),
    "another actor": (_write(1, actor={"id": "X", "kind": "person", "name": None, "role": None}), "entry 2 ("),
    "another time": (_write(1, occurredAt="2026-11-25T00:00:00.000000Z"), "entry 2 ("),
    "a field more": (_write(1, note="it was otherwise"), "entry 2 ("),
    "a field that nothing binds": (_write(1, pending=True), "entry 2 ("),
    "a fraction": (_write(1, number=2.5), "number: "),
    "a fraction within": (_write(1, reason=0.5), "entry 2 ("),
    "a link cut": (_write(1, previous=None), "entry 2 ("),
    "rewritten from one on": (lambda export: _forge(export, 1), "entry 2 ("),
    "rewritten, and said not to be sealed": (lambda export: _forge_unsealed(export, 1), "entry 3 ("),
    "said to be erased": (_say_erased, "entry 2 ("),
    "another subject": (lambda e: e.update(subject="7a0b1c2d-0b1d-4c57-9a43-2f0f5f3f7a11"), "entry 1 ("),
    "another format": (lambda e: e.update(format="continuity-trail/v2"), "trail: its format"),
    "no checkpoint": (lambda e: e.update(checkpoint=None), "entry 1 ("),
    "a name more": (lambda e: e.update(remark=""), "trail: it should have"),
    "a key that is none": (lambda e: e.update(keys=["nobody"]), "key: "),
}


@pytest.mark.parametrize("how", list(TAMPERED))
def test_what_was_tampered_with_is_refused_by_name(genuine: Shown, how: str) -> None:
    tamper, name = TAMPERED[how]
    export = copy.deepcopy(genuine.export)
    tamper(export)
    assert refusal(json.dumps(export).encode()).startswith(name)


def test_a_name_that_is_there_twice_is_refused(genuine: Shown) -> None:
    """Readers of JSON disagree on which of the two counts."""
    assert refusal(genuine.trail.replace(b'{"checkpoint"', b'{"format":"","checkpoint"', 1)) == (
        "trail: a name is there twice"
    )


def test_an_entry_of_another_trail_is_refused(genuine: Shown) -> None:
    export = copy.deepcopy(genuine.export)
    export["entries"][1] = _of_another_trail(genuine)
    assert refusal(json.dumps(export).encode()).startswith("entry 2 (")


def _of_another_trail(genuine: Shown) -> Any:
    entries = [record for record in genuine.world.records.everything() if isinstance(record, Entry)]
    return item(next(entry for entry in entries if entry.pk != RECORDING and entry.number == 2), None)


def test_an_older_checkpoint_does_not_vouch_for_what_came_after_it(genuine: Shown) -> None:
    export = copy.deepcopy(genuine.export)
    export["checkpoint"] = genuine.earlier.decode()
    assert refusal(json.dumps(export).encode()).startswith("entry 1 (")


async def test_the_erasure_of_an_entry_is_told_from_its_absence() -> None:
    made = await shown(erased=True, others=3)
    assert refusal(made.trail) == ""
    untold = copy.deepcopy(made.export)
    del untold["entries"][1]
    assert refusal(json.dumps(untold).encode()).startswith("trail: entry 2 is missing")
    renamed = copy.deepcopy(made.export)
    renamed["entries"][1]["erased"]["id"] = renamed["entries"][0]["entry"]["id"]
    assert refusal(json.dumps(renamed).encode()).startswith("entry 2 (")


def test_a_trail_of_which_nothing_is_sealed_yet_is_whole_and_says_so(genuine: Shown) -> None:
    export = copy.deepcopy(genuine.export)
    for each in export["entries"]:
        each.update(leaf=None, proof=None)
    export["checkpoint"] = None
    report = Report(given="", keys=[])
    check_trail(json.dumps(export).encode(), [parsed_key(KEY)], report)
    assert (len(report.checked), len(report.unchecked)) == (0, len(export["entries"]) + 1)
    export["entries"][1]["entry"]["outcome"] = "refused"
    assert refusal(json.dumps(export).encode()).startswith("entry 3 ("), "the one after it is bound to another"


async def test_what_the_service_itself_seals_is_verified() -> None:
    """The same with the real sealing: what is pending in one export is sealed in the next."""
    world = World()
    a_stored_clip(world)
    wait(world, 300, pk=RECORDING)
    await sealing(world)
    await exported(world, RECORDING)
    await sealing(world, now=lambda: LATER + timedelta(minutes=1), key="run-2")
    report = Report(given="", keys=[])
    check_trail(await exported(world, RECORDING), [parsed_key(KEY)], report)
    assert any("entries 1 to 301 without a gap" in line for line in report.checked)
    assert (len(report.open), report.unchecked) == (2, [])
