"""One Bicep file being deployed: its parameters, names, resources and modules become entries of the flat list."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from tools.bicep import tree
from tools.bicep.context import Context, identity
from tools.bicep.evaluation import Evaluation, Names, Surroundings
from tools.bicep.files import Files, is_elsewhere
from tools.bicep.parameters import Parameters
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Deployed, Resource, Unknown, Value

BEING_WORKED_OUT = object()
Kind = TypeVar("Kind", bound=tree.Statement)
NOT_OF_THE_BODY = ("dependsOn",)
Declaration = tree.Parameter | tree.Variable | tree.TypeDeclaration | tree.Function | tree.Resource | tree.Module


class Template(Surroundings):
    def __init__(
        self, name: str, files: Files, given: Mapping[str, Value], context: Context, out: list[Resource]
    ) -> None:
        self.file, self._files, self._context, self._out = name, files, context, out
        self._evaluation = Evaluation(self)
        self._statements = files.statements(name)
        self._declared: dict[str, Declaration] = {}
        self._imported: dict[str, tuple[Template, str]] = {}
        self._known: dict[str, Value] = {}
        self._own_functions = {**context.functions(), **self._loaders()}
        for statement in self._statements:
            self._declare(statement)
        self._parameters = Parameters(name, self._of(tree.Parameter), given)

    def _declare(self, statement: tree.Statement) -> None:
        if isinstance(statement, tree.Import):
            self._import(statement)
        elif isinstance(statement, Declaration):
            if statement.name in self._declared:
                raise Unreadable(self.file, statement.line, f"{statement.name!r} is declared twice")
            self._declared[statement.name] = statement

    def _import(self, statement: tree.Import) -> None:
        if is_elsewhere(statement.path):
            raise Unreadable(self.file, statement.line, f"{statement.path!r} is imported from a registry")
        name = self._files.beside(self.file, statement.path)
        source = Template(name, self._files, {}, self._context, [])
        if statement.everything_as:
            self._known[statement.everything_as] = source
        for theirs, ours in statement.names:
            if theirs not in source._declared:
                raise Unreadable(self.file, statement.line, f"{statement.path!r} declares no {theirs!r}")
            self._imported[ours] = (source, theirs)

    def _of(self, kind: type[Kind]) -> list[Kind]:
        return [each for each in self._statements if isinstance(each, kind)]

    def deploy(self) -> dict[str, Value]:
        """Adds every resource to the list; returns the outputs."""
        for statement in self._declared.values():
            if not isinstance(statement, tree.TypeDeclaration | tree.Function):
                self.named(statement.name, statement.line)
        return {each.name: self._evaluation.value(each.value, {}) for each in self._of(tree.Output)}

    def named(self, name: str, line: int) -> Value:
        if name in self._known:
            if self._known[name] is BEING_WORKED_OUT:
                raise Unreadable(self.file, line, f"{name!r} depends on itself")
            return self._known[name]
        if name in self._imported:
            source, theirs = self._imported[name]
            return source.named(theirs, line)
        if name not in self._declared:
            raise Unreadable(self.file, line, f"{name!r} is not declared")
        self._known[name] = BEING_WORKED_OUT
        self._known[name] = self._worked_out(self._declared[name])
        return self._known[name]

    def _worked_out(self, statement: Declaration) -> Value:
        match statement:
            case tree.Parameter():
                return self._parameters.value(statement, lambda node: self._evaluation.value(node, {}))
            case tree.Variable():
                return self._evaluation.value(statement.value, {})
            case tree.Resource():
                return self._each(statement.body, {}, lambda body, names: self._resource(statement, body, names, None))
            case tree.Module():
                return self._each(statement.body, {}, lambda body, names: self._module(statement, body, names))
        raise Unreadable(self.file, statement.line, f"{statement.name!r} is no value")

    def function(self, name: str) -> Callable[..., Value] | None:
        if name in self._imported:
            source, theirs = self._imported[name]
            return source.function(theirs)
        found = self._declared.get(name)
        if isinstance(found, tree.Function):
            return self._called(found)
        return self._own_functions.get(name)

    def _called(self, found: tree.Function) -> Callable[..., Value]:
        def call(*arguments: Value) -> Value:
            return self._evaluation.value(found.body, dict(zip(found.parameters, arguments, strict=True)))

        return call

    def _loaders(self) -> dict[str, Callable[..., Value]]:
        def load(path: str, *_: Value) -> str:
            return self._files.text(self._files.beside(self.file, path))

        return {
            "loadTextContent": load,
            "loadJsonContent": lambda path, *_: json.loads(load(path)),
            "loadFileAsBase64": lambda path: base64.b64encode(load(path).encode()).decode(),
        }

    def _each(self, body: tree.Node, names: Names, make: Callable[[tree.Node, Names], Value]) -> Value:
        return self._evaluation.each(body, names, make) if isinstance(body, tree.Loop) else make(body, names)

    def _condition(self, body: tree.Node, names: Names) -> tuple[bool | Unknown, tree.ObjectLiteral]:
        condition: Value = True
        if isinstance(body, tree.Conditional):
            condition, body = self._evaluation.value(body.condition, names), body.body
        if not isinstance(condition, bool | Unknown):
            raise Unreadable(self.file, body.line, f"the condition is {condition!r}, neither true nor false")
        if not isinstance(body, tree.ObjectLiteral):
            raise Unreadable(self.file, body.line, "the body is no object")
        return condition, body

    def _resource(self, statement: tree.Resource, node: tree.Node, names: Names, within: Resource | None) -> Resource:
        condition, literal = self._condition(node, names)
        if within is not None and within.condition is not True:
            condition = within.condition if condition is True else condition
        everything = self._evaluation.object(literal, names)
        body = {name: value for name, value in everything.items() if name not in NOT_OF_THE_BODY}
        found = self._assembled(statement, condition, body, within or body.get("parent"))
        if condition is not False:
            self._out.append(found)
        for child in literal.resources:
            found.children[child.name] = self._children(child, found, names)
        return found

    def _children(self, child: tree.Resource, within: Resource, names: Names) -> Value:
        return self._each(child.body, names, lambda body, inner: self._resource(child, body, inner, within))

    def _assembled(
        self, statement: tree.Resource, condition: Value, body: dict[Value, Value], parent: Value
    ) -> Resource:
        parent = parent if isinstance(parent, Resource) else None
        kind, _, version = statement.type.partition("@")
        if "/" not in kind:
            if parent is None:
                raise Unreadable(self.file, statement.line, f"{statement.type!r} names no provider")
            kind, version = f"{parent.type}/{kind}", version or parent.api_version
        return Resource(
            symbol=statement.name,
            type=kind,
            api_version=version,
            existing=statement.existing,
            condition=condition,
            body=body,
            identity=self._identity(kind, body, parent),
            file=self.file,
            line=statement.line,
            module=self._context.module,
            parent=parent,
        )

    def _identity(self, kind: str, body: dict[Value, Value], parent: Resource | None) -> str | Unknown:
        name, scope = body.get("name"), body.get("scope")
        if parent is not None:
            known = isinstance(parent.identity, str) and isinstance(name, str)
            return (
                f"{parent.identity}/{kind.rpartition('/')[2]}/{name}" if known else Unknown(why=f"the id of {name!r}")
            )
        if isinstance(scope, Resource):
            return identity(scope.identity, kind, name)
        return identity(scope["id"] if isinstance(scope, dict) else self._context.scope, kind, name)

    def _module(self, statement: tree.Module, node: tree.Node, names: Names) -> Deployed:
        condition, literal = self._condition(node, names)
        if condition is False:
            return Deployed(name=statement.name, outputs=None)
        if is_elsewhere(statement.path):  # a finding of its own; what it would deploy cannot be known
            return Deployed(name=statement.name, outputs=Unknown(why=f"outputs of {statement.path}"))
        body = self._evaluation.object(literal, names)
        file = self._files.beside(self.file, statement.path)
        context = self._context.inside(statement.name, body.get("scope"))
        inner = Template(file, self._files, body.get("params", {}), context, self._out)
        for wrong in inner.refuses():
            raise Unreadable(self.file, statement.line, f"module {statement.name!r} {wrong}")
        return Deployed(name=statement.name, outputs=inner.deploy())

    def refuses(self) -> Iterator[str]:
        """What is wrong with the parameters given, as the caller should read it."""
        return self._parameters.refuses()
