"""What is kept, for how long, and what nobody can do to it: footage, ledger and records as the law has them."""

import re
from datetime import timedelta

from shared.domain.retention import KEPT_FOR, KEPT_FROM_RELEASE, RECOVERABLE_FOR
from tests.infra.deployed import CONTAINER, STORAGE, account, within
from tools.bicep.deployment import Deployment
from tools.bicep.values import Resource

BLOBS = f"{STORAGE}/blobServices"
LIFECYCLE = f"{STORAGE}/managementPolicies"


def blobs(force: Deployment, name: str) -> Resource:
    return within(force, account(force, name), BLOBS)["default"]


def test_what_is_weeded_can_be_recovered_for_the_days_the_rules_say_and_no_longer(force: Deployment) -> None:
    days = RECOVERABLE_FOR.days
    for policy in ("deleteRetentionPolicy", "containerDeleteRetentionPolicy"):
        assert blobs(force, "footage").at(f"properties.{policy}.enabled") is True
        assert blobs(force, "footage").at(f"properties.{policy}.days") == days
    assert blobs(force, "footage").at("properties.deleteRetentionPolicy.allowPermanentDelete") is False
    assert blobs(force, "footage").at("properties.restorePolicy.enabled") is False
    (records,) = force.of("Microsoft.DocumentDB/databaseAccounts")
    tier = re.fullmatch(r"Continuous(\d+)Days", records.at("properties.backupPolicy.continuousModeProperties.tier"))
    assert tier is not None
    assert timedelta(days=int(tier[1])) == RECOVERABLE_FOR


def test_footage_is_versioned_and_can_be_held_and_is_not_held_by_default(force: Deployment) -> None:
    """A default policy would hold every recording past day 31."""
    assert blobs(force, "footage").at("properties.isVersioningEnabled") is True
    containers = within(force, account(force, "footage"), CONTAINER)
    assert containers["footage"].at("properties.immutableStorageWithVersioning.enabled") is True
    assert account(force, "footage").at("properties.immutableStorageWithVersioning") is None
    assert within(force, account(force, "footage"), f"{CONTAINER}/immutabilityPolicies") == {}


def test_nothing_is_deleted_by_age(force: Deployment) -> None:
    (lifecycle,) = force.of(LIFECYCLE)
    for rule in lifecycle.at("properties.policy.rules"):
        for actions in rule["definition"]["actions"].values():
            assert set(actions) == {"tierToCool", "tierToCold"}


def test_nothing_is_moved_to_a_colder_tier_that_may_still_be_weeded_as_undecided(force: Deployment) -> None:
    (lifecycle,) = force.of(LIFECYCLE)
    (rule,) = lifecycle.at("properties.policy.rules")
    assert rule["definition"]["filters"] == {"blobTypes": ["blockBlob"], "prefixMatch": ["footage/"]}
    for actions in rule["definition"]["actions"].values():
        cool, cold = (actions[name]["daysAfterCreationGreaterThan"] for name in ("tierToCool", "tierToCold"))
        assert timedelta(days=cool) == KEPT_FOR + KEPT_FROM_RELEASE
        assert cold > cool


def test_the_ledger_is_written_once(force: Deployment) -> None:
    policies = within(force, account(force, "ledger"), f"{CONTAINER}/immutabilityPolicies")
    policy = policies["default"]
    assert policy.parent is not None
    assert policy.parent.body["name"] == "ledger"
    assert policy.at("properties.allowProtectedAppendWrites") is False
    assert policy.at("properties.allowProtectedAppendWritesAll") is False
    assert policy.at("properties.immutabilityPeriodSinceCreationInDays") == 36500


def test_the_records_are_in_one_region_and_never_step_back(force: Deployment, trial: Deployment) -> None:
    for deployment, zones in ((force, True), (trial, False)):
        (records,) = deployment.of("Microsoft.DocumentDB/databaseAccounts")
        assert records.at("properties.locations") == [
            {"locationName": "uksouth", "failoverPriority": 0, "isZoneRedundant": zones}
        ]
        assert records.at("properties.consistencyPolicy.defaultConsistencyLevel") == "Strong"
        assert records.at("properties.enableMultipleWriteLocations") is False


def test_a_trial_pays_by_the_request_and_a_force_has_its_throughput(force: Deployment, trial: Deployment) -> None:
    kind = "Microsoft.DocumentDB/databaseAccounts"
    capabilities = [each.of(kind)[0].at("properties.capabilities") for each in (force, trial)]
    assert capabilities == [[], [{"name": "EnableServerless"}]]
    options = [each.of(f"{kind}/sqlDatabases/containers")[0].at("properties.options") for each in (force, trial)]
    assert options == [{"autoscaleSettings": {"maxThroughput": 10000}}, {}]


def test_no_record_ends_by_itself(force: Deployment) -> None:
    for each in force.of("Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers"):
        assert "defaultTtl" not in each.at("properties.resource")
