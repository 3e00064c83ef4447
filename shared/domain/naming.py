"""Where footage lies: `<borough>/<yyyy>/<mm>/<dd>/<camera>/<recording id>.<mp4|mkv|mov>`.

The date is the server's at grant. No part is a person's name. The recording id is a UUID nobody can guess; a blob
that came without a grant has no such id, and gets the UUIDv5 of its path.
"""

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from shared.domain.footage import Borough, ClipId

CONTAINER = "footage"
WITHOUT_GRANT = uuid.UUID("7c0f3f0a-3c3f-5d0e-9d5a-0d3a1b0c4e55")  # our own namespace for UUIDv5 of paths

EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {"video/mp4": "mp4", "video/x-matroska": "mkv", "video/quicktime": "mov"}
)

_PATH = re.compile(
    r"[a-z0-9-]+/[0-9]{4}/[0-9]{2}/[0-9]{2}/[A-Za-z0-9-]+/"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.(?:mp4|mkv|mov)"
)
_SUBJECT = f"/blobServices/default/containers/{CONTAINER}/blobs/"


def footage_path(recording: ClipId, *, borough: Borough, camera: str, content_type: str, now: datetime) -> str:
    return f"{slug(borough)}/{now:%Y/%m/%d}/{camera}/{recording}.{EXTENSIONS[content_type]}"


def slug(name: str) -> str:
    """A borough's name as a folder: `Hammersmith & Fulham` is `hammersmith-fulham`."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def recording_in(path: str) -> ClipId | None:
    """The recording id a path names, or None if it is not a path we gave out."""
    match = _PATH.fullmatch(path)
    return ClipId(match[1]) if match else None


def id_of_path(path: str) -> ClipId:
    return ClipId(str(uuid.uuid5(WITHOUT_GRANT, path)))


def path_in(subject: str) -> str | None:
    """The path in the subject of a storage event, or None if it is not about footage."""
    head, found, path = subject.partition(_SUBJECT)
    return path if found and not head and _has_address(path) else None


def _has_address(path: str) -> bool:
    """Clients take `..` out of an address and would ask for another blob; half a character has no address at all."""
    whole = not any("\ud800" <= character <= "\udfff" for character in path)
    return bool(path) and whole and not {".", ".."} & set(path.split("/"))
