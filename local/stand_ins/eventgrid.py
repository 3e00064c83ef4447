"""The local Event Grid: follows Azurite's commit journal and pushes its events to the subscriptions' webhooks.

Started by local/stack.py as `python -m local.stand_ins.eventgrid CONFIGURATION`, a JSON file:
`{port, journal, published, cursors, blobService, keysUrl, timeScale, subscriptions: [...]}`.
Each subscription goes its own way: its handshake, its cursor, its retries; a slow webhook holds up no other.
Serves the custom topic's publishing endpoint on its port (topic.py). Dead letters are blobs in the runtime
account's container `deadletters`.
"""

import asyncio
import json
import logging
import random
import sys
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient

from local.stand_ins.delivery import Delivery
from local.stand_ins.journal import Cursor, cursor_file, lines
from local.stand_ins.server import serve, until_told
from local.stand_ins.subscription import Json, Subscription, event_of
from local.stand_ins.topic import LARGEST_REQUEST, Topic

DEAD_LETTERS = "deadletters"
MOST_AT_ONCE = 32


async def follow(delivery: Delivery, *, journal: Path, cursor: Cursor, blob_service: str) -> None:
    """Never returns: handshake, then every wanted event from the cursor on, several under way at once."""
    await delivery.handshake()

    async def settle(event: Json, end: int) -> None:
        await delivery.deliver(event)
        cursor.settle(end)

    async with asyncio.TaskGroup() as under_way:
        async for end, line in lines(journal, cursor.position):
            event = event_of(line, blob_service)
            cursor.expect(end)
            if delivery.subscription.wants(line["account"], event):
                under_way.create_task(settle(event, end))
            else:
                cursor.settle(end)


async def run(configuration: dict[str, Any]) -> None:
    topic = Topic(Path(configuration["published"]), configuration["keysUrl"])
    app = web.Application(client_max_size=LARGEST_REQUEST)
    app.add_routes([web.get("/", _ready), *topic.routes()])
    runner = await serve(app, configuration["port"])
    try:
        await _follow_all(configuration)
    finally:
        await runner.cleanup()


async def _follow_all(configuration: dict[str, Any]) -> None:
    account = f"{configuration['blobService']}/runtime"
    connector = aiohttp.TCPConnector(limit=MOST_AT_ONCE)
    async with (
        DefaultAzureCredential() as credential,
        ContainerClient(account, DEAD_LETTERS, credential=credential) as container,
        aiohttp.ClientSession(connector=connector) as http,
    ):

        async def write_dead_letter(name: str, content: bytes) -> None:
            await container.upload_blob(name, content, overwrite=True)

        followers = [
            asyncio.create_task(
                follow(
                    _delivery(Subscription.from_json(subscription), http, write_dead_letter, configuration),
                    journal=Path(configuration["journal"]),
                    cursor=Cursor(cursor_file(Path(configuration["cursors"]), subscription["name"])),
                    blob_service=configuration["blobService"],
                )
            )
            for subscription in configuration["subscriptions"]
        ]
        await _until_one_ends(followers)


def _delivery(
    subscription: Subscription, http: aiohttp.ClientSession, write_dead_letter: Any, configuration: dict[str, Any]
) -> Delivery:
    return Delivery(
        subscription=subscription,
        http=http,
        write_dead_letter=write_dead_letter,
        jitter=lambda: random.uniform(1, 1.1),  # noqa: S311 - spreads retries, guards nothing
        time_scale=configuration["timeScale"],
    )


async def _until_one_ends(followers: list[asyncio.Task[None]]) -> None:
    """Until told to end; or, loudly, until a follower fails, so that a broken one is not taken for a quiet one."""
    told = asyncio.create_task(until_told())
    done, rest = await asyncio.wait({told, *followers}, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    for task in done:
        task.result()


async def _ready(_: web.Request) -> web.Response:
    return web.json_response({"ready": True})


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("local").setLevel(logging.INFO)
    asyncio.run(run(json.loads(Path(sys.argv[1]).read_text())))
