"""Frozen dataclasses to JSON documents and back.

Names become camelCase; times are UTC with a fixed width of microseconds, so that text order is time order;
enums are their values; tuples are lists. An absent name takes the field's default, so that a newer release reads an
older one's documents. An unknown name is passed over by those who only look, and refused to those who might write
the record back: an older release must not drop what a newer one knows (`whole`).
"""

import types
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")
ENVELOPE = {"id", "pk", "kind"}  # what the store addresses a record by, whether or not it is a field of it
UTC_MICROSECONDS = "%Y-%m-%dT%H:%M:%S.%fZ"
WIDTH = len("2026-11-25T20:52:56.000000Z")


def timestamp(at: datetime) -> str:
    """`at` as fixed-width UTC text. A time without a zone is refused: it is not evidence of when."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone is not evidence of when")
    # strftime does not pad years before 1000 on every platform, and a camera's clock can say anything.
    return at.astimezone(UTC).strftime(UTC_MICROSECONDS).rjust(WIDTH, "0")


def moment(text: str) -> datetime:
    """The time that `timestamp` wrote."""
    return datetime.strptime(text, UTC_MICROSECONDS).replace(tzinfo=UTC)


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
    hints = _hints(cast("Hashable", kind))
    given = {
        name: _value(hint, document[camel(name)], whole=whole)
        for name, hint in hints.items()
        if camel(name) in document
    }
    if whole:
        _nothing_more(document, {camel(name) for name in hints})
    return kind(**given)


def _nothing_more(document: Mapping[str, Any], known: set[str]) -> None:
    more = [name for name in document if name not in known | ENVELOPE and not name.startswith("_")]
    if more:
        raise NewerDocument(f"this release does not know {', '.join(sorted(more))}")


@cache
def _hints(kind: Hashable) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {f.name: hints[f.name] for f in fields(cast("Any", kind)) if f.init}


def _value(hint: Any, raw: Any, *, whole: bool) -> Any:
    origin = get_origin(hint)
    if origin in (types.UnionType, Union):
        return None if raw is None else _value(_other_than_none(hint), raw, whole=whole)
    if origin is tuple:
        return tuple(_value(get_args(hint)[0], item, whole=whole) for item in raw)
    if origin is not None:
        return {key: _value(get_args(hint)[1], item, whole=whole) for key, item in raw.items()}
    kind = getattr(hint, "__supertype__", hint)  # a NewType is its supertype
    if is_dataclass(kind):
        return from_document(kind, raw, whole=whole)  # type: ignore[arg-type] # is_dataclass() also admits instances
    if issubclass(kind, Enum):
        return kind(raw)
    if issubclass(kind, datetime):
        return moment(raw)
    if issubclass(kind, date):
        return date.fromisoformat(raw)
    return raw


def _other_than_none(hint: Any) -> Any:
    (only,) = (arg for arg in get_args(hint) if arg is not types.NoneType)
    return only
