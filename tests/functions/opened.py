"""The app as a laptop opens it, imported once with the example settings: all its functions, and its HTTP doors.

`get_functions()` works once for each app, so every suite that needs the doors takes them from here.
"""

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

from azure.functions.decorators.function_app import Function

from functions.door import Door

ROOT = Path(__file__).parents[2]
EXAMPLE: Mapping[str, str] = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]


def _functions() -> list[Function]:
    with patch.dict(os.environ, EXAMPLE):
        from function_app import app
    return list(app.get_functions())


FUNCTIONS: Mapping[str, Function] = {str(function.get_function_name()): function for function in _functions()}
HTTP: Mapping[str, Function] = {name: function for name, function in FUNCTIONS.items() if function.is_http_function()}


def door_of(function: Function) -> Door | None:
    """What the function declares of itself; None if it hangs outside the front desk."""
    declared = getattr(function.get_user_function(), "door", None)
    return declared if isinstance(declared, Door) else None


DOORS: Mapping[str, Door] = {name: door for name, function in HTTP.items() if (door := door_of(function))}


def user_function(name: str) -> Callable[..., Awaitable[Any]]:
    called: Callable[..., Awaitable[Any]] = FUNCTIONS[name].get_user_function()
    return called
