"""The doors that describe the others: the API as OpenAPI 3.1, and as a page for people.

Both are made from the declarations of the doors this app opens, as they stand here, once, when first asked for.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache
from http import HTTPStatus

import azure.functions as func

from functions.describing import described
from functions.docs_page import POLICY, page
from functions.door import Answer, Door, Request, doors_of, opens
from functions.kept import kept
from shared.domain.entry import Operation

OPENAPI = Door(
    name="openapi",
    method="GET",
    route="openapi.json",
    about="This description, as OpenAPI 3.1.",
    permission=None,
    operation=Operation.ADMINISTRATION,
    shows="application/json",
    also={HTTPStatus.NOT_MODIFIED: None},
)
DOCS = Door(
    name="docs",
    method="GET",
    route="docs",
    about="This description, as a page to read or print.",
    permission=None,
    operation=Operation.ADMINISTRATION,
    shows="text/html",
    also={HTTPStatus.NOT_MODIFIED: None},
)
KEPT_SECONDS = 300


def with_description(rooms: Sequence[func.Blueprint]) -> list[func.Blueprint]:
    """The rooms, and one more whose doors describe them all, itself too."""
    bp = func.Blueprint()
    whole = [*rooms, bp]

    @cache
    def document(ledger_open: bool) -> str:  # noqa: FBT001 - the key of what is kept
        standing = [door.standing(ledger_open=ledger_open) for door in doors_of(whole)]
        return json.dumps(described(standing), separators=(",", ":"))

    @cache
    def readable(ledger_open: bool) -> str:  # noqa: FBT001 - the key of what is kept
        return page(json.loads(document(ledger_open)))

    _hang(bp, document, readable)
    return whole


def _hang(bp: func.Blueprint, document: Callable[[bool], str], readable: Callable[[bool], str]) -> None:
    @opens(bp, OPENAPI)
    async def describe(request: Request[None, None]) -> Answer:
        return kept(document(request.services.ledger_open), request, seconds=KEPT_SECONDS)

    @opens(bp, DOCS)
    async def show_docs(request: Request[None, None]) -> Answer:
        policy = {"Content-Security-Policy": POLICY}
        shown = readable(request.services.ledger_open)
        return kept(shown, request, seconds=KEPT_SECONDS, content_type="text/html", headers=policy)
