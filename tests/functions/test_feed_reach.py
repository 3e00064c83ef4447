"""An auditor of one borough never meets another's, by whatever they ask: filters, keys and counts by chance."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import BOROUGH, NOW, OTHER_BOROUGH, a_clip, a_session, fresh_id
from tests.domain.chance import steady
from tests.domain.odata_filters import filters
from tests.functions.directory import person
from tests.functions.feed_asked import AUDITOR, OF_BOROUGH, enter, get, ids, pages
from tests.functions.world import MemoryService

OF_THE_OTHER = person("auditor", borough=OTHER_BOROUGH, oid="5b8f0f7e-0000-4000-8000-00000000000a", sid="session-2")
MARK = "only-in-the-other"
ORDERS = ["id", "id desc", "occurredAt", "occurredAt desc"]
ABOUT_BOROUGHS = st.sampled_from(
    [
        f"borough eq '{OTHER_BOROUGH}'",
        f"not (borough eq '{BOROUGH}')",
        f"borough ne '{BOROUGH}'",
        "borough eq null",
        f"borough in ('{BOROUGH}','{OTHER_BOROUGH}',null)",
        f"contains(subject,'{MARK}')",
        f"borough eq '{OTHER_BOROUGH}' or true",
        "true or false",
        "not false",
    ]
)
asked = ABOUT_BOROUGHS | filters | st.builds("({}) or ({})".format, ABOUT_BOROUGHS, filters)


class Two:
    """A service with entries of two boroughs and of none, whose ids are known."""

    def __init__(self, world: MemoryService) -> None:
        self.world = world
        self.own = enter(world, 3)
        self.others = enter(world, 3, borough=OTHER_BOROUGH, subject=MARK)
        self.nobodys = enter(world, 2, borough=None, subject=MARK)

    @property
    def secret(self) -> list[str]:
        return [each.id for each in (*self.others, *self.nobodys)]


@pytest.fixture
def two(world: MemoryService) -> Two:
    return Two(world)


def says_nothing_of_others(two: Two, said: str) -> None:
    """`said` without the question, which may name whatever its asker likes."""
    assert [secret for secret in (*two.secret, MARK, OTHER_BOROUGH) if secret in said] == []


@given(text=asked, order=st.sampled_from(ORDERS), size=st.integers(1, 4), top=st.none() | st.integers(0, 9))
@settings(steady, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_filter_order_or_page_shows_another_borough_s_row_nor_counts_it(
    two: Two, text: str, order: str, size: int, top: int | None
) -> None:
    query = {"$filter": text, "$orderby": order, "$count": "true"} | ({} if top is None else {"$top": str(top)})
    found = await pages(two.world, query, who=OF_BOROUGH, headers={"Prefer": f"maxpagesize={size}"})
    for page in found:
        assert page.status == 200
        assert {row["borough"] for row in page.json["value"]} <= {BOROUGH}
        says_nothing_of_others(two, json.dumps(page.json["value"]))
    assert found[0].json["@odata.count"] <= len(two.own)
    number = await get(two.world, "AuditEntries/$count", {"$filter": text}, who=OF_BOROUGH)
    assert int(number.raw) == found[0].json["@odata.count"]


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | asked.map(lambda text: text + " x"))
@settings(steady, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_what_is_refused_is_refused_in_the_same_words_whatever_the_other_borough_has(two: Two, text: str) -> None:
    query = {"$filter": text}
    one, other = [(await get(two.world, query=query, who=who)) for who in (OF_BOROUGH, OF_THE_OTHER)]
    assert one.status == other.status
    if one.status != 200:
        assert one.raw == other.raw
        assert [each for each in two.secret if each in one.raw.decode()] == []


@pytest.mark.parametrize("path", ["AuditEntries('{}')", "AuditEntries(id='{}')", "Disclosures('{}')"])
async def test_no_key_of_another_borough_s_row_is_known(two: Two, path: str) -> None:
    nowhere = (await get(two.world, path.format(fresh_id()), who=OF_BOROUGH)).raw
    for key in two.secret:
        answered = await get(two.world, path.format(key), who=OF_BOROUGH)
        assert (answered.status, answered.raw) == (404, nowhere)


@pytest.mark.parametrize("path", ["Footage", "Sessions"])
async def test_other_sets_are_confined_alike(world: MemoryService, path: str) -> None:
    for number, borough in enumerate((BOROUGH, OTHER_BOROUGH)):
        world.records.put(
            a_clip(id=fresh_id(), borough=borough), a_session(key=f"{number:032x}", borough=borough, last_seen=NOW)
        )
    shown = (await get(world, path, who=OF_BOROUGH)).json["value"]
    assert [row["borough"] for row in shown] == [BOROUGH]
    assert (await get(world, f"{path}/$count", who=OF_BOROUGH)).raw == b"1"
    hidden = next(row for row in (await get(world, path)).json["value"] if row["borough"] == OTHER_BOROUGH)
    assert (await get(world, f"{path}('{hidden['id']}')", who=OF_BOROUGH)).status == 404
    assert (await get(world, f"{path}('{hidden['id']}')", who=AUDITOR)).status == 200


async def test_the_whole_force_s_auditor_sees_them_all(two: Two) -> None:
    found = [await get(two.world)]
    assert set(ids(found)) == {each.id for each in two.own} | set(two.secret)
