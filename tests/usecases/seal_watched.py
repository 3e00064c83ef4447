"""Who looks at the ledger from outside while it is sealed: a witness between any two calls, fsck when all is over."""

from dataclasses import dataclass
from pathlib import Path

from shared.domain.ledger import EMPTY_ROOT, check_consistency, prove_consistency
from shared.domain.seal import Head, checkpoint_path
from shared.domain.tiles import hashes_in_tiles
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.schedules import Choose
from tests.usecases.sealing import file_of
from tools.verifying.files import check_ledger
from tools.verifying.report import Report
from tools.verifying.signed import Keys, checked_checkpoint


async def keys_of(world: World) -> Keys:
    """Those that anybody has who verifies the ledger."""
    return [key for key in await world.keys.verifiers() if key.name == LEDGER_KEY]


@dataclass(slots=True)
class Witness:
    """Sees every checkpoint that is served; raises AssertionError or Unproven at the first it would not cosign."""

    world: World
    keys: Keys
    size: int = 0
    root: bytes = EMPTY_ROOT

    def look(self) -> None:
        served = [record.checkpointed for record in self.world.records.everything() if isinstance(record, Head)]
        size = max(served, default=0)
        assert size >= self.size, f"a checkpoint of {self.size} was taken back: {size} is served"
        if size == self.size:
            return
        report = Report(given="what is served", keys=[])
        checkpoint = checked_checkpoint(self.world.ledger.files[checkpoint_path(size)], self.keys, report)
        proof = prove_consistency(self.size, size, hashes_in_tiles(size, file_of(self.world)))
        check_consistency(self.size, self.root, size, checkpoint.root, proof)
        assert checkpoint.size == size
        self.size, self.root = size, checkpoint.root

    def watching(self, choose: Choose) -> Choose:
        """The schedule, looked at before each of its choices."""

        def watched(options: int) -> int:
            self.look()
            return choose(options)

        return watched


def must_be_clean(world: World, keys: Keys, folder: Path) -> None:
    """`python -m tools.verify ledger` finds nothing wrong and leaves nothing out, in a folder that is empty."""
    report = Report(given="ledger", keys=[])
    check_ledger(str(world.ledger.laid_in(folder)), keys, report, earlier=None)
    assert report.unchecked == []
