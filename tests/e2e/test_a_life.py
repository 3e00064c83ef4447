"""One clip from dock to tombstone, on the running stack, and every entry of its trail."""

import json
import subprocess
import sys
from typing import Any

import pytest

from local.story import DOCK, Cast
from local.story_telling import until
from shared.domain.ledger import commitment
from tests.e2e.store import Store

pytestmark = pytest.mark.stack

# number, operation of section 62 or of ours, action, whose, outcome
LIFE = [
    ("administration", "footage.granted", DOCK, "granted"),
    ("collection", "footage.ingested", "system:ingest", "granted"),
    ("administration", "footage.verified", "system:fixity", "granted"),
    ("administration", "receipt.issued", DOCK, "granted"),
    ("consultation", "footage.read", "4021", "granted"),
    ("consultation", "footage.poster-shown", "4021", "granted"),
    ("consultation", "footage.played", "4021", "granted"),
    ("access", "refused.read", "5150", "refused"),
    ("alteration", "footage.categorised", "4021", "granted"),
    ("erasure", "footage.condemned", "system:weed", "granted"),
    ("erasure", "footage.weeded", "system:weed", "granted"),
    ("consultation", "footage.read", "2001", "granted"),
    ("consultation", "trail.read", "9001", "granted"),
]


def dock_one_clip(environment: dict[str, str]) -> str:
    """Run the dock command; the id of the recording it has a receipt for."""
    base = environment["PUBLIC_BASE_URL"]
    words = ["--dock", DOCK, "--camera", "BWV-0412", "--officer", "4021", "--synthesise", "1", "--seconds", "3"]
    token = mint_dock(environment)
    command = [sys.executable, "-m", "local.dock", *words, "--json", "--base-url", base, "--token", token]
    docked = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
    events = [json.loads(line) for line in docked.stdout.splitlines()]
    receipts = [event for event in events if event["event"] == "receipt"]
    assert len(receipts) == 1, events
    return str(receipts[0]["recording"])


def mint_dock(environment: dict[str, str]) -> str:
    from local.tokens import mint

    return mint(environment, role="dock", client=DOCK)


async def test_a_clip_from_dock_to_tombstone(people: Cast, store: Store, environment: dict[str, str]) -> None:
    register = {"station": "Peckham", "borough": "Southwark", "client": DOCK}
    people.manager.put(f"/api/docks/{DOCK}", register).must_be(200)
    clip = dock_one_clip(environment)

    looked_at_and_decided(people, clip)
    before = await store.document(clip, clip)
    assert await store.has_blob("footage", before["blob"]["path"])
    assert await store.has_blob("posters", f"{clip}.jpg")

    await store.back_date(clip, days=32)
    people.manager.post("/admin/functions/weed", {"input": ""}).must_be(202)
    await condemned_and_gone(store, clip)
    stone = people.supervisor.get(f"/api/footage/{clip}").must_be(200).body

    assert_tombstone(stone, before)
    assert not await store.has_blob("footage", before["blob"]["path"])
    assert not await store.has_blob("posters", f"{clip}.jpg")
    shown = people.manager.get(f"/api/footage/{clip}/trail").must_be(200).body["entries"]
    assert [(e["operation"], e["action"], e["actor"]["id"], e["outcome"]) for e in shown] == LIFE
    await assert_linked(store, clip)


def looked_at_and_decided(people: Cast, clip: str) -> None:
    read = people.doe.get(f"/api/footage/{clip}").must_be(200)
    assert read.body["media"]["durationMs"] == pytest.approx(3000, abs=100)
    assert people.doe.get(f"/api/footage/{clip}/poster").must_be(200).body.startswith(b"\xff\xd8\xff")
    people.doe.post(f"/api/footage/{clip}/playback", {"reason": "writing my statement"}).must_be(200)
    people.stranger.get(f"/api/footage/{clip}").must_be(404)
    decision = {"category": "vehicle-stop", "evidential": "no", "reason": "no offence disclosed"}
    people.doe.put(f"/api/footage/{clip}/category", decision, etag=read.etag).must_be(200)


async def condemned_and_gone(store: Store, clip: str) -> None:
    import asyncio

    async with asyncio.timeout(30):
        while (await store.document(clip, clip))["state"] != "weeded":
            await asyncio.sleep(0.1)


def assert_tombstone(stone: dict[str, Any], before: dict[str, Any]) -> None:
    assert stone["state"] == "weeded"
    assert stone["integrity"]["sha256"] == before["integrity"]["sha256"]
    assert stone["weeding"]["rule"].startswith("R5")
    assert (stone["decision"]["by"], stone["decision"]["why"]) == ("4021", None)
    assert (stone["media"], stone["incident"], stone["poster"]) == (None, None, False)


async def assert_linked(store: Store, clip: str) -> None:
    """Numbers 1 to n without gap, each linked to the one before, and the trail's end is the last of them."""
    entries = await store.entries(clip)
    assert [entry["number"] for entry in entries] == list(range(1, len(LIFE) + 1))
    links = [None, *(commitment(entry) for entry in entries)]
    assert [entry["previous"] for entry in entries] == links[:-1]
    trail = await store.document(clip, "trail")
    assert (trail["count"], trail["last"]) == (len(LIFE), links[-1])


async def test_a_dock_gets_one_receipt_however_often_it_asks(people: Cast, environment: dict[str, str]) -> None:
    from local.calls import Person
    from local.tokens import mint

    people.manager.put(f"/api/docks/{DOCK}", {"station": "Peckham", "borough": "Southwark", "client": DOCK})
    clip = dock_one_clip(environment)
    token = mint(environment, role="dock", client=DOCK)
    dock = Person(name=DOCK, base_url=environment["PUBLIC_BASE_URL"], token=token)
    notes = [dock.get(f"/api/docks/{DOCK}/receipts/{clip}").must_be(200).body for _ in range(3)]
    assert len(set(notes)) == 1
    trail = until(lambda: people.supervisor.get(f"/api/footage/{clip}/trail"), lambda r: r.status == 200)
    assert [e["action"] for e in trail.body["entries"]].count("receipt.issued") == 1
