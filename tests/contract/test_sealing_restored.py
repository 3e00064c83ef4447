"""A restore of the record store, with every adapter in it: sealing refuses, `tools.follow` mends, sealing goes on."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from azure.cosmos.aio import ContainerProxy

from shared.usecases.commit import commit
from shared.usecases.seal import Forked
from tests.builders import a_draft, an_asking, fresh_id
from tests.contract.sealer import Sealer, Where

pytestmark = [pytest.mark.stack, pytest.mark.slow]

BEFORE, SINCE, AFTER = 5, 3, 2
WHO = "5f0c2f6e-0000-4000-8000-000000000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    where: Where
    sealer: Sealer
    container: ContainerProxy

    async def enter(self, number: int) -> list[str]:
        """So many entries of a trail of their own; their ids."""
        pk = fresh_id()
        drafts = [a_draft(pk=pk, asking=an_asking(request=fresh_id())) for _ in range(number)]
        return [(await commit(self.sealer.records, draft)).entry.id for draft in drafts]

    async def documents(self) -> dict[str, dict[str, Any]]:
        rows = self.container.query_items("SELECT * FROM c")
        return {f"{row['pk']} {row['id']}": row async for row in rows}

    async def restore(self, backup: Mapping[str, dict[str, Any]]) -> None:
        """What came since is gone, and what was replaced since is as it was."""
        for name, row in (await self.documents()).items():
            if name not in backup:
                await self.container.delete_item(row["id"], row["pk"])
        for row in backup.values():
            await self.container.upsert_item({key: v for key, v in row.items() if not key.startswith("_")})

    async def follow(self, *more: str) -> tuple[int, str, str]:
        """The command, as an operator runs it."""
        there = (f"--database={self.where.database}", f"--records={self.where.records}", f"--files={self.where.files}")
        keys = [f"--key={key}" for key in await self.sealer.keys.verifiers()]
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tools.follow", f"--by={WHO}", *keys, *there, *more),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        said, erred = await process.communicate()
        return process.returncode or 0, said.decode(), erred.decode()


@pytest.fixture
def place(where: Where, sealer: Sealer, sealed_records: ContainerProxy) -> Place:
    return Place(where=where, sealer=sealer, container=sealed_records)


async def test_after_a_restore_sealing_refuses_until_the_head_has_followed_the_files(place: Place) -> None:
    await place.enter(BEFORE)
    await place.sealer.seal(most=100)
    waits = await place.enter(1)
    backup = await place.documents()
    lost = await place.enter(SINCE)
    await place.sealer.seal(most=100)
    await place.restore(backup)
    await place.enter(AFTER)
    with pytest.raises(Forked, match="a larger ledger follows the one it says"):
        await place.sealer.seal(most=100)

    code, looked, _ = await place.follow()
    assert (code, looked.splitlines()[-1]) == (0, "would follow: from=5 to=9 told=1 missing=3")
    code, said, _ = await place.follow("--apply")
    assert (code, said.splitlines()[-1]) == (0, "followed: from=5 to=9 told=1 missing=3")
    assert {line.split()[-1] for line in said.splitlines()[:-1]} == set(lost)
    assert (await place.follow())[1] == "would follow: from=9 to=9 told=0 missing=0\n"

    assert (await place.sealer.seal(most=100)).sealed == AFTER + 1  # and the entry that the following is
    told = await place.sealer.records.entry_anywhere(waits[0])
    assert told is not None
    assert (told.pending, told.leaf is not None) == (False, True)


async def test_what_does_not_follow_and_what_is_not_there_are_told_apart(place: Place) -> None:
    await place.enter(BEFORE)
    await place.sealer.seal(most=100)
    await place.sealer.files.keep(f"next/{BEFORE:020}", b"not a checkpoint\n")
    code, said, erred = await place.follow()
    assert (code, said, erred) == (1, "", "error: checkpoint: it is not three or more lines\n")
    code, said, erred = await place.follow("--records=absent")
    assert (code, said, erred.startswith("error: something could not be reached: ")) == (2, "", True)
