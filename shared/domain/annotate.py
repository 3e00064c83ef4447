"""Notes: what people write beside a clip. They go when it goes, and leave a hash that tells nobody what they said.

B1  A note has 1 to 2,000 characters. What is no text but the end of a line is refused at the door.
B2  Notes are added, and never changed: who was wrong writes another.
B3  A clip has at most 90 notes: one transaction must be able to erase them all with it, and has room for 100 writes.
B4  The entry of a note holds the SHA-256 of the note's salt and text, and nothing else of it. The salt lies in the
    note alone: while the note is there its text can be proved, and once it is gone nobody can guess it.
B5  Footage whose weeding has begun, or that is gone, has no more notes to add or to read (categorise.py, rule C2).
"""

import base64
import hashlib
from collections.abc import Sized
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from shared.domain.categorise import must_be_there
from shared.domain.entry import Asking
from shared.domain.footage import Clip, ClipId
from shared.errors import Conflict, Malformed

LONGEST_NOTE = 2000
MOST_NOTES = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """`entry` is the entry that tells of it: a retry meets that entry and writes no second note. Names as they were."""

    kind: ClassVar[str] = "note"

    entry: str
    clip: ClipId
    by: str
    at: datetime
    text: str = field(repr=False)
    salt: str = field(repr=False)
    name: str | None = None
    role: str | None = None

    @property
    def id(self) -> str:
        return f"note-{self.entry}"

    @property
    def pk(self) -> str:
        return self.clip

    @property
    def sha256(self) -> str:
        """Rule B4, in hex."""
        return hashlib.sha256(base64.b64decode(self.salt) + self.text.encode()).hexdigest()


def noted(clip: ClipId, text: str, *, entry: str, asking: Asking) -> Note:
    """The note, by rule B1. Its salt grows from the asking's seed and is none of its entry's."""
    if not 0 < len(text) <= LONGEST_NOTE:
        raise Malformed(f"a note of at most {LONGEST_NOTE} characters is needed", field="text")
    salt = hashlib.sha256(asking.seed + f"note {entry}".encode()).digest()
    actor = asking.actor
    return Note(
        entry=entry,
        clip=clip,
        by=actor.id,
        at=asking.at,
        text=text,
        salt=base64.b64encode(salt).decode("ascii"),
        name=actor.name,
        role=actor.role,
    )


def must_take_a_note(clip: Clip, notes: Sized) -> None:
    """Rules B3 and B5; `notes` are those it has."""
    must_be_there(clip)
    if len(notes) >= MOST_NOTES:
        raise Conflict(f"the clip has {MOST_NOTES} notes, and no room for more")
