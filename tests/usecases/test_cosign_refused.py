"""What cosigning refuses, what is an alarm, and that neither leaves anything behind."""

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from shared.domain.ledger import leaf_hash
from shared.domain.note import Checkpoint, signed
from shared.domain.seal import LEDGER
from shared.errors import Conflict, Malformed, NotAllowed, NotFound, Refusal
from shared.ports import Clash
from shared.usecases.cosign import ATTEMPTS, Contended
from tests.builders import NOW
from tests.fakes import MemoryWitness, World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.cosigning import ONE, TWO, UNLISTED, a_cosigned_note, a_ledger_of, cosigning, note_of
from tests.usecases.sealed import SIGNER


@pytest.fixture
def world() -> World:
    """A ledger that was published at the sizes 3, 5 and 8."""
    made = World()
    a_ledger_of(made, 3, 2, 3)
    return made


def other_text(size: int, origin: str = LEDGER_KEY) -> str:
    text = str(Checkpoint(origin=origin, size=size, root=leaf_hash(b"another")))
    return signed(text, SIGNER.key, SIGNER.sign(text.encode()))


def by(witness: MemoryWitness, note: str, **times: timedelta) -> str:
    return note + witness.line(note, NOW + times.get("later", timedelta(0)))


REFUSED: dict[str, tuple[Callable[[World], str], type[Refusal], str]] = {
    "no note": (lambda _w: "nonsense", Malformed, "^checkpoint: note: it is not a text"),
    "half a pair": (lambda _w: "\ud83d", Malformed, "^checkpoint: note: it is not UTF-8"),
    "a note of something else": (
        lambda _w: by_hand("receipt\n"),
        Malformed,
        "^checkpoint: checkpoint: it is not three or more lines",
    ),
    "nobody cosigned": (lambda w: note_of(w, 5), NotAllowed, "no witness that is listed"),
    "an unlisted one": (lambda w: a_cosigned_note(w, 5, UNLISTED), NotAllowed, "no witness that is listed"),
    "of another size's text": (
        lambda w: note_of(w, 5) + ONE.line(note_of(w, 3), NOW),
        NotAllowed,
        "is not over this text",
    ),
    "one good, one not": (
        lambda w: a_cosigned_note(w, 5, ONE) + TWO.line(note_of(w, 3), NOW),
        NotAllowed,
        "is not over this text",
    ),
    "of another ledger": (lambda _w: by(ONE, other_text(5, "other.test")), Malformed, "^checkpoint: it is of another"),
    "from the future": (
        lambda w: a_cosigned_note(w, 5, ONE, at=NOW + timedelta(minutes=5, seconds=1)),
        Malformed,
        "^checkpoint: it was signed more than five minutes from now: a clock is wrong",
    ),
}


def by_hand(text: str) -> str:
    return signed(text, SIGNER.key, SIGNER.sign(text.encode()))


@pytest.mark.parametrize("case", list(REFUSED))
async def test_what_is_not_a_listed_witness_s_word_about_this_ledger_is_refused_and_raises_no_alarm(
    world: World, case: str
) -> None:
    note, refusal, why = REFUSED[case]
    before, records = dict(world.ledger.files), world.records.everything()
    with pytest.raises(refusal, match=why) as refused:
        await cosigning(world, note(world))
    assert refused.value.field == ("checkpoint" if refusal is Malformed else None)
    assert (world.ledger.files, world.records.everything(), world.metrics.counts) == (before, records, {})
    assert world.faults.calls == [], "who is not listed costs no call of any store"


async def test_a_cosignature_of_five_minutes_from_now_is_kept(world: World) -> None:
    note = a_cosigned_note(world, 5, ONE, at=NOW.replace(microsecond=0) + timedelta(minutes=5))
    assert (await cosigning(world, note)).new


@pytest.mark.parametrize(
    "size, refusal, why",
    [(5, Conflict, "of size 5 that was published here is another: keep both"), (9, NotFound, "no checkpoint of size 9"),
     (4, NotFound, "no checkpoint of size 4")],
)  # fmt: skip
async def test_a_listed_witness_that_has_seen_another_history_is_an_alarm_and_nothing_is_kept(
    world: World, size: int, refusal: type[Refusal], why: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, records = dict(world.ledger.files), world.records.everything()
    with caplog.at_level(logging.ERROR), pytest.raises(refusal, match=why):
        await cosigning(world, by(TWO, other_text(size)))
    assert (world.ledger.files, world.records.everything()) == (before, records)
    assert world.metrics.counts == {"cosign.elsewhere": 1}
    (line,) = [record.getMessage() for record in caplog.records]
    root = other_text(size).splitlines()[2]
    assert line == f"cosign: another history: size={size} witness={TWO.key.name} saw={root}"


async def test_a_checkpoint_with_more_lines_than_ours_is_another(world: World) -> None:
    text = note_of(world, 5).partition("\n\n")[0] + "\nmore\n"
    with pytest.raises(Conflict):
        await cosigning(world, by(ONE, by_hand(text)))


async def test_one_who_never_finds_a_place_gives_up_with_a_fault(world: World) -> None:
    async def clash(pk: str, _writes: object) -> None:
        assert pk == LEDGER
        raise Clash(0)

    world.records.write = clash  # type: ignore[method-assign, assignment]
    with pytest.raises(Contended, match=ONE.key.name):
        await cosigning(world, a_cosigned_note(world, 5, ONE))
    assert world.faults.calls.count("records.witnessed") == ATTEMPTS
