"""The verbs of what people write beside a clip: notes and approvals; and those that take these along with the clip."""

from dataclasses import replace

from shared.domain.approve import Standing, Unmarking, Verdict
from shared.domain.footage import Evidential
from shared.usecases.annotate import annotate, notes
from shared.usecases.approve import approval, approvals, ask_approval, decide_approval
from shared.usecases.categorise import Category, categorise
from shared.usecases.correct import correct_officer
from shared.usecases.weed import weed
from tests.builders import FORCE, RECORDING, UPLOADED, a_decision, a_note, an_approval
from tests.fakes import World
from tests.usecases.rows import Anew, Row
from tests.usecases.rows_of_clips import SERVICE, a_run
from tests.usecases.rows_of_corrections import WHERE
from tests.usecases.scenes import a_stored_clip, an_overdue_stored_clip

FIRST, SECOND = '"00000001"', '"00000002"'  # the versions MemoryRecords gives to the first records put
TEXT = "the suspect's face is clear at 02:10\nand his voice at 03:45"
WRONG_CLIP = Unmarking(category="other", evidential=Evidential.NO, why="it is the wrong clip")
YES, NO = Verdict(granted=True, why="I watched it"), Verdict(granted=False, why="the knife is in it")
STILL = Category(name="arrest", evidential=Evidential.YES, why="it is the arrest")


def evidence(world: World) -> None:
    a_stored_clip(world, decision=a_decision(evidential=Evidential.YES))


def evidence_asked_about(world: World) -> None:
    world.records.put(an_approval())
    evidence(world)


def evidence_that_was_asked_about_before(world: World) -> None:
    world.records.put(an_approval(state=Standing.REFUSED, decided_by="P2001", decided_why="no"))
    evidence(world)


def approved_of_later(world: World) -> None:
    """The clip comes first, so that its version is FIRST."""
    a_stored_clip(world, decision=a_decision(evidential=Evidential.YES, at=UPLOADED))
    world.records.put(an_approval(asked_at=UPLOADED, of_decision_at=UPLOADED))


def a_clip_with_notes(world: World) -> None:
    a_stored_clip(world)
    world.records.put(a_note(), a_note(entry="0b8a1f0e-52d3-8b07-9b1c-1f2c5d1f9a56"))


def an_overdue_clip_with_all_that_can_be_written_beside_it(world: World) -> None:
    a_clip_with_notes(world)
    an_overdue_stored_clip(world)
    world.records.put(replace(an_approval(), state=Standing.GRANTED, decided_by="P2001", decided_why="I watched it"))


ROWS = (
    Row(
        name="annotate",
        verb=annotate,
        scene=a_stored_clip,
        run=lambda w, a: annotate(RECORDING, TEXT, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.annotated", "note"),),
        anew=Anew.NOTE,
        answers=lambda note: note.text,
    ),
    Row(
        name="notes",
        verb=notes,
        scene=a_clip_with_notes,
        run=lambda w, a: notes(RECORDING, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.notes-read", ""),),
        anew=Anew.ENTRY,
        answers=list,
    ),
    Row(
        name="ask_approval",
        verb=ask_approval,
        scene=evidence,
        run=lambda w, a: ask_approval(RECORDING, WRONG_CLIP, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("approval.asked", "category evidential"),),
        anew=Anew.TOLD_OPEN,
        said=WRONG_CLIP.why,
        answers=lambda held: held.record.state,
    ),
    Row(
        name="ask_approval, after a refusal",
        verb=ask_approval,
        scene=evidence_that_was_asked_about_before,
        run=lambda w, a: ask_approval(RECORDING, WRONG_CLIP, version=SECOND, reach=FORCE, asking=a, records=w.records),
        enters=(("approval.asked", "category evidential"),),
        anew=Anew.TOLD_OPEN,
        said=WRONG_CLIP.why,
        answers=lambda held: held.record.state,
    ),
    Row(
        name="decide_approval, granted",
        verb=decide_approval,
        scene=evidence_asked_about,
        run=lambda w, a: decide_approval(RECORDING, YES, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("approval.granted", "category evidential"),),
        anew=Anew.TOLD_STALE,
        said=YES.why,
        answers=lambda held: held.record.state,
    ),
    Row(
        name="decide_approval, refused",
        verb=decide_approval,
        scene=evidence_asked_about,
        run=lambda w, a: decide_approval(RECORDING, NO, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("approval.refused", ""),),
        anew=Anew.TOLD_STALE,
        said=NO.why,
        answers=lambda held: held.record.state,
    ),
    Row(
        name="approval",
        verb=approval,
        scene=evidence_asked_about,
        run=lambda w, a: approval(RECORDING, reach=FORCE, asking=a, records=w.records),
        enters=(("approval.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda held: held,
    ),
    Row(
        name="approvals",
        verb=approvals,
        scene=evidence_asked_about,
        run=lambda w, a: approvals(Standing.OPEN, after=None, limit=10, reach=FORCE, asking=a, records=w.records),
        enters=(("approvals.read", "state shown"),),
        anew=Anew.ENTRY,
        answers=list,
    ),
    Row(
        name="categorise, overtaking an approval",
        verb=categorise,
        scene=approved_of_later,
        run=lambda w, a: categorise(RECORDING, STILL, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.categorised", "category evidential approval"),),
        anew=Anew.TOLD_STALE,
        said=STILL.why,
    ),
    Row(
        name="correct_officer, with its approval",
        verb=correct_officer,
        scene=approved_of_later,
        run=lambda w, a: correct_officer(RECORDING, WHERE, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.officer-corrected", "officer borough approval.officer approval.borough"),),
        anew=Anew.TOLD_STALE,
        said=WHERE.why,
    ),
    Row(
        name="weed, with all that was written beside it",
        verb=weed,
        scene=an_overdue_clip_with_all_that_can_be_written_beside_it,
        run=a_run,
        enters=(("footage.condemned", "state"), ("footage.weeded", "state")),
        asking=SERVICE,
    ),
)
