"""Which combinations are checked, and with what values where only azd would know them."""

import json
from pathlib import Path

import pytest

from tests.infra.samples import MAIN
from tools.bicep.checking import Subject, check
from tools.bicep.files import Files
from tools.bicep.switches import MOST_COMBINATIONS, SAMPLE_ID, combinations, defaults
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Value

TEXT = """
@allowed(['uksouth'])
param location string
param environmentName string
param on bool = true
@allowed(['big', 'small'])
param size string = 'big'
param how 'quick' | 'slow' = 'quick'
param addressRanges array = []
param clientId string = ''
@minValue(0)
param many int = 3
param fixed string = 'x'
"""


def files(text: str, **parameters: Value) -> Files:
    written = json.dumps({"parameters": {name: {"value": value} for name, value in parameters.items()}})
    return Files(root=Path("/nowhere"), changed={MAIN: text, "infra/main.parameters.json": written})


def test_the_switches_are_combined_with_nothing_and_with_all_of_the_rest_and_the_rest_is_taken_one_by_one() -> None:
    found = combinations(files(TEXT), MAIN)
    switches = [{"on": on, "size": size, "location": "uksouth"} for on in (False, True) for size in ("big", "small")]
    rest = {
        "how": "slow",
        "addressRanges": ["192.0.2.0/24"],
        "clientId": SAMPLE_ID,
        "many": 1,
    }
    assert found[0] == {}
    assert [each for each in found if set(each) == set(switches[0])] == switches
    assert [each for each in found if len(each) == 7] == [{**each, **rest} for each in switches]
    assert [each for each in found if len(each) == 1] == [
        {"how": "quick"}, {"how": "slow"}, {"addressRanges": []}, {"addressRanges": ["192.0.2.0/24"]}, {"clientId": ""},
        {"clientId": SAMPLE_ID}, {"many": 0}, {"many": 1},
    ]  # fmt: skip
    assert len(found) == 1 + 4 + 4 + 8


def test_what_is_given_is_no_switch_any_more() -> None:
    subject = Subject(files=files(TEXT), main=MAIN, given={"on": True, "size": "big"}, definitions=None)
    assert all("on" not in each and "size" not in each for each in subject.all_switches())
    assert subject.parameters({"on": False})["on"] is True


def test_the_defaults_are_what_azd_would_pass() -> None:
    given = {
        "environmentName": "${AZURE_ENV_NAME}", "location": "${AZURE_LOCATION=uksouth}", "on": "${ON=false}",
        "many": "${MANY=}", "addressRanges": '${RANGES=["a"]}', "clientId": "${CLIENT_ID}", "fixed": "${FIXED=}",
    }  # fmt: skip
    assert defaults(files(TEXT, **given), MAIN) == {
        "environmentName": "sample", "location": "uksouth", "on": False, "addressRanges": ["a"],
        "clientId": "sample-CLIENT_ID", "fixed": "",
    }  # fmt: skip


def test_without_a_file_of_parameters_names_that_are_due_have_samples() -> None:
    bare = Files(root=Path("/nowhere"), changed={MAIN: TEXT})
    assert defaults(bare, MAIN) == {"environmentName": "sample", "location": "uksouth"}


def test_a_file_of_parameters_that_is_no_json_is_said() -> None:
    broken = Files(root=Path("/nowhere"), changed={MAIN: TEXT, "infra/main.parameters.json": "{"})
    with pytest.raises(Unreadable, match=r"^infra/main\.parameters\.json:1: is no JSON"):
        defaults(broken, MAIN)


def test_too_many_switches_are_refused_and_not_cut_short() -> None:
    """A check of the first few thousand would look like a check of all."""
    many = "\n".join(f"param p{number} bool = false" for number in range(MOST_COMBINATIONS.bit_length()))
    with pytest.raises(Unreadable, match="more than can be checked"):
        combinations(files(many), MAIN)


def test_a_finding_of_one_combination_is_told_once_with_that_combination() -> None:
    text = "param on bool = true\nparam off bool = true\n"
    text += "resource v 'Microsoft.KeyVault/vaults@1' = if (!on) { name: 'v', location: 'ukwest' }"
    subject = Subject(files=files(text), main=MAIN, given={}, definitions=None)
    found = [(each.rule, dict(switched)) for each, switched in check(subject, subject.all_switches())]
    assert [switched for rule, switched in found if rule == "location"] == [{"on": False, "off": False}]
