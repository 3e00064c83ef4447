"""The doors of witnesses: what they cosigned is taken from any hand, and shown with checkpoint and keys."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from shared.adapters.ed25519 import verifies
from shared.domain.note import parsed_key, parsed_note, signed, signers
from tests.builders import NOW, OFFICER, an_entry
from tests.fakes import MemoryWitness
from tests.functions.directory import AUDITOR, person
from tests.functions.promised import document
from tests.functions.world import Answered, MemoryService
from tests.usecases.cosigning import LISTED, ONE, TWO, UNLISTED, note_of
from tests.usecases.sealed import SIGNER, seal_by_hand

READS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "ledger_checkpoint": {},
    "ledger_tile": {"route": {"path": "entries/000.p/1"}},
    "ledger_consistency": {},
}


@pytest.fixture
def ledger(world: MemoryService) -> MemoryService:
    """Published at the sizes 1 and 2, with two listed witnesses."""
    trail = None
    for key in ("first", "second"):
        entry, trail = an_entry(trail, key=key)
        world.records.put(entry, trail)
        seal_by_hand(world)
    world.witnesses = LISTED
    return world


async def hand_in(world: MemoryService, note: str, *witnesses: MemoryWitness, at: timedelta = timedelta(0)) -> Answered:
    lines = "".join(witness.line(note, NOW + at) for witness in witnesses)
    return await world.ask("cosign", body={"checkpoint": note + lines})


async def test_a_cosignature_is_kept_once_and_no_entry_is_made_of_it(ledger: MemoryService) -> None:
    before = ledger.entries(coming_on=True)
    first = await hand_in(ledger, note_of(ledger, 2), ONE)
    again = await hand_in(ledger, note_of(ledger, 2), ONE, at=timedelta(seconds=1))
    both = await hand_in(ledger, note_of(ledger, 2), ONE, TWO)
    assert (first.status, again.status, both.status) == (201, 200, 201)
    assert first.json == again.json == {"size": 2, "witnesses": [ONE.key.name]}
    assert both.json == {"size": 2, "witnesses": [ONE.key.name, TWO.key.name]}
    assert ledger.entries(coming_on=True) == before


async def test_the_checkpoint_is_shown_with_the_cosignatures_that_came_for_it(ledger: MemoryService) -> None:
    await hand_in(ledger, note_of(ledger, 1), ONE, TWO)
    await hand_in(ledger, note_of(ledger, 2), TWO)
    keys = (SIGNER.key, ONE.key, TWO.key)
    for query, expected in (({}, {TWO.key}), ({"size": "2"}, {TWO.key}), ({"size": "1"}, {ONE.key, TWO.key})):
        shown = await ledger.ask("ledger_checkpoint", query=query)
        assert shown.headers["Cache-Control"] == "no-cache"
        assert set(signers(parsed_note(shown.raw), keys, verifies)) == {SIGNER.key, *expected}


@pytest.mark.parametrize("size, status", [("3", 404), ("0", 400), ("-1", 400), ("x", 400), (str(2**63), 400)])
async def test_a_checkpoint_of_a_size_that_was_never_published_is_nothing(
    ledger: MemoryService, size: str, status: int
) -> None:
    answered = await ledger.ask("ledger_checkpoint", query={"size": size})
    assert (answered.status, answered.json.get("field")) == (status, "size" if status == 400 else None)


async def test_what_a_witness_is_refused_with_says_what_was_wrong(ledger: MemoryService) -> None:
    good = note_of(ledger, 2)
    another = str(parsed_note(good.encode()).text).replace("\n2\n", "\n1\n")
    another = signed(another, SIGNER.key, SIGNER.sign(another.encode()))
    unpublished = another.replace("\n1\n", "\n7\n")
    for answered, status, field in (
        (await hand_in(ledger, "nonsense"), 400, "checkpoint"),
        (await hand_in(ledger, good, ONE, at=timedelta(minutes=5, seconds=1)), 400, "checkpoint"),
        (await hand_in(ledger, good, UNLISTED), 403, None),
        (await hand_in(ledger, unpublished, ONE), 404, None),
        (await hand_in(ledger, another, ONE), 409, None),
    ):
        assert (answered.status, answered.json.get("field")) == (status, field), answered.raw
    assert ledger.metrics.counts["cosign.elsewhere"] == 2
    assert "cosign.kept" not in ledger.metrics.counts
    assert [path for path in ledger.ledger.files if path.startswith("cosignature/")] == []


async def test_where_no_witness_is_listed_nothing_is_kept(ledger: MemoryService) -> None:
    ledger.witnesses = ()
    assert (await hand_in(ledger, note_of(ledger, 2), ONE)).status == 403


async def test_a_refused_stranger_leaves_nothing_behind(ledger: MemoryService) -> None:
    before = ledger.records.everything()
    await hand_in(ledger, note_of(ledger, 2), UNLISTED)
    assert ledger.records.everything() == before
    assert ledger.faults.calls == []


async def test_the_keys_of_listed_witnesses_are_shown_beside_the_service_s_own(ledger: MemoryService) -> None:
    shown = (await ledger.ask("keys")).json
    assert [parsed_key(each["verifier"]) for each in shown["witnesses"]] == [ONE.key, TWO.key]
    assert [each["name"] for each in shown["witnesses"]] == [ONE.key.name, TWO.key.name]
    ledger.witnesses = ()
    assert (await ledger.ask("keys")).json == shown | {"witnesses": []}


@pytest.mark.parametrize("door", list(READS))
async def test_where_the_ledger_is_not_open_an_auditor_reads_it_and_no_other_cache_keeps_it(
    ledger: MemoryService, door: str
) -> None:
    ledger.ledger_open = False
    answered = await ledger.ask(door, AUDITOR, **READS[door])
    assert answered.status == 200
    assert "public" not in answered.headers["Cache-Control"]
    refused = await ledger.ask(door, person("operator"), **READS[door])
    (entry,) = [entry for entry in ledger.entries() if entry.action == f"refused.{door}"]
    assert (refused.status, entry.actor.role, OFFICER in refused.raw.decode()) == (403, "operator", False)


def test_the_description_says_whom_the_ledger_is_open_to() -> None:
    for ledger_open in (True, False):
        security: list[object] = [] if ledger_open else [{"token": []}]
        callers = {} if ledger_open else {"auditor": "force-or-borough"}
        for path in ("checkpoint", "tile/{path}", "consistency"):
            said = document(ledger_open)["paths"][f"/api/ledger/{path}"]["get"]
            assert (said["security"], said["x-callers"]) == (security, callers)
            assert ({"401", "403"} <= set(said["responses"])) is not ledger_open
        for path, method in (("keys", "get"), ("ledger/cosignatures", "post")):
            assert document(ledger_open)["paths"][f"/api/{path}"][method]["security"] == []


@pytest.mark.parametrize("ledger_open", [True, False])
async def test_the_description_that_is_served_is_of_this_ledger(world: MemoryService, ledger_open: bool) -> None:
    world.ledger_open = ledger_open
    said = (await world.ask("openapi")).json["paths"]["/api/ledger/checkpoint"]["get"]
    assert said == document(ledger_open)["paths"]["/api/ledger/checkpoint"]["get"]


async def test_a_run_of_sealing_tells_how_long_the_longest_silent_witness_is_silent(ledger: MemoryService) -> None:
    await hand_in(ledger, note_of(ledger, 2), ONE)
    for minutes in (0, 30):
        ledger.time = NOW + timedelta(minutes=minutes)
        await ledger.trigger("seal", None)
    told = ledger.metrics.measures["cosign.silent"]
    assert [round(seconds / 60) for seconds in told] == [0, 30]
    for witness in (ONE, TWO):
        await hand_in(ledger, note_of(ledger, 2), witness, at=timedelta(minutes=30))
    await ledger.trigger("seal", None)
    assert round(ledger.metrics.measures["cosign.silent"][-1] / 60) == 30, "the first of each stands"


async def test_where_no_witness_is_listed_a_run_of_sealing_tells_of_none(world: MemoryService) -> None:
    world.records.put(*an_entry())
    await world.trigger("seal", None)
    assert "cosign.silent" not in world.metrics.measures
