"""The whole check of one deployment, over as many combinations of switches as asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tools.bicep import networks, pins, residency, roles, security, watching
from tools.bicep.deployment import Deployment, flatten
from tools.bicep.files import Files
from tools.bicep.finding import Finding, Rule, about_all
from tools.bicep.switches import Combination, combinations, defaults
from tools.bicep.type_definitions import TypeDefinitions
from tools.bicep.type_rules import types
from tools.bicep.values import Value

RULES: tuple[Rule, ...] = (
    *residency.RULES, *security.RULES, *networks.RULES, *watching.RULES, *roles.RULES,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is checked: a main file, the parameters given on the command line, and the definitions if there are any."""

    files: Files
    main: str
    given: Mapping[str, Value]
    definitions: TypeDefinitions | None

    def parameters(self, switched: Combination) -> dict[str, Value]:
        return {**defaults(self.files, self.main), **switched, **self.given}

    def deployed(self, switched: Combination) -> Deployment:
        return flatten(self.files, self.main, self.parameters(switched))

    def all_switches(self) -> list[Combination]:
        """Those that differ once what is given is given."""
        found: list[Combination] = []
        for each in combinations(self.files, self.main):
            free = {name: value for name, value in each.items() if name not in self.given}
            if free not in found:
                found.append(free)
        return found


def findings(subject: Subject, deployment: Deployment) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(deployment)
    if subject.definitions:
        yield from types(deployment, subject.definitions)


def check(subject: Subject, switched: Iterable[Combination]) -> Iterator[tuple[Finding, Combination]]:
    """Each finding once, with the first combination that shows it. The first combination is taken for the defaults.

    What has to be on by default, or in some combination, is not asked where parameters are given.
    """
    seen: set[Finding] = set()
    closed = False
    for number, combination in enumerate(switched):
        deployment = subject.deployed(combination)
        found = [*findings(subject, deployment)]
        if number == 0:
            found += [each for rule in pins.RULES for each in rule(deployment)]
            found += watching.of_the_defaults(deployment) if not subject.given else ()
        closed = closed or networks.has_private_networking(deployment)
        for each in sorted(set(found) - seen):
            seen.add(each)
            yield each, combination
        last = deployment
    if not closed and not subject.given:
        yield about_all(last, "private-endpoint", "no combination of switches has private networking"), {}
