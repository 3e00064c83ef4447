"""Annotate: somebody writes a note beside a clip; and whoever may see the clip reads its notes."""

import operator
from collections.abc import Sequence
from dataclasses import replace

from shared.domain.access import Reach
from shared.domain.annotate import Note, must_take_a_note, noted
from shared.domain.categorise import must_be_there
from shared.domain.entry import Asking, Change, Draft, Operation
from shared.domain.footage import Clip, ClipId
from shared.ports import Create, Records
from shared.usecases.commit import Committed, Decided, commit, commit_deciding
from shared.usecases.once import done_once, used_before
from shared.usecases.read import consulted
from shared.usecases.within import within


async def annotate(clip: ClipId, text: str, *, reach: Reach, asking: Asking, records: Records) -> Note:
    """The note. Raises as the rules B1 to B5 say.

    A retry under the same operation key is answered with the note that was written then, as long as it is there.
    """
    held = await within(records, clip, reach)
    draft = _draft(held.record, asking)
    note = noted(clip, text, entry=draft.id, asking=asking)
    done = await done_once(records, draft, lambda: _annotate(note, draft, reach=reach, records=records))
    return await _as_before(note, reach=reach, records=records) if done.again else note


async def notes(clip: ClipId, *, reach: Reach, asking: Asking, records: Records) -> Sequence[Note]:
    """All notes of the clip, the oldest first. Raises Condemned or Weeded, and NotFound out of reach."""
    held = await within(records, clip, reach)
    must_be_there(held.record)
    await commit(records, consulted(held.record, "footage.notes-read", asking))
    found = [each.record for each in await records.notes(clip)]
    return sorted(found, key=operator.attrgetter("at", "entry"))


async def _annotate(note: Note, draft: Draft, *, reach: Reach, records: Records) -> Committed:
    """That it may be is decided beside the trail: no tombstone comes between."""

    async def decide() -> Decided:
        held = await within(records, note.clip, reach)
        must_take_a_note(held.record, await records.notes(note.clip))
        return Decided([Create(note)])

    told = replace(draft, changes=(Change(field="note", before=None, after=note.sha256),))
    return await commit_deciding(records, told, decide)


async def _as_before(note: Note, *, reach: Reach, records: Records) -> Note:
    """The note as it was written at first. Raises Conflict if the key was used for another."""
    before = next((each.record for each in await records.notes(note.clip) if each.record.id == note.id), None)
    if before is None:
        must_be_there((await within(records, note.clip, reach)).record)
        raise RuntimeError(f"the note {note.id} was written and is not there")
    if before.text != note.text:
        raise used_before("another note")
    return before


def _draft(clip: Clip, asking: Asking) -> Draft:
    return Draft(
        asking=asking,
        pk=clip.pk,
        action="footage.annotated",
        operation=Operation.ALTERATION,
        subject=clip.id,
        borough=clip.borough,
    )
