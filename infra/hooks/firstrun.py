"""Once, after the first deployment: the signing keys are made in the vault, and who made them loses the right to.

    1  whoever is signed in to az is given Key Vault Secrets Officer on the vault, unless they have it there
    2  `python -m tools.keys create` makes what is missing; a right given a moment ago is often not seen for minutes
    3  the right is taken away again, whatever came of it; one that azd gave goes as well
    4  KEYS_MADE is set: another run does nothing

It raises the alert `guard-removed`, as it should. What is left for an evidence manager is printed.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from infra.hooks.calling import Failed, Patience, again, az, ends, environment, keep, needed, patience_of, say

ROOT = Path(__file__).parents[2]
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"


def prepare(known: Mapping[str, str], patience: Patience) -> None:
    names = ("AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "KEY_VAULT_NAME", "KEY_VAULT_URL", "LOG_ORIGIN")
    subscription, group, vault, url, origin = needed(known, *names)
    if known.get("KEYS_MADE") == "true":
        say("the keys were made before (KEYS_MADE): nothing is left to do")
        return
    scope = f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.KeyVault/vaults/{vault}"
    with may_make_keys(scope, subscription):
        again(patience, partial(_create, url, origin))
    keep(known, "KEYS_MADE", "true")
    _tell(known)


@contextmanager
def may_make_keys(scope: str, subscription: str) -> Iterator[None]:
    person, kind = _signed_in()
    right = ("--role", SECRETS_OFFICER, "--scope", scope)
    if not az("role", "assignment", "list", "--assignee", person, *right, subscription=subscription):
        whom = ("--assignee-object-id", person, "--assignee-principal-type", kind)
        az("role", "assignment", "create", *whom, *right, subscription=subscription)
        say("Key Vault Secrets Officer: given")
    try:
        yield
    finally:
        az("role", "assignment", "delete", "--assignee", person, *right, subscription=subscription)
        say("Key Vault Secrets Officer: taken away")


def _signed_in() -> tuple[str, str]:
    """Object id and kind of whoever is signed in to az: a person, or a workflow's identity."""
    user = az("account", "show")["user"]
    if user["type"] == "servicePrincipal":
        return str(az("ad", "sp", "show", "--id", user["name"])["id"]), "ServicePrincipal"
    return str(az("ad", "signed-in-user", "show")["id"]), "User"


def _create(url: str, origin: str) -> None:
    """In the name of whoever is signed in to az, whatever else this machine could sign in as."""
    command = [sys.executable, "-m", "tools.keys", "create", "--vault", url, "--origin", origin]
    as_az = os.environ | {"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}
    done = subprocess.run(command, cwd=ROOT, env=as_az, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise Failed(f"the keys could not be made (is this machine among DEPLOYER_RANGES?): {last[:200]}")
    for line in done.stdout.splitlines():
        say(line)


def _tell(known: Mapping[str, str]) -> None:
    base = known.get("PUBLIC_BASE_URL", "https://SERVICE")
    say(f"""next, by an evidence manager with a token of theirs, each dock into the register:
  curl -X PUT {base}/api/docks/DOCK -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' \\
       -d '{{"station": "STATION", "borough": "BOROUGH", "client": "CLIENT ID", "addresses": ["192.0.2.0/24"]}}'""")


if __name__ == "__main__":
    sys.exit(ends(lambda: prepare(environment(), patience_of("firstrun", __doc__, sys.argv[1:]))))
