"""What a run of weeding did, kept when it ends: whoever asks later sees when footage was last weeded, and how well.

A run that died leaves no record: the one before it stays the last, and its age says what happened. The numbers are
those of the run that wrote them; what each clip met is on the clip's own trail.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from shared.domain.entry import uuid8


@dataclass(frozen=True, slots=True, kw_only=True)
class WeedingRun:
    """`late`: it stopped before its time was over with clips still due."""

    kind: ClassVar[str] = "weeding-run"
    id: ClassVar[str] = "weeding-run"

    run: str
    started_at: datetime
    ended_at: datetime
    weeded: int
    kept: int
    failed: int
    late: bool

    @property
    def pk(self) -> str:
        return f"run:{self.run}"


def weeding_run_of(key: str) -> str:
    """The id of the run that an operation key names: the same key names the same run."""
    return str(uuid8(hashlib.sha256(f"weeding\n{key}".encode()).digest()))
