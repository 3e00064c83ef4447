"""Reconcile: hold what lies in the storage against the index, mend what is safe to mend, report the rest.

For each place that is due (domain/reconcile_rounds.py), a page at a time:
    1. list what lies there, then read the clips that should; decide (domain/reconcile.py)
    2. count what was found in the report, with its entry, in one transaction
    3. mend (usecases/reconcile_mend.py)

A crash at any arrow leaves a report that says how far the run came. Asked again with the same key the run goes on, and
counts nothing twice; the next night's goes on after it. One bad place or blob does not shelter the rest: it is logged
and left unfinished, and then the run does not end. A dry run does 1 and 2 only.
"""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.domain.entry import Asking, Draft, Operation, Reason, question
from shared.domain.reconcile import GRACE, NO_GRACE, Finding
from shared.domain.reconcile_report import Reconciliation, begun, counted, counted_to, passed, run_of
from shared.domain.reconcile_rounds import Turn
from shared.errors import NotFound
from shared.ports import Create, Held, Records, Replace
from shared.usecases.commit import commit
from shared.usecases.ingest import Intake
from shared.usecases.reconcile_compare import Span, spans
from shared.usecases.reconcile_mend import mend
from shared.usecases.reconcile_survey import survey

log = logging.getLogger(__name__)
STEP = 200  # places without a finding after which the report is written all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`prefix`: look at all paths that begin with it; without one, a night's round. `why`: a person's reason."""

    dry_run: bool = False
    prefix: str | None = None
    why: str | None = None


@dataclass(slots=True, kw_only=True)
class Reconciled:
    """What this asking did: `found` is its own share of the report's. `late`: it stopped before its time was over."""

    report: Reconciliation
    found: Counter[Finding] = field(default_factory=Counter)
    failed: int = 0
    late: bool = False


async def reconcile(
    asked: Asked, *, asking: Asking, now: Callable[[], datetime], intake: Intake, out_of_time: Callable[[], bool]
) -> Reconciled:
    """The run that `asking.key` names, begun or gone on with. Each entry is dated by its own `now`."""
    held = await _begun(asked, asking=asking, records=intake.records)
    run = _Run(held, asking=asking, now=now, intake=intake, out_of_time=out_of_time)
    if held.record.ended_at is None:
        await run.go()
    return run.done


async def read_reconciliation(run: str, *, asking: Asking, records: Records) -> Reconciliation:
    """The report of a run. Raises NotFound."""
    held = await records.reconciliation(run)
    if held is None:
        raise NotFound("there is no such run")
    await commit(records, _draft("reconciliation.read", held.record, asking, key=asking.key))
    return held.record


async def _begun(asked: Asked, *, asking: Asking, records: Records) -> Held[Reconciliation]:
    run = run_of(asking.key)
    if held := await records.reconciliation(run):
        return held
    is_round = asked.prefix is None and not asked.dry_run
    before = await records.last_round() if is_round else None
    report = begun(run, dry_run=asked.dry_run, prefix=asked.prefix, now=asking.at, before=before)
    changes = question(dry_run=str(asked.dry_run).lower(), prefix=asked.prefix)
    draft = replace(_draft("reconciliation.started", report, asking, key=run), changes=changes)
    why = Reason(code="asked", text=asked.why) if asked.why else None
    await commit(records, replace(draft, reason=why), Create(report))
    return await _read(run, records)


async def _read(run: str, records: Records) -> Held[Reconciliation]:
    held = await records.reconciliation(run)
    if held is None:
        raise RuntimeError(f"the report of run {run} was written and is not there")
    return held


class _Run:
    """A run while it goes on: its report as last written, and as it stands."""

    def __init__(
        self,
        held: Held[Reconciliation],
        *,
        asking: Asking,
        now: Callable[[], datetime],
        intake: Intake,
        out_of_time: Callable[[], bool],
    ) -> None:
        self.done = Reconciled(report=held.record)
        self._version = held.version
        self._asking, self._now = asking, now
        self._intake, self._out_of_time = intake, out_of_time
        self._written = True  # once a report could not be written nobody knows how far it says the run came

    async def go(self) -> None:
        for number, place in enumerate(await self._places(), start=1):
            failed = self.done.failed
            await self._look_at(place)
            if self.done.late:
                break
            self.done.report = passed(self.done.report, place, whole=failed == self.done.failed)
            if number % STEP == 0:
                await self._write("reconciliation.advanced", key=place.prefix)
        await self._finish()

    async def _places(self) -> list[Turn]:
        """What an earlier attempt at this run left unfinished, then what it never reached."""
        report, intake = self.done.report, self._intake
        night = report.started_at.date()
        if report.prefix is not None:
            return [Turn(night=night, prefix=report.prefix)]
        first = [each.place for each in report.unfinished]
        reached = report.reached
        left = await survey(reached=reached, night=night, footage=intake.footage, records=intake.records)
        return [*first, *(place for place in left if place.prefix not in {each.prefix for each in first})]

    async def _look_at(self, place: Turn) -> None:
        at, grace = self._now(), GRACE if self.done.report.prefix is None else NO_GRACE
        footage, records = self._intake.footage, self._intake.records
        try:
            async for span in spans(place.prefix, now=at, grace=grace, footage=footage, records=records):
                if self._out_of_time():
                    self.done.late = True
                    return
                await self._count(place, span)
                await self._mend(span)
        except Exception as fault:
            if not self._written:
                raise
            # One bad place must not shelter the rest; the run does not end.
            log.error("reconcile: a place failed: %s", type(fault).__name__)  # noqa: TRY400 - no SDK text in logs
            self.done.failed += 1

    async def _count(self, place: Turn, span: Span) -> None:
        before = counted_to(self.done.report, place)
        new = [(each.finding, each.subject) for each in span.found if each.path > before]
        if not new:
            return
        self.done.report = counted(self.done.report, place, to=span.to, found=new)
        await self._write("reconciliation.found", key=f"{place.prefix}\n{span.to}", place=place.prefix, found=len(new))
        self.done.found.update(finding for finding, _ in new)

    async def _mend(self, span: Span) -> None:
        for found in () if self.done.report.dry_run else span.found:
            try:
                await mend(found, asking=replace(self._asking, at=self._now()), intake=self._intake)
            except Exception as fault:  # noqa: BLE001 - one bad blob must not shelter the rest
                kind = type(fault).__name__
                log.error("reconcile: clip=%s %s failed: %s", found.subject, found.finding, kind)  # noqa: TRY400
                self.done.failed += 1

    async def _finish(self) -> None:
        """Where something failed nothing more is written: what was written says how far the run came."""
        if self.done.late:
            reached = self.done.report.reached
            await self._write("reconciliation.stopped", key=f"stopped\n{reached.prefix if reached else ''}")
        elif not self.done.failed:
            self.done.report = replace(self.done.report, ended_at=self._now())
            await self._write("reconciliation.ended", key="ended")

    async def _write(self, action: str, *, key: str, **told: object) -> None:
        report = self.done.report
        draft = _draft(action, report, replace(self._asking, at=self._now()), key=f"{report.run}\n{key}")
        draft = replace(draft, changes=question(**told))
        self._written = False
        await commit(self._intake.records, draft, Replace(report, self._version))
        self._version = (await _read(report.run, self._intake.records)).version
        self._written = True


def _draft(action: str, report: Reconciliation, asking: Asking, *, key: str) -> Draft:
    return Draft(
        asking=asking, pk=report.pk, action=action, operation=Operation.ADMINISTRATION, subject=report.run, key=key
    )
