"""Every alert asks for numbers that are told, of functions that are there, and leads to a heading of the runbook."""

import re
from datetime import timedelta

from shared.domain.retention import KEPT_FOR
from shared.metrics import DECLARED, Unit
from tests.functions.opened import FUNCTIONS
from tests.infra.deployed import GIVEN, MAIN, named
from tests.infra.pages import Page
from tools.bicep.deployment import Deployment, flatten_file
from tools.bicep.values import Resource

RULE = "Microsoft.Insights/scheduledQueryRules"
RUNBOOK = Page.of("runbook")
WINDOWS = {"PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D"}
# What a force must be told of, whatever else there is (issue 5).
WANTED = {
    "function-failing", "weed-failed", "weed-missing", "weed-late", "nothing-weeded", "fixity-poison", "dead-letters",
    "mismatch", "quarantine-spike", "refusals-flood", "reconcile-findings", "records-throttled", "storage-failing",
    "vault-failing", "outside-uk-south", "receipts-waiting", "guard-removed", "stranger-at-the-evidence",
    "witness-silent", "cosigned-elsewhere", "entry-unaccounted",
}  # fmt: skip
NAMES = re.compile(r"name (?:==|in) \(?((?:'[a-z.-]+'(?:, )?)+)")
# Told of, but for people's own reports and figures: no number of theirs is bad in itself. Many that wait to be sealed
# are a busy evening; `seal-late` asks how long they have waited. That the ledger does not grow is `seal-late` or, where
# nothing at all is entered, no heartbeat: `function-failing`.
NO_ALERT = {
    "ingest.repeated", "ingest.gone", "ingest.not-footage", "fixity.verified", "fixity.unclaimed", "fixity.queued",
    "fixity.nothing-to-do", "weed.kept", "session.started", "session.ended", "session.late", "verb.took",
    "seal.sealed", "seal.pending", "ledger.size", "cosign.kept",
}  # fmt: skip


def rules(deployment: Deployment) -> dict[str, Resource]:
    return named(deployment, RULE)


def query(rule: Resource) -> str:
    (criterion,) = rule.at("properties.criteria.allOf")
    text = criterion["query"]
    return text if isinstance(text, str) else repr(text)


def asked_for(rule: Resource) -> set[str]:
    return {name for found in NAMES.findall(query(rule)) for name in re.findall(r"'([a-z.-]+)'", found)}


def test_there_is_an_alert_for_all_that_must_be_told_and_none_in_a_trial(force: Deployment, trial: Deployment) -> None:
    assert set(rules(force)) >= WANTED
    assert rules(trial) == {}
    assert len(rules(force)) == len(force.of(RULE))


def test_an_alert_asks_only_for_metrics_that_are_declared(force: Deployment) -> None:
    asked = {name for rule in rules(force).values() if "customMetrics" in query(rule) for name in asked_for(rule)}
    assert asked - set(DECLARED) == set()
    assert len(asked) > 15


def test_every_metric_that_can_mean_trouble_has_an_alert(force: Deployment) -> None:
    asked = {name for rule in rules(force).values() for name in asked_for(rule)}
    assert set(DECLARED) - asked == NO_ALERT


def test_a_time_is_looked_at_by_its_longest_and_a_count_by_its_sum(force: Deployment) -> None:
    """`valueSum` of seconds would be how long all of them waited together."""
    for rule in rules(force).values():
        for name in asked_for(rule) & {each.name for each in DECLARED.values() if each.unit is Unit.SECONDS}:
            assert re.search(rf"'{name}'\)? *(and valueMax|\n\| summarize \w+ = max\(valueMax\))", query(rule)), name


def test_a_metric_is_told_apart_by_what_it_is_told_with(force: Deployment) -> None:
    for rule in rules(force).values():
        for dimension in re.findall(r"customDimensions\.(\w+)", query(rule)):
            assert {DECLARED[name].by for name in asked_for(rule)} == {dimension}


