"""The Cosmos server keeps what the application relies on: batches, ETags, partitions, order, expiry."""

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from azure.core import MatchConditions
from azure.cosmos import PartitionKey
from azure.cosmos.aio import ContainerProxy, CosmosClient
from azure.cosmos.exceptions import (
    CosmosAccessConditionFailedError,
    CosmosBatchOperationError,
    CosmosHttpResponseError,
    CosmosResourceExistsError,
    CosmosResourceNotFoundError,
)
from azure.identity.aio import DefaultAzureCredential

from local.provision import COSMOS
from local.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
async def records(stack: Stack, credential: DefaultAzureCredential) -> AsyncIterator[ContainerProxy]:
    async with CosmosClient(stack.settings["COSMOS_ENDPOINT"], credential=credential) as client:
        yield client.get_database_client("continuity").get_container_client("records")


@pytest.fixture
async def expiring(
    records: ContainerProxy, stack: Stack, credential: DefaultAzureCredential
) -> AsyncIterator[ContainerProxy]:
    async with CosmosClient(stack.settings["COSMOS_ENDPOINT"], credential=credential) as client:
        database = await client.create_database(f"db{uuid.uuid4().hex}")
        yield await database.create_container("expiring", PartitionKey("/pk"), default_ttl=-1)
        await client.delete_database(database.id)


@pytest.fixture
def pk() -> str:
    return uuid.uuid4().hex


async def found(records: ContainerProxy, query: str, pk: str, /, **parameters: Any) -> list[Any]:
    named = [{"name": f"@{name}", "value": value} for name, value in parameters.items()]
    return [row async for row in records.query_items(query, parameters=named, partition_key=pk)]


async def test_a_batch_with_one_refusal_changes_nothing_and_names_the_culprit(records: ContainerProxy, pk: str) -> None:
    kept = await records.create_item({"id": "clip", "pk": pk, "state": "held"})
    batch = [
        ("create", ({"id": "entry", "pk": pk},)),
        ("replace", ("clip", {"id": "clip", "pk": pk, "state": "condemned"})),
        ("delete", ("clip",)),
        ("create", ({"id": "entry", "pk": pk},)),
    ]
    with pytest.raises(CosmosBatchOperationError) as refused:
        await records.execute_item_batch(batch, partition_key=pk)
    assert refused.value.error_index == 3
    assert [answer["statusCode"] for answer in refused.value.operation_responses] == [424, 424, 424, 409]
    assert await found(records, "SELECT c.id, c.state, c._etag FROM c", pk) == [
        {"id": "clip", "state": "held", "_etag": kept["_etag"]}
    ]


async def test_a_batch_applies_every_operation_and_honours_the_etag(records: ContainerProxy, pk: str) -> None:
    clip = await records.create_item({"id": "clip", "pk": pk, "state": "held"})
    change = {"id": "clip", "pk": pk, "state": "condemned"}

    def batch(entry: str) -> list[Any]:
        return [
            ("create", ({"id": entry, "pk": pk},)),
            ("replace", ("clip", change), {"if_match_etag": clip["_etag"]}),
        ]

    answers = await records.execute_item_batch(batch("one"), partition_key=pk)
    assert [answer["statusCode"] for answer in answers] == [201, 200]
    with pytest.raises(CosmosBatchOperationError) as stale:
        await records.execute_item_batch(batch("two"), partition_key=pk)
    assert stale.value.operation_responses[1]["statusCode"] == 412
    assert sorted(await found(records, "SELECT VALUE c.id FROM c", pk)) == ["clip", "one"]


async def test_a_batch_of_more_than_a_hundred_operations_is_refused(records: ContainerProxy, pk: str) -> None:
    batch = [("create", ({"id": str(number), "pk": pk},)) for number in range(101)]
    with pytest.raises(CosmosHttpResponseError) as refused:
        await records.execute_item_batch(batch, partition_key=pk)
    assert refused.value.status_code == 400
    assert await found(records, "SELECT VALUE c.id FROM c", pk) == []


async def test_missing_is_404_existing_409_and_stale_412(records: ContainerProxy, pk: str) -> None:
    with pytest.raises(CosmosResourceNotFoundError):
        await records.read_item("clip", pk)
    first = await records.create_item({"id": "clip", "pk": pk})
    with pytest.raises(CosmosResourceExistsError):
        await records.create_item({"id": "clip", "pk": pk})
    await records.replace_item(
        "clip", {"id": "clip", "pk": pk}, etag=first["_etag"], match_condition=MatchConditions.IfNotModified
    )
    with pytest.raises(CosmosAccessConditionFailedError):
        await records.replace_item(
            "clip", {"id": "clip", "pk": pk}, etag=first["_etag"], match_condition=MatchConditions.IfNotModified
        )
    with pytest.raises(CosmosResourceNotFoundError):
        await records.read_item("clip", f"{pk}-other")


