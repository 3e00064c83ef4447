"""Valid objects with defaults, so that a test names only what it is about.

What belongs together stays together: a clip's blob lies where its id says, its retention follows from what was
decided and when it was uploaded, and a grant, a blob and a clip of the same recording agree, unless a test says
otherwise. `fresh_id` is for suites that share one server.
"""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.domain.access import Caller, Reach, Role, folded
from shared.domain.annotate import Note, noted
from shared.domain.approve import Approval
from shared.domain.entry import Actor, ActorKind, Asking, Draft, Entry, Operation, Trail, numbered
from shared.domain.footage import (
    Blob,
    Borough,
    Clip,
    ClipId,
    Decision,
    Dock,
    DockId,
    Evidential,
    Grant,
    Hold,
    Integrity,
    OfficerId,
    Sha256,
    State,
    Weeding,
)
from shared.domain.intake import Landed
from shared.domain.media import Audio, Inspection, Media, Video
from shared.domain.naming import footage_path
from shared.domain.retention import KEPT_FOR, retention
from shared.domain.session import Session

NOW = datetime(2026, 11, 25, 20, 52, 56, 123456, tzinfo=UTC)
UPLOADED = NOW - timedelta(hours=2)
RECORDED = NOW - timedelta(hours=6)
OVERDUE = NOW - KEPT_FOR - timedelta(minutes=1)
MICROSECOND = timedelta(microseconds=1)

