"""The end of the story: the ledger is sealed and witnessed; a trail is taken away and verified, and so is a forgery.

Nothing of this asks the service to vouch for itself: the witnesses and the verifier are the programs that strangers
run (tools/witness.py, tools/verify.py), each as a command that can be done again by hand.
"""

import json
import shlex
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local import witnesses
from local.calls import Person, UnexpectedReply
from local.story_telling import say, show, until
from shared.usecases.seal import SETTLED
from tools.verifying.report import NOT_VERIFIED, OPEN

TAKEN_AWAY = "application/vnd.continuity.trail+json"
DECISION = "footage.categorised"
FORGED = "yes"
SAID_ALREADY = ("given", "keys")
INDENT = 13  # of the verifier's reports (tools/verifying/report.py)
MOST, WIDE = 5, 117  # lines told alike, characters of a line


def verified(
    auditor: Person, settings: Mapping[str, str], folder: Path, *, clip: str, entries: Sequence[Mapping[str, Any]]
) -> None:
    decision = next(entry for entry in entries if entry["action"] == DECISION)
    keys = seal_and_witness(auditor, settings, folder, entries[-1])

    say("8", f"{auditor.name} takes that trail away. With the keys, anybody can verify it, without the service.")
    genuine, forged = folder / "trail.json", folder / "trail-forged.json"
    genuine.write_bytes(auditor.get(f"/api/footage/{clip}/trail", accept=TAKEN_AWAY).must_be(200).body)
    verify(genuine, keys, expected=OPEN)

    change = forge(genuine, forged, decision["id"])
    say("9", f"In a copy, somebody changes one word of entry {decision['number']}: {change}.")
    verify(forged, keys, expected=NOT_VERIFIED)


def seal_and_witness(auditor: Person, settings: Mapping[str, str], folder: Path, last: Mapping[str, Any]) -> list[str]:
    """All up to the last of these entries. The verifier keys: those of the ledger, and those of the witnesses."""
    say("7", "The ledger is sealed, as it is every minute, and two witnesses cosign it who trust it with nothing.")
    settles = datetime.fromisoformat(last["occurredAt"]) + SETTLED
    time.sleep(max(0.0, (settles - datetime.now(UTC)).total_seconds()))
    auditor.post("/admin/functions/seal", {"input": ""}).must_be(202)
    until(lambda: auditor.get(f"/api/audit/entries/{last['id']}/proof"), lambda reply: reply.status == HTTPStatus.OK)
    base_url, watching = settings["PUBLIC_BASE_URL"], witnesses.listed(folder)
    log_keys = witnesses.log_keys(base_url, settings["LOG_ORIGIN"])
    for witness, told in zip(watching, witnesses.look(watching, base_url, log_keys), strict=True):
        show(f"{witness.name}  {told}")
    return [*log_keys, *(witness.verifier for witness in watching)]


def forge(genuine: Path, forged: Path, entry_id: str) -> str:
    """A copy in which the decision reads otherwise; what was changed."""
    export = json.loads(genuine.read_bytes())
    entry = next(each["entry"] for each in export["entries"] if each["entry"]["id"] == entry_id)
    change = next(each for each in entry["changes"] if each["field"] == "evidential")
    told = f"{change['field']} was {change['after']!r} and is {FORGED!r}"
    change["after"] = FORGED
    forged.write_text(json.dumps(export, ensure_ascii=False), encoding="utf-8")
    return told


def verify(trail: Path, keys: Sequence[str], *, expected: int) -> None:
    """The verifier's own report, shortened, after the command that gives it whole."""
    words = ["-m", "tools.verify", "trail", str(trail), *(word for key in keys for word in ("--key", key))]
    show(f"$ {shlex.join(['.venv/bin/python', *words])}")
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    if done.returncode != expected:
        raise UnexpectedReply(f"tools.verify ended with {done.returncode}, not {expected}: {done.stdout}{done.stderr}")
    for line in shortened(done.stdout):
        show(line)


def shortened(report: str) -> Iterator[str]:
    """Without what the command says already; where many things are told alike, the first ones and the last."""
    told: dict[str, list[str]] = {}
    for line in report.splitlines():
        name = line[:INDENT].strip() or next(reversed(told))
        told.setdefault(name, []).append(line[INDENT:])
    for name, lines in told.items():
        if name not in SAID_ALREADY:
            yield from _wrapped(
                name, lines if len(lines) <= MOST else [*lines[:2], f"({len(lines) - 3} more)", lines[-1]]
            )


def _wrapped(name: str, lines: Sequence[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        first = f"{name if at == 0 else '':<{INDENT}}"
        yield from textwrap.wrap(line, WIDE, initial_indent=first, subsequent_indent=" " * (INDENT + 2))
