"""docs/auditors.md, "As tables": every query of the page is asked at the feed's door, and finds what is meant.

The scene holds for each question what is meant and what is nearly so. Whoever adds a question says here what it finds.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.daily_counts import tallied, with_batch
from shared.domain.entry import ActorKind, Change, Operation, Outcome, Reason, Trail
from shared.domain.footage import Borough, Clip, ClipId, Evidential, OfficerId, State, Weeding
from shared.domain.session import Ended, Session
from shared.domain.weeding_run import WeedingRun
from tests.builders import NOW, RECORDING, a_clip, a_decision, a_session, an_actor, an_asking, an_entry, fresh_id
from tests.functions.feed_asked import get
from tests.functions.world import MemoryService
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "auditors.md").read_text(encoding="utf-8").partition("## As tables")[2].partition("\n## ")[0]
ROW = re.compile(r"^\| (.+?) \| (.*`[A-Z][A-Za-z]+(?:/\$count)?\?.*) \|$", re.MULTILINE)
QUERY = re.compile(r"`([A-Z][A-Za-z]+(?:/\$count)?)\?([^`]*)`")
ROWS = dict(ROW.findall(PAGE))

MINUTE = timedelta(minutes=1)
TUESDAY = datetime(2026, 11, 24, 20, 30, tzinfo=UTC)
MONDAY, LATE, NINE = TUESDAY - timedelta(days=1), TUESDAY.replace(hour=22), TUESDAY.replace(hour=21, minute=0)
WEDNESDAY = datetime(2026, 11, 25, 10, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 20, 12, tzinfo=UTC)
OTHER_CLIP = ClipId("0b1d4c57-6f1c-4a9e-9a43-2f0f5f3f7a11")
Meant = tuple[str, list[Any]] | int  # what the rows have in that column; or how many there are
MEANT: Mapping[str, list[Meant]] = {
    "Who watched this clip, and what for?": [("reasonCode", ["court", "investigation"])],
    "Who saw anything of it, and was it all with a reason?": [("action", ["footage.read"])],
    "What did officer 4021 do last Tuesday?": [
        ("action", ["footage.read", "footage.played", "footage.played", "refused.play"])
    ],
    "Which clips did they watch that are not their own?": [
        ("subject", [OTHER_CLIP, RECORDING]),
        ("id", [RECORDING]),
    ],
    "Who was logged on that day, for how long, and how did it end?": [("minutes", [90, 15])],
    "Who was on at nine that evening?": [("officer", ["on at nine", "on since Monday"])],
    "Which boroughs decide late: what is undecided after 20 days?": [("borough", ["late"])],
    "And how long did the others take?": [("decidedAt", ["2026-11-24T22:30:00.000000Z"])],
    "Who was refused what, this month?": [("action", ["refused.feed", "refused.play"])],
    "How many refusals had each borough each day?": [("action", ["refused.nobody", "refused.play"])],
    "What was watched after hours?": [("subject", [OTHER_CLIP])],
    "What was weeded, and under which rule?": [("weedingRule", ["R5 31 days over"])],
    "Which runs failed, or did not come to an end?": [("id", ["failed", "late"])],
    "Which trails were handed out as files, and who took them?": [("action", ["trail.exported"])],
    "What did other auditors ask of this feed?": [("changes", ["set: Sessions"])],
    "Which questions were refused them?": [("changes", ["query: $filter=1=1"])],
    "an entry out of the middle of a trail": [("number", [1, 2, 3])],
    "entries of a day": [5, ("n", [1, 1, 1, 2])],
    "entries that were never sealed": [("trail", ["in no ledger"])],
    "entries that the ledger has and the store has not": [13],
}


class Scene:
    """Trails that grow: each entry is sealed at once, unless it is said to be pending."""

    def __init__(self, world: MemoryService) -> None:
        self.world, self.trails = world, dict[str, Trail]()

    def enter(
        self, pk: str, action: str, at: datetime, who: str = "4021", *, pending: bool = False, **said: Any
    ) -> None:
        kind = said.pop("kind", ActorKind.PERSON)
        number = str(len(self.world.records.everything()))
        asking = an_asking(actor=an_actor(id=who, kind=kind), at=at, request=number, key=number)
        entry, trail = an_entry(
            self.trails.get(pk), **{"pk": pk, "subject": pk, "action": action, "asking": asking} | said
        )
        self.trails[pk] = trail
        self.world.records.put(entry if pending else replace(entry, pending=False, leaf=number), trail)


def entries(scene: Scene) -> None:
    scene.enter("list", "footage.searched", MONDAY)
    scene.enter("list", "footage.searched", TUESDAY, "7777")
    scene.enter(RECORDING, "footage.read", TUESDAY - MINUTE)
    scene.enter(RECORDING, "footage.played", TUESDAY, reason=Reason(code="court", text="R v O'Brien"))
    scene.enter(RECORDING, "footage.played", WEDNESDAY, "7777", reason=Reason(code="investigation"))
    scene.enter(OTHER_CLIP, "footage.played", LATE, reason=Reason(code="other", text="curious"))
    refused: dict[str, Any] = {"outcome": Outcome.REFUSED, "operation": Operation.ACCESS}
    scene.enter(RECORDING[:-1], "refused.play", OCTOBER, **refused)
    scene.enter(OTHER_CLIP, "refused.play", LATE + MINUTE, **refused)
    scene.enter("refusals", "refused.nobody", MONDAY, "nobody", kind=ActorKind.NOBODY, **refused)
    attempt = Change(field="query", before=None, after="$filter=1=1")
    scene.enter("auditor", "refused.feed", WEDNESDAY, "9009", changes=(attempt,), **refused)
    for at, asked in ((OCTOBER, "Footage"), (WEDNESDAY, "Sessions")):
        scene.enter(
            f"auditor {at}", "feed.queried", at, "9009", changes=(Change(field="set", before=None, after=asked),)
        )
    scene.enter("in no ledger", "docks.listed", NOW - timedelta(hours=1), pending=True)
    scene.enter("in no ledger yet", "docks.listed", NOW - timedelta(minutes=5), pending=True)
    scene.enter("taken away", "trail.exported", WEDNESDAY, "9009")


def clips() -> Iterator[Clip]:
    decided = a_decision(at=LATE, evidential=Evidential.YES)
    yield a_clip(id=RECORDING, officer=OfficerId("4021"), uploaded_at=TUESDAY, decision=decided)
    yield a_clip(id=OTHER_CLIP, uploaded_at=OCTOBER, borough=Borough("late"))
    yield a_clip(id=fresh_id(), uploaded_at=MONDAY, borough=Borough("in time"))
    yield a_clip(id=fresh_id(), uploaded_at=OCTOBER, decision=replace(decided, at=OCTOBER))
    for rule, at in (("R5 31 days over", MONDAY), ("the old rule", OCTOBER)):
        weeding = Weeding(rule=rule, condemned_at=at, weeded_at=at)
        yield a_clip(id=fresh_id(), uploaded_at=at - timedelta(days=31), state=State.WEEDED, weeding=weeding)


def sessions() -> Iterator[Session]:
    for key, who, begun, ended, why in (
        ("a" * 32, "on at nine", NINE - 60 * MINUTE, NINE + 30 * MINUTE, Ended.LOGGED_OFF),
        ("b" * 32, "gone by nine", NINE - 30 * MINUTE, NINE - 15 * MINUTE, Ended.IDLE),
        ("c" * 32, "on since Monday", MONDAY, None, None),
        ("d" * 32, "not on yet", WEDNESDAY, None, None),
    ):
        yield a_session(
            key=key, actor=who, started_at=begun, ended_at=ended, ended_why=why, last_seen=ended or NOW - MINUTE
        )


def runs() -> Iterator[WeedingRun]:
    for name, failed, late in (("good", 0, False), ("failed", 1, False), ("late", 0, True)):
        yield WeedingRun(run=name, started_at=MONDAY, ended_at=TUESDAY, weeded=3, kept=0, failed=failed, late=late)


@pytest.fixture
def scene(world: MemoryService) -> MemoryService:
    entries(Scene(world))
    counts = [with_batch(None, tally, 1) for tally in tallied(world.entries())]
    world.records.put(*clips(), *sessions(), *runs(), *(each for each in counts if each))
    return world


def test_each_question_of_the_page_is_one_that_is_tried_here() -> None:
    assert set(ROWS) == set(MEANT)
    assert len(QUERY.findall(PAGE)) == sum(len(QUERY.findall(queries)) for queries in ROWS.values())


@pytest.mark.parametrize("question", MEANT)
async def test_a_query_of_the_page_finds_what_its_question_means(scene: MemoryService, question: str) -> None:
    queries = QUERY.findall(ROWS[question])
    for (path, sent), meant in zip(queries, MEANT[question], strict=True):
        pairs = [part.partition("=")[::2] for part in sent.replace("{clip}", RECORDING).split("&")]
        answered = await get(scene, path, pairs)
        assert answered.status == 200, answered.raw
        assert _found(answered.json, meant, in_order="$orderby" in sent) == meant


def _found(shown: Any, meant: Meant, *, in_order: bool) -> Meant:
    if isinstance(meant, int):
        return int(shown)
    column, _ = meant
    values = [row[column] for row in shown["value"]]
    return column, values if in_order else sorted(values)


async def test_the_numbers_that_are_to_agree_do(scene: MemoryService) -> None:
    (number, counts) = MEANT["entries of a day"]
    assert isinstance(counts, tuple)
    assert number == sum(counts[1])
    sealed = [entry for entry in scene.entries() if not entry.pending]
    assert MEANT["entries that the ledger has and the store has not"] == [len(sealed)]
