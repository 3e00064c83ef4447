"""Put back what was given up, after a fix: `python -m tools.replay dead-letters|poison [--dry-run] [--limit N]`.

    dead-letters   events that Event Grid could not deliver: each is posted to the ingest function again, as Event Grid
                   would, and its letter is deleted once that has answered 2xx, and not before
    poison         clips whose hash was given up: the fixity queue is asked again. Which ones: --clip ID, as often as
                   needed; ids on stdin, one a line, with --clip -; else the worklist `poison` of the service

Both are safe to repeat: ingest takes a blob in once, and a hash that is known is not asked for. Ends with one line of
counts, and with exit code 1 if anything stayed. The function's system key and the token are read from files or from
the environment (EVENT_GRID_KEY, CONTINUITY_TOKEN), because a command line is seen by everybody; neither is printed.
"""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

import aiohttp
from azure.core.exceptions import AzureError
from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import ContainerClient
from azure.storage.queue.aio import QueueClient

from shared.adapters.queue_fixity import QueueFixity
from tools.replaying.letters import Letters
from tools.replaying.outcome import Outcome, Trouble
from tools.replaying.questions import ask_again, ids_of, listed
from tools.replaying.webhook import Webhook

RUNTIME_ACCOUNT, DEAD_LETTERS = "AzureWebJobsStorage__blobServiceUri", "deadletters"
WEBHOOK = "/runtime/webhooks/EventGrid?functionName=ingest"
ANSWER_WITHIN = aiohttp.ClientTimeout(total=60)


async def replay(given: argparse.Namespace, environment: Mapping[str, str], stdin: TextIO) -> Outcome:
    async with DefaultAzureCredential() as credential, aiohttp.ClientSession(timeout=ANSWER_WITHIN) as http:
        if given.what == "poison":
            clips = await _clips(given, environment, stdin, http)
            account = _setting(given.account, "QUEUE_ACCOUNT_URL", environment)
            async with QueueClient(account, "fixity", credential=credential) as queue:
                return await ask_again(clips, QueueFixity(queue), limit=given.limit, dry_run=given.dry_run)
        account = _setting(given.account, RUNTIME_ACCOUNT, environment)
        base = given.webhook or f"{_setting(None, 'PUBLIC_BASE_URL', environment).rstrip('/')}{WEBHOOK}"
        webhook = Webhook(http, base, key=_secret(given.key_file, "EVENT_GRID_KEY", environment))
        async with ContainerClient(account, DEAD_LETTERS, credential=credential) as container:
            return await Letters(container, webhook.post).put_back(limit=given.limit, dry_run=given.dry_run)


async def _clips(
    given: argparse.Namespace, environment: Mapping[str, str], stdin: TextIO, http: aiohttp.ClientSession
) -> list[str]:
    if given.clip:
        return ids_of([each for clip in given.clip for each in (stdin if clip == "-" else [clip])])
    token = _secret(given.token_file, "CONTINUITY_TOKEN", environment)
    if token is None:
        raise Trouble(
            "say which clips with --clip, or give an evidence manager's token: --token-file, CONTINUITY_TOKEN"
        )
    base = given.service or _setting(None, "PUBLIC_BASE_URL", environment)
    return ids_of([clip async for clip in listed(http, base.rstrip("/"), token)])


def _setting(given: str | None, name: str, environment: Mapping[str, str]) -> str:
    value = given or environment.get(name)
    if not value:
        raise Trouble(f"say where with an option (--help), or set {name}")
    return value


def _secret(file: Path | None, name: str, environment: Mapping[str, str]) -> str | None:
    if file is None:
        return environment.get(name) or None
    try:
        return file.read_text().strip().removeprefix("Authorization:").strip().removeprefix("Bearer").strip() or None
    except OSError as missing:
        raise Trouble(f"{file} cannot be read: {missing.strerror}") from None


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.replay", description=(__doc__ or "").splitlines()[0])
    kinds = parser.add_subparsers(dest="what", required=True)
    letters = kinds.add_parser("dead-letters", help="deliver again what Event Grid gave up")
    letters.add_argument("--webhook", help=f"the ingest function's; else PUBLIC_BASE_URL{WEBHOOK}")
    letters.add_argument("--key-file", type=Path, help="its system key (eventgrid_extension); else EVENT_GRID_KEY")
    letters.add_argument("--account", help=f"blob endpoint with the container {DEAD_LETTERS}; else {RUNTIME_ACCOUNT}")
    poison = kinds.add_parser("poison", help="ask again for hashes that were given up")
    poison.add_argument("--clip", action="append", help="a clip's id; - reads ids from stdin")
    poison.add_argument("--token-file", type=Path, help="an evidence manager's; else CONTINUITY_TOKEN")
    poison.add_argument("--service", help="where the service is; else PUBLIC_BASE_URL")
    poison.add_argument("--account", help="queue endpoint with the queue fixity; else QUEUE_ACCOUNT_URL")
    for kind in (letters, poison):
        kind.add_argument("--dry-run", action="store_true", help="count, and change nothing")
        kind.add_argument("--limit", type=_some, help="at most so many")
    return parser.parse_args(arguments)


def _some(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def main(arguments: list[str], environment: Mapping[str, str], stdin: TextIO) -> int:
    logging.getLogger("azure").setLevel(logging.ERROR)
    given = _parse(arguments)
    try:
        outcome = asyncio.run(replay(given, environment, stdin))
    except Trouble as trouble:
        print(f"error: {trouble}", file=sys.stderr)
        return 1
    except AzureError as trouble:  # its text may hold an address with a right in it
        print(f"error: {given.what} could not be reached: {type(trouble).__name__}", file=sys.stderr)
        return 1
    for line in outcome.stayed:
        print(line)
    print(f"{given.what}: {outcome}")
    return 1 if outcome.stayed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ, sys.stdin))
