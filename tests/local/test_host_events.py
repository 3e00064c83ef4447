"""The Event Grid webhook answers as the real host's: handshakes, one invocation for each event, all or none."""

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from tests.local.host_process import PATIENCE, HostProcess, sample_app, until

WEBHOOK = "/runtime/webhooks/EventGrid"
NOTIFICATION = {"aeg-event-type": "Notification"}
VALIDATION = {"aeg-event-type": "SubscriptionValidation"}


DISABLED = {f"AzureWebJobs.{name}.Disabled": "true" for name in ("on_message", "left_out")}


@pytest.fixture(scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    folder = tmp_path_factory.mktemp("host")
    host = HostProcess(folder, sample_app(folder), DISABLED)
    await host.start()
    yield host
    assert await host.stop() == 0, host.output


@pytest.fixture(scope="module")
async def client(host: HostProcess) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(host.url, timeout=aiohttp.ClientTimeout(PATIENCE)) as client:
        yield client


async def delivered(
    client: aiohttp.ClientSession,
    body: Any,
    headers: dict[str, str] | None = None,
    function: str = "OnEvent",
    method: str = "POST",
) -> tuple[int, str]:
    data = body if isinstance(body, str) else json.dumps(body)
    url = f"{WEBHOOK}?functionName={function}"
    async with client.request(method, url, data=data, headers=headers or NOTIFICATION) as answer:
        return answer.status, await answer.text()


def event(identity: str, **data: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "topic": "/t",
        "subject": "s",
        "eventType": "T",
        "eventTime": "2026-11-25T21:00:00.1234567Z",
        "data": data,
        "dataVersion": "1",
    }


def seen(host: HostProcess, prefix: str) -> list[str]:
    return sorted(each["event"] for each in host.seen("event") if each["event"].startswith(prefix))


async def test_each_event_of_a_delivery_is_one_invocation(host: HostProcess, client: aiohttp.ClientSession) -> None:
    assert await delivered(client, [event("batch-1", n=1), event("batch-2", n=2)]) == (202, "")
    assert seen(host, "batch-") == ["batch-1", "batch-2"]


async def test_a_single_event_need_not_be_in_an_array(host: HostProcess, client: aiohttp.ClientSession) -> None:
    assert await delivered(client, event("single")) == (202, "")
    assert seen(host, "single") == ["single"]


async def test_a_cloud_event_arrives_as_one(host: HostProcess, client: aiohttp.ClientSession) -> None:
    cloud = {"specversion": "1.0", "id": "c1", "source": "/s", "type": "T", "data": {"n": 1}}
    assert (await delivered(client, cloud, function="on_cloud_event"))[0] == 202
    assert host.seen("cloud_event") == [{"cloud_event": "c1", "source": "/s", "data": {"n": 1}}]


async def test_one_failure_fails_the_delivery_after_all_have_run(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    answer = await delivered(client, [event("mixed-1", broken=True), event("mixed-2")])
    assert answer == (500, "Exception while executing function: Functions.OnEvent")
    assert seen(host, "mixed-") == ["mixed-1", "mixed-2"]
    await until(lambda: "ValueError: a broken event" in host.lines, "the traceback")


async def test_no_events_are_no_failure(client: aiohttp.ClientSession) -> None:
    assert await delivered(client, []) == (202, "")


@pytest.mark.parametrize("name", ["nobody", "onevent", "plain", "left_out", ""])
async def test_a_name_that_is_no_event_grid_function_is_404(client: aiohttp.ClientSession, name: str) -> None:
    assert await delivered(client, [], function=name) == (404, f"cannot find function: '{name}'")


@pytest.mark.parametrize(
    "body",
    [
        [{"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": {"validationCode": "512d"}}],
        {"type": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": '{"validationCode": "512d"}'},
    ],
    ids=["event grid schema", "cloud event schema"],
)
async def test_the_handshake_gives_the_code_back(client: aiohttp.ClientSession, body: object) -> None:
    code, text = await delivered(client, body, VALIDATION)
    assert (code, json.loads(text)) == (200, {"validationResponse": "512d"})


@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("eventgrid.azure.net", "eventgrid.azure.net"),
        ("eventgrid.azure.us", "eventgrid.azure.us"),
        ("evil.example", "eventgrid.azure.net"),
    ],
)
async def test_the_cloud_events_handshake_allows_event_grid_only(
    client: aiohttp.ClientSession, asked: str, allowed: str
) -> None:
    url = f"{WEBHOOK}?functionName=OnEvent"
    async with client.options(url, headers={"WebHook-Request-Origin": asked}) as answer:
        assert (answer.status, answer.headers["WebHook-Allowed-Origin"]) == (200, allowed)


async def test_an_unsubscription_is_accepted(client: aiohttp.ClientSession) -> None:
    assert await delivered(client, "", {"aeg-event-type": "Unsubscribe"}) == (202, "")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ([], {"aeg-event-type": "Other"}),
        ([], {"x": "no type"}),
        ("not json", NOTIFICATION),
        ("[1]", NOTIFICATION),
        ("not json", VALIDATION),
        ([], VALIDATION),
        ([{"data": "not json"}], VALIDATION),
        ([{"data": {}}], VALIDATION),
    ],
)
async def test_anything_else_is_400(client: aiohttp.ClientSession, body: object, headers: dict[str, str]) -> None:
    assert (await delivered(client, body, headers))[0] == 400
