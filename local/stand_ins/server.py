"""Runs an aiohttp application over https on 127.0.0.1 until told to end, or until the supervisor is gone."""

import asyncio
import os
import signal
import ssl

from aiohttp import web

from local import leash
from local.ports import ADDRESS


async def serve(application: web.Application, port: int) -> web.AppRunner:
    """Reads the certificate's place from TLS_CERTIFICATE and TLS_KEY."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(os.environ["TLS_CERTIFICATE"], os.environ["TLS_KEY"])
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, ADDRESS, port, ssl_context=context).start()
    return runner


async def until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    leash.hold()
    await told.wait()
