"""`tools/verify.py ledger` over a whole ledger in a folder: rate and memory: `python -m bench.fsck`.

The folder is made once, of a million entries and the checkpoints of so many seals, and read in a process of its own:
  a tenth    the same, a tenth as long, which shows whether the time and the memory are the ledger's or the program's
  whole      a million entries
  one wrong  the whole again with one byte changed near its end, which must be named
Bars: 100,000 entries a second, less than 100 MB in all, and at most 10 MB more than for a tenth.
"""

import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench import child
from bench.table import keep, show
from shared.domain.ledger import Tree, grown, leaf_hash, leaf_line, root_of
from shared.domain.note import Checkpoint, VerifierKey, signed
from shared.domain.tiles import ENTRIES, FULL, Tile, bundle, tiles_grown
from tools.verify import main as verify

ENTRIES_IN_ALL, SEALED_AT_ONCE = 1_000_000, 5_000
ORIGIN = "continuity.bench/ledger"
LEAST_PER_SECOND, MOST_MB, MOST_MORE_MB = 100_000, 100, 10
SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(name=ORIGIN, public=SIGNER.public_key().public_bytes_raw())


def make(folder: Path, size: int) -> None:
    """A ledger of that many entries, with a checkpoint after every so many."""
    edge, tree, rest = dict[int, bytes](), Tree(), list[bytes]()
    for start in range(0, size, SEALED_AT_ONCE):
        lines = [_line(number) for number in range(start, min(size, start + SEALED_AT_ONCE))]
        leaves = [leaf_hash(line) for line in lines]
        for tile, raw in tiles_grown(start, leaves, lambda tile: edge[tile.level]):
            edge[tile.level] = raw
            _write(folder / str(tile), raw)
        first, lines = start // FULL, rest + lines
        for at in range(0, len(lines), FULL):
            part = lines[at : at + FULL]
            _write(folder / str(Tile(level=ENTRIES, index=first + at // FULL, width=len(part))), bundle(part))
        tree, rest = grown(tree, leaves), lines[len(lines) // FULL * FULL :]
        text = str(Checkpoint(origin=ORIGIN, size=tree.size, root=root_of(tree)))
        _write(folder / f"checkpoint/{tree.size:020}", signed(text, KEY, SIGNER.sign(text.encode())).encode())


def _line(number: int) -> bytes:
    return leaf_line(f"{number:08x}-0000-8000-8000-000000000000", f"{'A' * 43}=")


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)


def check(folder: str) -> dict[str, object]:
    """What verify.py says of it, how long it took, and how much memory this process had at most."""
    report, began, worked = io.StringIO(), time.perf_counter(), time.process_time()
    with contextlib.redirect_stdout(report):
        code = verify(["ledger", folder, "--key", str(KEY)])
    seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    peak = child.kilobytes("VmHWM") / 1024
    return {"code": code, "seconds": seconds, "cpu": cpu, "mb": peak, "report": report.getvalue()}


def measured(what: str, folder: Path, size: int, code: int) -> dict[str, object]:
    told = child.measured("bench.fsck", str(folder))
    assert told["code"] == code, told["report"]
    return {
        "what": what,
        "entries": size,
        "files": sum(path.is_file() for path in folder.rglob("*")),
        "seconds": round(told["seconds"], 2),
        "cpu_s": round(told["cpu"], 2),
        "entries_per_s": round(size / told["seconds"]),
        "peak_mb": round(told["mb"], 1),
        "said": next((line for line in told["report"].splitlines() if line.startswith("wrong")), "verified"),
    }


def main() -> int:
    tenth = ENTRIES_IN_ALL // 10
    with tempfile.TemporaryDirectory(prefix="continuity-fsck-") as name:
        small, whole = Path(name) / "tenth", Path(name) / "whole"
        make(small, tenth)
        make(whole, ENTRIES_IN_ALL)
        rows = [measured("a tenth", small, tenth, 0), measured("whole", whole, ENTRIES_IN_ALL, 0)]
        _change_one_byte(whole / str(Tile(level=ENTRIES, index=ENTRIES_IN_ALL // FULL - 1)))
        rows.append(measured("one wrong", whole, ENTRIES_IN_ALL, 1))
    named = rows[-1]["said"]
    shown = [{name: value for name, value in row.items() if name != "said"} for row in rows]
    keep("fsck", rows)
    show("the whole ledger checked from its files (tools/verify.py ledger)", shown)
    print(named)
    rate, peak = float(str(rows[1]["entries_per_s"])), float(str(rows[1]["peak_mb"]))
    more = peak - float(str(rows[0]["peak_mb"]))
    kept = rate >= LEAST_PER_SECOND and peak < MOST_MB and more <= MOST_MORE_MB
    bars = f"{LEAST_PER_SECOND} entries/s, less than {MOST_MB} MB, at most {MOST_MORE_MB} MB more than a tenth"
    print(f"{bars}: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def _change_one_byte(file: Path) -> None:
    raw = file.read_bytes()
    file.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(check(sys.argv[1])))
    else:
        sys.exit(main())
