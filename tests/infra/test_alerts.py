"""Every alert asks for numbers that are told, of functions that are there, and leads to a heading of the runbook."""

import re

from shared.metrics import DECLARED, Unit
from tests.functions.opened import FUNCTIONS
from tests.infra.deployed import named
from tools.bicep.deployment import Deployment
from tools.bicep.values import Resource

RULE = "Microsoft.Insights/scheduledQueryRules"
WINDOWS = {"PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D"}
# What a force must be told of, whatever else there is (issue 5).
WANTED = {
    "function-failing", "weed-failed", "weed-missing", "weed-late", "nothing-weeded", "fixity-poison", "dead-letters",
    "mismatch", "quarantine-spike", "refusals-flood", "reconcile-findings", "records-throttled", "storage-failing",
    "vault-failing", "outside-uk-south", "receipts-waiting", "guard-removed", "stranger-at-the-evidence",
}  # fmt: skip
NAMES = re.compile(r"name (?:==|in) \(?((?:'[a-z.-]+'(?:, )?)+)")
# Told of, but for people's own reports and figures: no number of theirs is bad in itself.
NO_ALERT = {
    "ingest.repeated", "ingest.gone", "ingest.not-footage", "fixity.verified", "fixity.unclaimed", "fixity.queued",
    "fixity.nothing-to-do", "weed.kept", "session.started", "session.ended", "session.late", "verb.took",
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
        assert re.search(r"\| summarize [^|]*\n\| where \w+ (== 0|< 1)\n$", query(rules(force)[name]))
        assert " by " not in query(rules(force)[name])


def test_the_stranger_is_looked_for_at_the_evidence_and_is_neither_app(force: Deployment) -> None:
    text = query(rules(force)["stranger-at-the-evidence"])
    assert "core.properties.principalId" in text
    assert "weeder.properties.principalId" in text
    for name in ("FOOTAGE", "LEDGER"):
        assert str(force.outputs[f"{name}_ACCOUNT_NAME"]) in text
