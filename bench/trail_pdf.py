"""What a trail on paper costs: `python -m bench.trail_pdf`

A transcript of so many entries, with names in fifteen scripts and reasons of 200 characters, by the service's own
printer: the child is started, sets the pages and ends. One entry shows what the starting takes, and opening the fonts.
`cpu_s` and `peak_mb` are the child's; `said_ms` is what the parent takes to say what is printed.
Bar: 500 entries within 10 s of CPU and 500 MB.
"""

import asyncio
import resource
import sys
import time

from bench.table import keep, show
from shared.adapters.printing.printer import ChildPrinter
from shared.domain.transcript_csv import as_csv
from shared.domain.transcript_print import Printed, as_printed
from tests.printing.papers import opened
from tests.transcripts import a_transcript

COUNTS, ROUNDS, BARRED = (1, 50, 500), 3, 500
MOST_SECONDS, MOST_MB = 10, 500


def main() -> int:
    rows = [measured(count) for count in COUNTS]  # the smallest first: the peak is that of all children so far
    show("a trail on paper", rows)
    keep("trail_pdf", rows)
    last = rows[-1]
    kept = float(str(last["cpu_s"])) <= MOST_SECONDS and int(str(last["peak_mb"])) <= MOST_MB
    print(f"{BARRED} entries within {MOST_SECONDS} s of CPU and {MOST_MB} MB: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def measured(count: int) -> dict[str, object]:
    transcript = a_transcript(count)
    began = time.perf_counter()
    page = as_printed(transcript, public_base_url="https://continuity.example")
    said = time.perf_counter() - began
    seconds, cpu, raw = min(_once(page) for _ in range(ROUNDS))
    with opened(raw) as document:
        pages = len(document)
    return {
        "entries": count,
        "seconds": round(seconds, 2),
        "cpu_s": round(cpu, 2),
        "said_ms": round(said * 1000),
        "pages": pages,
        "pdf_kb": len(raw) // 1024,
        "peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "csv_kb": len(as_csv(transcript)) // 1024,
    }


def _once(page: Printed) -> tuple[float, float, bytes]:
    began, spent = time.perf_counter(), _spent()
    raw = asyncio.run(ChildPrinter().printed(page))
    return time.perf_counter() - began, _spent() - spent, raw


def _spent() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
