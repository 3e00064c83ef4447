"""The doors of the ledger: files as the standard has them, for anybody, who leaves no entry; and proofs that hold."""

import base64
import gzip
from dataclasses import replace

import pytest

from shared.domain.entry import Entry
from shared.domain.ledger import check_consistency, check_inclusion, leaf_hash, leaf_line
from shared.domain.note import parsed_checkpoint, parsed_key, parsed_note
from shared.domain.tiles import Tile, parsed_bundle
from tests.builders import OTHER_BOROUGH, RECORDING, a_clip, an_entry
from tests.functions.directory import AUDITOR, MANAGER, person
from tests.functions.world import MemoryService
from tests.usecases.sealed import KEY, seal_by_hand
from tools.verifying.report import Report
from tools.verifying.trail import check_trail

EXPORT = {"Accept": "application/vnd.continuity.trail+json"}


def sealed(world: MemoryService, *sizes: int) -> list[Entry]:
    """A ledger that grew by so many entries at a time, and those entries."""
    trail, entries = None, list[Entry]()
    for number in sizes:
        for _ in range(number):
            entry, trail = an_entry(trail, key=str(len(entries)))
            world.records.put(entry, trail)
            entries.append(entry)
        seal_by_hand(world)
    return entries


async def test_the_newest_checkpoint_is_to_be_asked_for_anew(world: MemoryService) -> None:
    assert (await world.ask("ledger_checkpoint")).status == 404
    sealed(world, 2, 3)
    answered = await world.ask("ledger_checkpoint")
    assert (answered.status, answered.sent_type) == (200, "text/plain; charset=utf-8")
    assert answered.headers["Cache-Control"] == "no-cache"
    assert parsed_checkpoint(parsed_note(answered.raw).text).size == 5


async def test_a_checkpoint_that_is_not_marked_as_published_is_not_shown(world: MemoryService) -> None:
    """The head is at a size before its checkpoint is signed: what is shown is the one before."""
    sealed(world, 2, 3)
    head = await world.records.ledger_head()
    assert head is not None
    world.records.put(replace(head.record, checkpointed=2))
    assert parsed_checkpoint(parsed_note((await world.ask("ledger_checkpoint")).raw).text).size == 2


async def test_a_tile_is_its_bytes_and_may_be_kept_for_ever(world: MemoryService) -> None:
    sealed(world, 300)
    for path in ("0/000", "0/001.p/44", "1/000.p/1"):
        answered = await world.ask("ledger_tile", route={"path": path}, headers={"Accept-Encoding": "gzip"})
        assert (answered.status, answered.sent_type) == (200, "application/octet-stream")
        assert answered.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answered.raw == world.ledger.files[f"tile/{path}"]
        assert "Content-Encoding" not in answered.headers


@pytest.mark.parametrize(
    "accepts, packed",
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("GZIP", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, br", False),
        ("x-gzip-like", False),
    ],
)
async def test_a_bundle_is_packed_for_whoever_can_unpack_it(world: MemoryService, accepts: str, packed: bool) -> None:
    sealed(world, 3)
    asked = {"route": {"path": "entries/000.p/3"}, "headers": {"Accept-Encoding": accepts}}
    answered = await world.ask("ledger_tile", **asked)
    assert answered.headers.get("Content-Encoding") == ("gzip" if packed else None)
    assert answered.headers["Vary"] == "Accept-Encoding"
    raw = gzip.decompress(answered.raw) if packed else answered.raw
    assert raw == world.ledger.files["tile/entries/000.p/3"]


async def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one(world: MemoryService) -> None:
    entries = sealed(world, 3, 297)
    kept = {name: world.ledger.files.pop(f"tile/{name}") for name in ("0/000.p/3", "entries/000.p/3")}
    for path, raw in kept.items():
        assert (await world.ask("ledger_tile", route={"path": path})).raw == raw
    cut = await world.ask("ledger_tile", route={"path": "entries/000.p/200"})
    lines = parsed_bundle(Tile(level=-1, index=0, width=200), cut.raw)
    assert lines[0].decode().split(" ")[1] in {entry.id for entry in entries}
    assert (await world.ask("ledger_tile", route={"path": "0/001.p/43"})).status == 404


@pytest.mark.parametrize(
    "path",
    ["", "0", "0/0", "00/000", "0/000.p/0", "0/000.p/256", "0/000.p/03", "64/000", "entries/x000/001", "0/000/",
     "../checkpoint", "0/000.p/3\n", "0/000.p/4", "0/%2e%2e", "ENTRIES/000.p/3", "0//000"],
)  # fmt: skip
async def test_any_other_path_is_nothing_and_a_stranger_s_asking_writes_nothing(
    world: MemoryService, path: str
) -> None:
    sealed(world, 3)
    before = world.records.everything()
    assert (await world.ask("ledger_tile", route={"path": path})).status == 404
    assert world.records.everything() == before


