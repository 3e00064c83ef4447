"""The story that `make run` tells, on the running stack, through the same doors as everybody.

Two officers dock what their cameras recorded; one clip becomes evidence, one does not and is gone when its 31 days
are over; a supervisor may see, an officer of another borough may not; and the trail has it all, which anybody can
verify (local/story_ledger.py). Each step asks the service and shows what it answered; an answer that is not as the
story goes ends it with exit code 1.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.backdate import back_date
from local.calls import Person, UnexpectedReply
from local.errors import StackError
from local.story_ledger import verified
from local.story_telling import say, short, show, until
from local.tokens import mint

DOCK, STATION, BOROUGH = "peckham-1", "Peckham", "Southwark"
DOE, ROE = "4021", "4077"
DAYS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """Everybody in the story."""

    doe: Person
    roe: Person
    supervisor: Person
    stranger: Person
    manager: Person
    auditor: Person


def cast(settings: Mapping[str, str]) -> Cast:
    def person(role: str, name: str, officer: str | None = None, borough: str | None = BOROUGH) -> Person:
        token = mint(settings, role=role, name=name, officer=officer, borough=borough, minutes=480)
        return Person(name=name, base_url=settings["PUBLIC_BASE_URL"], token=token)

    return Cast(
        doe=person("officer", "PC Jane Doe", DOE),
        roe=person("officer", "PC Sam Roe", ROE),
        supervisor=person("supervisor", "Sgt Ann Lee", "2001"),
        stranger=person("officer", "PC Max Poe", "5150", "Camden"),
        manager=person("evidence-manager", "Kim Fry", "9001"),
        auditor=person("auditor", "Lou Day", None, None),
    )


def tell(settings: Mapping[str, str]) -> None:
    people = cast(settings)
    say("1", f"{people.manager.name}, evidence manager, enters the dock {DOCK} in the register.")
    body = {"station": STATION, "borough": BOROUGH, "client": DOCK}
    people.manager.put(f"/api/docks/{DOCK}", body).must_be(200)

    say("2", "The dock hands footage over: two recordings of PC Doe's camera.")
    dock_footage(2, camera="BWV-0412", officer=DOE)
    evidence, other = decide(people)
    see(people, evidence)
    gone(people, settings, evidence=evidence, other=other)
    entries = trail(people, other)
    verified(people.auditor, settings, Path(os.environ["CONTINUITY_STACK_FOLDER"]), clip=other, entries=entries)


def decide(people: Cast) -> tuple[str, str]:
    say("3", "PC Doe finds both, verified, and says what they are.")
    clips = people.doe.get("/api/footage").must_be(200).body["clips"]
    show_clips(clips)
    newer, older = clips
    categorise(people.doe, newer, "arrest", "yes", "arrest for robbery, Rye Lane")
    categorise(people.doe, older, "vehicle-stop", "no", "no offence disclosed")
    return str(newer["id"]), str(older["id"])


def categorise(person: Person, clip: Mapping[str, Any], category: str, evidential: str, reason: str) -> None:
    body = {"category": category, "evidential": evidential, "reason": reason}
    etag = f'"{clip["version"]}"'
    reply = person.put(f"/api/footage/{clip['id']}/category", body, etag=etag).must_be(200)
    retention = reply.body["retention"]
    kept = f"kept, reviewed on {retention['reviewOn']}" if evidential == "yes" else f"until {retention['weedAfter']}"
    show(f"{short(clip['id'])}  {category}, evidence: {evidential} -> {kept}")


def see(people: Cast, clip: str) -> None:
    say("4", "PC Roe's camera is emptied, too. Who may see PC Doe's evidence, and who may not.")
    dock_footage(1, camera="BWV-0977", officer=ROE)
    for person in (people.doe, people.supervisor, people.stranger, people.roe):
        reply = person.get(f"/api/footage/{clip}")
        show(f"{person.name:<12} {reply.status} {'sees it' if reply.status == 200 else 'there is no such clip'}")  # noqa: PLR2004
    people.supervisor.get(f"/api/footage/{clip}").must_be(200)
    people.stranger.get(f"/api/footage/{clip}").must_be(404)
    link = people.doe.post(f"/api/footage/{clip}/playback", {"reason": "writing my statement"}).must_be(200).body
    show(f"PC Doe plays it, for a stated reason; the address works until {link['expires']}")


def gone(people: Cast, settings: Mapping[str, str], *, evidence: str, other: str) -> None:
    say("5", f"{DAYS} days later (the demonstration back-dates two documents; no setting could), the weeding runs.")
    for clip in (evidence, other):
        asyncio.run(back_date(settings, clip, days=DAYS))
    people.manager.post("/admin/functions/weed", {"input": ""}).must_be(202)
    stone = until(lambda: people.supervisor.get(f"/api/footage/{other}"), lambda r: r.body["state"] == "weeded").body
    show(f"{short(other)}  weeded at {stone['weeding']['weededAt']} by rule {stone['weeding']['rule']}")
    for what in ("poster", "playback"):
        ask = people.doe.get if what == "poster" else lambda path: people.doe.post(path, {"reason": "to look"})
        show(f"{short(other)}  {what}: {ask(f'/api/footage/{other}/{what}').must_be(410).body['detail']}")
    kept = people.doe.get(f"/api/footage/{evidence}").must_be(200).body
    show(f"{short(evidence)}  {kept['state']}: {kept['retention']['rule']}, as old, and still there")


def trail(people: Cast, clip: str) -> list[dict[str, Any]]:
    say("6", f"The trail of the weeded clip {clip}, as {people.auditor.name}, auditor, reads it.")
    entries: list[dict[str, Any]] = people.auditor.get(f"/api/footage/{clip}/trail").must_be(200).body["entries"]
    for entry in entries:
        who = entry["actor"]["name"] or entry["actor"]["id"]
        line = f"{entry['number']:>2}  {entry['occurredAt'][:19]}  {entry['operation']:<14} {entry['action']:<22}"
        show(f"{line} {who:<12} {entry['outcome']}")
    return entries


def dock_footage(count: int, *, camera: str, officer: str) -> None:
    """Run the dock command as anybody would, and let its progress be seen."""
    words = ["--dock", DOCK, "--camera", camera, "--officer", officer, "--synthesise", str(count), "--seconds", "5"]
    show(f"$ python -m local.dock {' '.join(words)} --token-from-stack")
    folder = os.environ["CONTINUITY_STACK_FOLDER"]
    command = [sys.executable, "-m", "local.dock", *words, "--token-from-stack", "--stack", folder]
    subprocess.run(command, check=True)


def show_clips(clips: list[dict[str, Any]]) -> None:
    for clip in clips:
        media = clip["media"]
        facts = f"{media['durationMs'] / 1000:.1f} s {media['video']['codec']} {media['video']['width']} wide"
        show(f"{short(clip['id'])}  {clip['camera']}  {facts}  {clip['size']} bytes  {clip['integrity']['state']}")


if __name__ == "__main__":
    try:
        tell(os.environ)
    except (StackError, UnexpectedReply, subprocess.CalledProcessError) as wrong:
        sys.exit(f"the story went wrong: {wrong}")
