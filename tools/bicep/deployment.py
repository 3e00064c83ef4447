"""A whole deployment as a flat list: `flatten(files, main, parameters)`, and what was found."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.bicep import tree
from tools.bicep.context import Context
from tools.bicep.files import Files
from tools.bicep.template import Template
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Resource, Value

GROUP_OF_A_GROUP_TEMPLATE = "group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """`everything` includes what is only referred to (`existing`); `resources` is what would be deployed."""

    main: str
    files: Files
    parameters: Mapping[str, Value]
    everything: tuple[Resource, ...]
    outputs: Mapping[str, Value]
    by_kind: Mapping[str, list[Resource]]

    @property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(each for each in self.everything if not each.existing)

    def of(self, *kinds: str) -> list[Resource]:
        """Those of these types that would be deployed, without regard to case."""
        return [each for kind in kinds for each in self.by_kind.get(kind.lower(), ())]

    def within(self, parent: Resource, *kinds: str) -> Iterator[Resource]:
        """The children of these types, at whatever depth, of this resource: by its id, so across modules too."""
        for each in self.of(*kinds):
            inside = isinstance(each.identity, str) and isinstance(parent.identity, str)
            if inside and str(each.identity).lower().startswith(f"{parent.identity}/".lower()):
                yield each


def flatten(files: Files, main: str, parameters: Mapping[str, Value]) -> Deployment:
    """Raises Unreadable, with file:line, where a file cannot be read or its names do not fit together."""
    out: list[Resource] = []
    group = "" if _target(files, main) == "subscription" else GROUP_OF_A_GROUP_TEMPLATE
    template = Template(main, files, parameters, Context(group=group), out)
    given = {name for name in parameters if name not in {each.name for each in declared(files, main)}}
    if given:
        raise Unreadable(main, 1, f"there is no parameter {min(given)!r}")
    try:
        outputs = template.deploy()
    except RecursionError:
        raise Unreadable(main, 1, "nested too deep to be evaluated") from None
    return Deployment(
        main=main,
        files=files,
        parameters=parameters,
        everything=tuple(out),
        outputs=outputs,
        by_kind=by_kind(out),
    )


def by_kind(out: Iterable[Resource]) -> Mapping[str, list[Resource]]:
    found: dict[str, list[Resource]] = {}
    for each in out:
        if not each.existing:
            found.setdefault(each.kind, []).append(each)
    return found


def flatten_file(main: Path, parameters: Mapping[str, Value] | None = None) -> Deployment:
    """The same for a file of its own: its parameters as given, else its defaults."""
    root = main.resolve().parent.parent
    return flatten(Files(root=root), main.resolve().relative_to(root).as_posix(), parameters or {})


def declared(files: Files, main: str) -> list[tree.Parameter]:
    return [each for each in files.statements(main) if isinstance(each, tree.Parameter)]


def _target(files: Files, main: str) -> Value:
    scopes = [each.value for each in files.statements(main) if isinstance(each, tree.Scope)]
    return scopes[0].value if scopes and isinstance(scopes[0], tree.Literal) else "resourceGroup"
