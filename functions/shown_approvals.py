"""What the doors show of approvals: what was asked of which clip, by whom, and what became of it."""

from datetime import datetime
from typing import Self

from functions.parsing import version_out
from functions.shown import Shown
from shared.domain.approve import Approval
from shared.ports import Held


class ShownApproval(Shown):
    """What somebody asked that a clip be instead of evidence, and the verdict. `version` goes into If-Match."""

    clip: str
    version: str
    state: str
    borough: str | None
    officer: str | None
    category: str
    evidential: str
    why: str
    asked_by: str
    asked_name: str | None
    asked_at: datetime
    of_decision_at: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    decided_why: str | None

    @classmethod
    def of(cls, held: Held[Approval]) -> Self:
        facts = {name: getattr(held.record, name) for name in cls.model_fields if name != "version"}
        return cls.model_validate({**facts, "version": version_out(held.version)})


class ShownApprovals(Shown):
    """A page, the oldest first; `next` is the page token of the one after it, if there is one."""

    approvals: tuple[ShownApproval, ...]
    next: str | None
