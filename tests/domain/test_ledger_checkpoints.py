"""Signed checkpoints and cosignatures read from strangers, rules N5 to N7 of note.py; and a log that shows two views.

The example is that of C2SP tlog-checkpoint and tlog-cosignature.
"""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.ledger import EMPTY_ROOT, LARGEST, check_consistency
from shared.domain.note import (
    COSIGNATURE,
    Checkpoint,
    VerifierKey,
    cosignature,
    cosigned_text,
    parsed_checkpoint,
    parsed_note,
    signature_line,
    signed,
    signers,
)
from tests.domain.chance import steady
from tests.domain.naive_tree import Naive, refused
from tests.domain.test_ledger_notes import LOG, LOG_KEY, check, who

SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
BY_SOFA = (
    "\u2014 example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
BY_W1 = (
    "\u2014 witness.example.com/w1 "
    "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
WITNESS = Ed25519PrivateKey.from_private_bytes(b"W" * 32)
WITNESS_KEY = VerifierKey(name="witness.example/1", public=WITNESS.public_key().public_bytes_raw(), kind=COSIGNATURE)
AT = 1_767_000_000
lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1, max_size=12)


def by_log(text: str) -> str:
    return signed(text, LOG_KEY, LOG.sign(text.encode()))


def by_witness(text: str, seconds: int = AT) -> str:
    return signature_line(WITNESS_KEY, cosignature(seconds, WITNESS.sign(cosigned_text(text, seconds).encode())))


def checkpoint(size: int = 3, root: bytes = b"r" * 32) -> str:
    return str(Checkpoint(origin="ledger.example", size=size, root=root))


def test_every_byte_of_a_signed_checkpoint_counts() -> None:
    """Flipped anywhere, whether in the text, a name, an id or a signature, it no longer verifies for both keys."""
    note = (by_log(checkpoint()) + by_witness(checkpoint())).encode()
    assert signers(parsed_note(note), [LOG_KEY, WITNESS_KEY], check) == {LOG_KEY: None, WITNESS_KEY: AT}
    for at in range(len(note)):
        for bit in (1, 4, 128):
            changed = note[:at] + bytes([note[at] ^ bit]) + note[at + 1 :]
            assert not verifies_for_both(changed), (at, bit, changed)


def test_every_byte_dropped_or_doubled_in_a_signed_checkpoint_shows() -> None:
    note = (by_log(checkpoint()) + by_witness(checkpoint())).encode()
    for at in range(len(note)):
        assert not verifies_for_both(note[:at] + note[at + 1 :]), at
        assert not verifies_for_both(note[: at + 1] + note[at:]), at


def verifies_for_both(raw: bytes) -> bool:
    """Refused by name, or no longer signed by one of the two: an unknown key's line says nothing."""
    try:
        return len(signers(parsed_note(raw), [LOG_KEY, WITNESS_KEY], check)) == 2
    except ValueError as unproven:
        assert str(unproven).partition(": ")[0] in {"note", "checkpoint", "cosignature"}  # noqa: PT017 - the name is the point
        return False


def test_the_order_of_signature_lines_says_nothing() -> None:
    text = checkpoint()
    log_line = by_log(text).removeprefix(f"{text}\n")
    note = f"{text}\n{by_witness(text)}{log_line}"
    assert who(note, LOG_KEY, WITNESS_KEY) == {LOG_KEY.name: None, WITNESS_KEY.name: AT}


def test_n6_the_example_of_the_standard_reads_back() -> None:
    note = parsed_note(f"{SOFA}\n{BY_SOFA}{BY_W1}".encode())
    found = parsed_checkpoint(note.text)
    assert (found.origin, found.size, found.extension) == ("example.com/behind-the-sofa", 20852163, ())
    assert found.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert str(found) == SOFA
    assert int.from_bytes(note.signatures[1][2][:8], "big") == 1679315147
    assert cosigned_text(SOFA, 1679315147) == f"cosignature/v1\ntime 1679315147\n{SOFA}"


@steady
@given(
    origin=lines,
    size=st.integers(0, LARGEST),
    root=st.binary(min_size=32, max_size=32),
    extension=st.lists(lines, max_size=3).map(tuple),
)
def test_n6_every_checkpoint_reads_back(origin: str, size: int, root: bytes, extension: tuple[str, ...]) -> None:
    made = Checkpoint(origin=origin, size=size, root=root, extension=extension)
    assert parsed_checkpoint(str(made)) == made


ROOT = base64.b64encode(bytes(range(32))).decode()


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "o\n", "o\n1\n", f"o\n1\n{ROOT}", f"\n1\n{ROOT}\n", f"o\n\n{ROOT}\n", "o\n1\n\n",
        f"o\n01\n{ROOT}\n", f"o\n00\n{ROOT}\n", f"o\n-1\n{ROOT}\n", f"o\n+1\n{ROOT}\n", f"o\n1_0\n{ROOT}\n",
        f"o\n 1\n{ROOT}\n", f"o\n1 \n{ROOT}\n", f"o\n0x1\n{ROOT}\n", f"o\n\u0661\n{ROOT}\n", f"o\n1.0\n{ROOT}\n",
        f"o\n{2**63}\n{ROOT}\n", f"o\n{10**19}\n{ROOT}\n", f"o\n{'9' * 6000}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-1]}\n", f"o\n1\n{ROOT[:-2]}9=\n", f"o\n1\n{ROOT}=\n", "o\n1\nAAAA\n", f"o\n1\n{ROOT} \n",
        f"o\n1\n{ROOT}\n\n", f"o\n1\n{ROOT}\n\nx\n", f"o\n1\n{ROOT}\nx", f"o\r\n1\r\n{ROOT}\r\n", f"o\t\n1\n{ROOT}\n",
    ],
)  # fmt: skip
def test_n6_what_is_no_checkpoint_is_refused(text: str) -> None:
    with refused("^checkpoint: "):
        parsed_checkpoint(text)


