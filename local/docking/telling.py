"""Says what happens to one recording, as events, with the bytes so far and the time they took."""

from dataclasses import replace

from local.docking.door import Grant
from local.docking.patience import Clock
from local.docking.progress import Event, Progress, Step
from local.docking.recording import Fingerprint, Recording


class Teller:
    def __init__(self, recording: Recording, *, clock: Clock, progress: Progress) -> None:
        self._progress, self._clock, self._started = progress, clock, 0.0
        self._event = Event(step=Step.HASHED, file=recording.path.name, camera=recording.camera)

    def hashed(self, fingerprint: Fingerprint) -> None:
        self._event = replace(self._event, size=fingerprint.size)
        self.says(Step.HASHED)

    def granted(self, grant: Grant) -> None:
        self._event = replace(self._event, recording=grant.recording, sent=0, resumed=0)
        self._started = self._clock.monotonic()
        self.says(Step.GRANTED)

    def goes_on(self, count: int) -> None:
        """`count` bytes are in storage from an earlier attempt."""
        self._event = replace(self._event, sent=count, resumed=count)
        if count:
            self.says(Step.RESUMED)

    def found_there(self, recording: str) -> None:
        """All of it is in storage: what was not sent just now was there before."""
        size, event = self._event.size, self._event
        self._event = replace(event, recording=recording, sent=size, resumed=event.resumed + size - event.sent)

    def says(self, step: Step, detail: str | None = None) -> None:
        self._progress(replace(self._event, step=step, detail=detail))

    def sent(self, count: int) -> None:
        passed = self._clock.monotonic() - self._started
        self._event = replace(self._event, sent=self._event.sent + count, seconds=passed)
        self.says(Step.SENT)

    def trouble(self, what: str) -> None:
        self.says(Step.TROUBLE, what)
