"""Handing events to a webhook as Event Grid does.

A delivery is an answer of 200 to 204 within thirty seconds. Anything else is tried again after 10 s, 30 s, 1 min,
5 min, 10 min, 30 min, 1 h, 3 h, 6 h, then every 12 h, each a little later by chance, until the attempts or the time
to live are used up. 400, 401, 403 and 413 are not tried again. What cannot be delivered is written to the dead
letters, which is tried for four hours. `time_scale` shortens every one of these waits but the thirty seconds.
"""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count

import aiohttp
from azure.core.exceptions import AzureError

from local.stand_ins.subscription import Json, Schema, Subscription, dead_letter, in_schema

RETRY_AFTER = (10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200)
NO_RETRY = frozenset({400, 401, 403, 413})
DELIVERED = range(200, 205)
ANSWER_WITHIN = aiohttp.ClientTimeout(total=30)
DEAD_LETTER_WITHIN = 4 * 3600
DEAD_LETTER_AGAIN_AFTER = 30
HANDSHAKE_AGAIN_AFTER = 0.25
ORIGIN = "eventgrid.azure.net"

log = logging.getLogger(__name__)

WriteDeadLetter = Callable[[str, bytes], Awaitable[None]]
"""Durable when it returns; AzureError when it may not be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    subscription: Subscription
    http: aiohttp.ClientSession
    write_dead_letter: WriteDeadLetter
    jitter: Callable[[], float]
    time_scale: float = 1.0

    async def handshake(self) -> None:
        """Returns when the webhook has agreed, however long that takes: with `make stack` the host comes later."""
        said = ""
        while (refusal := await self._ask()) is not None:
            if refusal != said:
                log.info("handshake: subscription=%s waiting: %s", self.subscription.name, refusal)
            said = refusal
            await asyncio.sleep(HANDSHAKE_AGAIN_AFTER)
        log.info("handshake: subscription=%s agreed", self.subscription.name)

    async def _ask(self) -> str | None:
        by_options = self.subscription.schema is Schema.CLOUD_EVENT
        try:
            return await (self._ask_for_origin() if by_options else self._ask_for_code())
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return type(error).__name__

    async def _ask_for_origin(self) -> str | None:
        # CloudEvents web hooks, section 4: abuse protection
        headers = {"WebHook-Request-Origin": ORIGIN}
        async with self.http.options(self.subscription.endpoint, headers=headers, timeout=ANSWER_WITHIN) as answer:
            allowed = answer.headers.get("WebHook-Allowed-Origin")
            if answer.status == HTTPStatus.OK and allowed in (ORIGIN, "*"):
                return None
            return f"OPTIONS answered {answer.status}, WebHook-Allowed-Origin={allowed}"

    async def _ask_for_code(self) -> str | None:
        code = str(uuid.uuid4())
        headers = self._headers("SubscriptionValidation")
        body = [_validation(code)]
        endpoint = self.subscription.endpoint
        async with self.http.post(endpoint, json=body, headers=headers, timeout=ANSWER_WITHIN) as answer:
            if answer.status != HTTPStatus.OK:
                return f"validation answered {answer.status}"
            agreed = json.loads(await answer.text()).get("validationResponse") == code
            return None if agreed else "validation answered another code"

    async def deliver(self, event: Json) -> None:
        """Returns when the event is delivered or dead-lettered."""
        began, published = time.monotonic(), datetime.now(UTC)
        for attempt in count(1):
            outcome = await self._post(event, attempt)
            if outcome in DELIVERED:
                return
            log.info("delivery: event=%s attempt=%d outcome=%s", event["id"], attempt, outcome)
            reason = self._why_give_up(outcome, attempt, time.monotonic() - began)
            if reason:
                await self._bury(event, _reasons(reason, attempt, outcome, published, datetime.now(UTC)))
                return
            await asyncio.sleep(self._scaled(retry_after(attempt)) * self.jitter())

    async def _post(self, event: Json, attempt: int) -> int | str:
        schema = self.subscription.schema
        media_type = "application/json" if schema is Schema.EVENT_GRID else "application/cloudevents+json"
        headers = self._headers("Notification") | {
            "Content-Type": f"{media_type}; charset=utf-8",
            "aeg-delivery-count": str(attempt - 1),
            "aeg-data-version": "",
            "aeg-metadata-version": "1",
        }
        body = json.dumps(in_schema(event, schema)).encode()
        endpoint = self.subscription.endpoint
        try:
            async with self.http.post(endpoint, data=body, headers=headers, timeout=ANSWER_WITHIN) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            return type(error).__name__

    def _headers(self, kind: str) -> dict[str, str]:
        return {"aeg-event-type": kind, "aeg-subscription-name": self.subscription.name.upper()}

    def _why_give_up(self, outcome: int | str, attempt: int, age: float) -> str | None:
        if outcome in NO_RETRY:
            return f"UndeliverableDueToHttp{_phrase(outcome)}"
        if attempt >= self.subscription.max_attempts:
            return "MaxDeliveryAttemptsExceeded"
        if age >= self._scaled(self.subscription.time_to_live_minutes * 60):
            return "TimeToLiveExceeded"
        return None

    async def _bury(self, event: Json, why: dict[str, str | int]) -> None:
        name = f"{self.subscription.name}/{datetime.now(UTC):%Y/%m/%d/%H}/{event['id']}.json"
        content = json.dumps(dead_letter(event, self.subscription.schema, why)).encode()
        deadline = time.monotonic() + self._scaled(DEAD_LETTER_WITHIN)
        while True:
            try:
                await self.write_dead_letter(name, content)
            except AzureError as error:
                if time.monotonic() > deadline:
                    log.error("dead letter: event=%s dropped: %s", event["id"], type(error).__name__)  # noqa: TRY400 - no trace
                    return
                await asyncio.sleep(self._scaled(DEAD_LETTER_AGAIN_AFTER))
            else:
                log.info("dead letter: event=%s reason=%s", event["id"], why["deadLetterReason"])
                return

    def _scaled(self, seconds: float) -> float:
        return seconds * self.time_scale


def retry_after(attempt: int) -> int:
    return RETRY_AFTER[min(attempt, len(RETRY_AFTER)) - 1]


def _phrase(outcome: int | str) -> str:
    """503 is ServiceUnavailable; a fault of the connection keeps its own name."""
    try:
        return HTTPStatus(outcome).phrase.title().replace(" ", "") if isinstance(outcome, int) else outcome
    except ValueError:
        return str(outcome)


def _reasons(
    reason: str, attempts: int, outcome: int | str, published: datetime, last: datetime
) -> dict[str, str | int]:
    return {
        "deadLetterReason": reason,
        "deliveryAttempts": attempts,
        "lastDeliveryOutcome": _phrase(outcome),
        "publishTime": published.isoformat(),
        "lastDeliveryAttemptTime": last.isoformat(),
    }


def _validation(code: str) -> Json:
    return {
        "id": str(uuid.uuid4()),
        "topic": "",
        "subject": "",
        "data": {"validationCode": code, "validationUrl": ""},
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "eventTime": datetime.now(UTC).isoformat(),
        "metadataVersion": "1",
        "dataVersion": "2",
    }
