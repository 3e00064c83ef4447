"""The hooks against a pretended `az` and `azd`: what they ask, what they change, and how they end."""

from pathlib import Path
from typing import Any

import pytest

from infra.hooks import postdeploy, preprovision
from tests.infra.deployed import ROOT, named
from tests.infra.pretending import (
    AT_ONCE,
    DEPLOYED,
    FORBIDDEN,
    NOT_THERE,
    OF_AZD,
    SIGNED_IN,
    SUBSCRIPTION,
    THROTTLED,
    Pretended,
    answer,
    failure,
)
from tools.bicep.deployment import Deployment

INGEST = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-continuity-trial/providers/Microsoft.Web/sites/func-core-x"
    "/functions/ingest"
)


def runs_with(cloud: Pretended, origin: str) -> None:
    """There is an app, under this LOG_ORIGIN."""
    tagged = [{"name": f"func-{doors}-x", "tags": {"azd-service-name": doors}} for doors in ("weeder", "core")]
    cloud.when("az resource list rg-continuity-trial", answer(tagged))
    settings = [{"name": "DOORS", "value": "core"}, {"name": "LOG_ORIGIN", "value": origin}]
    cloud.when("az functionapp config appsettings list func-core-x", answer(settings))


def subscription(endpoint: str = INGEST, **other: Any) -> dict[str, Any]:
    """As Azure shows it: the wanted, and more."""
    destination = {"endpointType": "AzureFunction", "properties": {"resourceId": endpoint, "maxEventsPerBatch": 1}}
    more = {"provisioningState": "Succeeded", "topic": "…", "destination": destination}
    return {"name": "footage-created", "properties": {**postdeploy.WANTED, **more, **other}}


# ---- Before anything is made ----


def test_a_first_run_chooses_the_region_and_the_budgets_first_month(cloud: Pretended) -> None:
    ended = cloud.run("preprovision", **OF_AZD)
    assert (ended.code, ended.error) == (0, "")
    (region,) = cloud.asked_with("AZURE_LOCATION")
    assert region == ["azd", "env", "set", "AZURE_LOCATION", "uksouth"]
    (budget,) = cloud.asked_with("BUDGET_START")
    assert preprovision.FIRST_OF_A_MONTH.fullmatch(budget[-1])


def test_another_run_changes_nothing(cloud: Pretended) -> None:
    runs_with(cloud, OF_AZD["LOG_ORIGIN"])
    ended = cloud.run("preprovision", **DEPLOYED, TOKEN_AUDIENCES="an-id,api://an-id", BUDGET_START="2026-01-01")
    assert (ended.code, cloud.changes) == (0, [])


