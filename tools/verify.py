"""Check what a police force shows of its footage, trusting nobody: `python tools/verify.py WHAT FILE --key KEY`.

    receipt FILE       that the force confirmed these bytes; with --footage VIDEO, that the video is what it confirmed
    checkpoint FILE    that the force signed this state of its ledger, and which witnesses saw it
    proof FILE         that an entry is in the ledger (the answer of /api/audit/entries/{id}/proof)
    consistency FILE   that a ledger goes on from an earlier one (the answer of /api/ledger/consistency), as the
                       checkpoints that you kept say: --earlier FILE --later FILE
    trail FILE         that a clip's exported trail is without a gap, unaltered, and in the ledger; and what witnesses
                       saw. That nothing was taken off its end no single export shows: compare it with an earlier one
    ledger PLACE       that every file of the ledger, in a folder or at an address (https://.../api/ledger), follows
                       from its entries, naming the first wrong byte; with --earlier FILE, that it goes on from a
                       checkpoint that somebody kept; with --token FILE, as somebody whom the force lets in

Needs Python 3.11 or later and `cryptography`. It is to be read beside shared/domain/ledger.py, note.py and tiles.py,
which do the mathematics clause by clause and are all of ours that it imports but its own parts in tools/verifying; the
imports below say which of them checks what. `make verifier` puts them, as they are, into one file that runs alone;
`python -m zipfile -e continuity-verify.pyz FOLDER` takes them out again to be read.

KEY is the force's verifier key, from where you trust it to be right (its website, a court's file): whoever makes up a
history can make up a key for it. --key may be said again: for older keys, and for witnesses'. The report is plain text,
fit for a statement. Exit codes:

    0  verified
    1  not verified: the report says what is wrong, by name
    2  unreadable: what was given is not such a file, or could not be read
    3  what was checked is verified, but a part could not be; the report says which
    4  a trail is verified, and nothing is open but what no export can show of itself: its own entry, which is sealed
       some minutes later, and whether others came after
"""

import argparse
import hashlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a file, from wherever that is
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from shared.domain.ledger import Unproven
from shared.domain.note import parsed_key
from tools.verifying.files import check_ledger
from tools.verifying.proofs import check_continued, check_proof
from tools.verifying.report import NOT_VERIFIED, UNREADABLE, Report, Unreadable
from tools.verifying.signed import Keys, check_checkpoint, check_receipt
from tools.verifying.trail import check_trail

KINDS = ("receipt", "checkpoint", "proof", "consistency", "trail", "ledger")
MEGABYTE = 2**20
MOST_OF_A_TRAIL, MOST = 64 * MEGABYTE, MEGABYTE  # bytes: a trail of more than 20,000 entries, and any other file


def main(arguments: Sequence[str]) -> int:
    """Check what the command line says, print the report, and return the exit code."""
    asked = _parser().parse_args(arguments)
    report = Report(given=f"{asked.what} {asked.place}", keys=list(asked.key))
    try:
        _check(asked, report)
        code = report.code
    except Unproven as no:
        report.wrong, code = str(no), NOT_VERIFIED
    except (Unreadable, OSError) as no:
        report.wrong, code = str(no), UNREADABLE
    except Exception as no:  # noqa: BLE001 - whatever a file can bring about is no verdict, and never ends with 1
        report.wrong, code = f"it could not be checked: {type(no).__name__}: {no}", UNREADABLE
    return _printed(report.text(code), code)


def _printed(text: str, code: int) -> int:
    """The exit code; where nobody could read the report there is no verdict. What a terminal cannot show is named."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that what is left in it goes somewhere
        return UNREADABLE
    return code


def _check(asked: argparse.Namespace, report: Report) -> None:
    keys = _keys(asked.key)
    if asked.what == "ledger":
        earlier = _read(asked.earlier) if asked.earlier else None
        token = _read(asked.token).strip() if asked.token else None
        check_ledger(asked.place, keys, report, earlier, token)
        return
    raw = _read(Path(asked.place), MOST_OF_A_TRAIL if asked.what == "trail" else MOST)
    report.given += f", {len(raw)} bytes, SHA-256 {hashlib.sha256(raw).hexdigest()}"
    _check_file(asked, raw, keys, report)


def _read(path: Path, most: int = MOST) -> bytes:
    with path.open("rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise Unreadable(f"{path}: it is longer than {most // MEGABYTE} MB, more than any such file")
    return raw


def _keys(given: Sequence[str]) -> Keys:
    try:
        return [parsed_key(key) for key in given]
    except Unproven as no:
        raise Unreadable(f"--key: {no}") from None


def _check_file(asked: argparse.Namespace, raw: bytes, keys: Keys, report: Report) -> None:
    match asked.what:
        case "receipt":
            check_receipt(raw, keys, report, asked.footage)
        case "checkpoint":
            check_checkpoint(raw, keys, report)
        case "proof":
            check_proof(raw, keys, report)
        case "consistency":
            check_continued(raw, _read(asked.earlier), _read(asked.later), keys, report)
        case "trail":
            check_trail(raw, keys, report)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="continuity-verify", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(dest="what", required=True)
    for what in KINDS:
        kind = kinds.add_parser(what)
        kind.add_argument("place", help="a folder or an address" if what == "ledger" else "the file")
        kind.add_argument("--key", action="append", default=[], required=what != "trail", help="a verifier key")
    kinds.choices["receipt"].add_argument("--footage", type=Path, help="the video to compare")
    for what in ("consistency", "ledger"):
        needed = what == "consistency"
        kinds.choices[what].add_argument("--earlier", type=Path, required=needed, help="a checkpoint that was kept")
    kinds.choices["consistency"].add_argument("--later", type=Path, required=True, help="a later checkpoint")
    kinds.choices["ledger"].add_argument("--token", type=Path, help="a file with an access token, for an address")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
