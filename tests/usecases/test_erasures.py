"""Erasures: an entry that tells of one silences no night by being there; it must be sealed, at home, and fit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from shared.domain.account import Finding
from shared.domain.entry import Change, Entry, Operation, Outcome, stored
from shared.domain.ledger import commitment
from shared.domain.odata.columns import Document
from shared.domain.seal import LEDGER
from shared.ports import Rows
from shared.usecases.account import LOGGED
from shared.usecases.commit import commit
from shared.usecases.erasures import MOST
from tests.builders import a_draft, an_asking, fresh_id
from tests.fakes import MemoryFeed, World
from tests.fakes.feed import IS_ROW, is_within
from tests.usecases.accounting import a_night, reached, take_away, told
from tests.usecases.scenes import entries
from tests.usecases.sealed import seal_by_hand
from tests.usecases.sealing import copied, wait

NUMBER = 3  # in its trail, of the entry that is gone
GONE, UNTRUE, CHANGED = Finding.GONE, Finding.UNTRUE, Finding.CHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A clip's trail of six that are sealed, and another's; the third is not there any more."""

    world: World
    gone: Entry

    def tells(self, **changed: str) -> tuple[Change, ...]:
        whole = {"number": str(NUMBER), "entry": self.gone.id, "leaf": str(self.gone.leaf)}
        return tuple(Change(field=name, before=before, after=None) for name, before in {**whole, **changed}.items())

    async def entered(self, *, pk: str = "clip-1", subject: str | None = None, **changed: str) -> Entry:
        """Into the record store as any entry, by whoever may write there, and sealed as any."""
        asking = an_asking(request=fresh_id())
        told_so = self.tells(**changed)
        draft = a_draft(
            pk=pk,
            subject=subject or pk,
            action="entry.erased",
            operation=Operation.ERASURE,
            changes=told_so,
            asking=asking,
        )
        made = (await commit(self.world.records, draft)).entry
        seal_by_hand(self.world)
        return next(each for each in entries(self.world, pk) if each.id == made.id)

    def planted(self, **changed: Any) -> Entry:
        """One that no trail knows of, and that is in no ledger."""
        first = entries(self.world, "clip-1")[0]
        made = replace(first, id=fresh_id(), number=777, previous=None, action="entry.erased", leaf=None, pending=False)
        put = replace(made, **{"changes": self.tells(), **changed})
        self.world.records.put(put)
        return put

    async def found(self, night: int = 0) -> dict[Finding, int]:
        return dict((await a_night(self.world, night)).found)


@pytest.fixture
def scene() -> Scene:
    world = World()
    wait(world, 6, pk="clip-1")
    wait(world, 6, pk="clip-2")
    seal_by_hand(world)
    gone = entries(world, "clip-1")[NUMBER - 1]
    take_away(world, [gone])
    return Scene(world=world, gone=gone)


async def test_what_was_erased_and_told_of_in_its_own_trail_is_accounted_for_once_that_is_sealed(scene: Scene) -> None:
    waiting = copied(scene.world)
    await scene.entered()
    done = await a_night(scene.world)
    assert (done.found, done.erased, told(scene.world)) == ({}, 1, [])
    (entry,) = entries(scene.world, LEDGER)
    assert Change(field="erased", before=None, after="1") in entry.changes
    waits = Scene(world=waiting, gone=scene.gone)
    await commit(waiting.records, a_draft(pk="clip-1", subject="clip-1", action="entry.erased", changes=waits.tells()))
    assert await waits.found() == {GONE: 1}, "what waits to be sealed is not believed yet, nor held against anybody"


PLANTED: Mapping[str, Mapping[str, Any]] = {
    "in a trail of its own": {"pk": "nowhere", "subject": "nowhere"},
    "in the clip's trail": {},
    "with a leaf that is another's": {"leaf": "0"},
    "with the leaf of what it erases": {"leaf": str(NUMBER - 1)},
    "with a leaf that is not there": {"leaf": "999999999999999"},
    "with a leaf that is no number": {"leaf": "v1 leaf"},
    "marked as if it waited": {"pending": True, "leaf": "0", "changes": ()},
}


