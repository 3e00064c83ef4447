"""Records: an entry found by its id alone, in whatever trail it is."""

from shared.ports import Create, Records
from tests.builders import an_entry, fresh_id


async def test_an_entry_is_found_in_whatever_trail_it_is(records: Records) -> None:
    one, other = (fresh_id(), fresh_id())
    kept = {pk: an_entry(pk=pk, subject=pk) for pk in (one, other)}
    for pk, (entry, trail) in kept.items():
        await records.write(pk, [Create(entry), Create(trail)])
    assert await records.entry_anywhere(kept[one][0].id) == kept[one][0]
    assert await records.entry_anywhere(kept[other][0].id) == kept[other][0]


async def test_an_id_that_no_entry_has_is_found_nowhere(records: Records) -> None:
    """The id of a trail document, of a clip, or of nothing."""
    pk = fresh_id()
    entry, trail = an_entry(pk=pk)
    await records.write(pk, [Create(entry), Create(trail)])
    for given in (trail.id, pk, fresh_id(), "", "a/b", "' OR 1=1 --"):
        assert await records.entry_anywhere(given) is None
