"""Text as a reader sees it: nothing in it hides, breaks a line, or turns round what stands beside it.

V1  A control, formatting, private or unassigned character is written as its number, `<U+202E>`: a bidirectional
    mark would reorder what is printed after it, and a name could be made to read as another.
V2  The two joiners of Persian, Bengali, Malayalam and others stay where they join, after a letter or mark of such
    a script; anywhere else they are written as their numbers too.
"""

import unicodedata

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
JOINERS = "\u200c\u200d"
FIRST_JOINED = "\u0590"  # Latin, Greek, Cyrillic and Armenian lie below, and join nothing


def visible(text: str) -> str:
    before = ["", *text[:-1]]
    return "".join(each if _shows(each, last) else number_of(each) for last, each in zip(before, text, strict=False))


def number_of(character: str) -> str:
    """A character as its number, as the Unicode standard writes it."""
    return f"<U+{ord(character):04X}>"


def _shows(character: str, before: str) -> bool:
    if character in JOINERS:
        return before >= FIRST_JOINED and unicodedata.category(before)[0] in "LM"
    return unicodedata.category(character) not in HIDDEN
