"""`make bench`: every measurement in turn, as tables and as JSON under bench/results. Fails where a bar is missed."""

import asyncio
import sys

from bench import (
    backlog,
    deciding,
    doors,
    feed,
    filters,
    fsck,
    hashing,
    imports,
    intake,
    ledger,
    media,
    reading,
    sealing,
    searching,
    trail_pdf,
    upload,
    weeding,
)

quick = max(imports.main(), doors.main(), ledger.main(), filters.main(), fsck.main(), backlog.main(), trail_pdf.main())
on_a_stack = max(upload.main(), hashing.main(), intake.main(), weeding.main(), sealing.main())
at_the_doors = max(reading.main(), deciding.main(), searching.main(), feed.main())
sys.exit(max(quick, asyncio.run(media.main()), on_a_stack, at_the_doors))
