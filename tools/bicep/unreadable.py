"""The one error of this package: a file that cannot be read, and where."""

from pathlib import Path


class Unreadable(Exception):
    """The message begins with file:line and is one line long."""

    def __init__(self, file: Path | str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}")
