"""The doors of categories: saying what many clips are at once, and what clips can be called.

A request about many clips is answered 207 with a result for each, in their order: each is done, refused, entered and
told as if it had come alone, and what is refused of one keeps no other. What does not fit is refused as a whole, by the
name of its field, before anything is done.
"""

from http import HTTPStatus
from typing import Annotated

import azure.functions as func
from pydantic import Field

from functions.answering import code_of, failure, refusal
from functions.door import Answer, Door, Request, opens
from functions.kept import kept
from functions.parsing import Body, CategoryName, PlainText, Uuid, Version
from functions.shown_categories import ShownCategories, ShownCategory, ShownResult, ShownResults
from shared.domain.access import Permission
from shared.domain.categorise import CATEGORIES, VERSION
from shared.domain.entry import Operation
from shared.domain.footage import Clip, ClipId, Evidential
from shared.errors import Malformed, Refusal
from shared.ports import Held
from shared.usecases.categorise import Category
from shared.usecases.categorise_many import Saying, categorise_many

bp = func.Blueprint()
MOST = 100
LARGEST_SAYING = 4 * 1024  # a reason of 200 characters beyond the BMP, each escaped as two of \uXXXX, has 2,400 bytes
KEPT_SECONDS = 3600


class SayingBody(Body):
    """`version` is what the clip showed; without one, this clip is left as it is."""

    id: Uuid
    version: Version | None = None
    category: CategoryName
    evidential: Evidential
    reason: PlainText


class SayingsBody(Body):
    clips: Annotated[tuple[SayingBody, ...], Field(min_length=1, max_length=MOST)]


CATEGORISE_MANY = Door(
    name="categorise_many",
    method="POST",
    route="footage/categories",
    about=f"Say of up to {MOST} clips what each is and whether it is evidence; each has its own result.",
    permission=Permission.DESCRIBE,
    operation=Operation.ALTERATION,
    body=SayingsBody,
    largest=MOST * LARGEST_SAYING,
    status=HTTPStatus.MULTI_STATUS,
    shows=ShownResults,
)
CATEGORIES_THERE_ARE = Door(
    name="categories",
    method="GET",
    route="categories",
    about="What clips can be called. Keep it for an hour, then ask with If-None-Match.",
    permission=Permission.LOOK_UP,
    operation=Operation.ADMINISTRATION,
    shows=ShownCategories,
    also={HTTPStatus.NOT_MODIFIED: None},
)


@opens(bp, CATEGORISE_MANY)
async def categorise_many_clips(request: Request[SayingsBody, None]) -> Answer:
    said = request.body.clips
    _each_once(said)
    outcomes = await categorise_many(
        [_saying(one) for one in said],
        door=CATEGORISE_MANY.name,
        reach=request.reach,
        asking=request.asking,
        now=request.services.now,
        records=request.services.records,
    )
    results = tuple(_result(one.id, outcome, request) for one, outcome in zip(said, outcomes, strict=True))
    return Answer(body=ShownResults(results=results), status=HTTPStatus.MULTI_STATUS)


@opens(bp, CATEGORIES_THERE_ARE)
async def list_categories(request: Request[None, None]) -> Answer:
    """No entry: it names nobody, and is the same for all."""
    shown = ShownCategories(
        version=VERSION,
        categories=tuple(ShownCategory(id=name, title=title) for name, title in CATEGORIES.items()),
    )
    return kept(shown.model_dump_json(by_alias=True), request, seconds=KEPT_SECONDS)


def _each_once(said: tuple[SayingBody, ...]) -> None:
    seen: set[str] = set()
    for number, one in enumerate(said):
        if one.id in seen:
            raise Malformed(f"clips.{number}.id: this clip is named twice", field=f"clips.{number}.id")
        seen.add(one.id)


def _saying(said: SayingBody) -> Saying:
    category = Category(name=said.category, evidential=said.evidential, why=said.reason)
    return Saying(clip=ClipId(said.id), category=category, version=said.version)


def _result(clip: str, outcome: Held[Clip] | Exception, request: Request[SayingsBody, None]) -> ShownResult:
    """A refusal and a fault are counted, and a fault is logged, as the desk does for a door to one clip."""
    metrics, door = request.services.metrics, CATEGORISE_MANY.name
    match outcome:
        case Held():
            return ShownResult.done(outcome)
        case Refusal():
            metrics.count("refused", of=code_of(outcome))
            return ShownResult.not_done(clip, refusal(outcome))
    metrics.count("fault", of=door)
    return ShownResult.not_done(clip, failure(outcome, door, request.asking.request))
