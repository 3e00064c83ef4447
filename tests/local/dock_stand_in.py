"""A service and its storage, small enough to read, for a dock to be tried on.

It keeps what it is sent, objects to what a real one would (wrong MD5, unknown SAS, a second commit without leave,
metadata that is not ASCII), and fails as it is told: `fail("block", status(503))` makes the next block fail.
"""

import asyncio
import base64
import hashlib
import json
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Failure = Callable[[web.Request], Awaitable[web.StreamResponse]]
Lines = Callable[[list[str]], list[str]]

PATIENCE_SECONDS = 10


def status(code: int, *, error: str = "", after: str | None = None, body: str = "") -> Failure:
    """Answers `code` instead of doing anything."""

    async def answer(_: web.Request) -> web.StreamResponse:
        headers = ({"x-ms-error-code": error} if error else {}) | ({"Retry-After": after} if after else {})
        return web.Response(status=code, headers=headers, text=body, content_type="application/problem+json")

    return answer


async def dropped(request: web.Request) -> web.StreamResponse:
    """The line goes dead instead of an answer."""
    if request.transport:  # the other side may have gone first
        request.transport.abort()
    return web.Response()


class Signer:
    """A receipt key, with its verifier line written as Go's note package writes it."""

    def __init__(self, name: str) -> None:
        self.name, self._key = name, Ed25519PrivateKey.generate()
        self._public = b"\x01" + self._key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._id = hashlib.sha256(name.encode() + b"\n" + self._public).digest()[:4]

    @property
    def verifier(self) -> str:
        return f"{self.name}+{self._id.hex()}+{base64.b64encode(self._public).decode()}"

    def note(self, text: str) -> str:
        signature = self._id + self._key.sign(text.encode())
        return f"{text}\n— {self.name} {base64.b64encode(signature).decode()}\n"


@dataclass(slots=True)
class Blob:
    blocks: list[bytes]
    metadata: dict[str, str]
    content_type: str
    if_none_match: str | None

    @property
    def sha256(self) -> str:
        digest = hashlib.sha256()
        for block in self.blocks:
            digest.update(block)
        return digest.hexdigest()

    @property
    def size(self) -> int:
        return sum(map(len, self.blocks))


