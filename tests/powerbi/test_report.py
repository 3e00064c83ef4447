"""The report shows what the model has, each visual in its own place, and each page says what it may be used for."""

import itertools
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.house.source import ROOT
from tests.powerbi.dax import named
from tests.powerbi.model import measures, tables
from tests.powerbi.report import PAGES, REPORT, Page, Visual, fields, json_files, load, pages, visuals

SCHEMAS = ROOT.parent / "shared" / "reference" / "schemas" / "fabric"
ADDRESS = "https://developer.microsoft.com/json-schemas/fabric/"
# The uses that section 62(4) allows, as docs/section-62.md sums them up.
PURPOSES = {
    "overview": "to verify that processing is lawful",
    "decisions": "to verify that processing is lawful",
    "access": "self-monitoring, internal discipline among it",
    "sessions": "the integrity and security of the data",
}
ROLES = {
    "card": {"Values"},
    "slicer": {"Values"},
    "tableEx": {"Values"},
    "lineChart": {"Category", "Y"},
    "clusteredBarChart": {"Category", "Y"},
    "clusteredColumnChart": {"Category", "Y"},
}
GRID, LEAST = 5, 20
EACH_PAGE = pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
EACH_VISUAL = pytest.mark.parametrize("visual", visuals(), ids=lambda visual: f"{visual.page}-{visual.folder}")


def schema(address: str) -> Any:
    return json.loads((SCHEMAS / address.partition("#")[0].removeprefix(ADDRESS)).read_text(encoding="utf-8"))


def validator(address: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(schema(address), retriever=schema)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="Microsoft's schemas of these files are not in ../shared/reference")
def test_every_file_is_valid_by_the_schema_it_names() -> None:
    found = {path: load(path) for path in json_files()}
    judges = {address: validator(address) for address in {what["$schema"] for what in found.values()}}
    wrong = [
        f"{path.relative_to(ROOT)}: {error.message}"
        for path, what in found.items()
        for error in judges[what["$schema"]].iter_errors(what)
    ]
    assert (wrong, len(found) > 50) == ([], True)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason="Microsoft's schemas of these files are not in ../shared/reference")
def test_a_file_with_a_mistake_is_not_valid() -> None:
    what = load(PAGES / "overview" / "visuals" / "views" / "visual.json")
    judge = validator(what["$schema"])
    projection = what["visual"]["query"]["queryState"]["Values"]["projections"][0]
    projection["field"]["Measure"]["Expression"] = {"SourceReff": {"Entity": "DailyCounts"}}
    assert not judge.is_valid(what)


def test_the_pages_are_those_of_the_list_and_each_is_in_the_folder_of_its_name() -> None:
    order = load(PAGES / "pages.json")
    assert sorted(order["pageOrder"]) == sorted(PURPOSES) == [page.name for page in pages()]
    assert order["activePageName"] == order["pageOrder"][0] == "overview"
    assert sorted(path.name for path in PAGES.iterdir() if path.is_dir()) == [page.name for page in pages()]
    assert [visual.folder for visual in visuals() if visual.what["name"] != visual.folder] == []


@EACH_PAGE
def test_each_page_says_which_purpose_of_section_62_it_serves(page: Page) -> None:
    (purpose,) = [visual.said for visual in page.visuals if visual.folder == "purpose"]
    assert purpose.startswith(f"Purpose, section 62(4): {PURPOSES[page.name]}.\n")
    written = (ROOT / "docs" / "power-bi.md").read_text()
    assert f"| {page.title} | {PURPOSES[page.name]} |" in written
    assert PURPOSES[page.name] in (ROOT / "docs" / "section-62.md").read_text()


def test_the_page_of_signals_says_that_a_signal_is_no_finding() -> None:
    (page,) = [page for page in pages() if page.name == "access"]
    assert any("a reason to look, not a finding" in visual.said for visual in page.visuals)
    signals = ("Views without an incident", "Views after hours", "Views in spikes")
    described = {name: measure.about for table in tables().values() for name, measure in table.measures.items()}
    assert [name for name in signals if "A reason to ask, not a finding" not in described[name]] == []


@EACH_PAGE
def test_each_page_is_chosen_by_borough_and_by_day_and_the_choice_goes_along(page: Page) -> None:
    chosen = {
        (table, name): visual.what["visual"]["syncGroup"]["groupName"]
        for visual in page.visuals
        if visual.kind == "slicer"
        for _, table, name in fields(visual.projections)
    }
    assert chosen == {("Borough", "Borough"): "borough", ("Date", "Date"): "days"}


