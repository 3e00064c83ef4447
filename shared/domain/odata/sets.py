"""The entity sets of the feed: what each tells, column by column, and where it is in the stored documents.

A name is never taken away, given another meaning or moved before another: reports rest on them, and Power Query shows
columns in this order. Every time is UTC; every `localDate` is the day in London of the time its set is ordered by.
"""

from collections.abc import Mapping
from types import MappingProxyType

from shared.domain.entry import REASON_LENGTH
from shared.domain.odata import made
from shared.domain.odata.columns import Column, Edm, EntitySet

UUID = 36
SHA256 = 64


def _column(
    name: str,
    edm: Edm,
    about: str,
    path: str = "",
    *,
    nullable: bool = True,
    length: int | None = None,
    sortable: bool = False,
) -> Column:
    place = tuple((path or name).split("."))
    return Column(name=name, edm=edm, about=about, path=place, nullable=nullable, length=length, sortable=sortable)


def _text(name: str, about: str, path: str = "", *, nullable: bool = True, length: int | None = None) -> Column:
    return _column(name, Edm.STRING, about, path, nullable=nullable, length=length)


def _key(about: str, path: str = "", *, length: int | None = UUID) -> Column:
    return _column("id", Edm.STRING, about, path, nullable=False, length=length, sortable=True)


def _time(name: str, about: str, path: str = "", *, nullable: bool = True, sortable: bool = False) -> Column:
    return _column(name, Edm.MOMENT, about, path, nullable=nullable, sortable=sortable)


def _local_date(of: str) -> Column:
    about = f"The day in London on which {of} falls."
    return Column(name="localDate", edm=Edm.DATE, about=about, path=(of,), nullable=False, local_day=True)


OCCURRED = (
    _key("The entry's id: the same in the ledger, in a clip's trail and here."),
    _time("occurredAt", "When it was done, by the server's clock.", nullable=False, sortable=True),
    _local_date("occurredAt"),
)
WHO = (
    _text("actorId", "Who did it: an officer's number, a dock or a service.", "actor.id", nullable=False),
    _text("actorName", "Their name as it was then.", "actor.name"),
    _text("actorRole", "The role they did it in.", "actor.role"),
    _text("actorKind", "person, dock, service or nobody.", "actor.kind", nullable=False),
)
ABOUT = (
    _text("subject", "What it was done to: a clip's id, a dock, a session, a run, a list.", nullable=False),
    _text("borough", "The borough it belongs to."),
    _text("outcome", "granted, refused or failed.", nullable=False),
    _text("reasonCode", "Why, as one of the codes of the service.", "reason.code"),
    _text("reasonText", "Why, in the words of who did it.", "reason.text", length=REASON_LENGTH),
)

