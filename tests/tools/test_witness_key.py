"""The key of a witness: made once, for its owner alone, and used only as it was made."""

from pathlib import Path

import pytest

from shared.domain.note import COSIGNATURE, parsed_key
from tools.witness import main
from tools.witnessing.key import read
from tools.witnessing.trouble import Unusable

DONE, UNUSABLE = 0, 2


def test_a_key_is_made_for_its_owner_alone_and_only_its_public_half_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "key"
    assert main(["create", "--name", "witness.test/new", "--key", str(file)]) == DONE
    out, err = capsys.readouterr()
    verifier = parsed_key(out.strip())
    assert (err, verifier.name, verifier.kind) == ("", "witness.test/new", COSIGNATURE)
    assert (read(file).verifier, oct(file.stat().st_mode & 0o777)) == (verifier, "0o600")
    assert file.read_text().split("+", 4)[4].strip() not in out + repr(read(file))


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
