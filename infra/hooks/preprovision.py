"""Before anything is made: who is signed in, where it would be made, and under which names.

1  az and azd are there and signed in, to the same subscription
2  the region is UK South; where none was chosen, it is
3  what can never be changed later is right: the environment's name, LOG_ORIGIN
4  what the force chose can be meant: ranges, addresses, the day of the first recording
5  BUDGET_START is set, once
"""

import ipaddress
import json
import re
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime

from infra.hooks.calling import Failed, Trouble, az, azd, ends, environment, has_azd, keep, say

REGION, SITE = "uksouth", "Microsoft.Web/sites"
ENVIRONMENT = re.compile(r"[a-z0-9][a-z0-9-]{0,19}")
ORIGIN = re.compile(r"[^\s+]{5,}")
FIRST_OF_A_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])-01")
LONGEST_PREFIX = 30  # storage takes no smaller range, but single addresses
PRIVATE = [ipaddress.IPv4Network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]  # RFC 1918


def check(known: Mapping[str, str], today: date) -> None:
    signed_in(known)
    region(known)
    names(known)
    for name in ("FORCE_RANGES", "DEPLOYER_RANGES"):
        ranges(name, known.get(name, ""))
    reached_by(known.get("SERVICE_URL", ""))
    audiences(known)
    since(known.get("FOOTAGE_SINCE", ""))
    warn(known)
    budget(known, today)


def signed_in(known: Mapping[str, str]) -> None:
    try:
        account = az("account", "show")
    except Failed:
        raise Trouble("az is not signed in: az login") from None
    wanted = known.get("AZURE_SUBSCRIPTION_ID", "")
    if wanted and account["id"].lower() != wanted.lower():
        raise Trouble(f"az is signed in to another subscription than azd: az account set --subscription {wanted}")
    # It ends well whether or not somebody is signed in, and says so only here.
    if has_azd() and json.loads(azd("auth", "login", "--check-status", "--output", "json")).get("status") != "success":
        raise Trouble("azd is not signed in: azd auth login")


def region(known: Mapping[str, str]) -> None:
    chosen = known.get("AZURE_LOCATION", "")
    if not chosen:
        keep(known, "AZURE_LOCATION", REGION)
    elif chosen != REGION:
        raise Trouble(f"AZURE_LOCATION is {chosen}: this data stays in UK South: azd env set AZURE_LOCATION {REGION}")


def names(known: Mapping[str, str]) -> None:
    environment_name = known.get("AZURE_ENV_NAME", "")
    if not ENVIRONMENT.fullmatch(environment_name):
        raise Trouble(
            f"environment {environment_name!r} has no usable name: 1 to 20 of a-z, 0-9 and -: azd env new NAME"
        )
    origin = known.get("LOG_ORIGIN", "")
    if not ORIGIN.fullmatch(origin):
        raise Trouble(
            "LOG_ORIGIN names the ledger for good: azd env set LOG_ORIGIN continuity.example.police.uk/ledger"
        )
    before = _origin_before(known)
    if before and before != origin:
        raise Trouble(f"LOG_ORIGIN was {before} and can never change: azd env set LOG_ORIGIN {before}")


def _origin_before(known: Mapping[str, str]) -> str:
    """The one the app runs with; empty where there is no app yet."""
    group = ("--resource-group", f"rg-continuity-{known['AZURE_ENV_NAME']}")
    try:
        sites = az("resource", "list", *group, "--resource-type", SITE, subscription=_subscription(known))
        apps = [site["name"] for site in sites if (site.get("tags") or {}).get("azd-service-name") == "core"]
        if not apps:
            return ""
        which = ("--name", apps[0], *group)
        settings = az("functionapp", "config", "appsettings", "list", *which, subscription=_subscription(known))
    except Failed as trouble:
        if trouble.is_missing:
            return ""
        raise
    return next((str(setting["value"]) for setting in settings if setting["name"] == "LOG_ORIGIN"), "")


def ranges(name: str, listed: str) -> None:
    for each in listed.split(",") if listed else ():
        try:
            network = ipaddress.IPv4Network(each)
        except ValueError:
            raise Trouble(
                f"{name} has {each!r}: IPv4 addresses or ranges such as 192.0.2.0/24, commas, no spaces"
            ) from None
        if "/" in each and LONGEST_PREFIX < network.prefixlen < network.max_prefixlen:
            raise Trouble(f"{name} has {each!r}: storage takes no range smaller than /30; name single addresses")
        if any(network.overlaps(private) for private in PRIVATE):
            raise Trouble(
                f"{name} has {each!r}: storage takes no private addresses (RFC 1918), only those the internet sees"
            )


def reached_by(address: str) -> None:
    if address and not re.fullmatch(r"https://[^/\s?#]+", address):
        raise Trouble(f"SERVICE_URL is {address!r}: https:// and a name, nothing after it")


def audiences(known: Mapping[str, str]) -> None:
    """A v2.0 token is made out for the client id, whatever address it was asked for under."""
    client, named = known.get("AUTHENTICATION_CLIENT_ID", ""), known.get("TOKEN_AUDIENCES", "")
    if not client and not named:
        raise Trouble(
            "AUTHENTICATION_CLIENT_ID is empty, so no token would be taken: azd env set AUTHENTICATION_CLIENT_ID CLIENT"
        )
    if client and named and client not in named.split(","):
        raise Trouble(f"TOKEN_AUDIENCES lacks the client id: azd env set TOKEN_AUDIENCES {client},{named}")


def since(day: str) -> None:
    try:
        right = not day or f"{date.fromisoformat(day)}" == day
    except ValueError:
        right = False
    if not right:
        raise Trouble(f"FOOTAGE_SINCE is {day!r}: the day of the first recording, such as 2026-12-01")


def warn(known: Mapping[str, str]) -> None:
    if not known.get("FORCE_RANGES"):
        say("note: FORCE_RANGES is empty: nobody but Event Grid and Power BI will reach the service")
    if known.get("PRIVATE_NETWORKING", "true") == "true" and not known.get("DEPLOYER_RANGES"):
        say("note: DEPLOYER_RANGES is empty: the keys can be made from within the virtual network only")
    if not known.get("AUTHENTICATION_CLIENT_ID"):
        say("note: AUTHENTICATION_CLIENT_ID is empty: nothing judges tokens in front of the app")


def budget(known: Mapping[str, str], today: date) -> None:
    start = known.get("BUDGET_START", "")
    if not start and not has_azd():
        raise Trouble(f"BUDGET_START is not set: {today:%Y-%m}-01, and the same in every later deployment")
    if not start:
        start = today.strftime("%Y-%m-01")
        keep(known, "BUDGET_START", start)
        say(f"the budget begins on {start} (BUDGET_START), and always will have")
    elif not FIRST_OF_A_MONTH.fullmatch(start):
        raise Trouble(f"BUDGET_START is {start!r}: the first day of a month, such as {today:%Y-%m}-01")


def _subscription(known: Mapping[str, str]) -> str:
    return known.get("AZURE_SUBSCRIPTION_ID", "")


if __name__ == "__main__":
    sys.exit(ends(lambda: check(environment(), datetime.now(UTC).date())))
