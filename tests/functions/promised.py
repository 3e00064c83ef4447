"""What the OpenAPI document promises of an answer. Every knock at a door in tests/functions is held against it."""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import jsonschema_rs

from functions.describing import described
from tests.functions.opened import DOORS


@cache
def document(ledger_open: bool) -> Mapping[str, Any]:
    """As the doors stand where the ledger is open to all, or is not."""
    standing = [door.standing(ledger_open=ledger_open) for door in DOORS.values()]
    made: Mapping[str, Any] = json.loads(json.dumps(described(standing)))
    return made


DOCUMENT = document(True)


def operation(door: str, *, ledger_open: bool = True) -> Mapping[str, Any]:
    found: Mapping[str, Any] = document(ledger_open)["paths"][f"/api/{DOORS[door].route.replace('*', '')}"][
        DOORS[door].method.lower()
    ]
    return found


def resolved(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What it refers to, if it refers to anything."""
    found = DOCUMENT if "$ref" in part else part
    for step in part.get("$ref", "#").split("/")[1:]:
        found = found[step]
    return found


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {**json.loads(schema), "components": DOCUMENT["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def must_fit(schema: Mapping[str, Any], value: Any) -> None:
    """Raises jsonschema_rs.ValidationError if `schema` of the document does not admit `value`."""
    _validator(json.dumps(schema)).validate(value)


def keeps_its_promise(
    door: str, status: int, headers: Mapping[str, str], content_type: str, raw: bytes, *, ledger_open: bool = True
) -> None:
    """The status is one that the door declares; type, body and ETag are what it says of that status."""
    answers = operation(door, ledger_open=ledger_open)["responses"]
    assert str(status) in answers, f"{door} does not say that it answers {status}: declare what it refuses with"
    said = resolved(answers[str(status)])
    content = said.get("content", {})
    assert content_type in content if raw else content == {}, f"{door} {status}: {content_type} is not what it says"
    assert ("ETag" in headers) == ("ETag" in said["headers"]), f"{door} {status}: an ETag, or none, against its word"
    raw = gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" else raw
    if raw and "json" in content_type and "schema" in content[content_type]:
        must_fit(content[content_type]["schema"], json.loads(raw))