@pytest.mark.parametrize("how", PLANTED)
async def test_a_document_that_somebody_planted_silences_nothing_and_is_told_itself(
    scene: Scene, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    planted = scene.planted(**PLANTED[how])
    assert await scene.found() == {GONE: 1, UNTRUE: 1}
    assert scene.world.metrics.counts == {"ledger.unaccounted": 2}
    assert sorted(told(scene.world)) == [
        ("erasure", planted.id, UNTRUE),
        (f"leaf-{scene.gone.leaf}", scene.gone.id, GONE),
    ]
    assert f"account: entry={planted.id} untrue" in caplog.text


SEALED: Mapping[str, Mapping[str, str]] = {
    "in another clip's trail": {"pk": "clip-2"},
    "in the trail of nothing": {"pk": "nowhere"},
    "of another number": {"number": str(NUMBER + 1)},
    "of the last number there is": {"number": "6"},
    "of another leaf": {"leaf": "4"},
    "of a leaf that is not there": {"leaf": "14"},
    "of another entry": {"entry": "0f0f0f0f-0000-8000-8000-000000000000"},
    "of no number": {"number": "third"},
}


@pytest.mark.parametrize("how", SEALED)
async def test_one_that_is_sealed_and_does_not_fit_what_is_gone_is_not_believed(scene: Scene, how: str) -> None:
    told_so = await scene.entered(**SEALED[how])
    assert await scene.found() == {GONE: 1, UNTRUE: 1}
    assert ("erasure", told_so.id, UNTRUE) in told(scene.world)


async def test_one_that_lies_in_another_trail_than_what_it_is_about_is_not_accounted_for_itself(scene: Scene) -> None:
    await scene.entered(pk="clip-2", subject="clip-1")
    assert await scene.found() == {GONE: 1, UNTRUE: 1, Finding.MOVED: 1}


async def test_whoever_makes_up_a_trail_that_fits_and_has_it_sealed_is_believed_and_it_is_counted(scene: Scene) -> None:
    """No line says in whose trail it is. What says so stays for good, and is what an auditor is to ask about."""
    made_up = scene.planted(pk="nowhere", subject="nowhere")
    fits = replace(made_up, number=NUMBER + 1, previous=commitment(stored(scene.gone)), pending=True)
    scene.world.records.put(fits)
    seal_by_hand(scene.world)
    done = await a_night(scene.world)
    assert (done.found, done.erased) == ({}, 1)


Alter = Callable[[Scene, Entry], Entry]
ALTERED: Mapping[str, Alter] = {
    "itself": lambda _, telling: replace(telling, outcome=Outcome.REFUSED),
    "where it lies": lambda _, telling: replace(telling, leaf=str(int(telling.leaf or 0) - 1)),
    "the entry after what is gone": lambda scene, _: replace(
        entries(scene.world, "clip-1")[NUMBER - 1], outcome=Outcome.REFUSED
    ),
}


@pytest.mark.parametrize("what", ALTERED)
async def test_once_it_or_what_bears_it_out_was_changed_it_is_not_believed(scene: Scene, what: str) -> None:
    telling = await scene.entered()
    scene.world.records.put(ALTERED[what](scene, telling))
    found = await scene.found()
    assert (found[GONE], found[UNTRUE]) == (1, 1)


async def test_a_file_of_the_ledger_that_is_wrong_makes_it_believed_no_more_and_ends_no_run(scene: Scene) -> None:
    await scene.entered()
    files = scene.world.ledger.files
    (path,) = [path for path in files if path.startswith("tile/entries/") and path.endswith("/13")]
    files[path] = files[path][:-1] + b"!"
    done = await a_night(scene.world)
    assert (done.failed, done.found) == (1, {}), "no line could be read, so that none is missed"


class Planted(MemoryFeed):
    """A feed in which lies what is no entry but in name, as it was written behind the service."""

    def __init__(self, world: World, documents: list[Document]) -> None:
        super().__init__(world.records)
        self._documents = documents

    def _rows(self, asked: Rows) -> list[Document]:
        planted = [each for each in self._documents if IS_ROW[asked.entities.name](each) and is_within(asked, each)]
        return [*super()._rows(asked), *planted]


MALFORMED: Mapping[str, tuple[object, ...]] = {
    "changes": (None, 7, "text", {}, [None], [[]], [{"field": 7}], [{"field": "leaf"}]),
    "salt": (None, 7, "no base64"),
    "number": (1.5, "three", None),
    "leaf": (7, [], {}, "9" * 5_000),
    "pending": ("no",),
    "subject": ({},),
    "id": ("no id of ours\naccount: entry=forged",),
}


async def test_what_is_malformed_in_any_place_is_told_and_raises_nothing(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    telling = {"kind": "entry", **stored(await scene.entered())}
    bare = {name: telling[name] for name in ("kind", "pk", "action", "occurredAt")}
    changes = [{name: value} for name, values in MALFORMED.items() for value in values]
    named = [{**telling, "id": fresh_id(), **change} for change in changes]
    scene.world.feed = Planted(scene.world, [*named, {**bare, "id": fresh_id()}])
    take_away(scene.world, [entries(scene.world, "clip-2")[0]])
    assert await scene.found() == {GONE: 1, UNTRUE: len(named) + 1}
    ids = [each["id"] for each in named[:-1]]
    assert {before for field, before, _ in told(scene.world) if field == "erasure"} > {*ids, "not an id"}
    assert "forged" not in caplog.text


async def test_a_flood_of_them_ends_no_run_is_looked_at_in_part_and_named_in_part(scene: Scene) -> None:
    for _ in range(MOST + 1):
        scene.planted(pk="nowhere")
    assert await scene.found() == {GONE: 1, UNTRUE: MOST}
    (entry,) = [each for each in entries(scene.world, LEDGER) if each.action == "ledger.unaccounted" and "erasure" in {
        change.field for change in each.changes
    }]  # fmt: skip
    assert len(entry.changes) == min(LOGGED, MOST)


async def test_what_is_told_again_another_night_is_entered_once(scene: Scene) -> None:
    scene.planted()
    assert await scene.found() == {GONE: 1, UNTRUE: 1}
    before = told(scene.world)
    scene.world.records.put(replace(reached(scene.world), checked=0))
    assert await scene.found(1) == {GONE: 1, UNTRUE: 1}
    assert told(scene.world) == before
