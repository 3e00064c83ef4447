"""On the local stack: footage whose event was refused and dead-lettered is put back, and becomes a clip."""

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient, ContainerClient
from azure.storage.queue.aio import QueueClient

from local.processes import Child
from local.run import wait_for_host
from local.stack import Stack
from local.story import cast
from shared.domain.naming import id_of_path
from tests.local.webhook import receiving

pytestmark = pytest.mark.stack
ROOT = Path(__file__).parents[2]
KEY = "the-system-key-of-a-test"
WITHIN = 60


def replay(stack: Stack, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "tools.replay", *words],
        cwd=ROOT,
        env=os.environ | stack.environment | {"EVENT_GRID_KEY": KEY},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )


@contextmanager
def host(stack: Stack) -> Iterator[None]:
    command = [sys.executable, "-m", "local.leash", sys.executable, "-m", "local.host", "--port", str(stack.ports.host)]
    child = Child("host", command, environment=stack.environment, log=stack.logs / "host.log")
    try:
        wait_for_host(child, stack)
        yield
    finally:
        child.stop()


@pytest.fixture
async def credential(stack: Stack) -> AsyncIterator[DefaultAzureCredential]:
    with pytest.MonkeyPatch.context() as patch:  # a credential reads the environment when it is made, and only then
        for name, value in stack.settings.items():
            patch.setenv(name, value)
        made = DefaultAzureCredential()
    async with made:
        yield made


@pytest.fixture
async def letters(stack: Stack, credential: DefaultAzureCredential) -> AsyncIterator[ContainerClient]:
    """The container of dead letters, empty."""
    account = stack.settings["AzureWebJobsStorage__blobServiceUri"]
    async with ContainerClient(account, "deadletters", credential=credential) as container:
        async for letter in container.list_blobs():
            await container.delete_blob(letter.name)
        yield container


@pytest.fixture
async def refused(stack: Stack, credential: DefaultAzureCredential, letters: ContainerClient) -> AsyncIterator[str]:
    """The path of footage whose event met a function that would not have it."""
    path = f"Southwark/2026/03/01/cam-1/{uuid.uuid4()}.mp4"
    stack.restart("eventgrid", time_scale=0.001)
    try:
        async with receiving(stack.ports.host) as webhook:
            await stack.delivered()
            webhook.answer_with(400)
            async with BlobServiceClient(stack.settings["FOOTAGE_ACCOUNT_URL"], credential=credential) as footage:
                await footage.get_blob_client("footage", path).upload_blob(b"no film at all")
            await stack.delivered()
        yield path
    finally:
        stack.restart("eventgrid", time_scale=1.0)


async def test_footage_whose_event_was_given_up_becomes_a_clip_when_it_is_put_back(
    stack: Stack, refused: str, letters: ContainerClient
) -> None:
    (letter,) = [each.name async for each in letters.list_blobs()]
    away = await asyncio.to_thread(replay, stack, "dead-letters")
    assert (away.returncode, away.stderr) == (1, "")
    assert away.stdout == (
        f"stayed: {letter}: the function answered ClientConnectorError\ndead-letters: 0 put back, 1 stayed\n"
    )
    manager = cast(stack.settings).manager
    with host(stack):
        assert manager.get(f"/api/footage/{id_of_path(refused)}").status == 404
        tried = await asyncio.to_thread(replay, stack, "dead-letters", "--dry-run")
        assert (tried.returncode, tried.stdout) == (0, "dead-letters: 1 would be put back, 0 stayed\n")
        done = await asyncio.to_thread(replay, stack, "dead-letters")
        assert (done.returncode, done.stdout, done.stderr) == (0, "dead-letters: 1 put back, 0 stayed\n", "")
        assert manager.get(f"/api/footage/{id_of_path(refused)}").must_be(200).body["state"] == "quarantined"
    assert [each.name async for each in letters.list_blobs()] == []
    assert KEY not in away.stdout + tried.stdout + done.stdout


async def test_a_hash_that_was_given_up_is_asked_for_again(stack: Stack, credential: DefaultAzureCredential) -> None:
    one, two = str(uuid.uuid4()), str(uuid.uuid4())
    async with QueueClient(stack.settings["QUEUE_ACCOUNT_URL"], "fixity", credential=credential) as queue:
        await queue.clear_messages()
        done = await asyncio.to_thread(replay, stack, "poison", "--clip", one, "--clip", "-", stdin=f"{two}\n")
        assert (done.returncode, done.stdout, done.stderr) == (0, "poison: 2 put back, 0 stayed\n", "")
        assert (await queue.get_queue_properties()).approximate_message_count == 2
        await queue.clear_messages()
