"""Every question that is put to the record store, as text and values.

Each is one of the constant texts below, joined from constant clauses; whatever a caller sent is a parameter. Pages are
by sort key, since a cross-partition ORDER BY has no token to go on from; the composite indexes it needs are in
infra/cosmos.json, each of which also serves the reverse of its order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from shared.domain.document import timestamp, to_document
from shared.domain.footage import DockId
from shared.domain.worklist import Worklist
from shared.ports import EntryFilter, Place

CLIPS = "SELECT * FROM c WHERE c.kind = 'clip'"
ENTRIES = "SELECT * FROM c WHERE c.kind = 'entry'"
GRANTS = "SELECT * FROM c WHERE c.kind = 'grant'"
HANDED = "SELECT c.id, c.uploadedAt, c.blob, c.integrity, c.quarantine FROM c WHERE c.kind = 'clip'"
ENTRY = "SELECT * FROM c WHERE c.kind = 'entry' AND c.id = @entry"
ENTRIES_OF_TRAIL = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'entry' AND c.number > @number ORDER BY c.number ASC"
NOTES_OF_CLIP = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'note'"
APPROVALS = "SELECT * FROM c WHERE c.kind = 'approval'"
DOCKS = "SELECT * FROM c WHERE c.kind = 'dock' ORDER BY c.id ASC"
SIGHTINGS = "SELECT * FROM c WHERE c.kind = 'sighting'"
CONDEMNED = "SELECT * FROM c WHERE c.kind = 'clip' AND c.state = 'condemned' ORDER BY c.weeding.condemnedAt ASC"
ROUNDS = "SELECT * FROM c WHERE c.kind = 'reconciliation' AND c.round = true ORDER BY c.startedAt DESC"
WEEDINGS = "SELECT * FROM c WHERE c.kind = 'weeding-run' ORDER BY c.startedAt DESC"
PENDING = "SELECT c.occurredAt FROM c WHERE c.kind = 'entry' AND c.pending = true ORDER BY c.occurredAt ASC"
PENDING_BEFORE = "SELECT * FROM c WHERE c.kind = 'entry' AND c.pending = true AND c.occurredAt < @before"
PENDING_OF = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'entry' AND c.pending = true AND ARRAY_CONTAINS(@ids, c.id)"
SEALING = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = 'sealing' AND c.batch = @batch ORDER BY c.part ASC"
COUNTS_OF_DAY = "SELECT * FROM c WHERE c.pk = @pk AND c.kind = @kind"
WITH_IDS = " AND ARRAY_CONTAINS(@ids, c.id)"
DUE = " AND c.state = 'held' AND ARRAY_LENGTH(c.holds) = 0 AND c.retention.weedAfter <= @now"
UNMET = " AND c.met = false AND c.grantedAt <= @before"
REFUSED = " AND (c.action = @grant OR c.action = @receipt)"
ABOUT_DOCK = " AND (c.subject = @dock OR STARTSWITH(c.subject, @below))"
MOST_IDS = 256  # of one question, whose text is the same however many are asked for: no entry has the id ""
AMONG_IDS = " AND c.id IN (" + ", ".join(f"@id{number}" for number in range(MOST_IDS)) + ")"
BETWEEN_PATHS = " AND c.blob.path >= @first AND c.blob.path <= @last"
BY_PATH = " ORDER BY c.blob.path ASC"
BY_UPLOAD = " ORDER BY c.uploadedAt DESC, c.id DESC"
BY_WAITING = " ORDER BY c.uploadedAt ASC, c.id ASC"
BY_OCCURRENCE = " ORDER BY c.occurredAt DESC, c.id DESC"
BY_FIRST = " ORDER BY c.occurredAt ASC, c.id ASC"
BY_WEEDING = " ORDER BY c.retention.weedAfter ASC, c.id ASC"
BY_GRANTING = " ORDER BY c.grantedAt ASC, c.recording ASC"
BY_ASKING = " ORDER BY c.askedAt ASC, c.clip ASC"
NEWEST_GRANT = " ORDER BY c.grantedAt DESC, c.recording DESC"
CLAUSES: Mapping[str, str] = MappingProxyType(
    {
        "own": " AND c.officer = @own",
        "mine": " AND c.officer = @mine",
        "within": " AND c.borough = @within",
        "officer": " AND c.officer = @officer",
        "borough": " AND c.borough = @borough",
        "camera": " AND c.camera = @camera",
        "dock": " AND c.dock = @dock",
        "incident": " AND c.incident = @incident",
        "category": " AND c.decision.category = @category",
        "evidential": " AND c.decision.evidential = @evidential",
        "state": " AND c.state = @state",
        "subject": " AND c.subject = @subject",
        "actor": " AND c.actor.id = @actor",
        "action": " AND c.action = @action",
        "since": " AND c.occurredAt >= @since",
        "until": " AND c.occurredAt < @until",
        "recorded_since": " AND c.recordedAt >= @recorded_since",
        "recorded_until": " AND c.recordedAt < @recorded_until",
        "uploaded_since": " AND c.uploadedAt >= @uploaded_since",
        "uploaded_until": " AND c.uploadedAt < @uploaded_until",
        "expiring_before": " AND c.retention.weedAfter < @expiring_before",
        "granted_since": " AND c.grantedAt >= @granted_since",
    }
)
WAITING: Mapping[Worklist, str] = MappingProxyType(
    {
        Worklist.QUARANTINE: " AND c.state = 'quarantined'",
        Worklist.MISMATCH: " AND c.integrity.state = 'mismatch' AND c.state <> 'weeded'",
        Worklist.POISON: " AND c.integrity.state = 'pending' AND IS_STRING(c.integrity.gaveUpAt)"
        " AND c.state <> 'weeded'",
    }
)
AFTER_UPLOAD = " AND (c.uploadedAt < @at OR (c.uploadedAt = @at AND c.id < @id))"
AFTER_WAITING = " AND (c.uploadedAt > @at OR (c.uploadedAt = @at AND c.id > @id))"
AFTER_OCCURRENCE = " AND (c.occurredAt < @at OR (c.occurredAt = @at AND c.id < @id))"
AFTER_WEEDING = " AND (c.retention.weedAfter > @at OR (c.retention.weedAfter = @at AND c.id > @id))"
AFTER_ASKING = " AND (c.askedAt > @at OR (c.askedAt = @at AND c.clip > @id))"
AFTER_GRANTING = " AND (c.grantedAt > @at OR (c.grantedAt = @at AND c.recording > @id))"


@dataclass(frozen=True, slots=True)
class Query:
    """A text of constants and the values of its parameters."""

    text: str
    values: Mapping[str, object]

    def where(self, clause: str, **values: object) -> "Query":
        return Query(self.text + clause, {**self.values, **values})

    def given(self, **values: object) -> "Query":
        """With the clause of each value that was given, as documents have it."""
        asked = {name: to_document(value) for name, value in values.items() if value is not None}
        return self.where("".join(CLAUSES[name] for name in asked), **asked)

    def after(self, place: Place | None, clause: str) -> "Query":
        return self.where(clause, at=timestamp(place.at), id=place.id) if place else self


def feeding(asked: EntryFilter, after: Place | None) -> Query:
    query = Query(ENTRIES, {}).given(
        borough=asked.borough,
        subject=asked.subject,
        actor=asked.actor,
        action=asked.action,
        since=asked.since,
        until=asked.until,
    )
    return query.after(after, AFTER_OCCURRENCE).where(BY_OCCURRENCE)


def entries_among(ids: Sequence[str]) -> Query:
    """By `IN`, which seeks each of them; ARRAY_CONTAINS may look at every entry there is."""
    if len(ids) > MOST_IDS:
        raise ValueError(f"at most {MOST_IDS} entries are asked for at once, not {len(ids)}")
    padded = [*ids, *[""] * (MOST_IDS - len(ids))]
    return Query(ENTRIES, {}).where(AMONG_IDS, **{f"id{number}": each for number, each in enumerate(padded)})


def pending(before: datetime) -> Query:
    return Query(PENDING_BEFORE, {}).where(BY_FIRST, before=timestamp(before))


def due(now: datetime, after: Place | None) -> Query:
    return Query(CLIPS, {}).where(DUE, now=timestamp(now)).after(after, AFTER_WEEDING).where(BY_WEEDING)


def waiting(worklist: Worklist, after: Place | None) -> Query:
    clause = WAITING[worklist]
    return Query(CLIPS, {}).where(clause).after(after, AFTER_WAITING).where(BY_WAITING)


def unmet(before: datetime, after: Place | None, *, dock: DockId | None, since: datetime | None) -> Query:
    query = Query(GRANTS, {}).where(UNMET, before=timestamp(before)).given(dock=dock, granted_since=since)
    return query.after(after, AFTER_GRANTING).where(BY_GRANTING)


def handed_over(dock: DockId, after: Place | None, *, since: datetime) -> Query:
    query = Query(HANDED, {}).given(dock=dock, uploaded_since=since)
    return query.after(after, AFTER_UPLOAD).where(BY_UPLOAD)


def newest_grant(dock: DockId) -> Query:
    return Query(GRANTS, {}).given(dock=dock).where(NEWEST_GRANT)


def refusals_of(dock: DockId, *, since: datetime) -> Query:
    query = Query(ENTRIES, {}).where(REFUSED, grant="refused.grant", receipt="refused.receipt")
    query = query.where(ABOUT_DOCK, dock=dock, below=f"{dock}/").given(since=since)
    return query.where(BY_OCCURRENCE)


def clips_at(first: str, last: str) -> Query:
    return Query(CLIPS, {}).where(BETWEEN_PATHS, first=first, last=last).where(BY_PATH)
