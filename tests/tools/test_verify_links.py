"""Rules L1 to L4 of links.py: what no key binds is never told as checked, whatever is said to have been erased."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.chance import steady
from tests.tools.trails import Part, attacked, checked, export_of
from tools.verifying.report import IN_PART, OPEN

SEALED, WAITING, GONE = Part(), Part(sealed=False), Part(gone=True)


def test_a_trail_whose_beginning_was_rewritten_before_an_entry_said_to_be_erased_is_refused() -> None:
    """Without a key: five entries at will, the sixth hidden, and an erasure that the file alone tells."""
    forged = attacked(export_of([SEALED] * 9), rewritten=range(1, 6), hidden=[6])
    assert checked(forged).wrong.startswith(
        "entry 6 (00000006-0000-4000-8000-000000000000): it is missing, and entry 10"
    )


def test_an_entry_that_is_hidden_is_missing_where_the_entry_that_tells_of_it_is_not_sealed() -> None:
    forged = attacked(export_of([SEALED] * 9), hidden=[5])
    assert "entry 10 that tells why is not sealed" in checked(forged).wrong


def test_before_an_entry_that_was_erased_by_right_nothing_can_be_rewritten() -> None:
    genuine = export_of([SEALED, SEALED, SEALED, GONE, SEALED, Part(tells=4)])
    assert checked(genuine).code == OPEN
    for rewritten in ([1, 2, 3], [3], [2, 3]):
        wrong = checked(attacked(genuine, rewritten=rewritten)).wrong
        assert wrong.startswith(f"entry {rewritten[0]} (")
        assert "nothing binds it" in wrong


def test_an_unsealed_entry_before_an_erased_one_is_named() -> None:
    wrong = checked(export_of([SEALED, WAITING, WAITING, GONE, Part(tells=4)])).wrong
    assert wrong.startswith("entry 2 (00000002-0000-4000-8000-000000000000): nothing binds it")


@pytest.mark.parametrize(
    "parts,code",
    [
        ([SEALED], OPEN),
        ([WAITING, SEALED], OPEN),
        ([SEALED, WAITING], IN_PART),
        ([WAITING], IN_PART),
        ([], IN_PART),
        ([GONE, GONE, Part(tells=1), Part(tells=2)], OPEN),
        ([SEALED, GONE, WAITING, WAITING, Part(tells=2)], OPEN),
    ],
)
def test_open_is_the_export_s_own_entry_and_any_other_that_waits_is_not_checked(parts: list[Part], code: int) -> None:
    report = checked(export_of(parts))
    assert (report.wrong, report.code) == ("", code)
    own, end = (report.open or report.unchecked)[-2:]
    assert own.startswith(f"entry {len(parts) + 1} (trail.exported, None) is not in that ledger yet")
    assert end.startswith("whether other entries came after entry ")


@pytest.mark.parametrize("untold", ["number", "entry", "leaf"])
def test_an_entry_that_tells_of_an_erasure_tells_number_entry_and_leaf_or_none_is_told(untold: str) -> None:
    assert checked(export_of([SEALED, GONE, SEALED, Part(tells=2)])).wrong == ""
    wrong = checked(export_of([SEALED, GONE, SEALED, Part(tells=2, untold=untold)])).wrong
    assert wrong.startswith("entry 2 (")
    assert wrong.endswith("it is missing, and no later entry tells of its erasure")


def test_an_erasure_that_was_told_before_the_entry_was_written_is_none() -> None:
    assert checked(export_of([SEALED, Part(tells=3), GONE])).wrong.startswith("entry 3 (")


def test_many_erasures_are_each_found_by_what_is_told_of_them() -> None:
    """Each is looked up once: a look at every erasing entry for each would be a million."""
    parts = [GONE] * 1000 + [Part(tells=number) for number in range(1000, 0, -1)]
    report = checked(export_of(parts))
    assert (report.wrong, sum("was erased under" in line for line in report.checked)) == ("", 1000)


def _bound(parts: list[Part], number: int) -> bool:
    """By the rule's own words: a leaf, or an unbroken run of shown entries that leads to one."""
    return any(
        parts[end].sealed and all(not each.gone for each in parts[number + 1 : end + 1])
        for end in range(number, len(parts))
    )


@st.composite
def trails(draw: st.DrawFn) -> list[Part]:
    parts = [
        Part(sealed=sealed or gone, gone=gone)
        for sealed, gone in draw(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=7))
    ]
    gone = [number for number, part in enumerate(parts, start=1) if part.gone]
    told = draw(st.permutations(gone))
    return parts + [Part(tells=number, sealed=draw(st.integers(0, 4)) > 0) for number in told]


@steady
@given(parts=trails())
def test_a_trail_is_verified_if_all_up_to_its_last_sealed_entry_is_bound_and_what_tells_of_erasures_is_sealed(
    parts: list[Part],
) -> None:
    sealed = max((at for at, part in enumerate(parts) if part.sealed), default=-1)
    bound = all(_bound(parts, at) for at in range(sealed + 1))
    told = all(part.sealed for part in parts if part.tells is not None)
    assert (checked(export_of(parts)).wrong == "") == (bound and told)


@steady
@given(parts=trails(), data=st.data())
def test_whoever_has_no_key_can_rewrite_no_entry_that_is_told_as_checked(
    parts: list[Part], data: st.DataObject
) -> None:
    parts = [replace(part, sealed=True) if part.tells is not None else part for part in parts]
    shown = [number for number, part in enumerate(parts, start=1) if not part.gone]
    if not shown:
        return
    some = st.sets(st.sampled_from(shown))
    rewritten = data.draw(st.sets(st.sampled_from(shown), min_size=1))
    hidden = {number for number in data.draw(some) - rewritten if parts[number - 1].sealed}
    unsealed = data.draw(some) - hidden
    report = checked(attacked(export_of(parts), rewritten=rewritten, hidden=hidden, unsealed=unsealed))
    told = re.search("entries 1 to ([0-9]+) without a gap", "\n".join(report.checked))
    assert report.wrong != "" or told is None or int(told[1]) < min(rewritten)
