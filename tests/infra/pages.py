"""The pages for those who deploy and run it, taken apart: headings, fenced blocks, and the commands in them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STARTS = ("az", "azd", "func", "make", "python3", ".venv/bin/python", "curl", "git")
# What may stand before a command on its line: a loop, a setting for it, an assignment of what it prints.
BEFORE = re.compile(r"^(?:\w+=\S+ |do |while |\w+=\$\(|\w+=\"\$\()+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    text: str

    @classmethod
    def of(cls, name: str) -> "Page":
        return cls(name=name, text=(ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8"))

    def headings(self, level: int) -> list[str]:
        return re.findall(rf"^{'#' * level} (.+)$", self.text, re.MULTILINE)

    def section(self, heading: str) -> str:
        """From that heading, of the third level, to the next of any."""
        found = re.search(rf"^### {re.escape(heading)}\n(.*?)(?=^##|\Z)", self.text, re.MULTILINE | re.DOTALL)
        assert found is not None, heading
        return found[1]

    def blocks(self, language: str) -> list[str]:
        return [block for said, block in FENCED.findall(self.text) if said == language]

    def prose(self) -> str:
        return FENCED.sub("", self.text)

    def commands(self) -> Iterator[list[str]]:
        """Each command of a block as its words, and each one that stands in the prose in backticks."""
        for block in self.blocks(""):
            for line in block.replace("\\\n", " ").splitlines():
                yield from _commands(line)
        for inline in re.findall(r"`([^`]+)`", self.prose()):
            if len(inline.split()) > 1 and inline.split()[0] in STARTS:
                yield from _commands(" ".join(inline.split()))


def _commands(line: str) -> Iterator[list[str]]:
    for part in re.split(r"\s*(?:;|\||&&)\s+|\$\(", line):
        words = _words(BEFORE.sub("", part.strip()))
        if words and words[0] in STARTS:
            yield words


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text, comments=True)
    except ValueError:  # a quotation that goes on in the next line, or ended in the one before
        return text.replace('"', " ").replace("'", " ").split()
