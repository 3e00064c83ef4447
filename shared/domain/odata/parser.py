"""From the text of a $filter to what it says: OData 4.0, URL Conventions section 5.1.1, by recursive descent.

    or  <  and  <  eq ne gt ge lt le in  <  not  <  a bracket, a function, a column, a value

P1  Depth, terms and items are counted as they are read: nothing is read that is too much to be understood.
P2  Operators and names are as they are written in the specification, in lower case.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shared.domain.odata import checking
from shared.domain.odata.columns import Edm, EntitySet
from shared.domain.odata.lexer import NAME, Kind, Token, malformed, tokens, unsupported
from shared.domain.odata.literals import literal
from shared.domain.odata.syntax import All, Comparison, Condition, Literal, Not, Some, Term
from shared.errors import Refusal

DEEPEST, MOST_TERMS, MOST_ITEMS = 40, 400, 100
ARITHMETIC = frozenset({"add", "sub", "mul", "div", "divby", "mod"})
COMPARISONS = {each.value: each for each in Comparison}
BETWEEN = frozenset({*COMPARISONS, *ARITHMETIC, "in", "has"})
AND, OR = frozenset({"and"}), frozenset({"or"})
OPERATORS = BETWEEN | AND | OR | {"not"}
TYPED = frozenset({"duration", "binary", "geography", "geometry", "datetime", "guid", "time", "datetimeoffset"})
BEYOND_NAMES = frozenset("/$@.[]{}:")


def parsed_filter(text: str, entities: EntitySet) -> Condition:
    """Raises Malformed or Unsupported."""
    return _Reader(tokens(text), entities).whole()


class _Reader:
    def __init__(self, words: list[Token], entities: EntitySet) -> None:
        self._words, self._entities = words, entities
        self._next = self._depth = self._terms = 0

    def whole(self) -> Condition:
        at = self._word.at
        found = checking.condition(self._any(), at)
        if self._word.kind is not Kind.END:
            raise self._no_operator(self._word)
        return found

    @property
    def _word(self) -> Token:
        return self._words[self._next]

    def _take(self) -> Token:
        taken = self._word
        self._next += taken.kind is not Kind.END
        return taken

    def _took(self, texts: frozenset[str]) -> Token | None:
        word = self._words[self._next]
        if word.kind is not Kind.WORD or word.text not in texts:
            return None
        self._next += 1
        return word

    def _must(self, kind: Kind) -> None:
        if self._word.kind is not kind:
            raise malformed(self._word.at, f"expected {kind}")
        self._take()

    @contextmanager
    def _deeper(self, at: int) -> Iterator[None]:
        self._depth += 1
        if self._depth > DEEPEST:
            raise malformed(at, f"a filter is at most {DEEPEST} brackets deep")
        yield
        self._depth -= 1

    def _any(self) -> Term:
        parts, term = self._parts(OR, self._every)
        return Some(parts) if parts else term

    def _every(self) -> Term:
        parts, term = self._parts(AND, self._relation)
        return All(parts) if parts else term

    def _parts(self, joining: frozenset[str], part: Callable[[], Term]) -> tuple[tuple[Condition, ...], Term]:
        """What the word joins, or else the one term there is."""
        at = self._word.at
        first = part()
        if not self._took(joining):
            return (), first
        found = [checking.condition(first, at)]
        while True:
            at = self._word.at
            found.append(checking.condition(part(), at))
            if not self._took(joining):
                return tuple(found), first

    def _relation(self) -> Term:
        term = self._term()
        while operator := self._took(BETWEEN):
            match operator.text:
                case "in":
                    term = checking.among(term, self._list(), operator.at)
                case "has":
                    raise unsupported(operator.at, "has")
                case word if word in ARITHMETIC:
                    raise unsupported(operator.at, "arithmetic")
                case word:
                    term = checking.compared(term, COMPARISONS[word], self._term(), operator.at)
        return term

    def _term(self) -> Term:
        word = self._take()
        self._terms += 1
        if self._terms > MOST_TERMS:
            raise malformed(word.at, f"a filter names at most {MOST_TERMS} columns and values")
        match word.kind:
            case Kind.STRING:
                return Literal(Edm.STRING, word.text)
            case Kind.OPEN:
                with self._deeper(word.at):
                    term = self._any()
                    self._must(Kind.CLOSE)
                    return term
            case Kind.WORD if word.text == "not":
                with self._deeper(word.at):
                    at = self._word.at
                    return Not(checking.condition(self._term(), at))
            case Kind.WORD:
                return self._named(word)
        raise malformed(word.at, "expected a column, a value, a function or a bracket")

    def _named(self, word: Token) -> Term:
        """A value, a function or a column."""
        if self._word.kind is Kind.OPEN and word.text not in OPERATORS:
            return self._call(word)
        if (value := literal(word)) is not None:
            return value
        if word.text in OPERATORS or not NAME.fullmatch(word.text):
            raise self._no_name(word)
        if self._word.kind is Kind.STRING and self._word.at == word.at + len(word.text):
            raise self._no_name(word)
        return checking.column(self._entities, word.text, word.at)

    def _call(self, word: Token) -> Term:
        if word.text in checking.NOT_DONE:
            raise unsupported(word.at, f"the function {word.text}")
        if not NAME.fullmatch(word.text):
            raise self._no_name(word)
        with self._deeper(word.at):
            arguments = self._list()
        return checking.called(word.text, arguments, word.at)

    def _list(self) -> list[tuple[Term, int]]:
        """What stands in brackets, with commas between, and where each begins."""
        if self._word.kind is Kind.WORD and self._word.text.startswith("["):
            raise unsupported(self._word.at, "a list in square brackets")
        self._must(Kind.OPEN)
        found: list[tuple[Term, int]] = []
        while self._word.kind is not Kind.CLOSE or found:
            if len(found) == MOST_ITEMS:
                raise malformed(self._word.at, f"a list has at most {MOST_ITEMS} values")
            at = self._word.at
            found.append((self._any(), at))
            if self._word.kind is not Kind.COMMA:
                break
            self._take()
        self._must(Kind.CLOSE)
        return found

    def _no_operator(self, word: Token) -> Refusal:
        if word.kind is Kind.CLOSE:
            return malformed(word.at, "this bracket was never opened")
        return malformed(word.at, "expected and, or, or the end")

    def _no_name(self, word: Token) -> Refusal:
        follows = self._word
        if follows.kind is Kind.STRING and follows.at == word.at + len(word.text):
            if word.text in TYPED or "." in word.text:
                return unsupported(word.at, "a value with its type before it")
            return malformed(word.at, "expected a blank before the string")
        if BEYOND_NAMES & set(word.text):
            return unsupported(word.at, "paths, types, aliases and JSON")
        return malformed(word.at, "expected a column, a value, a function or a bracket")
