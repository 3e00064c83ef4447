"""Cosigning, and missing who does not come. Nothing of either is an entry: those there are were there before."""

from shared.usecases.cosign import cosign, longest_silence
from tests.usecases.cosigning import ONE, TWO, a_cosigned_note, a_ledger_of, cosigning
from tests.usecases.rows import Row
from tests.usecases.scenes import by_the_service

ROWS = (
    Row(
        name="cosign, by two in one note",
        verb=cosign,
        scene=lambda w: a_ledger_of(w, 3),
        run=lambda w, a: cosigning(w, a_cosigned_note(w, 3, ONE, TWO), now=a.at),
        enters=(("footage.read", ""),) * 3,
        asking=by_the_service(),
        answers=lambda kept: (kept.size, kept.witnesses),
    ),
    Row(
        name="longest silence, of one who never came",
        verb=longest_silence,
        scene=lambda _world: None,
        run=lambda w, a: longest_silence(now=a.at, witnesses=(ONE.key,), records=w.records),
        enters=(),
        answers=lambda silence: silence.witness,
    ),
)
