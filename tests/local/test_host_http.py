"""HTTP functions reach the app as the real host would bring them, and their answers leave as it would send them."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict
from yarl import URL

from local.hosting.http_trigger import function_request, web_response
from local.hosting.invocation import HttpAnswer
from tests.local.host_process import PATIENCE, HostProcess, sample_app, until


@pytest.fixture(scope="module")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HostProcess]:
    environment = {"AzureWebJobs.on_message.Disabled": "true", "SET_BEFORE": "before"}
    folder = tmp_path_factory.mktemp("host")
    app = sample_app(folder)
    values = {"FROM_FILE": "from the file", "SET_BEFORE": "from the file", "NOT_SET": None}
    (app / "local.settings.json").write_text(json.dumps({"IsEncrypted": False, "Values": values}))
    host = HostProcess(folder, app, environment)
    await host.start()
    yield host
    assert await host.stop() == 0, host.output


@pytest.fixture(scope="module")
async def client(host: HostProcess) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(host.url, timeout=aiohttp.ClientTimeout(PATIENCE)) as client:
        yield client


async def told(client: aiohttp.ClientSession, path: str, method: str = "GET", **more: Any) -> dict[str, Any]:
    async with client.request(method, URL(path, encoded=True), **more) as answer:
        assert answer.status == 200, path
        told: dict[str, Any] = await answer.json()
        return told


async def status(client: aiohttp.ClientSession, method: str, path: str, **more: Any) -> int:
    async with client.request(method, URL(path, encoded=True), **more) as answer:
        await answer.read()
        return answer.status


@pytest.mark.parametrize(
    ("path", "function", "parameters"),
    [
        ("/api/items/5", "Any_item", {"name": "5"}),
        ("/api/items", "Any_item", {}),
        ("/API/ITEMS/a%2Fb%20c", "Any_item", {"name": "a%2Fb c"}),
        ("/api/items/new", "Any_item", {"name": "new"}),
        ("/api/files/a/b", "files", {"rest": "a/b"}),
    ],
)
async def test_the_alphabetically_first_function_that_fits_is_run(
    client: aiohttp.ClientSession, path: str, function: str, parameters: dict[str, str]
) -> None:
    answer = await told(client, path)
    assert (answer["function"], answer["parameters"]) == (function, parameters)


async def test_another_method_reaches_the_next_function_that_takes_it(client: aiohttp.ClientSession) -> None:
    assert (await told(client, "/api/items/5", "POST"))["function"] == "numbered_item"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/items/five"),
        ("DELETE", "/api/items/5"),
        ("HEAD", "/api/items/5"),
        ("OPTIONS", "/api/items/5"),
        ("GET", "/api/nothing"),
        ("GET", "/items/5"),
        ("GET", "/api"),
    ],
)
async def test_what_fits_no_function_is_404_and_never_405(
    client: aiohttp.ClientSession, method: str, path: str
) -> None:
    assert await status(client, method, path) == 404


async def test_headers_arrive_lower_cased_joined_and_none_are_added(client: aiohttp.ClientSession) -> None:
    sent = [("X-Twice", "a"), ("X-Twice", "b"), ("X-Empty", ""), ("Accept", "*/*")]
    skipped = ("User-Agent", "Accept-Encoding")
    answer = await told(client, "/api/items/5", headers=sent, skip_auto_headers=skipped)
    headers = answer["headers"]
    assert headers.pop("host") == URL(str(client._base_url)).authority
    assert headers == {"x-twice": "a,b", "x-empty": "", "accept": "*/*"}


async def test_the_worker_is_given_lower_case_names_as_the_host_gives_them() -> None:
    sent = CIMultiDict([("Host", "here"), ("X-Twice", "a"), ("X-Twice", "b")])
    given = function_request(make_mocked_request("GET", "/api/../x?Q=1&q=2", headers=sent), {}, b"")
    assert given.headers == {"host": "here", "x-twice": "a,b"}
    assert (given.url, given.query) == ("http://here/x?Q=1&q=2", {"Q": "1,2"})


async def test_a_forwarded_address_is_the_clients_own_word(client: aiohttp.ClientSession) -> None:
    answer = await told(client, "/api/items/5", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer["headers"]["x-forwarded-for"] == "203.0.113.7"


async def test_query_values_are_joined_and_empty_ones_left_to_the_url(client: aiohttp.ClientSession) -> None:
    answer = await told(client, "/api/items/5?a=1&A=2&a=&b=&c&d=x%2By+z")
    assert answer["query"] == {"a": "1,2", "d": "x+y z"}
    assert answer["url"].endswith("/api/items/5?a=1&A=2&a=&b=&c&d=x%2By+z")
    assert answer["url"].startswith("http://127.0.0.1:")


async def test_a_body_arrives_as_the_bytes_that_were_sent(client: aiohttp.ClientSession) -> None:
    body = bytes(range(256)) * 8
    headers = {"Content-Encoding": "gzip"}  # the host does not look inside
    answer = await told(client, "/api/items/5", "PUT", data=body, headers=headers)
    assert answer["body"].encode("latin-1") == body


async def test_a_body_without_a_length_does_not_arrive(client: aiohttp.ClientSession) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"chunk"

    assert (await told(client, "/api/items/5", "PUT", data=chunks()))["body"] == ""


async def test_a_body_above_the_largest_is_413_before_it_is_sent(host: HostProcess) -> None:
    address = URL(host.url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    writer.write(b"PUT /api/items/5 HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857601\r\n\r\n")
    async with asyncio.timeout(PATIENCE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()
    await writer.wait_closed()


async def test_repeated_answer_headers_collapse_to_the_last_and_cookies_survive(
    client: aiohttp.ClientSession,
) -> None:
    async with client.delete("/api/answers") as answer:
        assert (answer.status, await answer.read()) == (203, b"\x00\x01")
        assert answer.headers.getall("X-Twice") == ["second"]
        assert answer.headers.getall("Content-Type") == ["application/octet-stream"]
        assert answer.headers.getall("Set-Cookie") == ["a=1; HttpOnly; Path=/", "b=2; Path=/"]


async def test_head_answers_without_the_body(client: aiohttp.ClientSession) -> None:
    async with client.head("/api/answers") as answer:
        assert (answer.status, await answer.read()) == (203, b"")


def test_the_framing_of_an_answer_is_the_hosts_own_but_for_the_length_head_tells() -> None:
    headers = (("Content-Length", "999"), ("Transfer-Encoding", "chunked"), ("X-Other", "kept"))
    answer = HttpAnswer(status=200, headers=headers, body=b"")
    assert list(web_response("GET", answer).headers.items()) == [("X-Other", "kept")]
    assert list(web_response("HEAD", answer).headers.items()) == [("Content-Length", "999"), ("X-Other", "kept")]


async def test_a_string_returned_from_a_thread_is_plain_text(client: aiohttp.ClientSession) -> None:
    async with client.post("/api/plain") as answer:
        assert (await answer.text(), answer.content_type) == ("a plain £", "text/plain")


async def test_a_failure_is_500_without_a_body_and_its_traceback_is_printed(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    async with client.post("/api/fails", data=b"a secret body", headers={"X-Key": "a secret header"}) as answer:
        assert (answer.status, await answer.read()) == (500, b"")
    await until(lambda: "RuntimeError: the app is broken" in host.lines, "the traceback")
    assert host.invocations("fails") == ["failed"]
    assert host.output.count("RuntimeError: the app is broken") == 1
    assert "secret" not in host.output


async def test_the_apps_own_log_is_shown_and_the_libraries_only_when_something_is_wrong(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    assert await status(client, "GET", "/api/logs") == 200
    await until(lambda: bool(host.invocations("logs")), "it has run")
    assert "INFO sample: a line of the app" in host.output
    assert "a line of a library" not in host.output


async def test_the_callers_trace_goes_on_and_a_bad_one_is_replaced(client: aiohttp.ClientSession) -> None:
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert (await told(client, "/api/items/5", headers={"traceparent": parent}))["traceParent"] == parent
    fresh = (await told(client, "/api/items/5", headers={"traceparent": "nonsense"}))["traceParent"]
    again = (await told(client, "/api/items/5"))["traceParent"]
    assert len(fresh) == len(again) == len(parent)
    assert fresh != again


async def test_one_line_tells_each_invocation_with_its_id(host: HostProcess, client: aiohttp.ClientSession) -> None:
    answer = await told(client, "/api/files")
    await until(lambda: answer["invocation"] in host.output, "the line")
    line = next(line for line in host.lines if answer["invocation"] in line)
    assert line.split()[1:4] == ["files", answer["invocation"], "succeeded"]


async def test_too_many_requests_are_429_and_the_others_wait_their_turn(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    """host.json: 4 at once, 8 with those that wait."""
    held = [asyncio.create_task(status(client, "GET", "/api/waits/turn")) for _ in range(8)]
    await until(lambda: len(host.seen("waiting")) == 4, "four run")
    assert await status(client, "GET", "/api/items/5") == 429
    assert await status(client, "POST", "/admin/host/ping") == 200
    host.release("turn")
    assert await asyncio.gather(*held) == [200] * 8


async def test_the_app_sees_where_it_runs_and_its_local_settings_where_not_set_before(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    async with client.get("/api/settings") as answer:
        seen = await answer.json()
    port = URL(str(client._base_url)).port
    assert seen == {
        "AZURE_FUNCTIONS_ENVIRONMENT": "Development",
        "AzureWebJobsScriptRoot": str(host.app),
        "WEBSITE_HOSTNAME": f"localhost:{port}",
        "FROM_FILE": "from the file",
        "SET_BEFORE": "before",
        "cwd": str(host.app),
    }


async def test_the_home_page_says_that_the_app_runs(client: aiohttp.ClientSession) -> None:
    async with client.get("/") as answer:
        assert "up and running" in await answer.text()


async def test_every_function_is_printed_with_its_url_or_its_trigger(host: HostProcess) -> None:
    assert f"\tnumbered_item: [GET,POST,PUT] {host.url}/api/items/{{id:int}}" in host.lines
    assert f"\tplain: {host.url}/api/plain" in host.lines
    assert "\tOnEvent: eventGridTrigger" in host.lines
    assert "\tyearly: timerTrigger" in host.lines


async def test_the_admin_list_tells_names_urls_and_bindings(host: HostProcess, client: aiohttp.ClientSession) -> None:
    async with client.get("/admin/functions") as answer:
        listed = {each["name"]: each for each in await answer.json()}
    assert listed["numbered_item"]["invoke_url_template"] == f"{host.url}/api/items/{{id:int}}"
    assert listed["OnEvent"]["invoke_url_template"] is None
    assert listed["on_message"]["isDisabled"] is True
    assert listed["OnEvent"]["config"]["bindings"][0]["type"] == "eventGridTrigger"


async def test_the_admin_doors_tell_one_function_and_the_hosts_state(client: aiohttp.ClientSession) -> None:
    assert (await told(client, "/admin/functions/onevent"))["name"] == "OnEvent"
    assert await status(client, "GET", "/admin/functions/nobody") == 404
    state = await told(client, "/admin/host/status")
    assert (state["state"], state["extensionBundle"]["version"]) == ("Running", "[4.*, 5.0.0)")
    assert await status(client, "GET", "/admin/host/ping") == 200
    assert await status(client, "GET", "/admin/nothing") == 404


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("nobody", {"input": ""}, 404),
        ("yearly", {}, 400),
        ("yearly", {"input": None}, 400),
        ("yearly", {"input": {"id": "1"}}, 400),
        ("yearly", [], 400),
        ("yearly", {"input": ""}, 202),
        ("YEARLY", {"input": "anything"}, 202),
    ],
)
async def test_a_function_is_started_by_hand_with_a_string(
    client: aiohttp.ClientSession, path: str, body: object, expected: int
) -> None:
    assert await status(client, "POST", f"/admin/functions/{path}", data=json.dumps(body)) == expected


async def test_a_started_function_gets_its_input_in_the_background(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    event = {"id": "by-hand", "data": {"x": 1}}
    for name, text in (("OnEvent", json.dumps(event)), ("on_message", "a body by hand")):
        async with client.post(f"/admin/functions/{name}", json={"input": text}) as answer:
            assert (answer.status, await answer.read()) == (202, b"")
    await until(lambda: any(each["event"] == "by-hand" for each in host.seen("event")), "the event")
    await until(lambda: any(each["body"] == "a body by hand" for each in host.seen("message")), "the message")


async def test_a_function_that_takes_no_such_input_is_said_in_the_log(
    host: HostProcess, client: aiohttp.ClientSession
) -> None:
    assert await status(client, "POST", "/admin/functions/plain", json={"input": ""}) == 202
    assert await status(client, "POST", "/admin/functions/OnEvent", json={"input": "not json"}) == 202
    await until(lambda: "plain was not started: an HTTP function needs a request, not an input" in host.lines, "")
    await until(lambda: any(line.startswith("OnEvent was not started: ") for line in host.lines), "the reason")
