"""Signed notes read from strangers, rules N1 to N5 of note.py.

The vectors are retyped from golang.org/x/mod, BSD-3-Clause: sumdb/note/note_test.go. The signatures are verified by
another library.
"""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.domain.note import (
    COSIGNATURE,
    MOST_SIGNATURES,
    Note,
    VerifierKey,
    parsed_key,
    parsed_note,
    signed,
    signers,
)
from tests.domain.naive_tree import refused

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
BY_PETER = (
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
BY_ENOCH = (
    "\u2014 EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
)
LOG = Ed25519PrivateKey.from_private_bytes(b"L" * 32)
LOG_KEY = VerifierKey(name="ledger.example", public=LOG.public_key().public_bytes_raw())
WITNESS_KEY = VerifierKey(name="witness.example/1", public=bytes(range(32)), kind=COSIGNATURE)


def check(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def who(note: str, *keys: VerifierKey) -> dict[str, int | None]:
    return {key.name: at for key, at in signers(parsed_note(note.encode()), keys, check).items()}


def test_go_notes_read_and_verify_here() -> None:
    peter, enoch = parsed_key(PETER), parsed_key(ENOCH)
    note = f"{TEXT}\n{BY_PETER}{BY_ENOCH}"
    assert parsed_note(note.encode()).text == TEXT
    assert who(note, peter) == {"PeterNeumann": None}
    assert who(note, enoch) == {"EnochRoot": None}
    assert who(note, peter, enoch) == {"PeterNeumann": None, "EnochRoot": None}


def test_a_note_of_go_is_written_here_byte_for_byte() -> None:
    raw = base64.b64decode(BY_PETER.split()[2])
    assert signed(TEXT, parsed_key(PETER), raw[4:]) == f"{TEXT}\n{BY_PETER}"


def test_n4_verifier_keys_read_back_and_no_piece_or_changed_byte_of_one_does() -> None:
    assert str(parsed_key(PETER)) == PETER
    assert parsed_key(str(WITNESS_KEY)) == WITNESS_KEY
    pieces = {PETER[start:end] for start in range(len(PETER)) for end in range(start, len(PETER) + 1)} - {PETER}
    changed = {PETER[:at] + chr(ord(PETER[at]) + 1) + PETER[at + 1 :] for at in range(len(PETER))}
    for bad in pieces | changed:
        with refused("^key: "):
            parsed_key(bad)


@pytest.mark.parametrize(
    "bad",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # another length, its id adjusted
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # an unknown kind, its id adjusted
        PETER.replace("c74f20a3", "C74F20A3"),
        f" {PETER}",
        f"{PETER}\n",
        str(VerifierKey(name="two words", public=LOG_KEY.public)),
        str(VerifierKey(name="a\u00a0b", public=LOG_KEY.public)),
        str(VerifierKey(name="", public=LOG_KEY.public)),
        str(VerifierKey(name="short", public=bytes(31))),
        str(VerifierKey(name="long", public=bytes(33))),
        "\ud800" + PETER,
    ],
)
def test_n4_keys_written_in_any_other_way_are_refused(bad: str) -> None:
    with refused("^key: "):
        parsed_key(bad)


def test_n5_a_note_without_a_known_signature_is_not_believed() -> None:
    for keys in ((), (LOG_KEY,), (VerifierKey(name="PeterNeumann", public=LOG_KEY.public),)):
        with refused("^note: it has no signature of a known key"):
            who(f"{TEXT}\n{BY_PETER}{BY_ENOCH}", *keys)


def test_n5_one_bad_signature_of_a_known_key_spoils_a_note_that_another_signed_well() -> None:
    spoilt = f"{TEXT}\n{BY_PETER}{BY_ENOCH[:60]}ABCD{BY_ENOCH[60:]}"
    assert who(spoilt, parsed_key(PETER)) == {"PeterNeumann": None}
    with refused("^note: the signature of EnochRoot is not over this text"):
        who(spoilt, parsed_key(PETER), parsed_key(ENOCH))


def test_n5_a_known_key_signs_once_and_strangers_as_often_as_they_like() -> None:
    assert who(f"{TEXT}\n{BY_PETER}{BY_ENOCH}{BY_ENOCH}", parsed_key(PETER)) == {"PeterNeumann": None}
    with refused("^note: PeterNeumann signed it twice"):
        who(f"{TEXT}\n{BY_PETER}{BY_PETER}", parsed_key(PETER))


@pytest.mark.parametrize("length", [1, 63, 65, 128])
def test_n5_a_signature_of_another_length_is_refused_before_it_is_checked(length: int) -> None:
    note = parsed_note(signed(TEXT, LOG_KEY, bytes(length)).encode())
    with refused("^note: the signature of ledger.example is not over this text"):
        signers(note, [LOG_KEY], lambda *_: True)


def test_n2_up_to_a_hundred_signatures_are_read_and_no_more() -> None:
    assert len(parsed_note(f"{TEXT}\n{BY_PETER * MOST_SIGNATURES}".encode()).signatures) == MOST_SIGNATURES
    with refused("^note: there are too many signatures"):
        parsed_note(f"{TEXT}\n{BY_PETER * (MOST_SIGNATURES + 1)}".encode())


@pytest.mark.parametrize(
    "bad",
    [
        TEXT,
        f"{TEXT}\n",
        f"{TEXT}{BY_PETER}",
        f"{TEXT}\n{BY_PETER[:-1]}",
        f"{TEXT}\n{BY_PETER[:-1]}.",
        f"\x01{TEXT}\n{BY_PETER}",
        f"{TEXT}\n{BY_PETER}\x7f",
        f"{TEXT}\n{BY_PETER}Unexpected line.\n",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'Bad Name')}",
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', 'a+b')}",
        f"{TEXT}\n{BY_PETER}".replace("\u2014 PeterNeumann", "\u2014 a\u2003b"),
        f"{TEXT}\n{BY_PETER.replace('PeterNeumann', '')}",
        f"{TEXT}\n{BY_PETER}".replace("\u2014", "-"),
        f"{TEXT}\n{BY_PETER.replace('=', '')}",
        f"{TEXT}\n{BY_PETER}".replace("\n", "\r\n"),
        f"{TEXT}\n\u2014 PeterNeumann x08gow==\n",
        f"{TEXT}\n\u2014 PeterNeumann x08g\n",
        "",
        "\n\n",
    ],
)
def test_n2_what_is_no_note_is_refused(bad: str) -> None:
    with refused("^note: "):
        parsed_note(bad.encode())


def test_n1_what_is_not_utf_8_is_refused() -> None:
    with refused("^note: it is not UTF-8"):
        parsed_note(b"\xff" + f"{TEXT}\n{BY_PETER}".encode())


def test_n1_a_text_may_have_blank_lines_and_ends_at_the_last_one() -> None:
    text = f"{TEXT}\n{BY_ENOCH}\nmore\n"
    assert parsed_note(f"{text}\n{BY_PETER}".encode()) == Note(
        text=text, signatures=parsed_note(f"{TEXT}\n{BY_PETER}".encode()).signatures
    )


def test_a_name_of_more_than_one_word_does_not_sign() -> None:
    with refused("^note: a key's name is one word"):
        signed(TEXT, VerifierKey(name="two words", public=bytes(32)), bytes(64))
