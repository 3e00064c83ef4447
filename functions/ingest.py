"""Event Grid -> ingest: a blob has landed in the footage container.

Event Grid delivers at least once, in any order. A repeat is answered. The subscription asks for CloudEvents; an event
in Event Grid's own schema is taken too, though the worker library lets a binding be annotated with one of them only.
An event that is not about footage, or was not fully committed, is answered and counted: it can never become good.
A fault is raised, so that Event Grid tries again and at last dead-letters.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import azure.functions as func

from functions.system import system
from functions.watched import ran, waited
from shared import wiring
from shared.domain.naming import path_in
from shared.usecases.ingest import Ingested, Intake, ingest

bp = func.Blueprint()
log = logging.getLogger(__name__)

CREATED = "Microsoft.Storage.BlobCreated"
COMMITTED = frozenset({"PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"})


@bp.function_name("ingest")
@bp.event_grid_trigger(arg_name="event")
async def ingest_footage(event: func.CloudEvent, context: func.Context) -> None:
    services = wiring.services()
    said = event.get_json()
    data: Mapping[str, Any] = said if isinstance(said, Mapping) else {}
    path = _footage_path(event, data)
    if path is None:
        services.metrics.count("ingest.not-footage")
        log.warning("ingest: event=%s is not about committed footage", event.id)
        return
    etag = str(data.get("eTag") or "").strip('"')
    asking = system("ingest", key=f"{path}\n{etag}", request=str(context.invocation_id), services=services)
    with ran(services.metrics, "ingest"):
        outcome: Ingested = await ingest(path, etag=etag or None, asking=asking, intake=_intake(services))
    services.metrics.count(f"ingest.{outcome}")
    if outcome in (Ingested.TAKEN_IN, Ingested.QUARANTINED):
        waited(services.metrics, "ingest.after-upload", since=_committed_at(event), now=services.now())
    log.info("ingest: event=%s outcome=%s", event.id, outcome)


def _footage_path(event: func.CloudEvent | func.EventGridEvent, data: Mapping[str, Any]) -> str | None:
    """The path, or None for what can never be footage. The subject, not the url: only the subject is exact."""
    kind = event.event_type if isinstance(event, func.EventGridEvent) else event.type
    if kind != CREATED or str(data.get("api")) not in COMMITTED:
        return None
    return path_in(event.subject or "")


def _committed_at(event: func.CloudEvent | func.EventGridEvent) -> datetime | None:
    return event.event_time if isinstance(event, func.EventGridEvent) else event.time


def _intake(services: wiring.Services) -> Intake:
    return Intake(
        records=services.records,
        footage=services.footage,
        inspector=services.inspector,
        queue=services.queue,
        announcer=services.announcer,
    )
