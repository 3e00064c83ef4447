"""Bicep text to tokens. Comments and `#disable…` lines go; line ends stay, because they end statements.

A string is one token whose pieces are texts and, for each `${…}`, the tokens inside. Text cut off anywhere raises
Unreadable with file:line, and nothing else.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from tools.bicep.unreadable import Unreadable

SPACE = re.compile(r"[ \t\ufeff]+")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
NUMBER = re.compile(r"[0-9]+")
DIRECTIVE = re.compile(r"#(disable-next-line|disable-diagnostics|restore-diagnostics)[^\r\n]*")
LINE_END = re.compile(r"\r\n|\n|\r")
LINE_COMMENT = re.compile(r"//[^\r\n]*")
LONG_QUOTE = re.compile(r"(\$*)'''")
LONG_END = re.compile(r"'*(''')(?!')")
CODE_POINT = re.compile(r"u\{([0-9a-fA-F]{1,6})\}")
LARGEST_CODE_POINT = 0x10FFFF
PLAIN = re.compile(r"(?:[^'\\$\r\n]|\$(?!\{))+")
ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", "'": "'", "$": "$"}
OPERATORS = re.compile(r"\.\.\.|=>|==|!=|=~|!~|<=|>=|&&|\|\||\?\?|\.\?|\[\?|::|[{}\[\](),.?:!=@|*/%+\-<>]")


class Kind(StrEnum):
    NAME = "a name"
    NUMBER = "a number"
    STRING = "a string"
    OPERATOR = "an operator"
    LINE_END = "the end of the line"
    END = "the end of the text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    kind: Kind
    text: str
    line: int
    pieces: "tuple[str | tuple[Token, ...], ...]" = ()

    def __str__(self) -> str:
        return repr(self.text) if self.kind in (Kind.NAME, Kind.NUMBER, Kind.OPERATOR) else self.kind.value


def tokens(text: str, file: str) -> tuple[Token, ...]:
    return _Reader(text, file, line=1).read(within_string=False)


class _Reader:
    def __init__(self, text: str, file: str, *, line: int, at: int = 0) -> None:
        self._text, self._file, self._line, self._at = text, file, line, at
        self._found: list[Token] = []

    def read(self, *, within_string: bool) -> tuple[Token, ...]:
        """All tokens to the end; within a string, to the `}` that closes the interpolation."""
        depth = 0
        while self._at < len(self._text):
            if self._blank() or self._string():
                continue
            token = self._word()
            depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind is Kind.OPERATOR else 0
            if within_string and depth < 0:
                return (*self._found, Token(kind=Kind.END, text="}", line=self._line))
            self._found.append(token)
        if within_string:
            raise self._wrong("the interpolation is not closed")
        return (*self._found, Token(kind=Kind.END, text="", line=self._line))

    def _wrong(self, message: str) -> Unreadable:
        return Unreadable(self._file, self._line, message)

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _blank(self) -> bool:
        if self._match(LINE_END):
            self._found.append(Token(kind=Kind.LINE_END, text="\n", line=self._line))
            self._line += 1
            return True
        if self._text.startswith("/*", self._at):
            end = self._text.find("*/", self._at + 2)
            if end < 0:
                raise self._wrong("the comment is not closed")
            self._line += self._text.count("\n", self._at, end)
            self._at = end + 2
            return True
        return bool(self._match(SPACE) or self._match(LINE_COMMENT) or self._match(DIRECTIVE))

    def _word(self) -> Token:
        for kind, pattern in ((Kind.NAME, NAME), (Kind.NUMBER, NUMBER), (Kind.OPERATOR, OPERATORS)):
            if found := self._match(pattern):
                return Token(kind=kind, text=found.group(), line=self._line)
        raise self._wrong(f"{self._text[self._at]!r} begins nothing")

    def _string(self) -> bool:
        line = self._line
        if opened := self._match(LONG_QUOTE):
            pieces = self._long(len(opened.group(1)))
        elif self._text.startswith("'", self._at):
            self._at += 1
            pieces = self._short()
        else:
            return False
        self._found.append(Token(kind=Kind.STRING, text="'", line=line, pieces=pieces))
        return True

    def _inside(self, text: str, at: int) -> tuple[tuple[Token, ...], int, int]:
        """The tokens of an interpolation, where it ends, and on which line."""
        reader = _Reader(text, self._file, line=self._line, at=at)
        return reader.read(within_string=True), reader._at, reader._line

    def _short(self) -> tuple[str | tuple[Token, ...], ...]:
        pieces: list[str | tuple[Token, ...]] = [""]
        while not self._text.startswith("'", self._at):
            if self._text.startswith("${", self._at):
                inside, self._at, self._line = self._inside(self._text, self._at + 2)
                pieces += [inside, ""]
            elif plain := self._match(PLAIN):
                pieces[-1] = f"{pieces[-1]!s}{plain.group()}"
            elif self._text.startswith("\\", self._at):
                pieces[-1] = f"{pieces[-1]!s}{self._escape()}"
            else:
                raise self._wrong("the string is not closed")
        self._at += 1
        return tuple(pieces)

    def _escape(self) -> str:
        self._at += 1
        if (point := self._match(CODE_POINT)) and int(point.group(1), 16) <= LARGEST_CODE_POINT:
            return chr(int(point.group(1), 16))
        letter = self._text[self._at : self._at + 1]
        if letter not in ESCAPED:
            raise self._wrong(f"\\{letter} is no escape")
        self._at += 1
        return ESCAPED[letter]

    def _long(self, dollars: int) -> tuple[str | tuple[Token, ...], ...]:
        """Three quotes: no escapes; `${` only where the opening has as many dollars. A first line end is no content."""
        end = LONG_END.search(self._text, self._at)
        if not end:
            raise self._wrong("the string is not closed")
        body = self._text[self._at : end.start(1)]
        pieces = self._pieces(body, "$" * dollars + "{") if dollars else (body,)
        self._line += body.count("\n")
        self._at = end.end()
        first = LINE_END.sub("", str(pieces[0]), count=1) if LINE_END.match(str(pieces[0])) else pieces[0]
        return (first, *pieces[1:])

    def _pieces(self, body: str, mark: str) -> tuple[str | tuple[Token, ...], ...]:
        pieces: list[str | tuple[Token, ...]] = []
        at = 0
        while (opens := body.find(mark, at)) >= 0:
            inside, after, _ = self._inside(body, opens + len(mark))
            pieces += [body[at:opens], inside]
            at = after
        return (*pieces, body[at:])
