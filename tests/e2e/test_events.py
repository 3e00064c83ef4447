"""Events as Event Grid may send them: often, together, late, in both schemas, of what is gone, and hostile.

On a stack whose own Event Grid delivers nothing, so that the service hears of a blob what a test sends, and no more.
"""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest
from azure.identity.aio import DefaultAzureCredential

from local.calls import Person
from local.footage import synthesise
from local.servers import footage_created
from local.stack import Stack
from local.stand_ins.subscription import Schema, Subscription
from local.story import cast
from local.tokens import mint
from shared.adapters.blob_footage import BlobFootage
from shared.domain.document import from_document
from shared.domain.footage import Blob
from shared.ports import Gone
from tests.e2e.eventgrid import ANSWERED, CONTAINER, FAULT, Deliveries, created
from tests.e2e.hosted import hosted
from tests.e2e.service import DOCK, Service
from tests.e2e.store import Store

pytestmark = pytest.mark.stack

SEED = 20_261_125
REFUSED = 400
BOTH = (Schema.CLOUD_EVENT, Schema.EVENT_GRID)


@pytest.fixture(scope="module")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack and its host; the stack's own Event Grid wants no event."""
    stack = Stack(tmp_path_factory.mktemp("deaf"))
    own = footage_created(stack.ports)
    unwanted = Subscription(name=own.name, endpoint=own.endpoint, account=own.account, subject_begins_with="/nowhere")
    with Stack(stack.run_file.parent, stack.ports, subscriptions=(unwanted,)) as started, hosted(started):
        yield started


