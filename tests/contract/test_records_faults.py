"""Records when the store misbehaves: a fault is never told as an answer, and a clash never as what it is not."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from azure.core.exceptions import AzureError
from azure.cosmos.aio import CosmosClient
from azure.cosmos.exceptions import CosmosBatchOperationError, CosmosHttpResponseError

from shared.adapters.cosmos.records import CosmosRecords
from shared.domain.footage import Clip
from shared.ports import Clash, ClipFilter, Create
from tests.builders import FORCE, a_clip
from tests.contract.cosmos_faults import Misbehaving, serving

CLIP = a_clip()
DONE = (200, [{"statusCode": 201, "requestCharge": 1, "resourceBody": {}}])
RETRY_WITH = (449, {"code": "RetryWith", "message": "conflicting request"})
MISSING = (404, {"code": "NotFound", "message": "Entity does not exist"})


def refused(status: int) -> tuple[int, list[dict[str, int]]]:
    return 207, [{"statusCode": status, "requestCharge": 1}]


@dataclass(frozen=True, slots=True)
class Faulty:
    account: Misbehaving
    records: CosmosRecords

    async def write(self, *answers: tuple[int, object] | None, clip: Clip = CLIP) -> None:
        self.account.answers[:] = answers
        self.account.asked = 0
        await self.records.write(clip.id, [Create(clip)])


@pytest.fixture
async def faulty() -> AsyncIterator[Faulty]:
    account = Misbehaving()
    async with serving(account) as url, CosmosClient(url, "a2V5", connection_timeout=5) as client:
        container = client.get_database_client("continuity").get_container_client("records")
        yield Faulty(account, CosmosRecords(container))


async def test_a_write_whose_answer_was_lost_is_a_fault_and_is_not_sent_again(faulty: Faulty) -> None:
    """Sent again it would meet itself, and be told as a clash in which nothing was done."""
    with pytest.raises(AzureError):
        await faulty.write(None, refused(409))
    assert faulty.account.asked == 1


@pytest.mark.parametrize("status", [404, 409, 412])
async def test_what_another_writer_did_is_a_clash(faulty: Faulty, status: int) -> None:
    with pytest.raises(Clash):
        await faulty.write(refused(status))
    assert faulty.account.asked == 1


@pytest.mark.parametrize("status", [400, 403, 413])
async def test_any_other_refusal_of_a_write_is_a_fault(faulty: Faulty, status: int) -> None:
    with pytest.raises(CosmosBatchOperationError):
        await faulty.write(refused(status))


async def test_two_writers_who_met_inside_the_store_are_tried_again(faulty: Faulty) -> None:
    await faulty.write(RETRY_WITH, refused(449), DONE)
    assert faulty.account.asked == 3


async def test_trying_again_has_an_end(faulty: Faulty) -> None:
    with pytest.raises(CosmosHttpResponseError):
        await faulty.write(RETRY_WITH)
    assert faulty.account.asked == 4


async def test_a_clash_carries_nothing_of_what_the_store_said(faulty: Faulty) -> None:
    with pytest.raises(Clash) as clash:
        await faulty.write(refused(409))
    assert clash.value.__cause__ is None
    assert clash.value.__suppress_context__
    assert CLIP.id not in str(clash.value)


async def test_an_item_that_is_missing_is_told_from_a_container_that_is(faulty: Faulty) -> None:
    faulty.account.answers[:] = [MISSING]
    assert await faulty.records.clip(CLIP.id) is None


async def test_a_container_that_is_missing_is_a_fault_and_not_an_absence(faulty: Faulty) -> None:
    faulty.account.container_is_there = False
    with pytest.raises(RuntimeError, match="no Cosmos container 'records'"):
        await faulty.records.clip(CLIP.id)
    with pytest.raises(AzureError):
        await faulty.records.search(ClipFilter(reach=FORCE), after=None, limit=1)


async def test_a_read_that_failed_for_a_moment_is_read_again(faulty: Faulty) -> None:
    faulty.account.answers[:] = [None, MISSING]
    assert await faulty.records.clip(CLIP.id) is None
    assert faulty.account.asked == 2
