"""What is said twice is said alike: settings, names, numbers and functions, in the Bicep and in the code it deploys."""

import json
import os
import re
from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import azure.functions as func
import pytest

from functions.weed import LASTS
from local import provision
from local.ports import Ports
from local.servers import footage_created
from shared import wiring
from shared.adapters.blob_footage import POSTERS, RENDITIONS
from shared.domain import naming
from shared.settings import Settings, read_settings
from tests.fakes import MemoryWitness
from tests.functions.opened import DOORS, EXAMPLE, FUNCTIONS
from tests.infra.deployed import (
    CONFIG,
    CONTAINER,
    GIVEN,
    MAIN,
    ROOT,
    SITE,
    STORAGE,
    account,
    answered_by,
    named,
    settings,
    within,
)
from tools.bicep.deployment import Deployment, flatten_file
from tools.bicep.values import Unknown, Value

APPS = ("core", "weeder")
HOST = json.loads((ROOT / "host.json").read_text())
OURS = {name.upper() for name in Settings.model_fields}
# What Functions and the Azure libraries read themselves on an app that has identities and no keys.
OF_AZURE = {
    *(f"AzureWebJobsStorage__{part}" for part in ("blobServiceUri", "queueServiceUri", "tableServiceUri")),
    "AzureWebJobsStorage__credential",
    "AzureWebJobsStorage__clientId",
    "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
    "AZURE_CLIENT_ID",
}
# DESIGN section 7: what App Service authentication leaves to the app.
LEFT_TO_THE_APP = ("/runtime/webhooks/EventGrid", "/api/health", "/api/odata", "/api/ledger", "/api/keys")
WITH_ALL_BELOW = ("/api/odata", "/api/ledger")
# Open in the app, and still behind App Service authentication: what the doors are is for people of the force.
BEHIND_THE_FRONT = {"openapi.json", "docs"}
QUEUE = f"{STORAGE}/queueServices/queues"


@pytest.fixture(scope="module")
def functions() -> dict[str, list[str]]:
    """The names of each app's functions, and the connections they are triggered by after a slash."""
    with patch.dict(os.environ, EXAMPLE):
        import function_app
    apps = {"core": [*function_app.CORE, *function_app.BOTH], "weeder": [*function_app.WEEDER, *function_app.BOTH]}
    return {app: sorted(_told(blueprints)) for app, blueprints in apps.items()}


def _told(blueprints: list[func.Blueprint]) -> Iterator[str]:
    for function in FUNCTIONS.values():
        if any(function.get_user_function() is each._function.get_user_function() for each in _built(blueprints)):
            yield str(function.get_function_name())
            bindings = [binding.get_dict_repr() for binding in function.get_bindings()]
            yield from (f"/{binding['connection']}" for binding in bindings if "connection" in binding)


def _built(blueprints: list[func.Blueprint]) -> list[func.decorators.function_app.FunctionBuilder]:
    return [builder for blueprint in blueprints for builder in blueprint._function_builders]


@pytest.mark.parametrize("app", APPS)
def test_an_app_has_every_setting_it_reads_and_no_other(
    force: Deployment, functions: dict[str, list[str]], app: str
) -> None:
    connections = {each[1:] for each in functions[app] if each.startswith("/")}
    parts = {f"{name}__{part}" for name in connections for part in ("queueServiceUri", "credential", "clientId")}
    assert set(settings(force)[app]) == OURS | OF_AZURE | parts


def test_weeder_has_no_queue(functions: dict[str, list[str]]) -> None:
    assert [each for each in functions["weeder"] if each.startswith("/")] == []
    assert [each for each in functions["core"] if each.startswith("/")] == ["/QUEUES", "/QUEUES"]


@pytest.mark.parametrize("combination", ["force", "trial"])
@pytest.mark.parametrize("app", APPS)
def test_the_app_takes_its_settings(request: pytest.FixtureRequest, combination: str, app: str) -> None:
    given = settings(request.getfixturevalue(combination))[app]
    assert {type(value) for value in given.values()} <= {str, Unknown}
    taken = read_settings({name: _filled(value) for name, value in given.items()})
    assert (taken.doors, taken.telemetry, taken.sas_address_binding) == (app, "on", "off")
    assert (taken.witness_keys, taken.ledger_open) == ((), "on")


