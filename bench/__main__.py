"""`make bench`: every measurement in turn, as tables and as JSON under bench/results. Fails where a bar is missed."""

import asyncio
import sys

from bench import doors, imports, media

sys.exit(max(imports.main(), doors.main(), asyncio.run(media.main())))
