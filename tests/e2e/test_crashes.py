"""Three hundred clips docked while host, storage, connections and docks are killed: in the end nothing is lost.

Every committed blob is a clip with the right hash and a true receipt; every trail is whole, and nothing was done twice.
"""

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from azure.identity.aio import DefaultAzureCredential
from azure.storage.queue.aio import QueueServiceClient

from local.calls import Person
from local.docking.note import Verifier, verified_text
from local.docking.receipt import checked_receipt
from local.docking.recording import Fingerprint
from local.stack import Stack
from local.tokens import mint
from shared.domain.ledger import commitment
from shared.domain.naming import recording_in
from tests.e2e.evening import DOCKS, FILES, LOAD, Evening
from tests.e2e.hosted import Hosted
from tests.e2e.store import Store
from tests.e2e.wire import Wire

pytestmark = [pytest.mark.stack, pytest.mark.slow]

SEED = 33_000
# a message that failed, and one that a killed host held, come back in seconds here: in the cloud in minutes
QUICK = {"AzureFunctionsJobHost__extensions__queues__visibilityTimeout": "00:00:02"}
HIDDEN = ("--hidden-while-running", "10")
SETTLED_WITHIN = 90.0
ONCE = ("footage.ingested", "footage.verified", "receipt.issued")
QUEUES = ("fixity", "fixity-poison")


@dataclass(frozen=True, slots=True, kw_only=True)
class Aftermath:
    """What is in the stores when all is over, and the service that answers for it."""

    settings: dict[str, str]
    store: Store
    queues: QueueServiceClient
    verifiers: list[Verifier]

    async def paths(self) -> list[str]:
        listed = self.store.blobs.get_container_client("footage").list_blobs()
        return [str(blob.name) async for blob in listed]

    async def content(self, path: str) -> bytes:
        return bytes(await (await self.store.blobs.get_blob_client("footage", path).download_blob()).readall())

    async def unverified(self) -> list[Any]:
        query = "SELECT VALUE c.id FROM c WHERE c.kind = 'clip' AND c.integrity.state <> 'verified'"
        return [row async for row in self.store.container.query_items(query)]

    async def clips(self) -> set[Any]:
        query = "SELECT VALUE c.id FROM c WHERE c.kind = 'clip'"
        return {row async for row in self.store.container.query_items(query)}

    async def waiting(self) -> dict[str, int]:
        """Messages of each queue, hidden ones too."""
        properties = {name: await self.queues.get_queue_client(name).get_queue_properties() for name in QUEUES}
        return {name: int(found.approximate_message_count or 0) for name, found in properties.items()}

    async def settled(self) -> None:
        """Returns when every clip is verified and no message is left."""
        async with asyncio.timeout(SETTLED_WITHIN):
            while await self.unverified() or sum((await self.waiting()).values()):
                await asyncio.sleep(0.5)

    async def must_be_whole(self, path: str) -> str:
        """The clip of the blob, its receipt and its trail; the recording."""
        recording, content = str(recording_in(path)), await self.content(path)
        clip = await self.store.document(recording, recording)
        found = hashlib.sha256(content).hexdigest()
        assert (clip["blob"]["path"], clip["state"], clip["integrity"]["state"]) == (path, "held", "verified")
        assert (clip["integrity"]["sha256"], clip["integrity"]["claimed"]) == (found, found)
        await self.must_have_receipt(clip, Fingerprint(size=len(content), sha256=found))
        await self.must_have_trail(recording, apart=clip["dock"] in DOCKS)
        return recording

    async def must_have_receipt(self, clip: dict[str, Any], fingerprint: Fingerprint) -> None:
        token = mint(self.settings, role="dock", client=clip["dock"])
        dock = Person(name=clip["dock"], base_url=self.settings["PUBLIC_BASE_URL"], token=token)
        reply = await asyncio.to_thread(dock.get, f"/api/docks/{clip['dock']}/receipts/{clip['id']}")
        note = reply.must_be(200).body.decode()
        receipt = checked_receipt(note, verifiers=self.verifiers, recording=clip["id"], fingerprint=fingerprint)
        assert receipt.version == clip["blob"]["etag"]
        with pytest.raises(Exception, match="signature"):
            verified_text(note.replace(fingerprint.sha256, "0" * 64), self.verifiers)

    async def must_have_trail(self, recording: str, *, apart: bool) -> None:
        entries, trail = await self.store.entries(recording), await self.store.document(recording, "trail")
        assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
        links = [None, *(commitment(entry) for entry in entries)]
        assert [entry["previous"] for entry in entries] == links[:-1]
        assert (trail["count"], trail["last"]) == (len(entries), links[-1])
        told = Counter(entry["action"] for entry in entries)
        granted = told.pop("footage.granted")
        assert granted == 1 or apart  # a dock run again asks for fresh leave to go on with the same recording
        assert told == Counter(ONCE), recording


