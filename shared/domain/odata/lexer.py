"""A filter's text in words: strings, brackets, commas, and whatever else stands between blanks.

L1  A text is cut in one pass, whatever is in it; its length is bounded before.
L2  No error repeats what was sent but a name: a place says as much, and a filter can hold anybody's words.
"""

import re
from enum import StrEnum
from typing import NamedTuple

from shared.errors import Malformed, Unsupported

FILTER = "$filter"
LONGEST = 8_000
WORDS = re.compile(r"[ \t]+|(?P<string>'(?:[^']|'')*')|(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<word>[^ \t(),']+)")
AFTER_A_STRING = frozenset({" ", "\t", ")", ",", ""})
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)  # of a column, a set, a function, an option
HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")


class Kind(StrEnum):
    STRING = "string"
    WORD = "word"
    OPEN = "("
    CLOSE = ")"
    COMMA = ","
    END = "the end"


KINDS = {"string": Kind.STRING, "open": Kind.OPEN, "close": Kind.CLOSE, "comma": Kind.COMMA, "word": Kind.WORD}


class Token(NamedTuple):
    """`text` of a string is what it says, without its quotes. `at` counts from 0."""

    kind: Kind
    text: str
    at: int


def malformed(at: int, expected: str) -> Malformed:
    return Malformed(f"the filter is not understood at character {at + 1}: {expected}", field=FILTER)


def unsupported(at: int, what: str) -> Unsupported:
    return Unsupported(f"the filter asks at character {at + 1} for what this feed does not do: {what}", field=FILTER)


def tokens(text: str) -> list[Token]:
    if len(text) > LONGEST:
        raise Malformed(f"a filter has at most {LONGEST} characters, not {len(text)}", field=FILTER)
    found: list[Token] = []
    end = 0
    for word in WORDS.finditer(text):
        at, kind = word.start(), word.lastgroup
        if at != end:
            break
        end = word.end()
        if kind == "string":
            found.append(Token(Kind.STRING, _said(word[0], at, text[end : end + 1]), at))
        elif kind:
            found.append(Token(KINDS[kind], word[0], at))
    if end < len(text):
        raise malformed(end, "a string that begins here has no end")
    found.append(Token(Kind.END, "", len(text)))
    return found


def _said(quoted: str, at: int, follows: str) -> str:
    if follows not in AFTER_A_STRING:
        raise malformed(at + len(quoted), "expected a blank after the string")
    said = quoted[1:-1].replace("''", "'")
    if HALF_A_CHARACTER.search(said):
        raise malformed(at, "half a character is no text")
    return said
