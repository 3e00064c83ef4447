"""Sizes, names and docstrings; what may be logged; what is pinned; what no file may name."""

import ast
import re
from pathlib import Path

import pytest

from tests.house.source import DEPLOYED, ROOMS, ROOT, calls, dotted, functions, kept_files, modules, named, tree, where

LONGEST_FUNCTION, LONGEST_MODULE = 50, 300
SAY_NOTHING = {"utils", "helpers", "common", "manager", "managers", "models", "services", "constants", "misc"}
PIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(\[[a-z0-9,-]+\])?==[0-9][A-Za-z0-9.]*")
LOGGERS = {"log", "logger", "logging"}
# In two halves each, so that this file does not name them either.
REGISTRIES = tuple(
    ".".join(halves)
    for halves in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com"), ("yarnpkg", "com"))
)


@pytest.mark.parametrize("room", ROOMS)
def test_no_function_is_longer_than_a_page(room: str) -> None:
    long = [
        f"{where(path, found)} {found.name} has {(found.end_lineno or 0) - found.lineno + 1} lines"
        for path in modules(room)
        for found in functions(path)
        if (found.end_lineno or 0) - found.lineno + 1 > LONGEST_FUNCTION
    ]
    assert long == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_is_longer_than_can_be_read_at_once(room: str) -> None:
    lengths = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(room)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_every_module_says_what_it_is_for(room: str) -> None:
    silent = [named(path) for path in modules(room) if path.read_text().strip() and not ast.get_docstring(tree(path))]
    assert silent == []


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [named(path) for path in modules(*ROOMS) if {path.stem, path.parent.name} & SAY_NOTHING] == []


def test_a_log_line_is_a_sentence_and_its_fields_and_never_a_text_put_together() -> None:
    """An f-string hides what varies from the operator who groups by sentence, and invites content into it."""
    found = []
    for path in modules(*DEPLOYED):
        for call in calls(path):
            head, _, method = dotted(call.func).rpartition(".")
            if head.rpartition(".")[2].lstrip("_") in LOGGERS and method not in ("getLogger", "isEnabledFor"):
                sentence = call.args[0] if call.args else None
                found += [] if isinstance(sentence, ast.Constant) else [where(path, call)]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_package_is_pinned(name: str) -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    others = [line for line in lines if line and not PIN.fullmatch(line)]
    assert others == (["-r requirements.txt"] if name == "requirements-dev.txt" else [])


def test_no_package_is_pinned_twice() -> None:
    texts = [(ROOT / name).read_text() for name in ("requirements.txt", "requirements-dev.txt")]
    pinned = [
        m[1].lower().replace("_", "-") for text in texts for m in re.finditer(r"^([\w.-]+)==", text, re.MULTILINE)
    ]
    assert sorted(pinned) == sorted(set(pinned))


def test_no_file_names_a_package_registry() -> None:
    assert [named(path) for path in kept_files() if _names_registry(path)] == []


def _names_registry(path: Path) -> bool:
    content = path.read_bytes().lower()
    return any(name.encode() in content for name in REGISTRIES)
