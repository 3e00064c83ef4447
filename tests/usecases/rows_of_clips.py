"""The verbs a clip meets once it is in: looked at, categorised, weeded; and what is refused, one row for each way."""

from shared.domain.access import Reach
from shared.domain.entry import Asking
from shared.domain.footage import Borough
from shared.ports import ClipFilter, EntryFilter
from shared.usecases.audit import audit
from shared.usecases.categorise import categorise
from shared.usecases.health import health_details
from shared.usecases.play import play
from shared.usecases.read import poster, read
from shared.usecases.refuse import NOBODY, refuse, refuse_nobody
from shared.usecases.search import search
from shared.usecases.trail import trail
from shared.usecases.weed import WeedReport, weed
from shared.usecases.weeding_run import record_run
from tests.builders import (
    CAMERA,
    FORCE,
    RECORDING,
    an_asking,
)
from tests.fakes import MemoryWitness, World
from tests.usecases.rows import (
    ARREST,
    DUTY,
    Anew,
    Row,
    a_clip_held_by_the_storage,
    two_overdue_clips,
)
from tests.usecases.scenes import (
    a_condemned_stored_clip,
    a_stored_clip,
    an_overdue_stored_clip,
    by_the_service,
)


async def a_run(world: World, asking: Asking) -> WeedReport:
    return await weed(
        asking=asking,
        now=lambda: asking.at,
        records=world.records,
        footage=world.footage,
        out_of_time=lambda: False,
        at_once=1,
    )


SERVICE = by_the_service()
RAN = WeedReport(weeded=7, kept=1)
FIRST = '"00000001"'  # the version MemoryRecords gives to the first record put

ROWS = (
    Row(
        name="search",
        verb=search,
        scene=a_stored_clip,
        run=lambda w, a: search(
            ClipFilter(reach=FORCE, camera=CAMERA), after=None, limit=10, asking=a, records=w.records
        ),
        enters=(("footage.searched", "camera order shown"),),
        anew=Anew.ENTRY,
        answers=list,
    ),
    Row(
        name="read",
        verb=read,
        scene=a_stored_clip,
        run=lambda w, a: read(RECORDING, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda held: held,
    ),
    Row(
        name="poster",
        verb=poster,
        scene=a_stored_clip,
        run=lambda w, a: poster(RECORDING, reach=FORCE, asking=a, records=w.records, footage=w.footage),
        enters=(("footage.poster-shown", ""),),
        anew=Anew.ENTRY,
        answers=bytes,
    ),
    Row(
        name="play",
        verb=play,
        scene=a_stored_clip,
        run=lambda w, a: play(RECORDING, DUTY, bind=True, reach=FORCE, asking=a, records=w.records, links=w.links),
        enters=(("footage.played", ""),),
        anew=Anew.ENTRY,
        said=DUTY,
    ),
    Row(
        name="categorise",
        verb=categorise,
        scene=a_stored_clip,
        run=lambda w, a: categorise(RECORDING, ARREST, version=FIRST, reach=FORCE, asking=a, records=w.records),
        enters=(("footage.categorised", "category evidential"),),
        anew=Anew.TOLD_STALE,
        said=ARREST.why,
    ),
    Row(
        name="trail",
        verb=trail,
        scene=a_stored_clip,
        run=lambda w, a: trail(RECORDING, reach=FORCE, asking=a, records=w.records),
        enters=(("trail.read", ""),),
        anew=Anew.ENTRY,
        answers=len,
    ),
    Row(
        name="audit",
        verb=audit,
        scene=a_stored_clip,
        run=lambda w, a: audit(
            EntryFilter(subject=RECORDING),
            after=None,
            limit=10,
            reach=Reach(borough=Borough("Hackney")),
            asking=a,
            records=w.records,
        ),
        enters=(("audit.read", "borough subject"),),
        anew=Anew.ENTRY,
        answers=list,
    ),
    Row(
        name="health_details",
        verb=health_details,
        scene=lambda _world: None,
        run=lambda w, a: health_details(asking=a, records=w.records, probe=w.probe, witnesses=(MemoryWitness().key,)),
        enters=(("health.read", ""),),
        anew=Anew.ENTRY,
        answers=lambda told: told.answers,
    ),
    Row(
        name="record_run",
        verb=record_run,
        scene=an_overdue_stored_clip,
        run=lambda w, a: record_run(RAN, asking=a, ended_at=a.at, records=w.records),
        enters=(("weeding.ran", "weeded kept failed late"),),
        asking=SERVICE,
        anew=Anew.RUN,
    ),
    Row(
        name="weed, happy",
        verb=weed,
        scene=two_overdue_clips,
        run=a_run,
        enters=(("footage.condemned", "state"), ("footage.weeded", "state")) * 2,
        asking=SERVICE,
    ),
    Row(
        name="weed, held by the storage",
        verb=weed,
        scene=a_clip_held_by_the_storage,
        run=a_run,
        enters=(("footage.condemned", "state"), ("footage.reprieved", "state")),
        asking=SERVICE,
        quiet=frozenset({"footage.must_be_erasable"}),
    ),
    Row(
        name="weed, resumed",
        verb=weed,
        scene=a_condemned_stored_clip,
        run=a_run,
        enters=(("footage.weeded", "state"),),
        asking=SERVICE,
    ),
    Row(
        name="refuse, about a clip",
        verb=refuse,
        scene=a_stored_clip,
        run=lambda w, a: refuse(
            "not-found", door="read", subject=RECORDING, clip=RECORDING, asking=a, records=w.records
        ),
        enters=(("refused.read", ""),),
        anew=Anew.ENTRY,
    ),
    Row(
        name="refuse, about nothing there",
        verb=refuse,
        scene=lambda _world: None,
        run=lambda w, a: refuse("not-found", door="read", subject="no-such-id", clip=None, asking=a, records=w.records),
        enters=(("refused.read", ""),),
        anew=Anew.ENTRY,
    ),
    Row(
        name="refuse_nobody",
        verb=refuse_nobody,
        scene=lambda _world: None,
        run=lambda w, a: refuse_nobody("expired", asking=a, records=w.records),
        enters=(("refused.nobody", ""),),
        asking=an_asking(actor=NOBODY, session=None),
    ),
)
