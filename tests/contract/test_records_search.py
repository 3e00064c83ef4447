"""Records, searching: no filter widens what a caller may see, and pages neither repeat nor lose a clip."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.domain.access import Reach
from shared.domain.footage import Borough, Clip, DockId, Evidential, OfficerId, State
from shared.ports import ClipFilter, Create, Place, Records
from tests.builders import FORCE, MICROSECOND, NOW, UPLOADED, a_clip, a_decision, a_grant, an_entry, fresh_id

Found = list[Clip]
EVIL = "x' OR 1=1 --"


class Corpus:
    """Clips of one officer and one borough that no other test has."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.officer, self.colleague = OfficerId(f"P-{fresh_id()}"), OfficerId(f"P-{fresh_id()}")
        self.borough, self.elsewhere = Borough(f"B-{fresh_id()}"), Borough(f"B-{fresh_id()}")
        self.camera = f"C-{fresh_id()}"
        self.added = 0

    async def add(self, **changes: Any) -> Clip:
        """Each is a minute older than the one before, so that they are found in the order in which they were added."""
        given: dict[str, Any] = {
            "officer": self.officer,
            "borough": self.borough,
            "camera": self.camera,
            "poster": False,
        }
        uploaded = UPLOADED - timedelta(minutes=self.added)
        clip = a_clip(**({"id": fresh_id(), "uploaded_at": uploaded} | given | changes))
        await self.records.write(clip.id, [Create(clip)])
        self.added += 1
        return clip

    async def search(self, reach: Reach = FORCE, after: Place | None = None, limit: int = 100, **asked: Any) -> Found:
        """Among the clips of this corpus's camera, unless another is asked for."""
        given: dict[str, Any] = {"reach": reach, "camera": self.camera}
        query = ClipFilter(**(given | asked))
        return [held.record for held in await self.records.search(query, after=after, limit=limit)]


@pytest.fixture
def corpus(records: Records) -> Corpus:
    return Corpus(records)


async def test_each_scope_reaches_its_own_clips_and_no_others(corpus: Corpus) -> None:
    mine = await corpus.add()
    mine_elsewhere = await corpus.add(borough=corpus.elsewhere)
    colleagues = await corpus.add(officer=corpus.colleague)
    strangers = await corpus.add(officer=corpus.colleague, borough=corpus.elsewhere)
    nobodys = await corpus.add(officer=None, borough=None)

    assert await corpus.search(Reach(officer=corpus.officer)) == [mine, mine_elsewhere]
    assert await corpus.search(Reach(borough=corpus.borough)) == [mine, colleagues]
    assert await corpus.search(Reach(officer=corpus.officer, borough=corpus.borough)) == [
        mine,
        mine_elsewhere,
        colleagues,
    ]
    assert await corpus.search(FORCE) == [mine, mine_elsewhere, colleagues, strangers, nobodys]


@pytest.mark.parametrize("reach", [Reach(), Reach(client="a-dock")])
async def test_whoever_reaches_nothing_finds_nothing(corpus: Corpus, reach: Reach) -> None:
    await corpus.add()
    await corpus.add(officer=None, borough=None)

    assert await corpus.search(reach) == []
    assert await corpus.search(reach, camera=None) == []


async def test_asking_for_somebody_elses_clips_does_not_widen_the_reach(corpus: Corpus) -> None:
    await corpus.add(officer=corpus.colleague, borough=corpus.elsewhere)

    assert await corpus.search(Reach(officer=corpus.officer), officer=corpus.colleague) == []
    assert await corpus.search(Reach(borough=corpus.borough), officer=corpus.colleague) == []


@pytest.mark.parametrize(
    "fits,asked",
    [
        ({"incident": "CAD 4711/26NOV"}, {"incident": "CAD 4711/26NOV"}),
        ({"decision": a_decision(category="arrest")}, {"category": "arrest"}),
        ({"decision": a_decision(evidential=Evidential.YES)}, {"evidential": Evidential.YES}),
        ({"state": State.QUARANTINED}, {"state": State.QUARANTINED}),
        ({"state": State.CONDEMNED}, {"state": State.CONDEMNED}),
        ({"state": State.WEEDED}, {"state": State.WEEDED}),
        ({"dock": DockId("dock-of-this-test")}, {"dock": DockId("dock-of-this-test")}),
    ],
)
async def test_every_filter_takes_what_fits_and_leaves_what_does_not(
    corpus: Corpus, fits: dict[str, Any], asked: dict[str, Any]
) -> None:
    await corpus.add()
    fitting = await corpus.add(**fits)

    for reach in (FORCE, Reach(officer=corpus.officer), Reach(borough=corpus.borough)):
        assert await corpus.search(reach, **asked) == [fitting]


