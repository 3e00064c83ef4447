"""azure.yaml and the workflows: who may deploy, with what right, and that all they name is there."""

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from infra.hooks import by_hand
from tests.house.source import DEPLOYED
from tests.infra.deployed import ROOT, SITE
from tools.bicep.deployment import Deployment

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
DEPLOY = ROOT / ".github" / "workflows" / "deploy.yml"
AZD = yaml.safe_load((ROOT / "azure.yaml").read_text())
BY_COMMIT, BY_VERSION = re.compile(r"[0-9a-f]{40}"), re.compile(r"v\d+\.\d+\.\d+")
CHANGES = re.compile(
    r"\baz (?:deployment \w+ create|functionapp deployment)|\bazd (?:up|provision|deploy|down)\b|\bfunc azure\b"
)
HOOKS = re.compile(r"python3? -m (infra\.hooks\.\w+)")
# A standing right to make keys is for a person, if for anybody.
NOT_FOR_A_WORKFLOW = {"KEY_MAKER_ID", "KEY_MAKER_TYPE"}


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(path.read_text())["jobs"]
    return found


def steps(job: dict[str, Any]) -> list[dict[str, Any]]:
    return list(job["steps"])


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in steps(job))


def _signs_in(job: dict[str, Any]) -> bool:
    return any(step.get("uses", "").startswith("azure/login@") for step in steps(job))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_no_workflow_reads_a_secret_or_is_given_a_fork_with_rights(path: Path) -> None:
    text = path.read_text()
    assert not re.search(r"\bsecrets\b\.|\bsecrets\[|secrets: inherit", text)
    assert "pull_request_target" not in text
    assert "workflow_run" not in text


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_is_used_of_others_is_pinned(path: Path) -> None:
    used = re.findall(r"uses: ([\w./-]+)@(\S+)", path.read_text())
    assert used != []
    loose = [f"{name}@{version}" for name, version in used if not BY_COMMIT.fullmatch(version)]
    assert loose in ([], ["azure/login@v2.2.0", "azure/login@v2.2.0"])
    assert all(BY_VERSION.fullmatch(each.partition("@")[2]) for each in loose)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_token_of_azure_can_be_had_only_where_one_is_used(path: Path) -> None:
    whole = yaml.safe_load(path.read_text())["permissions"]
    assert "write" not in str(whole)
    for job in jobs(path).values():
        rights = job.get("permissions", {})
        assert {name for name, right in rights.items() if right == "write"} == (
            {"id-token"} if _signs_in(job) else set()
        )


def test_a_pull_request_never_deploys_and_main_does_only_where_somebody_approves() -> None:
    told = jobs(DEPLOY)
    deploying = {name for name, job in told.items() if CHANGES.search(commands(job))}
    assert deploying == {"deploy"}
    assert "github.event_name == 'push' && github.ref == 'refs/heads/main'" in told["deploy"]["if"]
    assert told["deploy"]["environment"] == "live"
    assert told["deploy"]["concurrency"] == {"group": "deploy-live", "cancel-in-progress": False}


def test_what_may_predict_is_another_than_what_may_deploy_and_no_fork_is_given_either() -> None:
    predicts = jobs(DEPLOY)["what-if"]
    assert predicts["environment"] != jobs(DEPLOY)["deploy"]["environment"]
    assert "github.event_name == 'pull_request'" in predicts["if"]
    assert "head.repo.full_name == github.repository" in predicts["if"]
    assert "az deployment sub what-if" in commands(predicts)


def test_who_signs_in_is_said_by_variables_and_without_a_secret() -> None:
    for job in jobs(DEPLOY).values():
        (login,) = [step for step in steps(job) if step.get("uses", "").startswith("azure/login@")]
        assert set(login["with"]) == {"client-id", "tenant-id", "subscription-id"}
        assert all(re.fullmatch(r"\$\{\{ vars\.\w+ \}\}", str(value)) for value in login["with"].values())


def test_nothing_of_a_pull_request_is_written_into_a_command() -> None:
    """A title or a branch name may be a command."""
    for path in WORKFLOWS:
        for job in jobs(path).values():
            assert "${{ github." not in commands(job)
            assert "${{ inputs." not in commands(job)


