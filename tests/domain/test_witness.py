"""Witnesses, rules W1 to W6: whose cosignature is believed, at what time, and how far each has seen the ledger."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.ed25519 import verifies
from shared.domain.ledger import Unproven
from shared.domain.note import COSIGNATURE, Checkpoint, VerifierKey, parsed_note, signed, signers
from shared.domain.witness import (
    MOST,
    Cosigned,
    Witnessed,
    awaited,
    cosignature_path,
    cosigned,
    grown,
    is_ahead,
    kept_line,
    longest_silent,
    parsed_witnesses,
    size_within,
    with_cosignatures,
)
from tests.builders import NOW
from tests.domain.chance import steady
from tests.fakes import MemorySigner, MemoryWitness

LOG = MemorySigner("continuity.test/ledger", b"l" * 32)
ONE, TWO, UNLISTED = (MemoryWitness(f"witness.test/{n}", n.encode() * 32) for n in "123")
KEYS = (ONE.key, TWO.key)
TEXT = str(Checkpoint(origin=LOG.key.name, size=7, root=b"r" * 32))
NOTE = signed(TEXT, LOG.key, LOG.sign(TEXT.encode()))
OTHER = str(Checkpoint(origin=LOG.key.name, size=7, root=b"s" * 32))
SECOND = timedelta(seconds=1)
AT = int(NOW.timestamp())


def believed(note: str) -> list[tuple[str, int]]:
    return [(each.key.name, each.seconds) for each in cosigned(parsed_note(note.encode()), KEYS, verifies)]


def a_cosignature(size_at: datetime = NOW) -> Cosigned:
    return Cosigned(key=ONE.key, seconds=int(size_at.timestamp()), line=ONE.line(NOTE, size_at))


def test_w1_the_witnesses_are_those_that_are_listed() -> None:
    assert parsed_witnesses([]) == ()
    assert parsed_witnesses(map(str, KEYS)) == KEYS
    fifteen = [str(MemoryWitness("w", bytes([n]) * 32).key) for n in range(1, MOST + 1)]
    assert len(parsed_witnesses(fifteen)) == MOST
    for wrong, why in (
        ([str(LOG.key)], "not a witness's"),
        ([str(ONE.key)] * 2, "listed twice"),
        ([*fifteen, str(ONE.key)], "more than 15"),
        (["nonsense"], "it is not"),
    ):
        with pytest.raises(Unproven, match=f"^key: .*{why}"):
            parsed_witnesses(wrong)


def test_w2_what_listed_witnesses_signed_is_believed_whoever_else_signed() -> None:
    assert believed(NOTE + UNLISTED.line(NOTE, NOW) + TWO.line(NOTE, NOW) + ONE.line(NOTE, NOW - SECOND)) == [
        (TWO.key.name, AT),
        (ONE.key.name, AT - 1),
    ]


@pytest.mark.parametrize(
    "lines",
    [
        "",
        UNLISTED.line(NOTE, NOW),
        ONE.line(OTHER + "\n" + NOTE.partition("\n\n")[2], NOW),
        ONE.line(NOTE, NOW) + TWO.line(OTHER + "\n" + NOTE.partition("\n\n")[2], NOW),
        ONE.line(NOTE, NOW) + ONE.line(NOTE, NOW + SECOND),
        MemoryWitness(ONE.key.name, b"x" * 32).line(NOTE, NOW),
        UNLISTED.line(NOTE, NOW).replace(UNLISTED.key.name, ONE.key.name),
    ],
    ids=["nobody", "an unlisted one", "of another text", "one good and one not", "twice", "of its name", "renamed"],
)
def test_w2_a_note_is_not_believed_that_no_listed_witness_signed_or_one_did_not(lines: str) -> None:
    with pytest.raises(Unproven, match=r"^note: "):
        believed(NOTE + lines)


def test_w2_the_signature_line_of_a_key_is_only_over_the_time_it_says() -> None:
    line = bytearray(ONE.line(NOTE, NOW).encode())
    line[len(f"\u2014 {ONE.key.name} ".encode()) + 12] ^= 1  # of the eight bytes of its time
    with pytest.raises(Unproven, match="is not over this text"):
        believed(NOTE + line.decode())


@pytest.mark.parametrize("ahead, refused", [(-1, False), (0, False), (1, True)])
def test_w3_a_cosignature_of_more_than_five_minutes_from_now_is_refused(ahead: int, refused: bool) -> None:
    now = datetime(2026, 11, 25, 20, 0, tzinfo=UTC)
    signed_at = now + timedelta(minutes=5) + ahead * SECOND
    assert is_ahead(a_cosignature(signed_at), now) is refused


def test_w3_a_witness_whose_clock_is_behind_is_believed() -> None:
    assert not is_ahead(a_cosignature(datetime(1970, 1, 1, tzinfo=UTC)), NOW)


def test_w4_what_is_kept_is_read_as_it_was_signed_and_stands_at_the_end_of_the_note() -> None:
    line = ONE.line(NOTE, NOW)
    read = kept_line(ONE.key, line.encode())
    assert read == Cosigned(key=ONE.key, seconds=AT, line=line)
    note = with_cosignatures(NOTE, [read, kept_line(TWO.key, TWO.line(NOTE, NOW).encode())])
    assert signers(parsed_note(note.encode()), (LOG.key, *KEYS), verifies) == {LOG.key: None, ONE.key: AT, TWO.key: AT}
    assert with_cosignatures(NOTE, []) == NOTE


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        TWO.line(NOTE, NOW).encode(),
        ONE.line(NOTE, NOW).encode() * 2,
        ONE.line(NOTE, NOW).encode()[:-1],
        b"\n" + ONE.line(NOTE, NOW).encode(),
        b"x\n\n" + ONE.line(NOTE, NOW).encode()[:40],
        b"\xff",
    ],
)
def test_w4_a_file_that_is_not_the_witness_s_line_is_not_put_into_a_note(raw: bytes) -> None:
    with pytest.raises(Unproven):
        kept_line(ONE.key, raw)


def test_a_cosignature_lies_by_its_size_and_its_key() -> None:
    key = VerifierKey(name="w", public=bytes(32), kind=COSIGNATURE)
    assert cosignature_path(12, key) == f"cosignature/00000000000000000012/{key.id.hex()}"


sizes = st.lists(st.integers(1, 2**53 - 1), min_size=1, max_size=12)


@steady
@given(sizes, st.booleans())
def test_w5_what_is_known_of_a_witness_only_grows_and_is_the_largest_and_the_one_that_was_before(
    came: list[int], was_awaited: bool
) -> None:
    known = awaited(None, key=ONE.key, now=NOW) if was_awaited else None
    largest = [0]
    for at, size in enumerate(came):
        given_ = Cosigned(key=ONE.key, seconds=at, line="")
        before, known = known, grown(known, given=given_, size=size)
        if size > largest[-1]:
            largest.append(size)
            assert (known.seconds, known.name, known.key) == (at, ONE.key.name, ONE.key.id.hex())
        else:
            assert known is before
        assert (known.before, known.size) == (largest[-2], largest[-1])


@pytest.mark.parametrize("most, found", [(0, 0), (4, 0), (5, 5), (6, 5), (8, 5), (9, 9), (10, 9)])
def test_w5_the_largest_size_known_that_is_no_more_is_found(most: int, found: int) -> None:
    known = Witnessed(key=ONE.key.id.hex(), name=ONE.key.name, size=9, seconds=AT, before=5)
    assert size_within(known, most) == found


def test_w6_one_that_never_came_is_waited_for_from_when_it_was_first_missed() -> None:
    first = awaited(None, key=ONE.key, now=NOW)
    assert (first.size, first.at, size_within(first, 10)) == (0, NOW.replace(microsecond=0), 0)
    assert awaited(first, key=ONE.key, now=NOW + SECOND) is first
    assert (first.pk, first.id) == ("ledger", f"witness-{ONE.key.id.hex()}")


def test_w6_the_longest_silent_is_the_one_who_signed_the_longest_ago() -> None:
    known = [Witnessed(key=str(at), name=str(at), size=1, seconds=at) for at in (5, 3, 4)]
    assert longest_silent(known) == known[1]
    assert longest_silent([]) is None
