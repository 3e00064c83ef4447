"""A ledger at an address, as a server serves it of whatever will: nothing is followed or believed."""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shared.domain.tiles import ENTRIES, Tile
from tests.tools.cosigned import SECOND_KEY, Cosigned
from tests.usecases.sealed import KEY
from tools.verify import main
from tools.verifying.follow import most_of
from tools.verifying.places import place_at

VERIFIED, NOT_VERIFIED, UNREADABLE, IN_PART = range(4)
BUNDLE = "tile/entries/000"


@dataclass(slots=True)
class Served:
    """What is served at a path of the ledger, and what is done instead; `asked` in order, by which connection."""

    files: dict[str, bytes]
    packed: Callable[[bytes], bytes] | None = None
    status: dict[str, int] = field(default_factory=dict)
    hung_up_after: set[int] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    asked: list[tuple[str, int, str | None]] = field(default_factory=list)


def handler(served: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the library names it
            pass

        def do_GET(self) -> None:
            path = self.path.removeprefix("/api/ledger/")
            served.asked.append((path, self.client_address[1], self.headers.get("Authorization")))
            raw, status = served.files.get(path), served.status.get(path, 200)
            self.send_response(status if raw is not None else 404)
            if status in (301, 302):
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            body = raw or b""
            if served.packed and "gzip" in self.headers.get("Accept-Encoding", "") and path.startswith("tile/entries"):
                body = served.packed(body)
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body) + (path in served.cut)))
            self.end_headers()
            self.wfile.write(body)
            self.close_connection = path in served.cut or len(served.asked) in served.hung_up_after

    return Handler


@contextmanager
def serving(served: Served) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(served)) as server:
        thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/api/ledger/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def served(genuine: Cosigned) -> Served:
    """The newest checkpoint is a file, as the standard says, with the cosignatures that came for it."""
    files = {path: raw for path, raw in genuine.shown.world.ledger.files.items() if path.startswith("tile/")}
    return Served(files={**files, "checkpoint": genuine.checkpoint})


def verified(capsys: pytest.CaptureFixture[str], served: Served, *more: str) -> tuple[int, str]:
    with serving(served) as address:
        code = main(["ledger", address, "--key", KEY, "--key", SECOND_KEY, *more])
    return code, capsys.readouterr().out


