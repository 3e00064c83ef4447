"""How a hook asks `az` and `azd`, what it knows of the environment, and how it ends.

A command that fails is a Trouble of one line. Nothing is passed through a shell, and no secret is ever an argument.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST_REASON = 300
MISSING = ("notfound", "not found", "could not be found")


class Trouble(Exception):
    """One line, for whoever deploys."""


class Failed(Trouble):
    """A command ended badly."""

    @property
    def is_missing(self) -> bool:
        return any(word in str(self).lower() for word in MISSING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often something is tried, and how long is waited in between."""

    attempts: int
    seconds: float


def az(*arguments: str, subscription: str = "") -> Any:
    """What it answered as JSON; None where it answers nothing."""
    within = ("--subscription", subscription) if subscription else ()
    answer = run("az", *arguments, *within, "--only-show-errors", "--output", "json")
    return _read("az", answer) if answer.strip() else None


def azd(*arguments: str) -> str:
    return run("azd", *arguments)


def run(name: str, *arguments: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Trouble(f"{name} is not on PATH: docs/deploying.md, what you need")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(
            f"{_told(name, arguments)} failed: {_reason(done.stderr) or _reason(done.stdout) or 'it says nothing'}"
        )
    return done.stdout


def environment() -> Mapping[str, str]:
    """What azd keeps for its environment, and over it what this process was given: a hook of azd is given all of it."""
    given = dict(os.environ)
    if given.get("AZURE_ENV_NAME") or not has_azd():
        return given
    try:
        kept = _read("azd", azd("env", "get-values", "--output", "json"))
    except Failed:  # no project or no environment here: somebody deploys by hand, and has set what is needed
        return given
    return {str(name): str(value) for name, value in kept.items()} | given


def needed(known: Mapping[str, str], *names: str) -> tuple[str, ...]:
    """Their values. Raises Trouble that names all that are missing."""
    if missing := [name for name in names if not known.get(name)]:
        raise Trouble(f"not known yet: {', '.join(missing)}; they are outputs of infra/main.bicep (azd provision)")
    return tuple(known[name] for name in names)


def again(patience: Patience, attempt: Callable[[], T]) -> T:
    """Its answer, as soon as it has one: what was just made in Azure is seen late, and Azure throttles."""
    for _ in range(patience.attempts - 1):
        try:
            return attempt()
        except Failed as trouble:
            say(f"  not yet: {trouble}")
            time.sleep(patience.seconds)
    return attempt()


def keep(known: Mapping[str, str], name: str, value: str) -> None:
    """For every later deployment: azd remembers it, where there is azd."""
    if known.get(name) == value:
        return
    if has_azd():
        azd("env", "set", name, value)
    else:
        say(f"keep for every later deployment: {name}={value}")


def has_azd() -> bool:
    return shutil.which("azd") is not None


def patience_of(name: str, about: str | None, arguments: list[str]) -> Patience:
    parser = argparse.ArgumentParser(prog=f"python -m infra.hooks.{name}", description=(about or "").splitlines()[0])
    parser.add_argument("--attempts", type=int, default=20, help="how often something is tried")
    parser.add_argument("--every", type=float, default=30.0, help="seconds in between")
    given = parser.parse_args(arguments)
    return Patience(attempts=max(given.attempts, 1), seconds=given.every)


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what a hook is for is to tell whoever deploys


def ends(hook: Callable[[], None]) -> int:
    """The exit code."""
    try:
        hook()
    except Trouble as trouble:
        print(f"error: {trouble}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _read(name: str, answer: str) -> Any:
    try:
        return json.loads(answer)
    except ValueError:
        raise Failed(f"{name} answered something that is no JSON") from None


def _told(name: str, arguments: tuple[str, ...]) -> str:
    """The command as far as its first option."""
    return " ".join([name, *takewhile(lambda word: not word.startswith("-"), arguments)])


def _reason(text: str) -> str:
    """Its line of error, or else its first."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    worst = next((line for line in lines if line.upper().startswith("ERROR")), lines[0] if lines else "")
    return worst[:LONGEST_REASON]
