"""Tokens to expressions: precedence climbing, from `??` (loosest) to `*`, then prefixes, then what follows a value.

A line end ends an expression, except inside parentheses and before `?`, `??`, `&&` and `||`, where the formatter
breaks long lines.
"""

from abc import abstractmethod

from tools.bicep import tree
from tools.bicep.cursor import Cursor
from tools.bicep.tokens import Kind, Token
from tools.bicep.unreadable import Unreadable

PRECEDENCE = {
    "??": 1, "||": 2, "&&": 3,
    "==": 4, "!=": 4, "=~": 4, "!~": 4,
    "<": 5, "<=": 5, ">": 5, ">=": 5,
    "+": 6, "-": 6, "*": 7, "/": 7, "%": 7,
}  # fmt: skip
MAY_BEGIN_A_LINE = ("?", "??", "&&", "||")
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


class Expressions(Cursor):
    _in_parentheses = 0

    @abstractmethod
    def statement(self) -> tree.Statement:
        """A whole statement: a resource may be nested in an object."""

    def expression(self, least: int = 0) -> tree.Node:
        left = self._prefixed()
        while operator := self._joins():
            if operator in PRECEDENCE and PRECEDENCE[operator] >= max(least, 1):
                line = self._take_joint()
                right = self.expression(PRECEDENCE[operator] + 1)
                left = tree.Binary(line=line, operator=operator, left=left, right=right)
            elif operator == "?" and least == 0:
                left = self._choice(left)
            else:
                break
        return left

    def _joins(self) -> str:
        """The operator that goes on with this expression, on this line or, where allowed, on a later one."""
        token = self.token
        if token.kind is Kind.LINE_END:
            token = self.beyond_line_ends()
            goes_on = token.text in MAY_BEGIN_A_LINE or (self._in_parentheses and token.text in PRECEDENCE)
            if not goes_on:
                return ""
        return token.text if token.kind is Kind.OPERATOR and token.text in (*PRECEDENCE, "?") else ""

    def _take_joint(self) -> int:
        self.skip_line_ends()
        line = self.take().line
        self.skip_line_ends()
        return line

    def _choice(self, condition: tree.Node) -> tree.Node:
        line = self._take_joint()
        then = self.expression()
        self.skip_line_ends()
        self.need(":")
        self.skip_line_ends()
        return tree.Choice(line=line, condition=condition, then=then, otherwise=self.expression())

    def _prefixed(self) -> tree.Node:
        if self.is_operator("!", "-"):
            token = self.take()
            return tree.Unary(line=token.line, operator=token.text, operand=self._prefixed())
        return self.followed(self._primary())

    def followed(self, value: tree.Node) -> tree.Node:
        """The value with all that follows it: `.name`, `.?name`, `[key]`, `::name`, `!`, `(arguments)`."""
        while True:
            line = self.line
            if self.is_operator(".", ".?"):
                value = self._property(value, safe=self.take().text == ".?")
            elif self.is_operator("[", "[?"):
                safe = self.take().text == "[?"
                value = tree.Index(line=line, of=value, key=self._enclosed("]"), safe=safe)
            elif self.is_operator("::"):
                self.take()
                value = tree.NestedResource(line=line, of=value, name=self.need_name())
            elif self.is_operator("!"):
                self.take()
                value = tree.Assured(line=line, of=value)
            elif self.is_operator("(") and isinstance(value, tree.Name):
                self.take()
                value = tree.Call(line=line, of=None, name=value.name, arguments=self._arguments())
            else:
                return value

    def _property(self, of: tree.Node, *, safe: bool) -> tree.Node:
        line, name = self.line, self.need_name()
        if self.is_operator("("):
            self.take()
            return tree.Call(line=line, of=of, name=name, arguments=self._arguments())
        return tree.Property(line=line, of=of, name=name, safe=safe)

    def _enclosed(self, close: str) -> tree.Node:
        self._in_parentheses += 1
        self.skip_line_ends()
        value = self.expression()
        self.skip_line_ends()
        self._in_parentheses -= 1
        self.need(close)
        return value

    def _arguments(self) -> tuple[tree.Node, ...]:
        found = []
        self._in_parentheses += 1
        self.skip_line_ends()
        while not self.is_operator(")"):
            found.append(self.expression())
            self.skip_line_ends()
            if not self.took(",") and not self.is_operator(")"):
                raise self.wrong(f"expected ',' or ')', found {self.token}")
        self._in_parentheses -= 1
        self.take()
        return tuple(found)

    def _primary(self) -> tree.Node:
        token = self.token
        if token.kind is Kind.STRING:
            return self.text(self.take())
        if token.kind is Kind.NUMBER:
            return tree.Literal(line=token.line, value=int(self.take().text))
        if token.kind is Kind.NAME:
            return self._named(self.take())
        if self.is_operator("("):
            return self._lambda() or self._parenthesised()
        if self.is_operator("{"):
            return self.object()
        if self.is_operator("["):
            return self.array()
        raise self.wrong(f"expected a value, found {token}")

    def _named(self, token: Token) -> tree.Node:
        if token.text in WORDS:
            return tree.Literal(line=token.line, value=WORDS[token.text])
        if self.took("=>"):
            return tree.Lambda(line=token.line, parameters=(token.text,), body=self.expression())
        return tree.Name(line=token.line, name=token.text)

    def _parenthesised(self) -> tree.Node:
        self.take()
        return self._enclosed(")")

    def _lambda(self) -> tree.Node | None:
        """`(a, b) => body`, or nothing taken where the parenthesis is only a parenthesis."""
        mark, line = self.mark(), self.line
        try:
            self.need("(")
            parameters = self._lambda_parameters()
            self.need("=>")
        except Unreadable:
            self.back_to(mark)
            return None
        self.skip_line_ends()
        return tree.Lambda(line=line, parameters=parameters, body=self.expression())

    def _lambda_parameters(self) -> tuple[str, ...]:
        found = []
        self.skip_line_ends()
        while not self.took(")"):
            found.append(self.need_name())
            self.skip_line_ends()
            if not self.took(",") and not self.is_operator(")"):
                raise self.wrong(f"expected ',' or ')', found {self.token}")
        return tuple(found)

    def text(self, token: Token) -> tree.Node:
        """A string token as a literal, or as an interpolation of its parts."""
        if len(token.pieces) == 1:
            return tree.Literal(line=token.line, value=str(token.pieces[0]))
        parts = [
            tree.Literal(line=token.line, value=piece) if isinstance(piece, str) else self._inside(piece)
            for piece in token.pieces
        ]
        return tree.Interpolation(line=token.line, parts=tuple(parts))

    def _inside(self, found: tuple[Token, ...]) -> tree.Node:
        inner = type(self)(found, self.file)
        inner.skip_line_ends()
        value = inner.expression()
        inner.skip_line_ends()
        if not inner.is_kind(Kind.END):
            raise inner.wrong(f"the interpolation goes on with {inner.token}")
        return value

    def need_text(self) -> str:
        """A string that is written out: a type, a path, a key."""
        if not self.is_kind(Kind.STRING) or len(self.token.pieces) != 1:
            raise self.wrong(f"expected a string without interpolation, found {self.token}")
        return str(self.take().pieces[0])

    def end_item(self, close: str) -> None:
        """A comma, a line end, or the closing bracket."""
        if self.took(","):
            return
        if not self.is_kind(Kind.LINE_END) and not self.is_operator(close):
            raise self.wrong(f"expected {close!r} or a new line, found {self.token}")
        self.skip_line_ends()

    def object(self) -> tree.ObjectLiteral:
        line, outside, self._in_parentheses = self.line, self._in_parentheses, 0
        self.need("{")
        self.skip_line_ends()
        members: list[tree.Member | tree.Spread] = []
        resources: list[tree.Resource] = []
        while not self.is_operator("}"):
            if self.is_operator("@") or (self.is_word("resource") and self.next_is(Kind.NAME)):
                resources.append(self._nested())
            else:
                members.append(self._member())
            self.end_item("}")
        self.take()
        self._in_parentheses = outside
        return tree.ObjectLiteral(line=line, members=tuple(members), resources=tuple(resources))

    def _nested(self) -> tree.Resource:
        statement = self.statement()
        if not isinstance(statement, tree.Resource):
            raise Unreadable(self.file, statement.line, "only a resource may be nested in an object")
        return statement

    def _member(self) -> tree.Member | tree.Spread:
        line = self.line
        if self.took("..."):
            return tree.Spread(line=line, of=self.expression())
        key = self.text(self.take()) if self.is_kind(Kind.STRING) else tree.Literal(line=line, value=self.need_name())
        self.need(":")
        self.skip_line_ends()
        return tree.Member(line=line, key=key, value=self.expression())

    def array(self) -> tree.Node:
        line, outside, self._in_parentheses = self.line, self._in_parentheses, 0
        self.need("[")
        self.skip_line_ends()
        value = self._loop(line) if self.is_word("for") else self._items(line)
        self._in_parentheses = outside
        return value

    def _items(self, line: int) -> tree.Node:
        items: list[tree.Node] = []
        while not self.is_operator("]"):
            here = self.line
            items.append(tree.Spread(line=here, of=self.expression()) if self.took("...") else self.expression())
            self.end_item("]")
        self.take()
        return tree.ArrayLiteral(line=line, items=tuple(items))

    def _loop(self, line: int) -> tree.Node:
        self.need_word("for")
        self.skip_line_ends()
        names = self._lambda_parameters() if self.took("(") else (self.need_name(),)
        self.skip_line_ends()
        self.need_word("in")
        self.skip_line_ends()
        source = self.expression()
        self.skip_line_ends()
        self.need(":")
        self.skip_line_ends()
        body = self.conditional() if self.is_word("if") else self.expression()
        self.skip_line_ends()
        self.need("]")
        index = names[1] if len(names) > 1 else None
        return tree.Loop(line=line, item=names[0], index=index, source=source, body=body)

    def conditional(self) -> tree.Node:
        line = self.line
        self.need_word("if")
        self.skip_line_ends()
        self.need("(")
        condition = self._enclosed(")")
        self.skip_line_ends()
        return tree.Conditional(line=line, condition=condition, body=self.object())
