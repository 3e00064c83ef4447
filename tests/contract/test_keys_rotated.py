"""tools/keys rotates in a vault while the service runs: nothing signed before stops verifying, and nobody is alarmed.

Each service has its own memory of the vault, as instances have: one may sign with the older key for ten minutes yet.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from azure.core.credentials_async import AsyncTokenCredential
from azure.keyvault.secrets.aio import SecretClient

from shared.adapters.vault_keys import USED_FOR_SECONDS, VaultKeys
from shared.domain.note import parsed_note, signed, signers
from shared.domain.seal import checkpoint_path
from shared.usecases.seal import seal
from tests.builders import fresh_id
from tests.fakes import Moment, Outage, World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.scenes import by_the_service
from tests.usecases.sealing import LATER, checkpoints, copied, must_be_one_history, the_head, wait
from tools.keys import LEDGER, PAGES, RECEIPTS, create, rotate, show
from tools.verify import main as verify
from tools.verifying.signed import ed25519

pytestmark = pytest.mark.stack
VERIFIED, NOT_VERIFIED = range(2)
RECEIPT = "continuity-receipt/v1\nrecording\nversion\n1\nhash\ntime\n"


class Vault:
    """The real vault, in which this test's keys lie under names of their own."""

    def __init__(self, client: SecretClient) -> None:
        self._client, self._suffix = client, fresh_id()

    def named(self, name: str) -> str:
        return f"{name}-{self._suffix}"

    async def get_secret(self, name: str, version: str | None = None) -> Any:
        return await self._client.get_secret(self.named(name), version)

    async def set_secret(self, name: str, value: str, **more: Any) -> Any:
        return await self._client.set_secret(self.named(name), value, **more)

    def list_properties_of_secret_versions(self, name: str) -> Any:
        return self._client.list_properties_of_secret_versions(self.named(name))


class Instance:
    """A service with its own memory of the vault, whose clock the test moves, and the world that all share."""

    def __init__(self, vault: Vault, world: World) -> None:
        self.seconds, self._world = 0.0, world
        client = cast("SecretClient", vault)
        self.keys = VaultKeys(client, clock=lambda: self.seconds, receipt=RECEIPTS, ledger=LEDGER, page=PAGES)

    async def seal(self, run: str) -> int:
        now = LATER + timedelta(minutes=len(run))
        report = await seal(
            asking=by_the_service(key=run, at=now),
            now=lambda: now,
            origin=LEDGER_KEY,
            records=self._world.records,
            feed=self._world.feed,
            files=self._world.ledger,
            keys=self.keys,
            check=ed25519,
            out_of_time=lambda: False,
            at_once=1,
        )
        return report.sealed

    async def receipt(self) -> bytes:
        signer = await self.keys.receipt_signer()
        return signed(RECEIPT, signer.key, signer.sign(RECEIPT.encode())).encode()

    async def listed(self) -> list[str]:
        """What `GET /api/keys` says."""
        return [str(key) for key in await self.keys.verifiers()]


@pytest.fixture
async def vault(settings: dict[str, str], credential: AsyncTokenCredential) -> Any:
    async with SecretClient(settings["KEY_VAULT_URL"], credential) as client:
        made = Vault(client)
        await create(cast("SecretClient", made), origin=LEDGER_KEY)
        yield made


def rotated(vault: Vault) -> Any:
    return rotate(cast("SecretClient", vault), origin=LEDGER_KEY)


async def signer_of(instance: Instance, world: World, size: int) -> str:
    """Whose signature is on that checkpoint, of all that are listed."""
    note = parsed_note(world.ledger.files[checkpoint_path(size)])
    (key,) = signers(note, await instance.keys.verifiers(), ed25519)
    return str(key)


def the_whole_ledger(world: World, folder: Path, keys: Sequence[str]) -> int:
    return verify(["ledger", str(world.ledger.laid_in(folder)), *(word for key in keys for word in ("--key", key))])


async def test_after_a_rotation_the_next_batch_is_signed_anew_and_all_of_before_still_verifies(
    vault: Vault, tmp_path: Path
) -> None:
    world = World()
    service = Instance(vault, world)
    wait(world, 3)
    assert await service.seal("1") == 3
    receipts, before = [await service.receipt()], await service.listed()
    await rotated(vault)
    service.seconds += USED_FOR_SECONDS
    wait(world, 2)
    assert await service.seal("22") == 2
    receipts.append(await service.receipt())
    after = await service.listed()
    assert [after[1], after[3]] == before, "of each kind the newest first, and the old ones stay"
    assert [await signer_of(service, world, size) for size in (3, 5)] == [before[1], after[2]]
    assert [list(signers(parsed_note(note), await service.keys.verifiers(), ed25519)) for note in receipts] == [
        [key] for key in (await service.keys.verifiers())[1::-1]
    ]
    must_be_one_history(world, entries=5)
    assert the_whole_ledger(world, tmp_path, after[2:]) == VERIFIED
    assert the_whole_ledger(world, tmp_path, after[2:3]) == NOT_VERIFIED, "who has the newer key alone is told"


@pytest.mark.parametrize("first", ["the one with the older key", "the one with the newer key"])
async def test_while_one_instance_has_the_older_key_yet_another_finishes_what_it_began(
    vault: Vault, tmp_path: Path, first: str
) -> None:
    """One has signed the checkpoint and stops before it says so: to the other the same words are the same."""
    world = World()
    older, newer = Instance(vault, world), Instance(vault, world)
    await older.listed()
    await rotated(vault)
    begins, ends = (older, newer) if "older" in first else (newer, older)
    wait(world, 3)
    world.faults.break_call(await _calls_until_published(vault, world), Moment.BEFORE)
    with pytest.raises(Outage):
        await begins.seal("1")
    world.faults.mend()
    assert (list(checkpoints(world)), the_head(world).checkpointed) == ([3], 0)
    await ends.seal("22")
    must_be_one_history(world, entries=3)
    assert await signer_of(newer, world, 3) == (await begins.listed())[len(await begins.listed()) // 2]
    assert the_whole_ledger(world, tmp_path, (await newer.listed())[2:]) == VERIFIED


async def _calls_until_published(vault: Vault, world: World) -> int:
    """The number of the third write: the batch, the head, and now that its checkpoint is there."""
    other = copied(world)
    await Instance(vault, other).seal("1")
    return [number for number, name in enumerate(other.faults.calls, start=1) if name == "records.write"][2]


async def test_two_instances_with_two_keys_at_once_make_one_history(vault: Vault, tmp_path: Path) -> None:
    world = World()
    older, newer = Instance(vault, world), Instance(vault, world)
    await older.listed()
    await rotated(vault)
    for run in range(1, 6):
        wait(world, 2)
        await asyncio.gather(older.seal("o" * run), newer.seal("n" * run))
    must_be_one_history(world, entries=10)
    assert the_whole_ledger(world, tmp_path, (await newer.listed())[2:]) == VERIFIED


async def test_the_list_of_a_real_vault_says_which_version_is_current(
    vault: Vault, capsys: pytest.CaptureFixture[str]
) -> None:
    await rotated(vault)
    capsys.readouterr()
    await show(cast("SecretClient", vault), origin=LEDGER_KEY)
    current = [(await vault.get_secret(name)).properties.version for name in (RECEIPTS, LEDGER)]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines if line.endswith("current: signs and verifies")] == current
    assert sum(line.endswith("old: verifies") for line in lines) == 2
