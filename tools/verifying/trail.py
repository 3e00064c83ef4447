"""A clip's exported trail: without a gap, unaltered, and in the ledger. The format is docs/api/trail.md.

T1  Entries are numbered 1, 2, 3 ... and each holds the commitment of the one before it (`previous`).
T2  An entry's commitment is made again from what it says and its salt; nothing in it is left unbound.
T3  The line `v1 <id> <commitment>` is at the entry's leaf of the tree whose root the checkpoint signs.
T4  Up to the last sealed entry each is in the ledger, or bound by one after it that is; one that is gone is erased, or
    missing (links.py).
T5  The last entry is that of the export itself, and never sealed yet. For what stands after the last sealed entry, and
    that nothing was left out there, nobody vouches but whoever made the file: an export made some minutes later shows
    it, in which this one's entries are sealed; and an earlier export, whether sealed ones were taken off the end since.
    What cannot be otherwise is told as open: the export's own entry. Any other that is not sealed is not checked.
T6  What witnesses saw of the ledger is in the file, or its absence told (witnessed.py).
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from shared.domain.ledger import Unproven, bound, check_inclusion, commitment, from_base64, leaf_hash, leaf_line
from shared.domain.note import Checkpoint, parsed_key
from tools.verifying.given import a, hashes, parsed, shaped
from tools.verifying.links import Link, check_links, last_sealed
from tools.verifying.report import Report
from tools.verifying.signed import Keys, checked_checkpoint
from tools.verifying.witnessed import check_witnessed

FORMAT = "continuity-trail/v1"
EXPORTED = "trail.exported"
NAMES = {"format": str, "subject": str, "checkpoint": (str, type(None)), "keys": list, "entries": list}
NAMES |= {"witnessed": list}


def check_trail(raw: bytes, keys: Keys, report: Report) -> None:
    export = shaped(parsed("trail", raw), "trail", **NAMES)
    if export["format"] != FORMAT:
        raise Unproven(f"trail: its format is not {FORMAT}")
    brought = [parsed_key(a("key", key, str)) for key in export["keys"]]
    if not keys:
        report.keys = [f"{key} (brought by the file itself)" for key in brought]
        report.unchecked.append("whose key it is: it came with the file. Give the force's own with --key")
    signed = export["checkpoint"]
    checkpoint = checked_checkpoint(signed.encode(), keys or brought, report) if signed is not None else None
    links = [_link(item, export["subject"], checkpoint) for item in export["entries"]]
    check_links(links, report)
    last = links[-1].entry if links else {}
    if last.get("action") != EXPORTED:
        raise Unproven("trail: it does not end with the entry of its own export, so that later entries are missing")
    _tell(export["subject"], links, report)
    check_witnessed(export["witnessed"], checkpoint, links, keys or brought, report)


def _tell(subject: str, links: Sequence[Link], report: Report) -> None:
    sealed = last_sealed(links)
    if sealed:
        told = f"the trail of {subject}: entries 1 to {sealed} without a gap, each in the ledger of that checkpoint or"
        report.checked.append(f"{told} bound by the one after it, and entry {sealed} is in it")
        alone = sum(link.leaf is not None for link in links)
        report.checked.append(f"{alone} of them are there by their own proofs")
    end = report.open if sealed else report.unchecked
    report.unchecked += [_waiting(link) for link in links[sealed:-1]]
    end += [_waiting(link) for link in links[max(sealed, len(links) - 1) :]]
    end.append(
        f"whether other entries came after entry {sealed}: an export of some minutes later shows it,"
        " and an earlier one whether any were taken off"
    )


def _waiting(link: Link) -> str:
    said = f"entry {link.number} ({link.entry.get('action')}, {link.entry.get('occurredAt')})"
    return f"{said} is not in that ledger yet: only the file itself speaks for it"


def _link(item: Any, subject: str, checkpoint: Checkpoint | None) -> Link:
    """The entry of an item: its commitment made again from entry and salt, and found in the ledger at its leaf."""
    gone = isinstance(item, dict) and "erased" in item
    told = {"erased": dict} if gone else {"entry": dict, "salt": str}
    parts = shaped(item, "trail", **told, leaf=object, proof=object)
    named = shaped(parts["erased"], "erased", number=int, id=str, commitment=str) if gone else parts["entry"]
    number, name = a("number", named.get("number"), int), a("id", named.get("id"), str)
    what = f"entry {number} ({name})"
    committed = named["commitment"] if gone else _committed(what, named, subject, parts["salt"])
    if parts["leaf"] is not None:
        proof = hashes(what, parts["proof"])
        _check_leaf(what, leaf_line(name, committed), a(what, parts["leaf"], int), checkpoint, proof)
    elif gone or parts["proof"] is not None:
        raise Unproven(f"{what}: it has no place in the ledger, but should have one")
    return Link(number=number, id=name, committed=committed, leaf=parts["leaf"], entry={} if gone else named)


def _committed(what: str, entry: dict[str, Any], subject: str, salt: str) -> str:
    if entry.get("kind") != "entry" or entry.get("subject") != subject:
        raise Unproven(f"{what}: it is no entry about {subject}")
    if bound(entry) != entry or len(from_base64(what, salt)) != hashlib.sha256().digest_size:
        raise Unproven(f"{what}: it has a field that nothing binds, or its salt is not 32 bytes")
    try:
        return commitment({**entry, "salt": salt})
    except TypeError as fault:
        raise Unproven(f"{what}: {fault}") from None
    except RecursionError:
        raise Unproven(f"{what}: it is nested more deeply than any entry") from None


def _check_leaf(what: str, line: bytes, leaf: int, checkpoint: Checkpoint | None, proof: list[bytes]) -> None:
    if checkpoint is None:
        raise Unproven(f"{what}: it names a leaf, and there is no checkpoint")
    try:
        check_inclusion(leaf_hash(line), leaf, checkpoint.size, checkpoint.root, proof)
    except Unproven as no:
        raise Unproven(f"{what}: it is not what the ledger has at leaf {leaf}: {no}") from None
