"""What Power Query asks of a feed, request by request as they were recorded, and that it gets what it goes on from.

It is the same for Power BI and for Excel. Nobody here can run it: the requests and headers are those of traces that
others published, and each answer is held to what broke it elsewhere (header by header, byte by byte).
"""

import gzip
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from shared.domain.document import timestamp
from shared.domain.odata.sets import BY_NAME
from tests.e2e.feed_clients import O_BRIEN, Fed
from tests.e2e.store import Store
from tests.functions.feed_asked import POWER_QUERY, ROWS_TYPE

pytestmark = pytest.mark.stack

PREVIEW = "$top=1000"
IN_PAGES = {"Prefer": "odata.maxpagesize=4"}  # as OData.Feed(..., [Headers = ...]) sends it
SUMMER = timezone(timedelta(hours=1))  # a PC's clock in London, half the year
PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    status: int
    headers: http.client.HTTPMessage
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))

    def every(self, header: str) -> list[str]:
        return self.headers.get_all(header, [])


class PowerQuery:
    """Sends what Power Query sends."""

    def __init__(self, feed: Fed) -> None:
        self._feed = feed
        self._signed_in = f"Bearer {feed.token}"

    def told(self, path: str, more: Mapping[str, str] | None = None) -> Told:
        """The answer below the feed's root, or at a whole address."""
        return self._sent(path, {"Authorization": self._signed_in, **(more or {})})

    def turned_away(self, authorization: str | None) -> Told:
        """The answer to that whole header in place of a token; None: no such header."""
        return self._sent("", {} if authorization is None else {"Authorization": authorization})

    def rows(self, query: str) -> list[str]:
        """The ids of what the preview shows of the entries."""
        return [row["id"] for row in self.told(f"/AuditEntries?{query}").body["value"]]

    def _sent(self, path: str, headers: Mapping[str, str]) -> Told:
        address = urlsplit(path if path.startswith("http") else f"{self._feed.address}{path}")
        connection = http.client.HTTPConnection(address.netloc, timeout=PATIENCE)
        try:
            target = f"{address.path}?{address.query}" if address.query else address.path
            connection.request("GET", target, headers={**POWER_QUERY, **headers})
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        unpacked = gzip.decompress(raw) if answer.headers["Content-Encoding"] == "gzip" else raw
        return Told(status=answer.status, headers=answer.headers, raw=unpacked)


@pytest.fixture(scope="module")
def power_query(feed: Fed) -> PowerQuery:
    return PowerQuery(feed)


def about(feed: Fed, more: str = "") -> str:
    return f"$filter=subject%20eq%20%27{feed.subject}%27{more}"


def test_whoever_is_not_signed_in_is_told_where_to(power_query: PowerQuery) -> None:
    unknown, empty = power_query.turned_away(None), power_query.turned_away("Bearer")
    assert (unknown.status, empty.status) == (401, 401)
    [realm], [authorize] = unknown.every("WWW-Authenticate"), empty.every("WWW-Authenticate")
    tenant = realm.removeprefix("Bearer realm=")
    assert (tenant.startswith("https://"), authorize) == (True, f"Bearer authorization_uri={tenant}/oauth2/authorize")


def test_the_root_and_the_metadata_are_what_it_can_read_whatever_it_says_it_accepts(
    power_query: PowerQuery, feed: Fed
) -> None:
    root, slashed, metadata = (power_query.told(path) for path in ("", "/", "/$metadata"))
    assert (root.status, slashed.body, root.every("Content-Type")) == (200, root.body, [ROWS_TYPE])
    assert root.body["@odata.context"] == f"{feed.address}/$metadata"
    assert [each["url"] for each in root.body["value"]] == list(BY_NAME)
    assert (metadata.status, metadata.every("Content-Type")) == (200, ["application/xml;charset=utf-8"])
    assert metadata.raw.startswith(b"<?xml")
    assert power_query.told("/%24metadata").raw == metadata.raw


@pytest.mark.parametrize("path", ["", "/$metadata", "/AuditEntries?$top=1", "/AuditEntries?$filter=wrong", "/Nothing"])
def test_the_version_is_said_once_and_only_once(power_query: PowerQuery, path: str) -> None:
    assert power_query.told(path).every("OData-Version") == ["4.0"]


