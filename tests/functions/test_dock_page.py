"""docs/api/docks.md is what integrators build from: each status it tells is met at the real doors, and no other."""

import re
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any

import pytest

from functions.answering import STATUS
from functions.docks import GRANT, RECEIPT, GrantBody
from shared.domain.categorise import CATEGORIES
from shared.domain.footage import DockId, Fixity, Integrity, Sha256
from shared.domain.intake import SAID
from shared.domain.naming import EXTENSIONS
from shared.domain.receipt import receipt as receipt_text
from tests.builders import (
    DOCK,
    NOW,
    RECORDING,
    SHA256,
    a_clip,
    a_dock,
    a_grant,
    a_metadata,
)
from tests.functions.directory import DOCK_ITSELF
from tests.functions.opened import ROOT
from tests.functions.test_malformed import WANTED
from tests.functions.world import Answered, MemoryService

PAGE = (ROOT / "docs" / "api" / "docks.md").read_text()
VERIFIED = Integrity(state=Fixity.VERIFIED, claimed=SHA256, sha256=SHA256, verified_at=NOW)
MISMATCH = Integrity(state=Fixity.MISMATCH, claimed=SHA256, sha256=Sha256("a" * 64), verified_at=NOW)
OURS = {int(status) for status in STATUS.values()}
NEVER_OF_DOCKS = {410, 412, 428, 405, 406, 501}  # a dock changes no clip, names no version, and speaks no OData

Scene = Callable[[MemoryService], Awaitable[Answered]]


def told(table: str) -> list[int]:
    """The statuses of the page's table that is headed so."""
    body = PAGE.partition(f"| {table} |")[2].partition("\n\n")[0]
    return [int(status) for status in re.findall(r"^\| (\d{3}) \|", body, re.MULTILINE)]


async def grant(world: MemoryService, who: Any = DOCK_ITSELF, **changes: Any) -> Answered:
    world.records.put(a_dock())
    return await world.ask("grant", who, route={"dock": DOCK}, body=WANTED | changes)


async def receipt(world: MemoryService, who: Any = DOCK_ITSELF, *, dock: str = DOCK, **clip: Any) -> Answered:
    world.records.put(a_dock(), a_grant())
    if clip:
        world.records.put(a_clip(**clip))
    return await world.ask("receipt", who, route={"dock": dock, "recording": RECORDING})


async def disabled(world: MemoryService, door: str) -> Answered:
    world.records.put(a_dock(enabled=False))
    return await world.ask(door, DOCK_ITSELF, route={"dock": DOCK, "recording": RECORDING}, body=WANTED)


async def ingested(world: MemoryService) -> Answered:
    world.records.put(a_grant(), a_clip())
    return await grant(world, recording=RECORDING)


async def another_s(world: MemoryService) -> Answered:
    world.records.put(a_dock(), a_grant(dock=DockId("dock-2")))
    return await world.ask("receipt", DOCK_ITSELF, route={"dock": DOCK, "recording": RECORDING})


async def broken(world: MemoryService, ask: Scene) -> Answered:
    world.faults.break_every("records.dock")
    return await ask(world)


GRANTS: Mapping[int, Scene] = MappingProxyType(
    {
        201: grant,
        400: lambda world: grant(world, size="1"),
        401: lambda world: grant(world, None),
        403: lambda world: disabled(world, "grant"),
        404: lambda world: grant(world, recording=RECORDING),
        409: ingested,
        500: lambda world: broken(world, grant),
    }
)
RECEIPTS: Mapping[int, Scene] = MappingProxyType(
    {
        200: lambda world: receipt(world, integrity=VERIFIED),
        202: receipt,
        400: lambda world: receipt(world, dock="no dock"),
        401: lambda world: receipt(world, None),
        403: lambda world: disabled(world, "receipt"),
        404: another_s,
        409: lambda world: receipt(world, integrity=MISMATCH),
        500: lambda world: broken(world, receipt),
    }
)


def test_the_page_tells_each_status_once_and_leaves_none_of_ours_out() -> None:
    assert told("grants") == sorted(GRANTS)
    assert told("receipts") == sorted(RECEIPTS)
    refusals = OURS - NEVER_OF_DOCKS
    assert refusals <= set(GRANTS)
    assert refusals <= set(RECEIPTS)


@pytest.mark.parametrize("status", GRANTS)
async def test_a_grant_is_answered_with_each_status_the_page_tells(world: MemoryService, status: int) -> None:
    assert (await GRANTS[status](world)).status == status


@pytest.mark.parametrize("status", RECEIPTS)
async def test_a_receipt_is_answered_with_each_status_the_page_tells(world: MemoryService, status: int) -> None:
    assert (await RECEIPTS[status](world)).status == status


async def test_the_fields_of_the_409s_are_those_the_page_tells_apart(world: MemoryService) -> None:
    assert (await RECEIPTS[409](world)).json["field"] == "sha256"
    assert (await GRANTS[409](world)).json["field"] == "recording"
    rows = " ".join(re.findall(r"^\| 409 \| (.*?) \|", PAGE, re.MULTILINE))
    assert [field for field in ("sha256", "recording", "Idempotency-Key") if f"`{field}`" not in rows] == []


async def test_not_yet_says_when_to_ask_again(world: MemoryService) -> None:
    assert "Retry-After" in (await RECEIPTS[202](world)).headers


def test_the_page_names_the_doors_and_what_their_bodies_hold() -> None:
    for door in (GRANT, RECEIPT):
        assert f"`{door.method} /api/{door.route}`" in PAGE
    names = {str(field.alias) for field in GrantBody.model_fields.values()}
    (body,) = re.findall(r"^`\{(.*)\}`", PAGE, re.MULTILINE)
    assert {name.strip(" ?") for name in body.split(",")} == names
    optional = {str(field.alias) for field in GrantBody.model_fields.values() if not field.is_required()}
    assert {name.strip(" ?") for name in body.split(",") if "?" in name} == optional
    assert [kind for kind in EXTENSIONS if f"`{kind}`" not in PAGE] == []


def test_the_page_names_the_metadata_that_ingest_reads_and_docks_write() -> None:
    rows = PAGE.partition("| key |")[2]
    named = {name for row in re.findall(r"^\| (`.*?) \|", rows, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert named == {*SAID, *a_metadata()}
    assert set(re.findall(r"a code such as `([a-z-]+)`", PAGE)) <= set(CATEGORIES)


def test_the_page_shows_the_lines_of_a_receipt() -> None:
    text = receipt_text(a_clip(integrity=VERIFIED))
    assert text is not None
    (shown,) = re.findall(r"```\n(continuity-receipt.*?)```", PAGE, re.DOTALL)
    assert shown.splitlines()[0] == text.splitlines()[0]
    assert len(shown.splitlines()) == len(text.splitlines())
