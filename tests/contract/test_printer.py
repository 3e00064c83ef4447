"""Printer: a PDF that says every text of the page, in order; the fake's is nothing but its texts."""

import pytest

from shared.adapters.printing.printer import ChildPrinter
from shared.domain.transcript_print import as_printed
from shared.ports import Printer
from tests.fakes import MemoryPrinter
from tests.printing.papers import read
from tests.transcripts import a_transcript

PAGE = as_printed(a_transcript(2), public_base_url="https://continuity.example")


@pytest.fixture(params=["memory", "child"])
def printer(request: pytest.FixtureRequest) -> Printer:
    return MemoryPrinter() if request.param == "memory" else ChildPrinter()


async def test_it_says_every_text_in_order_and_the_same_again(printer: Printer) -> None:
    raw = await printer.printed(PAGE)
    assert raw.startswith(b"%PDF-")
    text = raw.decode() if isinstance(printer, MemoryPrinter) else read(raw).text
    headings = [text.index(part.heading) for part in PAGE.entries]
    assert headings == sorted(headings)
    ids = [line.text for part in PAGE.entries for line in part.lines if line.label in ("Entry", "Commitment")]
    assert [each for each in ids if each not in text] == []
    assert await printer.printed(PAGE) == raw