def test_every_parameter_is_a_variable_of_the_workflow_and_none_gives_a_person_a_right() -> None:
    told = yaml.safe_load(DEPLOY.read_text())["env"]
    parameters = {place[0] for place in by_hand.PLACE.findall(by_hand.FILE.read_text())}
    assert set(told) == parameters - NOT_FOR_A_WORKFLOW | {"AZURE_SUBSCRIPTION_ID"}
    assert told["AZURE_LOCATION"] == "uksouth"
    assert {value for name, value in told.items() if name != "AZURE_LOCATION"} == {
        f"${{{{ vars.{name} }}}}" for name in told if name != "AZURE_LOCATION"
    }


def test_what_the_workflow_takes_from_the_deployment_the_deployment_says(force: Deployment) -> None:
    text = commands(jobs(DEPLOY)["deploy"])
    known = {"AZURE_LOCATION", "AZURE_ENV_NAME", "DEPLOYER_RANGES"}
    of_github = {"RUNNER_ENVIRONMENT", "RUNNER_TEMP", "GITHUB_ENV"}
    asked = set(re.findall(r"\$([A-Z_]+)", text)) - known - of_github
    assert asked == {"AZURE_RESOURCE_GROUP", "CORE_APP_NAME", "WEEDER_APP_NAME"}
    assert asked <= set(force.outputs)


@pytest.mark.parametrize(
    "ranges,runner,goes_on",
    [
        ("", "github-hosted", True),
        ("", "self-hosted", True),
        ("192.0.2.1", "self-hosted", True),
        ("192.0.2.1", "github-hosted", False),
    ],
)
def test_a_runner_that_the_app_would_turn_away_is_told_so_before_anything_else(
    ranges: str, runner: str, goes_on: bool
) -> None:
    first, *_ = steps(jobs(DEPLOY)["deploy"])
    known = {"DEPLOYER_RANGES": ranges, "RUNNER_ENVIRONMENT": runner}
    done = subprocess.run(["bash", "-e", "-c", first["run"]], env=known, capture_output=True, text=True, check=False)
    assert (done.returncode == 0, len(done.stdout.splitlines())) == (goes_on, int(not goes_on))
    assert goes_on or done.stdout.startswith("::error::DEPLOYER_RANGES")


def test_only_what_runs_after_an_approval_may_run_on_a_machine_of_the_forces() -> None:
    runners = {path.stem: {name: job["runs-on"] for name, job in jobs(path).items()} for path in WORKFLOWS}
    assert runners["deploy"].pop("deploy") == "${{ vars.DEPLOY_RUNNER || 'ubuntu-24.04' }}"
    assert not any("vars." in str(runner) for of_a_file in runners.values() for runner in of_a_file.values())


def test_the_package_of_the_workflow_is_the_app() -> None:
    packed = re.search(r"HEAD \\\n\s*(.+)\n", commands(jobs(DEPLOY)["deploy"]))
    assert packed is not None
    assert set(packed[1].split()) == {*DEPLOYED, "host.json", "requirements.txt"}


@pytest.mark.parametrize("path", [*WORKFLOWS, ROOT / "azure.yaml"], ids=lambda path: path.stem)
def test_every_hook_that_is_started_is_there(path: Path) -> None:
    started = HOOKS.findall(path.read_text())
    assert all(importlib.util.find_spec(name) for name in started)
    assert started != [] or path.stem in ("ci", "infra")


def test_azd_deploys_the_one_package_to_each_app_and_builds_it_there(force: Deployment) -> None:
    tags = {site.at("tags.azd-service-name") for site in force.of(SITE)}
    assert set(AZD["services"]) == tags == {"core", "weeder"}
    for service in AZD["services"].values():
        assert service == {"project": ".", "language": "python", "host": "function", "remoteBuild": True}
    assert AZD["infra"] == {"provider": "bicep", "path": "infra", "module": "main"}


def test_azd_starts_each_hook_at_its_own_time_on_every_system() -> None:
    assert set(AZD["hooks"]) == {"preprovision", "postdeploy", "predown"}
    for name, hook in AZD["hooks"].items():
        assert set(hook) == {"posix", "windows"}
        assert [system["run"].split()[-1] for system in hook.values()] == [f"infra.hooks.{name}"] * 2
        assert not any("continueOnError" in system for system in hook.values())


def test_what_azd_keeps_of_an_environment_is_in_no_commit_and_in_no_package() -> None:
    assert ".azure/" in (ROOT / ".gitignore").read_text().splitlines()
    ignored = (ROOT / ".funcignore").read_text().splitlines()
    assert {".*", "infra", "tests", "local", "tools"} <= set(ignored)
