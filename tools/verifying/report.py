"""The report of a verification, as it can go into a statement: what was given, checked, not checked, and wrong."""

from dataclasses import dataclass, field

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)
RESULTS = ("VERIFIED", "NOT VERIFIED", "UNREADABLE", "VERIFIED, BUT A PART COULD NOT BE CHECKED")


class Unreadable(Exception):
    """What was given is no such file."""


@dataclass(slots=True)
class Report:
    """What was given, what of it was checked, and what could not be; `beside` it lies what was not asked about."""

    given: str
    keys: list[str]
    checked: list[str] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)
    wrong: str = ""

    def text(self, code: int) -> str:
        told = [("given", [self.given]), ("keys", self.keys), ("checked", self.checked), ("beside", self.beside)]
        told += [("not checked", self.unchecked), ("wrong", [self.wrong] if self.wrong else [])]
        lines = [f"{name if at == 0 else '':<12} {line}" for name, said in told for at, line in enumerate(said)]
        return "\n".join([*lines, f"{'result':<12} {RESULTS[code]}"])