async def test_officer_and_camera_filter_too_and_filters_add_up(corpus: Corpus) -> None:
    mine = await corpus.add(incident="CAD 1")
    await corpus.add(incident="CAD 2")
    await corpus.add(incident="CAD 1", officer=corpus.colleague)

    assert await corpus.search(officer=corpus.officer, incident="CAD 1") == [mine]
    assert await corpus.search(officer=corpus.officer, camera=f"C-{fresh_id()}") == []


async def test_weeded_clips_are_left_out_unless_they_are_asked_for(corpus: Corpus) -> None:
    states = [await corpus.add(state=state) for state in State]
    shown = [clip for clip in states if clip.state is not State.WEEDED]

    assert await corpus.search() == shown


async def test_only_clips_are_found(corpus: Corpus) -> None:
    clip = await corpus.add()
    entry, trail = an_entry(pk=clip.id, subject=clip.id, borough=corpus.borough)
    grant = a_grant(recording=clip.id, camera=corpus.camera, officer=corpus.officer, borough=corpus.borough)
    await corpus.records.write(clip.id, [Create(entry), Create(trail), Create(grant)])

    assert await corpus.search() == [clip]


async def test_a_search_says_which_version_it_found(corpus: Corpus) -> None:
    clip = await corpus.add()

    found = await corpus.records.search(ClipFilter(reach=FORCE, camera=corpus.camera), after=None, limit=1)
    held = await corpus.records.clip(clip.id)
    assert held is not None
    assert [each.version for each in found] == [held.version]


@pytest.mark.parametrize("text", [EVIL, "@own", "%", "*", "☂ 'quoted\" \\"])
async def test_whatever_a_caller_sends_is_only_ever_a_value(corpus: Corpus, text: str) -> None:
    await corpus.add()
    named = await corpus.add(incident=text, officer=OfficerId(text))

    assert await corpus.search(incident=text) == [named]
    assert await corpus.search(Reach(officer=OfficerId(text))) == [named]
    assert await corpus.search(category=text) == []


async def test_pages_are_newest_first_then_by_id_downwards_and_cover_everything_once(corpus: Corpus) -> None:
    same_time = [await corpus.add(uploaded_at=UPLOADED) for _ in range(5)]
    newer = await corpus.add(uploaded_at=UPLOADED + MICROSECOND)
    older = await corpus.add(uploaded_at=UPLOADED - MICROSECOND)
    everything = [newer, *sorted(same_time, key=lambda clip: clip.id, reverse=True), older]

    for size in (1, 2, 3, 7, 50):
        pages = [[clip.id for clip in page] for page in await _pages(corpus, size)]
        assert [clip for page in pages for clip in page] == [clip.id for clip in everything]
        assert max(map(len, pages)) <= size


async def _pages(corpus: Corpus, size: int) -> list[Found]:
    pages, after = [], None
    while page := await corpus.search(after=after, limit=size):
        pages.append(page)
        assert len(pages) <= corpus.added
        after = Place(page[-1].uploaded_at, page[-1].id)
    return pages


async def test_a_page_is_not_disturbed_by_what_is_added_meanwhile(corpus: Corpus) -> None:
    at_one_time = sorted([await corpus.add(uploaded_at=UPLOADED) for _ in range(6)], key=lambda c: c.id, reverse=True)
    first = await corpus.search(limit=3)
    before = replace(at_one_time[0], id=fresh_id(), uploaded_at=NOW)
    await corpus.add(id=before.id, uploaded_at=before.uploaded_at)

    second = await corpus.search(after=Place(first[-1].uploaded_at, first[-1].id), limit=3)
    assert first + second == at_one_time


async def test_no_more_than_the_limit_is_found(corpus: Corpus) -> None:
    added = [await corpus.add() for _ in range(4)]

    assert await corpus.search(limit=3) == added[:3]
    assert await corpus.search(limit=4) == added
