"""Footage that is held: nothing of a clip is erased while a hold, a policy or a lease lies on anything of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shared.domain.footage import Blob, ClipId
from shared.errors import HeldByStorage
from tests.builders import JPEG, MICROSECOND, a_path, fresh_id
from tests.contract.storage import RealStorage, Storage
from tests.contract.test_footage import CONTENT, a_fresh_path, everything, must_be_gone


async def test_what_is_on_legal_hold_is_not_erased_and_the_refusal_says_so(storage: Storage) -> None:
    path = a_fresh_path()
    blob = (await storage.put(path, CONTENT)).blob
    await storage.hold(blob)

    with pytest.raises(HeldByStorage):
        await storage.footage.erase(blob)
    with pytest.raises(HeldByStorage):
        await storage.footage.erase_other_versions(path)
    assert await everything(storage.footage, blob) == CONTENT

    await storage.hold(blob, held=False)
    await storage.footage.erase(blob)
    await must_be_gone(storage.footage, blob)


async def test_a_lease_forbids_erasing_as_a_hold_does(storage: Storage) -> None:
    blob = (await storage.put(a_fresh_path(), CONTENT)).blob
    await storage.lease(blob)

    with pytest.raises(HeldByStorage):
        await storage.footage.erase(blob)
    assert await everything(storage.footage, blob) == CONTENT


async def test_a_policy_forbids_erasing_until_it_is_taken_away(storage: Storage) -> None:
    blob = (await storage.put(a_fresh_path(), CONTENT)).blob
    await storage.keep_until(blob, datetime.now(UTC) + timedelta(days=1))

    with pytest.raises(HeldByStorage):
        await storage.footage.erase(blob)
    await storage.keep_until(blob, None)
    await storage.footage.erase(blob)
    await must_be_gone(storage.footage, blob)


@dataclass(frozen=True, slots=True)
class Whole:
    """A clip with its footage, its poster and a rendition, among others of which everything is held."""

    storage: Storage
    clip: ClipId
    blob: Blob

    async def must_be_erasable(self, *, now: datetime | None = None) -> None:
        footage = self.storage.footage
        await footage.must_be_erasable(self.clip, self.blob.path, now=now or datetime.now(UTC))


@pytest.fixture
async def whole(storage: Storage) -> Whole:
    clip = fresh_id()
    blob = (await storage.put(a_path(clip), CONTENT)).blob
    await storage.hold((await storage.put(f"{a_path(clip)}.bak", b"beside")).blob)
    for each in (clip, ClipId(f"{clip}-2")):
        await storage.footage.keep_poster(each, JPEG)
        await storage.rendition(each, "redacted.mp4", b"rendition")
    await storage.hold_poster(ClipId(f"{clip}-2"))
    return Whole(storage, clip, blob)


async def test_a_hold_on_a_rendition_alone_makes_the_clip_not_erasable(real: RealStorage) -> None:
    clip = fresh_id()
    await real.rendition(clip, "redacted.mp4", b"rendition")
    await real.hold_rendition(clip, "redacted.mp4")
    with pytest.raises(HeldByStorage):
        await real.footage.must_be_erasable(clip, a_path(clip), now=datetime.now(UTC))


async def test_what_nothing_lies_on_is_erasable_whatever_lies_on_its_neighbours(whole: Whole) -> None:
    await whole.must_be_erasable()


async def test_where_nothing_is_left_nothing_forbids_erasing(storage: Storage) -> None:
    clip = fresh_id()
    await storage.footage.must_be_erasable(clip, a_path(clip), now=datetime.now(UTC))


async def test_a_legal_hold_on_the_footage_makes_the_clip_not_erasable_until_it_is_lifted(whole: Whole) -> None:
    await whole.storage.hold(whole.blob)
    with pytest.raises(HeldByStorage):
        await whole.must_be_erasable()
    await whole.storage.hold(whole.blob, held=False)
    await whole.must_be_erasable()


async def test_a_policy_makes_the_clip_not_erasable_until_its_time_is_over(whole: Whole) -> None:
    until = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)  # the storage keeps seconds
    await whole.storage.keep_until(whole.blob, until)
    with pytest.raises(HeldByStorage):
        await whole.must_be_erasable()
    with pytest.raises(HeldByStorage):
        await whole.must_be_erasable(now=until - MICROSECOND)
    await whole.must_be_erasable(now=until)
    await whole.storage.keep_until(whole.blob, None)
    await whole.must_be_erasable()


async def test_a_lease_on_the_footage_makes_the_clip_not_erasable(whole: Whole) -> None:
    await whole.storage.lease(whole.blob)
    with pytest.raises(HeldByStorage):
        await whole.must_be_erasable()


async def test_a_hold_on_the_poster_makes_the_clip_not_erasable_and_the_poster_cannot_be_erased(whole: Whole) -> None:
    await whole.storage.hold_poster(whole.clip)
    with pytest.raises(HeldByStorage):
        await whole.must_be_erasable()
    with pytest.raises(HeldByStorage):
        await whole.storage.footage.erase_derived(whole.clip)
    assert await whole.storage.footage.poster(whole.clip) == JPEG


async def test_to_look_whether_a_clip_is_erasable_erases_nothing(whole: Whole) -> None:
    await whole.must_be_erasable()
    assert await everything(whole.storage.footage, whole.blob) == CONTENT
    assert await whole.storage.footage.poster(whole.clip) == JPEG
    assert len(await whole.storage.renditions(whole.clip)) == 1
