"""What witnesses saw, as a trail brings it along: told with its time and what was in it, and never another history."""

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shared.domain.ledger import Unproven, to_base64
from shared.domain.note import parsed_key
from tests.builders import NOW
from tests.tools.cosigned import FIRST_KEY, SECOND_KEY, Cosigned, cosigned
from tests.tools.shown import ENTRIES
from tests.usecases.cosigning import ONE, TWO
from tests.usecases.sealed import KEY, SIGNER
from tools.verifying.given import parsed
from tools.verifying.links import Link
from tools.verifying.report import Report, Unreadable
from tools.verifying.signed import moment, signed_checkpoint
from tools.verifying.trail import check_trail
from tools.verifying.witnessed import check_witnessed

ALL_KEYS = (KEY, FIRST_KEY, SECOND_KEY)
GONE = "gone"
SEALED_FIRST, SEALED_LATER = 3, ENTRIES - 1

Export = Any


@pytest.fixture(scope="module")
async def genuine() -> Cosigned:
    return await cosigned(others=7)


def report_of(raw: bytes, *keys: str) -> Report:
    report = Report(given="", keys=list(keys))
    try:
        check_trail(raw, [parsed_key(key) for key in keys], report)
    except (Unproven, Unreadable) as no:
        report.wrong = str(no)
    return report


def changed(genuine: Cosigned, change: Callable[[Export], object]) -> bytes:
    export = json.loads(genuine.trail)
    change(export)
    return json.dumps(export).encode()


def test_each_witness_is_told_with_its_time_and_what_of_the_trail_was_in_what_it_saw(genuine: Cosigned) -> None:
    report = report_of(genuine.trail, *ALL_KEYS)
    said = [line for line in report.checked if line.startswith("witness witness.test")]
    at, (first, second) = NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), genuine.sizes
    begins = "lines, with which this one begins: entries 1 to"
    one = f"witness {ONE.key.name} saw at {at} a ledger of {first} {begins} {SEALED_FIRST} of this trail were in it"
    two = f"witness {TWO.key.name} saw at {at} a ledger of {second} {begins} {SEALED_LATER} of this trail were in it"
    assert said[-2:] == [one, two]
    assert [line for line in report.unchecked if "witness" in line or "whether witness" in line] == []


def test_a_witness_whose_key_was_not_given_is_not_believed_and_it_is_said(genuine: Cosigned) -> None:
    report = report_of(genuine.trail, KEY, FIRST_KEY)
    assert any(
        line.startswith(f"whether {TWO.key.name} saw a ledger of {genuine.sizes[1]}") for line in report.unchecked
    )
    assert not any(TWO.key.name in line for line in report.checked)
    alone = report_of(genuine.trail)
    assert sum(line.startswith("whether witness.test/") for line in alone.unchecked) == 2


def test_a_witness_whose_word_was_left_out_is_missed_by_whoever_has_its_key(genuine: Cosigned) -> None:
    raw = changed(genuine, lambda export: export["witnessed"].pop(0))
    report = report_of(raw, *ALL_KEYS)
    assert (report.wrong, report.unchecked[-1]) == (
        "",
        f"what witness {ONE.key.name} saw: no cosignature of its key is here",
    )


def test_no_byte_of_what_witnesses_saw_can_be_flipped_unseen(genuine: Cosigned) -> None:
    """Refused, or the witness is missed, or it is said that a signature of another key is there."""
    export = json.loads(genuine.trail)
    raw = json.dumps(export["witnessed"], separators=(",", ":")).encode()
    assert _unchecked(raw, export["checkpoint"]) == []
    for at in range(len(raw)):
        assert _unchecked(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], export["checkpoint"]) != [], at


def _unchecked(witnessed: bytes, main: str) -> list[str]:
    report = Report(given="", keys=[])
    try:
        _check(parsed("witnessed", witnessed), main, report)
    except (Unproven, Unreadable) as no:
        return [str(no)]
    return report.unchecked


def _second(export: Export) -> Any:
    return export["witnessed"][1]


