"""The runs that hold the storage against the index: reconcile, one row for each thing that can be found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.domain.entry import Asking
from shared.domain.footage import Fixity, Integrity
from shared.domain.reconcile_report import Reconciliation, run_of
from shared.domain.weed import tombstone
from shared.usecases.reconcile import Asked, Reconciled, read_reconciliation, reconcile
from tests.builders import NOW, UPLOADED, a_clip, a_metadata
from tests.fakes import World
from tests.usecases.rows import Anew, Row, a_given_grant, an_overwritten_path
from tests.usecases.scenes import (
    CONTENT,
    HASH,
    PATH,
    a_condemned_stored_clip,
    a_landed_blob,
    a_stored_clip,
    a_verified_clip,
    by_the_service,
    intake,
)

SERVICE = by_the_service()
COLLECTED = "version etag size claimed officer camera dock"
TODAY = "hackney/2026/11/25/"
STARTED = ("reconciliation.started", "dry_run prefix")
FOUND, ENDED = ("reconciliation.found", "place found"), ("reconciliation.ended", "")
VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=UPLOADED)
RUN = run_of("of long ago")


async def run(world: World, asking: Asking, asked: Asked | None = None) -> Reconciled:
    return await reconcile(
        asked or Asked(prefix=TODAY),
        asking=asking,
        now=lambda: asking.at,
        intake=intake(world),
        out_of_time=lambda: False,
    )


def a_lost_blob(world: World) -> None:
    world.footage.lose(a_verified_clip(world).blob.path)


def another_content(world: World) -> None:
    a_given_grant(world)
    an_overwritten_path(world)
    world.records.put(replace(a_clip(blob=world.footage.versions(PATH)[0]), integrity=VERIFIED))


def other_metadata(world: World) -> None:
    a_verified_clip(world)
    world.footage.say(PATH, a_metadata(officer="P0000"))


def an_archived_blob(world: World) -> None:
    world.footage.archive(a_verified_clip(world).blob)


def a_leased_blob(world: World) -> None:
    world.footage.lease(a_verified_clip(world).blob)


def a_long_condemned_clip(world: World) -> None:
    clip = a_condemned_stored_clip(world)
    assert clip.weeding is not None
    world.records.put(replace(clip, weeding=replace(clip.weeding, condemned_at=NOW - timedelta(days=2))))


def something_at_a_weeded_path(world: World) -> None:
    world.records.put(tombstone(a_condemned_stored_clip(world), now=NOW))


def a_stray_blob(world: World) -> None:
    landed = world.footage.put("holiday.mp4", CONTENT, at=UPLOADED)
    world.footage.archive(landed.blob)
    world.records.put(a_clip(blob=landed.blob, integrity=VERIFIED))


def a_report(world: World) -> None:
    world.records.put(Reconciliation(run=RUN, dry_run=False, started_at=NOW, round=True))


def row(name: str, scene: Callable[[World], object], *enters: tuple[str, str], **more: Any) -> Row:
    entered = (*enters, STARTED, FOUND, ENDED)
    return Row(
        name=f"reconcile, {name}",
        verb=reconcile,
        scene=scene,
        run=run,
        enters=entered,
        asking=SERVICE,
        anew=Anew.RUN,
        **more,
    )


ROWS = (
    row("not indexed", a_landed_blob, ("footage.ingested", COLLECTED)),
    row("missing", a_lost_blob, ("footage.missing", "version"), quiet=frozenset({"footage.read"})),
    row("overwritten", another_content, ("footage.overwritten", "etag version")),
    row("metadata changed", other_metadata, ("footage.metadata-changed", "etag version")),
    row("archived", an_archived_blob),
    row("leased", a_leased_blob),
    row("hash overdue", a_stored_clip),
    row("condemned overdue", a_long_condemned_clip),
    row("resurfaced", something_at_a_weeded_path, ("footage.resurfaced", "etag version")),
    Row(
        name="reconcile, a night's round with a stray",
        verb=reconcile,
        scene=a_stray_blob,
        run=lambda w, a: run(w, a, Asked()),
        enters=(("reconciliation.started", "dry_run"), FOUND, ENDED),
        asking=SERVICE,
        anew=Anew.RUN,
    ),
    Row(
        name="read_reconciliation",
        verb=read_reconciliation,
        scene=a_report,
        run=lambda w, a: read_reconciliation(RUN, asking=a, records=w.records),
        enters=(("reconciliation.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda report: report,
    ),
)
