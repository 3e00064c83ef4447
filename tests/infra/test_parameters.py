"""The parameters, their file for azd, and the two files for the directory: complete, described, and of one mind."""

import json
import re
import uuid

from shared.domain.access import Role
from tests.infra.deployed import CONFIG, FORCE, MAIN, ROOT, settings
from tools.bicep import tree
from tools.bicep.deployment import Deployment, declared

INFRA = ROOT / "infra"
APPLICATION = json.loads((INFRA / "app-roles.json").read_text())
CLIENTS = json.loads((INFRA / "app-clients.json").read_text())
PARAMETERS = json.loads((INFRA / "main.parameters.json").read_text())["parameters"]
PINNED = {
    Role.OFFICER: "870cbdd2-fef6-5a76-a0b4-ea36e9a25e6e",
    Role.SUPERVISOR: "d3a530c0-a154-50af-bb70-22ab12a58966",
    Role.EVIDENCE_MANAGER: "4a9ecd41-9156-5fcd-9fa1-e06b59523b18",
    Role.DISCLOSURE_OFFICER: "94ce3da4-000e-5576-84b7-081a744cb5da",
    Role.AUDITOR: "9712f791-658a-5046-ba1e-970df69c41d2",
    Role.OPERATOR: "dad6a8ee-c29b-576b-ad3f-a37764b5123a",
    Role.DOCK: "07e1857c-ca48-50e9-bfd3-afd90278cefb",
}
SCOPE = "5d0f6a1c-7b1e-5a52-9d0c-3f5c2b8e6a41"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
NEVER_GIVEN = {"thisMonth"}


def parameters() -> dict[str, tree.Parameter]:
    return {each.name: each for each in declared(FORCE.files, FORCE.main)}


def test_every_parameter_of_every_file_is_described(force: Deployment) -> None:
    silent = [
        f"{name}:{each.line} {each.name}"
        for name in force.files.bicep("infra")
        for each in force.files.statements(name)
        if isinstance(each, tree.Parameter) and each.decorated("description") is None
    ]
    assert silent == []


def test_azd_gives_every_parameter_that_is_decided_at_a_deployment() -> None:
    assert set(PARAMETERS) == set(parameters()) - NEVER_GIVEN
    needed = {name for name, each in parameters().items() if each.default is None}
    assert needed == {"environmentName", "location", "logOrigin"}


def test_azds_own_defaults_are_those_of_the_bicep() -> None:
    differing = []
    for name, given in PARAMETERS.items():
        variable, equals, default = re.fullmatch(r"\$\{([A-Z_]+)(=?)(.*)\}", given["value"]).groups()  # type: ignore[union-attr]
        declares = parameters()[name].default
        if name == "location":
            assert default == "uksouth"
        elif declares is None:
            differing += [variable] if equals else []
        else:
            assert isinstance(declares, tree.Literal), name
            written = str(declares.value).lower() if isinstance(declares.value, bool) else str(declares.value)
            differing += [variable] if written != default else []
    assert differing == []


def test_the_location_has_one_value_and_azd_offers_it() -> None:
    location = parameters()["location"]
    allowed = location.decorated("allowed")
    assert allowed is not None
    (values,) = allowed.arguments
    assert isinstance(values, tree.ArrayLiteral)
    assert [each.value for each in values.items if isinstance(each, tree.Literal)] == ["uksouth"]
    assert location.decorated("metadata") is not None


def test_outputs_are_names_azd_takes_into_its_environment(force: Deployment) -> None:
    assert [name for name in force.outputs if not re.fullmatch(r"[A-Z][A-Z_]+", name)] == []
    assert [name for name in force.outputs if "KEY" in name and "VAULT" not in name] == []


def test_every_role_of_the_service_is_an_app_role_with_an_id_of_its_own_that_never_changes() -> None:
    """Assignments in the directory are kept by id: another id would take everybody's role away."""
    roles = {each["value"]: each for each in APPLICATION["appRoles"]}
    assert set(roles) == {str(role) for role in Role}
    assert len({str(uuid.UUID(each["id"])) for each in roles.values()}) == len(Role)
    assert {role: roles[role]["id"] for role in Role} == PINNED
    assert all(each["isEnabled"] for each in roles.values())


def test_a_dock_is_a_program_and_a_person_is_not() -> None:
    kinds = {each["value"]: each["allowedMemberTypes"] for each in APPLICATION["appRoles"]}
    assert kinds.pop("dock") == ["Application"]
    assert {tuple(each) for role, each in kinds.items() if role != "operator"} == {("User",)}


def test_tokens_carry_the_claims_the_app_reads() -> None:
    claims = {each["name"] for each in APPLICATION["optionalClaims"]["accessToken"]}
    assert claims == {"idtyp", "sid"}
    api = APPLICATION["api"]
    assert (api["requestedAccessTokenVersion"], api["acceptMappedClaims"]) == (2, True)
    (policy,) = json.loads((INFRA / "claims-policy.json").read_text())["definition"]
    mapped = {each["JwtClaimType"] for each in json.loads(policy)["ClaimsMappingPolicy"]["ClaimsSchema"]}
    defaults = {parameters()[name].default for name in ("claimOfficer", "claimBorough")}
    assert mapped == {each.value for each in defaults if isinstance(each, tree.Literal)}


def test_mapped_claims_are_not_asked_for_under_an_address_that_is_refused() -> None:
    """AADSTS501461: with acceptMappedClaims only the client id itself or a verified domain is an audience."""
    assert "identifierUris" not in APPLICATION
    assert "api://" not in (INFRA / "main.parameters.json").read_text() + (INFRA / "main.bicep").read_text()


def test_tokens_are_made_out_for_the_client_id_unless_somebody_says_otherwise() -> None:
    client = FORCE.parameters["authenticationClientId"]
    fronts = [each.body["properties"] for each in FORCE.of(CONFIG) if each.body["name"] == "authsettingsV2"]
    judged = [front["identityProviders"]["azureActiveDirectory"]["validation"] for front in fronts]
    assert judged == [{"allowedAudiences": [client]}] * 2
    assert {app["TOKEN_AUDIENCES"] for app in settings(FORCE).values()} == {client}


def test_a_person_can_be_given_a_token_by_one_client_and_no_other_can_ask_a_person_for_leave() -> None:
    (scope,) = APPLICATION["api"]["oauth2PermissionScopes"]
    assert (scope["id"], scope["value"], scope["isEnabled"]) == (SCOPE, "access", True)
    assert scope["type"] == "Admin"
    assert "preAuthorizedApplications" not in APPLICATION["api"]
    rest = dict(CLIENTS["api"])
    allowed = rest.pop("preAuthorizedApplications")
    assert allowed == [{"appId": AZURE_CLI, "delegatedPermissionIds": [SCOPE]}]
    assert {**CLIENTS, "api": rest} == {"api": APPLICATION["api"]}


def test_the_linter_turns_down_what_an_offline_check_would_not_see() -> None:
    rules = json.loads((INFRA / "bicepconfig.json").read_text())["analyzers"]["core"]["rules"]
    wanted = ("no-hardcoded-location", "no-loc-expr-outside-params", "explicit-values-for-loc-params")
    assert [rules[name]["level"] for name in wanted] == ["error"] * 3
    assert MAIN.exists()
