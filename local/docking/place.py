"""Where the service is for this dock and who speaks for it: as the command line says, or the stack that runs here."""

import argparse
import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from local.docking.faults import NoToken

HERE = "http://127.0.0.1:7071"
THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """`token` is asked for at each request, and raises NoToken; `authority` is trusted besides the usual ones."""

    base_url: str
    token: Callable[[], Awaitable[str]]
    authority: Path | None

    def trust(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.authority:
            context.load_verify_locations(self.authority)
        return context

    @property
    def is_this_machine(self) -> bool:
        return is_this_machine(self.base_url)


def is_this_machine(url: str) -> bool:
    return urlsplit(url).hostname in THIS_MACHINE


def place_of(order: argparse.Namespace) -> Place:
    """Raises NoToken when the token is to come from a stack and none runs."""
    if order.token_from_stack:
        return _in_stack(order)
    token = _from_file(order.token_file) if order.token_file else _given(order.token)
    return Place(base_url=order.base_url or HERE, token=token, authority=order.ca)


def _in_stack(order: argparse.Namespace) -> Place:
    from local.processes import Run

    run = Run.read(order.stack / "run.json")
    if run is None or not run.is_running():
        raise NoToken("no local stack is running: start one with `make stack` or `make run`")
    settings = run.settings
    return Place(
        base_url=order.base_url or settings["PUBLIC_BASE_URL"],
        token=_minted(settings, order.client or order.dock),
        authority=order.ca or Path(settings["SSL_CERT_FILE"]),
    )


def _given(token: str) -> Callable[[], Awaitable[str]]:
    async def given() -> str:
        return token

    return given


def _from_file(path: Path) -> Callable[[], Awaitable[str]]:
    """Read anew for each request: whoever keeps the file fresh keeps the dock going."""

    def read() -> str:
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise NoToken(f"{path.name}: no token can be read from it ({type(error).__name__})") from None

    return lambda: asyncio.to_thread(read)


def _minted(settings: Mapping[str, str], client: str) -> Callable[[], Awaitable[str]]:
    from local.errors import StackError
    from local.tokens import mint

    def minted() -> str:
        try:
            return mint(settings, role="dock", client=client)
        except StackError as error:
            raise NoToken(str(error)) from error

    return lambda: asyncio.to_thread(minted)
