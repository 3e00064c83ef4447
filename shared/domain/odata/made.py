"""Columns that are worked out from a stored document when a row is made."""

from shared.domain.document import moment
from shared.domain.odata.columns import Document

MEGABYTE = 1_000_000
LARGEST = 2**31 - 1  # of an Edm.Int32


def changes(document: Document) -> str | None:
    """Each change as `field: before → after`, or `field: after` where nothing was there before."""
    told = [_change(change) for change in document["changes"]]
    return "; ".join(told) or None


def _change(change: Document) -> str:
    before, after = change["before"], change["after"]
    became = "nothing" if after is None else after
    return f"{change['field']}: {became}" if before is None else f"{change['field']}: {before} → {became}"


def roles(document: Document) -> str:
    return ", ".join(document["roles"])


def quarantine(document: Document) -> str | None:
    return ", ".join(document["quarantine"]) or None


def holds(document: Document) -> int:
    return len(document["holds"])


def megabytes(document: Document) -> int:
    """A megabyte begun counts as one."""
    return -(-int(document["blob"]["size"]) // MEGABYTE)


def duration_seconds(document: Document) -> int | None:
    """None where the file does not say, or says what no camera could have recorded."""
    media = document["media"]
    length = media["durationMs"] if media else None
    return length // 1000 if length is not None and 0 <= length // 1000 <= LARGEST else None


def session_minutes(document: Document) -> int:
    """Whole minutes, to its end or until it was last seen."""
    return _minutes(document["startedAt"], document["endedAt"] or document["lastSeen"])


def run_minutes(document: Document) -> int:
    return _minutes(document["startedAt"], document["endedAt"])


def _minutes(begun: str, ended: str) -> int:
    return int((moment(ended) - moment(begun)).total_seconds()) // 60
