"""From a committed blob to the webhook: the real journal, the project's own subscription, restarts and dead letters."""

import json
import uuid

import pytest
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob import BlobBlock
from azure.storage.blob.aio import BlobServiceClient, ContainerClient

from local.stack import Stack
from tests.local.webhook import Webhook, receiving

pytestmark = pytest.mark.stack

SUBJECT = "/blobServices/default/containers/footage/blobs/{name}"


def a_name() -> str:
    return f"Southwark/2026/03/01/cam-1/{uuid.uuid4()}.mp4"


@pytest.fixture
async def footage(hurried: Stack, credential: DefaultAzureCredential) -> ContainerClient:
    return ContainerClient(hurried.settings["FOOTAGE_ACCOUNT_URL"], "footage", credential=credential)


async def test_each_way_to_commit_footage_is_one_cloud_event_with_its_api_and_etag(
    hurried: Stack, footage: ContainerClient, webhook: Webhook
) -> None:
    put, blocks, copy = (footage.get_blob_client(a_name()) for _ in range(3))
    async with footage:
        await put.upload_blob(b"12345")
        await blocks.stage_block("0000", b"123")
        await blocks.stage_block("0001", b"4567")
        await blocks.commit_block_list([BlobBlock("0000"), BlobBlock("0001")])
        await copy.start_copy_from_url(put.url)
        etags = {blob.blob_name: (await blob.get_blob_properties()).etag.strip('"') for blob in (put, blocks, copy)}
    await hurried.delivered()
    events = {request.body["subject"]: request.body for request in webhook.requests}
    data = [events[SUBJECT.format(name=blob.blob_name)]["data"] for blob in (put, blocks, copy)]
    assert [each["api"] for each in data] == ["PutBlob", "PutBlockList", "CopyBlob"]
    assert [each["eTag"] for each in data] == list(etags.values())
    assert [each["contentLength"] for each in data] == [5, 7, 5]
    assert len(webhook.requests) == 3
    event = events[SUBJECT.format(name=put.blob_name)]
    assert (event["specversion"], event["type"]) == ("1.0", "Microsoft.Storage.BlobCreated")
    assert webhook.requests[0].headers["aeg-event-type"] == "Notification"


async def test_other_containers_other_accounts_and_deletions_are_nobodys_business(
    hurried: Stack, credential: DefaultAzureCredential, webhook: Webhook
) -> None:
    name = a_name()
    async with BlobServiceClient(hurried.settings["FOOTAGE_ACCOUNT_URL"], credential=credential) as service:
        await service.get_blob_client("posters", name).upload_blob(b"1")
        await service.get_blob_client("footage", name).upload_blob(b"1")
        await service.get_blob_client("footage", name).delete_blob()
    async with BlobServiceClient(hurried.settings["LEDGER_ACCOUNT_URL"], credential=credential) as service:
        await service.create_container("footage")
        await service.get_blob_client("footage", name).upload_blob(b"1")
        await service.delete_container("footage")
    await hurried.delivered()
    assert webhook.subjects == [SUBJECT.format(name=name)]


async def test_a_delivery_that_fails_comes_again_until_it_is_taken(
    hurried: Stack, footage: ContainerClient, webhook: Webhook
) -> None:
    webhook.answer_with(500, 503, 202)
    async with footage:
        await footage.upload_blob(a_name(), b"1")
    await hurried.delivered()
    assert [request.headers["aeg-delivery-count"] for request in webhook.requests] == ["0", "1", "2"]


async def test_a_refused_event_is_a_dead_letter_in_the_runtime_account_at_once(
    hurried: Stack, footage: ContainerClient, credential: DefaultAzureCredential, webhook: Webhook
) -> None:
    name = a_name()
    webhook.answer_with(400)
    async with footage:
        await footage.upload_blob(name, b"1")
    await hurried.delivered()
    runtime = hurried.settings["AzureWebJobsStorage__blobServiceUri"]
    async with ContainerClient(runtime, "deadletters", credential=credential) as letters:
        texts = [await (await letters.download_blob(blob.name)).readall() async for blob in letters.list_blobs()]
    [letter] = [event for text in texts for event in json.loads(text) if event["subject"].endswith(name)]
    assert letter["deadletterreason"] == "UndeliverableDueToHttpBadRequest"
    assert letter["deliveryattempts"] == 1
    assert len(webhook.requests) == 1


async def test_what_was_not_delivered_before_a_restart_is_delivered_after_it(
    hurried: Stack, footage: ContainerClient, webhook: Webhook
) -> None:
    taken, failing, after = a_name(), a_name(), a_name()
    async with footage:
        await footage.upload_blob(taken, b"1")
        await hurried.delivered()
        webhook.answer_with(503)
        await footage.upload_blob(failing, b"1")
        assert not hurried.caught_up()
        hurried.restart("eventgrid")
        await footage.upload_blob(after, b"1")
    webhook.requests.clear()
    webhook.answer_with(202)
    await hurried.delivered()
    subjects = webhook.subjects
    assert {SUBJECT.format(name=name) for name in (failing, after)} <= set(subjects)
    assert SUBJECT.format(name=taken) not in subjects


async def test_events_wait_for_a_host_that_comes_later(hurried: Stack, footage: ContainerClient) -> None:
    async with receiving(hurried.ports.host):
        await hurried.delivered()
    hurried.restart("eventgrid")
    name = a_name()
    async with footage:
        await footage.upload_blob(name, b"1")
    assert not hurried.caught_up()
    async with receiving(hurried.ports.host) as late:
        await hurried.delivered()
        assert late.subjects == [SUBJECT.format(name=name)]
