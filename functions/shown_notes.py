"""What the doors show of notes: who wrote what, and when. The salt stays inside."""

from datetime import datetime
from typing import Self

from functions.shown import Shown
from shared.domain.annotate import Note


class ShownNote(Shown):
    """A note. `sha256` is what its entry holds of it: the SHA-256 of a salt and the text."""

    id: str
    entry: str
    by: str
    name: str | None
    role: str | None
    at: datetime
    text: str
    sha256: str

    @classmethod
    def of(cls, note: Note) -> Self:
        return cls.model_validate(note)


class ShownNotes(Shown):
    """All notes of a clip, the oldest first."""

    notes: tuple[ShownNote, ...]
