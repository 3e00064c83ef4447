"""What the doors show of approvals: what was asked of which clip, by whom, and what became of it; to some, less."""

from datetime import datetime
from typing import Self

from functions.parsing import version_out
from functions.shown import Shown
from shared.domain.approve import Approval
from shared.ports import Held

FOR_SOME = ("category", "evidential", "why", "asked_by", "asked_name", "decided_by", "decided_why")


class ShownApproval(Shown):
    """What somebody asked that a clip be instead of evidence, and the verdict. `version` goes into If-Match.

    To the officer whose clip it is, unless they asked, what was asked, by whom, why, and the verdict's author and why
    are null.
    """

    clip: str
    version: str
    state: str
    borough: str | None
    officer: str | None
    category: str | None
    evidential: str | None
    why: str | None
    asked_by: str | None
    asked_name: str | None
    asked_at: datetime
    of_decision_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decided_why: str | None

    @classmethod
    def of(cls, held: Held[Approval], *, whole: bool) -> Self:
        """`whole`: to somebody who may know all of it (approve.py, rule A7)."""
        facts = {name: getattr(held.record, name) for name in cls.model_fields if name != "version"}
        withheld = {} if whole else dict.fromkeys(FOR_SOME)
        return cls.model_validate({**facts, **withheld, "version": version_out(held.version)})


class ShownApprovals(Shown):
    """A page, the oldest first; `next` is the page token of the one after it, if there is one."""

    approvals: tuple[ShownApproval, ...]
    next: str | None
