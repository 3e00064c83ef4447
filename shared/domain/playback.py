"""How long an address to watch a clip is good for: its length and a quarter of an hour, at most four hours."""

from datetime import datetime, timedelta

from shared.domain.footage import Clip

MARGIN = timedelta(minutes=15)
LONGEST = timedelta(hours=4)


def watchable_until(clip: Clip, *, now: datetime) -> datetime:
    """A clip whose length nobody knows gets the longest."""
    length = clip.media.duration_ms if clip.media else None
    if length is None:
        return now + LONGEST
    return now + min(timedelta(milliseconds=length) + MARGIN, LONGEST)
