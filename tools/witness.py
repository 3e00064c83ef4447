"""Be a witness of a police force's ledger: `python -m tools.witness create|once|run`.

    create   make a key in a new file, and print the verifier key that the force is to list
    once     look at the ledger, and cosign it if it goes on from what was seen last
    run      the same every so many seconds, until it is stopped

A witness remembers the last checkpoint it saw. It cosigns a new one (C2SP tlog-cosignature) only if that ledger begins
with the one it remembers, and hands the cosignature in, so that whoever is shown a cosigned checkpoint knows that the
force cannot have shown the witness another history. The first checkpoint is trusted as it comes, and it is said so,
unless one from elsewhere is given with --first. What is shown wrongly is never signed; of ANOTHER HISTORY both notes
are kept in a folder beside the state file.

Needs Python, `cryptography`, tools/witnessing, and shared/domain/ledger.py and note.py; Linux or macOS. One key goes
with one state file: a witness set back to an older state would sign what it had seen otherwise. Each round is a line:
what was done, size, root, time. It goes to --url directly, by no proxy, and nowhere else. Exit codes:

    0  cosigned, or nothing new; `run` was stopped
    1  ANOTHER HISTORY: the force showed a ledger that is not how the one before goes on
    2  key, state, or command cannot be used as they are
    3  `once` could not: nobody answered, or what was shown is not to be signed. `run` goes on after this
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from shared.domain.ledger import Unproven
from shared.domain.note import ED25519, VerifierKey, parsed_key
from tools.witnessing import key
from tools.witnessing.exchange import place_at
from tools.witnessing.ledger import LedgerDoors, token_in
from tools.witnessing.round import Witness
from tools.witnessing.seen import Seen, believed
from tools.witnessing.state import StateFile
from tools.witnessing.trouble import AnotherHistory, Trouble, Unusable

DONE, ANOTHER_HISTORY, UNUSABLE, NOT_NOW = range(4)
WHOM_TO_TELL = """\
The force has signed two ledgers that do not go on from each other, or somebody has its key or its address. Nothing was
signed here. Keep that folder and the state file as they are, and give copies of both notes to the force's security
officer, to the police regulator, and to the other witnesses and whoever relies on this ledger: not to one of them
alone. Do not start this witness again before somebody has found out which history is the true one."""


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says and return the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        if asked.what == "create":
            print(key.create(asked.key, asked.name))
            return DONE
        return _witness(asked)
    except Unusable as no:
        print(f"error: {no}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        return DONE


def _witness(asked: argparse.Namespace) -> int:
    state, log_keys = StateFile(asked.state), _log_keys(asked.log_key)
    witness = Witness(
        key=key.read(asked.key),
        log_keys=log_keys,
        ledger=LedgerDoors(place_at(asked.url), token_in(asked.token_file)),
        memory=state,
        now=lambda: int(time.time()),
        first=_first(asked.first, log_keys),
    )
    with state.alone():
        if asked.what == "once":
            return _told(witness, state)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return _until_another_history(lambda: _told(witness, state), asked.every)


def _until_another_history(turn: Callable[[], int], every: float) -> int:
    while turn() != ANOTHER_HISTORY:
        time.sleep(every)
    return ANOTHER_HISTORY


def _told(witness: Witness, state: StateFile) -> int:
    """One round, told in a line; of another history all that is to be known."""
    try:
        _tell(witness.round())
    except Trouble as no:
        _tell(f"not signed: {no}")
        return NOT_NOW
    except AnotherHistory as found:
        _tell(f"ANOTHER HISTORY: {found}")
        for name, text in found.notes.items():  # in the log as well, should the folder be lost
            print(f"{name}:\n{text}", flush=True)
        _tell(f"the evidence is in {state.keep_evidence(found.notes)}\n{WHOM_TO_TELL}")
        return ANOTHER_HISTORY
    return DONE


def _tell(line: str) -> None:
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}", flush=True)


def _log_keys(texts: Sequence[str]) -> list[VerifierKey]:
    try:
        keys = [parsed_key(text) for text in texts]
    except Unproven as no:
        raise Unusable(f"--log-key: {no}") from None
    if len({each.name for each in keys}) != 1 or any(each.kind != ED25519 for each in keys):
        raise Unusable("--log-key: the keys are to be those of one ledger, all of its name")
    return keys


def _first(file: Path | None, log_keys: Sequence[VerifierKey]) -> Seen | None:
    if file is None:
        return None
    try:
        return believed(file.read_bytes(), log_keys)
    except (OSError, Trouble) as no:
        raise Unusable(f"--first: {no}") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.witness", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    kinds = parser.add_subparsers(dest="what", required=True)
    create = kinds.add_parser("create", help="make a key")
    create.add_argument("--name", required=True, help="of the witness, such as witness.example.org/police")
    create.add_argument("--key", type=Path, required=True, metavar="FILE", help="a new file")
    for what in ("once", "run"):
        kind = kinds.add_parser(what)
        kind.add_argument("--url", required=True, help="https://.../api/ledger")
        kind.add_argument("--key", type=Path, required=True, metavar="FILE", help="the witness's own")
        kind.add_argument("--state", type=Path, required=True, metavar="FILE", help="what it remembers")
        kind.add_argument("--log-key", action="append", required=True, metavar="KEY", help="after a rotation, both")
        kind.add_argument("--first", type=Path, metavar="FILE", help="a checkpoint to begin with, if nothing was kept")
        kind.add_argument("--token-file", type=Path, metavar="FILE", help="for a ledger that is not open to all")
    kinds.choices["run"].add_argument("--every", type=_seconds, required=True, metavar="SECONDS")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < float("inf"):
        raise ValueError("seconds are a number above nought")
    return seconds


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
