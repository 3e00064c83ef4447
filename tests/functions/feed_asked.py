"""Asking the feed in the tests of its door: entries old enough to be shown, and pages turned by their links."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from shared.domain.entry import Entry, Trail
from tests.builders import BOROUGH, NOW, an_asking, an_entry
from tests.functions.directory import Claims, person
from tests.functions.world import Answered, MemoryService

AUDITOR = person("auditor", borough=None)
OF_BOROUGH = person("auditor")
ROOT = "https://continuity.test/api/odata"
ROWS_TYPE = "application/json;odata.metadata=minimal;charset=utf-8"
# As Power Query sent them in a recorded trace (reference/odata.md section 1.1).
POWER_QUERY: Mapping[str, str] = {
    "Accept": "application/json;odata.metadata=minimal;q=1.0,application/json;odata=minimalmetadata;q=0.9,"
    "application/atomsvc+xml;q=0.8,application/atom+xml;q=0.8,application/xml;q=0.7,text/plain;q=0.7",
    "OData-MaxVersion": "4.0",
    "MaxDataServiceVersion": "3.0",
    "Accept-Encoding": "gzip, deflate",
    "User-Agent": "Microsoft.Data.Mashup (https://go.microsoft.com/fwlink/?LinkID=304225)",
}


def enter(world: MemoryService, number: int, *, borough: str | None = BOROUGH, **changes: Any) -> list[Entry]:
    """Entries of one trail, a second apart, the last of them ten minutes ago."""
    made: list[Entry] = []
    trail: Trail | None = None
    for index in range(number):
        asking = an_asking(at=NOW - timedelta(minutes=10, seconds=number - index), borough=None)
        said = {"pk": f"of:{borough}", "key": f"{borough}-{index}", "borough": borough, "asking": asking, **changes}
        entry, trail = an_entry(trail, **said)
        made.append(entry)
        world.records.put(entry, trail)
    return made


async def get(
    world: MemoryService,
    path: str = "AuditEntries",
    query: Any = (),
    *,
    who: Claims | None = AUDITOR,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> Answered:
    return await world.ask("feed", who, route={"resource": path}, query=query, headers=headers, **more)


async def follow(world: MemoryService, link: str, *, who: Claims = AUDITOR, **more: Any) -> Answered:
    """The page that a link leads to, asked for as it stands."""
    parts = urlsplit(link)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}".startswith(f"{ROOT}/")
    return await get(world, parts.path.rpartition("/")[2], who=who, sent=parts.query, **more)


async def pages(world: MemoryService, query: Any = (), **more: Any) -> list[Answered]:
    found = [await get(world, query=query, **more)]
    while link := found[-1].json.get("@odata.nextLink"):
        found.append(await follow(world, link, **more))
    return found


def ids(found: list[Answered]) -> list[str]:
    return [row["id"] for page in found for row in page.json["value"]]


def token_in(answered: Answered) -> str:
    return str(answered.json["@odata.nextLink"].rpartition("$skiptoken=")[2])


def queries(world: MemoryService) -> list[Entry]:
    return [entry for entry in world.entries() if entry.action == "feed.queried"]
