"""How figures are shown and kept: a table on the screen, JSON under bench/results."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

RESULTS = Path(__file__).parent / "results"


def show(title: str, rows: Sequence[Mapping[str, object]]) -> None:
    """Print the rows under the names of the first."""
    names = list(rows[0])
    widths = {name: max(len(name), *(len(str(row[name])) for row in rows)) for name in names}
    print(f"\n{title}")
    print("  ".join(name.rjust(widths[name]) for name in names))
    for row in rows:
        print("  ".join(str(row[name]).rjust(widths[name]) for name in names), flush=True)


def keep(name: str, rows: Sequence[Mapping[str, object]]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(list(rows), indent=1) + "\n")
