"""An outsider's dry run of the pages: every command there is, every file, function, number, door and setting exists."""

import importlib.util
import json
import re
import shlex
from collections.abc import Iterator

import pytest

from infra.hooks import by_hand
from shared.metrics import DECLARED
from shared.settings import Settings
from tests.functions.opened import DOORS, FUNCTIONS
from tests.infra.deployed import ROOT, named
from tests.infra.pages import Page
from tools.bicep.deployment import Deployment

RUNBOOK, DEPLOYING, THREATS = (Page.of(name) for name in ("runbook", "deploying", "threat-model"))
PAGES = (RUNBOOK, DEPLOYING, THREATS)
RULE = "Microsoft.Insights/scheduledQueryRules"
# Typed by hand from Microsoft's reference, because no `az` is at hand here to ask: a command that is not on this list
# is either new, and to be looked up and added, or a slip.
AZ = {
    "account get-access-token", "account set", "ad app create", "ad app credential reset", "ad app delete",
    "ad app federated-credential create", "ad app update", "ad signed-in-user show", "ad sp create", "ad sp show",
    "ad sp update", "cosmosdb restore", "cosmosdb sql role assignment create", "cosmosdb sql role definition create",
    "deployment group create", "deployment sub create", "deployment sub what-if",
    "eventgrid system-topic event-subscription list", "eventgrid system-topic event-subscription show",
    "functionapp config appsettings set", "functionapp config hostname add", "functionapp config ssl bind",
    "functionapp config ssl upload", "functionapp function list", "functionapp keys list",
    "functionapp list-flexconsumption-locations", "functionapp show", "functionapp start", "functionapp stop",
    "group delete", "identity show", "keyvault secret set-attributes", "keyvault show", "lock create", "lock delete",
    "lock list", "login", "monitor diagnostic-settings subscription delete",
    "monitor diagnostic-settings subscription list", "provider register", "resource list", "resource update",
    "rest", "role assignment create", "role assignment delete", "role assignment list", "role definition create",
    "role definition delete", "role definition list", "storage account show", "storage blob delete",
    "storage blob delete-batch", "storage blob list", "storage blob undelete",
    "storage container immutability-policy delete", "storage container immutability-policy lock",
    "storage container immutability-policy show",
}  # fmt: skip
AZD = {"auth login", "deploy", "down", "env get-values", "env new", "env set", "provision", "up"}
FUNC = {"azure functionapp publish"}
TABLES = {
    "requests", "traces", "exceptions", "customMetrics", "AzureActivity", "AzureDiagnostics", "AzureMetrics",
    "AegDeliveryFailureLogs", "CDBDataPlaneRequests", "StorageBlobLogs",
}  # fmt: skip
OF_A_WORKFLOW = {
    "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_SUBSCRIPTION_ID", "DEPLOY_RUNNER", "FUNCTIONS_DEPLOYED",
}  # fmt: skip
OF_A_TOOL = {"TAKE_DOWN", "KEYS_MADE", "AZURE_TOKEN_CREDENTIALS"}
LOOKS_LIKE_A_NUMBER_OF_OURS = re.compile(r"`((?:ingest|fixity|weed|reconcile|session|verb|seal|cosign)\.[a-z-]+)`")


def verbs(page: Page, tool: str) -> Iterator[str]:
    for words in page.commands():
        if words[0] == tool:
            yield " ".join(_until_an_option(words[1:]))


def _until_an_option(words: list[str]) -> list[str]:
    stops = next((at for at, word in enumerate(words) if not re.fullmatch(r"[a-z][a-z-]*", word)), len(words))
    return words[:stops]


# ---- The runbook and the alerts ----


def test_every_alert_has_its_heading_and_every_heading_its_alert(force: Deployment) -> None:
    assert sorted(RUNBOOK.headings(3)) == sorted(named(force, RULE))


