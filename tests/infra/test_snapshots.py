"""The comparison with what Microsoft's CLI predicts, on a snapshot made by hand: the CLI is not here."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tools.bicep.arguments import subject_of
from tools.bicep.compare import main
from tools.bicep.deployment import declared
from tools.bicep.snapshots import parameter_file
from tools.bicep.statements import parse
from tools.bicep.values import Resource, holds_unknown

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra" / "main.bicep"
WORKFLOW = ROOT / ".github" / "workflows" / "infra.yml"


def predicted(each: Resource) -> dict[str, Any]:
    """As the CLI would list it, with other names and what it cannot know left as an expression."""
    known = {name: value for name, value in each.body.items() if name not in ("parent", "scope")}
    body = {name: "[reference('x')]" if holds_unknown(value) else value for name, value in known.items()}
    exact = {"properties": _properties(each)} if "properties" in each.body else {}
    return {"id": "/x", "type": each.type, "apiVersion": each.api_version, **body, **exact, "name": "other"}


def _properties(each: Resource) -> Any:
    return json.loads(json.dumps(each.body["properties"], default=lambda unknown: f"[{unknown!r}]"))


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    listed = [predicted(each) for each in subject_of(INFRA, [], {}).deployed({}).resources]
    path = tmp_path / "main.snapshot.json"
    path.write_text(json.dumps({"predictedResources": listed, "diagnostics": []}))
    return path


def compared(snapshot: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    return main([str(INFRA), "--against", str(snapshot)], {}), capsys.readouterr().out


def changed(snapshot: Path, old: str, new: str) -> None:
    text = snapshot.read_text()
    assert old in text
    snapshot.write_text(text.replace(old, new, 1))


def test_two_lists_of_the_same_resources_are_the_same(snapshot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = compared(snapshot, capsys)
    assert (code, re.sub(r"\d+", "N", out)) == (0, "N resources of ours, N of theirs, N difference(s)\n")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"Microsoft.KeyVault/vaults"',
            '"Microsoft.Cdn/profiles"',
            "microsoft.cdn/profiles@2024-11-01 in uksouth: 0 of",
        ),
        ('"Microsoft.KeyVault/vaults"', '"Microsoft.Cdn/profiles"', "type-undecided"),
        ('"2024-11-01"', '"2099-11-01"', "@2099-11-01 in uksouth: 0 of ours, 1 of theirs"),
        ('"location": "uksouth"', '"location": "ukwest"', "location is 'ukwest', not 'uksouth'"),
        (
            '"location": "uksouth"',
            '"location": "[resourceGroup().location]"',
            "in [resourceGroup().location]: 0 of ours",
        ),
        ('"allowSharedKeyAccess": false', '"allowSharedKeyAccess": true', "allowSharedKeyAccess is True"),
    ],
)
def test_what_one_list_has_and_the_other_has_not_is_said(
    snapshot: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    changed(snapshot, old, new)
    code, out = compared(snapshot, capsys)
    assert code == 1
    assert said in out


def test_an_empty_prediction_is_not_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"predictedResources": []}')
    code, out = compared(path, capsys)
    assert code == 1
    assert "too-few" in out


@pytest.mark.parametrize("text", ["", "{}", '{"predictedResources": [1]}', '{"predictedResources": 1}'])
def test_what_is_no_snapshot_is_said(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.json"
    path.write_text(text)
    assert main([str(INFRA), "--against", str(path)], {}) == 2
    assert capsys.readouterr().err.startswith(f"not readable: {path}:1: is no snapshot")


def test_the_parameters_are_written_as_bicep_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "predicted.bicepparam"
    assert main([str(INFRA), "privateNetworking=false", "--write-parameters", str(path)], {}) == 0
    using, *given = parse(path.read_text(), path.name)
    assert getattr(using, "keyword", "") == "using"
    known = {each.name for each in declared(subject_of(INFRA, [], {}).files, "infra/main.bicep")}
    assert {getattr(each, "name", "") for each in given} <= known
    assert "param privateNetworking = false\n" in path.read_text()


def test_texts_lists_and_objects_are_written_so_that_they_come_back() -> None:
    text = parameter_file("m.bicep", {"a": "it's ${b} \\", "c": [1, True, None], "d": {"e-f": "g"}})
    assert text.splitlines() == [
        "using 'm.bicep'",
        r"param a = 'it\'s \${b} \\'",
        "param c = [1, true, null]",
        "param d = {'e-f': 'g'}",
    ]


def test_the_workflow_names_modules_options_and_parameters_that_exist() -> None:
    text = WORKFLOW.read_text()
    used = set(re.findall(r"python -m ([\w.]+)", text))
    assert used == {"tools.bicep", "tools.bicep.compare"}
    assert set(re.findall(r"(--[a-z-]+)", " ".join(re.findall(r"python -m .*", text)))) <= {
        "--all-switches", "--quiet", "--write-parameters", "--against",
    }  # fmt: skip
    known = {each.name for each in declared(subject_of(INFRA, [], {}).files, "infra/main.bicep")}
    assert set(re.findall(r"\b([a-z]\w+)=", " ".join(re.findall(r"(?m)^ +compare .*$", text)))) <= known
    assert "secrets." not in text
    assert "contents: read" in text
