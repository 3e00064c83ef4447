"""What cosigning asks of the record store: how far each witness has seen, in the partition of the ledger's head."""

from dataclasses import replace

import pytest

from shared.domain.seal import LEDGER
from shared.domain.witness import Witnessed
from shared.ports import Clash, Create, Records, Replace
from tests.builders import NOW, fresh_id


def a_witness() -> Witnessed:
    return Witnessed(
        key=fresh_id()[:8], name="witness.test/one", size=2**53 - 1, seconds=int(NOW.timestamp()), before=7
    )


async def test_how_far_a_witness_has_seen_is_found_by_its_key_and_of_no_other(records: Records) -> None:
    one, other = a_witness(), a_witness()
    assert await records.witnessed(one.key) is None
    await records.write(LEDGER, [Create(one)])
    await records.write(LEDGER, [Create(other)])
    for each in (one, other):
        held = await records.witnessed(each.key)
        assert held is not None
        assert held.record == each
    assert await records.witnessed("head") is None


async def test_of_two_who_write_down_how_far_it_has_seen_the_second_is_told(records: Records) -> None:
    first = a_witness()
    await records.write(LEDGER, [Create(first)])
    with pytest.raises(Clash):
        await records.write(LEDGER, [Create(replace(first, size=1))])
    held = await records.witnessed(first.key)
    assert held is not None
    await records.write(LEDGER, [Replace(replace(first, seconds=1), held.version)])
    with pytest.raises(Clash):
        await records.write(LEDGER, [Replace(replace(first, seconds=2), held.version)])
    now = await records.witnessed(first.key)
    assert now is not None
    assert (now.record.size, now.record.seconds) == (2**53 - 1, 1)
