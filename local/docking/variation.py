"""Many different clips from one, at the price of a copy: an MP4 box of type `free` at the end, which players pass over.

The picture is the same in all of them, the bytes and so the hash are not. `padding` makes each as heavy as a real one.
"""

import shutil
from pathlib import Path

HEADER = 8
LARGEST = 2**32 - 1  # what a box can say of its size in 32 bits


def vary(source: Path, target: Path, *, mark: bytes, padding: int = 0) -> Path:
    """A copy of `source` that no copy with another `mark` is equal to. The padding is a hole: it takes no disk."""
    size = HEADER + len(mark) + padding
    if size > LARGEST:
        raise ValueError(f"padding of {padding} bytes: a box takes {LARGEST - HEADER - len(mark)}")
    shutil.copyfile(source, target)
    with target.open("ab") as file:
        file.write(size.to_bytes(4, "big") + b"free" + mark)
        file.truncate(file.tell() + padding)
    return target