def test_both_apps_know_the_witnesses_that_the_force_lists_and_whether_its_ledger_is_open() -> None:
    listed = (MemoryWitness().key, MemoryWitness("witness.test/two", b"v" * 32).key)
    said = {"tokenAudiences": "api://x", "witnessKeys": ",".join(map(str, listed)), "ledgerOpen": "off"}
    for given in settings(flatten_file(MAIN, {**GIVEN, **said})).values():
        taken = read_settings({name: _filled(value) for name, value in given.items()})
        assert (taken.witness_keys, taken.ledger_open) == (listed, "off")


def _filled(value: Value) -> str:
    return "https://filled.test/" if isinstance(value, Unknown) else str(value)


@pytest.mark.parametrize(
    "name, resource, ends",
    [
        ("FOOTAGE_ACCOUNT_URL", "footage", "blob>"),
        ("LEDGER_ACCOUNT_URL", "ledger", "blob>"),
        ("QUEUE_ACCOUNT_URL", "runtime", "queue>"),
        ("DEAD_LETTER_URL", "runtime", "blob>deadletters>"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", "appi", "ConnectionString>"),
    ],
)
@pytest.mark.parametrize("app", APPS)
def test_an_address_is_that_of_the_resource_it_is_named_for(
    force: Deployment, app: str, name: str, resource: str, ends: str
) -> None:
    value = settings(force)[app][name]
    assert (answered_by(value), repr(value).endswith(ends)) == (resource, True)


@pytest.mark.parametrize("app, runtime", [("core", "runtime"), ("weeder", "weeder")])
def test_every_identity_and_every_host_address_is_the_apps_own(force: Deployment, app: str, runtime: str) -> None:
    given = settings(force)[app]
    for name, value in given.items():
        if name.endswith("__clientId") or name in ("AZURE_CLIENT_ID", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING"):
            assert answered_by(value) == app, name
        if name.startswith("AzureWebJobsStorage__") and name.endswith("Uri"):
            assert (answered_by(value), name.partition("__")[2][:4]) == (runtime, repr(value).rpartition(".")[2][:4])


def test_both_apps_are_reached_where_core_is(force: Deployment, trial: Deployment) -> None:
    urls = [settings(each)[app]["PUBLIC_BASE_URL"] for each in (force, trial) for app in APPS]
    assert [answered_by(url) for url in urls[::2]] == ["core", "core"]
    assert all("site.properties.defaultHostName" in repr(url) for url in urls)


def test_no_setting_moves_the_clock(force: Deployment) -> None:
    """Schedules are UTC because nothing says otherwise."""
    assert [name for app in APPS for name in settings(force)[app] if name in ("WEBSITE_TIME_ZONE", "TZ")] == []


def test_every_function_the_bicep_names_is_there(force: Deployment, functions: dict[str, list[str]]) -> None:
    subscribed = [str(each.body["name"]) for each in force.everything if each.kind == f"{SITE}/functions".lower()]
    scaled = [
        each["name"].removeprefix("function:")
        for site in force.of(SITE)
        for each in site.at("properties.functionAppConfig.scaleAndConcurrency.alwaysReady")
        if each["name"].startswith("function:")
    ]
    assert (subscribed, scaled) == (["ingest"], ["ingest"])
    assert {*subscribed, *scaled} <= set(functions["core"])


def test_the_subscription_wants_what_the_laptops_wants(force: Deployment) -> None:
    (there,) = named(force, "Microsoft.EventGrid/systemTopics/eventSubscriptions").values()
    here = footage_created(Ports())
    assert there.at("properties.eventDeliverySchema") == here.schema
    assert there.at("properties.filter.includedEventTypes") == list(here.event_types)
    assert there.at("properties.filter.subjectBeginsWith") == here.subject_begins_with
    assert there.at("properties.filter.subjectEndsWith", "") == here.subject_ends_with
    assert there.at("properties.filter.advancedFilters") == [
        {"operatorType": "StringIn", "key": "data.api", "values": list(here.apis)}
    ]
    assert there.at("properties.retryPolicy") == {
        "maxDeliveryAttempts": here.max_attempts,
        "eventTimeToLiveInMinutes": here.time_to_live_minutes,
    }


def test_there_are_the_containers_and_queues_that_the_code_names(force: Deployment) -> None:
    made = {name: set(within(force, account(force, name), CONTAINER)) for name in ("footage", "ledger", "runtime")}
    assert made["footage"] == set(provision.FOOTAGE) == {naming.CONTAINER, POSTERS, RENDITIONS}
    assert made["ledger"] == set(provision.LEDGER)
    # In the cloud the host makes its own container; the package has no place on a laptop.
    assert made["runtime"] - {"packages"} == set(provision.RUNTIME) - {"azure-webjobs-hosts"} == {"deadletters"}
    queues = set(within(force, account(force, "runtime"), QUEUE))
    assert queues == set(provision.QUEUES) == {wiring.QUEUE, wiring.POISON}


def test_the_records_are_laid_out_as_on_a_laptop(force: Deployment) -> None:
    kind = "Microsoft.DocumentDB/databaseAccounts/sqlDatabases"
    layout = json.loads(provision.COSMOS.read_text())
    assert set(named(force, kind)) == {layout["database"]} == {wiring.DATABASE}
    made = named(force, f"{kind}/containers")
    assert set(made) == {each["id"] for each in layout["containers"]} == {wiring.CONTAINER}
    for each in layout["containers"]:
        resource = made[each["id"]].at("properties.resource")
        assert resource["partitionKey"] == {"kind": "Hash", "version": 2, "paths": [each["partitionKey"]]}
        assert resource["indexingPolicy"] == provision.indexing_policy(each["compositeIndexes"])
        assert set(resource) == {"id", "partitionKey", "indexingPolicy"}


def test_the_front_leaves_to_the_app_what_the_design_says(force: Deployment) -> None:
    core, weeder = [each for each in force.of(CONFIG) if each.body["name"] == "authsettingsV2"]
    excluded = core.at("properties.globalValidation.excludedPaths")
    assert [path for path in excluded if not path.endswith("/*")] == list(LEFT_TO_THE_APP)
    assert [path for path in excluded if path.endswith("/*")] == [f"{path}/*" for path in WITH_ALL_BELOW]
    assert weeder.at("properties.globalValidation.excludedPaths") == ["/api/health"]
    for front in (core, weeder):
        assert front.at("properties.globalValidation.unauthenticatedClientAction") == "Return401"
        assert front.at("properties.globalValidation.requireAuthentication") is True


def test_what_the_app_opens_to_anybody_the_front_lets_through() -> None:
    opened = {door.route for door in DOORS.values() if door.permission is None}
    below = tuple(f"{path}/" for path in WITH_ALL_BELOW)
    closed = {each for each in opened if f"/api/{each}" not in LEFT_TO_THE_APP and not f"/api/{each}".startswith(below)}
    assert "health" in opened
    assert closed <= BEHIND_THE_FRONT


def test_an_instance_is_what_the_host_is_told_to_expect(force: Deployment) -> None:
    hours, minutes, seconds = (int(part) for part in HOST["functionTimeout"].split(":"))
    assert timedelta(seconds=LASTS) < timedelta(hours=hours, minutes=minutes, seconds=seconds)
    for site in force.of(SITE):
        scale = site.at("properties.functionAppConfig.scaleAndConcurrency")
        assert scale["instanceMemoryMB"] == 2048
        assert (
            scale["triggers"]["http"]["perInstanceConcurrency"] <= HOST["extensions"]["http"]["maxConcurrentRequests"]
        )


def test_no_app_is_told_what_its_plan_refuses(force: Deployment) -> None:
    """Error 51021 of Azure names them: the whole deployment fails for one of these."""
    refused = {
        "alwaysOn", "ftpsState", "functionAppScaleLimit", "functionsRuntimeScaleMonitoringEnabled", "javaVersion",
        "linuxFxVersion", "netFrameworkVersion", "powerShellVersion", "preWarmedInstanceCount",
        "use32BitWorkerProcess", "windowsFxVersion",
    }  # fmt: skip
    for site in force.of(SITE):
        assert set(site.at("properties.siteConfig")) & refused == set()
        assert set(settings(force)["core"]) & {"FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION"} == set()


def test_the_python_is_one_the_tests_run_on(force: Deployment) -> None:
    project = (ROOT / "pyproject.toml").read_text()
    lowest, above = re.findall(r'requires-python = ">=3\.(\d+),<3\.(\d+)"', project)[0]
    for site in force.of(SITE):
        runtime = site.at("properties.functionAppConfig.runtime")
        assert runtime["name"] == "python"
        assert int(lowest) <= int(runtime["version"].removeprefix("3.")) < int(above)
