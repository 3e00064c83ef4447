"""Tokens from the local issuer: shaped as Entra ID's v2.0, verifiable by anybody with the published keys."""

import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest

from local import tokens
from local.errors import StackError
from local.stack import ROOT, Stack


def claims(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "issuer": "https://issuer.test/t/v2.0",
        "audience": "api://continuity",
        "role": "officer",
        "name": "PC Jane Doe",
        "officer": "4021",
        "borough": "Southwark",
        "client": None,
        "now": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "lifetime": timedelta(minutes=60),
    }
    return tokens.claims_for(**(given | more))


def verified(stack: Stack, token: str) -> dict[str, Any]:
    key = jwt.PyJWKClient(stack.settings["TOKEN_JWKS_URL"]).get_signing_key_from_jwt(token)
    audience, issuer = stack.settings["TOKEN_AUDIENCES"], stack.settings["TOKEN_ISSUERS"]
    return dict(jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=issuer))


def test_a_person_has_a_name_a_number_a_borough_and_a_session_of_one_hour() -> None:
    token = claims()
    shown = ("name", "employeeid", "borough", "roles", "ver")
    assert [token[claim] for claim in shown] == ["PC Jane Doe", "4021", "Southwark", ["officer"], "2.0"]
    assert token["exp"] - token["iat"] == 3600
    assert uuid.UUID(token["sid"])


def test_the_same_officer_is_the_same_person_each_time_in_another_session() -> None:
    one, again, other = claims(), claims(name="Jane D."), claims(officer="4022")
    assert one["oid"] == again["oid"] != other["oid"]
    assert one["sid"] != again["sid"]
    assert one["uti"] != again["uti"]


@pytest.mark.parametrize("role", [role for role in tokens.ROLES if role not in ("dock", "officer")])
def test_whoever_is_no_officer_has_a_number_too_by_default(role: str) -> None:
    assert claims(role=role, officer=None)["employeeid"] == f"S-{role}"
    assert claims(role=role, officer="9001")["employeeid"] == "9001"
    assert "employeeid" not in claims(role="officer", officer=None)


def test_a_dock_is_its_client_and_nobody_by_name() -> None:
    token = claims(role="dock", client="7b0c", name=None, officer=None, borough=None)
    assert (token["azp"], token["roles"]) == ("7b0c", ["dock"])
    assert not {"name", "preferred_username", "employeeid", "sid"} & set(token)


def test_a_role_nobody_has_is_named_in_the_refusal() -> None:
    with pytest.raises(StackError, match="there is no role 'chief'"):
        claims(role="chief")


@pytest.mark.stack
def test_a_minted_token_verifies_against_the_published_keys(stack: Stack) -> None:
    token = tokens.mint(stack.settings, role="auditor", name="A. Uditor", client="powerbi", scp="feed")
    found = verified(stack, token)
    assert (found["roles"], found["azp"], found["scp"]) == (["auditor"], "powerbi", "feed")


@pytest.mark.stack
def test_a_token_for_no_minutes_has_expired_and_one_changed_by_a_letter_does_not_verify(stack: Stack) -> None:
    with pytest.raises(jwt.ExpiredSignatureError):
        verified(stack, tokens.mint(stack.settings["TOKEN_ISSUERS"], role="officer", minutes=-1))
    head, body, signature = tokens.mint(stack.settings, role="officer").split(".")
    swapped = "B" if signature[0] == "A" else "A"
    with pytest.raises(jwt.InvalidSignatureError):
        verified(stack, f"{head}.{body}.{swapped}{signature[1:]}")


def by_command(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "local.tokens", "--role", "officer", "--officer", "4021", "--folder", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.stack
def test_the_command_prints_the_token_and_nothing_else(stack: Stack) -> None:
    done = by_command(stack.run_file.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert verified(stack, done.stdout.strip())["employeeid"] == "4021"


def test_the_command_says_in_one_line_that_no_stack_runs(tmp_path: Path) -> None:
    done = by_command(tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: no local stack is running: start one with `make stack` or `make run`\n"