@pytest.mark.parametrize("alert", RUNBOOK.headings(3))
def test_an_alert_says_what_it_means_where_to_look_what_to_do_and_when_it_is_over(alert: str) -> None:
    section = RUNBOOK.section(alert)
    labels = re.findall(r"^\*\*(\w+)\.\*\*", section, re.MULTILINE)
    assert labels == ["Means", "Look", "Do", "Over"]
    look = section[section.index("**Look.**") : section.index("**Do.**")]
    assert "```kusto\n" in look


def test_a_query_begins_with_a_table_that_somebody_fills() -> None:
    queries = RUNBOOK.blocks("kusto")
    assert len(queries) >= len(RUNBOOK.headings(3))
    assert {query.split()[0] for query in queries} <= TABLES
    assert {table for query in queries for table in re.findall(r"\((\w+)\s*\n?\s*\| where", query)} <= TABLES


def test_a_query_asks_for_numbers_and_functions_that_are_there() -> None:
    """`exceptions`, `traces` and `requests` have no numbers of ours; a metric's name has a dot or is a bare word."""
    for query in RUNBOOK.blocks("kusto"):
        asked = re.findall(r"name (?:==|in) \(?((?:'[a-z.-]+'(?:, )?)+)", query)
        numbers = {name for found in asked for name in re.findall(r"'([a-z.-]+)'", found)}
        assert numbers <= set(DECLARED), query
        assert bool(numbers) == query.startswith("customMetrics")
        assert set(re.findall(r"operation_Name == '(\w+)'", query)) <= set(FUNCTIONS)
        assert {DECLARED[name].by for name in numbers} >= set(re.findall(r"customDimensions\.(\w+)", query))


def test_a_text_in_the_storages_log_is_not_compared_as_a_number() -> None:
    """StorageBlobLogs has StatusCode as a string: compared bare, the query fails and finds nothing."""
    for query in RUNBOOK.blocks("kusto"):
        if query.startswith("StorageBlobLogs"):
            assert not re.search(r"(?<!toint\()StatusCode [<>=]", query)


def test_what_the_restore_drills_are_about_is_there() -> None:
    drills = [heading for heading in RUNBOOK.headings(2) if heading not in {"Alerts", "The ledger"}]
    assert drills == ["Restore drill: records", "Restore drill: footage comes back", "Rotating keys"]


# ---- Commands ----


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_az_azd_and_func_command_is_one_that_exists(page: Page) -> None:
    for tool, known in (("az", AZ), ("azd", AZD), ("func", FUNC)):
        unknown = [verb for verb in verbs(page, tool) if not any(f"{verb} ".startswith(f"{each} ") for each in known)]
        assert unknown == []


def test_no_command_is_on_the_list_that_nobody_uses() -> None:
    for tool, known in (("az", AZ), ("azd", AZD), ("func", FUNC)):
        used = {verb for page in PAGES for verb in verbs(page, tool)}
        assert {each for each in known if not any(f"{verb} ".startswith(f"{each} ") for verb in used)} == set()


def test_every_module_that_is_run_is_there_and_every_target_of_make() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    run = [words for page in PAGES for words in page.commands()]
    modules = {words[words.index("-m") + 1] for words in run if words[0].endswith(("python", "python3"))}
    assert all(importlib.util.find_spec(module) for module in modules)
    assert modules >= {"infra.hooks.firstrun", "infra.hooks.by_hand", "tools.keys", "tools.replay"}
    assert {words[1] for words in run if words[0] == "make"} <= targets


def test_a_tool_of_ours_is_given_options_it_knows() -> None:
    told = ("tools.replay", "tools.keys", "tools.verify", "tools.follow")
    sources = {module: f"{module.replace('.', '/')}.py" for module in told}
    for page in PAGES:
        for words in page.commands():
            module = words[words.index("-m") + 1] if "-m" in words else ""
            if module in sources:
                text = (ROOT / sources[module]).read_text()
                assert [word for word in words if word.startswith("--") and f'"{word}"' not in text] == []


def test_a_deployment_of_the_subscription_by_hand_gives_it_all_it_asks_for() -> None:
    (given,) = [words for words in DEPLOYING.commands() if words[:4] == ["az", "deployment", "group", "create"]]
    asked = re.findall(r"^param (\w+)", (ROOT / "infra" / "subscription.bicep").read_text(), re.MULTILINE)
    assert sorted(word.partition("=")[0] for word in given if re.match(r"\w+=", word)) == sorted(asked)


