"""Once, after the first deployment: the signing keys are made in the vault, and who made them loses the right to.

    1  the vault's lock is taken off: Azure takes no right away from what is locked
    2  whoever is signed in to az is given Key Vault Secrets Officer on the vault, unless they have it there
    3  `python -m tools.keys create` makes what is missing; a right given a moment ago is often not seen for minutes
    4  the right is taken away again, whatever came of it; one that azd gave goes as well
    5  the lock is put back: where there was one, and where GUARDS says that there is to be one
    6  KEYS_MADE is set: another run does nothing

A run that was cut off is finished by another one. It raises the alert `guard-removed`, as it should. What is left for
an evidence manager is printed.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from infra.hooks.calling import Failed, Patience, Trouble, again, az, ends, environment, keep, needed, patience_of, say

ROOT = Path(__file__).parents[2]
SECRETS_OFFICER = "b86a8fe4-44ce-4948-aee5-eccb2c155cd7"
LOCK = {"name": "holds-evidence", "level": "CanNotDelete", "notes": "The keys that receipts verify with."}
A_LOCK, A_RIGHT = f"no lock {LOCK['name']} on the vault", "Key Vault Secrets Officer still given"
GUIDE = "docs/deploying.md, first run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vault:
    """Where the keys are to be, and whether the deployment locks it."""

    subscription: str
    group: str
    name: str
    guarded: bool

    @property
    def scope(self) -> str:
        group = f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
        return f"{group}/providers/Microsoft.KeyVault/vaults/{self.name}"

    def lock(self, verb: str, *arguments: str) -> list[dict[str, str]]:
        on = ("--resource-group", self.group, "--resource-type", "Microsoft.KeyVault/vaults", "--resource", self.name)
        return az("lock", verb, *on, *arguments, subscription=self.subscription) or []

    def right(self, verb: str, *whom: str) -> list[dict[str, str]]:
        on = ("--role", SECRETS_OFFICER, "--scope", self.scope)
        return az("role", "assignment", verb, *whom, *on, subscription=self.subscription) or []


def prepare(known: Mapping[str, str], patience: Patience) -> None:
    names = ("AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "KEY_VAULT_NAME", "KEY_VAULT_URL", "LOG_ORIGIN")
    subscription, group, vault, url, origin = needed(known, *names)
    if known.get("KEYS_MADE") == "true":
        say("the keys were made before (KEYS_MADE): nothing is left to do")
        return
    guarded = (known.get("GUARDS") or "true") == "true"
    at = Vault(subscription=subscription, group=group, name=vault, guarded=guarded)
    with may_make_keys(at, patience):
        again(patience, partial(_create, url, origin))
    keep(known, "KEYS_MADE", "true")
    _tell(known)


@contextmanager
def may_make_keys(vault: Vault, patience: Patience) -> Iterator[None]:
    """Whatever happens within, the right is taken away and then the lock put back; raises Trouble of what was not."""
    person, kind = _signed_in()
    locked, left = _unlock(vault) or vault.guarded, dict[str, Failed]()
    try:
        _give(vault, person, kind)
        try:
            yield
        finally:
            left |= _tried(A_RIGHT, partial(_take, vault, person), patience)
    finally:
        left |= _tried(A_LOCK, partial(_lock, vault), patience) if locked else {}
        if left:
            why = "; ".join(str(trouble) for trouble in left.values())
            raise Trouble(f"still open: {', '.join(left)}. Run this again, or by hand: {GUIDE}. {why}")


def _tried(what: str, close: Callable[[], None], patience: Patience) -> dict[str, Failed]:
    """What is left open, and why. A lock that was taken off is seen as gone only after a while."""
    try:
        again(patience, close)
    except Failed as trouble:
        return {what: trouble}
    return {}


def _unlock(vault: Vault) -> bool:
    """Whether there was a lock to take off."""
    if not any(lock["name"] == LOCK["name"] for lock in vault.lock("list")):
        return False
    say(f"lock {LOCK['name']}: taken off until the keys are made; should this be cut off, another run puts it back")
    vault.lock("delete", "--name", LOCK["name"])
    return True


def _give(vault: Vault, person: str, kind: str) -> None:
    if not vault.right("list", "--assignee", person):
        vault.right("create", "--assignee-object-id", person, "--assignee-principal-type", kind)
        say("Key Vault Secrets Officer: given")


def _take(vault: Vault, person: str) -> None:
    vault.right("delete", "--assignee", person)
    say("Key Vault Secrets Officer: taken away")


def _lock(vault: Vault) -> None:
    vault.lock("create", "--name", LOCK["name"], "--lock-type", LOCK["level"], "--notes", LOCK["notes"])
    say(f"lock {LOCK['name']}: put back")


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
