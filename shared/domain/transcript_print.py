"""A transcript as it is printed: every text of it, in reading order. How it looks is the printer's affair.

P1  Nothing is left out because it is long; what nobody said has no line.
P2  Every text went through domain/visible.py, so that none of it can disturb the text beside it.
P3  The code is for whoever has only the paper: the last entry's commitment binds every entry before it, and the
    checkpoint's three lines can be compared with what any other holder of that ledger has. A digest of the file
    of an export would bind nothing, since each export ends with its own entry and is another file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.domain.entry import Change, Entry
from shared.domain.export import Erased
from shared.domain.footage import Clip
from shared.domain.ledger import to_base64
from shared.domain.transcript import Transcript, committed, in_london, in_utc, reason_of
from shared.domain.visible import visible

NOT_SEALED = "Nothing was sealed into the ledger yet: there is no checkpoint, and only this paper speaks for the trail."
TO_VERIFY = (
    (
        "Ask for this trail again, at its address above, in the form that can be verified (Accept: "
        "application/vnd.continuity.trail+json), or have it given to you by somebody who may. Give the file to the "
        "verifier, with the force's key, which you take from somewhere the force cannot change it for you alone. The "
        "verifier is one file, continuity-verify.pyz: take it from somebody whom you trust. It needs Python and its "
        "package cryptography, and nothing of the force."
    ),
    (
        "There, the entry that has the number of the last one here must have the commitment printed with it: each "
        "entry holds the commitment of the one before, so that this one binds every entry on this paper."
    ),
    (
        "The checkpoint printed here must be the one at its address above, and the one of anybody who kept one of that "
        "size. The square code says both, the commitment and the checkpoint."
    ),
)
Told = Iterable[tuple[str, str | None] | tuple[str, str | None, bool]]  # label, text, and whether it is exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A label and what it says. `exact`: a hash or an id, to be compared letter by letter."""

    label: str
    text: str
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    heading: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """`code`: what the square code says; `at`: when the transcript was made; `addresses`: where to ask for it again."""

    title: str
    at: datetime
    about: tuple[Line, ...]
    checkpoint: tuple[Line, ...]
    addresses: tuple[Line, ...]
    verifying: tuple[str, ...]
    code: str
    entries: tuple[Part, ...]


def as_printed(transcript: Transcript, *, public_base_url: str) -> Printed:
    """`public_base_url`: that of the service, as its callers reach it."""
    last = transcript.last
    return Printed(
        title=f"Trail of recording {transcript.clip.id}",
        at=last.occurred_at,
        about=_said(_about(transcript.clip), _taken(transcript)),
        checkpoint=_said(_checkpoint(transcript)),
        addresses=_said(_addresses(transcript, public_base_url)),
        verifying=TO_VERIFY if transcript.checkpoint else (NOT_SEALED, *TO_VERIFY[:2]),
        code=code_of(transcript),
        entries=tuple(_part(each) for each in transcript.numbered.values()),
    )


def code_of(transcript: Transcript) -> str:
    """Rule P3."""
    last = transcript.last
    bound = f"trail {transcript.clip.id}\nentry {last.number}\ncommitment {committed(last)}\n"
    return bound + (str(transcript.checkpoint) if transcript.checkpoint else "")


def _said(*told: Told) -> tuple[Line, ...]:
    """Rules P1 and P2."""
    every = [(label, text, exact) for each in told for label, text, *exact in each]
    return tuple(Line(label=label, text=visible(text), exact=any(exact)) for label, text, exact in every if text)


def _about(clip: Clip) -> Told:
    yield "Recording", clip.id, True
    yield "Camera", clip.camera
    yield "Officer", clip.officer
    yield "Borough", clip.borough
    yield "Dock", clip.dock
    yield "Incident", clip.incident
    yield "Recorded (camera's clock)", _when(clip.recorded_at)
    yield "Uploaded (server's clock)", _when(clip.uploaded_at)
    yield "Size", f"{clip.blob.size} bytes"
    yield "State", clip.state
    yield "In quarantine for", ", ".join(clip.quarantine)
    yield from _decided(clip)
    yield from _intact(clip)
    yield from _kept(clip)


