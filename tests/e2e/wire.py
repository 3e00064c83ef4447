"""A TCP proxy whose connections can all be cut at once, for a server that must not be stopped: it keeps nothing."""

import asyncio
from contextlib import suppress

ADDRESS = "127.0.0.1"
PIECE = 64 * 1024


class Wire:
    def __init__(self, to: int) -> None:
        self._to = to
        self._writers = set[asyncio.StreamWriter]()
        self._pumps = set[asyncio.Task[None]]()

    async def open(self) -> int:
        """The port to connect to instead."""
        self._server = await asyncio.start_server(self._joined, ADDRESS, 0)
        return int(self._server.sockets[0].getsockname()[1])

    def cut(self) -> int:
        """Every connection ends now, whatever is on its way; new ones are taken. How many there were."""
        ended = list(self._writers)
        for writer in ended:
            writer.transport.abort()
        return len(ended) // 2

    async def close(self) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._pumps, return_exceptions=True)
        await self._server.wait_closed()

    async def _joined(self, near_in: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        try:
            far_in, far_out = await asyncio.open_connection(ADDRESS, self._to)
        except OSError:
            near_out.transport.abort()
            return
        for source, sink in ((near_in, far_out), (far_in, near_out)):
            self._writers.add(sink)
            pump = asyncio.create_task(self._pumped(source, sink))
            self._pumps.add(pump)
            pump.add_done_callback(self._pumps.discard)

    async def _pumped(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(PIECE):
                sink.write(piece)
                await sink.drain()
        self._writers.discard(sink)
        sink.close()
