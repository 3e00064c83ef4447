"""A place in a list of tokens: look, take, need. What a parser stands on."""

from tools.bicep.tokens import Kind, Token
from tools.bicep.unreadable import Unreadable


class Cursor:
    def __init__(self, found: tuple[Token, ...], file: str) -> None:
        self._tokens, self.file, self._at = found, file, 0

    @property
    def token(self) -> Token:
        return self._tokens[self._at]

    @property
    def line(self) -> int:
        return self.token.line

    @property
    def last_line(self) -> int:
        """The line of what was taken last."""
        return self._tokens[max(self._at - 1, 0)].line

    def wrong(self, message: str) -> Unreadable:
        return Unreadable(self.file, self.line, message)

    def is_operator(self, *texts: str) -> bool:
        return self.token.kind is Kind.OPERATOR and self.token.text in texts

    def is_word(self, text: str) -> bool:
        return self.token.kind is Kind.NAME and self.token.text == text

    def is_kind(self, *kinds: Kind) -> bool:
        return self.token.kind in kinds

    def next_is(self, kind: Kind) -> bool:
        """Whether the token after this one is of that kind. The last token is always the end."""
        return not self.is_kind(Kind.END) and self._tokens[self._at + 1].kind is kind

    def beyond_line_ends(self) -> Token:
        """The first token that is no line end, without going there."""
        at = self._at
        while self._tokens[at].kind is Kind.LINE_END:
            at += 1
        return self._tokens[at]

    def take(self) -> Token:
        taken = self.token
        self._at += 0 if taken.kind is Kind.END else 1
        return taken

    def skip_line_ends(self) -> None:
        while self.is_kind(Kind.LINE_END):
            self.take()

    def took(self, *operators: str) -> bool:
        """Takes the operator if it stands here, and the line ends after it."""
        if not self.is_operator(*operators):
            return False
        self.take()
        self.skip_line_ends()
        return True

    def need(self, operator: str) -> None:
        if not self.is_operator(operator):
            raise self.wrong(f"expected {operator!r}, found {self.token}")
        self.take()

    def need_word(self, word: str) -> None:
        if not self.is_word(word):
            raise self.wrong(f"expected {word!r}, found {self.token}")
        self.take()

    def need_name(self) -> str:
        if not self.is_kind(Kind.NAME):
            raise self.wrong(f"expected a name, found {self.token}")
        return self.take().text

    def mark(self) -> int:
        return self._at

    def back_to(self, mark: int) -> None:
        self._at = mark
