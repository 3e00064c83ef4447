"""Names, values and API versions against definitions: small ones written here, and Microsoft's where they are."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.infra.samples import deployed
from tools.bicep.__main__ import main
from tools.bicep.type_definitions import TypeDefinitions, definitions_folder, open_definitions
from tools.bicep.type_rules import types

ROOT = Path(__file__).parents[2]
INFRA = ROOT / "infra" / "main.bicep"
MICROSOFTS = definitions_folder(ROOT, os.environ)


def _at(number: int, flags: int = 0) -> dict[str, Any]:
    return {"type": {"$ref": f"#/{number}"}, "flags": flags}


BOXES = "X.Y/boxes@2020-01-01"
DEFINITIONS: list[dict[str, Any]] = [
    {"$type": "ResourceType", "name": "X.Y/boxes@2020-01-01", "body": {"$ref": "#/1"}},
    {"$type": "ObjectType", "properties": {"name": _at(2, 1), "type": _at(2, 1), "id": _at(2, 2),
     "properties": _at(3)}},
    {"$type": "StringType", "minLength": 2, "maxLength": 5},
    {"$type": "ObjectType", "properties": {"lid": _at(4), "size": _at(5), "locked": _at(6), "sides": _at(7),
     "colour": _at(8), "lining": _at(12), "labels": _at(15)}},
    {"$type": "UnionType", "elements": [{"$ref": "#/9"}, {"$ref": "#/10"}]},
    {"$type": "IntegerType", "minValue": 1, "maxValue": 9},
    {"$type": "BooleanType"},
    {"$type": "ArrayType", "itemType": {"$ref": "#/5"}},
    {"$type": "UnionType", "elements": [{"$ref": "#/9"}, {"$ref": "#/11"}]},
    {"$type": "StringLiteralType", "value": "On"},
    {"$type": "StringLiteralType", "value": "Off"},
    {"$type": "StringType"},
    {"$type": "DiscriminatedObjectType", "discriminator": "kind", "baseProperties": {"thick": _at(6)},
     "elements": {"Felt": {"$ref": "#/13"}}},
    {"$type": "ObjectType", "properties": {"kind": _at(14, 1), "weight": _at(5, 1)}},
    {"$type": "StringLiteralType", "value": "Felt"},
    {"$type": "ObjectType", "properties": {}, "additionalProperties": {"$ref": "#/6"}},
]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> TypeDefinitions:
    folder = tmp_path_factory.mktemp("types")
    (folder / "boxes.json.gz").write_bytes(gzip.compress(json.dumps(DEFINITIONS).encode()))
    index = {"x.y/boxes": {"2020-01-01": ["X.Y/boxes", "boxes.json.gz", 0]}}
    (folder / "index.json").write_text(json.dumps(index))
    return TypeDefinitions(folder)


def complaints(small: TypeDefinitions, properties: str, head: str = "name: 'box'", kind: str = BOXES) -> list[str]:
    text = f"resource b '{kind}' = {{ {head}, properties: {{ {properties} }} }}"
    return [f"{each.rule}: {each.message}" for each in types(deployed(text), small)]


@pytest.mark.parametrize(
    "properties",
    [
        "lid: 'On', size: 1, locked: true, sides: [1, 9], colour: 'any', labels: { a: true }",
        "lining: { kind: 'Felt', weight: 2, thick: true }",
        "lining: { kind: reference('x').kind }, size: reference('x').size",
        "lid: null",
        "...reference('x')",
        "",
    ],
)
def test_what_is_defined_is_right(small: TypeDefinitions, properties: str) -> None:
    assert complaints(small, properties) == []


@pytest.mark.parametrize(
    ("properties", "said"),
    [
        ("loked: true", "property: properties.loked is no property of it; perhaps 'locked'"),
        ("lid: 'Ajar'", "property: properties.lid is 'Ajar', which is none of ['On', 'Off']"),
        ("size: '1'", "property: properties.size is '1', where a whole number is due"),
        ("size: true", "property: properties.size is True, where a whole number is due"),
        ("size: 10", "property: properties.size is 10, outside 1 to 9"),
        ("locked: 'yes'", "property: properties.locked is 'yes', where true or false is due"),
        ("sides: 1", "property: properties.sides is 1, where an array is due"),
        ("sides: [1, 0]", "property: properties.sides[1] is 0, outside 1 to 9"),
        ("lining: 'Felt'", "property: properties.lining has kind None, which is none of ['Felt']"),
        ("lining: { kind: 'Silk' }", "property: properties.lining has kind 'Silk', which is none of ['Felt']"),
        ("lining: { kind: 'Felt' }", "property: properties.lining.weight is required and missing"),
        ("labels: { a: 'x' }", "property: properties.labels.a is 'x', where true or false is due"),
    ],
)
def test_what_is_not_defined_is_said_with_its_path(small: TypeDefinitions, properties: str, said: str) -> None:
    assert complaints(small, properties) == [said]


@pytest.mark.parametrize(
    ("head", "kind", "said"),
    [
        ("name: 'b'", "X.Y/boxes@2020-01-01", "property: name has 1 characters, where 2 to 5 are allowed"),
        ("name: 'box', id: 'x'", "X.Y/boxes@2020-01-01", "property: id can only be read"),
        ("tags: {}", "X.Y/boxes@2020-01-01", "property: tags is no property of it"),
        ("name: 'box'", "X.Y/boxes@2021-01-01", "api-version: '2021-01-01' is not defined here; there is: 2020-01-01"),
        ("name: 'box'", "X.Y/bags@2020-01-01", "api-version: '2020-01-01' is not defined here; there is: none"),
        ("name: 'box'", "X.Y/Boxes@2020-01-01", "type-name: it is spelt 'X.Y/boxes'"),
    ],
)
def test_names_versions_and_spelling_are_checked(small: TypeDefinitions, head: str, kind: str, said: str) -> None:
    assert said in complaints(small, "", head, kind)


def test_the_version_of_what_is_only_referred_to_is_checked_too(small: TypeDefinitions) -> None:
    text = "resource b 'X.Y/boxes@2099-01-01' existing = { name: 'box' }"
    assert [each.rule for each in types(deployed(text), small)] == ["api-version"]


def test_definitions_are_looked_for_where_they_are_named_else_beside_the_repository(tmp_path: Path) -> None:
    assert definitions_folder(tmp_path / "repo", {}) == tmp_path / "shared/tools/bicep/types"
    assert definitions_folder(tmp_path, {"TEST_BICEP_TYPES": "/elsewhere"}) == Path("/elsewhere")
    assert open_definitions(tmp_path) is None


def test_a_check_without_definitions_says_so_plainly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not silence, and not the words of a check that was made."""
    assert main([str(INFRA), "--quiet"], {"TEST_BICEP_TYPES": str(tmp_path)}) == 0
    assert f"API versions: NOT CHECKED, there are no definitions at {tmp_path}" in capsys.readouterr().out


