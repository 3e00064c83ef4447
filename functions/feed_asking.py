"""What a request asks of the feed: path, query text and headers as OData 4.0 has them (Protocol, sections 8 and 11).

W1  The address of a next page has at most 7,500 characters as it is sent, and so much room for its token as the longest
    one takes: a link that we gave can be followed, for a web server takes a first line of 8 KB (Kestrel: 8,192 bytes,
    method and version among them). A question that is longer is refused at its first page. What is decoded has at
    most 8,192 characters, the page token apart.
W2  The text is decoded once, as UTF-8; a plus is a blank. What is no text is refused, and what does not begin with a
    dollar sign is somebody else's (domain/odata/options.py).
W3  Whoever takes no newer OData than 3.0 is told so: they could not read what we say.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

import azure.functions as func

from functions.negotiating import JSON, form_for
from shared.domain.entry import Change, question
from shared.domain.odata.options import FORMAT, LONGEST, SKIP_TOKEN
from shared.domain.odata.told import shortened
from shared.errors import Malformed, Unsupported

ACCEPT, PREFER, NEWEST = "Accept", "Prefer", "OData-MaxVersion"
READS = (ACCEPT, PREFER, NEWEST)
IN_ROUTE = "resource"
LONGEST_QUERY = 8_192
LONGEST_LINK = 7_500
LONGEST_RAW = 12 * LONGEST_QUERY + LONGEST  # a character may be sent as twelve; and the page token
MOST_OPTIONS = 100
PAGE = 5_000
VERSION = re.compile(r"(\d{1,4})\.(\d{1,4})", re.ASCII)
PAGE_SIZE = re.compile(r"(?:^|[,;])\s*((?:odata\.)?maxpagesize)\s*=\s*\"?(\d{1,9})\"?\s*(?=$|[,;])", re.IGNORECASE)
XML = frozenset({"xml", "application/xml"})


@dataclass(frozen=True, slots=True)
class PageSize:
    """How many rows a page has at most; `applied`: the preference that was followed, as it is answered."""

    rows: int = PAGE
    applied: str | None = None


def options_in(raw: str) -> list[tuple[str, str]]:
    """The query's names and values, decoded. Raises Malformed (rules W1 and W2)."""
    if len(raw) > LONGEST_RAW:
        raise Malformed(f"a query has at most {LONGEST_QUERY} characters", field="query")
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=MOST_OPTIONS)
    except ValueError:
        raise Malformed(
            f"a query is UTF-8, percent-encoded, and has at most {MOST_OPTIONS} parts", field="query"
        ) from None
    if sum(len(name) + len(value) for name, value in pairs if name != SKIP_TOKEN) > LONGEST_QUERY:
        raise Malformed(f"a query has at most {LONGEST_QUERY} characters", field="query")
    return pairs


def ours(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The question itself: the page token says where it goes on, and what is somebody else's may be a key."""
    return [(name, value) for name, value in pairs if name.startswith("$") and name != SKIP_TOKEN]


def must_be_followable(link: str, token: int) -> None:
    """`link`: that of the next page but for its token, which has at most so many characters. Raises Malformed (W1)."""
    length = len(link) + token
    if length > LONGEST_LINK:
        raise Malformed(
            f"too long to be read page by page: the address of the next page would have {length} characters, and"
            f" {LONGEST_LINK} can be sent; ask for less at once",
            field="query",
        )


def must_speak_our_version(sent: Mapping[str, str]) -> None:
    """Rule W3."""
    if not sent[NEWEST]:
        return
    version = VERSION.fullmatch(sent[NEWEST].strip())
    if version is None or int(version[1]) < 4:  # noqa: PLR2004 - the version of OData that this is
        raise Malformed("this feed speaks OData 4.0", field=NEWEST)


def must_take_json(sent: Mapping[str, str]) -> None:
    """Raises NotAcceptable. Which metadata they wish beside the rows does not matter: they get the minimum."""
    form_for(sent[ACCEPT], (JSON,))


def must_ask_nothing_more(pairs: list[tuple[str, str]], *, formats: frozenset[str]) -> None:
    """Of what is the same for everybody. Raises Malformed or Unsupported."""
    for name, value in pairs:
        if name == FORMAT and value.lower() not in formats:
            raise Unsupported(f"this comes as {min(formats, key=len)} alone", field=FORMAT)
        if name.startswith("$") and name != FORMAT:
            raise Malformed("nothing can be chosen of this", field="query")


def page_size(sent: Mapping[str, str]) -> PageSize:
    """As they prefer, up to our own. A preference that cannot be followed is passed over (RFC 7240)."""
    wished = PAGE_SIZE.search(sent[PREFER])
    if wished is None or int(wished[2]) == 0:
        return PageSize()
    rows = min(int(wished[2]), PAGE)
    return PageSize(rows, f"{wished[1].lower()}={rows}")


def asked_of(req: func.HttpRequest) -> tuple[str, tuple[Change, ...]]:
    """What the entry of a refusal says was asked, as far as it can be told: attempts are to be seen."""
    raw = urlsplit(req.url).query[:LONGEST_RAW]
    try:
        pairs = parse_qsl(raw, keep_blank_values=True, errors="replace", max_num_fields=MOST_OPTIONS)
        said = "&".join(f"{name}={value}" for name, value in ours(pairs))
    except ValueError:
        said = f"more than {MOST_OPTIONS} options"
    return "feed", question(path=shortened(req.route_params.get(IN_ROUTE, "")), query=shortened(said) or None)
