"""The scenes verbs are played in: footage, clips and grants that belong together, and the verbs' ports handed over.

Everything is set as if long ago, in no call's account, so that a count of calls is the verb's own.
"""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.domain.access import Reach
from shared.domain.entry import Actor, ActorKind, Asking, Entry, Trail, stored
from shared.domain.footage import Clip, ClipId, Fixity, Integrity, Sha256
from shared.domain.ledger import commitment
from shared.usecases.ingest import Intake
from tests.builders import (
    CLIENT,
    JPEG,
    OVERDUE,
    RECORDING,
    UPLOADED,
    a_clip,
    a_condemned_clip,
    a_grant,
    a_metadata,
    a_path,
    an_asking,
)
from tests.fakes import World

CONTENT = b"\x00\x00\x00\x18ftypmp42 the pictures and the sound" * 4
HASH = Sha256(hashlib.sha256(CONTENT).hexdigest())
PATH = a_path()
ITSELF = Reach(client=CLIENT)
SYSTEM = Actor(id="system:test", kind=ActorKind.SERVICE)


def a_stored_clip(world: World, **changes: Any) -> Clip:
    """A clip with its bytes and its poster in the store, and the grant it came by."""
    return _stored(world, a_clip, UPLOADED, **changes)


def an_overdue_stored_clip(world: World, **changes: Any) -> Clip:
    return _stored(world, a_clip, OVERDUE, **changes)


def a_condemned_stored_clip(world: World, **changes: Any) -> Clip:
    return _stored(world, a_condemned_clip, OVERDUE, **changes)


def _stored(world: World, build: Any, at: datetime, **changes: Any) -> Clip:
    recording = changes.get("id", RECORDING)
    landed = world.footage.put(a_path(recording), CONTENT, at=at)
    given = {"uploaded_at": at, "blob": landed.blob, "integrity": Integrity(claimed=HASH), **changes}
    clip: Clip = build(**given)
    world.footage.posters[clip.id] = JPEG
    world.records.put(clip)
    return clip


def a_verified_clip(world: World) -> Clip:
    return a_stored_clip(
        world, integrity=Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=UPLOADED)
    )


def a_landed_blob(world: World, *, granted: bool = True, **said: str) -> str:
    """A blob that nobody took in yet, under its grant or under none."""
    if granted:
        world.records.put(a_grant(size=len(CONTENT), sha256=HASH))
    world.footage.put(PATH, CONTENT, at=UPLOADED, metadata=a_metadata(sha256=HASH, **said))
    return PATH


def intake(world: World) -> Intake:
    return Intake(
        records=world.records,
        footage=world.footage,
        inspector=world.inspector,
        queue=world.queue,
        announcer=world.announcer,
    )


def by_the_service(**changes: Any) -> Asking:
    return an_asking(actor=SYSTEM, address=None, session=None, **changes)


def a_clock_later(asking: Asking, at: datetime) -> Asking:
    """The same request tried again: the clock and the chance are new, the key and the request are not."""
    return replace(asking, at=at, seed=b"\x01" * 32)


def the_clip(world: World, clip: ClipId = RECORDING) -> Clip:
    (found,) = [r for r in world.records.everything() if isinstance(r, Clip) and r.id == clip]
    return found


def entries(world: World, pk: str | None = None) -> list[Entry]:
    found = [r for r in world.records.everything() if isinstance(r, Entry) and pk in (None, r.pk)]
    return sorted(found, key=lambda entry: (entry.pk, entry.number))


def actions(world: World, pk: str = RECORDING) -> list[str]:
    return [entry.action for entry in entries(world, pk)]


def assert_trails_whole(world: World) -> None:
    """In each pk the numbers are 1, 2, 3 ..., each entry names the one before, and the trail names the last."""
    trails = {r.pk: r for r in world.records.everything() if isinstance(r, Trail)}
    assert set(trails) == {entry.pk for entry in entries(world)}
    for pk, trail in trails.items():
        listed = entries(world, pk)
        assert [entry.number for entry in listed] == list(range(1, trail.count + 1))
        bindings = [commitment(stored(entry)) for entry in listed]
        assert [entry.previous for entry in listed] == [None, *bindings[:-1]]
        assert trail.last == bindings[-1]
