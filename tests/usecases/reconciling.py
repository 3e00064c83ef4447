"""A run of reconcile on a world in memory, and what it left there."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.domain.footage import Clip, ClipId, Fixity, Integrity
from shared.domain.reconcile import Finding
from shared.usecases.reconcile import Asked, Reconciled, reconcile
from tests.builders import (
    BOROUGH,
    NOW,
    UPLOADED,
    a_clip,
    a_grant,
    a_metadata,
    a_path,
)
from tests.fakes import World
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    by_the_service,
    intake,
)

DAY = timedelta(days=1)
VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=UPLOADED)


async def run(
    world: World, asked: Asked | None = None, *, key: str = "night-1", at: datetime = NOW, lasts: int = 10**9
) -> Reconciled:
    """`lasts`: how often the run may look at the clock before its time is over."""
    looks = iter(range(lasts))
    return await reconcile(
        asked or Asked(),
        asking=replace(by_the_service(key=key, request=key), at=at),
        now=lambda: at,
        intake=intake(world),
        out_of_time=lambda: next(looks, None) is None,
    )


def a_blob_of(world: World, clip: ClipId, *, borough: Any = BOROUGH, at: datetime = UPLOADED) -> str:
    """A granted recording whose event was lost."""
    path = a_path(clip, borough=borough, now=at)
    world.records.put(a_grant(recording=clip, path=path, size=len(CONTENT), sha256=HASH))
    world.footage.put(path, CONTENT, at=at, metadata=a_metadata(sha256=HASH))
    return path


def a_clip_of(world: World, clip: ClipId) -> Clip:
    landed = world.footage.put(a_path(clip), CONTENT, at=UPLOADED)
    kept = a_clip(id=clip, blob=landed.blob, integrity=VERIFIED)
    world.records.put(kept)
    return kept


def clips(world: World) -> set[str]:
    return {record.id for record in world.records.everything() if isinstance(record, Clip)}


def tallied(done: Reconciled) -> dict[Finding, int]:
    return {tally.finding: tally.count for tally in done.report.tallies}
