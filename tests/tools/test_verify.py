"""tools/verify.py as an auditor runs it: what it says of what is genuine, of what is not, and its exit codes."""

import subprocess
import sys
from pathlib import Path

import pytest

from shared.domain.entry import Entry
from shared.domain.ledger import EMPTY_ROOT
from shared.domain.note import Checkpoint, signed
from tests.fakes.signing import RECEIPT_KEY, MemorySigner
from tests.house.source import ROOT
from tests.tools.shown import ENTRIES, Shown, shown
from tests.usecases.scenes import CONTENT
from tests.usecases.sealed import KEY, SIGNER
from tools.verify import main

RECEIPTS = str(MemorySigner(RECEIPT_KEY, bytes([1]) * 32).key)
ANOTHER = str(MemorySigner("continuity.test/ledger", bytes([7]) * 32).key)
VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART, OPEN = range(5)


@pytest.fixture(scope="module")
async def genuine() -> Shown:
    return await shown()


def file(folder: Path, raw: bytes) -> str:
    path = folder / "given"
    path.write_bytes(raw)
    return str(path)


def verified(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(arguments)
    return code, capsys.readouterr().out


def test_the_file_is_run_from_anywhere_and_says_what_it_checked(genuine: Shown, tmp_path: Path) -> None:
    given = file(tmp_path, genuine.trail)
    command = [sys.executable, "-W", "error", str(ROOT / "tools/verify.py"), "trail", given, "--key", KEY]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (OPEN, "")
    for said in (f"entries 1 to {ENTRIES - 1} without a gap", KEY, f"{ENTRIES - 1} of them are there", "SHA-256"):
        assert said in done.stdout
    assert f"entry {ENTRIES} (trail.exported" in done.stdout


def test_a_receipt_is_verified_and_so_is_the_footage_it_is_of(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given, video = file(tmp_path, genuine.receipt), tmp_path / "video.mp4"
    assert verified(capsys, "receipt", given, "--key", RECEIPTS)[0] == IN_PART
    video.write_bytes(CONTENT)
    assert verified(capsys, "receipt", given, "--key", RECEIPTS, "--footage", str(video))[0] == VERIFIED
    video.write_bytes(CONTENT[:-1] + b"?")
    code, said = verified(capsys, "receipt", given, "--key", RECEIPTS, "--footage", str(video))
    assert (code, "footage: it is" in said) == (NOT_VERIFIED, True)


def test_a_checkpoint_is_no_receipt_nor_a_receipt_a_checkpoint(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verified(capsys, "checkpoint", file(tmp_path, genuine.checkpoint), "--key", KEY)[0] == VERIFIED
    code, said = verified(capsys, "receipt", file(tmp_path, genuine.checkpoint), "--key", KEY)
    assert (code, "no receipt" in said) == (NOT_VERIFIED, True)
    code, said = verified(capsys, "checkpoint", file(tmp_path, genuine.receipt), "--key", RECEIPTS)
    assert (code, "wrong        checkpoint:" in said) == (NOT_VERIFIED, True)


def test_what_a_key_signed_that_is_not_its_business_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another log's checkpoint, and six lines that are no receipt: signed, and still not what they are given as."""
    other = str(Checkpoint(origin="another.test/ledger", size=0, root=EMPTY_ROOT))
    note = signed(other, SIGNER.key, SIGNER.sign(other.encode()))
    code, said = verified(capsys, "checkpoint", file(tmp_path, note.encode()), "--key", KEY)
    assert (code, "the log that it names has not signed it" in said) == (NOT_VERIFIED, True)
    lines = "continuity-leave/v1\na\nb\n1\nd\ne\n"
    note = signed(lines, SIGNER.key, SIGNER.sign(lines.encode()))
    code, said = verified(capsys, "receipt", file(tmp_path, note.encode()), "--key", KEY)
    assert (code, "no receipt" in said) == (NOT_VERIFIED, True)


@pytest.mark.parametrize("what", ["receipt", "checkpoint"])
def test_every_byte_of_what_is_signed_counts(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    raw, key = (genuine.receipt, RECEIPTS) if what == "receipt" else (genuine.checkpoint, KEY)
    for at in range(len(raw)):
        changed = raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]
        assert verified(capsys, what, file(tmp_path, changed), "--key", key)[0] == NOT_VERIFIED, at


def test_without_a_key_of_one_s_own_the_report_says_whose_word_it_is(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(capsys, "trail", file(tmp_path, genuine.trail))
    assert (code, "not checked  whose key it is: it came with the file" in said) == (IN_PART, True)


@pytest.mark.parametrize("what", ["receipt", "checkpoint", "trail"])
def test_another_s_key_verifies_nothing(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    raw = {"receipt": genuine.receipt, "checkpoint": genuine.checkpoint, "trail": genuine.trail}[what]
    code, said = verified(capsys, what, file(tmp_path, raw), "--key", ANOTHER)
    assert (code, "no signature of a known key" in said) == (NOT_VERIFIED, True)


@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'"\\ud800"', b"1" * 5000])
def test_what_is_no_export_is_unreadable_and_never_a_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], raw: bytes
) -> None:
    assert verified(capsys, "trail", file(tmp_path, raw), "--key", KEY)[0] == UNREADABLE


def test_a_key_that_was_mistyped_is_no_verdict_on_what_was_given(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = verified(capsys, "checkpoint", file(tmp_path, genuine.checkpoint), "--key", KEY[:-1])
    assert (code, "--key: key: " in said) == (UNREADABLE, True)


@pytest.mark.parametrize("depth", [600, 1500])
def test_an_entry_nested_beyond_all_measure_is_refused_and_never_a_crash(
    genuine: Shown, tmp_path: Path, capsys: pytest.CaptureFixture[str], depth: int
) -> None:
    """The versions of Python give up at different depths, in reading it or in writing it again."""
    deep = b'{"deep":' + b'{"":' * depth + b"0" + b"}" * depth + b","
    raw = genuine.trail.replace(b'"entry":{', b'"entry":' + deep, 1)
    code, said = verified(capsys, "trail", file(tmp_path, raw), "--key", KEY)
    assert (code in (NOT_VERIFIED, UNREADABLE), "wrong  " in said) == (True, True)


def test_a_file_that_is_not_there_is_unreadable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verified(capsys, "trail", str(tmp_path / "nothing"), "--key", KEY)[0] == UNREADABLE


async def test_of_an_erased_entry_the_report_says_under_which_entry(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = await shown(erased=True, others=3)
    (erasing,) = (e for e in made.world.records.everything() if isinstance(e, Entry) and e.action == "entry.erased")
    code, said = verified(capsys, "trail", file(tmp_path, made.trail), "--key", KEY)
    assert (code, f"entry 2 was erased under entry {erasing.number} ({erasing.id})" in said) == (OPEN, True), said
