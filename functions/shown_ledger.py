"""What the doors of the ledger show as JSON. Hashes are base64."""

from functions.shown import Shown


class ShownConsistency(Shown):
    """The proof (RFC 6962 section 2.1.2) that a ledger of `new` entries begins with that of `old`."""

    old: int
    new: int
    proof: tuple[str, ...]


class ShownCosigned(Shown):
    """Of the checkpoint of the ledger of `size` entries, the cosignatures of these witnesses are kept."""

    size: int
    witnesses: tuple[str, ...]


class ShownProof(Shown):
    """That an entry is in the ledger: RFC 6962 section 2.1.1, at `leaf` of the tree of `checkpoint`.

    The leaf is the line `v1 <id> <commitment>`.
    """

    id: str
    commitment: str
    leaf: int
    proof: tuple[str, ...]
    checkpoint: str
