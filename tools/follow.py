"""After a restore of the records, let the head follow the files: `python -m tools.follow --by WHO --key KEY [--apply]`.

The files of the ledger cannot be set back and the record store can. After a restore its head is behind the files, and
sealing refuses (Forked), since it would publish a second history. This goes from the head along the published files to
the newest checkpoint, tells the entries that wait again the leaves they had, and replaces the head; it publishes and
signs nothing. The runbook (seal-late) says what comes before and after it.

KEY is the ledger's verifier key, from where you trust it to be right (a paper, the force's page) and not from the
service, which may serve what somebody put there; say it again for older ones, since each checkpoint on the way must be
signed. Whoever can add files but has no key leads the head nowhere.

Without --apply it looks and changes nothing. It prints a line for each entry that the ledger has and the record store
has not, and ends with one line of counts: keep what it prints. Safe to repeat, and to begin again where it broke off.
WHO is the directory's object id of whoever runs it; it goes into the entry that is made of this. The places are read
from COSMOS_ENDPOINT, LEDGER_ACCOUNT_URL and LOG_ORIGIN. Exit codes:

    0  the head is, or would be, where the files are; there may be entries missing
    1  the files do not follow from each other or from the head: nothing more was changed; the error says which
    2  something could not be reached, or the command is not complete
"""

import argparse
import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from uuid import uuid4

from azure.core.exceptions import AzureError
from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient

from shared.adapters.blob_ledger import LEDGER, BlobLedger
from shared.adapters.cosmos.records import CosmosRecords
from shared.adapters.ed25519 import verifies
from shared.domain.entry import Actor, ActorKind, Asking
from shared.domain.ledger import Unproven
from shared.domain.note import VerifierKey, parsed_key
from shared.errors import Stale
from shared.ports import Gone
from shared.usecases.follow import Followed, follow
from shared.wiring import CONTAINER, DATABASE

AT_ONCE = 16
DONE, WRONG, UNREACHED = range(3)
SETTINGS = ("COSMOS_ENDPOINT", "LEDGER_ACCOUNT_URL", "LOG_ORIGIN")


async def follow_there(given: argparse.Namespace, environment: Mapping[str, str]) -> Followed:
    async with (
        DefaultAzureCredential() as credential,
        CosmosClient(environment["COSMOS_ENDPOINT"], credential) as cosmos,
        ContainerClient(environment["LEDGER_ACCOUNT_URL"], given.files, credential) as files,
    ):
        container = cosmos.get_database_client(given.database).get_container_client(given.records)
        await container.read()  # one that is not there would look like an empty one, in which everything is missing
        return await follow(
            asking=_asking(given.by),
            origin=environment["LOG_ORIGIN"],
            keys=given.key,
            check=verifies,
            records=CosmosRecords(container),
            files=BlobLedger(files),
            at_once=AT_ONCE,
            apply=given.apply,
        )


def _asking(by: str) -> Asking:
    run = str(uuid4())
    return Asking(
        actor=Actor(id=by, kind=ActorKind.PERSON),
        at=datetime.now(UTC),
        request=run,
        key=run,
        seed=secrets.token_bytes(32),
    )


def report(followed: Followed, *, applied: bool) -> str:
    lines = [f"missing: leaf {leaf} entry {entry}" for leaf, entry in sorted(followed.missing.items())]
    done = "followed" if applied else "would follow"
    counts = f"told={followed.told} missing={len(followed.missing)}"
    return "\n".join([*lines, f"{done}: from={followed.before} to={followed.after} {counts}"])


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.follow", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--by", required=True, help="the directory's object id of whoever runs this")
    parser.add_argument(
        "--key", action="append", required=True, type=_key, help="a verifier key of the ledger; again for older ones"
    )
    parser.add_argument("--apply", action="store_true", help="change it; else only look")
    parser.add_argument("--database", default=DATABASE, help=f"of the record store; else {DATABASE}")
    parser.add_argument("--records", default=CONTAINER, help=f"container of the record store; else {CONTAINER}")
    parser.add_argument("--files", default=LEDGER, help=f"container of the ledger's files; else {LEDGER}")
    return parser.parse_args(arguments)


def _key(text: str) -> VerifierKey:
    try:
        return parsed_key(text)
    except Unproven as no:
        raise argparse.ArgumentTypeError(str(no)) from None


def main(arguments: list[str], environment: Mapping[str, str]) -> int:
    logging.getLogger("azure").setLevel(logging.ERROR)
    given = _parse(arguments)
    if absent := [name for name in SETTINGS if not environment.get(name)]:
        print(f"error: set {', '.join(absent)}", file=sys.stderr)
        return UNREACHED
    try:
        followed = asyncio.run(follow_there(given, environment))
    except (Unproven, Gone, Stale) as wrong:
        print(f"error: {wrong}", file=sys.stderr)
        return WRONG
    except AzureError as trouble:  # its text may hold an address with a right in it
        print(f"error: something could not be reached: {type(trouble).__name__}", file=sys.stderr)
        return UNREACHED
    print(report(followed, applied=given.apply))
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
