"""The feed's verbs: a question is entered once, its pages show one moment, and nobody's reach is widened by asking."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.entry import Asking, Entry, Operation, Trail
from shared.domain.odata.columns import EntitySet
from shared.domain.odata.options import Options, parsed_options
from shared.domain.odata.sets import AUDIT_ENTRIES, SESSIONS, SETS, WEEDING_RUNS
from shared.errors import NotAllowed, NotFound
from shared.usecases.feed import Onward, Page, count, look_up, query
from tests.builders import BOROUGH, FORCE, MICROSECOND, NOW, OTHER_BOROUGH, a_clip, a_session, an_asking, an_entry
from tests.fakes import Moment, Outage, World
from tests.usecases.scenes import entries

AGO = timedelta(minutes=2)
AUDITOR = an_asking(request="asked")
OF_BOROUGH = Reach(borough=BOROUGH)


def enter(world: World, number: int, *, borough: str | None = BOROUGH, at: Any = NOW - AGO) -> list[Entry]:
    """Entries of one trail, all of one instant unless `at` says when each was."""
    made: list[Entry] = []
    trail: Trail | None = None
    for index in range(number):
        when = at(index) if callable(at) else at
        asking = an_asking(at=when, borough=None)
        entry, trail = an_entry(trail, pk=f"of:{borough}", key=f"{borough}-{index}", borough=borough, asking=asking)
        made.append(entry)
        world.records.put(entry, trail)
    return made


def asked(entities: EntitySet = AUDIT_ENTRIES, **options: Any) -> Options:
    return parsed_options(((f"${name}", str(value)) for name, value in options.items()), entities)


async def ask(
    world: World,
    options: Options,
    onward: Onward | None = None,
    *,
    entities: EntitySet = AUDIT_ENTRIES,
    size: int = 3,
    reach: Reach = FORCE,
    asking: Asking = AUDITOR,
) -> Page:
    return await query(
        entities,
        options,
        onward=onward,
        size=size,
        reach=reach,
        asking=asking,
        records=world.records,
        feed=world.feed,
    )


async def read(world: World, options: Options, between: Any = None, **more: Any) -> list[Page]:
    """All pages; `between` happens before each that goes on."""
    pages = [await ask(world, options, **more)]
    while pages[-1].onward is not None:
        if between:
            between(len(pages))
        later = replace(AUDITOR, at=NOW + timedelta(minutes=len(pages)), request=f"page-{len(pages)}")
        pages.append(await ask(world, options, pages[-1].onward, **{"asking": later, **more}))
    return pages


def ids(pages: Sequence[Page]) -> list[str]:
    return [str(row["id"]) for page in pages for row in page.documents]


def queries(world: World) -> list[Entry]:
    return [entry for entry in entries(world) if entry.action == "feed.queried"]


ORDERS = ["occurredAt", "occurredAt desc", "id", "id desc"]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 7])
async def test_a_paged_read_gives_each_row_once_in_its_order(order: str, number: int) -> None:
    world = World()
    made = enter(world, number, at=lambda index: NOW - AGO - timedelta(seconds=index // 2))
    found = ids(await read(world, asked(orderby=order)))
    by = (lambda each: each.id) if order.startswith("id") else (lambda each: (each.occurred_at, each.id))
    assert found == [each.id for each in sorted(made, key=by, reverse=order.endswith("desc"))]


@pytest.mark.parametrize("order", ORDERS)
async def test_what_is_written_while_the_pages_are_turned_is_in_none_of_them(order: str) -> None:
    """Each row of the watermark exactly once: entries come, and are sealed, between all pages."""
    world = World()
    made = enter(world, 10, at=lambda index: NOW - AGO - timedelta(seconds=index // 3))

    def between(page: int) -> None:
        enter(world, 5, borough=f"new {page}", at=NOW + timedelta(seconds=page))
        world.records.put(replace(made[page], pending=False, leaf=str(page)))

    found = ids(await read(world, asked(orderby=order), between))
    assert sorted(found) == sorted(each.id for each in made)


async def test_a_row_that_changes_while_the_pages_are_turned_is_shown_once_as_it_is_then() -> None:
    world = World()
    sessions = [a_session(key=f"{n:032x}", started_at=NOW - timedelta(hours=1, seconds=n // 2)) for n in range(7)]
    world.records.put(*sessions)

    def end_them(_page: int) -> None:
        world.records.put(*(replace(each, ended_at=NOW, last_seen=NOW) for each in sessions))

    pages = await read(world, asked(SESSIONS), end_them, entities=SESSIONS)
    rows = [row for page in pages for row in page.documents]
    assert sorted(row["session"] for row in rows) == sorted(each.session for each in sessions)
    assert [row["endedAt"] is None for row in rows] == [True] * 3 + [False] * 4


async def test_a_reading_ends_two_minutes_before_it_began_on_every_page() -> None:
    world = World()
    (last,) = enter(world, 1, borough="last")
    enter(world, 1, borough="first after", at=NOW - AGO + MICROSECOND)
    older = enter(world, 3, at=NOW - AGO - timedelta(hours=1))
    pages = await read(world, asked(count="true"))
    assert ids(pages) == [last.id, *sorted((each.id for each in older), reverse=True)]
    assert [page.count for page in pages] == [4, 4]


async def test_a_question_is_entered_once_before_its_first_page() -> None:
    world = World()
    enter(world, 7)
    pages = await read(world, asked(filter="action eq 'footage.read'", top=7))
    assert len(pages) == 3
    (entered,) = queries(world)
    assert (entered.pk, entered.operation, entered.subject) == (AUDITOR.own_trail, Operation.CONSULTATION, "feed")
    assert {change.field: change.after for change in entered.changes} == {
        "set": "AuditEntries",
        "filter": "action eq 'footage.read'",
        "orderby": "occurredAt desc",
        "top": "7",
    }


@pytest.mark.parametrize("moment", list(Moment))
async def test_what_cannot_be_entered_is_not_asked_of_the_store(moment: Moment) -> None:
    world = World()
    enter(world, 1)
    world.faults.break_every("records.write", moment)
    with pytest.raises(Outage):
        await ask(world, asked(count="true"))
    another = replace(AUDITOR, request="another")
    with pytest.raises(Outage):
        await count(AUDIT_ENTRIES, asked(), reach=FORCE, asking=another, records=world.records, feed=world.feed)
    assert [call for call in world.faults.calls if call.startswith("feed.")] == []


@pytest.mark.parametrize(
    "top, size, pages", [(0, 3, [0]), (1, 3, [1]), (3, 3, [3]), (4, 3, [3, 1]), (6, 3, [3, 3]), (9, 3, [3, 3, 1])]
)
async def test_no_more_rows_than_asked_for_come_in_all_pages(top: int, size: int, pages: list[int]) -> None:
    world = World()
    enter(world, 7)
    found = await read(world, asked(top=top), size=size)
    assert [len(page.documents) for page in found] == pages


@pytest.mark.parametrize("skip, left", [(0, 7), (1, 6), (6, 1), (7, 0), (9_999, 0)])
async def test_rows_are_skipped_once_and_not_on_every_page(skip: int, left: int) -> None:
    world = World()
    enter(world, 7)
    everything = ids(await read(world, asked()))
    assert ids(await read(world, asked(skip=skip))) == everything[skip:]
    assert len(everything[skip:]) == left


async def test_a_count_is_of_all_rows_whatever_top_and_skip_say() -> None:
    world = World()
    enter(world, 7)
    pages = await read(world, asked(top=5, skip=1, count="true", filter="pending"))
    assert [page.count for page in pages] == [7, 7]
    assert world.faults.calls.count("feed.count") == 1


def both_boroughs(world: World) -> None:
    enter(world, 2, borough=OTHER_BOROUGH)
    enter(world, 2, borough=BOROUGH)
    enter(world, 2, borough=None)


async def test_an_auditor_of_one_borough_gets_its_rows_and_no_others_by_page_count_or_key() -> None:
    world = World()
    both_boroughs(world)
    (page,) = await read(world, asked(count="true"), size=10, reach=OF_BOROUGH)
    assert ([row["borough"] for row in page.documents], page.count) == ([BOROUGH, BOROUGH], 2)
    port: dict[str, Any] = {"reach": OF_BOROUGH, "asking": AUDITOR, "records": world.records, "feed": world.feed}
    assert await count(AUDIT_ENTRIES, asked(), **port) == 2
    for entry in entries(world):
        if entry.action != "footage.read":
            continue
        if entry.borough == BOROUGH:
            assert (await look_up(AUDIT_ENTRIES, entry.id, **port))["id"] == entry.id
            continue
        with pytest.raises(NotFound) as elsewhere:
            await look_up(AUDIT_ENTRIES, entry.id, **port)
        with pytest.raises(NotFound) as nowhere:
            await look_up(AUDIT_ENTRIES, "no such id", **port)
        assert str(elsewhere.value) == str(nowhere.value)
    assert {entry.borough for entry in queries(world)} == {BOROUGH}


async def test_what_tells_of_the_whole_force_is_refused_to_one_borough_s_auditor_and_entered_by_nobody() -> None:
    world = World()
    with pytest.raises(NotAllowed, match="whole force"):
        await ask(world, asked(WEEDING_RUNS), entities=WEEDING_RUNS, reach=OF_BOROUGH)
    assert world.faults.calls == []
    assert (await ask(world, asked(WEEDING_RUNS), entities=WEEDING_RUNS)).documents == []


@pytest.mark.parametrize("entities", SETS, ids=lambda each: each.name)
async def test_a_reach_of_nothing_is_refused(entities: EntitySet) -> None:
    world = World()
    with pytest.raises(NotAllowed):
        await ask(world, asked(entities), entities=entities, reach=Reach())
    assert world.faults.calls == []


async def test_a_row_younger_than_the_reading_is_not_there_by_its_key_either() -> None:
    world = World()
    (entry,) = enter(world, 1, at=NOW - AGO + MICROSECOND)
    port: dict[str, Any] = {"reach": FORCE, "records": world.records, "feed": world.feed}
    with pytest.raises(NotFound):
        await look_up(AUDIT_ENTRIES, entry.id, asking=AUDITOR, **port)
    assert queries(world) == []
    later = replace(AUDITOR, at=NOW + MICROSECOND)
    assert (await look_up(AUDIT_ENTRIES, entry.id, asking=later, **port))["id"] == entry.id


async def test_what_is_no_row_of_the_set_is_not_found_by_its_key() -> None:
    world = World()
    clip = a_clip(uploaded_at=NOW - timedelta(hours=1))
    world.records.put(clip)
    with pytest.raises(NotFound):
        await look_up(AUDIT_ENTRIES, clip.id, reach=FORCE, asking=AUDITOR, records=world.records, feed=world.feed)
