"""Every setting there is, read once, with all that is wrong reported together and by name.

There are no defaults: a setting that is missing stops the app at its first use with a line that says so. Each is
listed in local.settings.example.json with a value that is safe on a laptop; tests/house keeps the two the same.
"""

import os
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError

from shared.domain.note import VerifierKey
from shared.domain.witness import parsed_witnesses

Switch = Literal["on", "off"]


class BadSettings(Exception):
    """The app cannot run with these settings. The message names each setting, and never a value."""


class Doors(StrEnum):
    """Which of the two function apps this is; a laptop is both."""

    CORE = "core"
    WEEDER = "weeder"
    ALL = "all"


def _address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://host/path")
    return text.rstrip("/")


def _secure(text: str) -> str:
    if urlsplit(text).scheme != "https":
        raise ValueError("must be an https address")
    return text


def _listed(text: object) -> object:
    return _parts(text) if isinstance(text, str) else text


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _witnesses(text: object) -> object:
    return parsed_witnesses(_parts(text)) if isinstance(text, str) else text


Address = Annotated[str, AfterValidator(_address)]
Secure = Annotated[Address, AfterValidator(_secure)]
Listed = Annotated[tuple[str, ...], BeforeValidator(_listed), Field(min_length=1)]
Witnesses = Annotated[tuple[VerifierKey, ...], BeforeValidator(_witnesses)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Settings(BaseModel):
    """Field names are the settings' own names in lower case."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    doors: Doors
    footage_account_url: Secure
    ledger_account_url: Secure
    queue_account_url: Secure
    dead_letter_url: Secure
    cosmos_endpoint: Secure
    key_vault_url: Secure
    events_topic_url: Secure
    public_base_url: Address
    log_origin: Name
    witness_keys: Witnesses
    ledger_open: Switch
    token_issuers: Listed
    token_audiences: Listed
    token_jwks_url: Secure
    claim_officer: Name
    claim_borough: Name
    session_idle_minutes: Annotated[int, Field(ge=1, le=120)]
    sas_address_binding: Switch
    telemetry: Switch
    azure_token_credentials: Literal["ManagedIdentityCredential"]  # nothing of a developer's or a server's shell
    applicationinsights_statsbeat_disabled_all: Literal["true"]  # statsbeat would leave the UK
    applicationinsights_connection_string: str


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process. Raises BadSettings that names every one that is missing or wrong."""
    given = {name: environment[name.upper()] for name in Settings.model_fields if name.upper() in environment}
    try:
        return Settings.model_validate(given)
    except ValidationError as wrong:
        lines = {".".join(str(p) for p in e["loc"]).upper().split(".")[0]: e["msg"] for e in wrong.errors()}
        listed = "; ".join(f"{name}: {message}" for name, message in sorted(lines.items()))
        raise BadSettings(f"these settings are missing or wrong: {listed}") from None
