"""Be a witness of a police force's ledger: `python -m tools.witness create|once|run`.

    create   make a key in a new file, and print the verifier key that the force is to list
    once     look at the ledger, and cosign it if it goes on from what was seen last
    run      the same every so many seconds, until it is stopped

A witness remembers the last checkpoint it saw. It cosigns a new one (C2SP tlog-cosignature) only if that ledger is
proven to begin with the one it remembers, and hands the cosignature in, so that whoever is shown a cosigned checkpoint
knows that the force cannot have shown the witness another history. The first checkpoint is trusted as it comes, and it
is said so, unless one from elsewhere is given with --first. Nothing else is ever signed. What is told instead:

    ANOTHER HISTORY             two signed notes that cannot be of one history: one size and two roots, or a proof that
                                leads to the larger one from another beginning. Proof to anybody. `run` ends
    NO PROOF THAT IT GOES ON    the continuation was not proven, nor the contrary: no proof came, or a wrong one, or the
                                cosignature is refused as of another history and that one is not shown. It may be a
                                fault, and it may be a fork that is not owned up to: look if it stays. `run` goes on
    not signed                  nobody answered, the checkpoint is an older one of the same history, it is not signed,
                                or a clock is wrong: this machine's must be within five minutes of the answer's date

Of the first two the notes are kept in a folder beside the state file. Every failed round says how many have failed in a
row since this process began, and which time was signed last.

Needs Python, `cryptography`, tools/witnessing, and shared/domain/ledger.py and note.py; Linux or macOS. One key goes
with one state file: a witness set back to an older state would sign what it had seen otherwise. Each round is a line:
what was done, size, root, time. It goes to --url directly, by no proxy, and nowhere else. Exit codes:

    0  cosigned, or nothing new; `run` was stopped
    2  key, state, or command cannot be used as they are
    3  `once` did not sign. `run` goes on after this
    4  `once` found NO PROOF THAT IT GOES ON. `run` goes on after this
    5  ANOTHER HISTORY
    1  never meant: Python itself ends with it, such as without `cryptography`
"""

import argparse
import io
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from shared.domain.ledger import Unproven
from shared.domain.note import ED25519, VerifierKey, parsed_key
from tools.witnessing import key
from tools.witnessing.exchange import place_at
from tools.witnessing.ledger import LedgerDoors, token_in
from tools.witnessing.round import Witness
from tools.witnessing.seen import Seen, believed
from tools.witnessing.state import StateFile
from tools.witnessing.telling import ANOTHER_HISTORY, DONE, NOT_NOW, UNUSABLE, Teller, fault_in_words
from tools.witnessing.trouble import Trouble, Unusable


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says and return the exit code."""
    asked = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # no terminal's alphabet shall end a witness
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
    except Exception as fault:  # noqa: BLE001 - a traceback would end with 1, which says nothing
        print(f"error: a fault of this program: {fault_in_words(fault)}", file=sys.stderr)
        return NOT_NOW


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
    teller = Teller(witness=witness, state=state)
    with state.alone():
        if asked.what == "once":
            return teller.turn_whatever_happens()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return _until_another_history(teller.turn_whatever_happens, asked.every)


def _until_another_history(turn: Callable[[], int], every: float) -> int:
    while turn() != ANOTHER_HISTORY:
        time.sleep(every)
    return ANOTHER_HISTORY


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