def test_an_alert_names_only_functions_that_are_there(force: Deployment) -> None:
    found = {name for rule in rules(force).values() for name in re.findall(r"operation_Name == '(\w+)'", query(rule))}
    assert found == {"weed", "reconcile"}
    assert found <= set(FUNCTIONS)


def test_every_alert_leads_to_its_heading_and_to_the_people_who_are_told(force: Deployment) -> None:
    (told,) = force.of("Microsoft.Insights/actionGroups")
    assert [each["emailAddress"] for each in told.at("properties.emailReceivers")] == [
        "duty@force.test",
        "lead@force.test",
    ]
    for name, rule in rules(force).items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
        assert str(rule.at("properties.description")).endswith(f" docs/runbook.md#{name}")
        assert rule.at("properties.actions.customProperties.runbook") == f"docs/runbook.md#{name}"
        assert rule.at("properties.actions.actionGroups") == [told.identity]


def test_any_row_raises_an_alert_and_its_times_are_such_as_azure_takes(force: Deployment) -> None:
    for name, rule in rules(force).items():
        (criterion,) = rule.at("properties.criteria.allOf")
        assert (criterion["timeAggregation"], criterion["operator"], criterion["threshold"]) == (
            "Count",
            "GreaterThan",
            0,
        )
        assert {rule.at("properties.evaluationFrequency"), rule.at("properties.windowSize")} <= WINDOWS, name
        assert rule.at("properties.severity") in (0, 1, 2, 3)
        looks_back = re.search(r"ago\((\d+)h\)", query(rule))
        hours = {"PT6H": 6, "P1D": 24, "P2D": 48}
        range_ = rule.at("properties.overrideQueryTimeRange") or rule.at("properties.windowSize")
        assert looks_back is None or int(looks_back[1]) <= hours[range_], name


def test_what_did_not_happen_is_found_where_there_is_no_row_at_all(force: Deployment) -> None:
    """`summarize … by` over nothing gives nothing, and nothing raises no alert."""
    for name in ("weed-missing", "nothing-weeded", "reconcile-missing"):
        assert re.search(
            r"\| summarize [^|]*\n\| where \w+ (== 0|< 1)( and now\(\) > .+)?\n$", query(rules(force)[name])
        )
        assert " by " not in query(rules(force)[name])


def test_the_stranger_is_looked_for_at_the_evidence_and_is_neither_app(force: Deployment) -> None:
    text = query(rules(force)["stranger-at-the-evidence"])
    assert "core.properties.principalId" in text
    assert "weeder.properties.principalId" in text
    for name in ("FOOTAGE", "LEDGER"):
        assert str(force.outputs[f"{name}_ACCOUNT_NAME"]) in text


def test_nothing_can_be_weeded_before_the_first_recording_is_old_enough(force: Deployment) -> None:
    assert "now() > datetime(2026-01-15) + 33d\n" in query(rules(force)["nothing-weeded"])
    unsaid = flatten_file(MAIN, {**GIVEN, "alerts": True})
    assert "now() > datetime(2000-01-01) + 33d\n" in query(rules(unsaid)["nothing-weeded"])
    assert timedelta(days=33) - timedelta(hours=26) >= KEPT_FOR


def test_what_somebody_is_woken_for_is_not_closed_by_itself(force: Deployment) -> None:
    closed = {name: rule.at("properties.autoMitigate") for name, rule in rules(force).items()}
    assert closed == {name: rule.at("properties.severity") > 0 for name, rule in rules(force).items()}
    assert {name for name, each in closed.items() if not each} >= {
        "outside-uk-south", "guard-removed", "stranger-at-the-evidence"
    }  # fmt: skip


def test_every_rule_and_the_people_behind_it_are_switched_on(force: Deployment) -> None:
    watchers = [*rules(force).values(), *force.of("Microsoft.Insights/actionGroups")]
    assert {each.at("properties.enabled") for each in watchers} == {True}