@pytest.mark.parametrize(
    "wrong,told",
    [
        ({"AZURE_LOCATION": "westeurope"}, "azd env set AZURE_LOCATION uksouth"),
        ({"AZURE_ENV_NAME": "A_Name"}, "azd env new NAME"),
        ({"AZURE_ENV_NAME": "a" * 21}, "azd env new NAME"),
        ({"LOG_ORIGIN": ""}, "azd env set LOG_ORIGIN"),
        ({"LOG_ORIGIN": "two words"}, "azd env set LOG_ORIGIN"),
        ({"SERVICE_URL": "http://continuity.test"}, "SERVICE_URL"),
        ({"SERVICE_URL": "https://continuity.test/api"}, "SERVICE_URL"),
        ({"FORCE_RANGES": "192.0.2.0/24, 198.51.100.7"}, "FORCE_RANGES"),
        ({"FORCE_RANGES": "192.0.2.1/24"}, "FORCE_RANGES"),
        ({"DEPLOYER_RANGES": "203.0.113.8/31"}, "DEPLOYER_RANGES"),
        ({"FORCE_RANGES": "192.0.2.0/24,10.0.0.0/8"}, "FORCE_RANGES has '10.0.0.0/8': storage takes no private"),
        ({"DEPLOYER_RANGES": "172.31.255.1"}, "DEPLOYER_RANGES has '172.31.255.1': storage takes no private"),
        ({"FORCE_RANGES": "192.168.4.0/24"}, "storage takes no private"),
        ({"FORCE_RANGES": "8.0.0.0/5"}, "storage takes no private"),
        ({"FOOTAGE_SINCE": "1 December"}, "FOOTAGE_SINCE"),
        ({"FOOTAGE_SINCE": "20261201"}, "FOOTAGE_SINCE"),
        ({"AUTHENTICATION_CLIENT_ID": ""}, "azd env set AUTHENTICATION_CLIENT_ID CLIENT"),
        ({"TOKEN_AUDIENCES": "api://x"}, "TOKEN_AUDIENCES an-id,api://x"),
        ({"BUDGET_START": "2026-01-15"}, "BUDGET_START"),
        ({"AZURE_SUBSCRIPTION_ID": "00000000-0000-4000-8000-00000000000b"}, "az account set --subscription"),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_it(cloud: Pretended, wrong: dict[str, str], told: str) -> None:
    ended = cloud.run("preprovision", **OF_AZD | wrong)
    assert ended.code == 1
    (line,) = ended.error.splitlines()
    assert line.startswith("error: ")
    assert told in line


@pytest.mark.parametrize("ranges", ["192.0.2.0/24", "192.0.2.0/30,198.51.100.7", "203.0.113.9/32", "172.32.0.0/16", ""])
def test_ranges_that_storage_takes_are_taken(ranges: str) -> None:
    preprovision.ranges("FORCE_RANGES", ranges)


def test_who_is_not_signed_in_is_told_how_to(cloud: Pretended) -> None:
    cloud.when("azd auth login", answer({"status": "unauthenticated"}))
    assert cloud.run("preprovision", **OF_AZD).error == "error: azd is not signed in: azd auth login\n"
    cloud.when("az account show", failure("Please run 'az login' to setup account."))
    assert cloud.run("preprovision", **OF_AZD).error == "error: az is not signed in: az login\n"
    assert cloud.changes == []


def test_az_that_is_not_installed_is_named(tmp_path: Path) -> None:
    ended = Pretended(tmp_path, "azd").run("preprovision", **OF_AZD)
    assert (ended.code, "error: az is not on PATH" in ended.error) == (1, True)


def test_without_azd_what_it_would_have_set_is_asked_for(tmp_path: Path) -> None:
    by_hand = Pretended(tmp_path, "az")
    by_hand.when("az account show", answer(SIGNED_IN))
    by_hand.when("az resource list", NOT_THERE)
    assert "BUDGET_START is not set" in by_hand.run("preprovision", **OF_AZD).error
    ended = by_hand.run("preprovision", **OF_AZD, BUDGET_START="2026-01-01")
    assert (ended.code, by_hand.changes) == (0, [])
    assert "AZURE_LOCATION=uksouth\n" in ended.said


def test_the_ledgers_name_cannot_be_changed_under_a_running_app(cloud: Pretended) -> None:
    runs_with(cloud, "continuity.test/before")
    ended = cloud.run("preprovision", **DEPLOYED)
    assert (ended.code, "azd env set LOG_ORIGIN continuity.test/before" in ended.error) == (1, True)


@pytest.mark.parametrize("listed", [NOT_THERE, answer([]), answer([{"name": "other", "tags": None}])])
def test_where_there_is_no_app_there_is_no_name_to_keep(cloud: Pretended, listed: Any) -> None:
    cloud.when("az resource list", listed)
    assert cloud.run("preprovision", **DEPLOYED).code == 0


def test_an_app_that_cannot_be_asked_for_its_name_is_not_taken_for_none(cloud: Pretended) -> None:
    cloud.when("az resource list", FORBIDDEN)
    ended = cloud.run("preprovision", **DEPLOYED)
    assert (ended.code, "AuthorizationFailed" in ended.error) == (1, True)


# ---- After the code is there ----


def functions_are_there(cloud: Pretended) -> None:
    cloud.when("az resource show --ids", answer({"name": "a function"}))
    cloud.when("az deployment group create", answer({"properties": {"provisioningState": "Succeeded"}}))


def events(cloud: Pretended) -> str:
    return postdeploy.Deployed.of(DEPLOYED).events


def test_a_subscription_that_is_not_there_is_made_by_the_bicep(cloud: Pretended) -> None:
    functions_are_there(cloud)
    cloud.when(f"az resource show {events(cloud)}", NOT_THERE, answer(subscription()))
    ended = cloud.run("postdeploy", *AT_ONCE, **DEPLOYED)
    assert (ended.code, ended.error) == (0, "")
    (made,) = cloud.asked_with("az deployment group create")
    assert made[made.index("--template-file") + 1] == str(ROOT / "infra" / "subscription.bicep")
    given = dict(each.split("=") for each in made if "=" in each)
    assert given == {
        "systemTopicName": "evgst-footage-x",
        "coreAppName": "func-core-x",
        "runtimeAccountName": "struntimex",
        "identityName": "id-events-x",
    }
    assert cloud.changes == ["az deployment group create", "azd env set FUNCTIONS_DEPLOYED true"]


def test_a_subscription_that_is_right_is_left_alone_however_azure_writes_its_ids(cloud: Pretended) -> None:
    functions_are_there(cloud)
    cloud.when(f"az resource show {events(cloud)}", answer(subscription(endpoint=INGEST.upper())))
    ended = cloud.run("postdeploy", *AT_ONCE, **DEPLOYED, FUNCTIONS_DEPLOYED="true")
    assert (ended.code, cloud.changes) == (0, [])
    assert "left alone" in ended.said


@pytest.mark.parametrize(
    "wrong,named_",
    [
        (subscription(endpoint=INGEST.replace("func-core-x", "func-other")), "destination"),
        (subscription(eventDeliverySchema="EventGridSchema"), "eventDeliverySchema"),
        (subscription(filter={**postdeploy.WANTED["filter"], "subjectBeginsWith": ""}), "filter.subjectBeginsWith"),
        (subscription(filter={**postdeploy.WANTED["filter"], "advancedFilters": []}), "filter.advancedFilters"),
        (subscription(provisioningState="Failed"), "provisioningState"),
    ],
)
def test_a_subscription_that_is_wrong_is_mended_and_it_is_said_in_what(
    cloud: Pretended, wrong: dict[str, Any], named_: str
) -> None:
    functions_are_there(cloud)
    cloud.when(f"az resource show {events(cloud)}", answer(wrong), answer(subscription()))
    ended = cloud.run("postdeploy", *AT_ONCE, **DEPLOYED)
    assert (ended.code, f"mended: it differed in {named_}\n" in ended.said) == (0, True)
    assert len(cloud.asked_with("az deployment group create")) == 1


def test_functions_that_show_late_and_a_throttled_deployment_are_tried_again(cloud: Pretended) -> None:
    functions_are_there(cloud)
    cloud.when(f"az resource show {INGEST}", NOT_THERE, THROTTLED, answer({"name": "ingest"}))
    cloud.when(f"az resource show {events(cloud)}", THROTTLED, NOT_THERE, answer(subscription()))
    cloud.when("az deployment group create", THROTTLED, answer())
    ended = cloud.run("postdeploy", *AT_ONCE, **DEPLOYED)
    assert (ended.code, ended.error) == (0, "")
    assert len(cloud.asked_with("az deployment group create")) == 2
    assert ended.said.count("not yet") == 4


@pytest.mark.parametrize(
    "asked,answers,told",
    [
        (INGEST, [NOT_THERE], "ResourceNotFound"),
        ("footage-created", [FORBIDDEN], "AuthorizationFailed"),
        ("create", [failure("(Endpoint validation) Destination endpoint not found.")], "Endpoint validation"),
        ("still wrong", [NOT_THERE, answer(subscription(endpoint="/elsewhere"))], "destination"),
        ("never there", [NOT_THERE], "not there"),
    ],
)
def test_what_stays_wrong_ends_with_one_line_and_nothing_is_said_to_be_deployed(
    cloud: Pretended, asked: str, answers: list[Any], told: str
) -> None:
    functions_are_there(cloud)
    cloud.when(f"az resource show {events(cloud)}", NOT_THERE)
    words = {"create": "az deployment group create", INGEST: f"az resource show {INGEST}"}
    cloud.when(words.get(asked, f"az resource show {events(cloud)}"), *answers)
    ended = cloud.run("postdeploy", *AT_ONCE, **DEPLOYED)
    (line,) = ended.error.splitlines()
    assert (ended.code, told in line) == (1, True)
    assert cloud.asked_with("FUNCTIONS_DEPLOYED") == []


def test_without_the_outputs_of_the_deployment_all_that_is_missing_is_named(cloud: Pretended) -> None:
    ended = cloud.run("postdeploy", **OF_AZD)
    assert ended.code == 1
    assert "AZURE_RESOURCE_GROUP, CORE_APP_NAME, WEEDER_APP_NAME, SYSTEM_TOPIC_NAME" in ended.error


def test_what_a_hook_wants_of_the_subscription_is_what_the_bicep_makes(force: Deployment) -> None:
    (made,) = named(force, "Microsoft.EventGrid/systemTopics/eventSubscriptions").values()
    assert postdeploy.differing(made.body["properties"], postdeploy.WANTED) == []
    assert set(postdeploy.WANTED) == set(made.body["properties"]) - {"destination"}
    assert (made.body["name"], made.api_version) == (postdeploy.SUBSCRIPTION, postdeploy.EVENT_GRID_VERSION)


def test_what_hooks_want_to_know_the_deployment_tells(force: Deployment) -> None:
    decided = {"AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID", "AUTHENTICATION_CLIENT_ID"}
    assert set(DEPLOYED) - decided <= set(force.outputs)
