"""Follow: after a restore of the record store, the head goes again to where the published files have gone.

    1. from the last checkpoint the head says is published, go along what follows it (domain/seal.py, S4) to the newest
    2. read that tree from its tiles: it must be the one that was signed, and begin with the one of step 1
    3. of each line since: the entry it stands for, if the record store still has that one, is told its leaf
    4. replace the head, with an entry that tells from where to where

Signed is what a key signed that whoever follows was given: who may add files and has no key could plant what never was,
and with its next batch seal would sign the whole. It publishes nothing and signs nothing. An entry that the restore
took is named as missing: its line stays, and proves that there was one. A crash before 4 leaves entries told of leaves
that are theirs; the next try goes the same way.
Refused, with the head as it was, is what does not follow: Unproven, and Gone where a file is not there.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from shared.domain.entry import Asking, Change, Draft, Operation, stored
from shared.domain.ledger import Tree, Unproven, commitment, parsed_leaf_line, root_of, to_base64, tree_at
from shared.domain.note import Check, Checkpoint, VerifierKey, parsed_checkpoint
from shared.domain.seal import LEDGER, Head, checkpoint_path, line_of, signed_by_the_ledger, successor_path
from shared.domain.tiles import FULL, hashes_in_tiles
from shared.ports import Create, Gone, Held, LedgerFiles, Records, Replace
from shared.usecases.commit import commit
from shared.usecases.prove import Tiles
from shared.usecases.seal_publish import tell_leaves
from shared.usecases.side_by_side import each

BATCH = "followed"  # the head's, which is finished, so that nobody looks for what is in it


@dataclass(slots=True)
class Followed:
    """From which size to which; how many entries were told, or are to be; the ids of those missing, by leaf."""

    before: int
    after: int
    told: int = 0
    missing: dict[int, str] = field(default_factory=dict)


async def follow(
    *,
    asking: Asking,
    origin: str,
    keys: Sequence[VerifierKey],
    check: Check,
    records: Records,
    files: LedgerFiles,
    at_once: int,
    apply: bool,
) -> Followed:
    """`keys` of the ledger, older ones too. Without `apply` it only looks. Raises Unproven and Gone.

    Where nothing follows the head, nothing is done.
    """
    held = await records.ledger_head()
    before = held.record.checkpointed if held else 0
    follower = _Follower(records, files, keys, check, origin, at_once, apply)
    followed = Followed(before=before, after=await follower.newest_after(before))
    if followed.after == before:
        return followed
    tree = await follower.signed_tree(followed, held.record if held else None)
    async for leaf, lines in follower.lines_of(followed):
        of_these = [partial(follower.tell, leaf + at, line, followed) for at, line in enumerate(lines)]
        await each(of_these, at_once)
    if apply:
        await commit(records, _draft(asking, followed), _replaced(held, tree, asking))
    return followed


@dataclass(frozen=True, slots=True)
class _Follower:
    records: Records
    files: LedgerFiles
    keys: Sequence[VerifierKey]
    check: Check
    origin: str
    at_once: int
    apply: bool

    async def newest_after(self, size: int) -> int:
        """Step 1. Each link must lead to a checkpoint that was signed."""
        while text := await self._follower_of(size):
            if (await self._signed(larger := parsed_checkpoint(text).size)) != text or larger <= size:
                raise Unproven(f"{successor_path(size)}: it is not the checkpoint that was signed")
            size = larger
        return size

    async def signed_tree(self, followed: Followed, head: Head | None) -> Tree:
        """Step 2. A head in the middle of a batch may be of one that lost (Differs), so that its root says nothing."""
        tiles = Tiles(self.files)
        before, after = [
            await tiles.work(lambda read: tree_at(size, hashes_in_tiles(followed.after, read)))  # noqa: B023 - not kept
            for size in (followed.before, followed.after)
        ]
        for tree in (before, after):
            text = str(Checkpoint(origin=self.origin, size=tree.size, root=root_of(tree)))
            if tree.size and text != await self._signed(tree.size):
                raise Unproven(f"{checkpoint_path(tree.size)}: it is not of the tree in the tiles of {after.size}")
        if head and head.size == before.size and head.root != to_base64(root_of(before)):
            raise Unproven("head: its root is not that of the published tree of its size")
        return after

    async def lines_of(self, followed: Followed) -> AsyncIterator[tuple[int, list[bytes]]]:
        """The lines since, a bundle at a time, each with its first leaf."""
        tiles = Tiles(self.files)
        for index in range(followed.before // FULL, -(-followed.after // FULL)):
            lines = await tiles.lines(index, followed.after)
            known = max(followed.before - index * FULL, 0)
            yield index * FULL + known, lines[known:]

    async def tell(self, leaf: int, line: bytes, followed: Followed) -> None:
        """Step 3 for one. An entry of that id which the line does not bind was made after the restore: it waits."""
        entry_id, committed = parsed_leaf_line(line)
        entry = await self.records.entry_anywhere(entry_id)
        if entry is None or commitment(stored(entry)) != committed:
            followed.missing[leaf] = entry_id
        elif entry.pending:
            followed.told += 1
            if self.apply:
                await tell_leaves(leaf, [line_of(entry)], taken=(), records=self.records, at_once=1)
        elif entry.leaf != str(leaf):
            raise Unproven(f"entry {entry_id}: it says leaf {entry.leaf}, and the ledger has it at {leaf}")

    async def _follower_of(self, size: int) -> str | None:
        try:
            return (await self.files.read(successor_path(size))).decode()
        except Gone:
            return None

    async def _signed(self, size: int) -> str:
        path = checkpoint_path(size)
        try:
            return signed_by_the_ledger(await self.files.read(path), self.origin, self.keys, self.check).text
        except Unproven as no:
            raise Unproven(f"{path}: {no}") from None


def _replaced(held: Held[Head] | None, tree: Tree, asking: Asking) -> Create | Replace:
    head = Head(
        size=tree.size,
        root=to_base64(root_of(tree)),
        peaks=tuple(map(to_base64, tree.peaks)),
        batch=BATCH,
        sealed_at=asking.at,
        checkpointed=tree.size,
        finished=tree.size,
    )
    return Replace(head, held.version) if held else Create(head)


def _draft(asking: Asking, followed: Followed) -> Draft:
    told = (
        Change(field="size", before=str(followed.before), after=str(followed.after)),
        Change(field="missing", before=None, after=str(len(followed.missing))),
    )
    return Draft(
        asking=asking,
        pk=LEDGER,
        action="ledger.followed",
        operation=Operation.ADMINISTRATION,
        subject=LEDGER,
        changes=told,
    )
