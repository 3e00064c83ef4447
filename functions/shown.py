"""What the doors show: the shapes of their JSON, apart from how the service keeps things."""

from datetime import date, datetime
from typing import Self

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from functions.parsing import version_out
from shared.domain.footage import Clip
from shared.ports import Held


class Shown(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, from_attributes=True, validate_by_name=True)


class ShownVideo(Shown):
    codec: str
    width: int
    height: int


class ShownAudio(Shown):
    codec: str
    sample_rate: int
    channels: int


class ShownMedia(Shown):
    container: str
    layout: str | None
    duration_ms: int | None
    video: ShownVideo | None
    audio: ShownAudio | None
    warnings: tuple[str, ...]


class ShownIntegrity(Shown):
    state: str
    claimed: str | None
    sha256: str | None
    verified_at: datetime | None
    gave_up_at: datetime | None


class ShownDecision(Shown):
    category: str | None
    evidential: str
    by: str | None
    at: datetime | None
    why: str | None
    approved_by: str | None


class ShownRetention(Shown):
    rule: str
    weed_after: datetime | None
    review_on: date | None


class ShownTime(Shown):
    source: str
    at: datetime


class ShownWeeding(Shown):
    rule: str
    condemned_at: datetime
    weeded_at: datetime | None


class ShownClip(Shown):
    """A clip; of a weeded one, its tombstone. `version` goes into If-Match. `undoable`: by whoever decided last."""

    id: str
    version: str
    state: str
    borough: str | None
    officer: str | None
    camera: str | None
    dock: str | None
    incident: str | None
    size: int
    uploaded_at: datetime
    recorded_at: datetime | None
    times: tuple[ShownTime, ...]
    media: ShownMedia | None
    poster: bool
    integrity: ShownIntegrity
    decision: ShownDecision
    undoable: bool
    retention: ShownRetention
    quarantine: tuple[str, ...]
    released_at: datetime | None
    weeding: ShownWeeding | None

    @classmethod
    def of(cls, held: Held[Clip]) -> Self:
        clip = held.record
        facts = {name: getattr(clip, name) for name in cls.model_fields if hasattr(clip, name)}
        made = {"version": version_out(held.version), "size": clip.blob.size, "undoable": clip.undoable is not None}
        return cls.model_validate({**facts, **made})


class ShownClips(Shown):
    """A page of clips; `next` is the page token of the one after it, if there is one."""

    clips: tuple[ShownClip, ...]
    next: str | None


class ShownPlayback(Shown):
    """An address to watch a clip by, and until when."""

    url: str
    expires: datetime


class ShownGrant(Shown):
    """Leave to write one recording to one address, and until when."""

    recording: str
    url: str
    expires: datetime


class ShownPending(Shown):
    """There is no receipt yet; `indexed` is whether the footage has arrived in the index."""

    indexed: bool


class ShownActor(Shown):
    id: str
    kind: str
    name: str | None
    role: str | None


class ShownReason(Shown):
    code: str
    text: str | None


class ShownChange(Shown):
    field: str
    before: str | None
    after: str | None


class ShownEntry(Shown):
    """An entry as auditors read it. The salt stays inside: it comes out with the export (functions/ledger.py)."""

    id: str
    number: int
    previous: str | None
    occurred_at: datetime
    operation: str
    action: str
    outcome: str
    actor: ShownActor
    subject: str
    borough: str | None
    reason: ShownReason | None
    recipient: str | None
    session: str | None
    address: str | None
    request: str
    changes: tuple[ShownChange, ...]


class ShownEntries(Shown):
    """Entries; `next` is the page token of those after them, where they come in pages and there are more."""

    entries: tuple[ShownEntry, ...]
    next: str | None = None


class ShownKey(Shown):
    """A public key: its name, and the verifier key of a signed note (C2SP signed-note)."""

    name: str
    verifier: str


class ShownKeys(Shown):
    """`keys` are the service's own, `witnesses` of those whose cosignatures of checkpoints it keeps."""

    keys: tuple[ShownKey, ...]
    witnesses: tuple[ShownKey, ...]
