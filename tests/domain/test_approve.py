"""Approvals, rules A1 to A6: who asks for what, who decides, and what becomes of clip and approval."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.approve import (
    Approval,
    Standing,
    Unmarking,
    Verdict,
    asked,
    concerns,
    decided,
    followed,
    must_be_another,
    standing,
    unmarked,
)
from shared.domain.entry import ActorKind, Asking
from shared.domain.footage import Borough, Clip, Decision, Evidential, OfficerId, Retention, State
from shared.errors import Condemned, Conflict, Malformed, NotAllowed, SamePerson, Weeded
from tests.builders import (
    MICROSECOND,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    UPLOADED,
    a_clip,
    a_decision,
    an_actor,
    an_approval,
    an_asking,
)

WRONG = Unmarking(category="other", evidential=Evidential.NO, why="it is the wrong clip")
YES, NO = Verdict(granted=True, why="I watched it"), Verdict(granted=False, why="the knife is in it")
MANAGER = an_asking(actor=an_actor(id="P2001", name="Insp Lovelace"), subject="manager", at=NOW + MICROSECOND)
TOO_LATE = pytest.mark.parametrize("state, refusal", [(State.CONDEMNED, Condemned), (State.WEEDED, Weeded)])
DECIDED = [Standing.GRANTED, Standing.REFUSED]


def evidence(**changes: Any) -> Clip:
    return a_clip(**{"decision": a_decision(evidential=Evidential.YES)} | changes)


def ask(clip: Clip, before: Approval | None = None, **changes: Any) -> Approval:
    return asked(clip, replace(WRONG, **changes), before, asking=an_asking(subject="ada"))


def decide(clip: Clip, approval: Approval, verdict: Verdict = YES) -> Approval:
    return decided(approval, clip, verdict, asking=MANAGER)


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
def test_a1_what_is_asked_is_kept_with_who_asked_and_of_which_decision(evidential: Evidential) -> None:
    clip = evidence(officer=OTHER_OFFICER)
    assert ask(clip, evidential=evidential) == Approval(
        clip=clip.id,
        borough=clip.borough,
        officer=OTHER_OFFICER,
        category="other",
        evidential=evidential,
        why="it is the wrong clip",
        asked_by=OFFICER,
        asked_subject="ada",
        asked_name="PC Ada Byron",
        asked_at=NOW,
        of_decision_at=NOW,
    )


@pytest.mark.parametrize("evidential", [Evidential.NO, Evidential.UNDECIDED])
def test_a1_what_is_no_evidence_needs_nobody_s_approval(evidential: Evidential) -> None:
    with pytest.raises(Conflict, match="categorise it") as refused:
        ask(a_clip(decision=a_decision(evidential=evidential)))
    assert refused.value.field == "clip"


def test_a1_nobody_asks_for_a_clip_to_be_evidence() -> None:
    with pytest.raises(Malformed) as refused:
        ask(evidence(), evidential=Evidential.YES)
    assert refused.value.field == "evidential"


@pytest.mark.parametrize("why", ["", "x" * 201])
def test_a1_both_say_why(why: str) -> None:
    with pytest.raises(Malformed, match="200 characters"):
        ask(evidence(), why=why)
    with pytest.raises(Malformed, match="200 characters"):
        decide(evidence(), an_approval(), replace(YES, why=why))


@pytest.mark.parametrize("act", [ask, lambda clip: decide(clip, an_approval())])
@TOO_LATE
def test_a1_of_what_is_going_or_gone_nothing_is_asked_or_decided(
    act: Callable[[Clip], object], state: State, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        act(evidence(state=state))


@pytest.mark.parametrize(
    "asker, decider",
    [
        ((OFFICER, "ada"), (OFFICER, "ada")),
        ((OFFICER, "ada"), ("ada", "ada")),
        (("ada", "ada"), (OFFICER, "ada")),
        ((OFFICER, "ada"), (OFFICER, "her other account")),
        ((OFFICER, None), (OFFICER, "ada")),
        (("ada", None), (OFFICER, "ada")),
        ((OFFICER, "ada"), ("p1234", "ada again")),
        ((OFFICER, "ADA"), ("P2", " ada")),
    ],
)
def test_a2_nobody_decides_on_what_they_asked_for_by_whatever_name(
    asker: tuple[str, str | None], decider: tuple[str, str | None]
) -> None:
    approval = an_approval(asked_by=asker[0], asked_subject=asker[1])
    with pytest.raises(SamePerson, match="another person"):
        must_be_another(approval, _by(*decider))


@pytest.mark.parametrize(
    "changes", [{"officer": None}, {"actor": an_actor(kind=ActorKind.SERVICE), "officer": OFFICER}]
)
def test_a2_whoever_has_no_number_and_whatever_is_no_person_neither_asks_nor_decides(changes: dict[str, Any]) -> None:
    nobody = an_asking(**{"subject": "an account"} | changes)
    for act in (
        lambda: asked(evidence(), WRONG, None, asking=nobody),
        lambda: must_be_another(an_approval(), nobody),
    ):
        with pytest.raises(NotAllowed, match="which officer or member of staff you are") as refused:
            act()
        assert type(refused.value) is NotAllowed


@pytest.mark.parametrize("decider", [("P2001", "manager"), ("manager", "manager"), ("P2001", None)])
def test_a2_another_decides(decider: tuple[str, str | None]) -> None:
    must_be_another(an_approval(asked_by=OFFICER, asked_subject=None), _by(*decider))


def _by(officer: str, subject: str | None) -> Asking:
    return an_asking(actor=an_actor(id=officer, name="somebody", role="evidence-manager"), subject=subject)


def test_a3_an_open_approval_is_in_the_way_of_another() -> None:
    with pytest.raises(Conflict, match="open already"):
        ask(evidence(), an_approval())


@pytest.mark.parametrize("state", [*DECIDED, Standing.OVERTAKEN])
def test_a3_one_that_is_not_open_gives_way(state: Standing) -> None:
    assert ask(evidence(), an_approval(state=state)).state is Standing.OPEN


@pytest.mark.parametrize("state", DECIDED)
@pytest.mark.parametrize("verdict", [YES, NO])
def test_a3_what_was_decided_is_not_decided_again(state: Standing, verdict: Verdict) -> None:
    with pytest.raises(Conflict, match=f"was {state} before"):
        decide(evidence(), an_approval(state=state, of_decision_at=NOW), verdict)


@pytest.mark.parametrize("at", [NOW - MICROSECOND, NOW + MICROSECOND])
def test_a4_another_decision_overtakes_what_was_asked(at: Any) -> None:
    clip = evidence(decision=a_decision(evidential=Evidential.YES, at=at))
    assert standing(an_approval(), clip) is Standing.OVERTAKEN
    assert followed(an_approval(), clip).state is Standing.OVERTAKEN
    assert ask(clip, an_approval()).state is Standing.OPEN
    with pytest.raises(Conflict, match="ask again"):
        decide(clip, an_approval())


def test_a4_what_was_overtaken_stays_so_though_the_decision_comes_back() -> None:
    with pytest.raises(Conflict, match="ask again"):
        decide(evidence(), an_approval(state=Standing.OVERTAKEN))


@pytest.mark.parametrize("state", DECIDED)
def test_a4_what_was_decided_is_not_overtaken(state: Standing) -> None:
    later = evidence(decision=a_decision(at=NOW + MICROSECOND))
    assert followed(an_approval(state=state), later).state is state


@pytest.mark.parametrize("verdict, state", [(YES, Standing.GRANTED), (NO, Standing.REFUSED)])
def test_a_verdict_is_kept_with_who_gave_it_and_why(verdict: Verdict, state: Standing) -> None:
    after = decide(evidence(), an_approval(), verdict)
    assert after == replace(
        an_approval(), state=state, decided_by="P2001", decided_at=NOW + MICROSECOND, decided_why=verdict.why
    )


def test_a5_granted_the_clip_is_what_was_asked_by_who_asked_approved_by_who_granted() -> None:
    clip = evidence(undoable=Decision())
    after = unmarked(clip, decide(clip, an_approval(category="complaint", evidential=Evidential.UNDECIDED)))
    assert after.decision == Decision(
        category="complaint",
        evidential=Evidential.UNDECIDED,
        by="P7777",
        at=NOW + MICROSECOND,
        why="it is the wrong clip",
        approved_by="P2001",
    )
    assert after.retention == Retention(rule="31 days", weed_after=UPLOADED + timedelta(days=31))
    assert after.undoable is None
    assert replace(after, decision=clip.decision, retention=clip.retention, undoable=clip.undoable) == clip


def test_a5_after_a_release_from_quarantine_its_seven_days_count() -> None:
    clip = evidence(uploaded_at=NOW - timedelta(days=40), released_at=NOW)
    after = unmarked(clip, decide(clip, an_approval()))
    assert after.retention.weed_after == NOW + timedelta(days=7)


@pytest.mark.parametrize("state", [Standing.OPEN, Standing.REFUSED, Standing.OVERTAKEN])
def test_a5_nothing_but_a_granted_approval_unmarks_evidence(state: Standing) -> None:
    with pytest.raises(ValueError, match="granted"):
        unmarked(evidence(), an_approval(state=state, decided_at=NOW))


@pytest.mark.parametrize("state", [Standing.OPEN, *DECIDED])
def test_a6_it_goes_with_its_clip_to_another_officer_and_borough(state: Standing) -> None:
    before = evidence()
    after = replace(before, officer=OfficerId("P5"), borough=OTHER_BOROUGH)
    assert concerns(before, after)
    moved = followed(an_approval(state=state), after)
    assert moved == replace(an_approval(state=state), officer=OfficerId("P5"), borough=OTHER_BOROUGH)


@pytest.mark.parametrize("change", [{"officer": OfficerId("P5")}, {"borough": Borough("Camden")}])
def test_a6_it_may_have_to_follow_what_is_no_evidence_any_more(change: dict[str, Any]) -> None:
    assert concerns(a_clip(), replace(a_clip(), **change))


def test_nothing_follows_a_decision_on_what_was_no_evidence() -> None:
    assert not concerns(a_clip(), evidence())
    assert concerns(evidence(), evidence())
