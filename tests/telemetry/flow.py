"""A recording's life through the real doors on the local stack, with telemetry on.

Runs as `python -m tests.telemetry.flow LOG`.

A process of its own, because tracing is of a whole process. It listens at INFO to everything, as the Functions worker
does, and writes what was logged to LOG; prints as JSON what must be found nowhere: rights, paths, people, reasons.
"""

import asyncio
import hashlib
import json
import logging
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import azure.functions as func
from azure.functions.queue import QueueMessage
from azure.storage.blob.aio import BlobClient

from local.footage import synthesise
from local.tokens import mint
from shared import wiring
from shared.telemetry import sent

DOCK, CAMERA, OFFICER, BOROUGH = "dockquagga", "CAMERAQUAGGA", "OFFICERQUAGGA", "Boroughquagga"
NAME, REASON = "PC Quagga Quillfeather", "quaggareason to look at it"
EVERY = 0.5
STARTED = threading.Thread.start


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    invocation_id: str


@dataclass(slots=True, kw_only=True)
class Flow:
    """`secrets`: what telemetry and logs must not hold."""

    functions: Mapping[str, Any]
    secrets: list[str] = field(default_factory=list)
    number: int = 0

    async def run(self, name: str, given: Any) -> Any:
        """As the worker does: each invocation is a task, so that its context is its own."""
        self.number += 1
        context = Invocation(invocation_id=f"invocation-{self.number}")
        return await asyncio.create_task(self.functions[name](given, context))

    async def ask(self, name: str, token: str, route: Mapping[str, str], body: Any = None, etag: str = "") -> Any:
        door = self.functions[name].door
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = func.HttpRequest(
            door.method,
            f"https://continuity.test/api/{door.route}",
            headers=headers | ({"If-Match": etag} if etag else {}),
            route_params=route,
            params={},
            body=b"" if body is None else json.dumps(body).encode(),
        )
        return await self.run(name, request)

    def token(self, role: str, *, officer: str | None = None, client: str | None = None, borough: str = BOROUGH) -> str:
        minted = mint(os.environ, role=role, name=NAME, borough=borough, officer=officer, client=client)
        self.secrets.append(minted.rpartition(".")[2])
        return minted


async def live(flow: Flow) -> None:
    clip, path = await hand_over(flow)
    await flow.run("ingest", event_of(path))
    await flow.run("fixity", question(clip))
    await look_and_decide(flow, clip)
    await refused(flow, clip)
    flow.secrets += [path, clip, DOCK, CAMERA, OFFICER, BOROUGH, NAME, REASON]


async def hand_over(flow: Flow) -> tuple[str, str]:
    register = {"station": "Quagga Street", "borough": BOROUGH, "client": DOCK}
    said = await flow.ask("register_dock", flow.token("evidence-manager", officer="9001"), {"dock": DOCK}, register)
    assert said.status_code == 200, said.get_body()
    with tempfile.TemporaryDirectory() as folder:
        file = synthesise(Path(folder) / "clip.mp4", seconds=2, start=datetime(2026, 3, 1, tzinfo=UTC), serial="quagga")
        content = file.read_bytes()
    wish = {
        "camera": CAMERA,
        "officer": OFFICER,
        "recordedAt": "2026-03-01T00:00:00Z",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "contentType": "video/mp4",
    }
    said = await flow.ask("grant", flow.token("dock", client=DOCK), {"dock": DOCK}, wish)
    assert said.status_code == 201, said.get_body()
    grant = json.loads(said.get_body())
    await asyncio.create_task(upload(grant["url"], content))
    address, _, right = str(grant["url"]).partition("?")
    flow.secrets += [right, *(part.partition("=")[2] for part in right.split("&") if part.startswith("sig="))]
    return str(grant["recording"]), address.partition("/footage/footage/")[2]


async def upload(url: str, content: bytes) -> None:
    async with BlobClient.from_blob_url(url) as blob:
        await blob.upload_blob(content, metadata={"officer": OFFICER, "camera": CAMERA})


async def look_and_decide(flow: Flow, clip: str) -> None:
    officer = flow.token("officer", officer=OFFICER)
    read = await flow.ask("read", officer, {"id": clip})
    assert (read.status_code, json.loads(read.get_body())["integrity"]["state"]) == (200, "verified")
    assert (await flow.ask("play", officer, {"id": clip}, {"reason": REASON})).status_code == 200
    decision = {"category": "arrest", "evidential": "yes", "reason": REASON}
    decided = await flow.ask("categorise", officer, {"id": clip}, decision, etag=read.headers["ETag"])
    assert decided.status_code == 200, decided.get_body()


async def refused(flow: Flow, clip: str) -> None:
    stranger = flow.token("officer", officer="OFFICERQUAGGATWO", borough="Camden")
    assert (await flow.ask("read", stranger, {"id": clip})).status_code == 404
    assert (await flow.ask("read", "", {"id": clip})).status_code == 401


def event_of(path: str) -> func.CloudEvent:
    subject = f"/blobServices/default/containers/footage/blobs/{path}"
    return func.CloudEvent(
        id="event-1",
        source="/storage",
        specversion="1.0",
        type="Microsoft.Storage.BlobCreated",
        subject=subject,
        time=datetime.now(UTC),
        data={"api": "PutBlob"},
    )


def question(clip: str) -> QueueMessage:
    return QueueMessage(id="message-1", body=json.dumps({"clip": clip}).encode(), insertion_time=datetime.now(UTC))


async def main(log: Path) -> dict[str, Any]:
    logging.basicConfig(filename=log, level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    from function_app import app

    functions = {str(each.get_function_name()): each.get_user_function() for each in app.get_functions()}
    services = wiring.services()
    connection = os.environ["APPLICATIONINSIGHTS_CONNECTION_STRING"]
    told = sent(connection, now=services.now, every=EVERY, sampled=1.0)
    vars(services)["metrics"] = told  # the same, but for how much of it is sampled
    flow = Flow(functions=functions)
    await live(flow)
    told.close()
    return {"secrets": flow.secrets, "threads": "as they were" if STARTED is threading.Thread.start else "wrapped"}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(main(Path(sys.argv[1])))))  # noqa: T201 - the answer
