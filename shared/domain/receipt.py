"""The receipt a dock asks for before it lets a camera be wiped: what is stored, in six lines.

R1  Only footage whose bytes were read back and hashed has a receipt.
R2  A mismatch has none: the dock keeps the recording and asks for a new grant.
R3  Where the dock claimed no hash, the receipt says ours, and the dock compares.
R4  Footage in quarantine because its own bytes are doubtful has none until a person releases it: what the dock read
    off the camera may be a stub of what is on the camera, and a receipt would let the camera be wiped.
"""

from shared.domain.document import timestamp
from shared.domain.footage import Clip, Fixity, State
from shared.domain.media import Problem
from shared.errors import Conflict

KIND = "continuity-receipt/v1"


def receipt(clip: Clip) -> str | None:
    """The text to be signed; None while the hash is not yet known. Raises Conflict for R2 and R4."""
    found = clip.integrity
    doubtful = [reason for reason in clip.quarantine if reason in set(Problem)]
    if clip.state is State.QUARANTINED and doubtful:
        raise Conflict(f"keep the recording on the camera: the footage is in quarantine ({', '.join(doubtful)})")
    if found.state is Fixity.MISMATCH:
        raise Conflict(
            f"the stored bytes are not those claimed: claimed {found.claimed}, stored {found.sha256}",
            field="sha256",
        )
    if found.state is Fixity.PENDING or found.verified_at is None:
        return None
    version = clip.blob.version or clip.blob.etag
    lines = (KIND, clip.id, version, clip.blob.size, found.sha256, timestamp(found.verified_at))
    return "".join(f"{line}\n" for line in lines)