# ---- Files, doors, variables ----


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_is_there(page: Page) -> None:
    paths = set(
        re.findall(r"(?<![\w/.$-])@?((?:infra|docs|tools|shared|local|tests|functions|\.github)/[\w./-]*\w)", page.text)
    )
    assert {path for path in paths if not (ROOT / path).exists()} == set()
    assert paths != set() or page is THREATS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_door_that_is_named_opens(page: Page) -> None:
    named_ = set(re.findall(r"`(GET|PUT|POST|DELETE) /api/([\w/{}.-]+)`", page.text))
    curled = {
        (method or "GET", route)
        for method, route in re.findall(
            r"curl -sS(?: -X (\w+))?(?:[^\n]|\\\n)*?\$PUBLIC_BASE_URL/api/([\w/-]+)\"", page.text
        )
    }
    opened = {(door.method, _pattern(door.route)) for door in DOORS.values()}
    lost = {each for each in named_ | curled if not any(each[0] == m and re.fullmatch(r, each[1]) for m, r in opened)}
    assert lost == set()
    assert named_ | curled != set() or page is THREATS


def _pattern(route: str) -> str:
    return re.sub(r"\\\{\w+\\\}", r"[\\w{}-]+", re.escape(route))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_number_of_ours_that_is_named_is_declared(page: Page) -> None:
    assert set(LOOKS_LIKE_A_NUMBER_OF_OURS.findall(page.text)) <= set(DECLARED)


def test_every_variable_that_is_named_is_a_parameter_a_setting_or_what_the_deployment_says(force: Deployment) -> None:
    parameters = {place[0] for place in by_hand.PLACE.findall(by_hand.FILE.read_text())}
    settings = {name.upper() for name in Settings.model_fields}
    known = parameters | settings | set(force.outputs) | OF_A_WORKFLOW | OF_A_TOOL
    for page in PAGES:
        quoted = set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", page.text))
        assert quoted - known == set(), page.name
        local = set(re.findall(r"^(?:  )?([A-Z_]+)=", page.text, re.MULTILINE))
        used = set(re.findall(r"\$\{?([A-Z]+(?:_[A-Z]+)*)", "\n".join(page.blocks(""))))
        assert used - known - local == set(), page.name


def test_every_parameter_has_its_row_with_its_default() -> None:
    rows = re.findall(r"^\| ((?:`[A-Z_]+`(?:, )?)+) \| [^|]+ \| ([^|]*)\|$", DEPLOYING.text, re.MULTILINE)
    described = {name: default for names, default in rows for name in re.findall(r"`([A-Z_]+)`", names)}
    places = dict(by_hand.PLACE.findall(by_hand.FILE.read_text()))
    assert set(described) == set(places)
    for name, default in places.items():
        words = re.findall(r"`([^`]*)`|(empty)|(set for you)", described[name])
        assert default in {"".join(word) if not word[1] and not word[2] else "" for word in words} | {""}, name


def test_the_roles_that_are_given_by_id_are_the_services_own() -> None:
    roles = {each["id"] for each in json.loads((ROOT / "infra" / "app-roles.json").read_text())["appRoles"]}
    given = set(re.findall(r"\\\"appRoleId\\\": \\\"([0-9a-f-]{36})", DEPLOYING.text))
    assert len(given) == 2
    assert given <= roles


@pytest.mark.parametrize("page", (RUNBOOK, DEPLOYING), ids=lambda page: page.name)
def test_a_page_says_how_its_variables_come_into_the_shell_after_azd_and_by_hand(page: Page, force: Deployment) -> None:
    """azd names its deployments itself: `by_hand outputs` finds none of them."""
    blocks = page.blocks("")
    ways = [at for at, block in enumerate(blocks) if "set -a; . ./.local/outputs; set +a" in block]
    whole = [at for at in ways if "azd env get-values > .local/outputs" in blocks[at]]
    assert whole != []
    assert any("by_hand outputs" in blocks[at] for at in ways)
    used = [at for at, block in enumerate(blocks) if set(re.findall(r"\$([A-Z_]+)", block)) & set(force.outputs)]
    by_hand_alone = page.text.find("## By hand"), page.text.find("## The variables in the shell")
    early = [at for at in used if at < whole[0] and not _between(page.text.find(blocks[at]), by_hand_alone)]
    assert early == []


