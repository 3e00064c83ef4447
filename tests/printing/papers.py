"""A printed trail, read again as a stranger reads it: by PDFium, which had no part in making it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pypdfium2  # type: ignore[import-untyped]

from shared.adapters.printing.printer import ChildPrinter
from shared.domain.transcript import Transcript
from shared.domain.transcript_print import as_printed

A4 = (595, 842)
SERVICE = "https://continuity.example"
BREAK = "\u200b"  # where a word that is longer than its line may be broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    raw: bytes
    pages: tuple[str, ...]
    outside: tuple[str, ...]
    overprinted: tuple[str, ...]
    title: str
    headings: tuple[str, ...]
    tagged: bool

    @property
    def text(self) -> str:
        return "\n".join(self.pages)

    @property
    def run_on(self) -> str:
        """The text without spaces and line breaks, which hang on where a line happens to end."""
        return "".join(self.text.split()).replace(BREAK, "")

    def says(self, text: str) -> bool:
        return "".join(text.split()) in self.run_on


async def printed(transcript: Transcript, *, public_base_url: str = SERVICE) -> Paper:
    return read(await ChildPrinter().printed(as_printed(transcript, public_base_url=public_base_url)))


@contextmanager
def opened(raw: bytes) -> Iterator[Any]:
    """As PDFium has it, which has no types."""
    document = pypdfium2.PdfDocument(raw)
    try:
        yield document
    finally:
        document.close()


def read(raw: bytes) -> Paper:
    with opened(raw) as document:
        pages = [document[number] for number in range(len(document))]
        assert {tuple(round(side) for side in page.get_size()) for page in pages} == {A4}
        return Paper(
            raw=raw,
            pages=tuple(page.get_textpage().get_text_range() for page in pages),
            outside=tuple(text for page in pages for text in _outside(page)),
            overprinted=tuple(text for page in pages for text in _overprinted(page)),
            title=document.get_metadata_value("Title"),
            headings=tuple(each.get_title() for each in document.get_toc()),
            tagged=document.is_tagged(),
        )


def _outside(page: Any) -> Iterator[str]:
    """The characters that are not wholly within the margins of the printers that there are, 5 mm."""
    text, (width, height), margin = page.get_textpage(), page.get_size(), 14
    for number in range(text.count_chars()):
        left, bottom, right, top = text.get_charbox(number)
        if right > left and not (
            margin <= left and right <= width - margin and margin <= bottom and top <= height - margin
        ):
            yield f"{text.get_text_range(number, 1)} at {left:.0f} {bottom:.0f} {right:.0f} {top:.0f}"


def _overprinted(page: Any) -> Iterator[str]:
    """The letters that lie where another one lies; of ASCII, which has no marks. A ligature is one place."""
    text = page.get_textpage()
    taken, last = set[tuple[int, ...]](), None
    for number in range(text.count_chars()):
        letter = text.get_text_range(number, 1)
        if letter.isascii() and letter.isalnum():
            place = tuple(round(side) for side in text.get_charbox(number))
            if place in taken and place != last:
                yield f"{letter} at {place}"
            taken.add(place)
            last = place