@pytest.fixture
async def wire_and_stack(tmp_path: Path) -> AsyncIterator[tuple[Wire, Stack]]:
    before = set(psutil.Process().children(recursive=True))
    stack = Stack(tmp_path / "stack", time_scale=0.05)
    wire = Wire(stack.ports.cosmos)
    stack.settings["COSMOS_ENDPOINT"] = f"https://127.0.0.1:{await wire.open()}/"
    try:
        await asyncio.to_thread(stack.start)
        yield wire, stack
    finally:
        await asyncio.to_thread(stack.stop)
        await wire.close()
    assert set(psutil.Process().children(recursive=True)) <= before, "something was left running"


@pytest.fixture
async def aftermath(wire_and_stack: tuple[Wire, Stack]) -> AsyncIterator[Aftermath]:
    settings = wire_and_stack[1].settings
    with pytest.MonkeyPatch.context() as patch:  # a credential reads the environment when it is made, and only then
        for name, value in settings.items():
            patch.setenv(name, value)
        credential = DefaultAzureCredential()
    async with (
        credential,
        Store.of(settings, credential) as store,
        QueueServiceClient(settings["QUEUE_ACCOUNT_URL"], credential=credential) as queues,
    ):
        yield Aftermath(settings=settings, store=store, queues=queues, verifiers=[])


async def test_whatever_is_killed_every_committed_blob_is_one_clip_with_a_true_receipt_and_a_whole_trail(
    wire_and_stack: tuple[Wire, Stack], aftermath: Aftermath, tmp_path: Path
) -> None:
    (wire, stack), log = wire_and_stack, [f"seed {SEED}"]
    folder = tmp_path / "evening"
    folder.mkdir()
    host = Hosted(stack, more=QUICK, options=HIDDEN)
    await asyncio.to_thread(host.start)
    try:
        chance = random.Random(SEED)  # noqa: S311 - moments, not secrets
        evening = Evening(stack=stack, host=host, wire=wire, chance=chance, folder=folder, log=log)
        figures = await evening.run()
        assert (len(figures.docked), figures.kept) == (LOAD.recordings, []), figures.line()
        await stack.delivered(SETTLED_WITHIN)
        await reconciled(stack.settings)
        await aftermath.settled()
        whole = await everything_whole(replace(aftermath, verifiers=await listed_keys(stack.settings)))
        assert {clip.recording for clip in figures.docked} <= whole
        assert len(whole) >= LOAD.recordings + len(DOCKS) * FILES
    except BaseException as failure:
        failure.add_note("\n".join(log))
        raise
    finally:
        await asyncio.to_thread(host.stop)
    print("\n".join(log))  # noqa: T201 - what was killed when, for whoever reads the lane's output


async def everything_whole(aftermath: Aftermath) -> set[str]:
    """Every blob is a clip, and every clip a blob."""
    turn = asyncio.Semaphore(8)

    async def one(path: str) -> str:
        async with turn:
            return await aftermath.must_be_whole(path)

    whole = set(await asyncio.gather(*(one(path) for path in await aftermath.paths())))
    assert whole == await aftermath.clips()
    return whole


async def reconciled(settings: dict[str, str]) -> None:
    token = mint(settings, role="operator", name="Op")
    operator = Person(name="Op", base_url=settings["PUBLIC_BASE_URL"], token=token)
    asked = {"dryRun": False, "reason": "after the evening"}
    reply = await asyncio.to_thread(operator.post, "/api/reconciliations", asked)
    assert reply.must_be(200).body["endedAt"]


async def listed_keys(settings: dict[str, str]) -> list[Verifier]:
    nobody = Person(name="nobody", base_url=settings["PUBLIC_BASE_URL"], token="")
    reply = await asyncio.to_thread(nobody.get, "/api/keys")
    return [Verifier.parse(key["verifier"]) for key in reply.must_be(200).body["keys"]]
