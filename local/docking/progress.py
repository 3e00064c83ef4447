"""What the dock is doing, told as events.

Events hold file names, cameras, ids, counts and reasons; never a token, the URL of a grant or an officer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

MEGABYTE = 1_000_000


class Step(StrEnum):
    HASHED = "hashed"
    GRANTED = "granted"
    RESUMED = "resumed"
    SENT = "sent"
    RENEWED = "renewed"
    TROUBLE = "trouble"
    UPLOADED = "uploaded"
    WAITING = "waiting"
    INDEXED = "indexed"
    RECEIPT = "receipt"
    KEPT = "kept"


MILESTONES = (Step.GRANTED, Step.RESUMED, Step.UPLOADED, Step.INDEXED, Step.RECEIPT, Step.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `seconds` have passed since the first byte was about to be sent.

    `sent` counts what storage has, `resumed` what it had of that before this command began.
    """

    step: Step
    file: str
    camera: str = ""
    size: int = 0
    sent: int = 0
    resumed: int = 0
    seconds: float = 0.0
    recording: str | None = None
    detail: str | None = None

    @property
    def rate(self) -> float:
        """Megabytes a second so far."""
        return (self.sent - self.resumed) / MEGABYTE / self.seconds if self.seconds > 0 else 0.0


class Progress(Protocol):
    """Is told each event as it happens, and never raises for what it is told."""

    def __call__(self, event: Event, /) -> None: ...