def _between(at: int, places: tuple[int, int]) -> bool:
    return places[0] <= at < places[1]


@pytest.mark.parametrize("page", (RUNBOOK, DEPLOYING), ids=lambda page: page.name)
def test_a_door_is_asked_with_a_token_that_a_command_before_it_gets(page: Page) -> None:
    asks = (
        'TOKEN=$(az account get-access-token --resource "$AUTHENTICATION_CLIENT_ID" --query accessToken --output tsv)'
    )
    assert "Bearer $TOKEN" in page.text
    assert "Bearer TOKEN" not in page.text
    assert page.text.index(asks) < page.text.index("Bearer $TOKEN")


def test_a_name_that_the_bicep_does_not_bind_is_bound_by_hand() -> None:
    bound = any("hostNameBindings" in path.read_text() for path in (ROOT / "infra").glob("*.bicep"))
    by_hand_alone = {"functionapp config hostname add", "functionapp config ssl bind"} <= set(verbs(DEPLOYING, "az"))
    assert bound != by_hand_alone
    (row,) = [line for line in DEPLOYING.text.splitlines() if line.startswith("| `SERVICE_URL`")]
    assert re.findall(r'see "(.+?)"', row) == ["A name of your own"]
    assert "A name of your own" in DEPLOYING.headings(2)


def test_who_deploys_is_asked_for_rights_that_suffice() -> None:
    """Role Based Access Control Administrator may neither define a role nor place a lock."""
    needed = ("Contributor", "User Access Administrator", "Resource Policy Contributor")
    first = " ".join(DEPLOYING.text.partition("## What the force decides")[0].split())
    assert "Owner, or Contributor with User Access Administrator and Resource Policy Contributor" in first
    (given,) = re.findall(r"^for role in (.+); do$", DEPLOYING.text, re.MULTILINE)
    assert tuple(shlex.split(given)) == needed


def test_who_predicts_reads_no_logs() -> None:
    (written,) = re.findall(
        r"role definition create --role-definition '(.+?)'$", DEPLOYING.text, re.MULTILINE | re.DOTALL
    )
    role = json.loads(written)
    assert set(role["NotActions"]) >= {
        "Microsoft.OperationalInsights/workspaces/query/*",
        "Microsoft.OperationalInsights/workspaces/search/action",
        "Microsoft.Insights/logs/*",
    }
    assert not any(action.endswith(("/write", "/delete", "/*")) for action in role["Actions"])


def test_what_is_current_is_deleted_before_any_version_by_its_id() -> None:
    """By its id Azure refuses to delete the current version."""
    (block,) = [each for each in DEPLOYING.blocks("") if "--version-id" in each]
    assert 0 <= block.find("az storage blob delete-batch") < block.find("--version-id")


def test_a_restored_account_is_shut_and_without_keys_from_the_beginning() -> None:
    (block,) = [each for each in RUNBOOK.blocks("") if "az cosmosdb restore" in each]
    restore, update = [line for line in block.replace("\\\n", " ").splitlines() if line]
    assert "--public-network-access DISABLED" in restore
    assert "properties.disableLocalAuth=true" in update
    assert '--name "$COSMOS_ACCOUNT_NAME-again"' in update


def test_the_threat_model_has_all_six_letters_for_every_flow() -> None:
    flows = re.split(r"^### \d+\. ", THREATS.text, flags=re.MULTILINE)[1:]
    assert len(flows) == 10
    for flow in flows:
        letters = "".join(re.findall(r"^\| ([STRIDE ]+) \|", flow, re.MULTILINE)).replace(" ", "")
        assert sorted(letters) == sorted("STRIDE"), flow.splitlines()[0]
