"""The same routes in FastAPI, in this process and called as a server would call them: the peer of our front desk.

Shapes, queries, verbs and ports are the same. Who is asking is a dependency, as FastAPI would have it, with the same
verification of the token, the same session and the same rights. Its answers are the shapes themselves, which FastAPI
writes; with `ready` they are responses written already, as ours are, which is the quicker way. Not here, as they are
ours alone: refusals and faults as problems and entries, and metrics. Its body is not strict, because FastAPI validates
what JSON became, and not the JSON, and there an enum's value is no enum.
"""

import itertools
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, cast

from fastapi import Body, Depends, FastAPI, Query, Request, Response
from pydantic import ConfigDict

from functions.asking import bearer, known, stranger
from functions.attending import attended
from functions.footage import CategoryBody
from functions.paging import Pages
from functions.parsing import version_in
from functions.search import SearchQuery
from functions.shown import Shown, ShownClip, ShownClips
from shared.domain.access import Caller, Permission, Reach, reach
from shared.domain.claims import caller as caller_of
from shared.domain.entry import Asking
from shared.domain.footage import Clip, ClipId
from shared.ports import ClipFilter, Held
from shared.usecases.categorise import Category, categorise
from shared.usecases.read import read
from shared.usecases.search import search
from shared.wiring import Services

ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class LooseBody(CategoryBody):
    model_config = ConfigDict(strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    caller: Caller
    reach: Reach
    asking: Asking
    version: str


class LetIn:
    """The dependency: who is asking, in which session, and what they may touch."""

    def __init__(self, services: Services, permission: Permission) -> None:
        self._services, self._permission, self._numbers = services, permission, itertools.count()

    async def __call__(self, request: Request) -> Desk:
        services, req = self._services, cast("Any", request)  # of which only headers are read, as of a host's
        asking = stranger(req, request_id=f"r{next(self._numbers)}", now=services.now(), seed=services.seed())
        caller = caller_of(await services.tokens.claims(bearer(req)), services.expected, now=asking.at)
        asking = known(asking, req, caller, self._permission)
        _, asking = await attended(caller, asking, services)
        reached = reach(caller, self._permission)
        return Desk(caller=caller, reach=reached, asking=asking, version=version_in(req) or "")


def peer_of(services: Services, *, ready: bool) -> FastAPI:
    app = FastAPI()
    see, describe = LetIn(services, Permission.SEE), LetIn(services, Permission.DESCRIBE)

    @app.get("/api/footage/{id}", response_model=ShownClip)
    async def read_footage(id: str, desk: Annotated[Desk, Depends(see)], response: Response) -> Any:  # noqa: A002 - the route's word
        held = await read(ClipId(id), reach=desk.reach, asking=desk.asking, records=services.records)
        return _clip_shown(held, response, ready=ready)

    @app.get("/api/footage", response_model=ShownClips)
    async def search_footage(
        asked: Annotated[SearchQuery, Query()], desk: Annotated[Desk, Depends(see)], response: Response
    ) -> Any:
        return _shown(await _page(asked, desk, services), response, ready=ready)

    @app.put("/api/footage/{id}/category", response_model=ShownClip)
    async def categorise_footage(
        id: str,  # noqa: A002 - the route's word
        said: Annotated[LooseBody, Body()],
        desk: Annotated[Desk, Depends(describe)],
        response: Response,
    ) -> Any:
        held = await categorise(
            ClipId(id),
            Category(name=said.category, evidential=said.evidential, why=said.reason),
            version=desk.version,
            reach=desk.reach,
            asking=desk.asking,
            records=services.records,
        )
        return _clip_shown(held, response, ready=ready)

    return app


async def _page(asked: SearchQuery, desk: Desk, services: Services) -> ShownClips:
    question = f"{desk.caller.subject}\n{asked.model_dump_json(exclude={'page', 'limit'})}"
    pages = Pages(keys=services.keys, question=question, now=desk.asking.at)
    wanted = ClipFilter(reach=desk.reach, **asked.model_dump(exclude={"mine", "page", "limit"}))
    found, following = await search(
        wanted,
        after=await pages.begin(asked.page),
        limit=asked.limit,
        asking=desk.asking,
        records=services.records,
    )
    clips = tuple(ShownClip.of(held) for held in found)
    return ShownClips(clips=clips, next=await pages.following(following))


def _clip_shown(held: Held[Clip], response: Response, *, ready: bool) -> Any:
    clip = ShownClip.of(held)
    response.headers["ETag"] = f'"{clip.version}"'
    return _shown(clip, response, ready=ready)


def _shown(shape: Shown, response: Response, *, ready: bool) -> Any:
    response.headers.update(ALWAYS)
    if not ready:
        return shape
    return Response(shape.model_dump_json(by_alias=True), HTTPStatus.OK, response.headers, "application/json")


async def called(
    app: FastAPI, method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes = b""
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Status, headers and body of the answer."""
    status, sent, content = 0, dict[bytes, bytes](), list[bytes]()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            sent.update(message["headers"])
        else:
            content.append(message.get("body", b""))

    await app(
        {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "headers": headers,
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 80),
        },
        receive,
        send,
    )
    return status, sent, b"".join(content)
