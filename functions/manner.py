"""How a door speaks that keeps a protocol of others, where that says so otherwise than we do (functions/feed.py).

Who may, what is entered and what is told of a fault are the desk's business at such a door as at any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import azure.functions as func

from functions.answering import Speech
from shared.domain.claims import Expected
from shared.domain.entry import Change
from shared.errors import Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """`answers`: the methods that are answered as the door's own is; `hears`: all that it is hung for, so that it can
    say no to the rest itself. `shows`: the other content types of its good answers. `headers` are on every answer, and
    `speech` is how a no is said. `reads`: the headers it is handed. `challenge`: what is asked of nobody in
    particular. `enters`: the refusals that are entered here beside the usual ones, with the reason's code; `asked`:
    the subject of such an entry, and what it tells of what was asked.
    """

    answers: tuple[str, ...]
    hears: tuple[str, ...]
    speech: Speech
    speech_schema: Mapping[str, Any]
    challenge: Callable[[func.HttpRequest, Expected], str]
    asked: Callable[[func.HttpRequest], tuple[str, tuple[Change, ...]]]
    shows: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    enters: Mapping[type[Refusal], str] = field(default_factory=dict)
