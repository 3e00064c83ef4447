"""What the feed says, as OData 4.0 and its clients want it: a test for each line of reference/odata.md section 2."""

import gzip
import json
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from functions.feed import METADATA_TYPE, NUMBER_TYPE
from shared.domain.odata.sets import AUDIT_ENTRIES, SETS
from tests.builders import OTHER_BOROUGH
from tests.functions.directory import ISSUER, MANAGER
from tests.functions.feed_asked import AUDITOR, OF_BOROUGH, POWER_QUERY, ROOT, ROWS_TYPE, enter, get, ids, pages
from tests.functions.world import Answered, MemoryService

TENANT = ISSUER.removesuffix("/v2.0")
NAMES = [entities.name for entities in SETS]
WHOLE = [column.name for column in AUDIT_ENTRIES.columns]


def says_no(answered: Answered, status: int, code: str, target: str | None = None) -> None:
    """Line 9: status, body and headers of a no."""
    assert (answered.status, answered.content_type) == (status, ROWS_TYPE)
    assert answered.headers["OData-Version"] == "4.0"
    error = answered.json["error"]
    assert (error["code"], error.get("target")) == (code, target)
    assert error["message"]


async def test_each_kind_of_answer_has_its_one_content_type_and_one_version(world: MemoryService) -> None:
    (entry,) = enter(world, 1)
    for path, content_type in (
        ("", ROWS_TYPE),
        ("$metadata", METADATA_TYPE),
        ("AuditEntries", ROWS_TYPE),
        ("AuditEntries/$count", f"{NUMBER_TYPE}; charset=utf-8"),
        (f"AuditEntries('{entry.id}')", ROWS_TYPE),
    ):
        answered = await get(world, path)
        assert (answered.status, answered.sent_type) == (200, content_type), path
        assert [value for name, value in answered.headers.items() if name.lower() == "odata-version"] == ["4.0"]


@pytest.mark.parametrize("path", ["", "/"])
async def test_the_service_document_lists_the_sets(world: MemoryService, path: str) -> None:
    found = (await get(world, path)).json
    assert found["@odata.context"] == f"{ROOT}/$metadata"
    assert found["value"] == [{"name": name, "kind": "EntitySet", "url": name} for name in NAMES]


@pytest.mark.parametrize("accept", ["application/json", "text/html", "*/*", POWER_QUERY["Accept"]])
async def test_metadata_is_xml_whatever_is_accepted(world: MemoryService, accept: str) -> None:
    answered = await get(world, "$metadata", headers={"Accept": accept})
    root = ET.fromstring(answered.raw)  # noqa: S314 - our own
    sets = [each.get("Name") for each in root.iter("{http://docs.oasis-open.org/odata/ns/edm}EntitySet")]
    assert (answered.content_type, sets) == (METADATA_TYPE, NAMES)


async def test_what_is_the_same_for_everybody_is_no_entry(world: MemoryService) -> None:
    await get(world, "")
    await get(world, "$metadata")
    assert world.entries() == []


async def test_rows_come_whole_with_nulls_and_times_to_the_microsecond(world: MemoryService) -> None:
    (entry,) = enter(world, 1)
    found = (await get(world)).json
    assert found["@odata.context"] == f"{ROOT}/$metadata#AuditEntries"
    (row,) = found["value"]
    assert list(row) == WHOLE
    assert (row["id"], row["occurredAt"], row["recipient"]) == (entry.id, "2026-11-25T20:42:55.123456Z", None)
    assert "@odata.nextLink" not in found
    assert "@odata.count" not in found


async def test_the_columns_chosen_are_shown_and_named_in_the_context_in_the_order_of_the_metadata(
    world: MemoryService,
) -> None:
    (entry,) = enter(world, 1)
    found = (await get(world, query={"$select": "action,id,recipient"})).json
    assert found["@odata.context"] == f"{ROOT}/$metadata#AuditEntries(id,action,recipient)"
    assert found["value"] == [{"id": entry.id, "action": "footage.read", "recipient": None}]


async def test_a_row_comes_by_its_key(world: MemoryService) -> None:
    entry, _ = enter(world, 2)
    found = (await get(world, f"AuditEntries('{entry.id}')")).json
    assert found["@odata.context"] == f"{ROOT}/$metadata#AuditEntries/$entity"
    assert [name for name in found if not name.startswith("@")] == WHOLE
    chosen = (await get(world, f"AuditEntries(id='{entry.id}')", {"$select": "action"})).json
    assert chosen == {"@odata.context": f"{ROOT}/$metadata#AuditEntries(action)/$entity", "action": "footage.read"}


