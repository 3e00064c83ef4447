"""The door of the feed: OData 4.0, for Power BI, Excel and whatever else reads it. Read only.

One door serves every resource below its root, for the standard gives them one address space; what is asked for is read
by domain/odata/resource.py. It speaks as the standard says and not as our other doors do (manner.py): its own error
bodies, 405 instead of silence, one `OData-Version` on every answer, and a challenge that Power Query understands.
The service document and $metadata are the same for everybody and name nobody: they are shown to auditors alone, so
that the first knock meets the challenge, and are no entry.
"""

import asyncio
import gzip
import json
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, urlencode

import azure.functions as func

from functions.answering import CHALLENGE, Problem, Speech
from functions.door import Answer, Door, Request, opens
from functions.feed_asking import (
    IN_ROUTE,
    READS,
    XML,
    asked_of,
    must_ask_nothing_more,
    must_be_followable,
    must_speak_our_version,
    must_take_json,
    options_in,
    ours,
    page_size,
)
from functions.feed_pages import LONGEST_TOKEN, FeedPages, question_of
from functions.manner import Manner
from functions.negotiating import takes_gzip
from shared.domain.access import Permission
from shared.domain.authority import authority_of
from shared.domain.claims import Expected
from shared.domain.entry import Operation
from shared.domain.odata.columns import EntitySet
from shared.domain.odata.metadata import metadata, service_document
from shared.domain.odata.options import OF_A_COUNT, OF_AN_ENTITY, SKIP_TOKEN, Options, parsed_options
from shared.domain.odata.resource import Collection, Entity, Metadata, Number, ServiceDocument, parsed_resource
from shared.domain.odata.rows import row, rows
from shared.domain.odata.sets import SETS
from shared.errors import Malformed, NotAcceptable, Unsupported, WrongMethod
from shared.usecases.feed import count, look_up, query

bp = func.Blueprint()
ROWS_TYPE = "application/json;odata.metadata=minimal;charset=utf-8"
METADATA_TYPE, NUMBER_TYPE = "application/xml;charset=utf-8", "text/plain"  # of text the worker says how, once
GZIP_LEVEL = 1  # a tenth of the bytes; the next levels save a little more for twice the time
ERROR = {
    "type": "object",
    "description": "What went wrong, as OData says it. `target` names what was wrong in what was sent, where one was.",
    "properties": {
        "error": {
            "type": "object",
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "target": {"type": "string"},
            },
            "required": ["code", "message"],
            "additionalProperties": False,
        }
    },
    "required": ["error"],
    "additionalProperties": False,
}


def error(document: Problem) -> str:
    said = {"code": document.title.title().replace(" ", ""), "message": document.detail, "target": document.field}
    return _json({"error": {name: value for name, value in said.items() if value is not None}}).decode()


def challenge(req: func.HttpRequest, expected: Expected) -> str:
    """What makes Power Query and Excel sign in: who sends no token at all is told of the tenant, who sends an empty
    one where to get it.
    """
    authority = authority_of(expected.issuers)
    if authority is None:
        return CHALLENGE
    if "Authorization" in req.headers:
        return f"Bearer authorization_uri={authority}/oauth2/authorize"
    return f"Bearer realm={authority}"


