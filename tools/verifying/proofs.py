"""Single proofs, as the service answers them: that an entry is in the ledger, that a ledger goes on from another.

Neither answer is a word of anybody: each is judged by checkpoints, and these by the key.
"""

from shared.domain.ledger import Unproven, check_consistency, check_inclusion, leaf_hash, leaf_line
from tools.verifying.given import hashes, parsed, shaped
from tools.verifying.report import Report
from tools.verifying.signed import Keys, checked_checkpoint, said, signed_checkpoint


def check_proof(raw: bytes, keys: Keys, report: Report) -> None:
    """The answer of `GET /api/audit/entries/{id}/proof`."""
    told = shaped(parsed("proof", raw), "proof", id=str, commitment=str, leaf=int, proof=list, checkpoint=str)
    checkpoint = checked_checkpoint(told["checkpoint"].encode(), keys, report)
    line = leaf_line(told["id"], told["commitment"])
    proof = hashes("proof", told["proof"])
    check_inclusion(leaf_hash(line), told["leaf"], checkpoint.size, checkpoint.root, proof)
    report.checked.append(f"the line `{line.decode()}` is in the ledger of that checkpoint, at leaf {told['leaf']}")
    report.unchecked.append("what the entry says: a trail shows it, with the salt that the commitment is made with")


def check_continued(raw: bytes, earlier: bytes, later: bytes, keys: Keys, report: Report) -> None:
    """The answer of `GET /api/ledger/consistency`, between two checkpoints that somebody has."""
    told = shaped(parsed("consistency", raw), "consistency", old=int, new=int, proof=list)
    old, new = (
        signed_checkpoint(note, keys, name).checkpoint
        for note, name in ((earlier, "the earlier checkpoint"), (later, "the later checkpoint"))
    )
    for name, checkpoint, size in (("earlier", old, told["old"]), ("later", new, told["new"])):
        if checkpoint.size != size:
            raise Unproven(f"consistency: it is of {size} entries, and the {name} checkpoint of {checkpoint.size}")
    if old.origin != new.origin:
        raise Unproven(f"consistency: the checkpoints are of two ledgers, {old.origin} and {new.origin}")
    check_consistency(old.size, old.root, new.size, new.root, hashes("consistency", told["proof"]))
    report.checked += [f"{said(old)}; signed", f"{said(new)}; signed"]
    report.checked.append(f"the later ledger begins with exactly the {old.size} entries of the earlier one")
