"""Commit: state and the entry that tells of it, in one transaction or not at all.

    1. read the trail; 2. where the state to write hangs on what else lies in the partition, read that and decide;
    3. give the entry its number and its link; 4. write entry, trail and state together.

Another entry that got there first is met as a clash on the trail: read it again and take the next number. The same
entry met again is a retry of something that was done: that is said, and the verb answers as the first time. A clash
on the state is the verb's business: it decided on something that is no longer so. What was decided in step 2 is
never so: every change in a partition replaces its trail, so whoever came between is met as a clash on the trail, and
the decision is made again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from shared.domain.entry import Change, Draft, Entry, Trail, numbered
from shared.errors import Stale
from shared.ports import Clash, Create, Held, Records, Replace, Write

ENTRY, TRAIL = 0, 1
ATTEMPTS = 100  # each lost race is somebody else's entry written; nobody loses a hundred in a row


class Contended(Exception):
    """So many wrote to one trail at once that this entry found no place. A fault: the caller asks again."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What is written beside the entry; `tells`: the changes it tells of beyond those of its draft."""

    writes: Sequence[Write]
    tells: tuple[Change, ...] = ()


Decide = Callable[[], Awaitable[Decided]]


@dataclass(frozen=True, slots=True)
class Committed:
    """`again`: the entry was there already, so nothing was written now."""

    entry: Entry
    again: bool


async def commit(records: Records, draft: Draft, *writes: Write) -> Committed:
    """Write `writes` and the entry of `draft`. Raises Stale if the state is no longer what the writes replace."""

    async def settled() -> Decided:
        return Decided(writes)

    return await commit_deciding(records, draft, settled)


async def commit_deciding(records: Records, draft: Draft, decide: Decide) -> Committed:
    """Write what `decide` says in step 2 of each attempt, and the entry of `draft`. Raises as it does, and Stale."""
    for _ in range(ATTEMPTS):
        held = await records.trail(draft.pk)
        decided = await decide()
        entry, trail = _numbered(replace(draft, changes=draft.changes + decided.tells), held)
        try:
            await records.write(draft.pk, [Create(entry), trail, *decided.writes])
        except Clash as clash:
            if clash.index == ENTRY:
                return await _found(records, draft)
            if clash.index != TRAIL:
                raise Stale("it changed after it was read; read it again and decide again") from clash
        else:
            return Committed(entry, again=False)
    raise Contended(f"no place in the trail of {draft.pk} after {ATTEMPTS} attempts")


async def done_before(records: Records, draft: Draft) -> Entry | None:
    """The entry of `draft` if an earlier attempt committed it."""
    return await records.entry(draft.pk, draft.id)


def _numbered(draft: Draft, held: Held[Trail] | None) -> tuple[Entry, Write]:
    entry, trail = numbered(draft, held.record if held else None)
    return entry, Replace(trail, held.version) if held else Create(trail)


async def _found(records: Records, draft: Draft) -> Committed:
    entry = await records.entry(draft.pk, draft.id)
    if entry is None:
        raise Contended(f"the entry {draft.id} was met and then not found")
    return Committed(entry, again=True)
