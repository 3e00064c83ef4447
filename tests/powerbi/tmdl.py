"""TMDL, the text of a Power BI model, read as a tree: enough of it to hold our own model to its rules.

One tab is one level. What stands below `=` two levels deeper is an expression, kept as it is but for its indentation.
A line that begins with `///` describes what comes next. Anything else is refused.
"""

import re
from collections import deque
from dataclasses import dataclass

LINE = re.compile(
    r"""(?P<keyword>[A-Za-z_]+)
    (?:[ ](?P<name>'(?:[^']|'')+'|[^\s'=:]+(?:[ ][^\s'=:]+)?))?
    (?:[ ]?(?P<mark>[:=])[ ]?(?P<value>.*))?""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """An object, a property or a flag: `value` is what stands after `=` or `:`, `about` the lines with `///` above."""

    keyword: str
    name: str
    value: str
    about: str
    inside: tuple["Thing", ...]

    def all(self, keyword: str) -> tuple["Thing", ...]:
        return tuple(thing for thing in self.inside if thing.keyword == keyword)

    def one(self, keyword: str) -> "Thing":
        (found,) = self.all(keyword)
        return found

    def said(self, keyword: str) -> str:
        """The value of a property, or nothing where it has none."""
        return next((thing.value for thing in self.all(keyword)), "")


def read(text: str) -> tuple[Thing, ...]:
    lines = deque(text.split("\n"))
    found = _things(lines, 0)
    if lines:
        raise ValueError(f"not as deep as it should be: {lines[0]!r}")
    return found


def _things(lines: deque[str], depth: int) -> tuple[Thing, ...]:
    found: list[Thing] = []
    about: list[str] = []
    while lines and (not lines[0].strip() or _depth(lines[0]) == depth):
        line = lines.popleft().strip()
        if line.startswith("///"):
            about.append(line.removeprefix("///").strip())
        elif line:
            found.append(_thing(line, " ".join(about), lines, depth))
            about = []
    if about:
        raise ValueError(f"described, but not there: {about}")
    return tuple(found)


def _thing(line: str, about: str, lines: deque[str], depth: int) -> Thing:
    match = LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"not TMDL: {line!r}")
    value = match["value"] or ""
    if match["mark"] == "=" and not value:
        value = _expression(lines, depth + 2)
    name = (match["name"] or "").removeprefix("'").removesuffix("'").replace("''", "'")
    return Thing(keyword=match["keyword"], name=name, value=value, about=about, inside=_things(lines, depth + 1))


def _expression(lines: deque[str], depth: int) -> str:
    taken: list[str] = []
    while lines and (not lines[0].strip() or _depth(lines[0]) >= depth):
        taken.append(lines.popleft()[depth:])
    expression = "\n".join(taken).strip("\n")
    if not expression:
        raise ValueError("an expression was announced and is not there")
    return expression


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip("\t"))
