"""Weeding: clips a second on the local stack, and the calls each takes. `python -m bench.weeding`

Some 33,000 clips fall due within a few hours. A run weeds AT_ONCE of them side by side, so what it can do in an hour is
what the calls of a clip leave it: at 20 ms a call, a guess for calls within a region.
"""

import asyncio
import json
import math
import sys
import time
from datetime import UTC, datetime, timedelta

from azure.identity.aio import DefaultAzureCredential
from azure.storage.blob.aio import BlobServiceClient

from bench.counting import counting
from bench.served import measured, servers
from bench.table import keep, show
from functions.weed import AT_ONCE, LASTS
from shared.ports import Create
from shared.settings import read_settings
from shared.usecases.commit import commit
from shared.usecases.weed import weed
from shared.wiring import Services, Wired
from tests.builders import JPEG, a_clip, a_draft, a_path, an_asking, fresh_id

CLIPS = 150
CALL_SECONDS, AN_HOUR, DUE = 0.020, 3600, 33_000
OLD = timedelta(days=32)


async def overdue(services: Services, blobs: BlobServiceClient) -> None:
    """One clip with footage and poster whose 31 days are over."""
    recording, then = fresh_id(), datetime.now(UTC) - OLD
    path = a_path(recording)
    await blobs.get_blob_client("footage", path).upload_blob(b"footage")
    await services.footage.keep_poster(recording, JPEG)
    landed = await services.footage.landed(path)
    assert landed is not None
    clip = a_clip(id=recording, blob=landed.blob, uploaded_at=then)
    draft = a_draft(pk=recording, subject=recording, asking=an_asking(at=then), action="footage.ingested")
    await commit(services.records, draft, Create(clip))


async def measure() -> dict[str, object]:
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # the service's clients end with the process
    settings = read_settings()
    services = Wired(settings)
    async with (
        DefaultAzureCredential() as credential,
        BlobServiceClient(settings.footage_account_url, credential) as blobs,
    ):
        for _ in range(CLIPS):
            await overdue(services, blobs)
    return await weeded(services)


async def weeded(services: Services) -> dict[str, object]:
    began, asking = time.perf_counter(), an_asking(at=services.now(), key="bench")
    with counting() as calls:
        report = await weed(
            asking=asking,
            now=services.now,
            records=services.records,
            footage=services.footage,
            out_of_time=lambda: False,
            at_once=AT_ONCE,
        )
    assert (report.weeded, report.failed) == (CLIPS, 0), report
    return {"seconds": time.perf_counter() - began, "calls": dict(calls)}


def main() -> int:
    with servers() as stack:
        found = measured("bench.weeding", "measure", stack=stack)
    calls = {kind: round(number / CLIPS, 2) for kind, number in sorted(found["calls"].items())}
    each = sum(calls.values())
    hourly = AT_ONCE * AN_HOUR / (each * CALL_SECONDS)
    row = {"clips": CLIPS, "clips_per_s": round(CLIPS / found["seconds"], 1), "calls": round(each, 1), **calls}
    a_run = math.floor(LASTS / AN_HOUR * hourly)
    runs = math.ceil(DUE / a_run)
    row |= {"at_once": AT_ONCE, "an_hour_at_20_ms": round(hourly), "a_run_at_20_ms": a_run, "runs_for_33000": runs}
    show("weeding", [row])
    keep("weeding", [row])
    return 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(asyncio.run(measure())))
    else:
        sys.exit(main())
