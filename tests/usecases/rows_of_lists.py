"""The verbs of those who ask what is to be done: each worklist, and how much is on them."""

from collections.abc import Callable

from shared.domain.access import Reach
from shared.domain.footage import Integrity, OfficerId
from shared.domain.retention import KEPT_FOR
from shared.domain.worklist import Worklist
from shared.usecases.worklist import worklist
from shared.usecases.worklists import worklists
from tests.builders import BOROUGH, FORCE, NOW, OFFICER, a_clip
from tests.fakes import World
from tests.usecases.rows import Anew, Row
from tests.usecases.rows_of_corrections import a_quarantined_clip, an_old_grant
from tests.usecases.scenes import a_stored_clip

OWN = Reach(officer=OFFICER)
BOTH = Reach(officer=OFFICER, borough=BOROUGH)
MINE, WITHIN, WAITING = (
    "mine_undecided mine_expiring mine_held",
    "within_undecided within_expiring",
    "waiting_quarantine waiting_mismatch waiting_poison waiting_unmet_grants waiting_approvals",
)


def a_clip_given_up(world: World) -> None:
    world.records.put(a_clip(integrity=Integrity(gave_up_at=NOW)))


def a_clip_that_goes_soon(world: World) -> None:
    world.records.put(a_clip(uploaded_at=NOW - KEPT_FOR * 0.9))


def _of(name: Worklist, scene: Callable[[World], object], mine: OfficerId | None = None) -> Row:
    return Row(
        name=f"worklist, {name}",
        verb=worklist,
        scene=scene,
        run=lambda w, a: worklist(
            name,
            after=None,
            limit=10,
            reach=FORCE,
            mine=mine,
            asking=a,
            records=w.records,
            dead_letters=w.dead_letters,
        ),
        enters=(("worklist.read", "mine shown" if mine else "shown"),),
        anew=Anew.ENTRY,
        answers=list,
    )


def _counted(who: str, mine: OfficerId | None, reach: Reach, told: str, *, manages: bool = False) -> Row:
    return Row(
        name=f"worklists, {who}",
        verb=worklists,
        scene=a_clip_that_goes_soon,
        run=lambda w, a: worklists(mine=mine, manages=manages, reach=reach, asking=a, records=w.records),
        enters=(("worklist.counted", told),),
        anew=Anew.ENTRY,
        answers=lambda counts: counts,
    )


ROWS = (
    _of(Worklist.QUARANTINE, a_quarantined_clip),
    _of(Worklist.POISON, a_clip_given_up),
    _of(Worklist.UNMET_GRANTS, an_old_grant),
    _of(Worklist.DEAD_LETTERS, lambda _world: None),
    _of(Worklist.UNDECIDED, a_stored_clip),
    _of(Worklist.EXPIRING, a_clip_that_goes_soon, OFFICER),
    _counted("of an officer", OFFICER, OWN, f"{MINE} {WITHIN}"),
    _counted("of a supervisor who is an officer", OFFICER, BOTH, f"{MINE} {WITHIN}"),
    _counted("of an evidence manager", None, FORCE, f"{WITHIN} {WAITING}", manages=True),
)
