"""Approvals, rule A7: who is told what of them; and what entries and retries know them by."""

from dataclasses import replace
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.approve import (
    TOLD,
    Standing,
    answers,
    asks,
    told,
    told_whole,
)
from shared.domain.footage import Evidential
from tests.builders import (
    BOROUGH,
    FORCE,
    OFFICER,
    OTHER_BOROUGH,
    an_approval,
    an_asking,
)
from tests.domain.test_approve import MANAGER, NO, WRONG, YES, decide, evidence


def test_what_became_of_an_approval_that_followed_its_clip_is_told_and_nothing_else() -> None:
    before = an_approval()
    assert told(before, before) == ()
    after = replace(before, state=Standing.OVERTAKEN, officer=None, borough=OTHER_BOROUGH)
    changes = [(change.field, change.before, change.after) for change in told(before, after)]
    assert changes == [
        ("approval", "open", "overtaken"),
        ("approval.officer", OFFICER, None),
        ("approval.borough", BOROUGH, OTHER_BOROUGH),
    ]
    assert [change.field for change in told(before, after)] == list(TOLD)


@pytest.mark.parametrize(
    "reach, whole",
    [
        (FORCE, True),
        (Reach(borough=BOROUGH), True),
        (Reach(officer=OFFICER, borough=BOROUGH), True),
        (Reach(officer=OFFICER), False),
        (Reach(officer=OFFICER, borough=OTHER_BOROUGH), False),
        (Reach(), False),
    ],
)
def test_a7_to_the_officer_whose_clip_it_is_who_asked_and_why_is_not_told(reach: Reach, whole: bool) -> None:
    assert told_whole(an_approval(), reach=reach, asking=an_asking(subject="ada")) is whole


@pytest.mark.parametrize("asker", [(OFFICER, None), ("p1234", "another account"), ("P9", "ADA")])
def test_a7_who_asked_knows_what_they_asked(asker: tuple[str, str | None]) -> None:
    approval = an_approval(asked_by=asker[0], asked_subject=asker[1])
    assert told_whole(approval, reach=Reach(officer=OFFICER), asking=an_asking(subject="ada"))


@pytest.mark.parametrize(
    "changes", [{"category": "complaint"}, {"evidential": Evidential.UNDECIDED}, {"why": "other"}, {"asked_by": "P9"}]
)
def test_an_approval_is_what_somebody_asks_for_only_if_all_of_it_is(changes: dict[str, Any]) -> None:
    approval, asking = an_approval(asked_by=OFFICER, asked_subject=None), an_asking()
    assert asks(approval, WRONG, asking)
    assert not asks(replace(approval, **changes), WRONG, asking)


@pytest.mark.parametrize(
    "changes",
    [{"state": Standing.OPEN}, {"state": Standing.REFUSED}, {"decided_by": "P9"}, {"decided_why": "other"}],
)
def test_an_approval_was_answered_by_somebody_only_if_all_of_it_was(changes: dict[str, Any]) -> None:
    approval = decide(evidence(), an_approval())
    assert answers(approval, YES, MANAGER)
    assert not answers(approval, NO, MANAGER)
    assert not answers(replace(approval, **changes), YES, MANAGER)
