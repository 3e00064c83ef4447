"""What became of everything that was to be put back."""

from dataclasses import dataclass


class Trouble(Exception):
    """Why nothing could be done, in one line for the person who asked; never with a secret or an address in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`stayed`: a line for each that could not be put back, naming it and why."""

    put_back: int
    stayed: tuple[str, ...] = ()
    dry_run: bool = False
    more: bool = False

    def __str__(self) -> str:
        done = "would be put back" if self.dry_run else "put back"
        rest = ", and there are more than the limit" if self.more else ""
        return f"{self.put_back} {done}, {len(self.stayed)} stayed{rest}"
