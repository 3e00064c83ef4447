"""Approvals: evidence is unmarked by two people (categorise.py, rule C3), and these are the rules for both.

A1  One asks, says what the clip is to be and why; another grants it or refuses it, and says why. Only what is
    evidence is asked about: the rest one person decides alone.
A2  Nobody decides on what they asked for. A person is the same by officer id or by the directory's object id, in
    whatever role or session, with whatever token they come. Both are people whose tokens say their number at the
    force: without it, a second account of one person's would be a second person, and so would an application.
A3  There is one approval for each clip. Open, it is in the way of another; decided or overtaken, it gives way, and
    what was stays in the trail.
A4  It is about one decision. Another decision made since overtakes it: what was asked was asked of something else.
A5  Granted, the clip is at once what was asked, said by who asked and approved by who granted; nobody can undo that.
    Retention is worked out anew, its 31 days from the upload as ever (retention.py).
A6  It goes with its clip: to the officer and the borough the clip is put right to, and away when the clip is weeded.
A7  Who asked for what and why, and who decided and why, is for who asked, for supervisors of the clip's borough and
    for those who manage evidence. The officer whose clip it is learns that one was asked for, when, and how it stands:
    it may be about a complaint against them.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from shared.domain.access import Reach, folded
from shared.domain.categorise import must_be_there, must_say_why
from shared.domain.entry import ActorKind, Asking, Change
from shared.domain.footage import Borough, Clip, ClipId, Decision, Evidential, OfficerId
from shared.domain.retention import retention
from shared.errors import Conflict, Malformed, NotAllowed, SamePerson

TOLD = ("approval", "approval.officer", "approval.borough")  # the fields of an entry that rules A4 and A6 fill


class Standing(StrEnum):
    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What one person asked and another decided. `of_decision_at`: when the decision was made that it would replace.

    `asked_by` is the asker as entries name them, `asked_subject` the same person in the directory (rule A2).
    """

    kind: ClassVar[str] = "approval"
    id: ClassVar[str] = "approval"

    clip: ClipId
    category: str
    evidential: Evidential
    why: str
    asked_by: str
    asked_at: datetime
    of_decision_at: datetime | None
    borough: Borough | None = None
    officer: OfficerId | None = None
    asked_subject: str | None = None
    asked_name: str | None = None
    state: Standing = Standing.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    decided_why: str | None = None

    @property
    def pk(self) -> str:
        return self.clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmarking:
    """What somebody asks that a clip be instead of evidence, and why."""

    category: str
    evidential: Evidential
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    granted: bool
    why: str


def standing(approval: Approval, clip: Clip) -> Standing:
    """Where the approval stands beside the clip as it is: rule A4."""
    overtaken = approval.state is Standing.OPEN and approval.of_decision_at != clip.decision.at
    return Standing.OVERTAKEN if overtaken else approval.state


def asked(clip: Clip, unmarking: Unmarking, before: Approval | None, *, asking: Asking) -> Approval:
    """The open approval in place of the one `before`, by rules A1 to A3."""
    must_be_numbered(asking)
    must_be_there(clip)
    must_say_why(unmarking.why)
    if unmarking.evidential is Evidential.YES:
        raise Malformed("to say that it is evidence takes nobody's approval", field="evidential")
    if clip.decision.evidential is not Evidential.YES:
        raise Conflict("the clip is no evidence, so there is nothing to approve: categorise it", field="clip")
    if before is not None and standing(before, clip) is Standing.OPEN:
        raise Conflict("an approval for this clip is open already", field="clip")
    return Approval(
        clip=clip.id,
        borough=clip.borough,
        officer=clip.officer,
        category=unmarking.category,
        evidential=unmarking.evidential,
        why=unmarking.why,
        asked_by=asking.actor.id,
        asked_subject=asking.subject,
        asked_name=asking.actor.name,
        asked_at=asking.at,
        of_decision_at=clip.decision.at,
    )


