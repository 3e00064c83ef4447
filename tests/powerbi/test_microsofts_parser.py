"""The semantic model read by Microsoft's own parser of TMDL, where Mono is on the machine (Debian: mono-devel).

The parser's libraries come inside a Python package; they and what runs them are kept in .local, apart from .venv. Their
licence is Microsoft's: they are fetched for this check and are no part of the project.
"""

import ctypes.util
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.house.source import ROOT
from tests.powerbi.fetching import WITHIN, fetch
from tests.powerbi.model import DEFINITION, tables

PLACE = ROOT / ".local" / "tmdl"
PYTHON, LIBRARIES = PLACE / "venv" / "bin" / "python", PLACE / "libraries"
RUNS_IT, BRINGS_IT = ("pythonnet==3.2.1", "clr-loader==0.3.1", "cffi==2.1.1"), "pbi-cli-tool==3.12.0"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(ctypes.util.find_library("mono-2.0") is None, reason="Mono is not on this machine: mono-devel"),
]


@pytest.fixture(scope="module", autouse=True)
def parser() -> None:
    """What is needed, fetched once; skipped with the reason where it is not to be had."""
    if (LIBRARIES / "Microsoft.AnalysisServices.Tabular.dll").exists():
        return
    quiet = ("--quiet", "--disable-pip-version-check")
    steps = (
        (sys.executable, "-m", "venv", str(PYTHON.parents[1])),
        (str(PYTHON), "-m", "pip", "install", *quiet, *RUNS_IT),
        (str(PYTHON), "-m", "pip", "download", *quiet, "--no-deps", "--dest", str(PLACE), BRINGS_IT),
    )
    for step in steps:
        done = fetch(*step)
        if done.returncode:
            pytest.skip(f"Microsoft's parser is not to be had here: {(done.stderr or done.stdout).strip()[-200:]}")
    _unpack(next(PLACE.glob("*.whl")))


def _unpack(wheel: Path) -> None:
    LIBRARIES.mkdir(exist_ok=True)
    with zipfile.ZipFile(wheel) as packed:
        for name in packed.namelist():
            if name.endswith(".dll"):
                (LIBRARIES / Path(name).name).write_bytes(packed.read(name))


def read(folder: Path) -> "subprocess.CompletedProcess[str]":
    reader = Path(__file__).with_name("read_model.py")
    command = [str(PYTHON), "-W", "ignore", str(reader), str(LIBRARIES), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=WITHIN, check=False)


def test_microsoft_s_parser_finds_in_the_model_what_ours_does() -> None:
    done = read(DEFINITION)
    assert (done.returncode, done.stderr.strip()) == (0, "")
    theirs = {
        name: {each for each in found if not each.startswith("RowNumber")}
        for name, found in json.loads(done.stdout).items()
    }
    assert theirs == {name: {*table.columns, *table.measures} for name, table in tables().items()}


@pytest.mark.parametrize(
    "file, before, after",
    [
        ("tables/Footage.tmdl", "dataType: string", "dataTipe: string"),
        ("tables/Footage.tmdl", "policyType: basic", "policyType: basik"),
        ("relationships.tmdl", "toColumn: Date.Date", "toColumn: Date.Dates"),
        ("tables/Date.tmdl", "sortByColumn: 'Weekday number'", "sortByColumn: 'Weekday no'"),
    ],
)
def test_microsoft_s_parser_refuses_a_model_with_a_mistake(file: str, before: str, after: str, tmp_path: Path) -> None:
    broken = tmp_path / "definition"
    shutil.copytree(DEFINITION, broken)
    text = (broken / file).read_text(encoding="utf-8")
    assert before in text
    (broken / file).write_text(text.replace(before, after, 1), encoding="utf-8")
    done = read(broken)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.strip()
