"""What a rule has to say against a deployment: which rule, where, about what."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tools.bicep.deployment import Deployment
from tools.bicep.values import Resource


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    file: str
    line: int
    rule: str
    subject: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.rule}: {self.subject}: {self.message}"

    @property
    def essence(self) -> tuple[str, str, str, str]:
        """What stays the same when lines move."""
        return self.rule, self.file, self.subject, self.message


Rule = Callable[[Deployment], Iterator[Finding]]


def about(resource: Resource, rule: str, message: str) -> Finding:
    subject = f"{resource.symbol} ({resource.type})"
    return Finding(file=resource.file, line=resource.line, rule=rule, subject=subject, message=message)


def about_all(deployment: Deployment, rule: str, message: str) -> Finding:
    return Finding(file=deployment.main, line=1, rule=rule, subject="the deployment", message=message)