@EACH_VISUAL
def test_each_field_of_a_visual_is_in_the_model_and_is_what_it_is_taken_for(visual: Visual) -> None:
    for kind, table, name in fields(visual.what):
        there = tables()[table].columns if kind == "Column" else tables()[table].measures
        assert name in there, f"{table} has no {kind.lower()} {name}"
    for projection in visual.projections:
        ((_, table, name),) = fields(projection)
        assert (projection["queryRef"], projection["nativeQueryRef"]) == (f"{table}.{name}", name)


@EACH_VISUAL
def test_each_visual_has_the_roles_its_kind_needs(visual: Visual) -> None:
    state = visual.what["visual"].get("query", {}).get("queryState", {})
    if visual.kind == "textbox":
        assert (state, bool(visual.said)) == ({}, True)
        return
    assert ROLES[visual.kind] <= set(state) <= {*ROLES[visual.kind], "Series"}
    assert all(kind == "Measure" for kind, _, _ in fields(state.get("Y", {})))
    assert all(kind == "Column" for kind, _, _ in fields([state.get("Category", {}), state.get("Series", {})]))


@EACH_VISUAL
def test_each_visual_has_words_for_who_cannot_see_it(visual: Visual) -> None:
    assert len(visual.alternative) > len("Title: ")
    same_page = [other.alternative for other in visuals() if other.page == visual.page]
    assert same_page.count(visual.alternative) == 1


@EACH_PAGE
def test_every_visual_lies_on_its_page_and_over_no_other(page: Page) -> None:
    for visual in page.visuals:
        left, top, right, bottom = visual.place
        assert LEAST <= left < right <= page.width - LEAST, visual.folder
        assert LEAST <= top < bottom <= page.height - LEAST, visual.folder
        assert [edge for edge in visual.place if edge % GRID] == [], visual.folder
    for one, other in itertools.combinations(page.visuals, 2):
        assert not _overlap(one.place, other.place), f"{one.folder} and {other.folder}"


def _overlap(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@EACH_PAGE
def test_the_keyboard_goes_through_a_page_from_its_title_down(page: Page) -> None:
    in_order = sorted(page.visuals, key=lambda visual: int(visual.what["position"]["tabOrder"]))
    assert [visual.what["position"]["tabOrder"] for visual in in_order] == list(range(len(in_order)))
    assert [visual.folder for visual in in_order[:4]] == ["title", "purpose", "borough", "days"]


def test_every_measure_is_shown_or_another_that_is_shown_rests_on_it() -> None:
    shown = {name for visual in visuals() for kind, _, name in fields(visual.what) if kind == "Measure"}
    rested_on = {below for name in measures() for below in named(measures()[name]).bare if name != below}
    assert set(measures()) == shown | rested_on


def test_the_report_shows_which_boroughs_decide_late() -> None:
    by_borough = {
        name
        for visual in visuals()
        if visual.page == "decisions" and ("Column", "Borough", "Borough") in [*fields(visual.projections)]
        for kind, _, name in fields(visual.projections)
        if kind == "Measure"
    }
    assert by_borough == {"Median hours to categorise", "Undecided at day 20"}


def test_a_list_of_signals_is_by_number_and_day_alone() -> None:
    """With the name beside it, whoever changed theirs would be two, and each might have no spike."""
    grouped = {
        visual.folder: {name for kind, _, name in fields(visual.projections) if kind == "Column"}
        for visual in visuals()
        if visual.page == "access" and visual.kind == "tableEx"
    }
    assert grouped == {"people": {"actorId"}, "spikeDays": {"actorId", "Date"}}


def test_no_list_ranks_people() -> None:
    """Section 62 allows no measure of anybody's work: a list of people is in the order of their numbers or of time."""
    of_people = [
        visual for visual in visuals() if {"actorId", "officer"} & {name for _, _, name in fields(visual.what)}
    ]
    sorted_by = {
        name for visual in of_people for _, _, name in fields(visual.what["visual"]["query"]["sortDefinition"])
    }
    assert (len(of_people), sorted_by) == (3, {"actorId", "Date", "startedAt"})


def test_a_reader_of_the_report_takes_away_what_is_shown_and_no_rows_behind_it() -> None:
    assert load(REPORT / "definition" / "report.json")["settings"]["exportDataMode"] == "AllowSummarized"


def test_the_report_finds_its_model_beside_it() -> None:
    path = load(REPORT / "definition.pbir")["datasetReference"]["byPath"]["path"]
    assert (Path(REPORT) / path / "definition.pbism").resolve().is_file()
