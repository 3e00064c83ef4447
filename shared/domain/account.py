"""Account: whether each line of the ledger still has its entry in the record store, and which lines a night looks at.

A line does not say whose trail it is in, so that nobody who verifies a trail misses entries that were taken off its end
(docs/threat-model.md). The service misses them: it has both.

A1  A line is accounted for by an entry of its id that says what the line binds, in its own trail, and that leaf; or by
    an entry that tells of its erasure, and is believed.
A2  A line is looked at in the first night after it was sealed and its entry was told so, and then once in any 30
    nights: a whole bundle at a time, those of one remainder each night. Which ones that are hangs on the night alone,
    and on nothing that anybody could have written into the records.
A3  A run that stops goes on where it stopped, first with what is new, and then with what nights before this one still
    owe, at most 30 of them.
A4  What tells of an erasure is believed if its own line is accounted for, and it lies in the trail of what it erases:
    the ledger has that line at that leaf, and the entry that followed there is accounted for and names what it bound.
    Nothing of the service writes such an entry; one that is sealed and not believed is told. Of two erased one after
    the other the first has no follower, and is told as gone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, ClassVar

from shared.domain.ledger import commitment
from shared.domain.reconcile_rounds import ROUND, Turn, nights_owed
from shared.domain.seal import LEDGER
from shared.domain.tiles import FULL

# Entries about a clip lie in its own partition, whatever else lies where it may (usecases, Draft).
IN_THE_CLIP_S_TRAIL = ("footage.", "approval.", "receipt.", "fixity.", "trail.", "entry.erased")
BUT_NOT = frozenset({"footage.searched"})
NUMBER = re.compile(r"[0-9]{1,15}")  # less than any store makes a float of


class Finding(StrEnum):
    """GONE: no entry has the id. CHANGED: it says something else than was sealed. MOVED: it
    lies in another trail than its own, or says another place in the ledger than it has. UNTRUE: an
    entry tells of an erasure, and is not believed.
    """

    GONE = "gone"
    CHANGED = "changed"
    MOVED = "moved"
    UNTRUE = "untrue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """How far it was looked: at all lines below `checked`, and of the older bundles that have their turn in `night` at
    all below `bundles`.
    """

    kind: ClassVar[str] = "accounting"
    id: ClassVar[str] = "accounting"
    pk: ClassVar[str] = LEDGER

    checked: int
    night: date
    bundles: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The lines of `bundle` from `first` on and before `end`. `night`: since when it is owed, if it is an older one."""

    bundle: int
    first: int
    end: int
    night: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the record store has under an entry's id. `bound`: the commitment of it as it lies there, so that an entry
    of another release is what it was sealed as; None if none can be made.
    """

    id: str
    pk: object
    subject: object
    action: object
    leaf: object
    pending: object
    bound: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unaccounted:
    """A line that is not accounted for: its leaf, and the id that its entry has or had."""

    leaf: int
    entry: str
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What an entry tells of one that was erased: in whose trail it was, its number there, its id and its leaf."""

    trail: str
    number: int
    entry: str
    leaf: int


def begun(known: Accounting | None, *, size: int, night: date) -> Accounting:
    """Where a run begins in a ledger of that size; a record that says more than there is was set by somebody."""
    if known is None:
        return Accounting(checked=0, night=night, bundles=0)
    return replace(known, checked=min(max(known.checked, 0), size))


def owed(known: Accounting, *, size: int, night: date) -> Iterator[Stretch]:
    """Rules A2 and A3: what is to be looked at in that night, in its order."""
    first = known.checked
    while first < size:
        end = min(size, (first // FULL + 1) * FULL)
        yield Stretch(bundle=first // FULL, first=first, end=end)
        first = end
    older = known.checked // FULL
    for each in nights_owed(Turn(night=known.night, prefix=""), night):
        done = known.bundles if each == known.night else 0
        for index in range(each.toordinal() % ROUND, older, ROUND):
            if index >= done:
                yield Stretch(bundle=index, first=index * FULL, end=(index + 1) * FULL, night=each)


def looked_at(known: Accounting, stretch: Stretch) -> Accounting:
    if stretch.night is None:
        return replace(known, checked=stretch.end)
    return replace(known, night=stretch.night, bundles=stretch.bundle + 1)


def over(known: Accounting, *, night: date) -> Accounting:
    """All that the night owed was looked at."""
    return replace(known, night=night, bundles=known.checked // FULL)


def kept(document: Mapping[str, Any]) -> Kept:
    """Of a document that somebody may have written behind the service: nothing in it is relied on."""
    try:
        bound = commitment(document)
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        bound = None
    of = {name: document.get(name) for name in ("pk", "subject", "action", "leaf", "pending")}
    return Kept(id=document["id"], bound=bound, **of)


def judged(leaf: int, entry: str, committed: str, found: Sequence[Kept]) -> Unaccounted | None:
    """Rule A1, of what has the id; None if the line is accounted for by one of them."""
    bound = [each for each in found if each.bound == committed]
    if any(each.leaf == str(leaf) and each.pending is False and _is_at_home(each) for each in bound):
        return None
    finding = Finding.MOVED if bound else Finding.CHANGED if found else Finding.GONE
    return Unaccounted(leaf=leaf, entry=entry, finding=finding)


def _is_at_home(entry: Kept) -> bool:
    action = str(entry.action)
    of_a_clip = action.startswith(IN_THE_CLIP_S_TRAIL) and action not in BUT_NOT
    return entry.pk == entry.subject if of_a_clip else True


def leaf_said(entry: Kept) -> int | None:
    """The leaf that an entry says it has, if it says one that there could be."""
    return _number(entry.leaf)


def erasure(document: Mapping[str, Any]) -> Erasure | None:
    """What a document tells that somebody may have written behind the service; None if it is not all of an erasure."""
    told, trail = _before(document.get("changes")), document.get("pk")
    number, leaf, entry = _number(told.get("number")), _number(told.get("leaf")), told.get("entry")
    if number is None or leaf is None or not isinstance(entry, str) or not isinstance(trail, str):
        return None
    return Erasure(trail=trail, number=number, entry=entry, leaf=leaf)


def _before(changes: object) -> dict[str, object]:
    listed = changes if isinstance(changes, list) else []
    told = [(each.get("field"), each.get("before")) for each in listed if isinstance(each, Mapping)]
    return {name: before for name, before in told if isinstance(name, str)}


def _number(text: object) -> int | None:
    return int(text) if isinstance(text, str) and NUMBER.fullmatch(text) else None