RECORDING = ClipId("6f1c2a9e-0b1d-4c57-9a43-2f0f5f3f7a10")
BOROUGH = Borough("Hackney")
OTHER_BOROUGH = Borough("Camden")
OFFICER = OfficerId("P1234")
OTHER_OFFICER = OfficerId("P9876")
DOCK = DockId("dock-stoke-newington-01")
CAMERA = "AX3-00417"
CLIENT = "0d0c5a52-9d8a-4a5e-8a39-0a1b2c3d4e5f"
CONTENT_TYPE = "video/mp4"
SHA256 = Sha256("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
SIZE = 1_048_576
SIGN_ON = "9b74c9897bac770ffc029102a200c5de"
SESSION = f"{SIGN_ON}-1"
JPEG = b"\xff\xd8\xff\xe0 a picture \xff\xd9"


def fresh_id() -> ClipId:
    """An id no other test has."""
    return ClipId(str(uuid.uuid4()))


def a_path(recording: ClipId = RECORDING, *, borough: Borough = BOROUGH, now: datetime = UPLOADED) -> str:
    return footage_path(recording, borough=borough, camera=CAMERA, content_type=CONTENT_TYPE, now=now)


def a_blob(**changes: Any) -> Blob:
    return replace(Blob(path=a_path(), etag="0x8DE2C5A1B2C3D4E", size=SIZE), **changes)


def a_clip(**changes: Any) -> Clip:
    """A held clip, uploaded two hours ago, on which nobody has decided anything."""
    recording = changes.get("id", RECORDING)
    uploaded = changes.get("uploaded_at", UPLOADED)
    decision = changes.get("decision", Decision())
    clip = Clip(
        id=recording,
        blob=a_blob(path=a_path(recording)),
        uploaded_at=uploaded,
        retention=retention(decision.evidential, uploaded_at=uploaded, now=decision.at or uploaded),
        borough=BOROUGH,
        officer=OFFICER,
        camera=CAMERA,
        dock=DOCK,
        recorded_at=RECORDED,
        media=a_media(),
        poster=True,
        integrity=Integrity(claimed=SHA256),
    )
    return replace(clip, **changes)


def an_overdue_clip(**changes: Any) -> Clip:
    """A clip whose 31 days are over by a minute."""
    return a_clip(**{"uploaded_at": OVERDUE, **changes})


def a_condemned_clip(**changes: Any) -> Clip:
    weeding = Weeding(rule="R5 31 days over, evidential: undecided", condemned_at=NOW)
    return an_overdue_clip(**{"state": State.CONDEMNED, "weeding": weeding, **changes})


def a_hold(**changes: Any) -> Hold:
    return replace(Hold(id="hold-1", authority="Crown Court at Snaresbrook", placed_at=NOW), **changes)


def a_decision(**changes: Any) -> Decision:
    decision = Decision(category="stop-and-search", by=OFFICER, at=NOW, why="searched under section 1 PACE")
    return replace(decision, **changes)


def an_approval(**changes: Any) -> Approval:
    """That a supervisor asked for the clip to be evidence no longer, of the decision that `a_decision` is."""
    approval = Approval(
        clip=RECORDING,
        category="other",
        evidential=Evidential.NO,
        why="it is the wrong clip",
        asked_by="P7777",
        asked_subject="7d4a3c52-0000-4000-8000-000000007777",
        asked_name="Sgt Grace Hopper",
        asked_at=NOW,
        of_decision_at=NOW,
        borough=BOROUGH,
        officer=OFFICER,
    )
    return replace(approval, **changes)


def a_note(**changes: Any) -> Note:
    """`text` and `at` of one's own make another note where `entry` is another."""
    entry = changes.get("entry", "0b8a1f0e-52d3-8b07-9b1c-1f2c5d1f9a55")
    note = noted(RECORDING, "the suspect's face is clear at 02:10", entry=entry, asking=an_asking())
    return replace(note, **changes)


def a_grant(**changes: Any) -> Grant:
    """What the dock said of the recording that `a_clip` and `a_landed` are about."""
    recording = changes.get("recording", RECORDING)
    grant = Grant(
        recording=recording,
        path=a_path(recording),
        dock=DOCK,
        borough=BOROUGH,
        camera=CAMERA,
        officer=OFFICER,
        recorded_at=RECORDED,
        size=SIZE,
        sha256=SHA256,
        content_type=CONTENT_TYPE,
        granted_at=UPLOADED,
        expires=UPLOADED + timedelta(hours=1),
    )
    return replace(grant, **changes)


def a_dock(**changes: Any) -> Dock:
    return replace(Dock(id=DOCK, station="Stoke Newington", borough=BOROUGH, client=CLIENT), **changes)


def an_actor(**changes: Any) -> Actor:
    actor = Actor(id=OFFICER, kind=ActorKind.PERSON, name="PC Ada Byron", role=Role.OFFICER)
    return replace(actor, **changes)


def an_asking(**changes: Any) -> Asking:
    """By a person whom entries name by their number, unless a test says otherwise."""
    actor = changes.get("actor", an_actor())
    asking = Asking(
        actor=actor,
        officer=actor.id if actor.kind is ActorKind.PERSON else None,
        at=NOW,
        request="req-1",
        key="key-1",
        seed=bytes(32),
        address="192.0.2.17",
        session="session-1",
    )
    return replace(asking, **changes)


def a_draft(**changes: Any) -> Draft:
    """That an officer looked at the clip."""
    draft = Draft(
        asking=an_asking(),
        pk=RECORDING,
        action="footage.read",
        operation=Operation.CONSULTATION,
        subject=RECORDING,
        borough=BOROUGH,
    )
    return replace(draft, **changes)


def an_entry(trail: Trail | None = None, **changes: Any) -> tuple[Entry, Trail]:
    """The entry of such a draft at the end of `trail`, and the trail with it."""
    return numbered(a_draft(**changes), trail)


def a_caller(*roles: Role, **changes: Any) -> Caller:
    """An officer of the borough, or whoever else `roles` make of them."""
    caller = Caller(
        subject="2f6f9a0e-5d57-4f0e-9f0b-1c7f6a9f7d11",
        roles=frozenset(roles or (Role.OFFICER,)),
        name="PC Ada Byron",
        officer=OFFICER,
        borough=BOROUGH,
        client=CLIENT,
        sign_on="session-1",
    )
    return replace(caller, **changes)


def a_session(**changes: Any) -> Session:
    """An open session, begun an hour ago, of somebody who was seen just now. `key` is its sign-on's."""
    key, number = changes.pop("key", SIGN_ON), changes.get("number", 1)
    begun = NOW - timedelta(hours=1)
    session = Session(
        session=f"{key}-{number}",
        number=number,
        actor=OTHER_OFFICER,
        person=folded(changes.get("actor", OTHER_OFFICER)),
        subject="5b0e7c1a-0000-4000-8000-0000000000a7",
        name="PC Grace Hopper",
        roles=(Role.OFFICER,),
        borough=BOROUGH,
        client=CLIENT,
        address="192.0.2.99",
        known_since=changes.get("started_at", begun),
        started_at=begun,
        last_seen=NOW,
    )
    return replace(session, **changes)


FORCE = Reach(force=True)


def a_landed(**changes: Any) -> Landed:
    """The blob the dock wrote under `a_grant`, with the metadata it writes."""
    blob = changes.get("blob") or a_blob()
    landed = Landed(blob=blob, created_at=UPLOADED, content_type=CONTENT_TYPE, metadata=a_metadata())
    return replace(landed, **changes)


def a_metadata(**changes: str) -> dict[str, str]:
    """What a dock says of the recording beside the blob, percent-encoded."""
    said = {
        "officer": OFFICER,
        "borough": BOROUGH,
        "camera": CAMERA,
        "dock": DOCK,
        "firmware": "4.2.1",
        "recorded_at": "2026-11-25T14:52:56.123456Z",
        "start_reason": "button",
        "stop_reason": "button",
        "sha256": SHA256,
    }
    return said | changes


def a_media(**changes: Any) -> Media:
    media = Media(
        container="mp4",
        layout="progressive",
        duration_ms=12_000,
        video=Video(codec="h264", width=1280, height=720, duration_ms=12_000, frames=360),
        audio=Audio(codec="aac", sample_rate=48_000, channels=1, duration_ms=11_990),
        created_at=RECORDED,
    )
    return replace(media, **changes)


def an_inspection(**changes: Any) -> Inspection:
    return replace(Inspection(media=a_media(), poster=JPEG), **changes)
