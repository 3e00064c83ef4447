"""One person's calls to the running service: their token, JSON in and out, and the status they got."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

NO_PROXY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
PATIENCE = 60.0  # seconds
JSON = ("application/json", "application/problem+json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`body` is the parsed JSON, or the raw bytes of anything else: a document in JSON to take away is such, too."""

    status: int
    body: Any
    etag: str | None = None

    def must_be(self, status: int) -> "Reply":
        if self.status != status:
            raise UnexpectedReply(f"expected {status}, got {self.status}: {self.body}")
        return self


class UnexpectedReply(Exception):
    """The service answered, and not as the story goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with a token for the service at `base_url`."""

    name: str
    base_url: str
    token: str = field(repr=False)

    def get(self, path: str, *, accept: str | None = None) -> Reply:
        return self._call("GET", path, headers={"Accept": accept} if accept else {})

    def put(self, path: str, body: object, *, etag: str | None = None) -> Reply:
        return self._call("PUT", path, body, {"If-Match": etag} if etag else {})

    def post(self, path: str, body: object, *, etag: str | None = None) -> Reply:
        return self._call("POST", path, body, {"If-Match": etag} if etag else {})

    def _call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Reply:
        request = urllib.request.Request(  # noqa: S310 - the service's own address
            f"{self.base_url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **(headers or {})},
        )
        try:
            with NO_PROXY.open(request, timeout=PATIENCE) as answer:
                return _reply(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return _reply(refused.code, refused.headers, refused.read())


def _reply(status: int, headers: Message, raw: bytes) -> Reply:
    is_json = headers.get("Content-Type", "").partition(";")[0].strip() in JSON
    return Reply(status=status, body=json.loads(raw) if is_json else raw, etag=headers.get("ETag"))
