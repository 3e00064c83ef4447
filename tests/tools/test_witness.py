"""tools/witness.py as somebody outside runs it: its key, its lines, its exit codes."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from shared.domain.note import COSIGNATURE, parsed_key
from tests.fakes.signing import LEDGER_KEY, MemorySigner
from tests.house.source import ROOT
from tests.tools.witness_ledgers import LOG_KEY, WITNESS, Asked, History, MadeUp, Reply, honest, served
from tools.witness import main
from tools.witnessing.key import read
from tools.witnessing.trouble import Unusable

TEN = History.of(10)
DONE, ANOTHER_HISTORY, UNUSABLE, NOT_NOW = range(4)
WITHIN = 20.0  # seconds that anything may take to be told


@pytest.fixture
def key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    file = tmp_path / "key"
    assert main(["create", "--name", "witness.test/new", "--key", str(file)]) == DONE
    capsys.readouterr()
    return file


def words(what: str, url: str, folder: Path, *more: str) -> list[str]:
    given = ["--url", url, "--key", str(folder / "key"), "--state", str(folder / "state"), "--log-key", LOG_KEY]
    return [what, *given, *more]


def test_a_key_is_made_for_its_owner_alone_and_only_its_public_half_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    assert main(["create", "--name", "witness.test/new", "--key", str(file)]) == DONE
    out, err = capsys.readouterr()
    verifier = parsed_key(out.strip())
    assert (err, verifier.name, verifier.kind) == ("", "witness.test/new", COSIGNATURE)
    assert (read(file).verifier, oct(file.stat().st_mode & 0o777)) == (verifier, "0o600")
    assert file.read_text().split("+")[-1].strip() not in out + repr(read(file))


def test_a_key_that_is_there_is_not_written_over(key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = key.read_text()
    assert main(["create", "--name", "another.test", "--key", str(key)]) == UNUSABLE
    assert (key.read_text(), "no key was made" in capsys.readouterr().err) == (before, True)


@pytest.mark.parametrize("name", ["", "two words", "with+plus", "line\nline"])
def test_a_name_that_no_note_could_bear_makes_no_key(name: str, tmp_path: Path) -> None:
    assert main(["create", "--name", name, "--key", str(tmp_path / "key")]) == UNUSABLE
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_others_may_read_or_that_is_none_is_not_used(key: Path) -> None:
    whole = key.read_text()
    for text in ("", "PRIVATE+KEY+", whole[:-5], whole.replace("new", "old"), whole + whole, whole.replace("PRIV", "")):
        key.write_text(text)
        with pytest.raises(Unusable, match="no key of a witness"):
            read(key)
    key.write_text(whole)
    key.chmod(0o640)
    with pytest.raises(Unusable, match="chmod 600"):
        read(key)
    key.unlink()
    with pytest.raises(Unusable, match="no key to be read"):
        read(key)


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


def test_once_that_could_not_has_a_code_of_its_own(key: Path, tmp_path: Path) -> None:
    with served(lambda _: Reply(status=503)) as url:
        assert main(words("once", url, tmp_path)) == NOT_NOW


def test_after_a_rotation_either_key_of_the_ledger_will_do(key: Path, tmp_path: Path) -> None:
    new = MemorySigner(LEDGER_KEY, bytes([102]) * 32)

    class Rotated(MadeUp):
        def checkpoint(self) -> bytes:
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
        ledger.history = TEN.goes_on(1)
        faults.clear()
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
        witness.tells("the evidence is in ")
        assert witness.process.wait(WITHIN) == ANOTHER_HISTORY
    assert len(ledger.taken) == 1