ODATA = Manner(
    answers=("GET", "HEAD"),
    hears=("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    speech=Speech(ROWS_TYPE, error),
    speech_schema=ERROR,
    challenge=challenge,
    asked=asked_of,
    shows=(METADATA_TYPE, NUMBER_TYPE),
    reads=READS,
    headers=MappingProxyType({"OData-Version": "4.0"}),
    enters=MappingProxyType({Malformed: "malformed", Unsupported: "unsupported"}),
)
FEED = Door(
    name="feed",
    method="GET",
    route=f"odata/{{*{IN_ROUTE}}}",
    about="The trail and what it is about as an OData 4.0 feed, read only, for Power BI, Excel and other tools:"
    " $metadata says what is in it.",
    permission=Permission.AUDIT,
    operation=Operation.CONSULTATION,
    shows=ROWS_TYPE,
    refuses=(NotAcceptable, Unsupported, WrongMethod),
    manner=ODATA,
)


@opens(bp, FEED)
async def read_feed(request: Request[None, str]) -> Answer:
    must_speak_our_version(request.sent)
    pairs = options_in(request.query)
    match parsed_resource(request.route.get(IN_ROUTE, "")):
        case ServiceDocument():
            must_take_json(request.sent)
            must_ask_nothing_more(pairs, formats=frozenset({"json", "application/json"}))
            return await _written(request, service_document(root_of(request), SETS))
        case Metadata():
            must_ask_nothing_more(pairs, formats=XML)
            return _packed(request, _metadata(), METADATA_TYPE)
        case Collection(entities=entities):
            must_take_json(request.sent)
            return await _page(request, entities, pairs)
        case Number(entities=entities):
            return await _number(request, parsed_options(pairs, entities, OF_A_COUNT), entities)
        case Entity(entities=entities, key=key):
            must_take_json(request.sent)
            return await _entity(request, parsed_options(pairs, entities, OF_AN_ENTITY), entities, key)


def root_of(request: Request[None, str]) -> str:
    """The feed's address as callers reach it: never as a request names it, which anybody can."""
    return f"{request.services.public_base_url}/api/odata"


async def _page(request: Request[None, str], entities: EntitySet, pairs: list[tuple[str, str]]) -> Answer:
    services, options, size = request.services, parsed_options(pairs, entities), page_size(request.sent)
    link = f"{root_of(request)}/{entities.name}?{_query([*ours(pairs), (SKIP_TOKEN, '')])}"
    must_be_followable(link, LONGEST_TOKEN)
    question = question_of(request.caller.subject, request.reach, entities, pairs)
    pages = FeedPages(keys=services.keys, question=question, now=request.asking.at)
    page = await query(
        entities,
        options,
        onward=await pages.begin(options.skip_token),
        size=size.rows,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        feed=services.feed,
    )
    shown: dict[str, Any] = {"@odata.context": _context(request, entities, options)}
    if page.count is not None:
        shown["@odata.count"] = page.count
    shown["value"] = await asyncio.to_thread(rows, entities, page.documents, options.select)  # as long as to write them
    if page.onward is not None:
        shown["@odata.nextLink"] = link + await pages.following(page.onward)
    return await _written(request, shown, {"Preference-Applied": size.applied} if size.applied else {})


async def _number(request: Request[None, str], options: Options, entities: EntitySet) -> Answer:
    services = request.services
    found = await count(
        entities,
        options,
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        feed=services.feed,
    )
    return Answer(body=str(found), content_type=NUMBER_TYPE)


async def _entity(request: Request[None, str], options: Options, entities: EntitySet, key: str) -> Answer:
    services = request.services
    found = await look_up(
        entities, key, reach=request.reach, asking=request.asking, records=services.records, feed=services.feed
    )
    context = {"@odata.context": f"{_context(request, entities, options)}/$entity"}
    return await _written(request, context | row(entities, found, options.select))


@cache
def _metadata() -> bytes:
    """The same for everybody, and made when it is first asked for."""
    return metadata(SETS)


def _context(request: Request[None, str], entities: EntitySet, options: Options) -> str:
    """Which columns are shown is said in it, so that a reader's idea of a row matches what it gets."""
    chosen = "" if options.selects_all else f"({','.join(column.name for column in options.select)})"
    return f"{root_of(request)}/$metadata#{entities.name}{chosen}"


def _query(pairs: list[tuple[str, str]]) -> str:
    return urlencode(pairs, quote_via=quote, safe="$")


async def _written(request: Request[None, str], shown: object, headers: Mapping[str, str] | None = None) -> Answer:
    """A whole page takes a tenth of a second to write and to pack: others are served meanwhile."""
    return await asyncio.to_thread(lambda: _packed(request, _json(shown), ROWS_TYPE, headers))


def _packed(
    request: Request[None, str], raw: bytes, content_type: str, headers: Mapping[str, str] | None = None
) -> Answer:
    said = {"Vary": "Accept-Encoding", **(headers or {})}
    if takes_gzip(request.encodings):
        raw, said = gzip.compress(raw, GZIP_LEVEL, mtime=0), {**said, "Content-Encoding": "gzip"}
    return Answer(body=raw, content_type=content_type, headers=said)


def _json(shown: object) -> bytes:
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
