"""Clips synthesised once for all tests of this folder, as bytes."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from local.footage import Layout, synthesise

START = datetime(2026, 3, 1, 12, tzinfo=UTC)

Clip = Callable[..., bytes]


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    """`clip(layout, suffix=".mp4", seconds=3, **the rest of synthesise)`: its bytes, made on first asking."""
    folder = tmp_path_factory.mktemp("clips")
    made: dict[str, bytes] = {}

    def give(layout: Layout = "end", suffix: str = ".mp4", seconds: float = 3, **more: object) -> bytes:
        name = f"{layout}-{seconds}-" + "-".join(f"{k}{v}" for k, v in sorted(more.items()))
        if name + suffix not in made:
            path = folder / (name + suffix)
            synthesise(path, seconds=seconds, start=START, serial="D01A7F42", layout=layout, **more)  # type: ignore[arg-type]
            made[name + suffix] = path.read_bytes()
        return made[name + suffix]

    return give