def must_be_numbered(asking: Asking) -> None:
    """Rule A2. Every officer and every member of staff has a number."""
    if asking.actor.kind is not ActorKind.PERSON or asking.officer is None:
        raise NotAllowed("your token does not say which officer or member of staff you are")


def must_be_another(approval: Approval, asking: Asking) -> None:
    """Rule A2."""
    must_be_numbered(asking)
    if _is_asker(approval, asking):
        raise SamePerson("you asked for this approval: another person must decide on it")


def decided(approval: Approval, clip: Clip, verdict: Verdict, *, asking: Asking) -> Approval:
    """The approval with its verdict, by rules A1, A3 and A4. Who may decide is asked first (`must_be_another`)."""
    must_be_there(clip)
    must_say_why(verdict.why)
    stands = standing(approval, clip)
    if stands is Standing.OVERTAKEN:
        raise Conflict("somebody has decided on the clip since this was asked: ask again", field="state")
    if stands is not Standing.OPEN:
        raise Conflict(f"this was {stands} before", field="state")
    return replace(
        approval,
        state=Standing.GRANTED if verdict.granted else Standing.REFUSED,
        decided_by=asking.actor.id,
        decided_at=asking.at,
        decided_why=verdict.why,
    )


def asks(approval: Approval, unmarking: Unmarking, asking: Asking) -> bool:
    """Whether the approval is what that person asks for."""
    wanted = (unmarking.category, unmarking.evidential, unmarking.why)
    return _is_asker(approval, asking) and (approval.category, approval.evidential, approval.why) == wanted


def answers(approval: Approval, verdict: Verdict, asking: Asking) -> bool:
    """Whether the approval was decided by that person in that way."""
    said = (Standing.GRANTED if verdict.granted else Standing.REFUSED, asking.actor.id, verdict.why)
    return (approval.state, approval.decided_by, approval.decided_why) == said


def told_whole(approval: Approval, *, reach: Reach, asking: Asking) -> bool:
    """Whether all of it may be shown: rule A7. What is reached as one's own clip alone is not."""
    return _is_asker(approval, asking) or replace(reach, officer=None).covers(approval)


def unmarked(clip: Clip, approval: Approval) -> Clip:
    """The clip as a granted approval makes it: rule A5."""
    if approval.state is not Standing.GRANTED or approval.decided_at is None:
        raise ValueError("only a granted approval unmarks evidence")
    decision = Decision(
        category=approval.category,
        evidential=approval.evidential,
        by=approval.asked_by,
        at=approval.decided_at,
        why=approval.why,
        approved_by=approval.decided_by,
    )
    kept = retention(
        decision.evidential, uploaded_at=clip.uploaded_at, now=approval.decided_at, released_at=clip.released_at
    )
    return replace(clip, decision=decision, undoable=None, retention=kept)


def concerns(before: Clip, after: Clip) -> bool:
    """Whether an approval may have to follow that change: only evidence has an open one (rules A1 and A6)."""
    moved = (before.officer, before.borough) != (after.officer, after.borough)
    return moved or before.decision.evidential is Evidential.YES


def followed(approval: Approval, clip: Clip) -> Approval:
    """The approval beside the clip as it now is: rules A4 and A6."""
    return replace(approval, officer=clip.officer, borough=clip.borough, state=standing(approval, clip))


def told(before: Approval, after: Approval) -> tuple[Change, ...]:
    """What became of an approval that followed its clip, for the entry of what its clip became."""
    was, became = ((each.state, each.officer, each.borough) for each in (before, after))
    changes = zip(TOLD, was, became, strict=True)
    return tuple(Change(field=name, before=old, after=new) for name, old, new in changes if old != new)


def _is_asker(approval: Approval, asking: Asking) -> bool:
    """Both names are held against both: another account is known by the number, another number by the account."""
    asker = {folded(name) for name in (approval.asked_by, approval.asked_subject) if name}
    return bool(asker & {folded(name) for name in (asking.actor.id, asking.subject) if name})
