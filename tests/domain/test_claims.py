"""Claims, rules T1 to T5: whom a token speaks for, the edges of its time, and a list of attacks."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.access import Permission, Reach, Role, reach
from shared.domain.claims import LONGEST_CLAIM, SKEW, Expected, caller
from shared.domain.footage import Borough, OfficerId
from shared.errors import NotAllowed, Unauthenticated
from tests.builders import NOW
from tests.domain.chance import steady

V2, V1 = "https://login.test/tenant/v2.0", "https://sts.test/tenant/"
EXPECTED = Expected(issuers=(V2, V1), audiences=("api://continuity", "c0ffee"), officer="employeeid", borough="city")
STAMP = NOW.timestamp()
CODES = {"issuer", "audience", "expired", "not-yet", "subject", "claim", "client"}


def token(**changes: Any) -> dict[str, Any]:
    """A good officer's token; a change to `...` takes the claim away."""
    claims: dict[str, Any] = {
        "iss": V2,
        "aud": "api://continuity",
        "exp": STAMP + 3600,
        "nbf": STAMP - 60,
        "oid": "2f6f9a0e",
        "sub": "pairwise",
        "azp": "client-app",
        "name": "PC Ada Byron",
        "roles": ["officer"],
        "employeeid": "P1234",
        "city": "Hackney",
        "sid": "session-1",
    }
    return {name: value for name, value in (claims | changes).items() if value is not ...}


def test_a_good_token_speaks_for_its_officer() -> None:
    found = caller(token(), EXPECTED, now=NOW)
    assert (found.subject, found.roles, found.name) == ("2f6f9a0e", frozenset({Role.OFFICER}), "PC Ada Byron")
    assert (found.officer, found.borough) == ("P1234", "Hackney")
    assert (found.client, found.sign_on) == ("client-app", "session-1")
    assert (found.issued, found.application) == (None, False)


@pytest.mark.parametrize("kind, own", [("app", True), ("user", False), ("App", False), (True, False), (..., False)])
def test_a_token_of_an_application_itself_says_so(kind: object, own: bool) -> None:
    assert caller(token(idtyp=kind), EXPECTED, now=NOW).application is own


@pytest.mark.parametrize(
    "said, issued", [(1_700_000_000, 1_700_000_000), (1.5, 1.5), ("now", None), (True, None), (float("inf"), None)]
)
def test_when_a_token_was_issued_is_a_time_or_not_known(said: object, issued: float | None) -> None:
    assert caller(token(iat=said), EXPECTED, now=NOW).issued == issued


@pytest.mark.parametrize("issuer", [V1, V2])
@pytest.mark.parametrize("audience", ["c0ffee", ["x", "api://continuity"]])
def test_t1_any_of_our_issuers_and_audiences_will_do(issuer: str, audience: object) -> None:
    assert caller(token(iss=issuer, aud=audience), EXPECTED, now=NOW).subject


@pytest.mark.parametrize(
    "issuer", [..., None, "", 1, [V2], {V2: 1}, V2 + "/", V2.upper(), "https://evil.test", V2[:-1]]
)
def test_t1_another_issuer_is_refused(issuer: object) -> None:
    assert refused(iss=issuer) == "issuer"


@pytest.mark.parametrize(
    "audience", [..., None, "", [], 1, {"api://continuity": 1}, ["x"], [["c0ffee"]], "api://c", "C0FFEE"]
)
def test_t1_another_audience_is_refused(audience: object) -> None:
    assert refused(aud=audience) == "audience"


@pytest.mark.parametrize("expires, ok", [(STAMP - 59.999, True), (STAMP - 60, False), (STAMP - 60.001, False)])
def test_t2_a_token_is_good_for_60_seconds_after_its_end(expires: float, ok: bool) -> None:
    assert_in_time(ok, "expired", exp=expires, nbf=STAMP - 9999)


@pytest.mark.parametrize("begins, ok", [(STAMP + 59.999, True), (STAMP + 60, True), (STAMP + 60.001, False)])
def test_t2_a_token_is_good_from_60_seconds_before_its_beginning(begins: float, ok: bool) -> None:
    assert_in_time(ok, "not-yet", nbf=begins)


def test_t2_the_skew_is_a_minute() -> None:
    assert SKEW.total_seconds() == 60


NO_TIMES: list[Any] = [
    *(..., None, "9999999999", [], {}, math.nan, math.inf, -math.inf, True),
    *(pytest.param(sign * 10**400, id=f"{sign} with 400 noughts") for sign in (1, -1)),
]


@pytest.mark.parametrize("claim, code", [("exp", "expired"), ("nbf", "not-yet")])
@pytest.mark.parametrize("value", NO_TIMES, ids=str)
def test_t2_what_is_no_time_is_no_time_to_be_good_in(claim: str, code: str, value: object) -> None:
    assert refused(**{claim: value}) == code


def test_t3_a_token_that_names_nobody_is_refused() -> None:
    assert refused(oid=..., sub=...) == "subject"
    assert refused(oid="", sub=["x"]) == "subject"
    assert refused(oid="x" * (LONGEST_CLAIM + 1), sub=...) == "subject"


