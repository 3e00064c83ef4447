"""The ports of the local stack: fixed for people, free ones for tests, all on 127.0.0.1."""

import random
import socket
from collections.abc import Mapping
from dataclasses import dataclass, fields

from local.errors import StackError

ADDRESS = "127.0.0.1"
# Below the range from which systems take the ports of outgoing connections, so that none of those gets there first.
FREE_RANGE = range(20_000, 32_000)

WANTED_BY = {
    "host": "the Functions host",
    "blob": "Azurite's blob service",
    "queue": "Azurite's queue service",
    "cosmos": "the Cosmos server",
    "cloud": "the identity, vault and token server",
    "eventgrid": "the local Event Grid",
}
SERVERS = ("blob", "queue", "cosmos", "cloud", "eventgrid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    host: int = 7071
    blob: int = 10000
    queue: int = 10001
    cosmos: int = 8081
    cloud: int = 8443
    eventgrid: int = 8444

    @classmethod
    def free(cls) -> "Ports":
        found: list[int] = []
        while len(found) < len(fields(cls)):
            port = random.choice(FREE_RANGE)  # noqa: S311 - a port, not a secret
            if port not in found and _is_free(port):
                found.append(port)
        return cls(**dict(zip((field.name for field in fields(cls)), found, strict=True)))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Ports":
        chosen = {name: environment[variable(name)] for name in WANTED_BY if environment.get(variable(name))}
        return cls(**{name: _number(name, text) for name, text in chosen.items()})

    def of(self, name: str) -> int:
        return int(getattr(self, name))

    def check(self, *names: str) -> None:
        for name in names:
            if not _is_free(self.of(name)):
                raise StackError(
                    f"port {self.of(name)} is taken and {WANTED_BY[name]} wants it: "
                    f"stop what holds it, or set {variable(name)} to another port"
                )


def variable(name: str) -> str:
    return f"CONTINUITY_{name.upper()}_PORT"


def _number(name: str, text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 2**16):
        raise StackError(f"{variable(name)} must be a port number between 1 and 65535, not {text!r}")
    return int(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As the servers themselves do, so that a port just given back does not count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError:
            return False
    return True
