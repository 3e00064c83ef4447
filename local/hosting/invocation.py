"""The words the parts of the Functions host stand-in share: a function, what it is given, how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

HTTP = "httpTrigger"
EVENT_GRID = "eventGridTrigger"
TIMER = "timerTrigger"
QUEUE = "queueTrigger"
TRIGGERS = (HTTP, EVENT_GRID, TIMER, QUEUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One indexed function; `trigger` and `bindings` are the worker's JSON, in function.json's words."""

    name: str
    identity: str
    trigger: Mapping[str, Any]
    bindings: tuple[Mapping[str, Any], ...]

    @property
    def kind(self) -> str:
        return str(self.trigger["type"])


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """What the host sends for a request: header names lower-cased, one value for each name."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    parameters: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonInput:
    """An event or a timer's payload, with what the host says beside it."""

    text: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageInput:
    """A queue message's body, with its trigger metadata."""

    body: str | bytes
    metadata: Mapping[str, Any]


Input = HttpRequest | JsonInput | MessageInput


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceContext:
    parent: str
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an invocation ended; `error` is None when it succeeded."""

    answer: HttpAnswer | None = None
    error: str | None = None
    traceback: str = ""

    @property
    def succeeded(self) -> bool:
        return self.error is None
