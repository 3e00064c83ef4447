"""Queues and timers of a served app in real storage servers, by identity: what the listeners' simulators promise."""

import base64
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient
from azure.storage.queue.aio import QueueClient

from local.hosting.storage_queue import StorageQueue
from local.hosting.timer_statuses import CONTAINER, BlobTimerStatuses, TimerStatus
from local.stack import Stack
from tests.local.host_process import HostProcess, sample_app, until

pytestmark = pytest.mark.stack
TEN_MINUTES = timedelta(minutes=10)


def client(stack: Stack, name: str, credential: DefaultAzureCredential) -> QueueClient:
    return QueueClient(stack.settings["QUEUES__queueServiceUri"], name, credential=credential)


@pytest.fixture
async def queue(stack: Stack, credential: DefaultAzureCredential) -> AsyncIterator[QueueClient]:
    async with client(stack, f"work-{uuid.uuid4().hex}", credential) as queue:
        await queue.create_queue()
        yield queue


@pytest.fixture
async def poison(stack: Stack, queue: QueueClient, credential: DefaultAzureCredential) -> AsyncIterator[QueueClient]:
    async with client(stack, f"{queue.queue_name}-poison", credential) as poison:
        yield poison


@pytest.fixture
async def host(stack: Stack, queue: QueueClient, tmp_path: Path) -> AsyncIterator[HostProcess]:
    environment = {**stack.environment, "QUEUE": queue.queue_name}
    environment["WORK__queueServiceUri"] = stack.settings["QUEUES__queueServiceUri"]
    host = HostProcess(tmp_path, sample_app(tmp_path), environment)
    await host.start()
    yield host
    assert await host.stop() == 0, host.output


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


async def left_in(queue: QueueClient) -> int:
    return (await queue.get_queue_properties()).approximate_message_count or 0


async def test_a_message_reaches_the_function_with_its_properties_and_is_deleted(
    host: HostProcess, queue: QueueClient
) -> None:
    sent = await queue.send_message(encoded("hello"))
    await until(lambda: bool(host.invocations("on_message")), "it ran")
    (seen,) = host.seen("message")
    assert (seen["message"], seen["body"], seen["tries"], seen["receipt"]) == (sent.id, "hello", 1, True)
    inserted, expires, visible = (datetime.fromisoformat(seen[name]) for name in ("inserted", "expires", "visible"))
    assert expires - inserted == timedelta(days=7)
    assert timedelta(minutes=9) < visible - inserted < timedelta(minutes=11)
    assert await host.stop() == 0  # a stop settles what has run
    assert await left_in(queue) == 0


async def test_a_failing_message_is_tried_again_and_then_moved_to_a_poison_queue_made_for_it(
    host: HostProcess, queue: QueueClient, poison: QueueClient
) -> None:
    with pytest.raises(ResourceNotFoundError):
        await left_in(poison)
    sent = await queue.send_message(encoded("broken"))
    await until(lambda: f"message {sent.id} failed 2 times" in host.output, "it is set aside")
    assert [seen["tries"] for seen in host.seen("message")] == [1, 2]
    assert host.invocations("on_message") == ["failed", "failed"]
    assert [message.content async for message in poison.receive_messages()] == [encoded("broken")]
    assert await left_in(queue) == 0


async def test_a_stop_lets_a_running_message_end_and_deletes_it(host: HostProcess, queue: QueueClient) -> None:
    await queue.send_message(encoded("waits"))
    await until(lambda: bool(host.seen("waiting")), "it runs")
    host.signal()
    async with aiohttp.ClientSession(host.url) as client:
        while (await client.get("/")).status != 503:  # the signal has arrived when newcomers are refused
            assert host.invocations("on_message") == []
    host.release("waits")
    assert await host.ended() == 0
    assert host.invocations("on_message") == ["succeeded"]
    assert await left_in(queue) == 0


async def test_the_hosts_own_container_is_made_when_it_is_missing(
    stack: Stack, credential: DefaultAzureCredential
) -> None:
    service = BlobServiceClient(stack.settings["AzureWebJobsStorage__blobServiceUri"], credential=credential)
    async with aclosing(BlobTimerStatuses(lambda: service)) as statuses:
        with suppress(ResourceNotFoundError):
            await service.delete_container(CONTAINER)
        assert await statuses.read("tick") is None
        status = TimerStatus(last=None, next=datetime.now(UTC), updated=datetime.now(UTC))
        await statuses.write("tick", status)
        assert await statuses.read("tick") == status


async def test_a_timer_remembers_in_a_blob_and_runs_once_for_what_it_missed(
    stack: Stack, host: HostProcess, tmp_path: Path, credential: DefaultAzureCredential
) -> None:
    await until(lambda: bool(host.seen("timer")), "it runs on start-up")
    assert await host.stop() == 0
    service = BlobServiceClient(stack.settings["AzureWebJobsStorage__blobServiceUri"], credential=credential)
    async with service, service.get_blob_client("azure-webjobs-hosts", "timers/yearly") as blob:
        status = json.loads(await (await blob.download_blob()).readall())
        long_ago = (datetime.now(UTC) - timedelta(days=800)).isoformat()
        await blob.upload_blob(json.dumps(status | {"LastUpdated": long_ago, "Last": long_ago}), overwrite=True)
    await host.start()
    await until(lambda: len(host.seen("timer")) > 1, "it runs for what it missed")
    assert [seen["pastDue"] for seen in host.seen("timer")] == [False, True]
    assert host.seen("timer")[1]["status"]["Last"] == long_ago


async def test_a_queue_that_does_not_exist_has_no_messages(stack: Stack, credential: DefaultAzureCredential) -> None:
    async with aclosing(StorageQueue("never-made", lambda name: client(stack, name, credential))) as work:
        assert await work.receive(5, TEN_MINUTES) == []


async def test_a_received_message_is_hidden_until_it_is_freed_and_only_the_newest_receipt_counts(
    stack: Stack, queue: QueueClient, credential: DefaultAzureCredential
) -> None:
    await queue.send_message("<content> & more")
    async with aclosing(StorageQueue(queue.queue_name, lambda name: client(stack, name, credential))) as work:
        (received,) = await work.receive(5, TEN_MINUTES)
        assert (received.content, received.dequeue_count) == ("<content> & more", 1)
        assert await work.receive(5, TEN_MINUTES) == []
        renewed = await work.hide(received, TEN_MINUTES)
        assert renewed.receipt != received.receipt
        with pytest.raises(HttpResponseError, match="pop receipt"):
            await work.delete(received)
        await work.hide(renewed, timedelta(0))
        (again,) = await work.receive(5, TEN_MINUTES)
        assert (again.content, again.dequeue_count) == ("<content> & more", 2)
        await work.delete(again)
    assert await left_in(queue) == 0
