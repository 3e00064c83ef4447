"""tools/witness.py as somebody outside runs it: its key, its lines, its exit codes."""

import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.fakes.signing import LEDGER_KEY, MemorySigner
from tests.house.source import ROOT
from tests.tools.witness_ledgers import LOG_KEY, WITNESS, Asked, History, MadeUp, Reply, honest, served
from tools.witness import main
from tools.witnessing.state import StateFile
from tools.witnessing.telling import Teller

TEN = History.of(10)
DONE, UNUSABLE, NOT_NOW, NO_PROOF, ANOTHER_HISTORY = 0, 2, 3, 4, 5
WITHIN = 20.0  # seconds that anything may take to be told


def words(what: str, url: str, folder: Path, *more: str) -> list[str]:
    given = ["--url", url, "--key", str(folder / "key"), "--state", str(folder / "state"), "--log-key", LOG_KEY]
    return [what, *given, *more]


def test_once_cosigns_and_then_has_nothing_to_do(key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = MadeUp(TEN)
    with served(honest(ledger)) as url:
        assert [main(words("once", url, tmp_path)) for _ in range(2)] == [DONE, DONE]
    out, err = capsys.readouterr()
    assert [line.split()[1] for line in out.splitlines()] == ["cosigned:", "nothing"]
    assert (err, len(ledger.taken)) == ("", 1)


def test_once_tells_of_another_history_keeps_both_notes_and_says_whom_to_tell(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, fork = MadeUp(TEN), History.of(12, word="other")
    with served(honest(ledger)) as url:
        main(words("once", url, tmp_path))
        ledger.history = fork
        assert main(words("once", url, tmp_path)) == ANOTHER_HISTORY
    (folder,) = tmp_path.glob("state.another-history-*")
    notes = {name: (folder / name).read_bytes() for name in ("kept.note", "shown.note")}
    assert notes == {"kept.note": TEN.note(), "shown.note": fork.note()}
    said = capsys.readouterr().out
    for told in ("ANOTHER HISTORY", str(folder), "regulator", TEN.note().decode(), fork.note().decode()):
        assert told in said
    assert len(ledger.taken) == 1


def test_once_tells_what_was_not_proven_keeps_what_was_shown_and_goes_on_when_it_is(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger = MadeUp(TEN)
    with served(honest(ledger)) as url:
        main(words("once", url, tmp_path))
        ledger.history, ledger.whole = TEN.goes_on(5), TEN  # shown before it can be proven
        assert main(words("once", url, tmp_path)) == NO_PROOF
        (folder,) = tmp_path.glob("state.no-proof-*")
        ledger.whole = None
        assert main(words("once", url, tmp_path)) == DONE
    notes = {name: (folder / name).read_bytes() for name in ("kept.note", "shown.note")}
    assert notes == {"kept.note": TEN.note(), "shown.note": TEN.goes_on(5).note()}
    told = capsys.readouterr().out.splitlines()[1]
    for part in (
        "NO PROOF THAT IT GOES ON",
        "size=15",
        "size=10",
        "failed in a row: 1",
        "were signed last",
        str(folder),
    ):
        assert part in told


def test_evidence_that_cannot_be_written_changes_nothing_about_what_was_found(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger, fork = MadeUp(TEN), History.of(10, word="other")
    with served(honest(ledger)) as url:
        main(words("once", url, tmp_path))
        ledger.history = fork
        assert main(words("once", url, tmp_path)) == ANOTHER_HISTORY
        (folder,) = tmp_path.glob("state.another-history-*")
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
        folder.touch()
        capsys.readouterr()
        assert main(words("once", url, tmp_path)) == ANOTHER_HISTORY
    out = capsys.readouterr().out
    assert "the evidence could not be written" in out
    assert fork.note().decode() in out


def test_a_fault_of_its_own_is_never_told_as_another_history(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python's own code for whatever ends a program is 1, and is no code of a witness."""
    witness = Teller(witness=Faulty(), state=StateFile(tmp_path / "state"))
    assert [witness.turn_whatever_happens() for _ in range(2)] == [NOT_NOW, NOT_NOW]
    lines = capsys.readouterr().out.splitlines()
    assert ["MemoryError: as large as you like" in line for line in lines] == [True, True]
    assert ["failed in a row: 2; nothing was ever signed" in line for line in lines] == [False, True]


class Faulty:
    well = False

    def round(self) -> str:
        if self.well:
            return "cosigned"
        raise MemoryError("as large as you like")


def test_failed_rounds_are_counted_until_one_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rounds = Faulty()
    teller = Teller(witness=rounds, state=StateFile(tmp_path / "state"))
    for well in (False, False, True, False):
        rounds.well = well
        teller.turn_whatever_happens()
    counted = [line.partition("in a row: ")[2].partition(";")[0] for line in capsys.readouterr().out.splitlines()]
    assert counted == ["1", "2", "", "1"]


class Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError("no space left")


def test_where_nothing_can_be_told_it_ends_as_one_that_did_not_sign(
    key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(honest(MadeUp(TEN))) as url, redirect_stdout(Full()):
        assert main(words("once", url, tmp_path)) == NOT_NOW
    assert capsys.readouterr().err == "error: a fault of this program: OSError: no space left\n"


def test_what_a_log_says_ends_no_witness_whose_terminal_has_not_its_letters(key: Path, tmp_path: Path) -> None:
    problem = '{"detail": "Übergröße \u2014 ☃"}'.encode()
    with served(lambda _: Reply(status=503, parts=[problem])) as url:
        command = [sys.executable, "-W", "error", "-m", "tools.witness", *words("once", url, tmp_path)]
        asked = {**os.environ, "PYTHONIOENCODING": "ascii"}
        done = subprocess.run(command, cwd=ROOT, env=asked, capture_output=True, text=True, timeout=WITHIN, check=False)
    assert (done.returncode, done.stderr, "\\u2603" in done.stdout) == (NOT_NOW, "", True)


def test_once_that_could_not_has_a_code_of_its_own(key: Path, tmp_path: Path) -> None:
    with served(lambda _: Reply(status=503)) as url:
        assert main(words("once", url, tmp_path)) == NOT_NOW


def test_after_a_rotation_either_key_of_the_ledger_will_do(key: Path, tmp_path: Path) -> None:
    new = MemorySigner(LEDGER_KEY, bytes([102]) * 32)

    class Rotated(MadeUp):
        def newest(self) -> bytes:
            return self.history.note(signer=new)

    ledger = Rotated(TEN)
    with served(honest(ledger)) as url:
        assert main(words("once", url, tmp_path)) == NOT_NOW
        assert main(words("once", url, tmp_path, "--log-key", str(new.key))) == DONE
    assert len(ledger.taken) == 1


def test_a_first_checkpoint_from_elsewhere_holds_the_force_to_it(key: Path, tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.write_bytes(TEN.note())
    with served(honest(MadeUp(History.of(12, word="other")))) as url:
        assert main(words("once", url, tmp_path, "--first", str(first))) == ANOTHER_HISTORY
        first.write_bytes(b"nothing")
        assert main(words("once", url, tmp_path, "--first", str(first))) == UNUSABLE


@pytest.mark.parametrize(
    "more",
    [
        ["--log-key", str(MemorySigner("elsewhere.test", bytes([1]) * 32).key)],
        ["--log-key", str(replace(WITNESS.verifier, name=LEDGER_KEY))],
        ["--log-key", "nonsense"],
        ["--url", "http://force.test/api/ledger"],
        ["--state", "/nowhere/state"],
        ["--key", "/nowhere/key"],
    ],
)
def test_a_command_that_cannot_be_done_is_told_in_a_line(
    more: list[str], key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words("once", "http://127.0.0.1:1/api/ledger", tmp_path, *more)) == UNUSABLE
    assert len(capsys.readouterr().err.splitlines()) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    process: "subprocess.Popen[str]"

    def tells(self, what: str) -> str:
        """The next line in which it tells this."""
        assert self.process.stdout
        for line in self.process.stdout:
            if what in line:
                return line
        raise AssertionError(f"it ended with {self.process.wait(WITHIN)} and never told {what!r}")


@contextmanager
def running(folder: Path, url: str, *more: str, cwd: Path = ROOT) -> Iterator[Running]:
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "tools.witness",
        *words("run", url, folder, "--every", "0.02", *more),
    ]
    with subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        overdue = threading.Timer(WITHIN, process.kill)
        overdue.start()
        try:
            yield Running(process=process)
        finally:
            overdue.cancel()
            process.kill()


def test_in_a_copy_of_what_it_needs_it_runs_through_trouble_until_it_is_stopped(key: Path, tmp_path: Path) -> None:
    """Nothing of ours but the mathematics and the notes is beside it."""
    for path in ("tools/witness.py", "shared/domain/ledger.py", "shared/domain/note.py"):
        _copied(path, tmp_path)
    for part in (ROOT / "tools/witnessing").glob("*.py"):
        _copied(f"tools/witnessing/{part.name}", tmp_path)
    ledger, faults = MadeUp(TEN), list[Reply]()

    def answer(asked: Asked) -> Reply:
        return faults[0] if faults else honest(ledger)(asked)

    with served(answer) as url, running(tmp_path, url, cwd=tmp_path) as witness:
        witness.tells("cosigned: size=10 ")
        faults.append(Reply(status=503))
        witness.tells("not signed: GET /api/ledger/checkpoint: 503")
        witness.tells("failed in a row: 3;")
        faults[0] = Reply(header=[("Content-Length", "9" * 15)], parts=[b"abc"])
        witness.tells("the answer is too long")
        faults[0] = Reply(header=[("Transfer-Encoding", "chunked")], parts=[b"ffffffffffffff\r\nabc"])
        witness.tells("IncompleteRead")
        ledger.history = TEN.up_to(7)
        ledger.whole = TEN
        faults.clear()
        witness.tells("not signed: an older checkpoint was shown, size=7 ")
        ledger.history, ledger.whole, ledger.takes = TEN.goes_on(1), TEN, False
        witness.tells("NO PROOF THAT IT GOES ON, not signed: no proof came that size=11 ")
        ledger.whole = None
        witness.tells("NO PROOF THAT IT GOES ON, not signed: they refuse the cosignature of size=11 ")
        ledger.takes = True
        witness.tells("cosigned: size=11 ")
        assert main(words("once", url, tmp_path)) == UNUSABLE, "two are at work with one state"
        witness.process.send_signal(signal.SIGTERM)
        assert witness.process.wait(WITHIN) == DONE


def _copied(path: str, folder: Path) -> None:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes((ROOT / path).read_bytes())


def test_at_another_history_it_ends_at_once(key: Path, tmp_path: Path) -> None:
    ledger = MadeUp(TEN)
    with served(honest(ledger)) as url, running(tmp_path, url) as witness:
        witness.tells("cosigned: size=10 ")
        ledger.history = History.of(10, word="other")
        witness.tells("ANOTHER HISTORY: what is shown, size=10 ")
        witness.tells("the notes are kept in ")
        assert witness.process.wait(WITHIN) == ANOTHER_HISTORY
    assert len(ledger.taken) == 1
