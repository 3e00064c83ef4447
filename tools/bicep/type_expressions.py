"""Tokens to types: what may stand after `param name`, in `type name = …` and in a function's head."""

from tools.bicep import tree
from tools.bicep.expressions import Expressions
from tools.bicep.tokens import Kind


class TypeExpressions(Expressions):
    def type(self) -> tree.Node:
        """A type, or a union of them: `'a' | 'b'`, which may begin with a bar and go over lines."""
        line = self.line
        self.took("|")
        found = [self._one_type()]
        while self.is_operator("|") or (self.is_kind(Kind.LINE_END) and self.beyond_line_ends().text == "|"):
            self.skip_line_ends()
            self.took("|")
            found.append(self._one_type())
        return found[0] if len(found) == 1 else tree.Gathered(line=line, how="union", of=tuple(found))

    def _one_type(self) -> tree.Node:
        found = self._plain_type()
        while self.is_operator("[", "?", "!", "."):
            line, how = self.line, self.take().text
            how += self._part_of_type(how)
            found = tree.Wrapped(line=line, of=found, how=how)
        return found

    def _part_of_type(self, opened: str) -> str:
        """What follows `[` or `.`: nothing, `*`, a name, a position."""
        if opened in ("?", "!"):
            return ""
        part = "" if self.is_operator("]") else self.take().text
        if opened == "[":
            self.need("]")
            part += "]"
        return part

    def _plain_type(self) -> tree.Node:
        line = self.line
        if self.took("("):
            found = self.type()
            self.skip_line_ends()
            self.need(")")
            return found
        if self.is_operator("-", "!"):
            return tree.Unary(line=line, operator=self.take().text, operand=self._plain_type())
        if self.is_kind(Kind.NUMBER):
            return tree.Literal(line=line, value=int(self.take().text))
        if self.is_kind(Kind.STRING):
            return tree.Literal(line=line, value=self.need_text())
        if self.is_operator("{"):
            return self._object_type()
        if self.is_operator("["):
            return self._tuple_type()
        return self._named_type()

    def _named_type(self) -> tree.Node:
        line, name = self.line, self.need_name()
        if not self.took("<"):
            return tree.Name(line=line, name=name)
        arguments = [self.type()]
        while self.took(","):
            arguments.append(self.type())
        self.need(">")
        return tree.Gathered(line=line, how=name, of=tuple(arguments))

    def _object_type(self) -> tree.Node:
        line = self.line
        self.take()
        self.skip_line_ends()
        names, types = [], []
        while not self.is_operator("}"):
            self.decorators()
            names.append(self._field_name())
            self.need(":")
            self.skip_line_ends()
            types.append(self.type())
            self.end_item("}")
        self.take()
        return tree.Gathered(line=line, how="object", of=tuple(types), names=tuple(names))

    def _field_name(self) -> str:
        if self.is_operator("*"):
            return self.take().text
        return self.need_text() if self.is_kind(Kind.STRING) else self.need_name()

    def _tuple_type(self) -> tree.Node:
        line = self.line
        self.take()
        self.skip_line_ends()
        types = []
        while not self.is_operator("]"):
            self.decorators()
            types.append(self.type())
            self.end_item("]")
        self.take()
        return tree.Gathered(line=line, how="tuple", of=tuple(types))

    def decorators(self) -> tuple[tree.Node, ...]:
        found = []
        self.skip_line_ends()
        while self.is_operator("@"):
            self.take()
            found.append(self.followed(tree.Name(line=self.line, name=self.need_name())))
            self.skip_line_ends()
        return tuple(found)
