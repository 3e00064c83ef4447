"""A Cosmos account that misbehaves on request: it answers what the client must know first, then as it was told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

CONTAINER = {"id": "records", "_rid": "AAAAAAAAAAA=", "_self": "dbs/d/colls/c/"}
WHOLE = [{"id": "0", "minInclusive": "", "maxExclusive": "FF", "parents": []}]


@dataclass(slots=True)
class Misbehaving:
    """`answers` are given one after another, each a status and a body; None is a connection that breaks."""

    answers: list[tuple[int, Any] | None] = field(default_factory=list)
    asked: int = 0
    container_is_there: bool = True

    async def handle(self, request: web.Request) -> web.StreamResponse:
        path = request.path.strip("/")
        if path == "":
            return web.json_response(_account(str(request.url.origin())))
        if path == "dbs/continuity/colls/records":
            return self._container()
        if path.endswith("pkranges"):
            known = "if-none-match" in request.headers
            body = {"PartitionKeyRanges": [] if known else WHOLE}
            return web.json_response(body, status=304 if known else 200, headers={"etag": "1"})
        return self._answer(request)

    def _container(self) -> web.Response:
        if not self.container_is_there:
            return web.json_response({"code": "NotFound", "message": "Owner resource does not exist"}, status=404)
        key = {"paths": ["/pk"], "kind": "Hash", "version": 2}
        return web.json_response(CONTAINER | {"partitionKey": key})

    def _answer(self, request: web.Request) -> web.StreamResponse:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status, body = answer
        return web.json_response(body, status=status)


def _account(url: str) -> dict[str, Any]:
    here = [{"name": "UK South", "databaseAccountEndpoint": f"{url}/"}]
    replicas = {"minReplicaSetSize": 3, "maxReplicasetSize": 4}
    return {
        "id": "account",
        "_rid": "account",
        "_self": "",
        "_dbs": "//dbs/",
        "media": "//media/",
        "addresses": "//addresses/",
        "writableLocations": here,
        "readableLocations": here,
        "enableMultipleWriteLocations": False,
        "userConsistencyPolicy": {"defaultConsistencyLevel": "Strong"},
        "userReplicationPolicy": replicas,
        "systemReplicationPolicy": replicas,
        "readPolicy": {"primaryReadCoefficient": 1, "secondaryReadCoefficient": 1},
        "queryEngineConfiguration": "{}",
    }


@asynccontextmanager
async def serving(account: Misbehaving) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", account.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()
