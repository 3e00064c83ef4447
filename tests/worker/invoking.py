"""One invocation of each kind of trigger, through Microsoft's worker library, on services in memory."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.hosting.invocation import HttpRequest, Input, JsonInput, MessageInput, TraceContext
from local.hosting.worker import Worker, index
from shared import wiring
from shared.domain.footage import Sha256
from tests.builders import OVERDUE, RECORDING, UPLOADED, a_grant, a_metadata, a_path, an_overdue_clip, fresh_id
from tests.fakes import Moment
from tests.functions.directory import OFFICER_BYRON, token
from tests.functions.memory import MemoryPorts

CONTENT = b"the bytes of a recording" * 100
SUBJECT = f"/blobServices/default/containers/footage/blobs/{a_path()}"
DATA = {"api": "PutBlockList", "eTag": "0x8DE000000000001", "url": "https://account/footage/x"}
CREATED = "Microsoft.Storage.BlobCreated"
CLOUD_EVENT = {
    "specversion": "1.0",
    "id": "event-1",
    "source": "/subscriptions/0/storageAccounts/footage",
    "type": CREATED,
    "subject": SUBJECT,
    "time": "2026-11-25T18:52:56.123Z",
    "data": DATA,
}
EVENT_GRID_EVENT = {
    "id": "event-2",
    "topic": "/subscriptions/0/storageAccounts/footage",
    "subject": SUBJECT,
    "eventType": CREATED,
    "eventTime": "2026-11-25T18:52:56.123Z",
    "dataVersion": "",
    "metadataVersion": "1",
    "data": DATA,
}
TIMER = {"Schedule": {"AdjustForDST": True}, "ScheduleStatus": None, "IsPastDue": False}


async def invoke_each(folder: Path) -> Any:
    ports = MemoryPorts()
    kept: wiring.Services = ports
    wiring.services = lambda: kept  # type: ignore[assignment] # a process of its own: there is nothing to put back
    _set_the_scene(ports)
    worker = await index(folder)
    try:
        return {
            "cloud event": await _invoke(worker, "ingest", _event(CLOUD_EVENT)),
            "event grid event": await _invoke(worker, "ingest", _event(EVENT_GRID_EVENT)),
            "queue": await _invoke(worker, "fixity", _message()),
            "http": await _invoke(worker, "read", _read(OFFICER_BYRON)),
            "nobody": await _invoke(worker, "read", _read(None)),
            "timer": await _invoke(worker, "weed", JsonInput(text=json.dumps(TIMER))),
            "broken timer": await _broken(worker, ports),
            "counted": dict(ports.metrics.counts),
        }
    finally:
        worker.close()


def _set_the_scene(ports: MemoryPorts) -> None:
    """Footage that has just landed, and some whose 31 days are over."""
    landed = ports.footage.put(a_path(), CONTENT, at=UPLOADED, metadata=a_metadata(sha256=_hash()))
    ports.records.put(a_grant(size=landed.blob.size, sha256=_hash()))
    old = an_overdue_clip(id=fresh_id())
    blob = ports.footage.put(old.blob.path, CONTENT, at=OVERDUE).blob
    ports.records.put(an_overdue_clip(id=old.id, blob=blob))


def _hash() -> Sha256:
    return Sha256(hashlib.sha256(CONTENT).hexdigest())


async def _invoke(worker: Worker, function: str, given: Input) -> Mapping[str, Any]:
    outcome = await worker.run(worker.functions[function], f"{function}-1", given, TraceContext(parent=""))
    answer = outcome.answer
    return {
        "succeeded": outcome.succeeded,
        "error": outcome.error,
        "status": answer.status if answer else None,
        "headers": {name.lower(): value for name, value in answer.headers} if answer else None,
        "body": answer.body.decode() if answer else None,
    }


async def _broken(worker: Worker, ports: MemoryPorts) -> Mapping[str, Any]:
    ports.faults.break_every("records.due", Moment.BEFORE)
    return await _invoke(worker, "weed", JsonInput(text=json.dumps(TIMER)))


def _event(event: Mapping[str, Any]) -> JsonInput:
    return JsonInput(text=json.dumps(event), metadata={"data": event["data"]})


def _message() -> MessageInput:
    told = {
        "QueueTrigger": "fixity",
        "Id": "message-1",
        "DequeueCount": 1,
        "PopReceipt": "receipt",
        "InsertionTime": "2026-11-25T20:52:56+00:00",
        "ExpirationTime": "9999-12-31T23:59:59+00:00",
        "NextVisibleTime": "2026-11-25T21:02:56+00:00",
    }
    return MessageInput(body=json.dumps({"clip": RECORDING}), metadata=told)


def _read(who: Mapping[str, Any] | None) -> HttpRequest:
    headers = {"x-forwarded-for": "192.0.2.17:50123"}
    return HttpRequest(
        method="GET",
        url=f"http://127.0.0.1:7071/api/footage/{RECORDING}",
        headers=headers | ({"authorization": f"Bearer {token(who)}"} if who else {}),
        query={},
        parameters={"id": RECORDING},
        body=b"",
    )
