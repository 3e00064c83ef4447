"""Put verify.py and all of ours that it needs into one file that Python runs: `python -m tools.verifier [FILE]`.

The file is a zip as the standard library's zipapp makes them, with the sources in it as they are, not compressed:
`python -m zipfile -e FILE FOLDER` takes them out to be read. It is the same to the last byte whoever makes it, whenever
and wherever, so that its SHA-256 can be published and made again from the sources.
"""

import hashlib
import sys
import zipfile
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "dist" / "continuity-verify.pyz"
PACKAGES = ("shared", "shared/domain", "tools", "tools/verifying")
MATHEMATICS = ("ledger", "note", "tiles")
SHEBANG = b"#!/usr/bin/env python3\n"
START = b"""import sys

try:
    import hashlib, cryptography
    hashlib.file_digest
except (ImportError, AttributeError):
    print("continuity-verify needs Python 3.11 or later, and its package cryptography", file=sys.stderr)
    sys.exit(2)

from tools.verify import main

sys.exit(main(sys.argv[1:]))
"""
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the oldest time that a zip can say
UNIX, FILE_MODE = 3, 0o100644 << 16


def sources() -> dict[str, bytes]:
    """What is in the file, by path."""
    paths = {f"{package}/__init__.py" for package in PACKAGES} | {"tools/verify.py"}
    paths |= {f"shared/domain/{name}.py" for name in MATHEMATICS}
    paths |= {f"tools/verifying/{found.name}" for found in (ROOT / "tools/verifying").glob("*.py")}
    return {"__main__.py": START, **{path: (ROOT / path).read_bytes() for path in sorted(paths)}}


def packed(files: dict[str, bytes]) -> bytes:
    whole = BytesIO(SHEBANG)
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_STORED) as archive:
        for path, content in sorted(files.items()):
            entry = zipfile.ZipInfo(path, BEGINNING)
            entry.create_system, entry.external_attr = UNIX, FILE_MODE
            archive.writestr(entry, content)
    return whole.getvalue()


def main(out: Path = OUT) -> None:
    content = packed(sources())
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    out.chmod(0o755)
    print(f"{hashlib.sha256(content).hexdigest()}  {out}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