def _decided(clip: Clip) -> Told:
    decision = clip.decision
    yield "Category", decision.category
    yield "Evidential", decision.evidential
    yield "Decided", _when(decision.at)
    yield "Decided by", decision.by
    yield "Approved by", decision.approved_by
    yield "Why", decision.why


def _intact(clip: Clip) -> Told:
    integrity = clip.integrity
    yield "Fixity", integrity.state
    yield "SHA-256, as stored", integrity.sha256, True
    yield "SHA-256, as the dock said", integrity.claimed, True
    yield "Hashed", _when(integrity.verified_at)


def _kept(clip: Clip) -> Told:
    yield "Kept under", clip.retention.rule
    yield "Weeded after", _when(clip.retention.weed_after)
    yield "Reviewed on", clip.retention.review_on.isoformat() if clip.retention.review_on else None
    yield "Holds", ", ".join(f"{hold.authority} since {_when(hold.placed_at)}" for hold in clip.holds)
    if clip.weeding:
        yield "Condemned under", clip.weeding.rule
        yield "Condemned", _when(clip.weeding.condemned_at)
        yield "Weeded", _when(clip.weeding.weeded_at)


def _taken(transcript: Transcript) -> Told:
    last = transcript.last
    yield "This paper", f"entries 1 to {last.number}, as they were when it was made, {_when(last.occurred_at)}"


def _checkpoint(transcript: Transcript) -> Told:
    if transcript.checkpoint:
        yield "Ledger", transcript.checkpoint.origin
        yield "Size", f"{transcript.checkpoint.size} entries"
        yield "Root", to_base64(transcript.checkpoint.root), True


def _addresses(transcript: Transcript, public_base_url: str) -> Told:
    """For whoever has only the paper, and no idea of the service."""
    yield "This trail is at", f"{public_base_url}/api/footage/{transcript.clip.id}/trail", True
    if transcript.checkpoint:
        yield "The checkpoint is at", f"{public_base_url}/api/ledger/checkpoint?size={transcript.checkpoint.size}", True


def _part(each: Entry | Erased) -> Part:
    if isinstance(each, Erased):
        gone = _said((("Erased", "a later entry tells of it"), ("Entry", each.id, True), ("Leaf", str(each.leaf))))
        return Part(heading=f"{each.number}. erased", lines=gone)
    heading = f"{each.number}. {each.action}, {each.outcome}"
    return Part(heading=visible(heading), lines=_said(_deed(each), _whence(each), _binding(each)))


def _deed(entry: Entry) -> Told:
    actor = entry.actor
    yield "When", _when(entry.occurred_at)
    yield "Who", ", ".join(part for part in (actor.name, actor.role, f"{actor.kind} {actor.id}") if part)
    yield "Operation", ", ".join(part for part in (entry.operation, entry.borough) if part)
    yield "Reason", reason_of(entry)
    yield "Recipient", entry.recipient
    for change in entry.changes:
        yield from _detail(change)


def _detail(change: Change) -> Told:
    """Each value in a line of its own: of two in one line, both in Hebrew, the second would stand before the first."""
    if change.before is not None:
        yield "Detail", f"{change.field} was {change.before}"
    yield "Detail", f"{change.field} {'is' if change.before is None else 'became'} {_or_nothing(change.after)}"


def _or_nothing(value: str | None) -> str:
    return "nothing" if value is None else value


def _whence(entry: Entry) -> Told:
    named = (("request", entry.request), ("session", entry.session), ("address", entry.address))
    yield "Asked with", ", ".join(f"{name} {value}" for name, value in named if value), True


def _binding(entry: Entry) -> Told:
    yield "Entry", entry.id, True
    yield "Commitment", committed(entry), True
    yield "Leaf", entry.leaf or "not sealed yet", True


def _when(at: datetime | None) -> str | None:
    if at is None:
        return None
    london = in_london(at)
    return f"{in_utc(at)} ({london} in London)" if london else in_utc(at)
