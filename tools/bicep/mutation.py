"""One way to spoil the Bicep in one place, and the rules of which one has to notice it.

It is tried wherever its pattern matches in the statements of the resource types it is about (anywhere, where it names
none). A mutant counts as noticed only if one of those rules says something it did not say before.
"""

import re
from dataclasses import dataclass

NOTHING = re.compile(r"(?!)")
UNREADABLE = "unreadable"  # the rule of a mutant that the parser or the evaluator refuses, as the compiler would


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """`drop` puts `if (false)` before the body instead of changing its text."""

    name: str
    noticed_by: frozenset[str]
    kinds: tuple[str, ...] = ()
    pattern: re.Pattern[str] = NOTHING
    replacement: str = ""
    drop: bool = False


def spoilt(name: str, pattern: str, replacement: str, *noticed_by: str, kinds: tuple[str, ...] = ()) -> Mutation:
    return Mutation(
        name=name, pattern=re.compile(pattern), replacement=replacement, noticed_by=frozenset(noticed_by), kinds=kinds
    )


def turned(name: str, properties: str, *noticed_by: str, kinds: tuple[str, ...] = ()) -> Mutation:
    """`true` for `false` and the other way round, of properties whose names match."""
    off = spoilt(name, rf"\b({properties}): false\b", r"\1: true", *noticed_by, kinds=kinds)
    on = spoilt(name, rf"\b({properties}): true\b", r"\1: false", *noticed_by, kinds=kinds)
    return off if properties.startswith(("allow", "is", "enableMultiple")) else on


def dropped(name: str, kind: str, *noticed_by: str) -> Mutation:
    return Mutation(name=name, kinds=(kind,), drop=True, noticed_by=frozenset(noticed_by))
