"""The host starts clearly or not at all, and stops without breaking off what runs."""

import asyncio
import json
import signal
import socket
from pathlib import Path

import aiohttp
import pytest

from tests.local.host_process import HostProcess, sample_app, until

HOST_JSON = '{"version": "2.0"}'
HEAD = "import azure.functions as func\napp = func.FunctionApp()\n"
ROUTE = HEAD + (
    "@app.route(route='{route}')\n"
    "async def visit(req: func.HttpRequest) -> func.HttpResponse:\n"
    "    return func.HttpResponse('here')\n"
)
OUTPUT = HEAD + (
    "@app.queue_trigger(arg_name='message', queue_name='a', connection='Q')\n"
    "@app.queue_output(arg_name='sent', queue_name='b', connection='Q')\n"
    "async def copy(message: func.QueueMessage, sent: func.Out[str]) -> None: ...\n"
)
MISSED = HEAD + (
    "@app.timer_trigger(schedule='%NO_SUCH%', arg_name='timer')\n"
    "async def tick(timer: func.TimerRequest) -> None: ...\n"
)
WRONG_ARGUMENT = HEAD + "@app.route(route='a')\nasync def visit(request: func.HttpRequest) -> str: ...\n"


def written(folder: Path, script: str | None, host_json: str | None = HOST_JSON) -> Path:
    app = folder / "app"
    app.mkdir()
    if host_json is not None:
        (app / "host.json").write_text(host_json)
    if script is not None:
        (app / "function_app.py").write_text(script)
    return app


async def refusal(folder: Path, app: Path, *arguments: str) -> str:
    """What the host says when it does not start; that it exits 1 is part of it."""
    host = HostProcess(folder, app)
    await host.launch(*arguments)
    assert await host.ended() == 1, host.output
    return host.output


@pytest.mark.parametrize(
    ("script", "host_json", "says"),
    [
        (HEAD, None, "host.json is missing: every Functions app has one"),
        ("import nothing_of_this_name", HOST_JSON, "ModuleNotFoundError: No module named 'nothing_of_this_name'"),
        (HEAD + "other = func.FunctionApp()", HOST_JSON, "More than one FunctionApp or other top level"),
        (WRONG_ARGUMENT, HOST_JSON, "cannot load the visit function"),
        (OUTPUT, HOST_JSON, "function 'copy' has the queue binding 'sent'"),
        (MISSED, HOST_JSON, "the setting 'NO_SUCH' named by %NO_SUCH% is missing"),
    ],
)
async def test_an_app_that_cannot_be_served_is_one_clear_block_and_exit_code_1(
    tmp_path: Path, script: str | None, host_json: str | None, says: str
) -> None:
    output = await refusal(tmp_path, written(tmp_path, script, host_json))
    assert output.count("The host cannot start: ") == 1
    assert output.count("Traceback") <= 1  # the app's own
    assert says in output
    assert "local/host" not in output  # no traceback of ours


async def test_a_port_that_is_taken_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        output = await refusal(tmp_path, written(tmp_path, HEAD), "--port", str(port))
    assert output == (
        f"The host cannot start: port {port} cannot be used (Address already in use): choose one with --port"
    )


async def test_a_function_with_a_reserved_route_is_in_error_and_the_host_goes_on(tmp_path: Path) -> None:
    script = ROUTE.format(route="admin/x") + ROUTE.removeprefix(HEAD).format(route="x").replace("visit", "other")
    host = HostProcess(tmp_path, written(tmp_path, script))
    await host.start()
    async with aiohttp.ClientSession(host.url) as client:
        async with client.get("/api/x") as answer:
            assert await answer.text() == "here"
        async with client.get("/admin/host/status") as answer:
            errors = (await answer.json())["errors"]
    assert await host.stop() == 0
    assert len(errors) == 1
    assert "The 'visit' function is in error" in errors[0]
    assert errors[0] in host.lines


async def test_the_prefix_of_host_json_may_be_empty_and_the_home_page_off(tmp_path: Path) -> None:
    host_json = json.dumps({"version": "2.0", "extensions": {"http": {"routePrefix": ""}}})
    app = written(tmp_path, ROUTE.format(route="a"), host_json)
    host = HostProcess(tmp_path, app, {"AzureWebJobsDisableHomepage": "true"})
    await host.start()
    assert f"\tvisit: {host.url}/a" in host.lines
    async with aiohttp.ClientSession(host.url) as client:
        async with client.get("/a") as answer:
            assert answer.status == 200
        async with client.get("/") as answer:
            assert answer.status == 204
    assert await host.stop() == 0


async def asked(host: HostProcess, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession(host.url) as client, client.get(path) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_lets_a_running_invocation_finish_and_answer(tmp_path: Path, number: signal.Signals) -> None:
    host = HostProcess(tmp_path, sample_app(tmp_path), {"AzureWebJobs.on_message.Disabled": "true"})
    await host.start()
    running = asyncio.create_task(asked(host, "/api/waits/stop"))
    await until(lambda: bool(host.seen("waiting")), "the invocation runs")
    host.signal(number)
    while (await asked(host, "/"))[0] != 503:  # the signal has arrived when newcomers are refused
        assert not running.done()
    host.release("stop")
    assert await running == (200, "waited")
    assert await host.ended() == 0, host.output
    assert host.invocations("waits") == ["succeeded"]
    assert host.lines[-1] == "Host stopped"


async def test_what_does_not_end_within_the_deadline_is_abandoned_and_said(tmp_path: Path) -> None:
    host = HostProcess(tmp_path, sample_app(tmp_path), {"AzureWebJobs.on_message.Disabled": "true"})
    await host.start("--stop-within", "0.1")
    running = asyncio.create_task(asked(host, "/api/waits/forever"))
    await until(lambda: bool(host.seen("waiting")), "the invocation runs")
    assert await host.stop() == 0
    assert host.invocations("waits") == ["cancelled"]
    assert host.lines[-1] == "Host stopped; 1 invocations did not end within 0.1 s"
    assert isinstance((await asyncio.gather(running, return_exceptions=True))[0], aiohttp.ClientError)
