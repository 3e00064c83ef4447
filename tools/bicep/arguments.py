"""What the commands of this package are given, as what is to be checked."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bicep.checking import Subject
from tools.bicep.deployment import declared
from tools.bicep.files import Files
from tools.bicep.parameters import plain
from tools.bicep.type_definitions import definitions_folder, open_definitions
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Value

WORDS: Mapping[str, Value] = {"true": True, "false": False, "null": None}


def root_of(main: Path) -> Path:
    """The folder that holds infra/."""
    return main.resolve().parent.parent


def subject_of(main: Path, parameters: Sequence[str], environment: Mapping[str, str]) -> Subject:
    """Raises Unreadable for what is no NAME=VALUE, or is no value for that name."""
    files = Files(root=root_of(main))
    name = main.resolve().relative_to(files.root).as_posix()
    kinds = {each.name: plain(each.type) for each in declared(files, name)}
    given: dict[str, Value] = {}
    for each in parameters:
        parameter, equals, text = each.partition("=")
        if not equals:
            raise Unreadable(name, 1, f"{each!r} is no NAME=VALUE")
        given[parameter] = _value(kinds.get(parameter, ""), text)
    definitions = open_definitions(definitions_folder(files.root, environment))
    return Subject(files=files, main=name, given=given, definitions=definitions)


def _value(kind: str, text: str) -> Value:
    if kind == "int" and text.lstrip("-").isdigit():
        return int(text)
    if kind == "array":
        return [part for part in text.split(",") if part]
    return text if kind == "string" else WORDS.get(text, text)
