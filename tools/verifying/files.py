"""The whole ledger, in a folder or at an address: every file follows from its entries, every checkpoint is of it.

A folder is laid out as the ledger is served (`checkpoint`, `tile/...`) or as the force stores it, where `checkpoint` is
a folder of all the checkpoints there ever were, by size, `cosignature/<size>/<key id>` what witnesses signed, and
`next/<size>` the text of the checkpoint that was to follow.
"""

import heapq
from contextlib import closing

from shared.domain.ledger import Unproven
from shared.domain.note import Checkpoint
from tools.verifying.beside import check_others
from tools.verifying.follow import Claim, Following
from tools.verifying.places import Folder, place_at
from tools.verifying.report import Report
from tools.verifying.signed import Keys, missed, moment, said, signed_checkpoint
from tools.verifying.stored import Seen, Stored

KEPT = "the checkpoint kept"


def check_ledger(where: str, keys: Keys, report: Report, earlier: bytes | None, token: bytes | None = None) -> None:
    with closing(place_at(where, token)) as place:
        stored, seen = Stored(place, keys), Seen()
        newest = stored.newest()
        report.checked.append(f"{said(newest.checkpoint)}; signed by {newest.log}")
        _check_files(Following(place, newest.checkpoint), stored, seen, _kept(earlier, keys, newest.checkpoint), report)
    if stored.sizes:
        report.checked.append(f"all {len(stored.sizes)} checkpoints of the folder are of this one history")
    else:
        seen.add(newest)
    if isinstance(place, Folder):
        check_others(place, newest.checkpoint, stored, report)
    _tell(seen, keys, report)


def _check_files(following: Following, stored: Stored, seen: Seen, kept: list[Claim], report: Report) -> None:
    signed = following.checkpoint
    newest = [Claim(name="root", size=signed.size, root=signed.root)]
    following.check(heapq.merge(stored.claims(seen), kept, newest, key=lambda claim: claim.size))
    report.checked.append(f"{following.files} files under tile/ and the root, which all follow from the entries")
    for claim in kept:
        report.checked.append(f"{claim.name}, of {claim.size} entries: this ledger begins with exactly those")


def _kept(raw: bytes | None, keys: Keys, newest: Checkpoint) -> list[Claim]:
    if raw is None:
        return []
    before = signed_checkpoint(raw, keys, KEPT).checkpoint
    if before.origin != newest.origin or before.size > newest.size:
        raise Unproven(f"{KEPT}: it is of another ledger, or of a larger one than is here")
    return [Claim(name=KEPT, size=before.size, root=before.root)]


def _tell(seen: Seen, keys: Keys, report: Report) -> None:
    for witness, (size, at) in seen.last.items():
        told = f"witness {witness.name} saw at {moment(at)} a ledger of {size} lines, with which this one begins"
        report.checked.append(told)
    if seen.unknown:
        report.beside.append(f"{seen.unknown} signatures on checkpoints of keys that were not given")
    missed(keys, seen.last, report)