def _only_the_log(export: Export) -> None:
    note = export["witnessed"][0]["checkpoint"]
    text, _, lines = note.rpartition("\n\n")
    export["witnessed"][0]["checkpoint"] = f"{text}\n\n{lines.splitlines()[0]}\n"


def _only_the_witness(export: Export) -> None:
    note = export["witnessed"][0]["checkpoint"]
    text, _, lines = note.rpartition("\n\n")
    export["witnessed"][0]["checkpoint"] = f"{text}\n\n{lines.splitlines()[1]}\n"


def _another_history(export: Export) -> None:
    """The witness saw, and the force signed, what this ledger does not begin with."""
    lines = export["witnessed"][0]["checkpoint"].splitlines(keepends=True)
    text = "".join([*lines[:2], f"{to_base64(bytes(32))}\n"])
    note = f"{text}\n\u2014 {SIGNER.key.name} {to_base64(SIGNER.key.id + SIGNER.sign(text.encode()))}\n"
    export["witnessed"][0]["checkpoint"] = note + ONE.line(note, NOW)


def _moved(export: Export) -> None:
    """One witness's line under what the other saw."""
    line = export["witnessed"][0]["checkpoint"].splitlines(keepends=True)[-1]
    _second(export)["checkpoint"] += line


TAMPERED: dict[str, tuple[Callable[[Export], object], str]] = {
    "no proof": (lambda e: e["witnessed"][0].update(proof=[]), "witnessed 1: consistency: "),
    "a proof cut": (lambda e: e["witnessed"][0]["proof"].pop(), "witnessed 1: consistency: "),
    "a proof doubled": (lambda e: e["witnessed"][0].update(proof=e["witnessed"][0]["proof"] * 2), "witnessed 1: "),
    "a proof turned round": (lambda e: e["witnessed"][0]["proof"].reverse(), "witnessed 1: consistency: "),
    "the proof of another": (lambda e: _second(e).update(proof=e["witnessed"][0]["proof"]), "witnessed 2: consistency"),
    "a line under another's": (_moved, f"witnessed 2: note: the signature of {ONE.key.name} is not over this text"),
    "the log alone": (_only_the_log, "witnessed 1: nobody but the force itself signed it"),
    "the witness alone": (_only_the_witness, "witnessed 1: the log that it names has not signed it"),
    "another history": (_another_history, "witnessed 1: consistency: the proof leads to other roots"),
    "a name more": (lambda e: _second(e).update(at=0), "witnessed 2: it should have checkpoint, proof"),
    "no note": (lambda e: _second(e).update(checkpoint="nothing"), "witnessed 2: note: "),
    "no list": (lambda e: e.update(witnessed=None), "trail: witnessed: "),
    "no such name": (lambda e: e.pop("witnessed"), "trail: it should have "),
    "an older checkpoint": (lambda e: e.update(checkpoint=e["witnessed"][0]["checkpoint"]), "entry "),
}


@pytest.mark.parametrize("how", list(TAMPERED))
def test_what_was_tampered_with_is_refused_by_name(genuine: Cosigned, how: str) -> None:
    tamper, name = TAMPERED[how]
    assert report_of(changed(genuine, tamper), *ALL_KEYS).wrong.startswith(name)


def test_what_a_witness_saw_is_no_larger_than_what_the_trail_is_proven_in(genuine: Cosigned) -> None:
    """Else it would be word of entries that nobody here can look at."""
    export = json.loads(genuine.trail)
    report = Report(given="", keys=[])
    main = export["checkpoint"]
    with pytest.raises(Unproven, match=r"^witnessed 1: consistency: the newer tree is the smaller one"):
        _check(copy.deepcopy(export["witnessed"][1:]), export["witnessed"][0]["checkpoint"], report)
    _check(export["witnessed"], main, report)


def _check(items: list[Any], main: str, report: Report, links: Sequence[Link] = ()) -> None:
    keys = [parsed_key(key) for key in ALL_KEYS]
    check_witnessed(items, signed_checkpoint(main.encode(), keys).checkpoint, links, keys, report)


