"""A whole ledger in memory, held against its root by the verifier's own pass over its files."""

from collections.abc import Callable, Iterator

from shared.domain.note import Checkpoint
from shared.domain.tiles import Tile, parsed_tile_path
from tools.verifying.follow import Claim, Following


class InMemory:
    """Files by the tile that they are; reading one that is not there raises KeyError."""

    def __init__(self, read: Callable[[Tile], bytes]) -> None:
        self._read = read

    def read(self, path: str, most: int) -> bytes | None:
        try:
            return self._read(parsed_tile_path(path))[: most + 1]
        except KeyError:
            return None

    def names(self, path: str) -> Iterator[str]:
        return iter(())

    def close(self) -> None:
        """Nothing is kept open."""


def check_tiles(size: int, root: bytes, read: Callable[[Tile], bytes]) -> None:
    """All tiles and the root follow from the entries. Raises Unproven, naming the file."""
    checkpoint = Checkpoint(origin="followed.test/ledger", size=size, root=root)
    Following(InMemory(read), checkpoint).check(iter([Claim(name="root", size=size, root=root)]))
