"""The parameters, their file for azd, and the two files for the directory: complete, described, and of one mind."""

import json
import re
import uuid

from shared.domain.access import Role
from tests.infra.deployed import FORCE, MAIN, ROOT
from tools.bicep import tree
from tools.bicep.deployment import Deployment, declared

INFRA = ROOT / "infra"
APPLICATION = json.loads((INFRA / "app-roles.json").read_text())
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
NEVER_GIVEN = {"thisMonth"}
FOR_BICEP_ALONE = {
    "addressSpace",
    "cosmosMaxThroughput",
    "maximumInstances",
    "logRetentionDays",
    "ledgerRetentionDays",
    "sessionIdleMinutes",
}


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
    assert set(PARAMETERS) == set(parameters()) - FOR_BICEP_ALONE - NEVER_GIVEN
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
    assert APPLICATION["api"] == {"requestedAccessTokenVersion": 2, "acceptMappedClaims": True}
    (policy,) = json.loads((INFRA / "claims-policy.json").read_text())["definition"]
    mapped = {each["JwtClaimType"] for each in json.loads(policy)["ClaimsMappingPolicy"]["ClaimsSchema"]}
    defaults = {parameters()[name].default for name in ("claimOfficer", "claimBorough")}
    assert mapped == {each.value for each in defaults if isinstance(each, tree.Literal)}


def test_the_linter_turns_down_what_an_offline_check_would_not_see() -> None:
    rules = json.loads((INFRA / "bicepconfig.json").read_text())["analyzers"]["core"]["rules"]
    wanted = ("no-hardcoded-location", "no-loc-expr-outside-params", "explicit-values-for-loc-params")
    assert [rules[name]["level"] for name in wanted] == ["error"] * 3
    assert MAIN.exists()
