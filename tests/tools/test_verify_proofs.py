"""Single proofs as they are answered: verified by checkpoints, and every byte of them counts."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shared.domain.ledger import Unproven, to_base64
from shared.domain.note import Checkpoint, parsed_checkpoint, parsed_key, parsed_note, signed
from tests.tools.cosigned import FIRST_KEY, SECOND_KEY, Cosigned, cosigned
from tests.usecases.sealed import KEY, SIGNER
from tools.verify import main
from tools.verifying.proofs import check_continued, check_proof
from tools.verifying.report import Report, Unreadable
from tools.verifying.signed import check_checkpoint

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)
KEYS = [parsed_key(KEY)]
ANOTHER_HASH = to_base64(bytes(32))


@pytest.fixture(scope="module")
async def genuine() -> Cosigned:
    return await cosigned(others=7)


def refusal(check: Callable[[Report], None]) -> str:
    try:
        check(Report(given="", keys=[]))
    except (Unproven, Unreadable) as no:
        return f"{type(no).__name__}: {no}"
    return ""


def of_proof(raw: bytes) -> str:
    return refusal(lambda report: check_proof(raw, KEYS, report))


def of_consistency(raw: bytes, earlier: bytes, later: bytes) -> str:
    return refusal(lambda report: check_continued(raw, earlier, later, KEYS, report))


def another(raw: bytes, **changes: Any) -> bytes:
    """The same checkpoint but for these, signed by the same log."""
    text = str(replace(parsed_checkpoint(parsed_note(raw).text), **changes))
    return signed(text, SIGNER.key, SIGNER.sign(text.encode())).encode()


def test_a_proof_is_verified_and_says_which_line_is_where(
    genuine: Cosigned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["proof", str(genuine.files_in(tmp_path)["proof"]), "--key", KEY])
    told, said = json.loads(genuine.proof), capsys.readouterr().out
    assert code == IN_PART
    assert f"the line `v1 {told['id']} {told['commitment']}` is in the ledger" in said
    assert f"at leaf {told['leaf']}" in said


def test_two_checkpoints_are_shown_to_be_one_history(
    genuine: Cosigned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: str(path) for name, path in genuine.files_in(tmp_path).items()}
    asked = ["consistency", files["consistency"], "--earlier", files["earlier"], "--later", files["checkpoint"]]
    assert main([*asked, "--key", KEY]) == VERIFIED
    assert f"begins with exactly the {genuine.sizes[0]} entries of the earlier one" in capsys.readouterr().out


def test_any_byte_of_a_proof_that_is_flipped_is_found(genuine: Cosigned) -> None:
    raw = genuine.proof
    assert of_proof(raw) == ""
    assert [at for at in range(len(raw)) if of_proof(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]) == ""] == []


def test_any_byte_of_a_consistency_proof_or_of_its_checkpoints_that_is_flipped_is_found(genuine: Cosigned) -> None:
    given = [genuine.consistency, genuine.shown.earlier, genuine.shown.checkpoint]
    assert of_consistency(*given) == ""
    for which, raw in enumerate(given):
        for at in range(len(raw)):
            changed = [*given]
            changed[which] = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
            assert of_consistency(*changed) != "", (which, at)


PROOFS: dict[str, tuple[dict[str, Any], str]] = {
    "a leaf beyond the ledger": ({"leaf": 10**6}, "Unproven: inclusion: the tree has no such leaf"),
    "a leaf below none": ({"leaf": -1}, "Unproven: inclusion: "),
    "a leaf that is true": ({"leaf": True}, "Unproven: proof: leaf: "),
    "another entry": (
        {"id": "6f1c2a9e-0b1d-8c57-9a43-2f0f5f3f7a10"},
        "Unproven: inclusion: the proof leads to another",
    ),
    "another commitment": ({"commitment": ANOTHER_HASH}, "Unproven: inclusion: the proof leads to another root"),
    "no proof": ({"proof": []}, "Unproven: inclusion: the proof is too short"),
    "a hash that is none": ({"proof": ["AAAA"]}, "Unproven: inclusion: a hash is not 32 bytes"),
    "a name more": ({"note": ""}, "Unproven: proof: it should have"),
    "no checkpoint": ({"checkpoint": ""}, "Unproven: note: "),
}


@pytest.mark.parametrize("how", list(PROOFS))
def test_a_proof_that_was_tampered_with_is_refused_by_name(genuine: Cosigned, how: str) -> None:
    changes, said = PROOFS[how]
    assert of_proof(json.dumps({**json.loads(genuine.proof), **changes}).encode()).startswith(said)


def test_a_proof_is_of_one_leaf_and_no_other(genuine: Cosigned) -> None:
    told = json.loads(genuine.proof)
    for leaf in {*range(genuine.sizes[1])} - {told["leaf"]}:
        assert of_proof(json.dumps({**told, "leaf": leaf}).encode()).startswith("Unproven: inclusion: ")


@pytest.mark.parametrize("how", ["dropped", "doubled", "reordered"])
def test_hashes_of_a_proof_that_are_dropped_doubled_or_reordered_are_found(genuine: Cosigned, how: str) -> None:
    for what in ("proof", "consistency"):
        told = json.loads(getattr(genuine, what))
        hashes = told["proof"]
        for at in range(len(hashes) - (how == "reordered")):
            worse = {
                "dropped": [*hashes[:at], *hashes[at + 1 :]],
                "doubled": [*hashes[: at + 1], *hashes[at:]],
                "reordered": [*hashes[:at], *hashes[at : at + 2][::-1], *hashes[at + 2 :]],
            }[how]
            raw = json.dumps({**told, "proof": worse}).encode()
            notes = (genuine.earlier, genuine.checkpoint)
            assert (of_proof(raw) if what == "proof" else of_consistency(raw, *notes)).startswith("Unproven: ")


def test_checkpoints_of_other_sizes_or_of_another_ledger_or_exchanged_are_refused(genuine: Cosigned) -> None:
    raw, earlier, later = genuine.consistency, genuine.earlier, genuine.checkpoint
    assert of_consistency(raw, later, earlier).startswith("Unproven: consistency: it is of ")
    assert of_consistency(raw, earlier, earlier).startswith("Unproven: consistency: it is of ")
    bigger = another(later, size=genuine.sizes[1] + 1)
    assert of_consistency(raw, earlier, bigger).startswith("Unproven: consistency: it is of ")
    other = another(earlier, root=bytes(32))
    assert of_consistency(raw, other, later) == "Unproven: consistency: the proof leads to other roots"


def test_a_checkpoint_of_another_log_that_the_same_person_trusts_is_not_an_earlier_one(genuine: Cosigned) -> None:
    other = replace(SIGNER.key, name="another.test/ledger")
    text = str(Checkpoint(origin=other.name, size=genuine.sizes[0], root=bytes(32)))
    note = signed(text, other, SIGNER.sign(text.encode())).encode()
    keys = [*KEYS, other]
    said = refusal(lambda report: check_continued(genuine.consistency, note, genuine.checkpoint, keys, report))
    assert said.startswith("Unproven: consistency: the checkpoints are of two ledgers")


async def test_two_histories_of_one_key_never_both_verify_for_whoever_kept_a_checkpoint() -> None:
    """The force tells one person of an entry, and another that it never was: both signed, and no proof joins them."""
    mine, theirs = await cosigned(others=7), await cosigned(others=6)
    assert of_consistency(mine.consistency, mine.earlier, mine.checkpoint) == ""
    assert of_consistency(theirs.consistency, theirs.earlier, theirs.checkpoint) == ""
    told = json.loads(theirs.consistency)
    told["old"] = mine.sizes[0]
    for proof in (told["proof"], json.loads(mine.consistency)["proof"]):
        raw = json.dumps({**told, "proof": proof}).encode()
        assert of_consistency(raw, mine.earlier, theirs.checkpoint).startswith("Unproven: consistency: ")


def test_what_is_no_answer_is_unreadable(genuine: Cosigned) -> None:
    assert of_proof(b"{").startswith("Unreadable: ")
    assert of_consistency(b"\xff", genuine.earlier, genuine.checkpoint).startswith("Unreadable: ")


def test_a_checkpoint_says_which_witnesses_saw_it_and_when_and_who_of_those_asked_for_did_not(
    genuine: Cosigned, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = str(genuine.files_in(tmp_path)["checkpoint"])
    assert main(["checkpoint", given, "--key", KEY, "--key", SECOND_KEY]) == VERIFIED
    assert "witness witness.test/two saw it at 2026-11-25T" in capsys.readouterr().out
    assert main(["checkpoint", given, "--key", KEY]) == VERIFIED
    assert "beside       signatures on it of keys that were not given: witness.test/two" in capsys.readouterr().out
    assert main(["checkpoint", given, "--key", KEY, "--key", FIRST_KEY]) == IN_PART
    assert "not checked  what witness witness.test/one saw: no cosignature" in capsys.readouterr().out


def test_every_byte_of_a_cosignature_counts_for_whoever_has_the_witness_s_key(genuine: Cosigned) -> None:
    """It is refused, or the witness is missed: a changed key id is another key's, which says nothing here."""
    raw, keys = genuine.checkpoint, [*KEYS, parsed_key(SECOND_KEY)]
    for at in range(raw.rindex("\u2014".encode()), len(raw)):
        worse, report = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :], Report(given="", keys=[])
        said = refusal(lambda _, worse=worse, report=report: check_checkpoint(worse, keys, report))  # type: ignore[misc]
        assert said.startswith("Unproven: ") or "what witness witness.test/two saw" in str(report.unchecked), at


def test_a_witness_alone_is_no_log(genuine: Cosigned, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = str(genuine.files_in(tmp_path)["checkpoint"])
    assert main(["checkpoint", given, "--key", SECOND_KEY]) == NOT_VERIFIED
    assert "the log that it names has not signed it" in capsys.readouterr().out
