"""Prove from the Bicep that nothing leaves UK South: `python -m tools.bicep infra/main.bicep [options] [NAME=VALUE …]`.

    --all-switches  for every combination of main's booleans and `@allowed` values, each with nothing and with all of
                    what may be left empty; and for each of those texts and unions by itself
    --mutate        spoil the Bicep in one place at a time, and see that each is noticed: the check of the check
    --quiet         findings and the last line only, not every resource
    NAME=VALUE      a parameter of main, instead of what main.parameters.json and the defaults say

Prints every resource of a plain deployment, then the findings as file:line: rule: resource: what is wrong. Property
names, enumerations and API versions are checked against Microsoft's definitions where their folder is there
(TEST_BICEP_TYPES, else ../shared/tools/bicep/types beside the repository); the last line says whether they were.

Exit code 0 clean, 1 findings or a spoilt place that nobody noticed, 2 not readable. What no check from outside can see:
quota, names that are taken, whether Azure accepts a combination, whether a region has zones for it.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bicep.arguments import root_of, subject_of
from tools.bicep.catalogue import DECISIONS
from tools.bicep.checking import Subject, check
from tools.bicep.mutating import Report, mutate
from tools.bicep.type_definitions import definitions_folder
from tools.bicep.unreadable import Unreadable

CLEAN, FOUND, NOT_READABLE = 0, 1, 2


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    given = _parser().parse_intermixed_args(arguments)
    try:
        subject = subject_of(given.main, given.parameters, environment)
        found = _check(subject, every=given.all_switches, quiet=given.quiet)
        survived = _mutate(subject) if given.mutate else 0
    except Unreadable as wrong:
        print(f"not readable: {wrong}", file=sys.stderr)
        return NOT_READABLE
    checked = "checked against" if subject.definitions else "NOT CHECKED, there are no definitions at"
    folder = definitions_folder(root_of(given.main), environment)
    print(f"property names, enumerations and API versions: {checked} {folder}")
    return FOUND if found or survived else CLEAN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bicep", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("main", type=Path, metavar="MAIN.bicep")
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    for switch in ("--all-switches", "--mutate", "--quiet"):
        parser.add_argument(switch, action="store_true")
    return parser


def _check(subject: Subject, *, every: bool, quiet: bool) -> int:
    combinations = subject.all_switches() if every else [{}]
    deployment = subject.deployed({})
    for each in deployment.resources if not quiet else ():
        decision = DECISIONS.get(each.kind)
        kind = decision.residency if decision else "undecided"
        print(f"  {each.where:28} {each.type} {each.at('name')} · {each.location or 'no location'} · {kind}")
    found = 0
    for finding, switched in check(subject, combinations):
        found += 1
        print(finding, f"  with {dict(switched)}" if switched else "")
    print(
        f"{len(deployment.resources)} resources by default, {len(combinations)} combination(s) of switches, "
        f"{found} finding(s)"
    )
    return found


def _mutate(subject: Subject) -> int:
    report: Report = mutate(subject)
    for line in report.lines():
        print(line)
    return report.failures


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
