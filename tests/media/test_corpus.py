"""Every row of the corpus through the real child and through intake: what must come out, at what it may cost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.adapters.media.inspector import ChildInspector, Limits
from shared.domain.retention import retention
from tests.builders import UPLOADED
from tests.media.corpus.everything import SHAPES
from tests.media.corpus.ingredients import Ingredients
from tests.media.corpus.run import Watch, differences, run, watching
from tests.media.corpus.shape import Shape
from tests.media.said import said

QUICK_EVERY = 4  # the quick lane runs every fourth row, the long one all the others
EACH = [
    pytest.param(shape, marks=[pytest.mark.slow] if number % QUICK_EVERY else []) for number, shape in enumerate(SHAPES)
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def watch() -> AsyncIterator[Watch]:
    async with watching() as one:
        yield one


@pytest.fixture(scope="session")
def of(watch: Watch, tmp_path_factory: pytest.TempPathFactory) -> Ingredients:
    return Ingredients(folder=tmp_path_factory.mktemp("corpus"), address=watch.address)


@pytest.mark.parametrize("shape", EACH, ids=lambda shape: f"{shape.family}: {shape.name}")
async def test_every_recording_comes_to_what_it_must(
    shape: Shape, of: Ingredients, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    limits = Limits()
    result = await run(shape, of, ChildInspector(limits))
    assert differences(shape, result) == []
    assert result.reads <= limits.reads
    assert result.volume <= limits.bytes
    assert watch.calls == 0, "somebody was called"
    assert said(caplog) == [], "a child crashed, hung, passed a limit, or said what it may not"
    # whatever clocks the recording names, the days run from when it arrived
    assert result.clip.uploaded_at == UPLOADED
    undecided = result.clip.decision.evidential
    assert result.clip.retention == retention(undecided, uploaded_at=UPLOADED, now=UPLOADED)


def test_the_corpus_has_every_family_and_no_two_rows_of_one_name() -> None:
    families = Counter(shape.family for shape in SHAPES)
    assert set(families) == {"good", "odd", "broken", "hostile"}
    assert min(families.values()) >= 15
    assert len({shape.name for shape in SHAPES}) == len(SHAPES) >= 60


async def test_the_watch_notices_a_call() -> None:
    """Else that nobody was called would say nothing."""
    async with watching() as watch:
        host, _, port = watch.address.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        await reader.read()
        writer.close()
        await writer.wait_closed()
        assert watch.calls == 1
