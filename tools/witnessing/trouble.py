"""How a round of a witness can end otherwise than well. `notes` are what was shown: a name and a text each."""


class Trouble(Exception):
    """The round came to nothing, for now: nobody answered, or answered what is not to be signed. The next may do."""


class NoProof(Trouble):
    """That what is shown and what was kept are of one history was not proven, and not that they are of two."""

    def __init__(self, why: str, notes: dict[str, str]) -> None:
        super().__init__(why)
        self.notes = notes


class Unusable(Exception):
    """Key, state or command line cannot be used: nothing is done before a person has looked."""


class AnotherHistory(Exception):
    """The log has signed two histories, and the notes prove it to anybody who has its key."""

    def __init__(self, why: str, notes: dict[str, str]) -> None:
        super().__init__(why)
        self.notes = notes