def test_where_nothing_is_sealed_nobody_can_have_seen_it(genuine: Cosigned) -> None:
    def unsealed(export: Export) -> None:
        export["checkpoint"] = None
        for each in export["entries"]:
            each.update(leaf=None, proof=None)

    said = "witnessed 1: the trail's own checkpoint is of another ledger, or there is none"
    assert report_of(changed(genuine, unsealed), *ALL_KEYS).wrong == said


@pytest.mark.parametrize(
    "behind,said",
    [
        ([-1, 0, None], "entries 1 to 1 of this trail were in it"),
        ([-2, -1, 0], "entries 1 to 2 of this trail were in it"),
        ([0, -1, 1], "entries 1 to 2 of this trail were in it, or bound by a later one that was"),
        ([None, -1], "entries 1 to 2 of this trail were in it, or bound by a later one that was"),
        ([0, -1, GONE, -1], "entries 1 to 4 of this trail were in it, or bound by a later one that was"),
        (
            [-2, 0, None, GONE, 0, -1, None],
            "entries 1 to 1, 4 to 6 of this trail were in it, or bound by a later one that was",
        ),
        ([None, GONE], "entries 2 to 2 of this trail were in it"),
        ([0, 1, None], "no entry of this trail was in it yet"),
        ([], "no entry of this trail was in it yet"),
    ],
)
def test_what_was_in_it_is_what_has_a_leaf_below_its_size(
    genuine: Cosigned, behind: list[int | str | None], said: str
) -> None:
    """`behind`: the leaf of each entry, from the first that the witness did not see; GONE was erased, and it saw it."""
    export, report = json.loads(genuine.trail), Report(given="", keys=[])
    links = [_link(number, genuine.sizes[0], each) for number, each in enumerate(behind, start=1)]
    _check(export["witnessed"][:1], export["checkpoint"], report, links)
    assert report.checked[-1].endswith(f"begins: {said}")


def _link(number: int, size: int, behind: int | str | None) -> Link:
    leaf = size - 3 if isinstance(behind, str) else None if behind is None else size + behind
    return Link(number=number, id="", committed="", leaf=leaf, entry={} if behind == GONE else {"number": number})


def test_more_witnesses_than_any_force_has_are_not_looked_through(genuine: Cosigned) -> None:
    raw = changed(genuine, lambda export: export["witnessed"].extend(export["witnessed"][:1] * 99))
    assert report_of(raw, *ALL_KEYS).wrong == "witnessed: there are more than 100"


def test_a_checkpoint_signed_with_an_older_key_of_the_log_is_believed_for_the_witness_s_sake(genuine: Cosigned) -> None:
    """What it saw is how the ledger begins that the newer key signed; and it is said which key was not given."""
    raw = changed(genuine, _signed_with_an_older_key)
    report = report_of(raw, *ALL_KEYS)
    assert report.wrong == ""
    assert any(line.startswith(f"witness {ONE.key.name} saw at ") for line in report.checked)
    assert any("whether the log itself signed, with another key," in line for line in report.unchecked)
    alone = report_of(raw, KEY)
    assert (alone.wrong, sum("with which this one begins" in line for line in alone.unchecked)) == ("", 3)


def _signed_with_an_older_key(export: Export) -> None:
    item = export["witnessed"][0]
    text, _, lines = item["checkpoint"].rpartition("\n\n")
    older = f"\u2014 {SIGNER.key.name} {to_base64(b'abcd' + bytes(64))}\n"
    item["checkpoint"] = f"{text}\n\n{older}{lines.splitlines(keepends=True)[1]}"


@pytest.mark.parametrize(
    "seconds,said",
    [
        (0, "1970-01-01T00:00:00Z"),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, "Unix time 253402300800"),
        (2**63 - 1, f"Unix time {2**63 - 1}"),
    ],
)
def test_a_time_that_no_calendar_has_is_told_as_it_was_signed(seconds: int, said: str) -> None:
    assert moment(seconds) == said
