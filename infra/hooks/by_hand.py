"""For az what azd does by itself: `python -m infra.hooks.by_hand parameters|outputs`.

parameters          infra/main.parameters.json, with what the environment has in place of each ${NAME=default}
outputs DEPLOYMENT  what that deployment said, as NAME=value lines for a shell or for $GITHUB_ENV
"""

import argparse
import json
import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.hooks.calling import Trouble, az, ends, say

FILE = Path(__file__).parents[1] / "main.parameters.json"
PLACE = re.compile(r"\$\{([A-Z_]+)(?:=([^}]*))?\}")


def parameters(known: Mapping[str, str], file: Path = FILE) -> dict[str, Any]:
    """For `az deployment sub create --parameters @FILE`. Raises Trouble that names every one that has no value."""
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    places = {name: PLACE.fullmatch(given["value"]) for name, given in content["parameters"].items()}
    if missing := [place[1] for place in places.values() if place and place[2] is None and not known.get(place[1])]:
        raise Trouble(f"not set: {', '.join(missing)} (docs/deploying.md, what the force decides)")
    content["parameters"] |= {name: {"value": _filled(place, known)} for name, place in places.items() if place}
    return content


def _filled(place: re.Match[str], known: Mapping[str, str]) -> str | bool | int:
    """A switch or a number where the default is one: az takes no text for them, as azd does."""
    name, default = place[1], place[2] or ""
    text = known.get(name) or default
    if default in ("true", "false"):
        if text not in ("true", "false"):
            raise Trouble(f"{name} is {text!r}: true or false")
        return text == "true"
    if default.isdecimal():
        if not text.isdecimal():
            raise Trouble(f"{name} is {text!r}: a number")
        return int(text)
    return text


def outputs(deployment: str) -> list[str]:
    """Azure changes the case of their names now and then; ours are all capitals."""
    said = az("deployment", "sub", "show", "--name", deployment)["properties"]["outputs"]
    return sorted(f"{name.upper()}={shlex.quote(str(output['value']))}" for name, output in said.items())


def main(arguments: list[str], known: Mapping[str, str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.hooks.by_hand", description=(__doc__ or "").splitlines()[0])
    kinds = parser.add_subparsers(dest="what", required=True)
    kinds.add_parser("parameters", help="print the filled parameter file")
    kinds.add_parser("outputs", help="print what a deployment said").add_argument("deployment")
    given = parser.parse_args(arguments)
    if given.what == "parameters":
        say(json.dumps(parameters(known), indent=2))
    else:
        say("\n".join(outputs(given.deployment)))


if __name__ == "__main__":
    sys.exit(ends(lambda: main(sys.argv[1:], os.environ)))