@pytest.mark.parametrize("name", BY_NAME)
def test_each_set_has_a_preview(power_query: PowerQuery, feed: Fed, name: str) -> None:
    preview = power_query.told(f"/{name}?{PREVIEW}")
    assert (preview.status, preview.every("Content-Type")) == (200, [ROWS_TYPE])
    assert preview.every("Content-Encoding") == ["gzip"]
    assert preview.body["@odata.context"] == f"{feed.address}/$metadata#{name}"
    columns = [column.name for column in BY_NAME[name].columns]
    assert all(list(row) == columns for row in preview.body["value"])


def test_the_columns_it_keeps_are_asked_for_by_name(power_query: PowerQuery, feed: Fed) -> None:
    chosen = power_query.told(f"/AuditEntries?{about(feed)}&$select=id%2CoccurredAt%2CreasonText&{PREVIEW}").body
    assert chosen["@odata.context"] == f"{feed.address}/$metadata#AuditEntries(id,occurredAt,reasonText)"
    assert {tuple(row) for row in chosen["value"]} == {("id", "occurredAt", "reasonText")}
    assert {row["reasonText"] for row in chosen["value"]} == {O_BRIEN, None}


def test_a_time_is_understood_as_it_writes_times(power_query: PowerQuery, feed: Fed) -> None:
    everything = {entry.id for entry in feed.entries}
    recorded = ("2021-02-03T04%3A05%3A06Z", "2021-02-03T00%3A00%3A00%2B01%3A00")
    for time in recorded:
        assert set(power_query.rows(f"{about(feed)}%20and%20occurredAt%20gt%20{time}&{PREVIEW}")) == everything
        assert power_query.rows(f"{about(feed)}%20and%20occurredAt%20lt%20{time}&{PREVIEW}") == []


def test_an_incremental_refresh_gets_its_own_stretch_and_no_row_twice(power_query: PowerQuery, feed: Fed) -> None:
    edge = feed.entries[6].occurred_at
    for written in (timestamp(edge), edge.astimezone(SUMMER).isoformat()):
        before = power_query.rows(f"{about(feed)}%20and%20occurredAt%20lt%20{quote(written, safe='')}")
        after = power_query.rows(f"{about(feed)}%20and%20occurredAt%20ge%20{quote(written, safe='')}")
        assert set(before) == {entry.id for entry in feed.entries[:6]}
        assert set(after) == {entry.id for entry in feed.entries[6:]}


def test_the_links_it_follows_give_each_row_once(power_query: PowerQuery, feed: Fed) -> None:
    read: list[str] = []
    link: str | None = f"{feed.address}/AuditEntries?{about(feed)}&$top=9"
    sizes: list[int] = []
    while link:
        page = power_query.told(link, IN_PAGES)
        assert (page.status, page.every("Preference-Applied")) == (200, ["odata.maxpagesize=4"])
        read += [row["id"] for row in page.body["value"]]
        sizes.append(len(page.body["value"]))
        link = page.body.get("@odata.nextLink")
        assert link is None or link.startswith(f"{feed.address}/AuditEntries?")
    assert (sizes, len(set(read))) == ([4, 4, 1], 9)


async def test_a_reading_is_one_entry_however_many_its_pages(power_query: PowerQuery, feed: Fed, store: Store) -> None:
    before = await _readings(store, feed)
    page = power_query.told(f"/AuditEntries?{about(feed)}&$count=true", IN_PAGES).body
    while link := page.get("@odata.nextLink"):
        page = power_query.told(link, IN_PAGES).body
    assert page["@odata.count"] == len(feed.entries)
    assert await _readings(store, feed) == before + 1


async def _readings(store: Store, feed: Fed) -> int:
    entries = await store.entries("actor:S-auditor")
    return sum(entry["action"] == "feed.queried" and feed.subject in json.dumps(entry["changes"]) for entry in entries)


def test_what_it_cannot_have_is_an_error_it_can_show(power_query: PowerQuery) -> None:
    for path, status in (
        ("/AuditEntries?$apply=aggregate($count%20as%20n)", 501),
        ("/AuditEntries?$filter=wrong%20eq%201", 400),
        ("/AuditEntries?$skiptoken=forged", 400),
        ("/Nothing", 404),
    ):
        refused = power_query.told(path)
        assert (refused.status, refused.every("Content-Type")) == (status, [ROWS_TYPE]), path
        assert set(refused.body["error"]) >= {"code", "message"}
