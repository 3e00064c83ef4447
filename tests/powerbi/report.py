"""The report in powerbi/ as its pages and their visuals."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.powerbi.model import PROJECT

REPORT = PROJECT / "Continuity.Report"
PAGES = REPORT / "definition" / "pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visual:
    """`what` is the whole file."""

    page: str
    folder: str
    what: dict[str, Any]

    @property
    def kind(self) -> str:
        return str(self.what["visual"]["visualType"])

    @property
    def place(self) -> tuple[int, int, int, int]:
        """Left, top, right and bottom edge."""
        at = self.what["position"]
        return at["x"], at["y"], at["x"] + at["width"], at["y"] + at["height"]

    @property
    def alternative(self) -> str:
        """What is read out to who cannot see it."""
        general = self.what["visual"]["visualContainerObjects"]["general"]
        return str(general[0]["properties"]["altText"]["expr"]["Literal"]["Value"]).strip("'")

    @property
    def projections(self) -> list[dict[str, Any]]:
        state = self.what["visual"].get("query", {}).get("queryState", {})
        return [projection for role in state.values() for projection in role["projections"]]

    @property
    def said(self) -> str:
        """The words of a text box."""
        boxes = self.what["visual"].get("objects", {}).get("general", [])
        paragraphs = [paragraph for box in boxes for paragraph in box["properties"].get("paragraphs", [])]
        return "\n".join(run["value"] for paragraph in paragraphs for run in paragraph["textRuns"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    name: str
    title: str
    width: int
    height: int
    visuals: tuple[Visual, ...]


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return loaded


@cache
def pages() -> tuple[Page, ...]:
    return tuple(_page(path.parent) for path in sorted(PAGES.glob("*/page.json")))


def _page(folder: Path) -> Page:
    page = load(folder / "page.json")
    visuals = tuple(
        Visual(page=folder.name, folder=path.parent.name, what=load(path))
        for path in sorted((folder / "visuals").glob("*/visual.json"))
    )
    return Page(
        name=page["name"], title=page["displayName"], width=page["width"], height=page["height"], visuals=visuals
    )


def visuals() -> list[Visual]:
    return [visual for page in pages() for visual in page.visuals]


def fields(within: Any) -> Iterator[tuple[str, str, str]]:
    """Every field that anything in here names: whether column or measure, of which table, and its name."""
    if isinstance(within, list):
        for each in within:
            yield from fields(each)
    elif isinstance(within, dict):
        for key, value in within.items():
            if key in ("Column", "Measure"):
                yield key, value["Expression"]["SourceRef"]["Entity"], value["Property"]
            else:
                yield from fields(value)


def json_files() -> list[Path]:
    """The files of the project that are JSON and say by which schema."""
    endings = (".json", ".pbip", ".pbir", ".pbism")
    return sorted(path for path in PROJECT.rglob("*") if path.suffix in endings or path.name == ".platform")