@pytest.mark.parametrize("size, root", [(-1, bytes(32)), (LARGEST + 1, bytes(32)), (1, bytes(31)), (1, b"")])
def test_n6_what_is_no_size_or_root_is_not_written(size: int, root: bytes) -> None:
    with refused("^checkpoint: the size or the root hash is none"):
        Checkpoint(origin="o", size=size, root=root)


def test_n6_the_largest_size_and_the_empty_tree_have_checkpoints() -> None:
    for size, root in ((0, EMPTY_ROOT), (LARGEST, bytes(32))):
        assert parsed_checkpoint(str(Checkpoint(origin="o", size=size, root=root))).size == size


def test_n7_a_cosignature_is_of_its_time_and_of_nothing_but_a_checkpoint() -> None:
    text = checkpoint()
    assert who(f"{text}\n{by_witness(text)}", WITNESS_KEY) == {WITNESS_KEY.name: AT}
    said = WITNESS.sign(cosigned_text(text, AT).encode())
    later = signature_line(WITNESS_KEY, cosignature(AT + 1, said))
    with refused("^note: the signature of witness.example/1 is not over this text"):
        who(f"{text}\n{later}", WITNESS_KEY)
    with refused("^checkpoint: "):
        cosigned_text("no checkpoint\n", AT)
    for seconds in (-1, LARGEST + 1):
        with refused("^cosignature: there is no such time"):
            cosigned_text(text, seconds)


def test_n7_a_witness_is_no_log_and_a_log_no_witness_under_the_same_key() -> None:
    """The kind is in the key id, so that a line made as one cannot be read as the other."""
    as_log = VerifierKey(name=WITNESS_KEY.name, public=WITNESS_KEY.public)
    assert as_log.id != WITNESS_KEY.id
    text = checkpoint()
    with refused("^note: it has no signature of a known key"):
        who(f"{text}\n{by_witness(text)}", as_log)
    relabelled = signature_line(as_log, cosignature(AT, WITNESS.sign(cosigned_text(text, AT).encode())))
    with refused("^note: the signature of witness.example/1 is not over this text"):
        who(f"{text}\n{relabelled}", as_log)


@steady
@given(one=st.lists(st.binary(max_size=3), min_size=1, max_size=20), data=st.data())
def test_split_view_two_signed_checkpoints_of_one_log_and_size_convict_it(
    one: list[bytes], data: st.DataObject
) -> None:
    other = data.draw(st.lists(st.binary(max_size=3), min_size=len(one), max_size=len(one)))
    notes = [by_log(checkpoint(len(leaves), Naive(leaves).root(len(leaves)))) for leaves in (one, other)]
    assert all(who(note, LOG_KEY) == {LOG_KEY.name: None} for note in notes), "both are really signed"
    kept, shown = (parsed_checkpoint(parsed_note(note.encode()).text) for note in notes)
    if one == other:
        check_consistency(kept.size, kept.root, shown.size, shown.root, [])
    else:
        with refused("^consistency: two trees of one size differ"):
            check_consistency(kept.size, kept.root, shown.size, shown.root, [])