def test_t3_the_object_id_comes_before_the_pairwise_subject() -> None:
    assert caller(token(oid=...), EXPECTED, now=NOW).subject == "pairwise"
    assert caller(token(oid="x" * LONGEST_CLAIM), EXPECTED, now=NOW).subject == "x" * LONGEST_CLAIM


@pytest.mark.parametrize(
    "roles",
    [..., None, [], "", "admin", ["OFFICER"], ["officer "], {"officer": 1}, [["officer"]], 7, ["officer,auditor"]],
)
def test_t3_roles_we_do_not_know_give_nothing(roles: object) -> None:
    found = caller(token(roles=roles), EXPECTED, now=NOW)
    assert found.roles == frozenset()
    with pytest.raises(NotAllowed):
        reach(found, Permission.SEE)


@pytest.mark.parametrize("roles", [["officer", "root", 7, None], "officer"])
def test_t3_the_roles_we_know_are_taken_from_among_the_others(roles: object) -> None:
    assert caller(token(roles=roles), EXPECTED, now=NOW).roles == {Role.OFFICER}


def test_a_dock_is_its_client_id() -> None:
    assert caller(token(roles=["dock"]), EXPECTED, now=NOW).subject == "client-app"
    v1 = caller(token(roles=["dock"], azp=..., appid="v1-app"), EXPECTED, now=NOW)
    assert (v1.subject, v1.client) == ("v1-app", "v1-app")


def test_somebody_who_is_a_dock_and_more_is_not_named_by_the_client() -> None:
    assert caller(token(roles=["dock", "officer"]), EXPECTED, now=NOW).subject == "2f6f9a0e"


@pytest.mark.parametrize("value", ["", 1234, ["Hackney"], {"a": 1}, "x" * (LONGEST_CLAIM + 1), True], ids=str)
@pytest.mark.parametrize("claim", ["employeeid", "city"])
def test_t4_a_claim_that_is_there_and_is_no_text_is_refused_and_never_passed_over(claim: str, value: object) -> None:
    assert refused(**{claim: value}) == "claim"


@pytest.mark.parametrize("value", [["Hackney"], 7, "", "x" * 201], ids=str)
def test_t4_no_borough_that_cannot_be_read_makes_an_auditor_one_of_the_whole_force(value: object) -> None:
    with pytest.raises(Unauthenticated):
        reach(caller(token(roles=["auditor"], city=value), EXPECTED, now=NOW), Permission.AUDIT)


@pytest.mark.parametrize("version", ["azp", "appid"])
@pytest.mark.parametrize("client", ["", None, 7, ["client-app"], {"id": "client-app"}, "x" * 201, ...], ids=str)
@pytest.mark.parametrize("roles", [["officer"], ["dock"]], ids=str)
def test_t5_a_token_that_names_no_client_is_refused(version: str, client: object, roles: object) -> None:
    assert refused(**{"azp": ..., version: client, "roles": roles}) == "client"


@pytest.mark.parametrize("version", ["azp", "appid"])
def test_t5_the_client_is_named_by_either_version_of_a_token(version: str) -> None:
    assert caller(token(**{"azp": ..., version: "x" * LONGEST_CLAIM}), EXPECTED, now=NOW).client == "x" * LONGEST_CLAIM


def test_t5_an_id_token_of_our_own_registration_is_no_access_token() -> None:
    assert (
        refused(aud="c0ffee", azp=..., nonce="n-0S6", ver="2.0", preferred_username="byron@force.example") == "client"
    )


def test_claims_of_another_name_are_not_taken_for_ours() -> None:
    other = Expected(issuers=(V2,), audiences=("c0ffee",), officer="extension_officer", borough="extension_borough")
    found = caller(token(aud="c0ffee", extension_officer="P7"), other, now=NOW)
    assert (found.officer, found.borough) == (OfficerId("P7"), None)


def test_the_borough_of_a_token_is_the_borough_of_the_reach() -> None:
    found = caller(token(roles=["supervisor"], city="Camden"), EXPECTED, now=NOW)
    assert reach(found, Permission.SEE) == Reach(borough=Borough("Camden"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@steady
@given(changes=st.dictionaries(st.sampled_from(sorted(token())), json_values, max_size=6))
def test_whatever_the_claims_are_the_answer_is_a_caller_or_a_refusal_with_a_code(changes: dict[str, Any]) -> None:
    try:
        found = caller(token(**changes), EXPECTED, now=NOW)
    except Unauthenticated as no:
        assert no.code in CODES  # noqa: PT017 - either answer is right
    else:
        assert found.subject
        assert found.roles <= {Role.OFFICER}


def assert_in_time(ok: bool, code: str, **changes: object) -> None:
    if ok:
        assert caller(token(**changes), EXPECTED, now=NOW).subject
    else:
        assert refused(**changes) == code


def refused(**changes: object) -> str:
    with pytest.raises(Unauthenticated) as no:
        caller(token(**changes), EXPECTED, now=NOW)
    return no.value.code