@pytest.fixture(scope="module")
async def service(deaf: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    settings, path = deaf.settings, tmp_path_factory.mktemp("clip") / "clip.mp4"
    synthesise(path, seconds=2, start=datetime(2026, 11, 25, 20, tzinfo=UTC), serial="D01A7F42")
    register = {"station": "Walworth", "borough": "Southwark", "client": DOCK}
    cast(settings).manager.put(f"/api/docks/{DOCK}", register).must_be(200)
    dock = Person(name=DOCK, base_url=settings["PUBLIC_BASE_URL"], token=mint(settings, role="dock", client=DOCK))
    with pytest.MonkeyPatch.context() as patch:  # a credential reads the environment when it is made, and only then
        for name, value in settings.items():
            patch.setenv(name, value)
        credential = DefaultAzureCredential()
    async with credential, Store.of(settings, credential) as store, aiohttp.ClientSession() as session:
        webhook = Deliveries(session=session, host=settings["PUBLIC_BASE_URL"])
        yield Service(dock=dock, webhook=webhook, store=store, content=path.read_bytes())


async def test_one_event_ten_times_at_once_in_both_schemas_is_one_clip_and_one_collection(service: Service) -> None:
    grant = await service.granted()
    event = await service.landed(grant)
    ten = list(itertools.islice(itertools.cycle([(event, schema) for schema in BOTH]), 10))

    await service.webhook.settled(ten)

    clip = await service.verified(grant["recording"])
    assert (clip["state"], clip["integrity"]["state"]) == ("held", "verified")
    assert await service.actions(grant["recording"]) == ["footage.granted", "footage.ingested", "footage.verified"]


async def test_events_of_several_clips_repeated_and_out_of_order_are_one_clip_each(service: Service) -> None:
    grants = [await service.granted() for _ in range(3)]
    events = [await service.landed(grant) for grant in grants]
    several = [(event, schema) for event in events for schema in BOTH * 2]
    random.Random(SEED).shuffle(several)  # noqa: S311 - an order, not a secret

    await service.webhook.settled(several)

    for grant in grants:
        await service.verified(grant["recording"])
        assert await service.actions(grant["recording"]) == ["footage.granted", "footage.ingested", "footage.verified"]


async def test_an_event_that_comes_again_after_everything_is_done_changes_nothing(service: Service) -> None:
    grant = await service.granted()
    event = await service.landed(grant)
    await service.webhook.send(event, schema=Schema.CLOUD_EVENT)
    clip, before = await service.verified(grant["recording"]), await service.everything()

    await service.webhook.settled([(event, schema) for schema in BOTH])

    assert await service.store.document(grant["recording"], grant["recording"]) == clip
    assert await service.everything() == before


async def test_a_second_content_is_an_incident_and_the_first_stays_the_one_addressed(service: Service) -> None:
    grant = await service.granted()
    first = await service.landed(grant)
    await service.webhook.send(first, schema=Schema.CLOUD_EVENT)
    clip = await service.verified(grant["recording"])
    second = await service.landed(grant, service.content + b"\0\0\0\x08free")

    late = [(event, schema) for event in (second, first) for schema in BOTH]
    await service.webhook.settled(late * 2)

    assert (await service.actions(grant["recording"])).count("footage.overwritten") == 1
    assert await service.store.document(grant["recording"], grant["recording"]) == clip
    assert clip["blob"]["etag"] == first["data"]["eTag"] != second["data"]["eTag"]
    with pytest.raises(Gone):  # this storage keeps no versions: what is pinned is refused, never replaced
        await BlobFootage(service.store.blobs).read(from_document(Blob, clip["blob"]), 0, 1)


async def test_a_content_nobody_saw_before_it_was_overwritten_is_an_incident_too(service: Service) -> None:
    grant = await service.granted()
    first = await service.landed(grant, b"what was there for a moment")
    second = await service.landed(grant)

    await service.webhook.settled([(event, schema) for event in (second, first) for schema in BOTH])

    clip = await service.verified(grant["recording"])
    assert clip["blob"]["etag"] == second["data"]["eTag"]
    actions = await service.actions(grant["recording"])
    assert (actions.count("footage.overwritten"), actions.count("footage.ingested")) == (1, 1)


async def test_an_event_of_a_blob_that_never_was_is_answered_and_nothing_is_written(service: Service) -> None:
    before = await service.everything()
    event = created("southwark/2026/11/25/BWV-0412/00000000-0000-8000-8000-000000000000.mp4", "0x8DE000000000001")
    await service.webhook.settled([(event, schema) for schema in BOTH])
    assert await service.everything() == before


async def test_granted_footage_that_is_gone_before_it_was_taken_in_is_entered_once_and_is_no_clip(
    service: Service,
) -> None:
    grant = await service.granted()
    event = await service.landed(grant)
    path = event["subject"].removeprefix(CONTAINER)
    await service.store.blobs.get_blob_client("footage", path).delete_blob()

    await service.webhook.settled([(event, schema) for schema in BOTH * 2])

    assert await service.actions(grant["recording"]) == ["footage.granted", "footage.missing"]


@pytest.mark.parametrize("schema", BOTH)
async def test_of_a_batch_with_one_poison_the_others_are_done_and_the_whole_comes_again_until_it_is_mended(
    service: Service, schema: Schema
) -> None:
    grants = [await service.granted() for _ in range(3)]
    events = [await service.landed(grant) for grant in grants]
    whole = await service.store.document(grants[1]["recording"], "grant")
    await service.store.container.upsert_item({**whole, "expires": "no time at all"})

    others = [grants[0]["recording"], grants[2]["recording"]]
    async with asyncio.timeout(30):  # once would do, but a machine too busy to look at footage has faults of its own
        while len(await service.known(others)) < 2:
            assert await service.webhook.send(*events, schema=schema) == FAULT
    assert await service.webhook.send(*events, schema=schema) == FAULT

    done = ["footage.granted", "footage.ingested", "footage.verified"]
    for recording in others:
        await service.verified(recording)
        assert await service.actions(recording) == done
    assert await service.actions(grants[1]["recording"]) == done[:1]

    await service.store.container.upsert_item(whole)
    assert await service.webhook.send(*events, schema=schema) == ANSWERED
    await service.verified(grants[1]["recording"])
    for grant in grants:
        assert await service.actions(grant["recording"]) == done


def a_path() -> str:
    return "southwark/2026/11/25/BWV-0412/00000000-0000-8000-8000-000000000001.mp4"


HOSTILE: dict[str, dict[str, Any]] = {
    "no data": {"data": None},
    "data that is a text": {"data": "PutBlob"},
    "data that is a list": {"data": [{"api": "PutBlob"}]},
    "an api that is a number": {"data": {"api": 7}},
    "an etag that is a list": {"data": {"api": "PutBlob", "eTag": ["*"]}},
    "an etag of a megabyte": {"data": {"api": "PutBlob", "eTag": "x" * 1_000_000}},
    "another event": {"eventType": "Microsoft.Storage.BlobDeleted"},
    "a subject of another container": {"subject": "/blobServices/default/containers/posters/blobs/a.jpg"},
    "a subject that climbs": {"subject": f"{CONTAINER}../../ledger/checkpoint"},
    "a subject with a NUL": {"subject": f"{CONTAINER}a\0b.mp4"},
    "half a surrogate pair": {"subject": f"{CONTAINER}\ud800.mp4"},
    "a subject of no end": {"subject": f"{CONTAINER}{'a/' * 4000}"},
    "slashes only": {"subject": f"{CONTAINER}///"},
    "a query": {"subject": f"{CONTAINER}{a_path()}?comp=metadata&sig=x"},
    "a folder": {"subject": f"{CONTAINER}southwark/"},
    "no path": {"subject": CONTAINER},
}


@pytest.mark.parametrize("schema", BOTH)
@pytest.mark.parametrize("what", HOSTILE)
async def test_an_event_with_hostile_contents_is_answered_and_nothing_is_written(
    service: Service, what: str, schema: Schema
) -> None:
    before = await service.everything()
    assert await service.webhook.send(created(a_path(), "0x1") | HOSTILE[what], schema=schema) == ANSWERED
    assert await service.everything() == before


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"7", b"[7]", b"\xff\xfe", b"[" * 40_000])
async def test_a_delivery_that_is_no_event_is_refused_and_never_tried_again(service: Service, body: bytes) -> None:
    assert await service.webhook.post(body) == REFUSED
