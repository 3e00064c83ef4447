"""Whether a Matroska file's one segment is all there (RFC 8794, RFC 9559). The rest is native code's to say."""

from shared.adapters.media.boxes import Source

MAGIC = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"
HEAD = 64


def is_matroska(head: bytes) -> bool:
    return head.startswith(MAGIC)


def is_cut_short(source: Source) -> bool:
    """True where the segment claims more bytes than there are. A live recording claims nothing."""
    head = source.at(0, min(HEAD, source.size))
    length, at = _size(head, len(MAGIC))
    at += length or 0
    if head[at : at + len(SEGMENT)] != SEGMENT:
        return at + len(SEGMENT) > source.size
    length, at = _size(head, at + len(SEGMENT))
    return length is not None and at + length > source.size


def _size(data: bytes, at: int) -> tuple[int | None, int]:
    """A size of variable width and where it ends; None where all its bits are set: unknown."""
    first = data[at] if at < len(data) else 0
    width = 9 - first.bit_length()
    bits = 7 * width
    number = int.from_bytes(data[at : at + width], "big") & ((1 << bits) - 1)
    return (None if number == (1 << bits) - 1 else number), at + width
