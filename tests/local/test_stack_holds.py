"""Legal hold and retention as the storage server keeps them: what a weeding run must be refused by."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from azure.core import MatchConditions
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.core.rest import AsyncHttpResponse
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob import BlobBlock, ImmutabilityPolicy
from azure.storage.blob.aio import BlobClient, BlobServiceClient, ContainerClient

from local.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
async def container(stack: Stack, credential: DefaultAzureCredential) -> AsyncIterator[ContainerClient]:
    url = stack.settings["LEDGER_ACCOUNT_URL"]
    async with BlobServiceClient(url, credential=credential) as service:
        container = await service.create_container(f"c{uuid.uuid4().hex}")
        yield container


@pytest.fixture
async def blob(container: ContainerClient) -> BlobClient:
    return await container.upload_blob("clip", b"footage")


def error_code(error: HttpResponseError) -> str | None:
    assert isinstance(error.response, AsyncHttpResponse)
    return error.response.headers.get("x-ms-error-code")


async def refusal(attempt: Awaitable[object]) -> tuple[int | None, str | None]:
    with pytest.raises(HttpResponseError) as refused:
        await attempt
    return refused.value.status_code, error_code(refused.value)


CHANGES: dict[str, Callable[[BlobClient], Awaitable[object]]] = {
    "delete": lambda blob: blob.delete_blob(),
    "overwrite": lambda blob: blob.upload_blob(b"other", overwrite=True),
    "commit": lambda blob: blob.commit_block_list([]),
    "metadata": lambda blob: blob.set_blob_metadata({"a": "b"}),
    "copy over": lambda blob: blob.start_copy_from_url(blob.url),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_a_held_blob_refuses_every_change_until_the_hold_is_lifted(blob: BlobClient, change: str) -> None:
    await blob.set_legal_hold(legal_hold=True)
    assert (await blob.get_blob_properties()).has_legal_hold
    assert await refusal(CHANGES[change](blob)) == (409, "BlobImmutableDueToLegalHold")
    await blob.set_legal_hold(legal_hold=False)
    await blob.delete_blob()


async def test_in_a_batch_the_held_blob_stays_and_the_other_goes(container: ContainerClient, blob: BlobClient) -> None:
    await container.upload_blob("other", b"1")
    await blob.set_legal_hold(legal_hold=True)
    answers = await container.delete_blobs("clip", "other", raise_on_any_failure=False)
    assert [answer.status_code async for answer in answers] == [409, 202]


async def test_a_container_with_a_held_blob_is_not_deleted(container: ContainerClient, blob: BlobClient) -> None:
    await blob.set_legal_hold(legal_hold=True)
    assert await refusal(container.delete_container()) == (409, "BlobImmutableDueToLegalHold")
    assert await blob.exists()


async def test_a_hold_and_a_policy_sent_with_the_upload_are_kept(container: ContainerClient) -> None:
    policy = ImmutabilityPolicy(expiry_time=datetime.now(UTC) + timedelta(days=1), policy_mode="Unlocked")
    held = await container.upload_blob("held", b"1", legal_hold=True)
    assert await refusal(held.delete_blob()) == (409, "BlobImmutableDueToLegalHold")
    staged = container.get_blob_client("staged")
    await staged.stage_block("0000", b"1")
    await staged.commit_block_list([BlobBlock("0000")], immutability_policy=policy)
    assert await refusal(staged.delete_blob()) == (409, "BlobImmutableDueToPolicy")


async def test_a_create_only_upload_over_a_held_blob_says_that_it_exists(blob: BlobClient) -> None:
    await blob.set_legal_hold(legal_hold=True)
    with pytest.raises(ResourceExistsError) as refused:
        await blob.upload_blob(b"other", match_condition=MatchConditions.IfMissing)
    assert error_code(refused.value) == "BlobAlreadyExists"


async def test_an_unlocked_policy_can_be_taken_away_and_a_locked_one_only_extended(blob: BlobClient) -> None:
    now = datetime.now(UTC)

    def until(days: int, mode: str) -> ImmutabilityPolicy:
        return ImmutabilityPolicy(expiry_time=now + timedelta(days=days), policy_mode=mode)

    await blob.set_immutability_policy(until(2, "Unlocked"))
    assert await refusal(blob.delete_blob()) == (409, "BlobImmutableDueToPolicy")
    await blob.delete_immutability_policy()
    await blob.set_blob_metadata({"free": "again"})

    await blob.set_immutability_policy(until(2, "Locked"))
    assert await refusal(blob.set_immutability_policy(until(1, "Locked"))) == (409, "ImmutabilityPolicyLocked")
    assert await refusal(blob.delete_immutability_policy()) == (409, "ImmutabilityPolicyLocked")
    await blob.set_immutability_policy(until(3, "Locked"))


async def test_retention_into_the_past_is_refused(blob: BlobClient) -> None:
    past = ImmutabilityPolicy(expiry_time=datetime.now(UTC) - timedelta(days=1), policy_mode="Unlocked")
    assert (await refusal(blob.set_immutability_policy(past)))[0] == 400
