"""The verifier as one file: the same whoever makes it, exactly what is needed in it, and it runs with nothing else."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import cryptography
import pytest

from tests.house.source import ROOT
from tests.tools.cosigned import Cosigned
from tests.usecases.sealed import KEY
from tools.verifier import main, packed, sources

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)
WITHOUT_PACKAGES = ("-I", "-S", "-W", "error")
RUN = """
import importlib.util, json, runpy, sys
file, packages, *arguments = sys.argv[1:]
sys.path.append(packages)
sys.argv = [file, *arguments]
try:
    runpy.run_path(file, run_name="__main__")
except SystemExit as ended:
    code = ended.code
found = sorted(m.__file__ for m in sys.modules.values() if file in (getattr(m, "__file__", None) or ""))
print(json.dumps({"code": code, "modules": found, "pydantic": importlib.util.find_spec("pydantic") is not None}))
"""


@pytest.fixture(scope="module")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist") / "continuity-verify.pyz"
    main(out)
    return out


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`cryptography` and what it rests on, and nothing else of what is installed here."""
    folder, installed = tmp_path_factory.mktemp("packages"), Path(cryptography.__file__).parent.parent
    for name in ("cryptography", "cffi", *(found.name for found in installed.glob("_cffi_backend*.so"))):
        (folder / name).symlink_to(installed / name)
    return folder


def test_whoever_makes_it_makes_the_same_bytes_of_the_sources_as_they_are(verifier: Path) -> None:
    files = sources()
    assert verifier.read_bytes() == packed(dict(reversed(files.items())))
    with zipfile.ZipFile(verifier) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert archive.namelist() == sorted(archive.namelist())
    ours = {path: content for path, content in files.items() if path != "__main__.py"}
    assert {path: (ROOT / path).read_bytes() for path in ours} == ours


def test_it_checks_everything_with_cryptography_alone_and_all_that_is_in_it_is_used(
    genuine: Cosigned, verifier: Path, packages: Path, tmp_path: Path
) -> None:
    files = genuine.files_in(tmp_path)
    earlier, later = files["earlier"], files["checkpoint"]
    asked: dict[str, tuple[int, list[Path | str]]] = {
        "trail": (IN_PART, [files["trail"]]),
        "checkpoint": (VERIFIED, [later]),
        "proof": (IN_PART, [files["proof"]]),
        "consistency": (VERIFIED, [files["consistency"], "--earlier", earlier, "--later", later]),
        "ledger": (VERIFIED, [files["ledger"], "--earlier", earlier]),
    }
    for what, (expected, arguments) in asked.items():
        command = [sys.executable, *WITHOUT_PACKAGES, "-c", RUN, verifier, packages, what, *arguments, "--key", KEY]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        assert (told["code"], told["pydantic"], done.stderr) == (expected, False, ""), done.stdout
        used = {str(Path(module).relative_to(verifier)) for module in told["modules"]}
        assert used | {"__main__.py"} == {*sources()}


def test_without_cryptography_it_says_so_and_gives_no_verdict(verifier: Path) -> None:
    command = [sys.executable, *WITHOUT_PACKAGES, str(verifier), "checkpoint", "nothing", "--key", KEY]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "needs Python 3.11 or later, and its package cryptography" in done.stderr) == (2, True)
