"""The ways main.bicep can be switched: its booleans, its `@allowed` values, and what is there or left empty.

Values that only azd knows (the environment's name, the deployer's id) are samples. A text or a list counts as something
that may be left empty if its default is empty, and so does a number that may be 0.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import PurePosixPath
from typing import Any

from tools.bicep import tree
from tools.bicep.deployment import declared
from tools.bicep.files import Files
from tools.bicep.parameters import plain
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Value

MOST_COMBINATIONS = 4096
SUBSTITUTED = re.compile(r"\$\{([A-Z0-9_]+)(?:=([^}]*))?\}")
SAMPLE_ID = "00000000-0000-0000-0000-00000000000a"
SAMPLES: Mapping[str, str] = {"AZURE_ENV_NAME": "sample", "AZURE_LOCATION": "uksouth", "KEY_MAKER_ID": SAMPLE_ID}
AFTER_NAMES: Mapping[re.Pattern[str], str] = {
    re.compile(r"mail|recipient|contact", re.IGNORECASE): "duty@police.example",
    re.compile(r"range|address|cidr|network", re.IGNORECASE): "192.0.2.0/24",
    re.compile(r"url|uri|issuer", re.IGNORECASE): "https://continuity.police.example",
    re.compile(r"start|date", re.IGNORECASE): "2026-01-01",
}
EMPTY: tuple[Value, ...] = ("", None)
Combination = Mapping[str, Value]


def defaults(files: Files, main: str) -> dict[str, Value]:
    """What a plain `azd up` passes: main.parameters.json with samples for what azd would fill in."""
    name = str(PurePosixPath(main).with_name("main.parameters.json"))
    try:
        written = json.loads(files.text(name)).get("parameters", {})
    except Unreadable:
        written = {}
    except ValueError as wrong:
        raise Unreadable(name, 1, f"is no JSON: {wrong}") from wrong
    kinds = {each.name: plain(each.type) for each in declared(files, main)}
    given = {key: _filled_in(kinds.get(key, ""), each.get("value")) for key, each in written.items()}
    return {key: value for key, value in given.items() if value is not None} | _still_due(files, main, set(written))


def _filled_in(kind: str, value: Any) -> Value:
    """As azd does: variables first, then the text as the parameter's type. An empty one is left to the default."""
    if not isinstance(value, str):
        return value
    text = SUBSTITUTED.sub(_substituted, value)
    if kind not in ("string", "") and not text:
        return None
    return json.loads(text) if kind not in ("string", "") else text


def _substituted(found: re.Match[str]) -> str:
    return SAMPLES.get(found[1]) or (f"sample-{found[1]}" if found[2] is None else found[2])


def _still_due(files: Files, main: str, given: set[str]) -> dict[str, Value]:
    """A sample for a string that has no default and is not in the file."""
    samples = {"environmentName": "sample", "location": "uksouth"}
    due = [each for each in declared(files, main) if each.default is None and each.name not in given]
    return {each.name: samples.get(each.name, SAMPLE_ID) for each in due if plain(each.type) == "string"}


def combinations(files: Files, main: str) -> list[Combination]:
    """The defaults; every combination of the switches, with all the rest left alone and with all of it given; each of
    the rest by itself.

    Switches are booleans and `@allowed` values. The rest are unions, and texts, lists and numbers that may be empty.
    """
    axes, rest = list(_switches(files, main)), list(_others(files, main))
    switched = [dict(each) for each in product(*axes)]
    if len(switched) > MOST_COMBINATIONS:
        raise Unreadable(main, 1, f"{len(switched)} combinations of switches are more than can be checked")
    given = {name: value for axis in rest for name, value in axis[-1:]}
    alone = [{name: value} for axis in rest for name, value in axis]
    return [{}, *switched, *({**each, **given} for each in switched if given), *alone]


def _switches(files: Files, main: str) -> Iterator[list[tuple[str, Value]]]:
    for each in declared(files, main):
        allowed = each.decorated("allowed")
        if allowed and isinstance(allowed.arguments[0], tree.ArrayLiteral):
            items = allowed.arguments[0].items
            yield [(each.name, item.value) for item in items if isinstance(item, tree.Literal)]
        elif plain(each.type) == "bool":
            yield [(each.name, False), (each.name, True)]


def _others(files: Files, main: str) -> Iterator[list[tuple[str, Value]]]:
    for each in declared(files, main):
        least = each.decorated("minValue")
        if isinstance(each.type, tree.Gathered) and each.type.how == "union":
            yield [(each.name, option.value) for option in each.type.of if isinstance(option, tree.Literal)]
        elif _is_empty(each.default):
            yield [(each.name, _nothing(each)), (each.name, something(each))]
        elif least and isinstance(least.arguments[0], tree.Literal) and least.arguments[0].value == 0:
            yield [(each.name, 0), (each.name, 1)]


def _is_empty(default: tree.Node | None) -> bool:
    if isinstance(default, tree.ArrayLiteral):
        return not default.items
    return isinstance(default, tree.Literal) and default.value in EMPTY


def _nothing(of: tree.Parameter) -> Value:
    return [] if plain(of.type) == "array" else "" if plain(of.type) == "string" else None


def something(of: tree.Parameter) -> Value:
    """A value for what may be left empty: made after its name, since only that says what it is."""
    fitting = (sample for words, sample in AFTER_NAMES.items() if words.search(of.name))
    one = next(fitting, SAMPLE_ID)
    return [one] if plain(of.type) == "array" else one
