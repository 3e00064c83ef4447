"""What one clip costs in calls to Azure, step by step: `python -m bench.cost` in the environment of a stack.

The doors run in this process on the real clients, one after the other. The first clip pays for what a process pays
once (tokens, the account's description, keys), so the second is counted. The host's own calls are not here: it adds
one receive and one delete for each message, and Event Grid one delivery.
"""

import asyncio
import json
import os
import uuid
from collections.abc import Awaitable, Mapping
from typing import Any

import azure.functions as func
from azure.storage.blob.aio import BlobClient

from bench.counting import counting
from bench.load import small_clip, wish_for
from local.tokens import mint
from shared.domain.naming import CONTAINER
from tests.functions.opened import DOORS, user_function
from tests.functions.world import Invocation

DOCK = "bench-1"
REGISTER = {"station": "Peckham", "borough": "Southwark", "client": DOCK}
Counted = dict[str, int]


async def knock(door: str, role: str, *, body: object = None, **route: str) -> func.HttpResponse:
    """Ask at a door as the host would have."""
    signed = mint(os.environ, role=role, name="Bench", officer="9001", client=DOCK if role == "dock" else None)
    request = func.HttpRequest(
        DOORS[door].method,
        f"https://continuity.test/api/{DOORS[door].route}",
        headers={"Authorization": f"Bearer {signed}", "X-Forwarded-For": "127.0.0.1"},
        route_params=route,
        body=json.dumps(body).encode() if body is not None else b"",
    )
    answer: func.HttpResponse = await user_function(door)(request, Invocation(invocation_id=str(uuid.uuid4())))
    assert answer.status_code < 300, answer.get_body()
    return answer


async def trigger(function: str, given: Any) -> None:
    await user_function(function)(given, Invocation(invocation_id=str(uuid.uuid4())))


async def counted(step: Awaitable[Any]) -> Counted:
    with counting() as found:
        await step
    return dict(found)


async def one_clip(clip: bytes, wish: Mapping[str, object]) -> dict[str, Counted]:
    """The calls of each step, from grant to receipt."""
    given: dict[str, Any] = {}

    async def grant() -> None:
        given.update(json.loads((await knock("grant", "dock", body=wish, dock=DOCK)).get_body()))

    granted = await counted(grant())
    event = await _committed(given["url"], clip)
    message = func.QueueMessage(id=str(uuid.uuid4()), body=json.dumps({"clip": given["recording"]}))
    return {
        "grant": granted,
        "ingest": await counted(trigger("ingest", event)),
        "fixity": await counted(trigger("fixity", message)),
        "receipt": await counted(knock("receipt", "dock", dock=DOCK, recording=given["recording"])),
    }


async def _committed(url: str, clip: bytes) -> func.CloudEvent:
    """The dock's part, and the event of it."""
    async with BlobClient.from_blob_url(url) as client:
        written = await client.upload_blob(clip)
        subject = f"/blobServices/default/containers/{CONTAINER}/blobs/{client.blob_name}"
    data = {"api": "PutBlob", "eTag": str(written["etag"]).strip('"')}
    source, kind = "/storage", "Microsoft.Storage.BlobCreated"
    return func.CloudEvent(
        id=str(uuid.uuid4()), source=source, type=kind, specversion="1.0", subject=subject, data=data
    )


async def main() -> dict[str, Counted]:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the service's clients end with the process
    clip = small_clip()
    await knock("register_dock", "evidence-manager", body=REGISTER, dock=DOCK)
    await one_clip(clip, wish_for(clip))
    return await one_clip(clip, wish_for(clip))


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main())))
