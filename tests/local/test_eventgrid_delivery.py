"""One event, one webhook: handshake, retries, giving up, dead letters."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from azure.core.exceptions import ServiceRequestError

from local.ports import Ports
from local.stand_ins.delivery import RETRY_AFTER, Delivery, retry_after
from local.stand_ins.subscription import Schema, Subscription, event_of
from tests.local.test_eventgrid_subscription import a_line
from tests.local.webhook import PATH, Webhook, receiving

EVENT = event_of(a_line(), "https://127.0.0.1:1")
SOON = 10


class Letters:
    """Dead letters in memory; fails as often as it is told first."""

    def __init__(self, failures: int = 0) -> None:
        self.kept: dict[str, Any] = {}
        self._failures = failures

    async def write(self, name: str, content: bytes) -> None:
        if self._failures:
            self._failures -= 1
            raise ServiceRequestError("away")
        [self.kept[name]] = json.loads(content)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def port() -> int:
    return Ports.free().host


@pytest.fixture
async def webhook(port: int) -> AsyncIterator[Webhook]:
    async with receiving(port) as webhook:
        yield webhook


@pytest.fixture
def letters() -> Letters:
    return Letters()


Make = Callable[..., Delivery]


@pytest.fixture
def delivery(http: aiohttp.ClientSession, port: int, letters: Letters) -> Make:
    def make(letters: Letters = letters, time_scale: float = 0.0001, **chosen: Any) -> Delivery:
        subscription = Subscription(name="test", endpoint=f"http://127.0.0.1:{port}{PATH}", account="footage")
        return Delivery(
            subscription=replace(subscription, **chosen),
            http=http,
            write_dead_letter=letters.write,
            jitter=lambda: 1.0,
            time_scale=time_scale,
        )

    return make


@pytest.mark.parametrize("schema", Schema)
async def test_a_webhook_that_agrees_is_asked_once_before_the_first_event(
    webhook: Webhook, delivery: Make, schema: Schema
) -> None:
    await asyncio.wait_for(delivery(schema=schema).handshake(), SOON)
    assert webhook.handshakes == 1
    assert webhook.requests == []


@pytest.mark.parametrize("schema", Schema)
async def test_a_webhook_that_does_not_agree_is_asked_again_until_it_does(
    webhook: Webhook, delivery: Make, schema: Schema
) -> None:
    webhook.agrees = False
    asking = asyncio.create_task(delivery(schema=schema).handshake())
    async with asyncio.timeout(SOON):
        while webhook.handshakes < 2:
            await asyncio.sleep(0.01)
        assert not asking.done()
        webhook.agrees = True
        await asking


@pytest.mark.parametrize(
    ("schema", "media_type", "is_list"),
    [
        (Schema.EVENT_GRID, "application/json; charset=utf-8", True),
        (Schema.CLOUD_EVENT, "application/cloudevents+json; charset=utf-8", False),
    ],
)
async def test_an_event_arrives_in_the_schema_and_media_type_that_were_asked_for(
    webhook: Webhook, delivery: Make, schema: Schema, media_type: str, is_list: bool
) -> None:
    await delivery(schema=schema).deliver(EVENT)
    [request] = webhook.requests
    assert isinstance(request.body, list) is is_list
    assert request.headers["content-type"] == media_type
    assert request.headers["aeg-event-type"] == "Notification"
    assert request.headers["aeg-subscription-name"] == "TEST"
    assert webhook.subjects == [EVENT["subject"]]


@pytest.mark.parametrize("status", [200, 201, 202, 203, 204])
async def test_each_of_200_to_204_is_a_delivery(
    webhook: Webhook, delivery: Make, letters: Letters, status: int
) -> None:
    webhook.answer_with(status)
    await delivery().deliver(EVENT)
    assert (len(webhook.requests), letters.kept) == (1, {})


@pytest.mark.parametrize("status", [205, 404, 408, 429, 500, 503])
async def test_any_other_answer_is_tried_again(webhook: Webhook, delivery: Make, letters: Letters, status: int) -> None:
    webhook.answer_with(status, status, 202)
    await delivery().deliver(EVENT)
    assert [request.headers["aeg-delivery-count"] for request in webhook.requests] == ["0", "1", "2"]
    assert letters.kept == {}


@pytest.mark.parametrize(
    ("status", "phrase"),
    [(400, "BadRequest"), (401, "Unauthorized"), (403, "Forbidden"), (413, "RequestEntityTooLarge")],
)
async def test_four_answers_are_final_and_dead_lettered_at_once(
    webhook: Webhook, delivery: Make, letters: Letters, status: int, phrase: str
) -> None:
    webhook.answer_with(status, 202)
    await delivery().deliver(EVENT)
    [(name, letter)] = letters.kept.items()
    assert name.startswith("test/20")
    assert name.endswith(f"/{EVENT['id']}.json")
    assert (letter["deadletterreason"], letter["deliveryattempts"]) == (f"UndeliverableDueToHttp{phrase}", 1)
    assert letter["lastdeliveryoutcome"] == phrase
    assert len(webhook.requests) == 1


async def test_attempts_that_are_used_up_end_in_a_dead_letter(
    webhook: Webhook, delivery: Make, letters: Letters
) -> None:
    webhook.answer_with(500)
    await delivery(max_attempts=3).deliver(EVENT)
    [letter] = letters.kept.values()
    assert (letter["deadletterreason"], letter["deliveryattempts"]) == ("MaxDeliveryAttemptsExceeded", 3)


async def test_an_event_past_its_time_to_live_is_not_tried_again(
    webhook: Webhook, delivery: Make, letters: Letters
) -> None:
    webhook.answer_with(500)
    await delivery(time_to_live_minutes=0).deliver(EVENT)
    [letter] = letters.kept.values()
    assert letter["deadletterreason"] == "TimeToLiveExceeded"


async def test_a_webhook_that_is_away_counts_as_an_attempt(delivery: Make, letters: Letters) -> None:
    await delivery(max_attempts=2).deliver(EVENT)
    [letter] = letters.kept.values()
    assert letter["lastdeliveryoutcome"] == "ClientConnectorError"


async def test_a_dead_letter_that_cannot_be_written_is_written_later(webhook: Webhook, delivery: Make) -> None:
    letters = Letters(failures=2)
    webhook.answer_with(400)
    await delivery(letters, time_scale=0.0001).deliver(EVENT)
    assert len(letters.kept) == 1


async def test_dead_letters_away_for_four_hours_lose_the_event_as_in_the_cloud(
    webhook: Webhook, delivery: Make
) -> None:
    letters = Letters(failures=1_000_000)
    webhook.answer_with(400)
    await asyncio.wait_for(delivery(letters, time_scale=0.000001).deliver(EVENT), SOON)
    assert letters.kept == {}


def test_the_waits_are_those_of_event_grid_and_the_last_one_stays() -> None:
    waits = [retry_after(attempt) for attempt in range(1, 13)]
    assert waits == [*RETRY_AFTER, 43_200, 43_200]
    assert waits[:4] == [10, 30, 60, 300]
