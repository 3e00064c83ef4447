"""A stand-in for the Azure Functions host: serves an unmodified Python v2 app on 127.0.0.1, as `func start` does.

    python -m local.host [--port 7071] [--app FOLDER] [--stop-within SECONDS]

The app runs in this process, by Microsoft's own worker library, on one event loop. SIGTERM or SIGINT stops it:
listeners stop first, running invocations may finish until the deadline, the exit code is 0. What keeps it from
starting is one block on stderr and exit code 1. Not here: function timeouts, retry policies, output bindings.
"""

import argparse
import asyncio
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from pathlib import Path

from local.hosting.admin import AdminDoors
from local.hosting.connections import AzureConnections, Connections
from local.hosting.errors import HostError
from local.hosting.http_trigger import HttpFunctions
from local.hosting.invocation import HTTP, Function
from local.hosting.listeners import Listeners
from local.hosting.queues import HIDDEN_WHILE_RUNNING
from local.hosting.routes import Route, RouteError, route, route_table
from local.hosting.running import Invocations
from local.hosting.server import HostServer
from local.hosting.settings import (
    HostFile,
    apply_local_settings,
    describe_host,
    is_disabled,
    is_home_page_disabled,
    read_host_file,
)
from local.hosting.throttle import Throttle
from local.hosting.timers import Clock, WallClock
from local.hosting.webhook import EventGridWebhook
from local.hosting.worker import Worker, index

PORT = 7071
STOP_WITHIN = 10.0
HIDDEN = HIDDEN_WHILE_RUNNING.total_seconds()
HIDDEN_HELP = "how long a queue keeps a message from others while it is worked on: what a killed host held comes after"


def say(line: str) -> None:
    print(line, flush=True)


