"""What the dock is doing, told as events: to a terminal, to a log, or to a machine.

Events hold file names, ids, counts and reasons; never a token, the URL of a grant or an officer.
"""

import json
import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TextIO

MEGABYTE = 1_000_000
BAR = 24


class Step(StrEnum):
    HASHED = "hashed"
    GRANTED = "granted"
    SENT = "sent"
    RENEWED = "renewed"
    TROUBLE = "trouble"
    UPLOADED = "uploaded"
    WAITING = "waiting"
    INDEXED = "indexed"
    RECEIPT = "receipt"
    KEPT = "kept"


MILESTONES = (Step.GRANTED, Step.UPLOADED, Step.INDEXED, Step.RECEIPT, Step.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `seconds` have passed since the first byte was about to be sent."""

    step: Step
    file: str
    size: int = 0
    sent: int = 0
    seconds: float = 0.0
    recording: str | None = None
    detail: str | None = None

    @property
    def rate(self) -> float:
        """Megabytes a second so far."""
        return self.sent / MEGABYTE / self.seconds if self.seconds > 0 else 0.0


class Progress(Protocol):
    """Is told each event as it happens, and never raises for what it is told."""

    def __call__(self, event: Event, /) -> None: ...


class JsonLines:
    """One JSON object for each event."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        said: dict[str, object] = {"event": event.step.value, "file": event.file}
        said |= {"size": event.size, "sent": event.sent, "seconds": round(event.seconds, 3)}
        said |= {"recording": event.recording} if event.recording else {}
        said |= {"detail": event.detail} if event.detail else {}
        print(json.dumps(said), file=self._out, flush=True)


class PlainLines:
    """One line for each step, for logs; the bytes on their way are left out."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        if event.step in (Step.SENT, Step.WAITING):
            return
        print(f"{event.file}: {event.step.value}{_told(event)}", file=self._out, flush=True)


class LiveLine:
    """One line for each recording, redrawn in place: bar, megabytes, rate, and the steps behind it."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._passed: list[Step] = []

    def __call__(self, event: Event) -> None:
        if event.step is Step.HASHED:
            self._passed = []
        if event.step in MILESTONES:
            self._passed.append(event.step)
        width = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be redrawn in place
        self._out.write(f"\r\x1b[K{self._line(event)[:width]}")
        if event.step in (Step.RECEIPT, Step.KEPT):
            self._out.write(f"\n    {event.detail}\n" if event.detail else "\n")
        self._out.flush()

    def _line(self, event: Event) -> str:
        share = min(1.0, event.sent / event.size) if event.size else 0.0
        bar = "█" * round(BAR * share) + "·" * (BAR - round(BAR * share))
        amount = f"{event.sent / MEGABYTE:.2f}/{event.size / MEGABYTE:.2f} MB"
        steps = " ".join(step.value for step in self._passed)
        trouble = f" ({event.detail})" if event.step in (Step.TROUBLE, Step.WAITING) and event.detail else ""
        return f"{event.file:<24} {bar} {amount:>20} {event.rate:6.1f} MB/s  {steps}{trouble}"


def _told(event: Event) -> str:
    match event.step:
        case Step.HASHED:
            return f" {event.size / MEGABYTE:.2f} MB"
        case Step.GRANTED:
            return f" {event.recording}"
        case Step.UPLOADED:
            return f" {event.sent / MEGABYTE:.2f} MB at {event.rate:.1f} MB/s"
        case _:
            return f": {event.detail}" if event.detail else ""
