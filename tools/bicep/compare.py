"""Two evaluators check each other: `python -m tools.bicep.compare MAIN.bicep [NAME=VALUE …] --against SNAPSHOT.json`.

    --write-parameters FILE.bicepparam   first: the same parameters for `bicep snapshot FILE.bicepparam`, to be written
                                         beside MAIN.bicep, because the CLI wants to find it from there
    --against SNAPSHOT.json              then: what `bicep snapshot` made of it is compared with our list, and the
                                         residency rules are asked of it

Exit code 0 the same, 1 not, 2 not readable. Needs no Bicep CLI itself; .github/workflows/infra.yml has one.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.bicep.arguments import subject_of
from tools.bicep.checking import Subject
from tools.bicep.snapshots import differences, parameter_file, predicted, rules_on
from tools.bicep.unreadable import Unreadable

SAME, DIFFERENT, NOT_READABLE = 0, 1, 2


def main(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    given = _parser().parse_intermixed_args(arguments)
    try:
        subject = subject_of(given.main, given.parameters, environment)
        if given.write_parameters:
            content = parameter_file(given.main.name, subject.parameters({}))
            given.write_parameters.write_text(content, "utf-8")
        return _compared(subject, given.against) if given.against else SAME
    except Unreadable as wrong:
        print(f"not readable: {wrong}", file=sys.stderr)
        return NOT_READABLE


def _compared(subject: Subject, snapshot: Path) -> int:
    ours, theirs = subject.deployed({}), predicted(snapshot)
    lines = [*differences(ours, theirs), *map(str, rules_on(theirs))]
    for line in lines:
        print(line)
    print(f"{len(ours.resources)} resources of ours, {len(theirs.resources)} of theirs, {len(lines)} difference(s)")
    return DIFFERENT if lines else SAME


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.bicep.compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("main", type=Path, metavar="MAIN.bicep")
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--write-parameters", type=Path, metavar="FILE.bicepparam")
    parser.add_argument("--against", type=Path, metavar="SNAPSHOT.json")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
