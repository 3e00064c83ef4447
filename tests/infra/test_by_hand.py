"""For az what azd does by itself: the parameters filled, the outputs told."""

import json
import shlex
from typing import Any

import pytest

from infra.hooks import by_hand
from infra.hooks.calling import Trouble
from tests.infra.deployed import MAIN
from tests.infra.pretending import Pretended, answer
from tools.bicep.deployment import flatten_file

NEEDED = {"AZURE_ENV_NAME": "trial", "LOG_ORIGIN": "continuity.test/ledger"}


def filled(**known: str) -> dict[str, Any]:
    content = by_hand.parameters(NEEDED | known)
    return {name: given["value"] for name, given in content["parameters"].items()}


def test_what_is_filled_is_a_deployment() -> None:
    given = filled(FORCE_RANGES="192.0.2.0/24", PRIVATE_NETWORKING="false", MONTHLY_BUDGET="250", GUARDS="false")
    assert (given["location"], given["privateNetworking"], given["monthlyBudget"]) == ("uksouth", False, 250)
    deployed = flatten_file(MAIN, given)
    assert deployed.outputs["AZURE_RESOURCE_GROUP"] == "rg-continuity-trial"


def test_what_was_not_chosen_is_the_default_and_an_empty_variable_is_not_a_choice() -> None:
    """A workflow's variable that nobody set is an empty one."""
    assert filled(ALERTS="", COSMOS_CAPACITY="") == filled()
    assert (filled()["alerts"], filled()["cosmosCapacity"], filled()["alwaysReadyInstances"]) == (True, "autoscale", 1)


def test_a_name_of_digits_stays_a_name() -> None:
    assert filled(AZURE_ENV_NAME="2026")["environmentName"] == "2026"


def test_all_that_has_no_value_is_named_at_once() -> None:
    with pytest.raises(Trouble, match="AZURE_ENV_NAME, LOG_ORIGIN"):
        by_hand.parameters({})


@pytest.mark.parametrize(
    "name,wrong", [("ALERTS", "yes"), ("MONTHLY_BUDGET", "1,000"), ("ALWAYS_READY_INSTANCES", "-1")]
)
def test_what_is_neither_a_switch_nor_a_number_where_one_belongs_is_named(name: str, wrong: str) -> None:
    with pytest.raises(Trouble, match=name):
        filled(**{name: wrong})


def test_the_command_prints_a_file_that_az_takes(cloud: Pretended) -> None:
    ended = cloud.run("by_hand", "parameters", **NEEDED)
    assert (ended.code, json.loads(ended.said)) == (0, by_hand.parameters(NEEDED))
    assert (cloud.run("by_hand", "parameters").code, cloud.asked) == (1, [])


def test_outputs_are_lines_for_a_shell_whatever_case_azure_gives_their_names(cloud: Pretended) -> None:
    outputs = {"corE_APP_NAME": {"type": "String", "value": "func-core-x"}, "OTHER": {"value": "two words; $(false)"}}
    cloud.when("az deployment sub show continuity-trial", answer({"properties": {"outputs": outputs}}))
    ended = cloud.run("by_hand", "outputs", "continuity-trial")
    assert ended.said.splitlines()[0] == "CORE_APP_NAME=func-core-x"
    assert shlex.split(ended.said) == ["CORE_APP_NAME=func-core-x", "OTHER=two words; $(false)"]
