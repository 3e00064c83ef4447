"""The files a deployment is read from: those on disk, or as they would be with some text changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.bicep import tree
from tools.bicep.statements import parse
from tools.bicep.unreadable import Unreadable

ELSEWHERE = ("br:", "br/", "ts:", "ts/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """`root` is the folder above infra/; files are named by their path below it, with slashes."""

    root: Path
    changed: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        if name in self.changed:
            return self.changed[name]
        try:
            return (self.root / name).read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as wrong:
            raise Unreadable(name, 1, f"cannot be read: {type(wrong).__name__}") from wrong

    def statements(self, name: str) -> tuple[tree.Statement, ...]:
        return parse(self.text(name), name)

    def beside(self, name: str, path: str) -> str:
        """The file that `name` calls `path`."""
        target = (self.root / name).parent / path
        return Path(*_resolved(target.relative_to(self.root).parts)).as_posix()

    def bicep(self, folder: str) -> list[str]:
        found = (self.root / folder).rglob("*.bicep")
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def reached(self, main: str) -> set[str]:
        """Every Bicep file that main uses, through however many others, whatever the conditions."""
        known: set[str] = set()
        waiting = {main}
        while waiting:
            name = waiting.pop()
            known.add(name)
            waiting |= {self.beside(name, path) for path in _used(self.statements(name))} - known
        return known


def _resolved(parts: tuple[str, ...]) -> list[str]:
    kept: list[str] = []
    for part in parts:
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part != ".":
            kept.append(part)
    return kept


def is_elsewhere(path: str) -> bool:
    """Whether a module is fetched from a registry or a template spec."""
    return path.startswith(ELSEWHERE)


def _used(statements: tuple[tree.Statement, ...]) -> set[str]:
    paths = {each.path for each in statements if isinstance(each, tree.Module | tree.Import)}
    return {path for path in paths if not is_elsewhere(path)}
