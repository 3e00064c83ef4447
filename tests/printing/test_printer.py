"""The parent's side: however its child ends, there is a paper or a fault without a word of it, and no child is left."""

import asyncio
import os
import sys

import psutil
import pytest

from shared.adapters.printing.printer import ChildPrinter, Limits, PrinterFault
from shared.domain.transcript_print import as_printed
from tests.builders import RECORDING
from tests.transcripts import a_transcript

PAGE = as_printed(a_transcript(), public_base_url="https://continuity.example")


def misbehaving(way: str, **limits: float) -> ChildPrinter:
    command = (sys.executable, "-m", "tests.printing.misbehaving", way)
    return ChildPrinter(Limits(**limits), command=command)  # type: ignore[arg-type]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


@pytest.mark.parametrize("way", ["silent", "babbling", "failing", "environment?"])
async def test_a_child_that_gives_no_paper_is_a_fault_without_a_word_of_it(way: str) -> None:
    before = children()
    with pytest.raises(PrinterFault) as fault:
        await misbehaving(way).printed(PAGE)
    assert RECORDING not in str(fault.value)
    assert children() <= before


async def test_a_child_that_takes_too_long_is_ended() -> None:
    before = children()
    with pytest.raises(PrinterFault, match="too long"):
        await misbehaving("deaf", seconds=0.2).printed(PAGE)
    assert children() <= before


async def test_a_child_whose_reader_goes_away_is_ended() -> None:
    before = children()
    printing = asyncio.create_task(misbehaving("deaf").printed(PAGE))
    while not children() - before:
        await asyncio.sleep(0.01)
    printing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await printing
    assert children() <= before


async def test_the_child_knows_no_secret_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APPLICATIONINSIGHTS_CONNECTION_STRING", "a secret")
    told = (await misbehaving("environment").printed(PAGE)).decode()
    assert "APPLICATIONINSIGHTS_CONNECTION_STRING" in os.environ
    assert set(told.removeprefix("%PDF-").split()) <= {"PYTHONPATH", "LC_ALL", "LC_CTYPE"}


async def test_one_that_cannot_be_started_is_a_fault() -> None:
    with pytest.raises(PrinterFault, match="could not be started"):
        await ChildPrinter(command=("/nowhere/python",)).printed(PAGE)


async def test_no_more_than_it_has_places_for_print_at_once() -> None:
    printer = ChildPrinter(
        Limits(seconds=0.5), places=2, command=(sys.executable, "-m", "tests.printing.misbehaving", "deaf")
    )
    before = children()
    most = 0
    papers = [asyncio.create_task(printer.printed(PAGE)) for _ in range(5)]
    while not all(paper.done() for paper in papers):
        most = max(most, len(children() - before))
        await asyncio.sleep(0.01)
    assert most == 2
    assert [type(paper.exception()) for paper in papers] == [PrinterFault] * 5
    assert children() <= before
