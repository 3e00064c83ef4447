"""What a formula in DAX names: columns, measures, tables, functions and texts. No more of the language is read."""

import re
from dataclasses import dataclass

TEXT = re.compile(r'"((?:[^"]|"")*)"')
COLUMN = re.compile(r"(?:'([^']+)'|\b([A-Za-z]\w*))\[([^\]]+)\]")
BARE = re.compile(r"(?<![\w'])\[([^\]]+)\]")
WORD = re.compile(r"'([^']+)'|\b([A-Za-z]\w*)\b")
VARIABLE = re.compile(r"\bVAR (\w+) =")
FUNCTION = re.compile(r"\b([A-Z][A-Z.]*)\(")
COMPARED = re.compile(r'\b(\w+)\[(\w+)\](?:, \d+\))? (?:=|<>|IN) (\{[^}]*\}|"[^"]*")')
KEYWORDS = {"VAR", "RETURN", "NOT", "IN", "SECOND"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """`bare`: names in brackets without a table, which by our rule are measures. `words`: those of tables are left."""

    columns: frozenset[tuple[str, str]]
    bare: frozenset[str]
    words: frozenset[str]
    functions: frozenset[str]


def named(formula: str) -> Named:
    plain = TEXT.sub('""', formula)
    columns = frozenset((quoted or word, column) for quoted, word, column in COLUMN.findall(plain))
    functions = frozenset(FUNCTION.findall(plain))
    rest = FUNCTION.sub("(", BARE.sub("", COLUMN.sub("", plain)))
    words = {quoted or word for quoted, word in WORD.findall(rest)} - KEYWORDS - set(VARIABLE.findall(plain))
    return Named(columns=columns, bare=frozenset(BARE.findall(plain)), words=frozenset(words), functions=functions)


def compared(formula: str) -> list[tuple[str, str, str]]:
    """Each text that a column is compared with: table, column, text."""
    found = COMPARED.findall(formula)
    return [(table, column, text) for table, column, texts in found for text in TEXT.findall(texts)]
