"""The description of the service: whole, true, valid OpenAPI 3.1; and the page made of it, which fetches nothing."""

import base64
import hashlib
import json
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from http import HTTPStatus
from typing import Any

import azure.functions as func
import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from functions.describing import described
from functions.docs_page import page
from functions.door import Answer, Door, Request, doors_of, opens
from functions.examples import UNSAID
from functions.openapi import with_description
from shared.domain.access import TABLE
from shared.domain.entry import Operation
from tests.builders import RECORDING, a_clip
from tests.functions.directory import OFFICER_BYRON
from tests.functions.opened import DOORS, ROOT
from tests.functions.promised import DOCUMENT, keeps_its_promise, must_fit, operation, resolved
from tests.functions.world import MemoryService

OUTSIDE = {"script", "img", "link", "iframe", "object", "embed", "form", "audio", "video", "source", "base"}


def operations(document: Mapping[str, Any] = DOCUMENT) -> list[tuple[str, str, Mapping[str, Any]]]:
    return [(path, method, said) for path, item in document["paths"].items() for method, said in item.items()]


def contents(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Everything with a schema and an example in one operation."""
    yield from said.get("parameters", [])
    for part in (said.get("requestBody", {}), *map(resolved, said["responses"].values())):
        yield from (content for content in part.get("content", {}).values() if "example" in content)


def test_the_document_is_valid_openapi_3_1() -> None:
    assert [wrong.message for wrong in OpenAPIV31SpecValidator(json.loads(json.dumps(DOCUMENT))).iter_errors()] == []


async def test_what_is_served_describes_every_door_exactly_once(world: MemoryService) -> None:
    served = (await world.ask("openapi")).json
    found = [(said["operationId"], method.upper(), path) for path, method, said in operations(served)]
    assert sorted(found) == sorted(
        (name, door.method, f"/api/{door.route.replace('*', '')}") for name, door in DOORS.items()
    )


@pytest.mark.parametrize("name", list(DOORS))
def test_a_door_is_described_as_it_is_declared(name: str) -> None:
    door, said = DOORS[name], operation(name)
    assert (said["summary"], said["x-operation"]) == (door.about, door.operation)
    assert said["x-callers"] == (dict(TABLE[door.permission]) if door.permission else {})
    assert (said["security"] == []) == (door.permission is None)
    assert ("requestBody" in said) == (door.body is not None)
    named = {(part["in"], part["name"]) for part in said.get("parameters", [])}
    assert {part for place, part in named if place == "path"} == set(re.findall(r"{\*?(\w+)}", door.route))
    asked = {field.alias for field in door.query.model_fields.values()} if door.query else set()
    assert {part for place, part in named if place == "query"} == asked
    assert {str(int(status)) for status in (door.status, *door.also)} < set(said["responses"])
    headers = {
        part["name"]: part.get("required", False) for part in said.get("parameters", []) if part["in"] == "header"
    }
    assert headers.get("If-Match", False) == door.changes
    assert ("Idempotency-Key" in headers) == (door.permission is not None and door.method != "GET")
    assert ("If-None-Match" in headers) == (HTTPStatus.NOT_MODIFIED in door.also)


@pytest.mark.parametrize(
    "door, refuses",
    [
        ("health", {400, 500}),
        ("read", {400, 401, 403, 404, 500}),
        ("search", {400, 401, 403, 500}),
        ("poster", {400, 401, 403, 404, 409, 410, 500}),
        ("categorise", {400, 401, 403, 404, 409, 410, 412, 428, 500}),
        ("register_dock", {400, 401, 403, 404, 409, 412, 428, 500}),
    ],
)
def test_what_a_door_can_refuse_with_follows_from_what_it_declares(door: str, refuses: set[int]) -> None:
    assert {int(status) for status, said in operation(door)["responses"].items() if "$ref" in said} == refuses
    for said in map(resolved, operation(door)["responses"].values()):
        assert "X-Request-Id" in said["headers"]


@pytest.mark.parametrize("name", list(DOORS))
def test_every_example_of_a_door_is_one_that_its_schema_admits(name: str) -> None:
    for content in contents(operation(name)):
        must_fit(content["schema"], content["example"])
        assert UNSAID not in json.dumps(content["example"]), "say in functions/examples.py what one looks like"


def test_an_example_that_its_schema_does_not_admit_would_be_seen() -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        must_fit({"$ref": "#/components/schemas/ShownClip"}, {"id": RECORDING})
    with pytest.raises(jsonschema_rs.ValidationError):
        must_fit({"type": "string", "format": "date-time"}, "yesterday")


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert DOCUMENT["info"]["version"] == project["version"]


def _a_room(name: str) -> func.Blueprint:
    bp = func.Blueprint()
    door = Door(
        name=name,
        method="GET",
        route=f"{name}s",
        about="<script>alert(1)</script>",
        permission=None,
        operation=Operation.ADMINISTRATION,
        shows="text/plain",
    )

    @opens(bp, door)
    async def answer(request: Request[None, None]) -> Answer:
        return Answer(body=name, content_type="text/plain")

    return bp


def test_an_app_describes_the_doors_it_opens_and_no_other() -> None:
    one, another = _a_room("one"), _a_room("another")
    rooms = with_description([one])
    assert [door.name for door in doors_of(rooms)] == ["one", "openapi", "docs"]
    assert [door.name for door in doors_of([another])] == ["another"]


def test_what_a_door_does_not_say_that_it_answers_is_seen() -> None:
    with pytest.raises(AssertionError, match="does not say that it answers 418"):
        keeps_its_promise("health", 418, {}, "application/json", b"{}")
    with pytest.raises(AssertionError, match="is not what it says"):
        keeps_its_promise("health", 200, {}, "text/html", b"{}")
    with pytest.raises(jsonschema_rs.ValidationError):
        keeps_its_promise("health", 200, {}, "application/json", b'{"status": 7}')
    with pytest.raises(AssertionError, match="an ETag, or none"):
        keeps_its_promise("health", 200, {"ETag": '"x"'}, "application/json", b'{"status": "alive"}')


@pytest.mark.parametrize("door", ["openapi", "docs"])
async def test_a_caller_who_has_it_already_is_told_so(world: MemoryService, door: str) -> None:
    first = await world.ask(door)
    again = await world.ask(door, headers={"If-None-Match": first.etag})
    other = await world.ask(door, headers={"If-None-Match": '"of yesterday"'})
    assert (first.status, again.status, other.status) == (200, HTTPStatus.NOT_MODIFIED, 200)
    assert (again.raw, again.etag, other.raw) == (b"", first.etag, first.raw)
    assert first.headers["Cache-Control"] == "private, max-age=300"


class Page(HTMLParser):
    """The page as a browser takes it apart."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.words = ""
        self._text = text
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset", "action")]

    def handle_data(self, data: str) -> None:
        self.words += data

    @property
    def style(self) -> str:
        (found,) = re.findall(r"<style>(.*?)</style>", self._text, re.DOTALL)
        return str(found)


@pytest.fixture
async def docs(world: MemoryService) -> Page:
    return Page((await world.ask("docs")).raw.decode())


async def test_the_page_fetches_nothing_and_runs_nothing(docs: Page) -> None:
    assert docs.tags & OUTSIDE == set()
    assert [link for link in docs.links if not link.startswith("#")] == []
    assert [name for name in docs.attributes if name.startswith("on") or name == "style"] == []
    assert "url(" not in docs.style
    assert "@import" not in docs.style


async def test_every_link_of_the_page_leads_somewhere_on_it(docs: Page) -> None:
    assert len(docs.ids) == len(set(docs.ids))
    assert {link.removeprefix("#") for link in docs.links} - set(docs.ids) == set()


async def test_the_page_tells_of_every_door_and_who_may_come_in(docs: Page) -> None:
    assert set(DOORS) - set(docs.ids) == set()
    for door in DOORS.values():
        assert f"{door.method} /api/{door.route.replace('*', '')}" in docs.words
        assert door.about in docs.words
        for role in TABLE[door.permission] if door.permission else ():
            assert f"{role} (" in docs.words


async def test_the_page_is_under_a_policy_that_admits_its_style_and_nothing_else(world: MemoryService) -> None:
    answered = await world.ask("docs")
    digest = hashlib.sha256(Page(answered.raw.decode()).style.encode()).digest()
    policy = dict(part.strip().split(" ", 1) for part in answered.headers["Content-Security-Policy"].split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": f"'sha256-{base64.b64encode(digest).decode()}'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    assert answered.sent_type == "text/html; charset=utf-8"


def test_what_a_door_says_of_itself_is_text_on_the_page_whatever_it_says() -> None:
    document = json.loads(json.dumps(described(doors_of([_a_room("one")]))))
    shown = Page(page(document))
    assert "script" not in shown.tags
    assert "<script>alert(1)</script>" in shown.words


async def test_the_commands_of_the_page_are_what_a_shell_reads(docs: Page) -> None:
    commands = re.findall(r"curl -sS.*?\"\$BASE\S+\"", docs.words, re.DOTALL)
    assert len(commands) == len(DOORS)
    for command in commands:
        words = shlex.split(command)
        assert re.fullmatch(r"\$BASE/api/[^{}]*", words[-1]), command
        if "-d" in words:
            assert isinstance(json.loads(words[words.index("-d") + 1]), dict)


async def test_a_knock_that_is_answered_as_no_door_says_fails_wherever_it_is_made(world: MemoryService) -> None:
    """The hook of tests/functions/world.py: without it nothing would hold answers against the document."""
    world.hold(a_clip())
    undescribed = operation("read")["responses"].pop("200")
    try:
        with pytest.raises(AssertionError, match="does not say that it answers 200"):
            await world.ask("read", OFFICER_BYRON, route={"id": RECORDING})
    finally:
        operation("read")["responses"]["200"] = undescribed
