"""The check of the check: each mutation is tried wherever it fits, and a mutant nobody notices survives.

A survivor is a failure; so is a mutation that fits nowhere, because it proved nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tools.bicep import networks, pins, residency, roles, security, tree, watching
from tools.bicep.checking import Subject
from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, Rule
from tools.bicep.mutation import UNREADABLE, Mutation
from tools.bicep.mutations import MUTATIONS, NEEDS_DEFINITIONS
from tools.bicep.switches import Combination
from tools.bicep.type_rules import types
from tools.bicep.unreadable import Unreadable

Essence = tuple[str, str, str, str]
EVERY_RULE = frozenset({"*"})
RULES: tuple[Rule, ...] = (
    *residency.RULES, *security.RULES, *networks.RULES, *watching.RULES, *roles.RULES, *pins.RULES,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    mutation: Mutation
    file: str
    line: int
    text: str  # of the whole file, spoilt

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.mutation.name}"


@dataclass(slots=True, kw_only=True)
class Report:
    noticed: dict[str, int] = field(default_factory=dict)
    survivors: list[str] = field(default_factory=list)
    fitted_nowhere: list[str] = field(default_factory=list)
    not_tried: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        return len(self.survivors) + len(self.fitted_nowhere)

    def lines(self) -> Iterator[str]:
        yield from (f"mutation  {count:4} noticed  {name}" for name, count in self.noticed.items())
        yield from (f"mutation  NOT TRIED, there are no definitions: {name}" for name in self.not_tried)
        yield from (f"mutation  FITS NOWHERE: {name}" for name in self.fitted_nowhere)
        yield from (f"mutation  SURVIVED {each}" for each in self.survivors)
        total = sum(self.noticed.values()) + len(self.survivors)
        yield f"{len(self.noticed)} mutations in {total} places: {len(self.survivors)} survived"


def mutate(subject: Subject, mutations: tuple[Mutation, ...] = MUTATIONS) -> Report:
    report = Report()
    tries = Tries(subject)
    for mutation in mutations:
        if not subject.definitions and mutation.noticed_by <= NEEDS_DEFINITIONS:
            report.not_tried.append(mutation.name)
            continue
        mutants = list(mutants_of(subject, mutation))
        survivors = [mutant for mutant in mutants if not tries.notices(mutant)]
        report.survivors += map(str, survivors)
        if mutants:
            report.noticed[mutation.name] = len(mutants) - len(survivors)
        else:
            report.fitted_nowhere.append(mutation.name)
    return report


def mutants_of(subject: Subject, mutation: Mutation) -> Iterator[Mutant]:
    for name in sorted(subject.files.reached(subject.main)):
        text = subject.files.text(name)
        spoilt = _dropping(subject, name, mutation) if mutation.drop else _replacing(subject, name, mutation)
        for line, changed in spoilt:
            if changed != text:
                yield Mutant(mutation=mutation, file=name, line=line, text=changed)


def _replacing(subject: Subject, name: str, mutation: Mutation) -> Iterator[tuple[int, str]]:
    text = subject.files.text(name)
    spans = _spans(subject, name, mutation.kinds)
    for found in mutation.pattern.finditer(text):
        line = text.count("\n", 0, found.start() + len(found.group()) - len(found.group().lstrip())) + 1
        if any(first <= line <= last for first, last in spans):
            yield line, text[: found.start()] + found.expand(mutation.replacement) + text[found.end() :]


def _spans(subject: Subject, name: str, kinds: tuple[str, ...]) -> list[tuple[int, int]]:
    """The lines of the resources of these types that would be deployed; the whole file where no type is named."""
    statements = subject.files.statements(name)
    whole = [(1, subject.files.text(name).count("\n") + 1)]
    return [(each.line, each.last_line) for each in _resources(statements, kinds)] if kinds else whole


def _resources(statements: tuple[tree.Statement, ...], kinds: tuple[str, ...]) -> list[tree.Resource]:
    found = [each for each in statements if isinstance(each, tree.Resource) and not each.existing]
    return [each for each in found if each.type.partition("@")[0] in kinds]


def _dropping(subject: Subject, name: str, mutation: Mutation) -> Iterator[tuple[int, str]]:
    """The body of the resource, or of each round of its loop, behind a condition that is never true."""
    lines = subject.files.text(name).split("\n")
    for each in _resources(subject.files.statements(name), mutation.kinds):
        body = each.body.body if isinstance(each.body, tree.Loop) else each.body
        at = body.line - 1
        opening = "if (" if isinstance(body, tree.Conditional) else "{"
        head, _, rest = lines[at].rpartition(opening)
        never = f"{head}if (false && {rest}" if opening == "if (" else f"{head}if (false) {{{rest}"
        yield each.line, "\n".join([*lines[:at], never, *lines[at + 1 :]])


class Tries:
    """Runs the rules a mutant has to be noticed by, over some combinations first and over all if need be."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._combinations = sorted(subject.all_switches(), key=lambda each: -sum(map(bool, each.values())))
        self._before: dict[int, set[Essence]] = {}

    def notices(self, mutant: Mutant) -> bool:
        changed = {**self._subject.files.changed, mutant.file: mutant.text}
        files = replace(self._subject.files, changed=changed)
        spoilt = replace(self._subject, files=files)
        wanted = mutant.mutation.noticed_by
        return any(
            new.rule in wanted
            for number, combination in enumerate(self._order())
            for new in self._new(number, combination, spoilt, wanted)
        )

    def _order(self) -> list[Combination]:
        """The defaults, everything on, everything off, then the rest."""
        return [{}, *self._combinations[:1], *self._combinations[-1:], *self._combinations[1:-1]]

    def _new(self, number: int, combination: Combination, spoilt: Subject, wanted: frozenset[str]) -> Iterator[Finding]:
        if number not in self._before:
            self._before[number] = {each.essence for each in _said(self._subject, combination, EVERY_RULE)}
        for each in _said(spoilt, combination, wanted):
            if each.essence not in self._before[number]:
                yield each


def _said(subject: Subject, combination: Combination, wanted: frozenset[str]) -> Iterator[Finding]:
    try:
        deployment = subject.deployed(combination)
    except Unreadable as wrong:
        message = str(wrong)
        yield Finding(file=subject.main, line=1, rule=UNREADABLE, subject="the deployment", message=message)
        return
    if not wanted <= NEEDS_DEFINITIONS:
        yield from _of_rules(deployment, defaults=not combination)
    if wanted & (NEEDS_DEFINITIONS | EVERY_RULE) and subject.definitions:
        yield from types(deployment, subject.definitions)


def _of_rules(deployment: Deployment, *, defaults: bool) -> Iterator[Finding]:
    for rule in RULES:
        yield from rule(deployment)
    if defaults:
        yield from watching.of_the_defaults(deployment)
