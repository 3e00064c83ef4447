"""What docking came to, camera by camera: counted from the same events that are shown.

A camera may be wiped when all its files were seen, each of them is a recording, and each has its receipt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from local.docking.progress import Event, Progress, Step


@dataclass(slots=True, kw_only=True)
class Camera:
    docked: int = 0
    kept: int = 0
    passed_over: int = 0
    is_whole: bool = False

    @property
    def may_be_wiped(self) -> bool:
        return self.is_whole and not self.kept and not self.passed_over


@dataclass(slots=True, kw_only=True)
class Summary:
    """`size` bytes have their receipt; `sent` went over the line just now, `resumed` had been sent before."""

    cameras: dict[str, Camera] = field(default_factory=dict)
    size: int = 0
    sent: int = 0
    resumed: int = 0
    seconds: float = 0.0

    @property
    def docked(self) -> int:
        return sum(camera.docked for camera in self.cameras.values())

    @property
    def kept(self) -> int:
        return sum(camera.kept for camera in self.cameras.values())

    @property
    def passed_over(self) -> int:
        return sum(camera.passed_over for camera in self.cameras.values())

    def as_json(self) -> dict[str, Any]:
        return {
            "docked": self.docked,
            "kept": self.kept,
            "passedOver": self.passed_over,
            "size": self.size,
            "sent": self.sent,
            "resumed": self.resumed,
            "seconds": round(self.seconds, 3),
            "cameras": {
                name: {
                    "docked": camera.docked,
                    "kept": camera.kept,
                    "passedOver": camera.passed_over,
                    "mayBeWiped": camera.may_be_wiped,
                }
                for name, camera in self.cameras.items()
            },
        }


class Tally:
    """Passes every event on to `progress`, and counts those that end a recording."""

    def __init__(self, progress: Progress, *, whole: Collection[str], passed_over: Mapping[str, int]) -> None:
        self._progress = progress
        names = sorted({*whole, *passed_over})
        cameras = {name: Camera(is_whole=name in whole, passed_over=passed_over.get(name, 0)) for name in names}
        self.summary = Summary(cameras=cameras)

    def __call__(self, event: Event) -> None:
        if event.step in (Step.RECEIPT, Step.KEPT):
            self._count(event)
        self._progress(event)

    def _count(self, event: Event) -> None:
        camera = self.summary.cameras.setdefault(event.camera, Camera())
        if event.step is Step.RECEIPT:
            camera.docked += 1
            self.summary.size += event.size
        else:
            camera.kept += 1
        self.summary.sent += event.sent - event.resumed
        self.summary.resumed += event.resumed
