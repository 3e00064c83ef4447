"""The queue and the topic: what was asked is asked, what was announced is announced, and names no person."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.eventgrid.aio import EventGridPublisherClient
from azure.storage.queue import QueueMessage
from azure.storage.queue.aio import QueueClient

from local.stack import Stack
from shared.adapters.queue_fixity import MOST_PEEKED, QueueFixity
from shared.adapters.topic_announcer import TopicAnnouncer
from shared.domain.footage import Clip, OfficerId, State
from shared.domain.health import Backlog
from shared.wiring import POISON, QUEUE
from tests.builders import NOW, a_clip, a_decision, an_actor, fresh_id
from tests.fakes import MemoryAnnouncer, MemoryQueue

pytestmark = pytest.mark.stack
DEADLINE_SECONDS = 10.0


@pytest.fixture
async def queue(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[QueueClient]:
    """A queue of this test's own, so that nobody else reads from it."""
    async with QueueClient(settings["QUEUE_ACCOUNT_URL"], f"fixity-{fresh_id()}", credential) as client:
        await client.create_queue()
        yield client
        await client.delete_queue()


async def test_a_message_on_the_queue_names_the_clip_as_the_trigger_expects_it(queue: QueueClient) -> None:
    clips = [fresh_id() for _ in range(3)]
    for clip in clips:
        await QueueFixity(queue).ask(clip)

    messages = [message async for message in queue.receive_messages(max_messages=10)]
    said = [json.loads(base64.b64decode(message.content, validate=True)) for message in messages]
    assert said == [{"clip": clip} for clip in clips]


async def test_a_message_waits_for_as_long_as_it_must(queue: QueueClient) -> None:
    await QueueFixity(queue).ask(fresh_id())

    (message,) = await queue.peek_messages()
    assert message.expires_on is not None
    assert message.expires_on.year > NOW.year + 100


async def test_what_waits_is_counted_and_the_oldest_of_it_dated(queue: QueueClient) -> None:
    asked = QueueFixity(queue)
    assert await asked.waiting() == Backlog(count=0)

    await asked.ask(fresh_id())
    (message,) = await queue.peek_messages()
    first, sent = inserted(message), 2
    assert first.tzinfo is not None
    async with asyncio.timeout(DEADLINE_SECONDS):
        while inserted(await queue.send_message("later")) <= first:  # the storage tells times in whole seconds
            sent += 1
    for _ in range(2):  # looking takes nothing away
        assert await asked.waiting() == Backlog(count=sent, oldest=first)


def inserted(message: QueueMessage) -> datetime:
    assert message.inserted_on is not None
    return message.inserted_on


async def test_a_question_that_is_worked_on_is_counted_and_not_dated(queue: QueueClient) -> None:
    await QueueFixity(queue).ask(fresh_id())
    taken = await queue.receive_message(visibility_timeout=60)
    assert taken is not None

    assert await QueueFixity(queue).waiting() == Backlog(count=1)
    await queue.update_message(taken, visibility_timeout=0)
    assert await QueueFixity(queue).waiting() == Backlog(count=1, oldest=taken.inserted_on)


async def test_more_than_is_shown_at_once_is_counted_whole(queue: QueueClient) -> None:
    await asyncio.gather(*(QueueFixity(queue).ask(fresh_id()) for _ in range(MOST_PEEKED + 3)))
    found = await QueueFixity(queue).waiting()
    assert (found.count, found.oldest is None) == (MOST_PEEKED + 3, False)


async def test_the_queues_that_are_asked_after_are_there(
    settings: dict[str, str], credential: AsyncTokenCredential
) -> None:
    for name in (QUEUE, POISON):
        async with QueueClient(settings["QUEUE_ACCOUNT_URL"], name, credential) as client:
            assert (await QueueFixity(client).waiting()).count is not None


async def test_a_queue_that_is_not_there_is_a_fault(settings: dict[str, str], credential: AsyncTokenCredential) -> None:
    async with QueueClient(settings["QUEUE_ACCOUNT_URL"], f"absent-{fresh_id()}", credential) as absent:
        with pytest.raises(Exception, match="QueueNotFound"):
            await QueueFixity(absent).ask(fresh_id())
        with pytest.raises(Exception, match="QueueNotFound"):
            await QueueFixity(absent).waiting()


async def test_the_fakes_remember_what_was_asked_and_announced() -> None:
    queue, announcer, clip = MemoryQueue(), MemoryAnnouncer(), a_clip()
    await queue.ask(clip.id)
    await announcer.footage_indexed(clip, now=NOW)

    assert queue.asked == [clip.id]
    assert await queue.waiting() == Backlog(count=1, oldest=queue.since)
    assert announcer.announced == [(clip, NOW)]


@pytest.fixture
async def announcer(settings: dict[str, str], credential: AsyncTokenCredential) -> AsyncIterator[TopicAnnouncer]:
    async with EventGridPublisherClient(settings["EVENTS_TOPIC_URL"], credential) as client:
        yield TopicAnnouncer(client)


async def published(stack: Stack, clip: Clip, number: int) -> list[dict[str, Any]]:
    """The events about the clip, once there are so many."""
    until = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < until:
        found = [event for event in stack.published_events() if event["subject"] == f"footage/{clip.id}"]
        if len(found) >= number:
            return found
        await asyncio.sleep(0.01)
    raise AssertionError(f"there were never {number} events about the clip")


async def test_an_announcement_is_an_event_with_ids_and_facts(announcer: TopicAnnouncer, stack: Stack) -> None:
    clip = a_clip(id=fresh_id(), state=State.QUARANTINED)
    await announcer.footage_indexed(clip, now=NOW)

    (event,) = await published(stack, clip, 1)
    assert (event["type"], event["source"], event["specversion"]) == (
        "Continuity.FootageIndexed",
        "/continuity",
        "1.0",
    )
    assert event["time"].startswith("2026-11-25T20:52:56")
    assert event["data"] == {
        "clip": clip.id,
        "borough": clip.borough,
        "dock": clip.dock,
        "camera": clip.camera,
        "uploadedAt": "2026-11-25T18:52:56.123456Z",
        "state": "quarantined",
        "size": clip.blob.size,
        "durationMs": 12000,
    }


async def test_an_announcement_names_no_person(announcer: TopicAnnouncer, stack: Stack) -> None:
    person = an_actor(id="P4711", name="PC Grace Hopper")
    decision = a_decision(by=person.id, why="Grace Hopper said so")
    clip = a_clip(id=fresh_id(), officer=OfficerId(person.id), decision=decision, incident="CAD 1 Hopper", media=None)
    await announcer.footage_indexed(clip, now=NOW)

    text = json.dumps(await published(stack, clip, 1))
    assert "P4711" not in text
    assert "Hopper" not in text


async def test_a_repeated_announcement_has_the_same_id_and_another_clips_another(
    announcer: TopicAnnouncer, stack: Stack
) -> None:
    clip, other = a_clip(id=fresh_id()), a_clip(id=fresh_id())
    for each in (clip, other, clip):
        await announcer.footage_indexed(each, now=NOW)

    first, again = await published(stack, clip, 2)
    (another,) = await published(stack, other, 1)
    assert first["id"] == again["id"] != another["id"]
