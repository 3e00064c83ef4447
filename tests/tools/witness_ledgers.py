"""Ledgers for a witness to look at, genuine and forked, and a server to show them over real http as a test wants it."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from shared.domain.ledger import Tree, grown, leaf_hash, prove_consistency, root_of, to_base64
from shared.domain.note import Checkpoint, signed
from tests.fakes.signing import LEDGER_KEY, MemorySigner
from tools.witnessing.key import WitnessKey
from tools.witnessing.ledger import Shown
from tools.witnessing.seen import Seen, believed
from tools.witnessing.trouble import Trouble

SIGNER = MemorySigner(LEDGER_KEY, bytes([101]) * 32)
LOG_KEY = str(SIGNER.key)
KEYS = [SIGNER.key]
WITNESS = WitnessKey(name="witness.test/one", seed=bytes([9]) * 32)
NOW = 1_795_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A ledger with these words as its lines."""

    lines: tuple[str, ...]

    @classmethod
    def of(cls, size: int, *, word: str = "line") -> "History":
        return cls(lines=tuple(f"{word} {number}" for number in range(size)))

    def goes_on(self, more: int, *, word: str = "line") -> "History":
        return History(lines=self.lines + tuple(f"{word} {len(self.lines) + number}" for number in range(more)))

    def up_to(self, size: int) -> "History":
        return History(lines=self.lines[:size])

    @property
    def size(self) -> int:
        return len(self.lines)

    @property
    def checkpoint(self) -> Checkpoint:
        return Checkpoint(origin=LEDGER_KEY, size=self.size, root=self._hash(0, self.size))

    def note(self, *, signer: MemorySigner = SIGNER, text: str | None = None) -> bytes:
        said = str(self.checkpoint) if text is None else text
        return signed(said, signer.key, signer.sign(said.encode())).encode()

    def proof(self, old: int, new: int) -> list[bytes]:
        return prove_consistency(old, new, lambda height, at: self._hash(at << height, (at + 1) << height))

    def _hash(self, start: int, end: int) -> bytes:
        return root_of(grown(Tree(), (leaf_hash(line.encode()) for line in self.lines[start:end])))


def seen(history: History) -> Seen:
    return believed(history.note(), KEYS)


@dataclass(slots=True)
class MadeUp:
    """tools/witnessing/ledger.py in memory: shows the history that it is told to, and keeps what is handed in.

    `published` are the sizes at which an earlier checkpoint can be had, and they and proofs are of `whole`: of what is
    shown, where nothing else is said. `clock` is its own.
    """

    history: History
    takes: bool = True
    taken: list[str] = field(default_factory=list)
    published: Sequence[int] = ()
    whole: History | None = None
    clock: int | None = NOW

    def checkpoint(self, size: int | None = None) -> Shown:
        if size is None:
            return Shown(raw=self.newest(), seconds=self.clock)
        if size not in self.published:
            raise Trouble("GET /checkpoint: 404")
        return Shown(raw=self._all().up_to(size).note(), seconds=self.clock)

    def newest(self) -> bytes:
        return self.history.note()

    def consistency(self, old: int, new: int) -> list[bytes]:
        if new > self._all().size:
            raise Trouble("GET /consistency: 400 the ledger is not so large yet")
        return self._all().up_to(new).proof(old, new)

    def hand_in(self, note: str) -> bool:
        self.taken.append(note)
        return self.takes

    def _all(self) -> History:
        return self.whole or self.history


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    method: str
    path: str
    query: str
    token: str | None
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`header` and `parts` are sent as they are, one part after the other; the date is now, if the header has none."""

    status: int = 200
    header: Sequence[tuple[str, str]] = ()
    parts: Iterator[bytes] | Sequence[bytes] = ()


Answering = Callable[[Asked], Reply]


def honest(ledger: MadeUp) -> Answering:
    """As the real doors answer."""

    def answer(asked: Asked) -> Reply:
        match asked.method, asked.path:
            case "GET", "/api/ledger/checkpoint":
                return _shown(ledger, int(asked.query.partition("=")[2]) if asked.query else None)
            case "GET", "/api/ledger/consistency":
                old, new = (int(part.partition("=")[2]) for part in asked.query.split("&"))
                return _proven(ledger, old, new)
            case "POST", "/api/ledger/cosignatures":
                return Reply(status=201 if ledger.hand_in(json.loads(asked.body)["checkpoint"]) else 409)
        return Reply(status=404)

    return answer


def _shown(ledger: MadeUp, size: int | None) -> Reply:
    try:
        return Reply(parts=[ledger.checkpoint(size).raw])
    except Trouble:
        return Reply(status=404)


def _proven(ledger: MadeUp, old: int, new: int) -> Reply:
    try:
        proof = [to_base64(each) for each in ledger.consistency(old, new)]
    except Trouble:
        return Reply(status=400)
    return Reply(parts=[json.dumps({"old": old, "new": new, "proof": proof}).encode()])


@contextmanager
def served(answer: Answering) -> Iterator[str]:
    """The address of the ledger, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address, _, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            token = self.headers.get("Authorization")
            self._say(answer(Asked(method=self.command, path=address, query=query, token=token, body=body)))

        do_POST = do_GET  # noqa: N815 - as the library names it

        def _say(self, reply: Reply) -> None:
            try:
                self.send_response_only(HTTPStatus(reply.status))
                dated = any(name == "Date" for name, _ in reply.header)
                for name, value in [*reply.header, *([] if dated else [("Date", formatdate(usegmt=True))])]:
                    self.send_header(name, value)
                self.end_headers()
                for part in reply.parts:
                    self.wfile.write(part)
                    self.wfile.flush()
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked has had enough

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/ledger"
        finally:
            server.shutdown()
            serving.join()
