"""Trails made by the mathematics alone, any entries sealed, erased or waiting; and what can be done without a key."""

import copy
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from shared.domain.ledger import Unproven, commitment, leaf_line, to_base64
from shared.domain.note import Checkpoint, parsed_key, signed
from tests.domain.naive_tree import Naive
from tests.usecases.sealed import KEY, SIGNER
from tools.verifying.report import Report, Unreadable
from tools.verifying.trail import check_trail

SUBJECT = "a clip"
SALT = to_base64(bytes(32))
Export = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry of a trail. `tells`: the number of the earlier one of whose erasure it tells, but for `untold`."""

    sealed: bool = True
    gone: bool = False
    tells: int | None = None
    untold: str = ""


def export_of(parts: Sequence[Part]) -> Export:
    """As the service would write it, with the entry of the export itself at its end."""
    leaves = _leaves(parts)
    entries = [_entry(number) for number in range(1, len(parts) + 2)]
    entries[-1]["action"] = "trail.exported"
    for part, entry in zip(parts, entries, strict=False):
        if part.tells is not None:
            entry.update(_telling(part.tells, entries[part.tells - 1]["id"], leaves[part.tells - 1]))
            entry["changes"] = [each for each in entry["changes"] if each["field"] != part.untold]
    linked(entries)
    lines = [leaf_line(each["id"], committed(each)) for each, leaf in zip(entries, leaves, strict=False) if leaf >= 0]
    tree = Naive(lines)
    text = str(Checkpoint(origin=SIGNER.key.name, size=len(lines), root=tree.root(len(lines))))
    items = [_item(entry, leaf, tree, len(lines)) for entry, leaf in zip(entries, [*leaves, -1], strict=True)]
    return {
        "format": "continuity-trail/v1",
        "subject": SUBJECT,
        "checkpoint": signed(text, SIGNER.key, SIGNER.sign(text.encode())) if lines else None,
        "keys": [KEY],
        "entries": [as_gone(item) if part.gone else item for part, item in zip([*parts, Part()], items, strict=True)],
        "witnessed": [],
    }


def attacked(
    genuine: Export, *, rewritten: Collection[int] = (), hidden: Collection[int] = (), unsealed: Collection[int] = ()
) -> Export:
    """Entries of these numbers rewritten, said to be erased, or said not to be sealed: nothing of it needs a key."""
    export = copy.deepcopy(genuine)
    items: list[Any] = export["entries"]
    for number in {*rewritten, *unsealed}:
        items[number - 1].update(leaf=None, proof=None)
    for number in rewritten:
        items[number - 1]["entry"]["actor"] = "nobody at all"
    added: list[Any] = []
    for number in hidden:
        gone = items[number - 1]
        added.append(_entry(len(items) + len(added)))
        added[-1].update(_telling(number, gone["entry"]["id"], gone["leaf"]))
        items[number - 1] = as_gone(gone)
    items[-1]["entry"]["number"] = len(items) + len(added)
    items[-1:-1] = [{"entry": each, "salt": SALT, "leaf": None, "proof": None} for each in added]
    _relink(items)
    return export


def checked(export: Export) -> Report:
    """What the verifier reports; `wrong` if it refuses."""
    report = Report(given="", keys=[])
    try:
        check_trail(json.dumps(export).encode(), [parsed_key(KEY)], report)
    except (Unproven, Unreadable) as no:
        report.wrong = str(no)
    return report


def committed(entry: Any) -> str:
    return commitment({**entry, "salt": SALT})


def linked(entries: Sequence[Any]) -> None:
    for before, after in zip([None, *entries], entries, strict=False):
        after["previous"] = committed(before) if before else None


def as_gone(item: Any) -> Any:
    entry = item["entry"]
    told = {"number": entry["number"], "id": entry["id"], "commitment": committed(entry)}
    return {"erased": told, "leaf": item["leaf"], "proof": item["proof"]}


def _leaves(parts: Sequence[Part]) -> list[int]:
    """-1 of those that are not sealed."""
    return [sum(each.sealed for each in parts[:at]) if part.sealed else -1 for at, part in enumerate(parts)]


def _entry(number: int) -> dict[str, Any]:
    entry_id = f"{number:08x}-0000-4000-8000-000000000000"
    return {"kind": "entry", "subject": SUBJECT, "number": number, "id": entry_id, "action": "footage.read"}


def _telling(number: int, entry_id: str, leaf: int) -> dict[str, Any]:
    told = {"number": str(number), "entry": entry_id, "leaf": str(leaf)}
    changes = [{"field": field, "before": before, "after": None} for field, before in told.items()]
    return {"action": "entry.erased", "changes": changes}


def _item(entry: Any, leaf: int, tree: Naive, size: int) -> Any:
    if leaf < 0:
        return {"entry": entry, "salt": SALT, "leaf": None, "proof": None}
    return {"entry": entry, "salt": SALT, "leaf": leaf, "proof": list(map(to_base64, tree.path(leaf, 0, size)))}


def _relink(items: Sequence[Any]) -> None:
    """Each that no leaf holds goes on from what stands before it now."""
    for before, after in zip([None, *items], items, strict=False):
        if "entry" in after and after["leaf"] is None:
            after["entry"]["previous"] = _committed_of(before) if before else None


def _committed_of(item: Any) -> str:
    told: str = item["erased"]["commitment"] if "erased" in item else committed(item["entry"])
    return told
