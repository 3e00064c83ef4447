"""An address to watch a clip by: how long it is good for, and from where. The rules:

    P1  It is good for the clip's length and a quarter of an hour, at most four hours; a clip whose length nobody
        knows gets the longest.
    P2  Where addresses are bound to the caller's own, it must be known and of version 4.

Storage binds to no other kind of address, and an unbound one would break the promise that was made.
"""

from datetime import datetime, timedelta
from ipaddress import AddressValueError, IPv4Address

from shared.domain.footage import Clip
from shared.errors import NotAllowed

MARGIN = timedelta(minutes=15)
LONGEST = timedelta(hours=4)


def watchable_until(clip: Clip, *, now: datetime) -> datetime:
    """Rule P1."""
    length = clip.media.duration_ms if clip.media else None
    if length is None:
        return now + LONGEST
    longest = LONGEST // timedelta(milliseconds=1)  # a file can claim more than a timedelta holds, or less than nothing
    return now + min(timedelta(milliseconds=min(max(length, 0), longest)) + MARGIN, LONGEST)


def bindable(address: str | None) -> str:
    """Rule P2. Raises NotAllowed."""
    try:
        return str(IPv4Address(address or ""))
    except AddressValueError:
        raise NotAllowed("from your network no address can be given: it has no IPv4 address to bind to") from None
