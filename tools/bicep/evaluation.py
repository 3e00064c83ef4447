"""The value of an expression. What it needs from the file around it (a name, a function) it asks of `Surroundings`."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from tools.bicep import tree
from tools.bicep.functions import AT_DEPLOYMENT, FUNCTIONS, OF_WHATEVER, as_text
from tools.bicep.operators import binary, unary
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Closure, Deployed, Resource, Unknown, Value, holds_unknown, is_unknown

Names = Mapping[str, Value]
IMPOSSIBLE = (TypeError, KeyError, IndexError, AttributeError, ValueError, ZeroDivisionError, StopIteration)
NAMESPACES = ("az", "sys")


class Surroundings(ABC):
    """A file, or a whole one under a name: `import * as name`."""

    file: str

    @abstractmethod
    def named(self, name: str, line: int) -> Value:
        """What a declared name stands for; raises Unreadable where nothing is declared so."""

    @abstractmethod
    def function(self, name: str) -> Callable[..., Value] | None:
        """A function of this file, or one that needs the deployment or a file to answer."""


class Evaluation:
    def __init__(self, around: Surroundings) -> None:
        self._around = around

    def value(self, node: tree.Node, names: Names) -> Value:
        match node:
            case tree.Literal():
                return node.value
            case tree.Interpolation():
                return self._text(node, names)
            case tree.Name():
                return names[node.name] if node.name in names else self._around.named(node.name, node.line)
            case tree.ObjectLiteral():
                return self.object(node, names)
            case tree.ArrayLiteral():
                return self._array(node, names)
            case tree.Loop():
                return self.each(node, names, self._looped)
            case tree.Property() | tree.Index():
                return self._part(node, names)
            case tree.Choice():
                return self._choice(node, names)
            case tree.Lambda():
                return Closure(parameters=node.parameters, run=lambda given: self.value(node.body, {**names, **given}))
            case _:
                return self._applied(node, names)

    def _applied(self, node: tree.Node, names: Names) -> Value:
        match node:
            case tree.Call():
                return self._call(node, names)
            case tree.Assured():
                return self.value(node.of, names)
            case tree.NestedResource():
                return self._nested(node, names)
            case tree.Unary():
                return unary(node.operator, self.value(node.operand, names))
            case tree.Binary():
                left = self.value(node.left, names)
                return self._possible(
                    node.line, node.operator, lambda: binary(node.operator, left, lambda: self.value(node.right, names))
                )
            case _:
                raise Unreadable(self._around.file, node.line, f"a {type(node).__name__} has no value here")

    def _possible(self, line: int, what: str, attempt: Callable[[], Value]) -> Value:
        try:
            return attempt()
        except IMPOSSIBLE as wrong:
            message = f"{what!r} cannot work on these values: {type(wrong).__name__}: {wrong}"
            raise Unreadable(self._around.file, line, message) from wrong

    def _text(self, node: tree.Interpolation, names: Names) -> Value:
        parts = [self.value(part, names) for part in node.parts]
        if holds_unknown(parts):
            origin = next((part.origin for part in parts if isinstance(part, Unknown)), None)
            return Unknown(why="".join(part if isinstance(part, str) else repr(part) for part in parts), origin=origin)
        return "".join(as_text(part) for part in parts)

    def object(self, node: tree.ObjectLiteral, names: Names) -> dict[Value, Value]:
        result: dict[Value, Value] = {}
        written: set[Value] = set()
        for member in node.members:
            if isinstance(member, tree.Member):
                key = self.value(member.key, names)
                if isinstance(member.key, tree.Literal) and key in written:
                    raise Unreadable(self._around.file, member.line, f"{key!r} is there twice")
                written.add(key)
                result[key] = self.value(member.value, names)
                continue
            more = self.value(member.of, names)
            result |= more if isinstance(more, dict) else {} if more is None else {Unknown(why="spread"): more}
        return result

    def _array(self, node: tree.ArrayLiteral, names: Names) -> list[Value]:
        result: list[Value] = []
        for item in node.items:
            value = self.value(item.of if isinstance(item, tree.Spread) else item, names)
            spread = isinstance(item, tree.Spread) and (value is None or isinstance(value, list))
            result += (value or []) if spread else [value]
        return result

    def each(self, loop: tree.Loop, names: Names, make: Callable[[tree.Node, Names], Value]) -> list[Value]:
        """The body once for each item; once for an unknown item where the source is unknown."""
        source = self.value(loop.source, names)
        items = source if isinstance(source, list) else [Unknown(why=f"an item of {source!r}")]
        index = {loop.index: None} if loop.index else {}
        return [
            make(loop.body, {**names, loop.item: item, **dict.fromkeys(index, number)})
            for number, item in enumerate(items)
        ]

    def _looped(self, body: tree.Node, names: Names) -> Value:
        return self.value(body.body if isinstance(body, tree.Conditional) else body, names)

    def _choice(self, node: tree.Choice, names: Names) -> Value:
        """Where the condition is unknown: the value if both agree, else unknown."""
        condition = self.value(node.condition, names)
        if not is_unknown(condition):
            return self.value(node.then if condition else node.otherwise, names)
        then, otherwise = self.value(node.then, names), self.value(node.otherwise, names)
        agreed = type(then) is type(otherwise) and then == otherwise
        return then if agreed else Unknown(why=f"{then!r} or {otherwise!r}")

    def _part(self, node: tree.Property | tree.Index, names: Names) -> Value:
        of = self.value(node.of, names)
        key = node.name if isinstance(node, tree.Property) else self.value(node.key, names)
        if isinstance(of, Resource):
            return None if node.safe and of.condition is False else of.answer(str(key))
        if isinstance(of, Deployed):
            return self._output(of, str(key), safe=node.safe)
        if isinstance(of, Unknown):
            return of.part(str(key))
        if isinstance(key, Unknown):
            return Unknown(why=f"[{key.why}]")
        return self._inside(of, key, node)

    @staticmethod
    def _output(of: Deployed, key: str, *, safe: bool) -> Value:
        if key != "outputs" or of.outputs is None:
            return None if safe and of.outputs is None else Unknown(why=f"{of.name}.{key}")
        return of.outputs

    def _inside(self, of: Value, key: Value, node: tree.Property | tree.Index) -> Value:
        if isinstance(of, Surroundings):
            return of.named(str(key), node.line)
        if isinstance(of, dict) and key in of:
            return of[key]
        if isinstance(of, list) and isinstance(key, int) and 0 <= key < len(of):
            return of[key]
        if node.safe or (isinstance(of, dict) and any(isinstance(name, Unknown) for name in of)):
            return None if node.safe else Unknown(why=f"spread.{key}")
        raise Unreadable(self._around.file, node.line, f"there is no {key!r} to take")

    def _nested(self, node: tree.NestedResource, names: Names) -> Value:
        of = self.value(node.of, names)
        if isinstance(of, Resource) and node.name in of.children:
            return of.children[node.name]
        raise Unreadable(self._around.file, node.line, f"no resource {node.name!r} is nested there")

    def _call(self, node: tree.Call, names: Names) -> Value:
        arguments = [self.value(argument, names) for argument in node.arguments]
        if node.of is not None and not (isinstance(node.of, tree.Name) and node.of.name in NAMESPACES):
            of = self.value(node.of, names)
            if isinstance(of, Resource | Unknown):
                return Unknown(why=f"{of!r}.{node.name}()")
            own = of.function(node.name) if isinstance(of, Surroundings) else None
        else:
            own = self._around.function(node.name)
        if own is not None:
            return self._possible(node.line, node.name, lambda: own(*arguments))
        return self._known_function(node, arguments)

    def _known_function(self, node: tree.Call, arguments: list[Value]) -> Value:
        if node.name in AT_DEPLOYMENT:
            return Unknown(why=f"{node.name}()")
        if node.name not in FUNCTIONS:
            raise Unreadable(self._around.file, node.line, f"there is no function {node.name!r}")
        if any(is_unknown(argument) for argument in arguments) and node.name not in OF_WHATEVER:
            return Unknown(why=f"{node.name}({', '.join(repr(argument) for argument in arguments)})")
        try:
            return FUNCTIONS[node.name](*arguments)
        except IMPOSSIBLE:
            if holds_unknown(arguments):
                return Unknown(why=f"{node.name}()")
            return self._possible(node.line, node.name, lambda: FUNCTIONS[node.name](*arguments))
