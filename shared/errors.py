"""Every way this service says no. Anything else that is raised is a fault, and is retried.

A refusal is answered: its message is written for the person who asked, names no other person and carries no
text of a store or a library. functions/door.py alone turns a refusal into an HTTP status.
"""


class Refusal(Exception):
    """Base of the expected answers. `field` names what was wrong in what the caller sent, where one was.

    `about` is the id of the clip that was refused, where the address asked for does not name it.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.about: str | None = None


class Malformed(Refusal):
    """What was sent does not say what it must."""


class Unsupported(Refusal):
    """What was sent says what it must, in a standard of which this service does a part, and not that part."""


class Unauthenticated(Refusal):
    """Nobody in particular is asking. `code` is the reason, one of a closed set, safe to count."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message)
        self.code = code


class NotAllowed(Refusal):
    """The caller is known, and this is not among what they may do."""


class SamePerson(NotAllowed):
    """It takes a second person, and the caller is the first."""


class NotFound(Refusal):
    """Nothing by that name, or nothing the caller may know of."""


class WrongMethod(Refusal):
    """What is there is not asked for in that way."""


class NotAcceptable(Refusal):
    """The caller takes no form that this comes in."""


class PreconditionMissing(Refusal):
    """A change must say which version it changes."""


class Stale(Refusal):
    """It changed after it was read. Read it again and decide again."""


class Conflict(Refusal):
    """It exists already, or its state does not admit this."""


class Condemned(Conflict):
    """The clip is being weeded: its deletion has begun."""


class Weeded(Refusal):
    """The clip was weeded. What remains is its tombstone."""


class HeldByStorage(Refusal):
    """The storage refuses to delete: a legal hold or a retention policy lies on the blob."""