@pytest.mark.parametrize("path", ["AuditEntries('it''s nobody')", "Nonsense", "AuditEntries('a b')"])
async def test_what_is_not_there_is_a_404_with_a_body(world: MemoryService, path: str) -> None:
    says_no(await get(world, path), 404, "NotFound")


@pytest.mark.parametrize(
    "query, status, target",
    [
        ({"$apply": "aggregate($count as n)"}, 501, "$apply"),
        ({"$expand": "actor"}, 501, "$expand"),
        ({"$search": "x"}, 501, "$search"),
        ({"$orderby": "action"}, 501, "$orderby"),
        ({"$format": "xml"}, 501, "$format"),
        ({"$filter": "length(action) gt 3"}, 501, "$filter"),
        ({"$filter": "colour eq 'red'"}, 400, "$filter"),
        ({"$filter": "action eq"}, 400, "$filter"),
        ({"$select": "colour"}, 400, "$select"),
        ({"$top": "-1"}, 400, "$top"),
        ({"$skip": "10001"}, 400, "$skip"),
        ({"$count": "yes"}, 400, "$count"),
        ([("$top", "1"), ("$top", "1")], 400, "$top"),
        ({"$skiptoken": "nonsense"}, 400, "$skiptoken"),
    ],
)
async def test_a_question_that_is_not_answered_is_refused_by_the_name_of_its_option(
    world: MemoryService, query: object, status: int, target: str
) -> None:
    answered = await get(world, query=query)
    says_no(answered, status, {400: "BadRequest", 501: "NotImplemented"}[status], target)


@pytest.mark.parametrize("path", ["AuditEntries/$count", "AuditEntries('x')", "", "$metadata"])
async def test_an_option_that_says_nothing_of_the_resource_is_refused(world: MemoryService, path: str) -> None:
    assert (await get(world, path, {"$skiptoken": "x"})).status == 400
    assert (await get(world, path, {"$orderby": "id"})).status == 400


async def test_options_of_others_are_passed_over_and_not_repeated(world: MemoryService) -> None:
    enter(world, 2)
    first = await get(world, query={"code": "a-key", "$orderby": "id"}, headers={"Prefer": "maxpagesize=1"})
    assert first.json["@odata.nextLink"].startswith(f"{ROOT}/AuditEntries?$orderby=id&$skiptoken=")


async def test_skipping_nothing_is_accepted_and_skipping_something_skips_it(world: MemoryService) -> None:
    enter(world, 3)
    everything = ids([await get(world)])
    assert ids([await get(world, query={"$skip": "0"})]) == everything
    assert ids([await get(world, query={"$skip": "2"})]) == everything[2:]


async def test_a_number_is_plain_text_and_of_what_the_filter_keeps(world: MemoryService) -> None:
    enter(world, 3)
    enter(world, 2, borough=OTHER_BOROUGH)
    assert (await get(world, "AuditEntries/$count")).raw == b"5"
    assert (await get(world, "AuditEntries/$count", {"$filter": f"borough eq '{OTHER_BOROUGH}'"})).raw == b"2"


async def test_a_count_beside_the_rows_is_of_them_all_and_the_same_on_every_page(world: MemoryService) -> None:
    enter(world, 5)
    found = await pages(world, {"$count": "true", "$top": "4"}, headers={"Prefer": "odata.maxpagesize=3"})
    assert [(page.json["@odata.count"], len(page.json["value"])) for page in found] == [(5, 3), (5, 1)]


@pytest.mark.parametrize(
    "prefer, rows, applied",
    [
        ("odata.maxpagesize=2", 2, "odata.maxpagesize=2"),
        ("maxpagesize=2", 2, "maxpagesize=2"),
        ('odata.include-annotations="*", odata.maxpagesize=2;x=y, respond-async', 2, "odata.maxpagesize=2"),
        ("ODATA.MAXPAGESIZE = 2", 2, "odata.maxpagesize=2"),
        ("odata.maxpagesize=999999999", 4, "odata.maxpagesize=5000"),
        ("odata.maxpagesize=0", 4, None),
        ("odata.maxpagesize=-1", 4, None),
        ("odata.maxpagesize=many", 4, None),
        ("respond-async", 4, None),
        ("xmaxpagesize=1", 4, None),
    ],
)
async def test_a_page_is_as_large_as_is_preferred_and_says_so(
    world: MemoryService, prefer: str, rows: int, applied: str | None
) -> None:
    enter(world, 4)
    answered = await get(world, headers={"Prefer": prefer})
    assert (len(answered.json["value"]), answered.headers.get("Preference-Applied")) == (rows, applied)


