"""From bytes and query texts to what a door declared. What does not fit is refused by the name of its field."""

import base64
import re
import unicodedata
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated, TypeVar

import azure.functions as func
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

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
IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
Identifier = Annotated[str, StringConstraints(pattern=f"^{IDENTIFIER.pattern}$")]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
Uuid = Annotated[str, StringConstraints(pattern=f"^{UUID.pattern}$")]
ETAG = re.compile(r'"?([A-Za-z0-9_-]+)"?')


def canonical_address(text: str) -> str:
    """The one way to write a network address, so that two of them can be compared. Raises ValueError if it is none."""
    if "%" in text:
        raise ValueError("an address with a zone names a machine to itself only")
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError("must be an IPv4 or IPv6 address") from None
    return str(getattr(address, "ipv4_mapped", None) or address)


def _utc(at: datetime) -> datetime:
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time has no place in UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
NetworkAddress = Annotated[str, AfterValidator(canonical_address)]


def parsed_body(kind: type[M], req: func.HttpRequest) -> M:
    raw = req.get_body()
    if len(raw) > LARGEST_BODY:
        raise Malformed(f"at most {LARGEST_BODY} bytes", field="body")
    try:
        return kind.model_validate_json(raw)
    except ValidationError as wrong:
        raise _malformed(wrong, "body") from None


def parsed_query(kind: type[M], req: func.HttpRequest) -> M:
    try:
        return kind.model_validate(dict(req.params))
    except ValidationError as wrong:
        raise _malformed(wrong, "query") from None


def version_in(req: func.HttpRequest) -> str | None:
    """The store's version the caller saw, from `If-Match`; None if they name none."""
    given = req.headers.get("If-Match")
    if not given:
        return None
    ours = ETAG.fullmatch(given.strip())
    try:
        if ours is None:
            raise ValueError
        return base64.urlsafe_b64decode(ours[1] + "==").decode()
    except ValueError:
        raise Malformed("this is no ETag of ours", field="If-Match") from None


def version_out(version: str) -> str:
    """A store's version as a caller sees it: opaque, and fit to stand in an ETag."""
    return base64.urlsafe_b64encode(version.encode()).decode().rstrip("=")


def _malformed(wrong: ValidationError, where: str) -> Malformed:
    """The first of what is wrong, by field; never the value that was sent."""
    error = wrong.errors(include_url=False, include_input=False, include_context=False)[0]
    path = ".".join(str(part) for part in error["loc"])
    return Malformed(f"{path or where}: {error['msg']}", field=path or where)
