"""What others saw: the cosigned checkpoints that a trail brings along, and what of the trail was in each.

W1  Each is a checkpoint of the same log that a witness cosigned, no larger than the one the trail's proofs lead to. The
    log may have signed it with an older key: what its newer one signed goes on from it (W2).
W2  Its proof shows that the trail's ledger begins with it (RFC 9162 section 2.1.4.2): another history has none.
W3  A witness is believed by a key from elsewhere. Of a witness whose key was given and who is not here it is told that
    nothing was heard: its word can be left out of a file, but not unnoticed.
W4  Of the trail it is told what a witness's ledger had, or bound by what it had (links.py, L2): no more could not have
    been changed since.
"""

from collections.abc import Sequence
from typing import Any

from shared.domain.ledger import Unproven, check_consistency
from shared.domain.note import Checkpoint, VerifierKey
from tools.verifying.given import hashes, shaped
from tools.verifying.links import Link, bound, spans
from tools.verifying.report import Report
from tools.verifying.signed import Keys, Signed, cosigned_checkpoint, missed, moment

MOST = 100  # items: more witnesses than any note has signatures


def check_witnessed(
    items: Sequence[Any], checkpoint: Checkpoint | None, links: Sequence[Link], keys: Keys, report: Report
) -> None:
    """`links`: the trail's entries, in order. Raises Unproven, naming the item."""
    if len(items) > MOST:
        raise Unproven(f"witnessed: there are more than {MOST}")
    heard: dict[VerifierKey, int] = {}
    for number, item in enumerate(items, start=1):
        what = f"witnessed {number}"
        seen = _seen(what, item, checkpoint, keys)
        heard |= seen.witnesses
        _tell(seen, links, report)
    missed(keys, heard, report)


def _seen(what: str, item: Any, checkpoint: Checkpoint | None, keys: Keys) -> Signed:
    told = shaped(item, what, checkpoint=str, proof=list)
    try:
        seen = cosigned_checkpoint(told["checkpoint"].encode(), keys)
        if checkpoint is None or seen.checkpoint.origin != checkpoint.origin:
            raise Unproven("the trail's own checkpoint is of another ledger, or there is none")
        proof = hashes("consistency", told["proof"])
        older = seen.checkpoint
        check_consistency(older.size, older.root, checkpoint.size, checkpoint.root, proof)
    except Unproven as no:
        raise Unproven(f"{what}: {no}") from None
    if not seen.witnesses and {*seen.unknown} <= {seen.checkpoint.origin}:
        raise Unproven(f"{what}: nobody but the force itself signed it")
    return seen


def _tell(seen: Signed, links: Sequence[Link], report: Report) -> None:
    size = seen.checkpoint.size
    begins = f"a ledger of {size} lines, with which this one begins: {_there(size, links)}"
    for witness, at in seen.witnesses.items():
        report.checked.append(f"witness {witness.name} saw at {moment(at)} {begins}")
    for name in seen.unknown:
        what = "the log itself signed, with another key," if name == seen.checkpoint.origin else f"{name} saw"
        report.unchecked.append(f"whether {what} {begins}: give its verifier key with --key")


def _there(size: int, links: Sequence[Link]) -> str:
    within = [link.leaf is not None and link.leaf < size for link in links]
    if not any(within):
        return "no entry of this trail was in it yet"
    held = bound(links, size)
    alone = "" if held == within else ", or bound by a later one that was"
    return f"entries {spans(held)} of this trail were in it{alone}"