def test_only_our_own_policies_raise_the_alert_about_the_region(force: Deployment) -> None:
    own = sorted(named(force, "Microsoft.Authorization/policyAssignments"))
    for text in (query(rules(force)["outside-uk-south"]), RUNBOOK.section("outside-uk-south")):
        (listed,) = re.findall(r"\| where tostring\(Properties\) has_any \(([^)]*)\)\n", text)
        assert sorted(re.findall(r"'([^']+)'", listed)) == own


GUARDS = """
    Authorization: roleAssignments/write roleDefinitions/write locks/delete policyExemptions/write
    Authorization: policyAssignments/write policyAssignments/delete
    Insights: diagnosticSettings/write diagnosticSettings/delete actionGroups/write actionGroups/delete
    Insights: scheduledQueryRules/write scheduledQueryRules/delete
    DocumentDB: databaseAccounts/write databaseAccounts/listKeys/action
    DocumentDB: databaseAccounts/sqlRoleAssignments/write databaseAccounts/sqlRoleDefinitions/write
    KeyVault: vaults/write
    Web: sites/config/write
    Storage: storageAccounts/write storageAccounts/listKeys/action storageAccounts/blobServices/write
    Storage: storageAccounts/managementPolicies/write storageAccounts/managementPolicies/delete
    Storage: storageAccounts/blobServices/containers/clearLegalHold/action
    Storage: storageAccounts/blobServices/containers/immutabilityPolicies/write
    Storage: storageAccounts/blobServices/containers/immutabilityPolicies/delete
"""


def test_every_way_to_take_a_guard_away_is_told_of_and_shown_by_the_runbook(force: Deployment) -> None:
    lines = [line.strip().partition(": ") for line in GUARDS.strip().splitlines()]
    wanted = {f"Microsoft.{of}/{each}" for of, _, listed in lines for each in listed.split()}
    text = query(rules(force)["guard-removed"])
    assert sorted(re.findall(r"'(Microsoft\.[^']+)'", text)) == sorted(wanted)
    (shown,) = re.findall(r"OperationNameValue has_any \(([^)]*)\)", RUNBOOK.section("guard-removed"))
    words = re.findall(r"'(\w+)'", shown)
    assert {each for each in wanted if not any(word in each.split("/") for word in words)} == set()


def test_the_activity_log_is_asked_an_hour_back_and_all_that_came_since_it_was_last_asked(force: Deployment) -> None:
    asked = {name: rule for name, rule in rules(force).items() if query(rule).startswith("AzureActivity")}
    assert set(asked) == {"guard-removed", "outside-uk-south"}
    for rule in asked.values():
        arrived = re.findall(r"ingestion_time\(\) > ago\((\d+)m\)", query(rule))
        every = int(str(rule.at("properties.evaluationFrequency")).removeprefix("PT").removesuffix("M"))
        assert [int(each) > every for each in arrived] == [True]
        assert rule.at("properties.windowSize") == "PT1H"


def test_every_account_is_asked_by_itself_whether_it_answers(force: Deployment) -> None:
    """Of a service of an account `Resource` is `default`: accounts would be averaged into one."""
    for text in (query(rules(force)["storage-failing"]), RUNBOOK.section("storage-failing")):
        assert re.search(r"by _ResourceId\b", text)


def test_what_the_records_did_is_in_the_tables_that_are_asked(force: Deployment) -> None:
    """Without `Dedicated` it would be in AzureDiagnostics, and the alerts on CDBDataPlaneRequests silent for ever."""
    (records,) = force.of("Microsoft.DocumentDB/databaseAccounts")
    on_it = [each for each in force.of("Microsoft.Insights/diagnosticSettings") if each.at("scope") is not None]
    (setting,) = [each for each in on_it if each.at("scope").identity == records.identity]
    assert setting.at("properties.logAnalyticsDestinationType") == "Dedicated"
    assert "CDBDataPlaneRequests" in query(rules(force)["records-throttled"])