class FunctionsHost:
    """One app being served. `start` changes this process: environment, working folder and sys.path are the app's."""

    def __init__(
        self,
        app: Path,
        *,
        port: int = PORT,
        report: Callable[[str], None] = say,
        clock: Clock | None = None,
        connections: Connections | None = None,
        hidden_while_running: timedelta = HIDDEN_WHILE_RUNNING,
    ) -> None:
        self._app = app.resolve()
        self.port = port
        self._report = report
        self._clock = clock or WallClock()
        self._connections = connections or AzureConnections(os.environ)
        self._hidden_while_running = hidden_while_running

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Serving when it returns; HostError, with nothing left open, when it cannot."""
        host_file = read_host_file(self._app)
        listening = _listen(self.port)
        try:
            self.port = listening.getsockname()[1]
            apply_local_settings(self._app, os.environ)
            describe_host(self._app, self.port, os.environ)
            os.chdir(self._app)
            self._worker = await index(self._app)
            await self._serve(host_file, listening)
        except BaseException:
            listening.close()
            await self._connections.close()
            raise

    async def stop(self, within: float = STOP_WITHIN) -> int:
        """Let what runs finish, `within` seconds; answers how many invocations had to be abandoned."""
        deadline = asyncio.get_running_loop().time() + within
        self._server.refuse()
        await self._listeners.stop(within)
        left = await self._invocations.drain(max(0.0, deadline - asyncio.get_running_loop().time()))
        await self._server.stop()
        await self._listeners.close()
        await self._connections.close()
        self._worker.close()
        return left

    async def _serve(self, host_file: HostFile, listening: socket.socket) -> None:
        functions = self._worker.functions
        routes, errors = routes_of(functions.values(), host_file.http.route_prefix)
        self._invocations = Invocations(self._worker, self._report)
        self._listeners = Listeners(
            functions.values(),
            host_file.queues,
            app=self._app,
            invocations=self._invocations,
            connections=self._connections,
            clock=self._clock,
            report=self._report,
            hidden_while_running=self._hidden_while_running,
        )
        templates = {each.function: self._template_url(host_file, each) for each in routes}
        self._server = self._new_server(host_file, routes, templates, errors)
        await self._listeners.prepare()
        await self._server.start(listening)
        self._listeners.start()
        self._report(_banner(self._worker, templates, errors, self.url))

    def _new_server(
        self, host_file: HostFile, routes: list[Route], templates: dict[str, str], errors: list[str]
    ) -> HostServer:
        functions = self._worker.functions
        enabled = {name: each for name, each in functions.items() if not is_disabled(name, os.environ)}
        table = route_table(host_file.http.route_prefix, routes)
        return HostServer(
            functions=HttpFunctions(table, functions, self._invocations),
            events=EventGridWebhook(enabled, self._invocations),
            admin=AdminDoors(
                functions,
                self._invocations,
                base_url=self.url,
                templates=templates,
                bundle=host_file.bundle,
                errors=errors,
                report=self._report,
            ),
            throttle=Throttle(host_file.http),
            home_page=not is_home_page_disabled(os.environ),
        )

    def _template_url(self, host_file: HostFile, each: Route) -> str:
        parts = [part for part in (host_file.http.route_prefix, each.template) if part]
        return "/".join([self.url, *parts])


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port))
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        raise HostError(f"port {port} cannot be used ({reason}): choose one with --port") from None


def routes_of(functions: Iterable[Function], prefix: str) -> tuple[list[Route], list[str]]:
    """The routes, and what is wrong with the functions that have none: those are in error, the others are served."""
    routes: list[Route] = []
    errors: list[str] = []
    for function in functions:
        if function.kind != HTTP:
            continue
        template = str(function.trigger.get("route") or function.name)
        if template.startswith("/") and prefix:
            raise HostError(
                f"function {function.name!r}: route {template!r}: the route template separator "
                "character '/' cannot appear consecutively"
            )
        try:
            routes.append(route(function.name, template.lstrip("/"), function.trigger.get("methods") or ()))
        except RouteError as problem:
            errors.append(f"The {function.name!r} function is in error: {problem}")
    return routes, errors


def _banner(worker: Worker, templates: Mapping[str, str], errors: list[str], url: str) -> str:
    lines = ["", "Functions:", ""]
    for name, function in sorted(worker.functions.items(), key=lambda each: each[0].lower()):
        if function.kind == HTTP and name not in templates:
            continue
        methods = ",".join(function.trigger.get("methods") or ())
        where = f"[{methods}] {templates[name]}" if function.kind == HTTP else function.kind
        lines += [f"\t{name}: {where.removeprefix('[] ')}", ""]
    return "\n".join([*lines, *errors, f"Host started on {url}"])


async def _run_until_stopped(host: FunctionsHost, within: float) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    await host.start()
    await stopping.wait()
    left = await host.stop(within)
    # The v2 model has no hook where an app could close its cached clients; they end with the process.
    loop.set_exception_handler(lambda *_: None)
    if left:
        say(f"Host stopped; {left} invocations did not end within {within:g} s")
        os._exit(0)  # a thread cannot be cancelled, and leaving the usual way would wait for it
    say("Host stopped")


def _log_like_the_host() -> None:
    """The app's own log from INFO, to stdout; of the Azure libraries only what is wrong."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("azure").setLevel(logging.WARNING)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m local.host", description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=PORT, help="0 takes a free one")
    parser.add_argument("--app", type=Path, default=Path.cwd(), help="the folder with host.json")
    parser.add_argument("--hidden-while-running", type=float, metavar="SECONDS", default=HIDDEN, help=HIDDEN_HELP)
    parser.add_argument("--stop-within", type=float, default=STOP_WITHIN, metavar="SECONDS")
    chosen = parser.parse_args(arguments)
    _log_like_the_host()
    try:
        hidden = timedelta(seconds=chosen.hidden_while_running)
        host = FunctionsHost(chosen.app, port=chosen.port, hidden_while_running=hidden)
        asyncio.run(_run_until_stopped(host, chosen.stop_within))
    except HostError as problem:
        print(f"The host cannot start: {problem}", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
