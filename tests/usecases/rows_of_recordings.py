"""The verbs a recording meets on its way in: docks, grants, ingest, fixity and receipts, one row for each way."""

from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from shared.domain.entry import Asking
from shared.domain.footage import Integrity
from shared.usecases.docks import list_docks, register_dock
from shared.usecases.fixity import fixity, poisoned
from shared.usecases.grant import grant
from shared.usecases.ingest import ingest
from shared.usecases.receipt import receipt
from tests.builders import (
    DOCK,
    RECORDING,
    a_clip,
    a_dock,
)
from tests.fakes import World
from tests.usecases.rows import (
    WANTED,
    Anew,
    Row,
    a_claim_of_other_bytes,
    a_dock_and,
    a_given_grant,
    an_overwritten_path,
    no_picture,
)
from tests.usecases.scenes import (
    ITSELF,
    PATH,
    a_landed_blob,
    a_stored_clip,
    a_verified_clip,
    by_the_service,
    intake,
)


def _fixity(world: World, asking: Asking) -> Awaitable[Any]:
    return fixity(RECORDING, asking=asking, now=lambda: asking.at, records=world.records, footage=world.footage)


def _ingest(world: World, asking: Asking) -> Awaitable[Any]:
    return ingest(PATH, etag=None, asking=asking, intake=intake(world))


def _ingest_as_told(world: World, asking: Asking) -> Awaitable[Any]:
    return ingest(PATH, etag=EARLIER, asking=asking, intake=intake(world))


SERVICE = by_the_service()
FIRST = '"00000001"'  # the version MemoryRecords gives to the first record put
EARLIER = "0x8DEEARLIER"  # the ETag of a content that lies at the path no more
GRANTED = "camera officer size sha256"
COLLECTED = "version etag size claimed officer camera dock"

ROWS = (
    Row(
        name="register_dock",
        verb=register_dock,
        scene=lambda _world: None,
        run=lambda w, a: register_dock(a_dock(), version=None, asking=a, records=w.records),
        enters=(("dock.registered", "station borough client addresses enabled"),),
        answers=lambda held: held.record,
    ),
    Row(
        name="register_dock again, changed",
        verb=register_dock,
        scene=a_dock_and(),
        run=lambda w, a: register_dock(a_dock(enabled=False), version=FIRST, asking=a, records=w.records),
        enters=(("dock.registered", "enabled"),),
        answers=lambda held: held.record,
    ),
    Row(
        name="list_docks",
        verb=list_docks,
        scene=a_dock_and(),
        run=lambda w, a: list_docks(asking=a, records=w.records),
        enters=(("docks.listed", ""),),
        anew=Anew.ENTRY,
        answers=list,
    ),
    Row(
        name="grant",
        verb=grant,
        scene=a_dock_and(),
        run=lambda w, a: grant(DOCK, WANTED, reach=ITSELF, asking=a, records=w.records, links=w.links),
        enters=(("footage.granted", GRANTED),),
        anew=Anew.RECORDING,
        answers=lambda granted: granted.recording,
    ),
    Row(
        name="grant again",
        verb=grant,
        scene=a_dock_and(a_given_grant),
        run=lambda w, a: grant(
            DOCK, replace(WANTED, recording=RECORDING), reach=ITSELF, asking=a, records=w.records, links=w.links
        ),
        enters=(("footage.granted", GRANTED),),
        anew=Anew.ENTRY,
        answers=lambda granted: granted.recording,
    ),
    Row(
        name="ingest, good",
        verb=ingest,
        scene=a_landed_blob,
        run=_ingest,
        enters=(("footage.ingested", COLLECTED),),
        asking=SERVICE,
    ),
    Row(
        name="ingest, quarantined",
        verb=ingest,
        scene=no_picture,
        run=_ingest,
        enters=(("footage.ingested", COLLECTED),),
        asking=SERVICE,
        said="not-video",
    ),
    Row(
        name="ingest, without grant",
        verb=ingest,
        scene=lambda w: a_landed_blob(w, granted=False),
        run=_ingest,
        enters=(("footage.ingested", COLLECTED),),
        asking=SERVICE,
        said="no-grant",
    ),
    Row(
        name="ingest, overwritten",
        verb=ingest,
        scene=a_dock_and(a_given_grant, an_overwritten_path),
        run=_ingest,
        enters=(("footage.overwritten", "etag version"),),
        asking=SERVICE,
        answers=str,
    ),
    Row(
        name="ingest, overwritten before it was taken in",
        verb=ingest,
        scene=a_landed_blob,
        run=_ingest_as_told,
        enters=(("footage.overwritten", "etag version"), ("footage.ingested", COLLECTED)),
        asking=SERVICE,
    ),
    Row(
        name="ingest, gone before it was taken in",
        verb=ingest,
        scene=a_given_grant,
        run=_ingest,
        enters=(("footage.missing", ""),),
        asking=SERVICE,
        answers=str,
    ),
    Row(
        name="fixity, verified",
        verb=fixity,
        scene=a_stored_clip,
        run=_fixity,
        enters=(("footage.verified", "version sha256"),),
        asking=SERVICE,
    ),
    Row(
        name="fixity, mismatch",
        verb=fixity,
        scene=a_claim_of_other_bytes,
        run=_fixity,
        enters=(("footage.mismatched", "version sha256"),),
        asking=SERVICE,
    ),
    Row(
        name="fixity, unclaimed",
        verb=fixity,
        scene=lambda w: a_stored_clip(w, integrity=Integrity()),
        run=_fixity,
        enters=(("footage.hashed", "version sha256"),),
        asking=SERVICE,
    ),
    Row(
        name="fixity, missing",
        verb=fixity,
        scene=lambda w: w.records.put(a_clip()),
        run=_fixity,
        enters=(("footage.missing", "version"),),
        asking=SERVICE,
        quiet=frozenset({"footage.stream"}),
        answers=str,
    ),
    Row(
        name="poisoned",
        verb=poisoned,
        scene=a_stored_clip,
        run=lambda w, a: poisoned(RECORDING, asking=a, records=w.records),
        enters=(("fixity.poisoned", ""),),
        anew=Anew.ENTRY,
        asking=SERVICE,
    ),
    Row(
        name="receipt",
        verb=receipt,
        scene=a_dock_and(a_given_grant, a_verified_clip),
        run=lambda w, a: receipt(DOCK, RECORDING, reach=ITSELF, asking=a, records=w.records, keys=w.keys),
        enters=(("receipt.issued", ""),),
        answers=str,
    ),
)
