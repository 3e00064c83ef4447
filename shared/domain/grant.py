"""Leave for a dock to write one blob.

G1  The dock asks for itself: the token's client is the one the register has for it, the dock is enabled, and
    the call comes from one of its addresses where the register has any.
G2  One grant, one path, one hour. A congested evening outlasts an hour: the dock asks again for the same
    recording and gets the same path, until it is ingested.
G3  Asked again with the same operation key, the recording is the same.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.domain.entry import uuid8
from shared.domain.footage import ClipId, Dock, DockId, Grant, OfficerId, Sha256
from shared.domain.naming import footage_path
from shared.errors import Malformed, NotAllowed

LASTS = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a dock says of the recording it wants to write."""

    camera: str
    recorded_at: datetime
    size: int
    sha256: Sha256
    content_type: str
    officer: OfficerId | None = None
    recording: ClipId | None = None


def may_hand_over(dock: Dock | None, *, client: str | None, address: str | None) -> Dock:
    """Rule G1. One answer for every reason, so that the register cannot be felt out."""
    here = dock is not None and (not dock.addresses or address in dock.addresses)
    if dock is None or not here or not dock.enabled or not client or dock.client != client:
        raise NotAllowed("this token may not act for this dock")
    return dock


def granted(wanted: Wanted, dock: Dock, *, key: str, now: datetime) -> Grant:
    """A new grant, for a path nobody has written to."""
    recording = recording_id(dock.id, key)
    path = footage_path(
        recording, borough=dock.borough, camera=wanted.camera, content_type=wanted.content_type, now=now
    )
    return Grant(
        recording=recording,
        path=path,
        dock=dock.id,
        borough=dock.borough,
        camera=wanted.camera,
        officer=wanted.officer,
        recorded_at=wanted.recorded_at,
        size=wanted.size,
        sha256=wanted.sha256,
        content_type=wanted.content_type,
        granted_at=now,
        expires=now + LASTS,
    )


def granted_again(grant: Grant, wanted: Wanted, *, now: datetime) -> Grant:
    """Rule G2, for a recording not yet ingested. Raises Malformed if it is another recording that is meant."""
    if (grant.sha256, grant.size) != (wanted.sha256, wanted.size):
        raise Malformed("the grant of this recording was for other bytes", field="recording")
    return replace(grant, expires=now + LASTS)


def recording_id(dock: DockId, key: str) -> ClipId:
    """Rule G3. `key` carries the chance: a request id nobody can guess, or what the dock itself chose."""
    return ClipId(str(uuid8(hashlib.sha256(f"recording\x00{dock}\x00{key}".encode()).digest())))
