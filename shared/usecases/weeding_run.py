"""Record a run of weeding that ended, its record and its entry in one transaction; and say what is overdue after it."""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.domain.entry import Asking, Draft, Operation, Outcome, question
from shared.domain.health import overdue
from shared.domain.weeding_run import WeedingRun, weeding_run_of
from shared.ports import Create, Records
from shared.usecases.commit import commit
from shared.usecases.weed import WeedReport


async def record_run(report: WeedReport, *, asking: Asking, ended_at: datetime, records: Records) -> timedelta:
    """How long the clip longest overdue has waited by then. The run began at `asking.at`; it is recorded once."""
    run = WeedingRun(
        run=weeding_run_of(asking.key),
        started_at=asking.at,
        ended_at=ended_at,
        weeded=report.weeded,
        kept=report.kept,
        failed=report.failed,
        late=report.late,
    )
    draft = Draft(
        asking=replace(asking, at=ended_at),
        pk=run.pk,
        action="weeding.ran",
        operation=Operation.ADMINISTRATION,
        subject=run.run,
        outcome=Outcome.FAILED if run.failed else Outcome.GRANTED,
        changes=question(weeded=run.weeded, kept=run.kept, failed=run.failed, late=str(run.late).lower()),
        key=run.run,
    )
    await commit(records, draft, Create(run))
    since = overdue(await records.due(ended_at, after=None, limit=1)).oldest
    return ended_at - since if since else timedelta(0)
