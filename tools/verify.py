"""Check what a police force shows of its footage, trusting nobody: `python -m tools.verify WHAT FILE --key KEY`.

    receipt FILE       that the force confirmed these bytes; with --footage VIDEO, that the video is what it confirmed
    checkpoint FILE    that the force signed this state of its ledger
    trail FILE         that a clip's exported trail is complete, unaltered, and in the ledger
    ledger PLACE       that every file of the ledger, in a folder or at an address (https://.../api/ledger), follows
                       from its entries; with --earlier FILE, that it goes on from a checkpoint that somebody kept

Needs Python and `cryptography`. It is to be read beside shared/domain/ledger.py, note.py and tiles.py, which do the
mathematics clause by clause and are all of ours that it imports but its own parts in tools/verifying. KEY is the
force's verifier key, from where you trust it to be right (its website, a court's file): whoever makes up a history can
make up a key for it. --key may be said again: for older keys, and for witnesses'. The report is plain text, fit for a
statement. Exit codes:

    0  verified
    1  not verified: the report says what is wrong, by name
    2  unreadable: what was given is not such a file, or could not be read
    3  what was checked is verified, but a part could not be; the report says which
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.domain.ledger import Unproven
from shared.domain.note import parsed_key
from tools.verifying.files import check_ledger
from tools.verifying.report import IN_PART, NOT_VERIFIED, UNREADABLE, VERIFIED, Report, Unreadable
from tools.verifying.signed import check_receipt, checked_checkpoint
from tools.verifying.trail import check_trail


def main(arguments: Sequence[str]) -> int:
    """Check what the command line says, print the report, and return the exit code."""
    asked = _parser().parse_args(arguments)
    report = Report(given=f"{asked.what} {asked.place}", keys=list(asked.key))
    try:
        _check(asked, report)
        code = IN_PART if report.unchecked else VERIFIED
    except Unproven as no:
        report.wrong, code = str(no), NOT_VERIFIED
    except (Unreadable, OSError) as no:
        report.wrong, code = str(no), UNREADABLE
    print(report.text(code))
    return code


def _check(asked: argparse.Namespace, report: Report) -> None:
    keys = [parsed_key(key) for key in asked.key]
    if asked.what == "ledger":
        check_ledger(asked.place, keys, report, asked.earlier.read_bytes() if asked.earlier else None)
        return
    raw = Path(asked.place).read_bytes()
    report.given += f", {len(raw)} bytes, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    match asked.what:
        case "receipt":
            check_receipt(raw, keys, report, asked.footage)
        case "checkpoint":
            checked_checkpoint(raw, keys, report)
        case "trail":
            check_trail(raw, keys, report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(dest="what", required=True)
    for what in ("receipt", "checkpoint", "trail", "ledger"):
        kind = kinds.add_parser(what)
        kind.add_argument("place", help="a folder or an address" if what == "ledger" else "the file")
        kind.add_argument("--key", action="append", default=[], required=what != "trail", help="a verifier key")
    kinds.choices["receipt"].add_argument("--footage", type=Path, help="the video to compare")
    kinds.choices["ledger"].add_argument("--earlier", type=Path, help="a checkpoint that was kept")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
