"""How events are shown: to a terminal, one recording or several at a time, to a log, or to a machine."""

import json
import shutil
from typing import Protocol, TextIO

from local.docking.progress import MEGABYTE, MILESTONES, Event, Progress, Step
from local.docking.tally import Camera, Summary

BAR = 24
ENDS = (Step.RECEIPT, Step.KEPT)


class Display(Progress, Protocol):
    def end(self, summary: Summary) -> None:
        """Is told once, after the last event."""


def shown(out: TextIO, *, as_json: bool, expected: int = 1, parallel: int = 1) -> Display:
    """`expected` recordings, at most `parallel` at a time."""
    if as_json:
        return JsonLines(out)
    if not out.isatty():
        return PlainLines(out)
    return Board(out, expected=expected) if parallel > 1 else LiveLine(out)


class JsonLines:
    """One JSON object for each event, and one for what it came to."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        said: dict[str, object] = {"event": event.step.value, "file": event.file, "camera": event.camera}
        said |= {"size": event.size, "sent": event.sent, "seconds": round(event.seconds, 3)}
        said |= {"resumed": event.resumed} if event.resumed else {}
        said |= {"recording": event.recording} if event.recording else {}
        said |= {"detail": event.detail} if event.detail else {}
        print(json.dumps(said), file=self._out, flush=True)

    def end(self, summary: Summary) -> None:
        print(json.dumps({"event": "summary", **summary.as_json()}), file=self._out, flush=True)


class PlainLines:
    """One line for each step, for logs; the bytes on their way are left out."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        if event.step not in (Step.SENT, Step.WAITING):
            print(f"{_named(event)}: {event.step.value}{_told(event)}", file=self._out, flush=True)

    def end(self, summary: Summary) -> None:
        print("\n".join(verdicts(summary)), file=self._out, flush=True)


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
        _redraw(self._out, self._line(event))
        if event.step in ENDS:
            self._out.write(f"\n    {event.detail}\n" if event.detail else "\n")
        self._out.flush()

    def end(self, summary: Summary) -> None:
        print("\n".join(verdicts(summary)), file=self._out, flush=True)

    def _line(self, event: Event) -> str:
        amount = f"{event.sent / MEGABYTE:.2f}/{event.size / MEGABYTE:.2f} MB"
        steps = " ".join(step.value for step in self._passed)
        trouble = f" ({event.detail})" if event.step in (Step.TROUBLE, Step.WAITING) and event.detail else ""
        bar = _bar(event.sent, event.size)
        return f"{event.file:<24} {bar} {amount:>20} {event.rate:6.1f} MB/s  {steps}{trouble}"


class Board:
    """Several recordings at a time: one line for each that has ended, and below them one for all under way."""

    def __init__(self, out: TextIO, *, expected: int) -> None:
        self._out, self._expected, self._ended = out, expected, 0
        self._under_way: dict[tuple[str, str], Event] = {}

    def __call__(self, event: Event) -> None:
        which = (event.camera, event.file)
        self._under_way[which] = event
        if event.step in ENDS:
            del self._under_way[which]
            self._ended += 1
        if event.step in (*ENDS, Step.TROUBLE):
            _redraw(self._out, "")
            self._out.write(f"{_named(event)}: {event.step.value}{_told(event)}\n")
        _redraw(self._out, self._line())
        self._out.flush()

    def end(self, summary: Summary) -> None:
        _redraw(self._out, "")
        print("\n".join(verdicts(summary)), file=self._out, flush=True)

    def _line(self) -> str:
        events = self._under_way.values()
        sent, size, rate = (sum(getattr(event, what) for event in events) for what in ("sent", "size", "rate"))
        amount = f"{sent / MEGABYTE:.2f}/{size / MEGABYTE:.2f} MB"
        count = f"{self._ended}/{self._expected} ended, {len(events)} under way"
        return f"{count:<24} {_bar(sent, size)} {amount:>20} {rate:6.1f} MB/s"


def verdicts(summary: Summary) -> list[str]:
    """A line for each camera, and the sum of them."""
    lines = [f"{name or 'no camera'}: {_verdict(camera)}" for name, camera in summary.cameras.items()]
    rate = summary.sent / MEGABYTE / summary.seconds if summary.seconds else 0.0
    bytes_ = f"{summary.sent / MEGABYTE:.2f} MB sent in {summary.seconds:.1f} s, {rate:.1f} MB/s"
    before = f", {summary.resumed / MEGABYTE:.2f} MB sent before" if summary.resumed else ""
    return [*lines, f"{summary.docked} docked, {summary.kept} kept; {bytes_}{before}"]


def _verdict(camera: Camera) -> str:
    passed = f", {camera.passed_over} passed over that are no recordings" if camera.passed_over else ""
    count = f"{camera.docked} docked, {camera.kept} kept{passed}"
    if camera.is_whole:
        return f"{count}: {'this camera may be wiped' if camera.may_be_wiped else 'do not wipe this camera'}"
    return count


def _redraw(out: TextIO, line: str) -> None:
    width = shutil.get_terminal_size().columns - 1  # a line that wraps cannot be redrawn in place
    out.write(f"\r\x1b[K{line[:width]}")


def _bar(sent: float, size: float) -> str:
    share = min(1.0, sent / size) if size else 0.0
    return "█" * round(BAR * share) + "·" * (BAR - round(BAR * share))


def _named(event: Event) -> str:
    return f"{event.camera}/{event.file}" if event.camera else event.file


def _told(event: Event) -> str:
    match event.step:
        case Step.HASHED:
            return f" {event.size / MEGABYTE:.2f} MB"
        case Step.GRANTED:
            return f" {event.recording}"
        case Step.RESUMED:
            return f" {event.resumed / MEGABYTE:.2f} MB are there already"
        case Step.UPLOADED:
            return f" {event.sent / MEGABYTE:.2f} MB at {event.rate:.1f} MB/s"
        case _:
            return f": {event.detail}" if event.detail else ""
