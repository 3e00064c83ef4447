"""Cosign: a witness says that it saw a checkpoint of the ledger, and that what it saw before is the beginning of it.

    1. read the note; judge whose cosignatures are in it, if they hold, and their times
    2. hold it against the checkpoint that was published at that size
    3. of each: keep the cosignature in the ledger, where the first one stands
    4. then remember how far the witness has seen, unless a file that is no cosignature of its lies in that place

Whoever is not listed costs one reading of a text and nothing is written for them. Every step finds done what was done
before, so that a crash between 3 and 4, a retry and two at once end the same. It is no entry: an entry would be sealed,
a new checkpoint made and cosigned, for ever; a cosignature is itself a signed statement that is written once.

A listed witness that has seen anything but what was published here is an alarm: somebody was shown another history, or
this ledger is not what it was.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from shared.domain.ledger import Unproven, to_base64
from shared.domain.note import Check, Note, VerifierKey, parsed_checkpoint, parsed_note
from shared.domain.seal import LEDGER, checkpoint_path
from shared.domain.witness import (
    Cosigned,
    Witnessed,
    awaited,
    cosignature_path,
    cosigned,
    grown,
    is_ahead,
    longest_silent,
)
from shared.errors import Conflict, Malformed, NotAllowed, NotFound, Refusal
from shared.ports import Clash, Create, Differs, Gone, LedgerFiles, Metrics, Records, Replace
from shared.usecases.prove import cosignature_of

log = logging.getLogger(__name__)
FIELD = "checkpoint"
ATTEMPTS = 100  # each lost race is another cosignature of the same witness, or another look at it


class Contended(Exception):
    """So many wrote down at once how far a witness has seen that one found no place. A fault: it is sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """`new`: a cosignature was kept that was not there before."""

    size: int
    witnesses: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    witness: str
    lasts: timedelta


async def cosign(
    note: str,
    *,
    now: datetime,
    origin: str,
    witnesses: Sequence[VerifierKey],
    check: Check,
    records: Records,
    ledger: LedgerFiles,
    metrics: Metrics,
) -> Kept:
    """Keep what listed witnesses cosigned in this note. Raises Malformed, NotAllowed, NotFound and Conflict."""
    said = _parsed(note)
    given = _believed(said, witnesses, check, now)
    size = _size_here(said, origin)
    published = await _published(size, ledger)
    if published != said.text:
        metrics.count("cosign.elsewhere")
        log.error("cosign: another history: size=%d witness=%s saw=%s", size, given[0].key.name, _root(said))
        raise _other(size, published)
    tried = [await _keep(each, size, said.text, check, ledger) for each in given]
    kept = [each for each in tried if each]
    for each, _ in kept:
        await _remember(each.key, partial(grown, given=each, size=size), records)
    metrics.count("cosign.kept", sum(is_new for _, is_new in kept))
    names = tuple(each.key.name for each, _ in kept)
    return Kept(size=size, witnesses=names, new=any(is_new for _, is_new in kept))


async def longest_silence(*, now: datetime, witnesses: Sequence[VerifierKey], records: Records) -> Silence | None:
    """Which of these witnesses has cosigned nothing for the longest time, and for how long; None if there are none.

    One of whom nothing is known yet is waited for from now on, and that is written down.
    """
    known = [await _remember(key, partial(awaited, key=key, now=now), records) for key in witnesses]
    silent = longest_silent(known)
    return Silence(witness=silent.name, lasts=max(now - silent.at, timedelta(0))) if silent else None


def _parsed(note: str) -> Note:
    """Step 1: the note, of a checkpoint."""
    try:
        said = parsed_note(note.encode("utf-8", "surrogatepass"))
        parsed_checkpoint(said.text)
    except Unproven as no:
        raise Malformed(f"{FIELD}: {no}", field=FIELD) from None
    return said


def _believed(said: Note, witnesses: Sequence[VerifierKey], check: Check, now: datetime) -> list[Cosigned]:
    """Step 1: whose cosignatures they are."""
    try:
        given = cosigned(said, witnesses, check)
    except Unproven:
        raise NotAllowed("no witness that is listed here signed it, or a signature is not over this text") from None
    if any(is_ahead(each, now) for each in given):
        raise Malformed(
            f"{FIELD}: it was signed more than five minutes from now: a clock is wrong, here or there", field=FIELD
        )
    return given


def _size_here(said: Note, origin: str) -> int:
    """Step 1: witnesses look at other ledgers too, whose checkpoints say nothing about this one."""
    checkpoint = parsed_checkpoint(said.text)
    if checkpoint.origin != origin:
        raise Malformed(f"{FIELD}: it is of another ledger than this", field=FIELD)
    return checkpoint.size


async def _published(size: int, ledger: LedgerFiles) -> str | None:
    """Step 2: the text of the checkpoint of that size."""
    try:
        return parsed_note(await ledger.read(checkpoint_path(size))).text
    except Gone:
        return None


def _other(size: int, published: str | None) -> Refusal:
    if published is None:
        return NotFound(f"no checkpoint of size {size} was published here: if you have one, it is of another history")
    return Conflict(f"the checkpoint of size {size} that was published here is another: keep both, they are evidence")


async def _keep(
    given: Cosigned, size: int, text: str, check: Check, ledger: LedgerFiles
) -> tuple[Cosigned, bool] | None:
    """Step 3: the one that stands, and whether it is new; None where none can, since something else lies there."""
    there = await cosignature_of(given.key, size, text, check, ledger)
    if there is None:
        with suppress(Differs):  # another was kept meanwhile: the first stands
            await ledger.keep(cosignature_path(size, given.key), given.line.encode("utf-8"))
            return given, True
        there = await cosignature_of(given.key, size, text, check, ledger)
    return (there, False) if there else None


async def _remember(key: VerifierKey, more: Callable[[Witnessed | None], Witnessed], records: Records) -> Witnessed:
    """Step 4: what is known of the witness, once `more` is known."""
    for _ in range(ATTEMPTS):
        held = await records.witnessed(key.id.hex())
        after = more(held.record if held else None)
        if held and after == held.record:
            return after
        try:
            await records.write(LEDGER, [Replace(after, held.version) if held else Create(after)])
        except Clash:
            continue  # another came first: look at what it left
        return after
    raise Contended(f"how far {key.name} has seen found no place after {ATTEMPTS} attempts")


def _root(said: Note) -> str:
    return to_base64(parsed_checkpoint(said.text).root)
