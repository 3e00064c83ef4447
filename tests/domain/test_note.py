"""Signed notes, rules N1 to N4, against vectors computed here with hashlib and verified with another library."""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from shared.domain.note import VerifierKey, signed
from tests.fakes import MemoryKeys

NAME = "receipts.continuity.example"
PUBLIC = bytes(range(32))
KEY = VerifierKey(name=NAME, public=PUBLIC)
SIGNATURE = bytes(64)


def key_id() -> bytes:
    return hashlib.sha256(NAME.encode() + b"\n\x01" + PUBLIC).digest()[:4]


def test_n3_the_key_id_is_the_first_four_bytes_of_a_hash_of_name_and_key() -> None:
    assert KEY.id == key_id()
    assert KEY.id.hex() == "bf7ef308"


def test_n3_another_name_for_the_same_key_is_another_id() -> None:
    assert VerifierKey(name="other", public=PUBLIC).id != KEY.id


def test_n4_the_verifier_key_is_name_id_and_key() -> None:
    key = base64.b64encode(b"\x01" + PUBLIC).decode()
    assert str(KEY) == f"{NAME}+{key_id().hex()}+{key}"


def test_n4_the_example_of_the_go_implementation_reads_the_same() -> None:
    """PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW, the verifier key of x/mod/sumdb/note."""
    public = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
    known = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert str(VerifierKey(name="PeterNeumann", public=public)) == known


def test_n2_a_note_is_text_blank_line_and_signature_line() -> None:
    note = signed("one\ntwo\n", KEY, SIGNATURE)
    mark = base64.b64encode(key_id() + SIGNATURE).decode()
    assert note == f"one\ntwo\n\n— {NAME} {mark}\n"


@pytest.mark.parametrize("text", ["", "no end", "tab\there\n", "nul\x00\n", "line\r\n", "bell\x07\n", "blank end\n\n"])
def test_n1_what_is_no_note_text_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="lines of text"):
        signed(text, KEY, SIGNATURE)


@pytest.mark.parametrize("text", ["x\n", "Müller — Ωmega\n", "a\n\nb\n"])
def test_n1_lines_of_any_script_are_note_text(text: str) -> None:
    assert signed(text, KEY, SIGNATURE).startswith(text)


async def test_another_library_verifies_a_note_made_with_our_keys() -> None:
    signer = await MemoryKeys().receipt_signer()
    text = "continuity-receipt/v1\nabc\n"
    note = signed(text, signer.key, signer.sign(text.encode()))
    said, _, line = note.rpartition("\n\n")
    dash, name, mark = line.removesuffix("\n").split(" ")
    raw = base64.b64decode(mark, validate=True)
    assert (dash, name, raw[:4]) == ("\u2014", signer.key.name, signer.key.id)
    public = Ed25519PublicKey.from_public_bytes(signer.key.public)
    public.verify(raw[4:], f"{said}\n".encode())
    with pytest.raises(InvalidSignature):
        public.verify(raw[4:], f"{said}.\n".encode())
