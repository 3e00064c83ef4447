"""Answers a caller may keep for a while, because they name nobody: with a tag, and 304 to whoever has them already."""

import hashlib
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from functions.door import Answer, Request

OPAQUE = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')


def kept(
    content: str,
    request: Request[Any, Any],
    *,
    seconds: int,
    content_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Answer:
    tag = hashlib.sha256(content.encode()).hexdigest()
    said = {**(headers or {}), "ETag": f'"{tag}"', "Cache-Control": f"private, max-age={seconds}"}
    if _have(tag, request.have):
        return Answer(body="", status=HTTPStatus.NOT_MODIFIED, content_type=content_type, headers=said)
    return Answer(body=content, content_type=content_type, headers=said)


def _have(tag: str, given: str) -> bool:
    """Whether If-None-Match names what is there: `*`, or any of its tags, weak or not (RFC 9110 section 13.1.2)."""
    return given.strip() == "*" or tag in OPAQUE.findall(given)