@dataclass(slots=True)
class Service:
    """`grants` are the wishes as sent, `staged` the block ids in the order they were accepted."""

    url: str = ""
    signer: Signer = field(default_factory=lambda: Signer("receipts.test"))
    listed: list[str] = field(default_factory=list)
    grants: list[dict[str, object]] = field(default_factory=list)
    keys_seen: list[str] = field(default_factory=list)
    tokens_seen: set[str] = field(default_factory=set)
    staged: list[str] = field(default_factory=list)
    blobs: dict[str, Blob] = field(default_factory=dict, repr=False)  # a failing test shows no megabytes
    lines: Lines = lambda lines: lines
    expires_after: int | None = None
    together: int = 0
    answers: int | None = None
    hanging: int = 0
    registered: dict[str, dict[str, object]] = field(default_factory=dict)
    in_flight: int = 0
    most_in_flight: int = 0
    _crowd: asyncio.Event = field(default_factory=asyncio.Event)
    _let_go: asyncio.Event = field(default_factory=asyncio.Event)
    _live: set[str] = field(default_factory=set)
    _failures: dict[str, deque[Failure]] = field(default_factory=lambda: defaultdict(deque))
    _blocks: dict[str, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict), repr=False)
    _pool: dict[bytes, bytes] = field(default_factory=dict, repr=False)

    def fail(self, what: str, *failures: Failure) -> None:
        self._failures[what].extend(failures)

    def failures_left(self, what: str) -> int:
        return len(self._failures[what])

    def answer_blocks(self, count: int | None) -> None:
        """So many blocks more are taken; those after them hang until the next call, and are lost. None: all."""
        self._let_go.set()
        self._let_go = asyncio.Event()
        self.answers = count

    async def settled(self) -> None:
        """Every request of a dock that is dead by now was answered, or hangs: none is taken later by surprise."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.in_flight != self.hanging:
                await asyncio.sleep(0.01)

    def forget_blocks(self) -> None:
        """As storage does with what was not committed within a week."""
        self._blocks.clear()

    async def _hangs(self, request: web.Request) -> web.StreamResponse:
        self.hanging += 1
        await self._let_go.wait()
        self.hanging -= 1
        return await dropped(request)

    def grant_is_over(self) -> None:
        self._live.clear()

    async def _failed(self, what: str, request: web.Request) -> web.StreamResponse | None:
        await request.read()
        return await self._failures[what].popleft()(request) if self._failures[what] else None

    async def grant(self, request: web.Request) -> web.StreamResponse:
        self.keys_seen.append(request.headers["Idempotency-Key"])
        self.tokens_seen.add(request.headers["Authorization"])
        return await self._failed("grant", request) or await self.give(request)

    async def give(self, request: web.Request) -> web.StreamResponse:
        """A grant, whatever is planned to fail."""
        wish = await request.json()
        self.grants.append(wish)
        recording = wish.get("recording") or f"rec-{len(self.grants)}"
        if recording in self.blobs:
            return web.json_response({"detail": "it is ingested"}, status=409)
        signature = f"sig-{len(self.grants)}"
        self._live.add(signature)
        url = f"{self.url}/account/footage/{recording}?sv=2026-06-06&sp=cw&sig={signature}"
        answer = {"recording": recording, "url": url, "expires": "2026-03-01T22:00:00Z"}
        return web.json_response(answer, status=201)

    async def receipt(self, request: web.Request) -> web.StreamResponse:
        if failed := await self._failed("receipt", request):
            return failed
        name = request.match_info["recording"]
        blob = self.blobs[name]
        lines = ["continuity-receipt/v1", name, "v1", str(blob.size), blob.sha256, "2026-03-01T21:30:00.000001Z"]
        return web.Response(text=self.signer.note("\n".join(self.lines(lines)) + "\n"))

    async def register(self, request: web.Request) -> web.StreamResponse:
        self.registered[request.match_info["dock"]] = await request.json()
        return web.json_response({})

    async def keys(self, request: web.Request) -> web.StreamResponse:
        if failed := await self._failed("keys", request):
            return failed
        return web.json_response({"keys": [{"name": "k", "verifier": line} for line in self.listed]})

    async def put(self, request: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            what = "commit" if request.query["comp"] == "blocklist" else "block"
            if failed := await self._failed(what, request):
                return failed
            if request.query["sig"] not in self._live:
                return await status(403, error="AuthenticationFailed")(request)
            return await (self._commit(request) if what == "commit" else self._stage(request))
        finally:
            self.in_flight -= 1

    async def _stage(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        md5 = hashlib.md5(body, usedforsecurity=False).digest()
        if request.headers.get("Content-MD5") != base64.b64encode(md5).decode():
            return await status(400, error="Md5Mismatch")(request)
        if self.answers == 0:
            return await self._hangs(request)
        if self.answers:
            self.answers -= 1
        await self._crowded()
        block = base64.b64decode(request.query["blockid"]).decode()
        # equal blocks are kept once, so that a large sparse file costs little
        self._blocks[request.path][block] = self._pool.setdefault(md5, body)
        self.staged.append(block)
        if len(self.staged) == self.expires_after:
            self.grant_is_over()
        return web.Response(status=201)

    async def _crowded(self) -> None:
        """Holds blocks back until `together` of them are here at once."""
        if self.in_flight >= self.together:
            self._crowd.set()
        async with asyncio.timeout(30):
            await self._crowd.wait()

    async def _commit(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rsplit("/", 1)[1]
        if name in self.blobs:
            return await status(409, error="BlobAlreadyExists")(request)
        wanted = [base64.b64decode(item.text or "").decode() for item in ET.fromstring(await request.read())]  # noqa: S314 - our own dock wrote it
        if not self._blocks[request.path].keys() >= set(wanted):
            return await status(400, error="InvalidBlockList")(request)
        metadata = {k[10:].lower(): v for k, v in request.headers.items() if k.lower().startswith("x-ms-meta-")}
        assert all(value.isascii() for value in metadata.values())
        self.blobs[name] = Blob(
            blocks=[self._blocks[request.path][block] for block in wanted],
            metadata=metadata,
            content_type=request.headers["x-ms-blob-content-type"],
            if_none_match=request.headers.get("If-None-Match"),
        )
        return web.Response(status=201)


@asynccontextmanager
async def serving(
    tls: ssl.SSLContext | None = None, *, service: Service | None = None, account: str = "account"
) -> AsyncIterator[Service]:
    service = service or Service()
    service.listed = [service.signer.verifier]
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_post("/api/docks/{dock}/grants", service.grant)
    app.router.add_get("/api/docks/{dock}/receipts/{recording}", service.receipt)
    app.router.add_put("/api/docks/{dock}", service.register)
    app.router.add_get("/api/keys", service.keys)
    app.router.add_put(f"/{account}/footage/{{name}}", service.put)
    runner = web.AppRunner(app, shutdown_timeout=0.1)  # a request that hangs is not waited for
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
    await site.start()
    service.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


def problem(detail: str, *, field: str | None = None) -> str:
    return json.dumps({"title": "No", "detail": detail} | ({"field": field} if field else {}))
