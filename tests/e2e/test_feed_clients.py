"""Clients that nobody here wrote read the running feed: python-odata, and what odata2ts makes of its $metadata.

The same metadata must be valid by the schema of OASIS, and mean something to OASIS's own converter.
"""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request

import pytest
import requests
from lxml import etree  # type: ignore[import-untyped]
from odata import ODataService  # type: ignore[import-untyped]
from odata.exceptions import ODataError  # type: ignore[import-untyped]

from local.calls import NO_PROXY, PATIENCE
from shared.domain.document import timestamp
from shared.domain.odata.sets import BY_NAME
from tests.e2e.feed_clients import CLIENTS, GENERATED, O_BRIEN, Fed, must_run

pytestmark = pytest.mark.stack

SCHEMA = CLIENTS / "node_modules" / "odata-csdl" / "schemas" / "edmx.xsd"
PAGE = Path(__file__).parents[2] / "docs" / "auditors.md"
MIDDLE = 5


@pytest.fixture(scope="module")
def metadata(feed: Fed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """$metadata as it is served."""
    served = tmp_path_factory.mktemp("feed") / "metadata.xml"
    asked = Request(f"{feed.address}/$metadata", headers={"Authorization": f"Bearer {feed.token}"})  # noqa: S310 - ours
    with NO_PROXY.open(asked, timeout=PATIENCE) as answer:
        served.write_bytes(answer.read())
    return served


@pytest.fixture(scope="module")
def told(feed: Fed, metadata: Path) -> dict[str, Any]:
    """What tests/clients/auditor.ts was told: generated, compiled strictly, run."""
    given = ("--source", str(metadata), "--output", str(GENERATED), "--emit-mode", "ts", "--service-name", "Feed")
    must_run("node_modules/.bin/odata2ts", *given)
    must_run("node_modules/.bin/tsc", "-p", "tsconfig.json")
    middle = {"MIDDLE": timestamp(feed.entries[MIDDLE].occurred_at), "ENTRY": feed.entries[3].id}
    said = must_run("node", "generated/auditor.js", environment=os.environ | feed.environment | middle)
    return dict(json.loads(said))


@pytest.fixture(scope="module")
def python_odata(feed: Fed) -> Iterator[ODataService]:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"Authorization": f"Bearer {feed.token}", "Prefer": "odata.maxpagesize=3"})
        yield ODataService(f"{feed.address}/", session=session, reflect_entities=True, quiet_progress=True)


def test_python_odata_makes_a_class_of_each_set(python_odata: ODataService) -> None:
    assert set(python_odata.entities) == set(BY_NAME)


def test_python_odata_filters_sorts_and_turns_every_page(python_odata: ODataService, feed: Fed) -> None:
    entry = python_odata.entities["AuditEntries"]
    about = python_odata.query(entry).filter(entry.subject == feed.subject).order_by(entry.occurredAt.desc())
    read = about.all()
    assert [row.id for row in read] == feed.newest_first
    assert [row.occurredAt for row in reversed(read)] == [each.occurred_at for each in feed.entries]


def test_python_odata_is_understood_in_quotes_times_and_more_than_one_condition(
    python_odata: ODataService, feed: Fed
) -> None:
    entry, since = python_odata.entities["AuditEntries"], feed.entries[MIDDLE].occurred_at
    asked = python_odata.query(entry).filter(entry.subject == feed.subject)
    found = asked.filter((entry.occurredAt >= since) & (entry.reasonText == O_BRIEN)).order_by(entry.occurredAt.asc())
    assert [row.id for row in found] == [each.id for each in feed.entries[MIDDLE:] if each.reason]


def test_python_odata_takes_the_first_few_and_counts_the_rest(python_odata: ODataService, feed: Fed) -> None:
    entry = python_odata.entities["AuditEntries"]
    about = python_odata.query(entry).filter(entry.subject == feed.subject)
    assert about.count() == len(feed.entries)
    first = about.order_by(entry.occurredAt.asc()).limit(2)
    assert [row.id for row in first] == [each.id for each in feed.entries[:2]]


def test_python_odata_finds_one_by_its_key(python_odata: ODataService, feed: Fed) -> None:
    one = feed.entries[3]
    found = python_odata.query(python_odata.entities["AuditEntries"]).get(one.id)
    assert (found.id, found.action, found.reasonText, found.borough) == (one.id, one.action, O_BRIEN, one.borough)


def test_python_odata_is_told_what_was_wrong(python_odata: ODataService) -> None:
    entry = python_odata.entities["AuditEntries"]
    with pytest.raises(ODataError) as refused:
        python_odata.query(entry).filter("wrong eq 1").all()
    assert (refused.value.status_code, "wrong" in refused.value.message) == ("HTTP 400", True)


def test_the_program_on_the_auditors_page_does_what_the_page_says(feed: Fed) -> None:
    [program] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    base = feed.address.removesuffix("/api/odata")
    environment = os.environ | {"PUBLIC_BASE_URL": base, "TOKEN": feed.token, "NO_PROXY": "127.0.0.1"}
    said = must_run(sys.executable, "-c", program, environment=environment)
    played = [entry for entry in reversed(feed.entries) if entry.action == "footage.played"]
    told = [line.split("\t")[1:] for line in said.splitlines() if feed.subject in line]
    assert told == [[entry.actor.id, feed.subject, entry.reason.text if entry.reason else "None"] for entry in played]


def test_odata2ts_turns_every_page_in_order_and_knows_the_number(told: dict[str, Any], feed: Fed) -> None:
    pages = told["all"]
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert [row for page in pages for row in page] == feed.newest_first
    assert told["count"] == len(feed.entries)


def test_odata2ts_is_given_as_many_as_it_asked_for_over_all_pages(told: dict[str, Any], feed: Fed) -> None:
    assert [len(page) for page in told["seven"]] == [3, 3, 1]
    assert [row for page in told["seven"] for row in page] == sorted(entry.id for entry in feed.entries)[:7]


def test_odata2ts_selects_filters_and_negates(told: dict[str, Any], feed: Fed) -> None:
    later = next(each for each in feed.entries[MIDDLE:] if each.action.startswith("footage."))
    assert told["later"] == [{"id": later.id, "action": later.action, "reasonCode": "other"}]
    neither = {each.id for each in feed.entries if each.action not in ("footage.read", "footage.played")}
    assert (set(told["others"]), len(neither)) == (neither, 4)


def test_odata2ts_reads_one_by_its_key_and_every_column_of_it(told: dict[str, Any], feed: Fed) -> None:
    shown = {column.name for column in BY_NAME["AuditEntries"].columns}
    assert {name for name in told["one"] if not name.startswith("@")} == shown
    assert told["one"]["occurredAt"] == timestamp(feed.entries[3].occurred_at)


def test_odata2ts_is_told_what_was_wrong(told: dict[str, Any]) -> None:
    assert (told["unknown"]["status"], "wrong" in told["unknown"]["message"]) == (400, True)
    assert told["absent"]["status"] == 404


def test_the_metadata_served_is_valid_by_the_schema_of_oasis(metadata: Path) -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(etree.parse(str(metadata))), schema.error_log


def test_the_metadata_served_says_nothing_that_the_converter_of_oasis_objects_to(metadata: Path) -> None:
    made = metadata.with_suffix(".openapi3.json")
    said = must_run("node_modules/.bin/odata-openapi3", str(metadata), "--target", str(made))
    assert said.splitlines() == [str(made)], said  # whatever it objects to follows
    assert {f"/{name}" for name in BY_NAME} <= set(json.loads(made.read_text())["paths"])
