"""What a test run says aloud, kept while it runs: every line as the app would log it, every answer that is no good one.

Lines are those that the levels of the app let through (shared/telemetry), from whatever library they come, with their
stack trace if they have one. What people said in their requests is kept beside it, so that it can be looked for. The
test that runs last reads it all: tests/house/test_silence.py. What a test marked `indiscreet` makes a logger say on
purpose is not kept.
"""

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from shared.telemetry import quieten

HOST_LOGS = "**/logs/host*.log"  # local/run.py and tests/e2e/hosted.py
# A trigger must raise to be tried again, and a host logs whatever is raised, with the lines it went through. Ours end
# in Failed or a kind of it, whose text is a kind and a place (functions/watched.py), and behind which nothing shows.
OF_A_TRIGGER = re.compile(
    r"^Traceback \(most recent call last\):\n(?: .*\n)+functions\.\w+\.(?:Failed|\w+Incomplete): [\w .,:;/<>-]+$",
    re.MULTILINE,
)
LISTENS_AT = logging.INFO  # as the worker does
NOT_THE_APP_S = frozenset(
    {"aiohttp.server"}
)  # in this process it serves stand-ins that tests break; a host has its own
FREE_TEXT = frozenset({"reason", "text", "why"})
LONG_ENOUGH = 8  # a shorter text may stand anywhere by chance
NAMES = (
    *("Ada Byron", "Lovelace", "Grace Hopper"),  # tests/builders.py and tests/functions/directory.py
    *("Jane Doe", "Sam Roe", "Ann Lee", "Max Poe", "Kim Fry", "Lou Day", "Mrs Doe"),  # local/story.py and all over
)
SECRETS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "a stack trace": re.compile(r'Traceback \(most recent call last\)|^ *File "/', re.MULTILINE),
        "an SDK's words": re.compile(
            r"azure\.(core|cosmos|storage|identity)\.[\w.]*exceptions|\b\w+ResponseError\(|ErrorCode:|Status code: \d"
        ),
        "a shared access signature": re.compile(r"\bsig=|\bsv=20\d\d|\bskoid="),
        "a token": re.compile(r"\beyJ[\w-]{8}|Bearer \S{16}"),
        "a key": re.compile(r"AccountKey|InstrumentationKey=\w|BEGIN [A-Z ]*PRIVATE KEY"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """`by` is whoever said it: a logger, a door, a file. `test`: during which test it was said first."""

    by: str
    text: str
    test: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    what: str
    said: Said


@dataclass(slots=True)
class Heard:
    """`texts` is what people wrote in their requests, `names` what their tokens call them."""

    said: dict[tuple[str, str], Said] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=lambda: set(NAMES))
    test: str = "(no test)"
    deaf: bool = False

    def hear(self, by: str, text: str, *, test: str | None = None) -> None:
        if not self.deaf:
            self.said.setdefault((by, text), Said(by=by, text=text, test=test or self.test))

    def handed_over(self) -> str:
        """All of it, in ASCII: among what is said are halves of surrogate pairs, which are no UTF-8."""
        said = [[each.by, each.text, each.test] for each in self.said.values()]
        return json.dumps({"said": said, "texts": sorted(self.texts), "names": sorted(self.names)})

    def join(self, handed_over: str) -> None:
        """What another process heard and handed over."""
        other = json.loads(handed_over)
        for by, text, test in other["said"]:
            self.said.setdefault((by, text), Said(by=by, text=text, test=test))
        self.texts |= set(other["texts"])
        self.names |= set(other["names"])

    def answer(self, by: str, status: int, raw: bytes) -> None:
        """Only what is no good answer must say nothing of anybody; a good one shows what was asked for."""
        if status >= 300:
            self.hear(by, raw.decode(errors="replace"))

    def request(self, claims: Mapping[str, Any] | None, body: Any) -> None:
        name = (claims or {}).get("name")
        self.names |= {name} if isinstance(name, str) and len(name) >= LONG_ENOUGH else set()
        self.texts |= {text for text in _free_texts(body) if len(text) >= LONG_ENOUGH}

    def leaks(self, more: Iterable[Said] = ()) -> list[Leak]:
        """Whatever should not have been said. `more` was said elsewhere, by a process of its own."""
        return [leak for said in (*self.said.values(), *more) for leak in self._in(said)]

    def _in(self, said: Said) -> Iterator[Leak]:
        found = [what for what, pattern in SECRETS.items() if pattern.search(said.text)]
        found += ["somebody's name" for name in self.names if name in said.text]
        found += ["somebody's words" for text in self.texts if text in said.text]
        yield from (Leak(what=what, said=said) for what in dict.fromkeys(found))


class Ear(logging.Handler):
    """Hears each record as it would be printed."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(LISTENS_AT)
        self._heard = heard

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in NOT_THE_APP_S:
            self._heard.hear(f"log {record.name}", self.format(record))


def listen(heard: Heard) -> None:
    """From now on, at the levels the app sets for itself."""
    root = logging.getLogger()
    root.setLevel(LISTENS_AT)
    root.addHandler(Ear(heard))
    quieten()


def told(leaks: Iterable[Leak]) -> str:
    """What leaked, a line each; empty if nothing did."""
    return "\n".join(f"{leak.what}, by {leak.said.by}, in {leak.said.test}: {leak.said.text[:300]}" for leak in leaks)


def hosts(folder: Path) -> Iterator[Said]:
    """What the hosts, each a process of its own, wrote into their logs."""
    for log in folder.glob(HOST_LOGS):
        for line in without_triggers(log.read_text(errors="replace")).splitlines():
            yield Said(by=log.name, text=line, test=log.parent.parent.name)


def without_triggers(lines: str) -> str:
    return OF_A_TRIGGER.sub("", lines)


def _free_texts(body: Any) -> Iterator[str]:
    if isinstance(body, Mapping):
        yield from (text for name, text in body.items() if name in FREE_TEXT and isinstance(text, str))
        yield from (text for part in body.values() for text in _free_texts(part))
    elif isinstance(body, list | tuple):
        yield from (text for part in body for text in _free_texts(part))


HEARD = Heard()
