"""How the story is told: steps, lines, and waiting for what happens by itself."""

import time
from collections.abc import Callable

from local.calls import Reply, UnexpectedReply

WITHIN = 60.0  # seconds for anything that happens by itself


def until(ask: Callable[[], Reply], satisfied: Callable[[Reply], bool]) -> Reply:
    ends = time.monotonic() + WITHIN
    while not satisfied(reply := ask()):
        if time.monotonic() > ends:
            raise UnexpectedReply(f"still {reply.status} after {WITHIN:g} s: {reply.body}")
        time.sleep(0.2)
    return reply


def short(clip: str) -> str:
    return clip[:8]


def say(number: str, text: str) -> None:
    print(f"\n{number}. {text}", flush=True)


def show(text: str) -> None:
    print(f"   {text}", flush=True)