AUDIT_ENTRIES = EntitySet(
    name="AuditEntries",
    entity="AuditEntry",
    about="Everything that was done, looked at, refused or deleted, one row each; written with the deed.",
    within="c.kind = 'entry'",
    key="id",
    moment="occurredAt",
    borough="borough",
    columns=(
        *OCCURRED,
        _text("operation", "The heading of section 62 of the Data Protection Act 2018, or access.", nullable=False),
        _text("action", "What was done, as footage.categorised.", nullable=False),
        *WHO,
        *ABOUT,
        _text("recipient", "To whom it was disclosed, where it was."),
        _text("session", "The session they were in; its row is in Sessions."),
        _text("clientAddress", "The network address they came from.", "address"),
        _text("request", "The request it was part of.", nullable=False),
        _text("trail", "The trail it is numbered in: a clip's id, or another thing's.", "pk", nullable=False),
        _column("number", Edm.NUMBER, "Its place in its trail: 1, 2, 3 and so on, without a gap.", nullable=False),
        _text("previous", "The commitment of the entry before it in its trail."),
        _column("pending", Edm.BOOLEAN, "Whether it still waits to be sealed into the ledger.", nullable=False),
        _text("leaf", "Its place in the ledger, once it is sealed: a number, as text."),
        Column(name="changes", edm=Edm.STRING, about="What it changed, or what was asked for.", made=made.changes),
    ),
)
FOOTAGE = EntitySet(
    name="Footage",
    entity="Clip",
    about="Every clip and what became of it: facts alone, no link to watch it by. Of a weeded one, what is left.",
    within="c.kind = 'clip'",
    key="id",
    moment="uploadedAt",
    borough="borough",
    columns=(
        _key("The clip's id: the subject of its entries."),
        _time("uploadedAt", "When it arrived, by the server's clock.", nullable=False, sortable=True),
        _local_date("uploadedAt"),
        _text("state", "held, quarantined, condemned or weeded.", nullable=False),
        _text("borough", "The borough it was recorded for."),
        _text("officer", "The number of the officer whose it is."),
        _text("camera", "The camera that recorded it."),
        _text("dock", "The dock that handed it over."),
        _text("incident", "The incident it belongs to; null where nobody gave it one, and of what is weeded."),
        _time("recordedAt", "When it was recorded, by the camera's clock: a claim."),
        _text("category", "What it is called; null is not categorised yet.", "decision.category"),
        _text("evidential", "yes, no or undecided.", "decision.evidential", nullable=False),
        _time("decidedAt", "When that was decided last.", "decision.at"),
        _text("decidedBy", "Who decided it.", "decision.by"),
        _text("approvedBy", "The second person, where it took one.", "decision.approvedBy"),
        _text("retentionRule", "The rule it is kept by.", "retention.rule", nullable=False),
        _time("weedAfter", "When weeding looks at it next; null is never by itself.", "retention.weedAfter"),
        _column("reviewOn", Edm.DATE, "When a person is to look at whether it is still needed.", "retention.reviewOn"),
        Column(name="holds", edm=Edm.NUMBER, about="How many holds keep it.", nullable=False, made=made.holds),
        Column(name="quarantine", edm=Edm.STRING, about="What was found wrong with it.", made=made.quarantine),
        _time("releasedAt", "When a person released it from quarantine."),
        _text("integrity", "pending, verified, mismatch or unclaimed.", "integrity.state", nullable=False),
        _text("sha256", "The SHA-256 of the bytes stored.", "integrity.sha256", length=SHA256),
        _time("verifiedAt", "When they were last hashed.", "integrity.verifiedAt"),
        Column(name="megabytes", edm=Edm.NUMBER, about="Its size.", nullable=False, made=made.megabytes),
        Column(name="seconds", edm=Edm.NUMBER, about="Its length, as its file says.", made=made.duration_seconds),
        _text("weedingRule", "The rule it was condemned under.", "weeding.rule"),
        _time("condemnedAt", "When it was condemned.", "weeding.condemnedAt"),
        _time("weededAt", "When it was gone.", "weeding.weededAt"),
    ),
)
SESSIONS = EntitySet(
    name="Sessions",
    entity="Session",
    about="Who was on the system, through which application, from when to when, and why it ended.",
    within="c.kind = 'session'",
    key="id",
    moment="startedAt",
    borough="borough",
    columns=(
        _key("The session's id: the session of its entries.", "session", length=None),
        _time("startedAt", "From when.", nullable=False, sortable=True),
        _local_date("startedAt"),
        _time("endedAt", "To when; null while it lasts."),
        Column(name="minutes", edm=Edm.NUMBER, about="How long.", nullable=False, made=made.session_minutes),
        _text("endedWhy", "logged-off, idle or revoked; null while it lasts."),
        _time("lastSeen", "When they were last seen in it.", nullable=False),
        _text("officer", "Who: an officer's number, else the directory's id.", "actor", nullable=False),
        _text("name", "Their name as it was then."),
        Column(name="roles", edm=Edm.STRING, about="Their roles as they were then.", nullable=False, made=made.roles),
        _text("borough", "Their borough as it was then."),
        _text("client", "The application they came through."),
        _text("clientAddress", "The network address they came from.", "address"),
        _time("revokedAt", "When their sign-on was revoked, if it was."),
    ),
)
DISCLOSURES = EntitySet(
    name="Disclosures",
    entity="Disclosure",
    about="Trails handed out as files: what may have left the force. Nothing here tells whether it did. Footage is not "
    "shared, and nobody outside the force can watch a clip, so that recipient is empty until sharing is built.",
    within="(c.operation = 'disclosure' OR c.action = 'trail.exported') AND c.kind = 'entry'",
    key="id",
    moment="occurredAt",
    borough="borough",
    columns=(
        *OCCURRED,
        _text("action", "What was given: so far always trail.exported.", nullable=False),
        *WHO,
        *ABOUT,
        _text("recipient", "To whom. Empty so far: an export is handed to who asks for it."),
        _text("session", "The session they were in; its row is in Sessions."),
    ),
)
WEEDING_RUNS = EntitySet(
    name="WeedingRuns",
    entity="WeedingRun",
    about="The hourly runs that erase what nobody kept, of the whole force. A run that died has no row.",
    within="c.kind = 'weeding-run'",
    key="id",
    moment="startedAt",
    borough=None,
    columns=(
        _key("The run's id: the subject of its entry.", "run"),
        _time("startedAt", "When it began.", nullable=False, sortable=True),
        _local_date("startedAt"),
        _time("endedAt", "When it ended.", nullable=False),
        Column(name="minutes", edm=Edm.NUMBER, about="How long it took.", nullable=False, made=made.run_minutes),
        _column("weeded", Edm.NUMBER, "Clips erased.", nullable=False),
        _column("kept", Edm.NUMBER, "Clips that were due and are kept after all.", nullable=False),
        _column("failed", Edm.NUMBER, "Clips that could not be erased this time.", nullable=False),
        _column("late", Edm.BOOLEAN, "Whether its time was over with clips still due.", nullable=False),
    ),
)
DAILY_COUNTS = EntitySet(
    name="DailyCounts",
    entity="DailyCount",
    about="How many entries of each kind a day had: what AuditEntries adds up to, counted as they are sealed.",
    within="c.kind = 'daily-count'",
    key="id",
    moment="day",
    borough="borough",
    columns=(
        _key("What is counted, as one text.", length=None),
        _column("day", Edm.DATE, "The day in London.", nullable=False, sortable=True),
        _text("borough", "The borough the entries belong to; null: to none."),
        _text("action", "What was done.", nullable=False),
        _text("outcome", "granted, refused or failed.", nullable=False),
        _column("n", Edm.NUMBER, "How many.", nullable=False),
    ),
)

SETS = (AUDIT_ENTRIES, FOOTAGE, SESSIONS, DISCLOSURES, WEEDING_RUNS, DAILY_COUNTS)
BY_NAME: Mapping[str, EntitySet] = MappingProxyType({each.name: each for each in SETS})
