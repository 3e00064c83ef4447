"""Bicep for tests: texts that are deployed without being on disk, and the folders beside this file."""

from pathlib import Path

from tools.bicep.deployment import Deployment, flatten
from tools.bicep.files import Files
from tools.bicep.values import Value

HERE = Path(__file__).parent
MAIN = "infra/main.bicep"


def deployed(text: str, *, others: dict[str, str] | None = None, **parameters: Value) -> Deployment:
    """The text as infra/main.bicep, with other files beside it."""
    changed = {MAIN: text, **{f"infra/{name}": content for name, content in (others or {}).items()}}
    return flatten(Files(root=Path("/nowhere"), changed=changed), MAIN, parameters)


def output(expression: str, before: str = "", **parameters: Value) -> Value:
    """The value of one expression."""
    return deployed(f"{before}\noutput it object = {expression}", **parameters).outputs["it"]
