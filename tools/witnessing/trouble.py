"""How a round of a witness can end otherwise than well."""


class Trouble(Exception):
    """The round came to nothing, for now: nobody answered, or answered what is not to be signed. The next may do."""


class Unusable(Exception):
    """Key, state or command line cannot be used: nothing is done before a person has looked."""


class AnotherHistory(Exception):
    """What is shown is not how what was kept goes on. `notes` are the evidence: a name and a text each."""

    def __init__(self, why: str, notes: dict[str, str]) -> None:
        super().__init__(why)
        self.notes = notes
