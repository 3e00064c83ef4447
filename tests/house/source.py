"""The project's source as text and syntax trees, for the house rules to read. Each file is parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("function_app.py", "functions", "shared", "infra/hooks", "local", "tools", "bench", "tests")
DEPLOYED = ("function_app.py", "functions", "shared")
Callable_ = ast.FunctionDef | ast.AsyncFunctionDef


def modules(*rooms: str) -> list[Path]:
    """The Python files of these rooms; what was installed among them is not ours."""
    found: list[Path] = []
    for room in rooms:
        place = ROOT / room
        found += sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []
    return [path for path in found if "node_modules" not in path.parts]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=named(path))


def where(path: Path, node: ast.AST) -> str:
    return f"{named(path)}:{getattr(node, 'lineno', 0)}"


def imports(path: Path) -> Iterator[tuple[ast.stmt, str]]:
    """Every import, wherever it stands, by its full name. A relative one begins with a dot."""
    for node in ast.walk(tree(path)):
        match node:
            case ast.ImportFrom(module=module, names=found, level=level):
                yield from ((node, f"{'.' * level}{module or ''}.{name.name}") for name in found)
            case ast.Import(names=found):
                yield from ((node, name.name) for name in found)


def functions(path: Path) -> Iterator[Callable_]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Callable_))


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def dotted(node: ast.AST) -> str:
    """`os.environ.get` for the expression that says so; empty for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            head = dotted(value)
            return f"{head}.{name}" if head else ""
    return ""


def kept_files() -> list[Path]:
    """Every file that is, or would be, in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.decode()
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
