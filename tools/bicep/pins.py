"""What is said of the region outside the resources: files nobody uses, modules from elsewhere, the environment's pins.

8. Every Bicep file of the folder is reached from main; every module is a local file.
9. The parameter `location` has one value and no module defaults it; main.parameters.json and azure.yaml name no other.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.bicep import tree
from tools.bicep.deployment import Deployment, declared
from tools.bicep.files import Files, is_elsewhere
from tools.bicep.finding import Finding, Rule
from tools.bicep.regions import PINNED, other_regions
from tools.bicep.unreadable import Unreadable

PIN_FILES = ("main.parameters.json", "app-roles.json", "../azure.yaml")


def every_file_is_used(deployment: Deployment) -> Iterator[Finding]:
    folder = PurePosixPath(deployment.main).parent.as_posix()
    for name in sorted(set(deployment.files.bicep(folder)) - deployment.files.reached(deployment.main)):
        yield _of(name, 1, "dead-module", "is reached from nowhere, so nothing here was checked of it")


def modules_are_local(deployment: Deployment) -> Iterator[Finding]:
    for name in sorted(deployment.files.reached(deployment.main)):
        for each in deployment.files.statements(name):
            if isinstance(each, tree.Module | tree.Import) and is_elsewhere(each.path):
                yield _of(name, each.line, "registry-module", f"{each.path!r} cannot be read, so it proves nothing")


def location_has_one_value(deployment: Deployment) -> Iterator[Finding]:
    """The parameter of main: `@allowed(['uksouth'])`, so that Bicep and azd offer no other."""
    for each in declared(deployment.files, deployment.main):
        allowed = each.decorated("allowed")
        value = allowed.arguments[0] if allowed else None
        items = value.items if isinstance(value, tree.ArrayLiteral) else ()
        texts = [item.value for item in items if isinstance(item, tree.Literal)]
        if "location" in each.name.lower() and texts != [PINNED]:
            message = f"{each.name} may be {texts or 'anything'}, not {PINNED!r} alone"
            yield _of(deployment.main, each.line, "pins", message)


def no_default_location(deployment: Deployment) -> Iterator[Finding]:
    """A file whose location has a default would take it where the argument was forgotten."""
    for name in sorted(deployment.files.reached(deployment.main)):
        for each in deployment.files.statements(name):
            if isinstance(each, tree.Parameter) and "location" in each.name.lower() and each.default is not None:
                yield _of(name, each.line, "pins", f"{each.name} has a default: it must be passed")


def the_environment_agrees(deployment: Deployment) -> Iterator[Finding]:
    for path in PIN_FILES:
        name = deployment.files.beside(deployment.main, path)
        for number, line in enumerate(_text(deployment.files, name).splitlines(), start=1):
            if named := other_regions(line) | {found for word in line.split() for found in other_regions(word)}:
                yield _of(name, number, "pins", f"names {', '.join(sorted(named))}")


def _text(files: Files, name: str) -> str:
    try:
        return files.text(name)
    except Unreadable:
        return ""


def _of(name: str, line: int, rule: str, message: str) -> Finding:
    return Finding(file=name, line=line, rule=rule, subject=PurePosixPath(name).name, message=message)


RULES: tuple[Rule, ...] = (
    every_file_is_used, modules_are_local, location_has_one_value, no_default_location, the_environment_agrees,
)  # fmt: skip