@pytest.mark.skipif(not (MICROSOFTS / "index.json").is_file(), reason=f"no definitions at {MICROSOFTS}")
def test_infra_has_no_name_value_or_version_that_microsofts_types_do_not_know(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([str(INFRA), "--quiet", "functionsDeployed=true", "authenticationClientId=x"]) == 0
    assert f"API versions: checked against {MICROSOFTS}" in capsys.readouterr().out


def test_the_command_says_what_it_cannot_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "infra").mkdir()
    broken = tmp_path / "infra" / "main.bicep"
    broken.write_text("param a string\nvar b = {")
    assert main([str(broken)], {}) == 2
    assert capsys.readouterr().err.startswith("not readable: infra/main.bicep:2: ")
    assert main([str(INFRA), "nonsense=1"], {}) == 2
    assert main([str(INFRA), "nonsense"], {}) == 2


def test_the_command_lists_every_resource_and_exits_with_1_on_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "infra").mkdir()
    small_main = tmp_path / "infra" / "main.bicep"
    small_main.write_text("resource v 'Microsoft.KeyVault/vaults@2024-11-01' = { name: 'v', location: 'ukwest' }")
    assert main([str(small_main)], {}) == 1
    out = capsys.readouterr().out
    assert "infra/main.bicep:1           Microsoft.KeyVault/vaults v · ukwest · pinned" in out
    assert "infra/main.bicep:1: location: v (Microsoft.KeyVault/vaults): location is 'ukwest', not 'uksouth'" in out
