"""Unmodified SDK clients, DefaultAzureCredential and nothing but the environment, against every local server."""

import uuid
from datetime import UTC, datetime, timedelta

import aiohttp
import jwt
import pytest
from azure.core import MatchConditions
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ResourceNotFoundError
from azure.core.messaging import CloudEvent
from azure.eventgrid import EventGridEvent
from azure.eventgrid.aio import EventGridPublisherClient
from azure.identity.aio import DefaultAzureCredential
from azure.keyvault.secrets.aio import SecretClient
from azure.storage.blob import BlobBlock, BlobSasPermissions, generate_blob_sas
from azure.storage.blob.aio import BlobClient, BlobServiceClient
from azure.storage.queue.aio import QueueClient

from local.environment import TENANT
from local.stack import Stack

pytestmark = pytest.mark.stack


def a_name() -> str:
    return f"{uuid.uuid4().hex}.mp4"


async def shared(service: BlobServiceClient, name: str, permissions: str, protocol: str = "https") -> BlobClient:
    now = datetime.now(UTC)
    key = await service.get_user_delegation_key(now - timedelta(minutes=5), now + timedelta(hours=1))
    sas = generate_blob_sas(
        str(service.account_name),
        "footage",
        name,
        user_delegation_key=key,
        permission=BlobSasPermissions.from_string(permissions),
        expiry=now + timedelta(minutes=30),
        protocol=protocol,
    )
    return BlobClient.from_blob_url(f"{service.get_blob_client('footage', name).url}?{sas}")


@pytest.fixture
async def footage(stack: Stack, credential: DefaultAzureCredential) -> BlobServiceClient:
    return BlobServiceClient(stack.settings["FOOTAGE_ACCOUNT_URL"], credential=credential)


async def test_a_user_delegation_link_to_write_cannot_read_and_cannot_overwrite_what_was_committed(
    footage: BlobServiceClient,
) -> None:
    name, block = a_name(), [BlobBlock("0000")]
    async with footage, await shared(footage, name, "cw") as dock, await shared(footage, name, "r") as player:
        await dock.stage_block("0000", b"x" * 4096, validate_content=True)
        await dock.commit_block_list(block, match_condition=MatchConditions.IfMissing)
        with pytest.raises(HttpResponseError) as again:
            await dock.commit_block_list(block, match_condition=MatchConditions.IfMissing)
        with pytest.raises(HttpResponseError) as reading:
            await dock.download_blob()
        assert (again.value.status_code, reading.value.status_code) == (409, 403)
        assert await (await player.download_blob()).readall() == b"x" * 4096


async def test_footage_and_the_links_to_it_outlast_a_restart_of_the_server(
    stack: Stack, footage: BlobServiceClient
) -> None:
    name = a_name()
    async with footage, await shared(footage, name, "r") as player:
        await footage.get_blob_client("footage", name).upload_blob(b"footage")
        stack.restart("azurite")
        assert await (await player.download_blob()).readall() == b"footage"


async def test_the_same_clients_work_for_each_account_and_each_container_is_there(
    stack: Stack, credential: DefaultAzureCredential
) -> None:
    accounts = {
        "FOOTAGE_ACCOUNT_URL": ["footage", "posters", "renditions"],
        "LEDGER_ACCOUNT_URL": ["ledger"],
        "AzureWebJobsStorage__blobServiceUri": ["azure-webjobs-hosts", "deadletters"],
    }
    for setting, containers in accounts.items():
        async with BlobServiceClient(stack.settings[setting], credential=credential) as service:
            assert [container.name async for container in service.list_containers()] == containers


async def test_both_queues_are_there_and_a_message_goes_through(
    stack: Stack, credential: DefaultAzureCredential
) -> None:
    for name in ("fixity", "fixity-poison"):
        async with QueueClient(stack.settings["QUEUE_ACCOUNT_URL"], name, credential=credential) as queue:
            sent = await queue.send_message("clip")
            # Other suites leave messages of clips they are done with in the same queue.
            received = {message.id: message async for message in queue.receive_messages(messages_per_page=32)}
            assert received[sent.id].content == "clip"
            await queue.delete_message(received[sent.id])


async def test_a_storage_server_without_a_token_is_refused(stack: Stack) -> None:
    async with BlobServiceClient(stack.settings["FOOTAGE_ACCOUNT_URL"]) as service:
        with pytest.raises(HttpResponseError) as refusal:
            await service.get_container_client("footage").get_container_properties()
    assert refusal.value.status_code in (401, 403, 404)