async def test_consistency_is_proven_between_any_sizes_that_were_published(world: MemoryService) -> None:
    sealed(world, 5, 295)
    notes = [world.ledger.files[f"checkpoint/{size:020}"] for size in (5, 300)]
    older, newer = (parsed_checkpoint(parsed_note(note).text) for note in notes)
    for query in ({"old": "5"}, {"old": "5", "new": "300"}):
        answered = (await world.ask("ledger_consistency", query=query)).json
        assert (answered["old"], answered["new"]) == (5, 300)
        check_consistency(5, older.root, 300, newer.root, [base64.b64decode(each) for each in answered["proof"]])


@pytest.mark.parametrize(
    "query, field", [({"new": "301"}, "new"), ({"old": "6", "new": "5"}, "old"), ({"old": "0"}, "old")]
)
async def test_sizes_that_were_never_published_have_no_proof(
    world: MemoryService, query: dict[str, str], field: str
) -> None:
    sealed(world, 5, 295)
    answered = await world.ask("ledger_consistency", query=query)
    assert (answered.status, answered.json["field"]) == (400, field)


async def test_an_auditor_gets_the_proof_of_an_entry_and_is_entered(world: MemoryService) -> None:
    entries = sealed(world, 5, 295)
    for entry in (entries[0], entries[250], entries[-1]):
        shown = (await world.ask("prove_entry", AUDITOR, route={"id": entry.id})).json
        checkpoint = parsed_checkpoint(parsed_note(shown["checkpoint"].encode()).text)
        proof = [base64.b64decode(each) for each in shown["proof"]]
        leaf = leaf_hash(leaf_line(entry.id, shown["commitment"]))
        check_inclusion(leaf, shown["leaf"], checkpoint.size, checkpoint.root, proof)
        told = [e for e in world.entries() if e.action == "entry.proven"][-1]
        assert (told.subject, told.actor.role) == (entry.id, "auditor")


async def test_what_is_not_sealed_yet_has_no_proof_yet(world: MemoryService) -> None:
    entry, trail = an_entry()
    world.records.put(entry, trail)
    assert (await world.ask("prove_entry", AUDITOR, route={"id": entry.id})).status == 409
    sealed(world, 2)
    later, _ = an_entry(trail, key="later")
    world.records.put(later)
    assert (await world.ask("prove_entry", AUDITOR, route={"id": later.id})).status == 409


@pytest.mark.parametrize("given", ["nonsense", RECORDING, "", "a/b"])
async def test_an_id_that_is_no_entry_s_is_nothing(world: MemoryService, given: str) -> None:
    sealed(world, 2)
    assert (await world.ask("prove_entry", AUDITOR, route={"id": given})).status == 404


async def test_a_borough_s_auditor_does_not_learn_of_another_borough_s_entry(world: MemoryService) -> None:
    entry, trail = an_entry(borough=OTHER_BOROUGH)
    world.records.put(entry, trail)
    seal_by_hand(world)
    assert (await world.ask("prove_entry", person("auditor"), route={"id": entry.id})).status == 404


async def test_the_export_of_a_trail_is_what_the_verifier_takes(world: MemoryService) -> None:
    world.hold(a_clip())
    sealed(world, 5, 295)
    answered = await world.ask("trail", MANAGER, route={"id": RECORDING}, headers=EXPORT)
    assert answered.sent_type == "application/vnd.continuity.trail+json"
    report = Report(given="", keys=[])
    check_trail(answered.raw, [parsed_key(KEY)], report)
    assert "entries 1 to 300 without a gap" in "\n".join(report.checked)
    assert world.entries(RECORDING)[-1].action == "trail.exported"


async def test_what_is_sealed_beyond_the_newest_checkpoint_is_exported_as_not_sealed_yet(world: MemoryService) -> None:
    world.hold(a_clip())
    sealed(world, 2, 3)
    head = await world.records.ledger_head()
    assert head is not None
    world.records.put(replace(head.record, checkpointed=2))
    answered = await world.ask("trail", MANAGER, route={"id": RECORDING}, headers=EXPORT)
    check_trail(answered.raw, [parsed_key(KEY)], Report(given="", keys=[]))
    assert [each["leaf"] is None for each in answered.json["entries"]].count(False) == 2


async def test_what_others_do_while_a_trail_is_exported_is_in_the_next_export(world: MemoryService) -> None:
    """Else the export would not end with its own entry, and not verify."""
    world.hold(a_clip())
    sealed(world, 2)
    reads = world.records.entries

    async def meanwhile(pk: str, *, after: int, limit: int) -> object:
        if after == 0:
            await world.ask("read", MANAGER, route={"id": RECORDING})
        return await reads(pk, after=after, limit=limit)

    world.records.entries = meanwhile  # type: ignore[method-assign, assignment]
    answered = await world.ask("trail", MANAGER, route={"id": RECORDING}, headers=EXPORT)
    check_trail(answered.raw, [parsed_key(KEY)], Report(given="", keys=[]))
    assert world.entries(RECORDING)[-1].action == "footage.read"
