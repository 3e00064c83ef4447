"""Frozen dataclasses to JSON documents and back.

Names become camelCase; times are UTC with a fixed width of microseconds, so that text order is time order;
enums are their values; tuples are lists. An absent name takes the field's default, so that a newer release reads an
older one's documents. An unknown name is passed over by those who only look, and refused to those who might write
the record back: an older release must not drop what a newer one knows (`whole`).
"""

import re
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
Read = Callable[[Any], Any]
ENVELOPE = {"id", "pk", "kind"}  # what the store addresses a record by, whether or not it is a field of it
UTC_MICROSECONDS = "%Y-%m-%dT%H:%M:%S.%fZ"
WIDTH = len("2026-11-25T20:52:56.000000Z")
OURS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


def timestamp(at: datetime) -> str:
    """`at` as fixed-width UTC text. A time without a zone is refused: it is not evidence of when."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not evidence of when")
    # strftime does not pad years before 1000 on every platform, and a camera's clock can say anything.
    return at.astimezone(UTC).strftime(UTC_MICROSECONDS).rjust(WIDTH, "0")


def moment(text: str) -> datetime:
    """The time that `timestamp` wrote. Raises ValueError for anything it never writes."""
    if not OURS.fullmatch(text):
        raise ValueError("not a time as we write it")
    return datetime.fromisoformat(text)  # strptime takes eight times as long, and a page of clips has 200 of them


@cache
def camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def to_document(value: Any) -> Any:
    """The JSON shape of a record, or of any value inside one."""
    match value:
        case Enum():
            return value.value
        case str() | int() | None:
            return value
        case datetime():
            return timestamp(value)
        case date():
            return value.isoformat()
        case tuple():
            return [to_document(item) for item in value]
        case Mapping():
            return {str(key): to_document(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return {camel(f.name): to_document(getattr(value, f.name)) for f in fields(value)}
    raise TypeError(f"{type(value).__name__} has no place in a document")


class NewerDocument(Exception):
    """The document has a name that this release does not know. A fault: a newer release has to do this."""


def from_document(kind: type[T], document: Mapping[str, Any], *, whole: bool = False) -> T:
    """The record of type `kind` that `document` holds. Raises TypeError, ValueError or KeyError if it is none.

    `whole`: raises NewerDocument if anything in it would be lost.
    """
    return cast("T", _reads(cast("Hashable", kind), whole)(document))


@cache
def _reads(kind: Hashable, whole: bool) -> Read:  # noqa: FBT001 - a key of the cache
    """How such a record is read: found out from its types once, for a page is fifty of them."""
    names = [(name, camel(name), _read_as(hint, whole)) for name, hint in _hints(kind).items()]
    known = {name for _, name, _ in names}

    def read(document: Mapping[str, Any]) -> Any:
        given = {name: value(document[key]) for name, key, value in names if key in document}
        if whole:
            _nothing_more(document, known)
        return cast("Any", kind)(**given)

    return read


def _nothing_more(document: Mapping[str, Any], known: set[str]) -> None:
    more = [name for name in document if name not in known | ENVELOPE and not name.startswith("_")]
    if more:
        raise NewerDocument(f"this release does not know {', '.join(sorted(more))}")


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(cast("Any", kind)) if f.init}


@cache
def _read_as(hint: Any, whole: bool) -> Read:  # noqa: FBT001 - a key of the cache
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        one = _read_as(_other_than_none(hint), whole)
        return lambda raw: None if raw is None else one(raw)
    if origin is tuple:
        item = _read_as(get_args(hint)[0], whole)
        return lambda raw: tuple(map(item, raw))
    if origin is not None:
        member = _read_as(get_args(hint)[1], whole)
        return lambda raw: {key: member(value) for key, value in raw.items()}
    return _read_plain(getattr(hint, "__supertype__", hint), whole)  # a NewType is its supertype


def _read_plain(kind: Any, whole: bool) -> Read:  # noqa: FBT001 - as it was given
    if is_dataclass(kind):
        return _reads(cast("Hashable", kind), whole)
    if issubclass(kind, Enum):
        return cast("Read", kind)
    if issubclass(kind, datetime):
        return moment
    return date.fromisoformat if issubclass(kind, date) else _as_it_is


def _as_it_is(raw: Any) -> Any:
    return raw


def _other_than_none(hint: Any) -> Any:
    (only,) = (arg for arg in get_args(hint) if arg is not types.NoneType)
    return only
