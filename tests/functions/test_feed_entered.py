"""What is entered of those who ask the feed and of those who are refused; and that no bad question meets the store."""

import hashlib

import pytest

from shared.domain.entry import Entry, Operation, Outcome
from tests.builders import BOROUGH, OTHER_BOROUGH
from tests.functions.directory import MANAGER
from tests.functions.feed_asked import AUDITOR, OF_BOROUGH, enter, get, queries
from tests.functions.world import MemoryService

INJECTIONS = [
    "action eq 'x' or 1=1 --",
    "action eq ''') OR (1 eq 1",
    "c[\"borough\"] eq 'Camden'",
    "borough eq 'Camden'; DROP TABLE c",
    "action eq 'x\u202e",
    "borough eq @within",
    "(" * 500 + "pending" + ")" * 500,
    " or ".join(["pending"] * 1_000),
    "action eq '" + "x" * 100_000 + "'",
    "not " * 2_000 + "pending",
    "action eq 'x' and\x00 pending",
]
HOSTILE = [
    *({"$filter": text} for text in INJECTIONS),
    {"$orderby": "occurredAt; SELECT * FROM c"},
    {"$select": "id, (SELECT * FROM c)"},
    {"$top": "1 OFFSET 0"},
    {"$skip": "1e3"},
    {"$skiptoken": "x" * 100_000},
    {"$compute": "1"},
    {"$filter": "pending", "x" * 110_000: ""},
]


def asked(entry: Entry) -> dict[str, str | None]:
    return {change.field: change.after for change in entry.changes}


def refused(world: MemoryService) -> list[Entry]:
    return [entry for entry in world.entries() if entry.outcome is Outcome.REFUSED]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_hostile_question_is_refused_and_entered_shortened_and_the_store_is_asked_nothing(
    world: MemoryService, query: dict[str, str]
) -> None:
    for path in ("AuditEntries", "AuditEntries/$count"):
        answered = await get(world, path, query)
        assert answered.status in (400, 501)
        assert [call for call in world.faults.calls if call.startswith("feed.")] == []
        entry = refused(world)[-1]
        assert (entry.action, entry.operation) == ("refused.feed", Operation.ACCESS)
        assert entry.reason is not None
        assert entry.reason.code == {400: "malformed", 501: "unsupported"}[answered.status]
        assert asked(entry)["path"] == path
        assert len(str(asked(entry).get("query"))) <= 2_000
        assert not {"\u202e", "\x00"} & set(str(asked(entry)))
    assert queries(world) == []


async def test_an_attempt_is_told_in_its_own_words_and_a_long_one_by_its_hash(world: MemoryService) -> None:
    await get(world, query={"$filter": INJECTIONS[0], "code": "a-key"})
    assert asked(refused(world)[-1])["query"] == f"$filter={INJECTIONS[0]}"
    long = "action eq '" + "x" * 10_000
    await get(world, query={"$filter": long})
    said = str(asked(refused(world)[-1])["query"])
    assert said.startswith("$filter=action eq 'xxx")
    assert said.endswith(f"SHA-256 {hashlib.sha256(f'$filter={long}'.encode()).hexdigest()}")


@pytest.mark.parametrize("sent", ["%24filter=%FF", "$filter=%C3%28", "&".join(["a=b"] * 101)])
async def test_what_is_no_text_or_too_much_is_refused_before_it_is_read(world: MemoryService, sent: str) -> None:
    answered = await get(world, sent=sent)
    assert (answered.status, answered.json["error"]["target"]) == (400, "query")


async def test_a_query_is_decoded_once_and_its_name_may_be_encoded(world: MemoryService) -> None:
    made = enter(world, 1, action="footage.100%25 o'clock+")
    for sent in (
        "%24filter=action%20eq%20%27footage.100%2525%20o%27%27clock%2B%27",
        "$filter=action+eq+'footage.100%2525+o''clock%2B'",
    ):
        assert [row["id"] for row in (await get(world, sent=sent)).json["value"]] == [made[0].id]


@pytest.mark.parametrize("length, status", [(8_192, 200), (8_193, 400)])
async def test_a_query_has_so_many_characters_and_no_more(world: MemoryService, length: int, status: int) -> None:
    asked_for = {"$filter": "pending", "x": ""}
    asked_for["x"] = "y" * (length - len("$filterpendingx"))
    assert (await get(world, query=asked_for)).status == status


@pytest.mark.parametrize("path, code", [("Nonsense", "not-found"), ("AuditEntries('no such')", "not-found"),
                                        ("WeedingRuns", "not-allowed"), ("AuditEntries(5)", "malformed"),
                                        ("$batch", "unsupported")])  # fmt: skip
async def test_a_refusal_names_the_path_that_was_asked_for(world: MemoryService, path: str, code: str) -> None:
    await get(world, path, who=OF_BOROUGH)
    (entry,) = refused(world)
    assert (entry.subject, entry.reason and entry.reason.code, entry.borough) == ("feed", code, BOROUGH)
    assert asked(entry) == {"path": path}


async def test_whoever_has_no_business_here_is_entered_with_what_they_asked(world: MemoryService) -> None:
    await get(world, query={"$filter": "pending"}, who=MANAGER)
    (entry,) = refused(world)
    assert asked(entry) == {"path": "AuditEntries", "query": "$filter=pending"}


async def test_a_row_that_was_looked_up_is_entered_with_its_key_and_each_time(world: MemoryService) -> None:
    (entry,) = enter(world, 1)
    for _ in range(2):
        await get(world, f"AuditEntries('{entry.id}')")
    assert [asked(each) for each in queries(world)] == [{"set": "AuditEntries", "key": entry.id}] * 2


async def test_a_number_is_entered_as_such(world: MemoryService) -> None:
    await get(world, "AuditEntries/$count", {"$filter": "pending"})
    assert [asked(each) for each in queries(world)] == [{"set": "AuditEntries", "filter": "pending", "count": "alone"}]


async def test_a_row_of_another_borough_is_refused_in_the_words_of_one_that_is_not_there(world: MemoryService) -> None:
    (elsewhere,) = enter(world, 1, borough=OTHER_BOROUGH)
    there, nowhere = [await get(world, f"AuditEntries('{key}')", who=OF_BOROUGH) for key in (elsewhere.id, "nobody")]
    assert (there.status, there.raw) == (404, nowhere.raw)
    assert (await get(world, f"AuditEntries('{elsewhere.id}')", who=AUDITOR)).status == 200
