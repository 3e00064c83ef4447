"""Questions that were given up: from ids, from stdin, from the worklist; and what the command says of trouble."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.core.exceptions import ServiceRequestError

from functions.shown_worklists import ShownWorklist
from shared.domain.footage import ClipId
from shared.domain.health import Backlog
from shared.ports import Held
from tests.builders import a_clip
from tools.replay import main
from tools.replaying.outcome import Outcome, Trouble
from tools.replaying.questions import ask_again, ids_of, listed

ONE, TWO, THREE = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
TOKEN = "token-of-an-evidence-manager"


class Queue:
    def __init__(self, *broken: str) -> None:
        self.broken, self.asked = broken, list[str]()

    async def ask(self, clip: ClipId) -> None:
        if clip in self.broken:
            raise ServiceRequestError("sig=secret")
        self.asked.append(clip)

    async def waiting(self) -> Backlog:
        return Backlog(count=len(self.asked))


async def test_each_clip_is_asked_for_again() -> None:
    queue = Queue()
    outcome = await ask_again([ONE, TWO], queue, limit=None, dry_run=False)
    assert (outcome, queue.asked) == (Outcome(put_back=2), [ONE, TWO])


async def test_what_the_queue_does_not_take_stays_and_the_others_are_asked() -> None:
    queue = Queue(ONE)
    outcome = await ask_again([ONE, TWO], queue, limit=None, dry_run=False)
    assert outcome == Outcome(put_back=1, stayed=(f"stayed: {ONE}: the queue answered ServiceRequestError",))
    assert queue.asked == [TWO]


@pytest.mark.parametrize("dry_run,asked", [(True, []), (False, [ONE])])
async def test_a_limit_and_a_dry_run_are_kept(dry_run: bool, asked: list[str]) -> None:
    queue = Queue()
    outcome = await ask_again([ONE, TWO], queue, limit=1, dry_run=dry_run)
    assert (outcome.put_back, outcome.more, queue.asked) == (1, True, asked)


def test_ids_are_taken_each_once_and_blank_lines_are_nothing() -> None:
    assert ids_of([f"{ONE}\n", "\n", TWO, ONE]) == [ONE, TWO]


@pytest.mark.parametrize("bad", ["nonsense", ONE.upper().replace("0", "A"), f"{ONE} {TWO}", "../records"])
def test_what_is_no_id_is_refused_by_its_number_before_anything_is_asked(bad: str) -> None:
    with pytest.raises(Trouble, match="number 2 of what was given is no clip id") as refused:
        ids_of([ONE, bad])
    assert bad not in str(refused.value)


@asynccontextmanager
async def service(pages: Mapping[str, object], status: int = 200) -> AsyncIterator[str]:
    async def answer(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == f"Bearer {TOKEN}"
        return web.json_response(pages[request.query.get("page", "")], status=status)

    app = web.Application()
    app.router.add_get("/api/worklists/poison", answer)
    async with TestServer(app) as server:
        yield str(server.make_url("/")).rstrip("/")


def a_page(*clips: str, following: str | None) -> object:
    """As the service itself writes it."""
    rows = tuple(Held(a_clip(id=ClipId(clip)), "version-1") for clip in clips)
    return json.loads(ShownWorklist.of(rows, following).model_dump_json(by_alias=True))


async def test_the_worklist_is_read_page_after_page() -> None:
    pages = {"": a_page(ONE, TWO, following="page-2"), "page-2": a_page(THREE, following=None)}
    async with service(pages) as base, aiohttp.ClientSession() as http:
        assert [clip async for clip in listed(http, base, TOKEN)] == [ONE, TWO, THREE]


@pytest.mark.parametrize("status", [302, 401, 403, 500])
async def test_a_worklist_that_is_refused_is_one_line(status: int) -> None:
    async with service({"": {}}, status) as base, aiohttp.ClientSession() as http:
        with pytest.raises(Trouble, match=f"^the worklist answered {status}$"):
            _ = [clip async for clip in listed(http, base, TOKEN)]


async def test_a_service_that_is_not_there_is_one_line() -> None:
    async with service({}) as base:
        pass
    async with aiohttp.ClientSession() as http:
        with pytest.raises(Trouble, match=r"^the worklist could not be read: ClientConnectorError$"):
            _ = [clip async for clip in listed(http, base, TOKEN)]


@pytest.mark.parametrize(
    "words,said",
    [
        (["poison"], "--token-file"),
        (["poison", "--clip", ONE], "QUEUE_ACCOUNT_URL"),
        (["poison", "--clip", "-", "--account", "https://127.0.0.1:1/runtime"], "number 1"),
        (["poison", "--token-file", "nowhere/token"], "nowhere/token cannot be read: No such file"),
        (["dead-letters"], "AzureWebJobsStorage__blobServiceUri"),
        (["dead-letters", "--account", "https://127.0.0.1:1/runtime"], "PUBLIC_BASE_URL"),
    ],
)
def test_what_was_not_said_is_asked_for_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words, {}, io.StringIO("not an id\n")) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err


@pytest.mark.parametrize("words", [[], ["poison", "--limit", "0"], ["dead-letters", "--limit", "some"]])
def test_words_that_make_no_sense_are_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(words, {}, io.StringIO())
    assert refused.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_a_token_file_may_be_the_one_that_curl_reads(tmp_path: Path) -> None:
    from tools.replay import _secret

    file = tmp_path / "token"
    file.write_text(f"Authorization: Bearer {TOKEN}\n")
    assert _secret(file, "CONTINUITY_TOKEN", {}) == TOKEN
    file.write_text(TOKEN)
    assert _secret(file, "CONTINUITY_TOKEN", {"CONTINUITY_TOKEN": "another"}) == TOKEN
    assert _secret(None, "CONTINUITY_TOKEN", {"CONTINUITY_TOKEN": "another"}) == "another"
