"""Why a recording was not receipted. Whatever is raised from here, the recording stays on its camera.

A message names what was wrong in one line and never holds a token, the URL of a grant or a person.
"""


class DockFailure(Exception):
    """Base of them all: this recording may not be wiped."""


class Unfit(DockFailure):
    """The recording cannot be docked as it is, whoever is asked."""


class NoToken(DockFailure):
    """There is nothing to say who is asking."""


class Refused(DockFailure):
    """The service or its storage said no, and would say no again."""

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class GaveUp(DockFailure):
    """It might have worked yet, but patience ran out."""


class Mismatch(DockFailure):
    """What the service holds is not what this dock sent."""


class Withheld(DockFailure):
    """The service has these bytes and signs for none of them yet: it doubts that they are all of the recording."""


class Untrusted(DockFailure):
    """An answer of the service proves nothing: not understood, not signed, or not about this recording."""
