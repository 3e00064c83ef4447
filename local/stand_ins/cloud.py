"""The cloud's small services on one https port: managed identity, token issuer and Key Vault.

Started by local/stack.py as `python -m local.stand_ins.cloud PORT`, with IDENTITY_HEADER, TLS_CERTIFICATE and TLS_KEY.
Everything is in memory: each start has new signing keys and an empty vault.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime

from aiohttp import web

from local.stand_ins.issuer import Clock, Issuer, IssuerDoors
from local.stand_ins.server import serve, until_told
from local.stand_ins.vault import VaultDoors


def application(identity_header: str, clock: Clock) -> web.Application:
    issuer = Issuer()
    doors = IssuerDoors(issuer, identity_header=identity_header, clock=clock)
    app = web.Application()
    app.add_routes([web.get("/", _ready), *doors.routes(), *VaultDoors(issuer, clock).routes()])
    return app


async def _ready(_: web.Request) -> web.Response:
    return web.json_response({"ready": True})


async def main(port: int) -> None:
    app = application(os.environ["IDENTITY_HEADER"], lambda: datetime.now(UTC))
    runner = await serve(app, port)
    try:
        await until_told()
    finally:
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
