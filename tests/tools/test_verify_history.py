"""The checkpoints of a ledger's folder and what witnesses signed of them: of two histories one is never verified."""

import shutil
from pathlib import Path

import pytest

from shared.domain.note import Checkpoint, parsed_checkpoint, parsed_note, signed
from shared.domain.seal import checkpoint_path
from tests.tools.cosigned import Cosigned, cosigned
from tests.tools.folders import IN_PART, NOT_VERIFIED, VERIFIED, verified, wrong
from tests.usecases.cosigning import ONE
from tests.usecases.sealed import KEY, SIGNER
from tools.verify import main


def test_a_witness_that_was_not_given_or_did_not_come_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(folder), "--key", KEY]) == VERIFIED
    assert "beside       2 signatures on checkpoints of keys that were not given" in capsys.readouterr().out
    shutil.rmtree(max((folder / "cosignature").iterdir()))
    code, said = verified(capsys, folder)
    assert (code, "what witness witness.test/two saw: no cosignature" in said) == (IN_PART, True)


def test_two_files_that_changed_places_are_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = sorted((folder / "checkpoint").iterdir())
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    code, said = verified(capsys, folder)
    assert (code, "it is not of the size that it is called by" in said or "note: " in said) == (NOT_VERIFIED, True)


def test_a_cosignature_to_a_checkpoint_that_is_gone_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a size that is past: the force has taken back what a witness saw."""
    first = min((folder / "checkpoint").iterdir())
    first.unlink()
    code, said = verified(capsys, folder)
    named = f"cosignature/{first.name}/{ONE.key.id.hex()}: it is a cosignature to no checkpoint that is here"
    assert (code, wrong(said)) == (NOT_VERIFIED, named)


def test_a_cosignature_under_another_s_name_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path,) = min((folder / "cosignature").iterdir()).iterdir()
    path.rename(path.with_name("00000000"))
    code, said = verified(capsys, folder)
    assert (code, "/00000000: it is not the line of the key that it is called by" in said) == (NOT_VERIFIED, True)


def test_two_histories_are_never_both_verified(
    genuine: Cosigned, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A force that shows somebody another ledger, signed as well, is found out by the checkpoint they kept."""
    true = parsed_checkpoint(parsed_note(genuine.earlier).text)
    other = str(Checkpoint(origin=true.origin, size=true.size, root=bytes(32)))
    kept = tmp_path / "kept"
    kept.write_text(signed(other, SIGNER.key, SIGNER.sign(other.encode())), encoding="utf-8")
    code, said = verified(capsys, folder, "--earlier", str(kept))
    assert (code, "the checkpoint kept: the first" in said, "there are two histories" in said) == (1, True, True)


async def test_of_two_ledgers_of_one_key_each_verifies_and_neither_beside_what_was_kept_of_the_other(
    genuine: Cosigned, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = await cosigned(others=140)
    other = theirs.shown.ledger_in(tmp_path / "theirs")
    assert verified(capsys, other)[0] == VERIFIED
    for place, kept in ((folder, theirs), (other, genuine)):
        (tmp_path / "kept").write_bytes(kept.earlier)
        code, said = verified(capsys, place, "--earlier", str(tmp_path / "kept"))
        assert (code, "there are two histories" in said) == (NOT_VERIFIED, True)


async def test_of_two_ledgers_of_one_key_whoever_believes_a_witness_believes_one(
    genuine: Cosigned, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The witness's word on one history is laid beside the other, of the same size."""
    size, note = genuine.sizes[0], genuine.shown.earlier.decode()
    true = parsed_checkpoint(parsed_note(note.encode()).text)
    other = str(Checkpoint(origin=true.origin, size=size, root=bytes(32)))
    forged = signed(other, SIGNER.key, SIGNER.sign(other.encode()))
    (folder / checkpoint_path(size)).write_text(forged, encoding="utf-8")
    code, said = verified(capsys, folder)
    assert (code, wrong(said)) == (
        NOT_VERIFIED,
        f"cosignature/{size:020}/{ONE.key.id.hex()}: note: the signature of {ONE.key.name} is not over this text",
    )


def test_a_ledger_that_became_smaller_is_refused(
    genuine: Cosigned, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    max((folder / "checkpoint").iterdir()).unlink()
    kept = tmp_path / "kept"
    kept.write_bytes(genuine.checkpoint)
    code, said = verified(capsys, folder, "--earlier", str(kept))
    assert (code, "a larger one than is here" in said) == (NOT_VERIFIED, True)


@pytest.mark.parametrize("size", [f"{7:020}", "7", "notes.txt", f"{2**64:020}", "\u0660" * 19 + "\u0667"])
def test_a_checkpoint_under_another_s_name_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    first = min((folder / "checkpoint").iterdir())
    first.rename(first.with_name(size))
    code, said = verified(capsys, folder)
    assert (code, f"checkpoint/{size}: it is not " in said) == (NOT_VERIFIED, True)