def test_it_is_verified_over_one_connection_with_what_was_kept_and_what_a_witness_saw(
    genuine: Cosigned, served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kept").write_bytes(genuine.earlier)
    code, said = verified(capsys, served, "--earlier", str(tmp_path / "kept"))
    assert code == VERIFIED
    assert f"the checkpoint kept, of {genuine.sizes[0]} entries: this ledger begins with exactly those" in said
    assert f"witness witness.test/two saw at 2026-11-25T20:52:56Z a ledger of {genuine.sizes[1]} lines" in said
    assert len({connection for _, connection, _ in served.asked}) == 1


def test_a_partial_tile_that_is_gone_is_cut_from_the_full_one(
    genuine: Cosigned, served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    """The checkpoint is of the first seal, and the ledger has grown since."""
    served.files = {path: raw for path, raw in served.files.items() if not path.startswith("tile/entries/000.p")}
    served.files["checkpoint"] = genuine.earlier
    code, said = verified(capsys, served)
    assert (code, "no cosignature of its key" in said) == (IN_PART, True)


def test_bundles_are_unpacked(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    served.packed = gzip.compress
    assert verified(capsys, served)[0] == VERIFIED


def test_the_first_wrong_byte_is_named_at_an_address_too(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    raw = served.files["tile/0/000"]
    served.files["tile/0/000"] = raw[:99] + bytes([raw[99] ^ 1]) + raw[100:]
    code, said = verified(capsys, served)
    assert (code, "tile/0/000: byte 99 is not what follows from entry 3" in said) == (NOT_VERIFIED, True)


@pytest.mark.parametrize("status", [301, 302, 401, 403, 500, 503])
def test_nothing_but_the_file_itself_is_taken_and_no_other_address_is_asked(
    served: Served, capsys: pytest.CaptureFixture[str], status: int
) -> None:
    served.status[BUNDLE] = status
    code, said = verified(capsys, served)
    assert (code, f"{BUNDLE} answered {status}" in said) == (UNREADABLE, True)


def test_a_connection_that_was_kept_and_is_closed_is_opened_again(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.hung_up_after = {1, 3}
    assert verified(capsys, served)[0] == VERIFIED
    assert len({connection for _, connection, _ in served.asked}) == 3


@pytest.mark.parametrize("path", ["checkpoint", BUNDLE, "tile/0/000"])
def test_an_answer_that_breaks_off_is_no_verdict_on_the_ledger(
    served: Served, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    served.cut = {path}
    code, said = verified(capsys, served)
    assert (code, f"{path}: there was no whole answer" in said) == (UNREADABLE, True)


@pytest.mark.parametrize("packed", [lambda raw: raw, lambda raw: gzip.compress(raw)[:-9], lambda _: b""])
def test_what_should_be_gzip_and_is_not_is_no_verdict_either(
    served: Served, capsys: pytest.CaptureFixture[str], packed: Callable[[bytes], bytes]
) -> None:
    served.packed = packed
    code, said = verified(capsys, served)
    assert (code, BUNDLE in said) == (UNREADABLE, True)


def test_what_unpacks_to_more_than_any_bundle_has_is_unpacked_no_further(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    most = most_of(Tile(level=ENTRIES, index=0))
    bomb = zlib.compressobj(wbits=31)
    packed = bomb.compress(bytes(4 * most)) + bomb.flush()
    served.packed = lambda _: packed
    code, said = verified(capsys, served)
    assert (code, f"{BUNDLE}: entry 0, from byte 0 on" in said) == (NOT_VERIFIED, True)


def test_a_file_that_never_ends_is_read_no_further_than_it_can_be_right(
    served: Served, capsys: pytest.CaptureFixture[str]
) -> None:
    served.files["tile/0/000"] += bytes(1_000_000)
    code, said = verified(capsys, served)
    assert (code, "tile/0/000: from byte 8192 on it has bytes too many" in said) == (NOT_VERIFIED, True)


@pytest.mark.parametrize("packed", [None, gzip.compress])
def test_whatever_is_sent_one_byte_more_is_taken_than_may_be_there(
    served: Served, packed: Callable[[bytes], bytes] | None
) -> None:
    served.packed = packed
    with serving(served) as address, closing(place_at(address, None)) as place:
        for most in (0, 1, 100, len(served.files[BUNDLE])):
            assert place.read(BUNDLE, most) == served.files[BUNDLE][: most + 1]


def test_where_the_force_lets_nobody_in_unasked_a_token_is_shown_and_told_nobody(
    served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c\n", encoding="ascii")
    code, said = verified(capsys, served, "--token", str(token))
    assert (code, "a.b.c" in said) == (VERIFIED, False)
    assert {authorization for _, _, authorization in served.asked} == {"Bearer a.b.c"}


def test_a_token_goes_over_https_alone_but_for_this_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = tmp_path / "token"
    token.write_text("a.b.c", encoding="ascii")
    code = main(["ledger", "http://ledger.example/", "--key", KEY, "--token", str(token)])
    assert (code, "a token is sent over https alone" in capsys.readouterr().out) == (UNREADABLE, True)


def test_a_token_that_is_none_is_no_verdict(served: Served, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    token = tmp_path / "token"
    token.write_bytes(b"a\r\nHost: elsewhere")
    code, said = verified(capsys, served, "--token", str(token))
    assert (code, "elsewhere" in said, served.asked) == (UNREADABLE, False, [])


@pytest.mark.parametrize("address", ["http://127.0.0.1:port/", "https://[::1/", "http://\u0142.example/", "http:///x"])
def test_what_is_no_address_is_unreadable(capsys: pytest.CaptureFixture[str], address: str) -> None:
    assert main(["ledger", address, "--key", KEY]) == UNREADABLE
    assert "result       UNREADABLE" in capsys.readouterr().out


def test_an_address_where_nobody_answers_is_unreadable(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(served) as address:
        pass
    assert main(["ledger", address, "--key", KEY]) == UNREADABLE
    assert "result       UNREADABLE" in capsys.readouterr().out
