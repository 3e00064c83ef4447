"""Before `azd down`: refused while there is evidence to lose. A trial is taken down on purpose, step by step.

    1  a lock on any store: refused
    2  a ledger under an immutability policy: refused; nobody can delete what a locked one still holds
    3  TAKE_DOWN is the environment's name: whoever goes on has said which one they mean

`azd down --force` skips azd's own question and not this. docs/deploying.md, taking a trial down, has the steps.
"""

import sys
from collections.abc import Mapping
from typing import Any

from infra.hooks.calling import Failed, Trouble, az, ends, environment, needed, say

GUIDE = "docs/deploying.md, taking a trial down"
STORAGE_VERSION = "2025-06-01"


def refuse(known: Mapping[str, str]) -> None:
    subscription, group, ledger, name = needed(
        known, "AZURE_SUBSCRIPTION_ID", "AZURE_RESOURCE_GROUP", "LEDGER_ACCOUNT_NAME", "AZURE_ENV_NAME"
    )
    if locks := az("lock", "list", "--resource-group", group, subscription=subscription):
        held = ", ".join(sorted({_held(lock) for lock in locks}))
        raise Trouble(f"{group} holds evidence, under locks on {held}. If it is a trial: {GUIDE}")
    policy = _policy(subscription, group, ledger)
    if policy is not None:
        raise Trouble(_immutable(policy["properties"]))
    if known.get("TAKE_DOWN") != name:
        raise Trouble(f"everything in {group} would be gone for good. If you mean it: azd env set TAKE_DOWN {name}")
    say(f"{group} goes. The vault's name stays taken for 90 days; what is outside the group stays: {GUIDE}")


def _held(lock: Mapping[str, Any]) -> str:
    """The name of what the lock is on, out of .../providers/<type>/<name>/providers/Microsoft.Authorization/locks/…"""
    on = str(lock.get("id", "")).partition("/providers/Microsoft.Authorization/locks/")[0]
    return on.rpartition("/")[2] or "the group"


def _policy(subscription: str, group: str, ledger: str) -> Any:
    account = (
        f"/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{ledger}"
    )
    policy = f"{account}/blobServices/default/containers/ledger/immutabilityPolicies/default"
    try:
        return az("resource", "show", "--ids", policy, "--api-version", STORAGE_VERSION)
    except Failed as trouble:
        if trouble.is_missing:
            return None
        raise


def _immutable(policy: Mapping[str, Any]) -> str:
    days = policy.get("immutabilityPeriodSinceCreationInDays")
    if policy.get("state") == "Locked":
        return f"the ledger's policy is locked: it cannot be deleted until {days} days after its last writing"
    return f"the ledger is immutable for {days} days, by a policy that is not locked yet. If it is a trial: {GUIDE}"


if __name__ == "__main__":
    sys.exit(ends(lambda: refuse(environment())))