@pytest.mark.parametrize("version", ["4.0", "4.01", "5.0", " 4.0 "])
async def test_whoever_reads_our_version_or_a_newer_one_is_answered(world: MemoryService, version: str) -> None:
    assert (await get(world, headers={"OData-MaxVersion": version})).status == 200


@pytest.mark.parametrize("version", ["3.0", "2.0", "1.0", "0.0", "4", "four", "4.0,4.0", "4.0;NetFx"])
async def test_whoever_cannot_read_our_version_is_told_so(world: MemoryService, version: str) -> None:
    says_no(await get(world, headers={"OData-MaxVersion": version}), 400, "BadRequest", "OData-MaxVersion")


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/json", "application/json;odata.metadata=full;IEEE754Compatible=true",
               "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", POWER_QUERY["Accept"]],
)  # fmt: skip
async def test_whoever_takes_json_in_any_dress_gets_rows(world: MemoryService, accept: str) -> None:
    assert (await get(world, headers={"Accept": accept})).content_type == ROWS_TYPE


async def test_whoever_takes_no_json_is_told_what_there_is(world: MemoryService) -> None:
    says_no(await get(world, headers={"Accept": "application/atom+xml"}), 406, "NotAcceptable", "Accept")
    assert (await get(world, "AuditEntries/$count", headers={"Accept": "application/atom+xml"})).raw == b"0"


@pytest.mark.parametrize("asked", ["json", "application/json", "application/json;odata.metadata=minimal"])
async def test_the_format_may_be_said_in_the_query(world: MemoryService, asked: str) -> None:
    assert (await get(world, query={"$format": asked})).status == 200


async def test_rows_are_packed_for_whoever_can_unpack_them(world: MemoryService) -> None:
    enter(world, 2)
    plain, packed = await get(world), await get(world, headers=POWER_QUERY)
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert json.loads(gzip.decompress(packed.raw))["value"] == plain.json["value"]
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


async def test_the_metadata_is_packed_for_whoever_can_unpack_it(world: MemoryService) -> None:
    plain, packed = [await get(world, "$metadata", headers={"Accept-Encoding": of}) for of in ("", "gzip")]
    assert ("Content-Encoding" in plain.headers, packed.headers["Content-Encoding"]) == (False, "gzip")
    assert gzip.decompress(packed.raw) == plain.raw
    assert len(packed.raw) < len(plain.raw) / 4
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


async def test_head_is_answered_as_get_and_entered_as_get(world: MemoryService) -> None:
    enter(world, 1)
    asked, looked = await get(world), await get(world, method="HEAD")
    assert (looked.status, looked.sent_type, looked.raw) == (200, asked.sent_type, asked.raw)
    assert [entry.action for entry in world.entries()].count("feed.queried") == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "$metadata", "AuditEntries", "AuditEntries('x')", "$batch"])
async def test_nothing_can_be_changed_here(world: MemoryService, method: str, path: str) -> None:
    answered = await get(world, path, method=method, body={"id": "x"})
    says_no(answered, 405, "MethodNotAllowed")
    assert answered.headers["Allow"] == "GET, HEAD"
    assert world.records.everything() == []


@pytest.mark.parametrize("path", ["", "$metadata", "AuditEntries"])
async def test_whoever_sends_no_token_is_told_of_the_tenant_and_whoever_sends_an_empty_one_where_to_sign_in(
    world: MemoryService, path: str
) -> None:
    """What Power Query and Excel look for: reference/odata.md section 1.4."""
    first = await get(world, path, who=None)
    empty = await get(world, path, who=None, headers={"Authorization": "Bearer"})
    wrong = await get(world, path, who=None, headers={"Authorization": "Bearer x.y.z"})
    for answered in (first, empty, wrong):
        says_no(answered, 401, "Unauthorized")
    assert first.headers["WWW-Authenticate"] == f"Bearer realm={TENANT}"
    assert empty.headers["WWW-Authenticate"] == f"Bearer authorization_uri={TENANT}/oauth2/authorize"
    assert wrong.headers["WWW-Authenticate"] == empty.headers["WWW-Authenticate"]


async def test_where_the_tenant_cannot_be_told_from_the_issuers_it_is_not_made_up(world: MemoryService) -> None:
    world.expected = replace(world.expected, issuers=("https://issuer.example/",))
    assert (await get(world, who=None)).headers["WWW-Authenticate"] == 'Bearer realm="continuity"'


async def test_whoever_may_not_is_told_so_as_odata_says_it(world: MemoryService) -> None:
    says_no(await get(world, who=MANAGER), 403, "Forbidden")
    says_no(await get(world, "WeedingRuns", who=OF_BOROUGH), 403, "Forbidden")
    assert (await get(world, "WeedingRuns", who=AUDITOR)).status == 200
