"""What several suites of the verifier and of the witness are given."""

from pathlib import Path

import pytest

from tests.tools.cosigned import Cosigned, cosigned
from tools.witness import main


@pytest.fixture(scope="session")
async def genuine() -> Cosigned:
    """Nobody changes it: what is tampered with is a copy."""
    return await cosigned()


@pytest.fixture
def folder(genuine: Cosigned, tmp_path: Path) -> Path:
    return genuine.shown.ledger_in(tmp_path / "ledger")


@pytest.fixture
def key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Of a new witness; what was said when it was made is past."""
    file = tmp_path / "key"
    assert main(["create", "--name", "witness.test/new", "--key", str(file)]) == 0
    capsys.readouterr()
    return file
