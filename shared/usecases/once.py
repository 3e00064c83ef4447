"""Once: what was done under an operation key is not done again, and the key is good for that alone.

A retry may meet a state in which it would be refused by now: that it was done tells more than the refusal.
"""

from collections.abc import Awaitable, Callable, Collection

from shared.domain.entry import Draft, Entry
from shared.errors import Conflict, Refusal
from shared.ports import Records
from shared.usecases.commit import Committed, commit, done_before


async def done_once(records: Records, draft: Draft, do: Callable[[], Awaitable[Committed]]) -> Committed:
    """What `do` committed under `draft`, now or before. Raises its refusal if it was never done."""
    try:
        return await do()
    except Refusal:
        entry = await done_before(records, draft)
        if entry is None:
            raise
        return Committed(entry, again=True)


async def commit_unless_done(records: Records, draft: Draft) -> None:
    """Enter it if it is not entered yet. It is looked for first, so that a flood of the same costs a read each."""
    if await done_before(records, draft) is None:
        await commit(records, draft)


def must_be_the_same(
    entry: Entry, draft: Draft, *, what: str, chosen: bool = True, beside: Collection[str] = ()
) -> None:
    """Raises Conflict if the entry tells of another request than the draft. What was before is no part of either.

    `chosen`: whether the caller chose what it became. If not, the reason alone tells two requests apart. `beside`: the
    fields that the entry tells of beyond what was asked.
    """
    then, now = ({each.field: each.after for each in of.changes if each.field not in beside} for of in (entry, draft))
    if (entry.subject, entry.reason) != (draft.subject, draft.reason) or (chosen and then != now):
        raise used_before(what)


def used_before(what: str) -> Conflict:
    """The refusal of a key that was used for `what` instead."""
    return Conflict(f"this Idempotency-Key was used for {what}", field="Idempotency-Key")
