"""Two more clients that nobody here wrote read the running feed: OpenUI5's model in a real browser, Apache Olingo's.

The browser is whichever of Chromium's kin is on PATH. Where there is none the test is skipped, unless TEST_BROWSER
says that there has to be one: .ci/run installs it and says so.
"""

import html
import json
import os
import re
import shutil
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from shared.domain.document import timestamp
from shared.domain.odata.sets import BY_NAME
from tests.e2e.feed_clients import O_BRIEN, READY, Fed, must_run
from tests.e2e.ui5_site import serving

pytestmark = [pytest.mark.stack, pytest.mark.slow]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# the first two so that it runs as root in a box, the others so that it asks nobody but the page's own site for anything
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
THINKS_FOR = 60_000  # milliseconds of the page's own clock, which stands still while it waits for an answer
WITHIN = 120.0  # seconds


def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None and os.environ.get("TEST_BROWSER") == "required":
        pytest.fail(f"none of {', '.join(BROWSERS)} is on PATH, and TEST_BROWSER says that one has to be")
    if found is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is on PATH: apt-get install chromium")
    return found


def page_in(browser: str, address: str, profile: Path) -> str:
    """The page as it is when its scripts are done. No process of the browser's is left."""
    options = (*OPTIONS, f"--user-data-dir={profile}", f"--virtual-time-budget={THINKS_FOR}", "--dump-dom")
    command = [browser, *options, address]
    said = profile.with_suffix(".said")
    with said.open("wb") as output:
        started = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=output, start_new_session=True)
        try:
            page, _ = started.communicate(timeout=WITHIN)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)
            started.wait()
    assert started.returncode == 0, said.read_text()[-2000:]
    return page.decode()


@pytest.fixture(scope="module")
def ui5(feed: Fed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What tests/clients/ui5.html was told, and what was asked of the feed for it."""
    found = browser()
    assert READY.exists(), "the clients in tests/clients are not installed: `make test` does that"
    question = {
        "subject": feed.subject,
        "from": timestamp(feed.entries[1].occurred_at),
        "to": timestamp(feed.entries[7].occurred_at),
        "entry": feed.entries[3].id,
    }
    with serving(feed) as site:
        page = page_in(found, f"{site.address}/?{urlencode(question)}", tmp_path_factory.mktemp("browser") / "profile")
        asked = list(site.asked)
    shown = re.search(r'<pre id="told">(.*?)</pre>', page, re.DOTALL)
    assert shown, page[-2000:]
    assert shown[1], "its scripts never ended"
    told: dict[str, Any] = json.loads(html.unescape(shown[1]))
    assert "failed" not in told, told["failed"]
    return told | {"asked": asked}


def test_ui5_understands_the_types_and_what_the_feed_cannot_do(ui5: dict[str, Any]) -> None:
    columns = BY_NAME["AuditEntries"].columns
    unsortable = [{"$PropertyPath": column.name} for column in columns if not column.sortable]
    assert (ui5["type"], ui5["key"]) == ("Continuity.Feed.AuditEntry", ["id"])
    assert ui5["time"] == "sap.ui.model.odata.type.DateTimeOffset"
    assert ui5["unsortable"] == {"Sortable": True, "NonSortableProperties": unsortable}


def test_ui5_scrolls_through_the_rows_in_their_order_and_knows_how_many_there_are(
    ui5: dict[str, Any], feed: Fed
) -> None:
    assert ui5["count"] == len(feed.entries)
    assert [row["id"] for row in ui5["first"] + ui5["second"]] == feed.newest_first[:8]
    assert any("$skip=4" in asked for asked in ui5["asked"]), "it did not skip, so that what it saw proves nothing"


def test_ui5_filters_by_time_by_what_is_not_and_by_part_of_a_text_with_a_quote(ui5: dict[str, Any], feed: Fed) -> None:
    meant = [each for each in feed.entries[1:8] if each.action != "footage.read" and each.reason]
    assert [row["id"] for row in ui5["narrow"]] == [each.id for each in reversed(meant)]
    assert {row["reasonText"] for row in ui5["narrow"]} == {O_BRIEN}


def test_ui5_reads_one_by_its_key_and_is_told_what_was_wrong(ui5: dict[str, Any]) -> None:
    assert ui5["one"] == 4
    assert any("changes%20eq" in asked for asked in ui5["asked"]), "it did not ask, so that its words are its own"
    assert "changes is worked out for each row" in ui5["refused"]


@pytest.fixture(scope="module")
def olingo(feed: Fed) -> dict[str, Any]:
    return dict(json.loads(must_run("node", "olingo.cjs", environment=os.environ | feed.environment)))


def test_olingo_turns_every_page_and_knows_the_type_of_each_column(olingo: dict[str, Any], feed: Fed) -> None:
    assert olingo["sets"] == list(BY_NAME)
    assert olingo["sizes"] == [4, 4, 2]
    known = ["#Continuity.Feed.AuditEntry", True, "#Int32"]
    assert olingo["rows"] == [[entry, *known] for entry in feed.newest_first]


def test_olingo_is_told_what_was_wrong(olingo: dict[str, Any]) -> None:
    status, message = olingo["refused"]
    assert (int(status), "wrong" in message) == (400, True)
