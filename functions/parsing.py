"""From bytes and query texts to what a door declared. What does not fit is refused by the name of its field."""

import base64
import json
import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Strict,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_camel

from shared.domain.annotate import LONGEST_NOTE
from shared.domain.categorise import CATEGORIES
from shared.domain.correct import INCIDENT_NUMBER
from shared.domain.entry import REASON_LENGTH
from shared.errors import Malformed

M = TypeVar("M", bound=BaseModel)
LARGEST_BODY = 64 * 1024
NOT_TEXT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, format (bidirectional marks), unassigned


class Query(BaseModel):
    """Base of queries: camelCase names, and no name we do not know."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)


class Body(Query):
    """Base of JSON bodies: what is a number must be sent as one."""

    model_config = ConfigDict(strict=True)


def _plain(text: str) -> str:
    if any(unicodedata.category(c) in NOT_TEXT for c in text):
        raise ValueError("control and formatting characters have no place in it")
    return text


PlainText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_LENGTH),
    AfterValidator(_plain),
]


def _lines(text: str) -> str:
    _plain(text.replace("\n", ""))
    return text


NoteText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NOTE),
    AfterValidator(_lines),
]
IncidentNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=f"^{INCIDENT_NUMBER.pattern}$"),
]
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
Identifier = Annotated[str, StringConstraints(pattern=f"^{IDENTIFIER.pattern}$")]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Uuid = Annotated[str, StringConstraints(pattern=f"^{UUID.pattern}$")]
ETAG = re.compile(r'"?([A-Za-z0-9_-]+)"?')
ISO_8601 = re.compile(r"\d{4}-\d\d-\d\d")
FIELD = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


def canonical_address(text: str) -> str:
    """The one way to write a network address, so that two of them can be compared. Raises ValueError if it is none."""
    if "%" in text:
        raise ValueError("an address with a zone names a machine to itself only")
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _written_out(at: Any) -> Any:
    """Raises ValueError for a number, said as a text too: pydantic would take it for seconds since 1970."""
    if not (isinstance(at, str) and ISO_8601.match(at)):
        raise ValueError("a time in ISO 8601 is wanted")
    return at


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time has no place in UTC") from None


def _version(shown: str) -> str:
    """The store's version that `version_out` wrote. Raises ValueError if it wrote no such thing."""
    version = base64.urlsafe_b64decode(shown + "==").decode()
    if not version:
        raise ValueError("a version as it was shown is wanted")
    return version


def _category(name: str) -> str:
    if name not in CATEGORIES:
        raise ValueError(f"one of {', '.join(CATEGORIES)}")
    return name


Version = Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{1,200}$"), AfterValidator(_version)]
CategoryName = Annotated[
    Identifier, AfterValidator(_category), WithJsonSchema({"type": "string", "enum": list(CATEGORIES)})
]
# Not strict: to pydantic a text that went through Python first is no longer JSON's way to write a time.
Moment = Annotated[AwareDatetime, Strict(strict=False), BeforeValidator(_written_out), AfterValidator(_utc)]
NetworkAddress = Annotated[str, AfterValidator(canonical_address)]


def parsed_body(kind: type[M], req: func.HttpRequest, largest: int = LARGEST_BODY) -> M:
    raw = req.get_body()
    if len(raw) > largest:
        raise Malformed(f"at most {largest} bytes", field="body")
    try:
        body = kind.model_validate_json(raw)
    except ValidationError as wrong:
        raise _malformed(wrong, "body") from None
    json.loads(raw, object_pairs_hook=_once, parse_int=str)
    return body


def parsed_query(kind: type[M], req: func.HttpRequest) -> M:
    """The host joins what was said twice with a comma, which is another question: its address still tells."""
    _once((name.lower(), value) for name, value in parse_qsl(urlsplit(req.url).query))
    try:
        return kind.model_validate(dict(req.params))
    except ValidationError as wrong:
        raise _malformed(wrong, "query") from None


def must_hold_a_time(since: datetime | None, until: datetime | None, *, field: str) -> None:
    """Raises Malformed for a stretch of time in which nothing can be; `field` is the name that its end was sent by."""
    if since is not None and until is not None and since >= until:
        begins = field.replace("Until", "Since").replace("until", "since")
        raise Malformed(f"{field}: must be after {begins}", field=field)


def version_in(req: func.HttpRequest) -> str | None:
    """The store's version the caller saw, from `If-Match`; None if they name none."""
    given = req.headers.get("If-Match")
    if not given:
        return None
    ours = ETAG.fullmatch(given.strip())
    try:
        return _version(ours[1] if ours else "")
    except ValueError:
        raise Malformed("this is no ETag of ours", field="If-Match") from None


def version_out(version: str) -> str:
    """A store's version as a caller sees it: opaque, and fit to stand in an ETag."""
    return base64.urlsafe_b64encode(version.encode()).decode().rstrip("=")


def _malformed(wrong: ValidationError, where: str) -> Malformed:
    """The first of what is wrong, by field; never the value that was sent."""
    error = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ".".join(_named(str(part)) for part in error["loc"])
    return Malformed(f"{path or where}: {error['msg']}", field=path or where)


def _once(said: Iterable[tuple[str, Any]]) -> None:
    """Two readers of a name that is said twice may read two things, so neither is read."""
    seen: set[str] = set()
    for name, _ in said:
        if name in seen:
            raise Malformed(f"{_named(name)}: said twice", field=_named(name))
        seen.add(name)


def _named(field: str) -> str:
    """A field nobody knows has any name its sender likes, so it may be no text to repeat."""
    return field if FIELD.fullmatch(field) else "unreadable"
