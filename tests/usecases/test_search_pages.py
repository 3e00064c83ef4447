"""Pages by chance: of any size, in either order, they show each clip within reach exactly once, in that order."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.access import Reach
from shared.domain.footage import Clip, ClipId, Retention, State
from shared.ports import ClipFilter, Order, Place, place_in
from shared.usecases.search import search
from tests.builders import (
    BOROUGH,
    FORCE,
    NOW,
    OFFICER,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    UPLOADED,
    a_clip,
    an_asking,
)
from tests.domain.chance import steady
from tests.fakes import World

REACHES = (Reach(officer=OFFICER), Reach(borough=BOROUGH), Reach(officer=OFFICER, borough=BOROUGH), FORCE, Reach())
few = st.integers(0, 2).map(lambda number: timedelta(microseconds=number))  # so that many are of one time


@st.composite
def clips(draw: st.DrawFn) -> list[Clip]:
    return [_clip(draw, ClipId(f"clip-{number}")) for number in draw(st.permutations(range(draw(st.integers(0, 9)))))]


def _clip(draw: st.DrawFn, name: ClipId) -> Clip:
    weed_after = draw(st.none() | few.map(lambda span: NOW + span))
    clip = a_clip(
        id=name,
        uploaded_at=UPLOADED + draw(few),
        officer=draw(st.sampled_from((OFFICER, OTHER_OFFICER, None))),
        borough=draw(st.sampled_from((BOROUGH, OTHER_BOROUGH, None))),
        state=draw(st.sampled_from(State)),
    )
    return replace(clip, retention=Retention(rule="drawn", weed_after=weed_after))


def _in_order(stored: list[Clip], reach: Reach, order: Order) -> list[str]:
    """What is to be seen, worked out by hand."""
    seen = [clip for clip in stored if reach.covers(clip) and clip.state is not State.WEEDED]
    if order is Order.NEWEST:
        return [clip.id for clip in sorted(seen, key=lambda clip: (clip.uploaded_at, clip.id), reverse=True)]
    held = [(clip.retention.weed_after, clip.id) for clip in seen if clip.state is State.HELD]
    goes = [(at, name) for at, name in held if at is not None]
    return [name for _, name in sorted(goes)]


async def _turned(world: World, asked: ClipFilter, size: int, most: int) -> list[list[str]]:
    pages: list[list[str]] = []
    after: Place | None = None
    while not pages or after is not None:
        asking = an_asking(request=f"req-{len(pages)}")
        page, after = await search(asked, after=after, limit=size, asking=asking, records=world.records)
        pages.append([held.record.id for held in page])
        assert len(pages) <= most + 1, "the pages do not end"
    return pages


@steady
@given(
    stored=clips(),
    reach=st.sampled_from(REACHES),
    order=st.sampled_from(Order),
    size=st.integers(min_value=1, max_value=5),
)
async def test_pages_of_any_size_show_each_clip_within_reach_once_and_in_order(
    stored: list[Clip], reach: Reach, order: Order, size: int
) -> None:
    world = World()
    world.records.put(*stored)
    asked = ClipFilter(reach=reach, order=order)
    pages = await _turned(world, asked, size, len(stored))
    expected = _in_order(stored, reach, order)
    assert [name for page in pages for name in page] == expected
    assert all(len(page) == size for page in pages[:-1])
    assert await world.records.count(asked) == len(expected)


def test_a_clip_that_never_goes_by_itself_has_no_place_among_the_soonest() -> None:
    clip = replace(a_clip(), retention=Retention(rule="evidence"))
    assert place_in(Order.NEWEST, clip) == Place(UPLOADED, clip.id)
    with pytest.raises(ValueError, match="never goes by itself"):
        place_in(Order.SOONEST, clip)
