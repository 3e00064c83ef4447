"""The verbs of evidence managers: corrections, release, and how a dock does; one row for each way."""

from shared.domain.footage import State
from shared.domain.worklist import UNMET_AFTER
from shared.usecases.correct import Incident, Officer, correct_incident, correct_officer
from shared.usecases.docks import read_dock
from shared.usecases.release import release
from shared.usecases.sight import sight
from tests.builders import (
    DOCK,
    FORCE,
    NOW,
    OTHER_BOROUGH,
    OTHER_OFFICER,
    RECORDING,
    a_grant,
)
from tests.fakes import World
from tests.usecases.rows import Anew, Row, a_dock_and
from tests.usecases.scenes import a_stored_clip

FIRST = '"00000001"'  # the version MemoryRecords gives to the first record put
WHOSE = Officer(id=OTHER_OFFICER, borough=None, why="the roster was wrong")
WHERE = Officer(id=OTHER_OFFICER, borough=OTHER_BOROUGH, why="on loan that day")
WHICH = Incident(number="CAD 9", why="same stop")
SEEN = "watched it whole"


def a_quarantined_clip(world: World) -> None:
    a_stored_clip(world, state=State.QUARANTINED, quarantine=("truncated",))


def an_old_grant(world: World) -> None:
    world.records.put(a_grant(granted_at=NOW - UNMET_AFTER))


ROWS = (
    Row(
        name="correct_officer",
        verb=correct_officer,
        scene=a_stored_clip,
        run=lambda w, a: correct_officer(RECORDING, WHOSE, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.officer-corrected", "officer"),),
        anew=Anew.TOLD_STALE,
        said=WHOSE.why,
    ),
    Row(
        name="correct_officer, with the borough",
        verb=correct_officer,
        scene=a_stored_clip,
        run=lambda w, a: correct_officer(RECORDING, WHERE, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.officer-corrected", "officer borough"),),
        anew=Anew.TOLD_STALE,
        said=WHERE.why,
    ),
    Row(
        name="correct_incident",
        verb=correct_incident,
        scene=a_stored_clip,
        run=lambda w, a: correct_incident(RECORDING, WHICH, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.incident-corrected", "incident"),),
        anew=Anew.TOLD_STALE,
        said=WHICH.why,
    ),
    Row(
        name="release",
        verb=release,
        scene=a_quarantined_clip,
        run=lambda w, a: release(RECORDING, SEEN, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.released", "state"),),
        anew=Anew.TOLD_STALE,
        said=SEEN,
    ),
    Row(
        name="read_dock",
        verb=read_dock,
        scene=a_dock_and(a_stored_clip, an_old_grant),
        run=lambda w, a: read_dock(DOCK, asking=a, records=w.records),
        enters=(("dock.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda observed: observed.activity,
    ),
    Row(
        name="sight",
        verb=sight,
        scene=a_dock_and(),
        run=lambda w, a: sight(DOCK, asking=a, records=w.records),
        enters=(),
        quiet=frozenset({"records.sighting", "records.write"}),
    ),
)
