"""The dock's own check of signed notes: Go's published example, and everything a forger might try."""

import base64

import pytest

from local.docking.faults import Untrusted
from local.docking.note import Verifier, verified_text
from local.docking.receipt import checked_receipt
from local.docking.recording import Fingerprint
from tests.local.dock_stand_in import Signer

# the example in the documentation of golang.org/x/mod/sumdb/note
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
QUOTE = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNED = (
    "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_example_verifies() -> None:
    assert verified_text(QUOTE + SIGNED, [Verifier.parse(NEUMANN)]) == QUOTE


@pytest.mark.parametrize("at", range(0, len(QUOTE), 7))
def test_one_changed_character_of_the_text_is_seen(at: int) -> None:
    changed = QUOTE[:at] + ("x" if QUOTE[at] != "x" else "y") + QUOTE[at + 1 :]
    with pytest.raises(Untrusted):
        verified_text(changed + SIGNED, [Verifier.parse(NEUMANN)])


def test_a_signature_of_somebody_else_beside_a_right_one_is_passed_over() -> None:
    ours, other = Signer("ours"), Signer("other")
    theirs = other.note("text\n").rpartition("\n\n")[2]
    assert verified_text(ours.note("text\n") + theirs, [Verifier.parse(ours.verifier)]) == "text\n"
    with pytest.raises(Untrusted, match="no signature by a key the service lists"):
        verified_text(other.note("text\n"), [Verifier.parse(ours.verifier)])


def test_a_wrong_signature_by_a_listed_key_spoils_the_note_whoever_else_signed() -> None:
    ours, second = Signer("ours"), Signer("second")
    about_another = second.note("another text\n").rpartition("\n\n")[2]
    with pytest.raises(Untrusted, match="signature of second is wrong"):
        verified_text(ours.note("text\n") + about_another, [Verifier.parse(s.verifier) for s in (ours, second)])


def test_a_key_of_the_same_name_does_not_speak_for_another() -> None:
    with pytest.raises(Untrusted, match="no signature"):
        verified_text(Signer("ours").note("text\n"), [Verifier.parse(Signer("ours").verifier)])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— ours\n",
        "text\n\n- ours AAAA\n",
        "text\n\n— ours !\n",
        "text\n\n— ours AAAA",
    ],
)
def test_what_is_not_a_note_is_not_taken_for_one(note: str) -> None:
    with pytest.raises(Untrusted):
        verified_text(note, [Verifier.parse(NEUMANN)])


def _with_algorithm(kind: bytes) -> str:
    name, key_id, key = NEUMANN.split("+", 2)
    return f"{name}+{key_id}+{base64.b64encode(kind + base64.b64decode(key)[1:]).decode()}"


@pytest.mark.parametrize(
    "line",
    ["", "name", "name+c74f20a3", NEUMANN.replace("c74f", "c74e"), NEUMANN.replace("Peter", "Paul"), NEUMANN[:-4]],
)
def test_a_verifier_key_that_is_not_its_own_is_refused(line: str) -> None:
    with pytest.raises(Untrusted):
        Verifier.parse(line)


def test_a_key_of_another_kind_is_refused_by_name() -> None:
    with pytest.raises(Untrusted, match="PeterNeumann: not an Ed25519 key"):
        Verifier.parse(_with_algorithm(b"\x02"))


@pytest.mark.parametrize(
    "lines",
    [
        ["continuity-receipt/v1", "rec", "v1", "10", "ab"],
        ["continuity-receipt/v1", "rec", "v1", "10", "ab", "2026-03-01T21:30:00Z", "more"],
        ["continuity-receipt/v1", "rec", "v1", "ten", "ab", "2026-03-01T21:30:00Z"],
        ["continuity-receipt/v1", "rec", "v1", "10", "ab", "yesterday"],
        ["continuity-receipt/v1", "rec", "v1", "10", "ab", "2026-03-01T21:30:00"],
    ],
)
def test_a_signed_text_that_is_no_receipt_is_refused(lines: list[str]) -> None:
    signer = Signer("receipts")
    with pytest.raises(Untrusted):
        checked_receipt(
            signer.note("\n".join(lines) + "\n"),
            verifiers=[Verifier.parse(signer.verifier)],
            recording="rec",
            fingerprint=Fingerprint(size=10, sha256="ab"),
        )
