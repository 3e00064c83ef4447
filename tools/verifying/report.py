"""The report of a verification, as it can go into a statement: what was given, checked, open, not checked, and wrong.

R1  What stands in it comes from files that anybody may have made. No character of theirs can end a line, hide, or turn
    round what stands beside it: each that does not print is written as its number, `<U+202E>`, and so is a space after
    a space, with which a line could be pushed on to look like the next.
R2  `open` is what no export of a trail can show of itself. What could have been shown and was not is not checked.
"""

import re
from dataclasses import dataclass, field

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART, OPEN = range(5)
RESULTS = (
    "VERIFIED",
    "NOT VERIFIED",
    "UNREADABLE",
    "VERIFIED, BUT A PART COULD NOT BE CHECKED",
    "VERIFIED, BUT FOR THE END THAT NO EXPORT CAN SHOW OF ITSELF",
)


class Unreadable(Exception):
    """What was given is no such file."""


@dataclass(slots=True)
class Report:
    """What was given, what of it was checked, and what could not be; `beside` it lies what was not asked about."""

    given: str
    keys: list[str]
    checked: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    wrong: str = ""

    @property
    def code(self) -> int:
        """The exit code where nothing was wrong."""
        if self.unchecked:
            return IN_PART
        return OPEN if self.open else VERIFIED

    def text(self, code: int) -> str:
        told = [("given", [self.given]), ("keys", self.keys), ("checked", self.checked), ("beside", self.beside)]
        told += [("open", self.open), ("not checked", self.unchecked), ("wrong", [self.wrong] if self.wrong else [])]
        lines = [
            f"{name if at == 0 else '':<12} {printed(line)}" for name, said in told for at, line in enumerate(said)
        ]
        return "\n".join([*lines, f"{'result':<12} {RESULTS[code]}"])


def printed(text: str) -> str:
    """Rule R1. Of bidirectional characters the marks do not print; letters that run to the left are letters."""
    shown = "".join(each if each.isprintable() else _number(each) for each in text)
    return re.sub("(?<= ) ", _number(" "), shown)


def _number(character: str) -> str:
    """As the Unicode standard writes it."""
    return f"<U+{ord(character):04X}>"
