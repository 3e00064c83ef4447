"""Categorise many: somebody says of several clips at once what each of them is.

For each, a few side by side, as if it had come alone:
    1. categorise it, with its entry, in one transaction of its own (categorise.py)
    2. if that is refused, enter the refusal (refuse.py)

What is refused or breaks of one clip is its own result and does not keep the others. A crash in between leaves what was
done done and the rest as it was: asked again under the same key, what was done is answered as it is by then, and the
rest is done.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from shared.domain.access import Reach
from shared.domain.entry import Asking
from shared.domain.footage import Clip, ClipId
from shared.errors import PreconditionMissing
from shared.ports import Held, Records
from shared.usecases.categorise import Category, categorise
from shared.usecases.refuse import ENTERED, clip_refused, refuse

AT_ONCE = 8  # each is five or six calls of the store: more at once and one request would crowd the others out


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What the caller says of one clip, and which version of it they saw; None if they do not say."""

    clip: ClipId
    category: Category
    version: str | None


async def categorise_many(
    sayings: Sequence[Saying],
    *,
    door: str,
    reach: Reach,
    asking: Asking,
    now: Callable[[], datetime],
    records: Records,
) -> Sequence[Held[Clip] | Exception]:
    """Of each saying, in their order: the clip as it now is, the refusal, or the fault. Each clip is named once.

    `door`: where they were said, for the entries of refusals. Each is dated by its own `now`: where the store is slow a
    hundred take minutes, and the feed waits for entries no longer than two (domain/odata/bounds.py, B2).
    """
    places = asyncio.Semaphore(AT_ONCE)

    async def one(saying: Saying) -> Held[Clip] | Exception:
        async with places:
            own = replace(asking, at=now())
            return await _try_one(saying, door=door, reach=reach, asking=own, records=records)

    return await asyncio.gather(*(one(saying) for saying in sayings))


async def _try_one(
    saying: Saying, *, door: str, reach: Reach, asking: Asking, records: Records
) -> Held[Clip] | Exception:
    try:
        return await _as_if_alone(saying, door=door, reach=reach, asking=asking, records=records)
    except Exception as no_or_fault:  # noqa: BLE001 - one bad clip must not keep the rest; the door tells and logs it
        return no_or_fault


async def _as_if_alone(saying: Saying, *, door: str, reach: Reach, asking: Asking, records: Records) -> Held[Clip]:
    try:
        if saying.version is None:
            raise PreconditionMissing("say which version you change: send it as it was shown", field="version")
        return await categorise(
            saying.clip, saying.category, version=saying.version, reach=reach, asking=asking, records=records
        )
    except tuple(ENTERED) as no:
        clip = clip_refused(no, saying.clip)
        await refuse(ENTERED[type(no)], door=door, subject=saying.clip, clip=clip, asking=asking, records=records)
        raise