async def test_two_partitions_keep_the_same_id_apart_and_a_query_sees_only_its_own(
    records: ContainerProxy, pk: str
) -> None:
    other = f"{pk}-other"
    await records.create_item({"id": "clip", "pk": pk, "held": "here"})
    await records.create_item({"id": "clip", "pk": other, "held": "there"})
    assert await found(records, "SELECT VALUE c.held FROM c WHERE c.id = @id", pk, id="clip") == ["here"]
    assert await found(records, "SELECT VALUE c.held FROM c WHERE c.pk = @pk", pk, pk=other) == []


async def test_each_declared_order_is_served_both_ways_and_an_undeclared_one_refused(
    records: ContainerProxy, pk: str
) -> None:
    for number in range(5):
        await records.create_item({"id": str(number), "pk": pk, "uploadedAt": f"2026-01-0{number // 2 + 1}"})
    newest = await found(records, "SELECT VALUE c.id FROM c ORDER BY c.uploadedAt DESC, c.id DESC", pk)
    oldest = await found(records, "SELECT VALUE c.id FROM c ORDER BY c.uploadedAt ASC, c.id ASC", pk)
    assert newest == ["4", "3", "2", "1", "0"]
    assert oldest == newest[::-1]
    for [first, second] in json.loads(COSMOS.read_text())["containers"][0]["compositeIndexes"]:
        orders = ", ".join(
            f"c{part['path'].replace('/', '.')} {'ASC' if part['order'] == 'ascending' else 'DESC'}"
            for part in (first, second)
        )
        await found(records, f"SELECT VALUE c.id FROM c ORDER BY {orders}", pk)  # noqa: S608 - our own file's paths
    with pytest.raises(CosmosHttpResponseError) as refused:
        await found(records, "SELECT VALUE c.id FROM c ORDER BY c.uploadedAt ASC, c.id DESC", pk)
    assert refused.value.status_code == 400


async def test_pages_resume_from_their_token_and_a_token_that_is_none_is_refused(
    records: ContainerProxy, pk: str
) -> None:
    for number in range(7):
        await records.create_item({"id": str(number), "pk": pk})

    async def page(token: str | None) -> tuple[list[Any], str | None]:
        pager = records.query_items(
            "SELECT VALUE c.id FROM c ORDER BY c.id", partition_key=pk, max_item_count=3
        ).by_page(token)
        rows = [row async for row in await anext(pager)]
        return rows, pager.continuation_token  # type: ignore[attr-defined]

    first, token = await page(None)
    second, token = await page(token)
    third, _ = await page(token)
    assert (first, second, third) == (["0", "1", "2"], ["3", "4", "5"], ["6"])
    with pytest.raises(CosmosHttpResponseError) as refused:
        await page("no token")
    assert refused.value.status_code == 400


async def test_distinct_and_offset_limit_are_understood(records: ContainerProxy, pk: str) -> None:
    for number in range(6):
        await records.create_item({"id": str(number), "pk": pk, "borough": "Camden" if number % 2 else "Barnet"})
    assert sorted(await found(records, "SELECT DISTINCT VALUE c.borough FROM c", pk)) == ["Barnet", "Camden"]
    skipped = await found(records, "SELECT VALUE c.id FROM c ORDER BY c.id OFFSET @o LIMIT 2", pk, o=3)
    assert skipped == ["3", "4"]


async def test_an_expired_document_is_gone_without_being_looked_for(expiring: ContainerProxy, pk: str) -> None:
    await expiring.create_item({"id": "short", "pk": pk, "ttl": 1})
    await expiring.create_item({"id": "for ever", "pk": pk})
    until = time.monotonic() + 10
    while await found(expiring, "SELECT VALUE c.id FROM c", pk) != ["for ever"]:
        assert time.monotonic() < until, "the document outlived its ttl"
        await asyncio.sleep(0.05)
    with pytest.raises(CosmosResourceNotFoundError):
        await expiring.read_item("short", pk)
    await expiring.create_item({"id": "short", "pk": pk})


async def test_the_container_is_as_the_file_says_and_keeps_its_documents_for_ever(records: ContainerProxy) -> None:
    declared = json.loads(COSMOS.read_text())["containers"][0]
    made = await records.read()
    assert made["partitionKey"]["paths"] == [declared["partitionKey"]]
    assert made["indexingPolicy"]["compositeIndexes"] == declared["compositeIndexes"]
    assert "defaultTtl" not in made


async def test_a_patch_with_a_predicate_that_does_not_hold_changes_nothing(records: ContainerProxy, pk: str) -> None:
    await records.create_item({"id": "session", "pk": pk, "state": "Open"})
    step = [{"op": "set", "path": "/state", "value": "Closed"}]
    with pytest.raises(CosmosAccessConditionFailedError):
        await records.patch_item("session", pk, step, filter_predicate="FROM c WHERE c.state = 'open'")
    closed = await records.patch_item("session", pk, step, filter_predicate="FROM c WHERE c.state = 'Open'")
    assert closed["state"] == "Closed"


# aiohttp's advice about large bodies, which the SDK does not take
@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")
async def test_a_document_of_more_than_two_megabytes_is_refused(records: ContainerProxy, pk: str) -> None:
    with pytest.raises(CosmosHttpResponseError) as refused:
        await records.create_item({"id": "big", "pk": pk, "text": "x" * 2_200_000})
    assert refused.value.status_code == 413
