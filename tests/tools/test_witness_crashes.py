"""Whatever a crash leaves, a witness never signs two histories; and what its state file promises."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from shared.domain.note import Checkpoint
from tests.tools.witness_ledgers import KEYS, NOW, WITNESS, History, MadeUp, seen
from tools.witnessing.round import Witness
from tools.witnessing.seen import parsed
from tools.witnessing.state import MOST_ALIKE, Kept, StateFile
from tools.witnessing.trouble import AnotherHistory, Trouble, Unusable

TEN = History.of(10)


class Crash(BaseException):
    """The machine is gone."""


@dataclass(slots=True)
class Crashing:
    """Counts the calls of disk, key and ledger by halves, and crashes before (n) or after (n + 1/2) the n-th."""

    at: float
    signed: list[Checkpoint] = field(default_factory=list)
    calls: float = 0

    @contextmanager
    def call(self) -> Iterator[None]:
        self._half()
        yield
        self._half()

    def _half(self) -> None:
        if self.calls == self.at:
            raise Crash
        self.calls += 0.5

    def cosigned(self, checkpoint: Checkpoint, seconds: int) -> str:
        with self.call():
            self.signed.append(checkpoint)
            return WITNESS.cosigned(checkpoint, seconds)


class CrashingDisk:
    """What is written half is there by half. Nothing waits for a real disk: that takes seconds, and proves no more."""

    def __init__(self, crashing: Crashing) -> None:
        self._crashing = crashing

    def write(self, file: Path, text: str) -> None:
        file.write_text(text[: len(text) // 2], encoding="utf-8")
        with self._crashing.call():
            file.write_text(text, encoding="utf-8")

    def rename(self, file: Path, to: Path) -> None:
        with self._crashing.call():
            file.replace(to)

    def settle(self, folder: Path) -> None:
        with self._crashing.call():
            assert folder.is_dir()


class CrashingLedger(MadeUp):
    crashing: Crashing

    def newest(self) -> bytes:
        with self.crashing.call():
            return super().newest()

    def consistency(self, old: int, new: int) -> list[bytes]:
        with self.crashing.call():
            return super().consistency(old, new)

    def hand_in(self, note: str) -> bool:
        with self.crashing.call():
            return super().hand_in(note)


def _round(file: Path, shows: History, crashing: Crashing) -> None:
    ledger = CrashingLedger(shows)
    ledger.crashing = crashing
    state = StateFile(file, CrashingDisk(crashing))
    with state.alone(), suppress(Crash, AnotherHistory, Trouble):
        Witness(key=crashing, log_keys=KEYS, ledger=ledger, memory=state, now=lambda: NOW).round()


def _crashes_everywhere(folder: Path, start: History | None, shown: History, then: History) -> list[Crashing]:
    """A round that crashes at every half of a call, each followed by a round that is shown something else."""
    done: list[Crashing] = []
    while not done or done[-1].calls == done[-1].at:
        file = folder / f"{len(done)}"
        crashing = Crashing(at=-1.0)
        if start:
            _round(file, start, crashing)
        crashing.calls, crashing.at = 0, len(done) / 2
        _round(file, shown, crashing)
        done.append(replace(crashing))
        crashing.at = -1.0
        _round(file, then, crashing)
    return done


@pytest.mark.parametrize("start", [None, TEN], ids=["the first round", "a later one"])
def test_whatever_a_crash_leaves_two_histories_are_never_signed(start: History | None, tmp_path: Path) -> None:
    one, other = TEN.goes_on(3, word="one"), TEN.goes_on(4, word="other")
    done = _crashes_everywhere(tmp_path, start, one, other)
    assert len(done) > 15, "it crashed nowhere"
    for crashing in done:
        sizes = {checkpoint.size for checkpoint in crashing.signed}
        assert not {one.size, other.size} <= sizes, f"both were signed: crashed at {crashing.at}"


@pytest.mark.parametrize("start", [None, TEN], ids=["the first round", "a later one"])
def test_whatever_a_crash_leaves_the_next_round_cosigns_the_one_history(start: History | None, tmp_path: Path) -> None:
    one = TEN.goes_on(3)
    for crashing in _crashes_everywhere(tmp_path, start, one, one):
        assert one.checkpoint in crashing.signed
    for file in tmp_path.glob("*[0-9]"):
        kept = StateFile(file).read()
        assert (kept and kept.seen.checkpoint, kept and kept.handed_in) == (one.checkpoint, True)


def test_what_is_kept_is_written_beside_then_put_in_its_place_then_settled(tmp_path: Path) -> None:
    """On any other way a power cut could leave half a state, or bring an older one back after the signing."""
    calls: list[str] = []

    class Listening(CrashingDisk):
        def write(self, file: Path, text: str) -> None:
            calls.append(f"write {file.name}")
            super().write(file, text)

        def rename(self, file: Path, to: Path) -> None:
            calls.append(f"rename {file.name} {to.name}")
            super().rename(file, to)

        def settle(self, folder: Path) -> None:
            calls.append(f"settle {folder.name}")

    state = StateFile(tmp_path / "state", Listening(Crashing(at=-1.0)))
    state.keep(Kept(seen=seen(TEN), seconds=NOW, handed_in=True))
    assert calls == ["write state.new", "rename state.new state", f"settle {tmp_path.name}"]


def test_a_state_that_cannot_be_read_is_not_taken_for_none(tmp_path: Path) -> None:
    file = tmp_path / "state"
    state = StateFile(file)
    assert state.read() is None
    state.keep(Kept(seen=parsed(TEN.note()), seconds=NOW, handed_in=True))
    whole = file.read_text(encoding="utf-8")
    assert state.read() == Kept(seen=seen(TEN), seconds=NOW, handed_in=True)
    broken = ["", "{}", "[]", "null", "[" * 100_000, whole[:-10]]
    changes = (("true", "1"), ("10\\n", "x\\n"), ("/v1", "/v2"), ("{", '{"more": 1,'))
    for text in broken + [whole.replace(*change, 1) for change in changes]:
        assert text != whole
        file.write_text(text, encoding="utf-8")
        with pytest.raises(Unusable, match="do not delete it"):
            state.read()
        assert file.read_text(encoding="utf-8") == text


def test_two_witnesses_do_not_work_with_one_state(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "state")
    with StateFile(tmp_path / "state").alone():
        for name in ("state", "link"):
            with pytest.raises(Unusable, match="another witness"), StateFile(tmp_path / name).alone():
                pytest.fail("it was let in")
    with StateFile(tmp_path / "state").alone():
        pass


def test_evidence_is_kept_as_it_is_once(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state")
    one, third = {"kept.note": "one", "shown.note": "other"}, {"kept.note": "one", "shown.note": "third"}
    folder = state.keep_evidence("another-history", one)
    assert folder is not None
    assert {file.name: file.read_text() for file in folder.iterdir()} == one
    assert state.keep_evidence("another-history", one) == folder
    assert state.keep_evidence("another-history", third) != folder


def test_what_a_log_can_have_kept_does_not_fill_the_disk(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state", CrashingDisk(Crashing(at=-1.0)))

    def keep(kind: str, number: int, *, against: str = "one") -> Path | None:
        return state.keep_evidence(kind, {"kept.note": against, "shown.note": f"{number}"})

    folders = [keep("no-proof", number) for number in range(MOST_ALIKE + 5)]
    assert [folder is None for folder in folders] == [False] * MOST_ALIKE + [True] * 5
    assert keep("no-proof", 0) == folders[0], "what is there is there"
    assert keep("no-proof", MOST_ALIKE, against="two"), "another checkpoint was kept since"
    assert keep("another-history", MOST_ALIKE), "what proves something has room of its own"
    assert len(list(tmp_path.iterdir())) == MOST_ALIKE + 2


def test_evidence_for_which_there_is_no_room_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    state = StateFile(tmp_path / "gone" / "state")
    (tmp_path / "gone").rmdir()
    with pytest.raises(Unusable, match="the evidence could not be written to"):
        state.keep_evidence("no-proof", {"shown.note": "one"})