async def test_a_secret_has_versions_and_can_be_disabled_deleted_recovered_and_purged(
    stack: Stack, credential: DefaultAzureCredential
) -> None:
    name = f"seed-{uuid.uuid4().hex}"
    async with SecretClient(stack.settings["KEY_VAULT_URL"], credential=credential) as vault:
        first = await vault.set_secret(name, "one", tags={"key": "log"})
        await vault.set_secret(name, "two")
        assert (await vault.get_secret(name)).value == "two"
        assert (await vault.get_secret(name, first.properties.version)).value == "one"
        assert len([version async for version in vault.list_properties_of_secret_versions(name)]) == 2
        assert name in [secret.name async for secret in vault.list_properties_of_secrets()]

        await vault.update_secret_properties(name, enabled=False)
        with pytest.raises(HttpResponseError, match="disabled"):
            await vault.get_secret(name)
        await vault.update_secret_properties(name, enabled=True)

        await vault.delete_secret(name)
        with pytest.raises(HttpResponseError) as reuse:
            await vault.set_secret(name, "three")
        assert reuse.value.status_code == 409
        await vault.recover_deleted_secret(name)
        assert (await vault.get_secret(name)).value == "two"

        await vault.delete_secret(name)
        await vault.purge_deleted_secret(name)
        with pytest.raises(ResourceNotFoundError, match=name):
            await vault.get_secret(name)


async def test_the_vault_refuses_a_token_the_issuer_did_not_sign(stack: Stack) -> None:
    resource = f"https://0.0.1:{stack.ports.cloud}"
    claims = {"aud": resource, "iss": "x", "nbf": 0, "exp": 4102444800}
    forged = jwt.encode(claims, "somebody else's key, long enough", algorithm="HS256")
    async with aiohttp.ClientSession() as http:
        url, headers = f"{stack.settings['KEY_VAULT_URL']}/secrets", {"Authorization": f"Bearer {forged}"}
        async with http.get(url, headers=headers) as answer:
            assert answer.status == 401
            assert answer.headers["WWW-Authenticate"].endswith(f'{TENANT}", resource="{resource}"')


async def test_an_event_published_in_either_schema_is_kept(stack: Stack, credential: DefaultAzureCredential) -> None:
    subject = uuid.uuid4().hex
    grid = EventGridEvent(subject=subject, event_type="Continuity.Test", data={}, data_version="1")
    async with EventGridPublisherClient(stack.settings["EVENTS_TOPIC_URL"], credential) as topic:
        await topic.send([CloudEvent(source="continuity", type="Continuity.Test", subject=subject, data={"clip": "1"})])
        await topic.send(grid)
    kept = [event for event in stack.published_events() if event["subject"] == subject]
    assert [event.get("type") or event.get("eventType") for event in kept] == ["Continuity.Test"] * 2
    assert kept[0]["data"] == {"clip": "1"}


async def test_the_topic_refuses_a_token_for_another_audience_and_an_event_without_a_type(stack: Stack) -> None:
    identity = {"X-IDENTITY-HEADER": stack.settings["IDENTITY_HEADER"]}
    before = len(stack.published_events())
    async with aiohttp.ClientSession() as http:

        async def token(audience: str) -> str:
            url = stack.settings["IDENTITY_ENDPOINT"]
            async with http.get(url, params={"resource": audience}, headers=identity) as answer:
                return str((await answer.json())["access_token"])

        async def publish(audience: str, event: dict[str, str]) -> int:
            headers = {"Authorization": f"Bearer {await token(audience)}"}
            async with http.post(stack.settings["EVENTS_TOPIC_URL"], json=[event], headers=headers) as answer:
                return answer.status

        whole = dict.fromkeys(("id", "subject", "eventType", "eventTime", "dataVersion"), "x")
        assert await publish("https://storage.azure.com", whole) == 401
        assert await publish("https://eventgrid.azure.net", {"id": "x"}) == 400
        assert len(stack.published_events()) == before
        assert await publish("https://eventgrid.azure.net", whole) == 200


async def test_the_managed_identity_needs_its_header(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (stack.settings | {"IDENTITY_HEADER": "wrong"}).items():
        monkeypatch.setenv(name, value)
    async with DefaultAzureCredential() as stranger:
        with pytest.raises(ClientAuthenticationError, match="X-IDENTITY-HEADER is missing or wrong"):
            await stranger.get_token("https://storage.azure.com/.default")
