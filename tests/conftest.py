"""What every suite shares: trust in the local servers, one local stack for the session, an ear for what is said aloud.

`make test` runs in two processes (tests/together.py), each with a local stack of its own if its tests need one. As one
process it does the same.

aiohttp reads SSL_CERT_FILE when it is imported, so trust is set here, before any test module is; a plugin that was
quicker would make every later call over https fail for no visible reason, so it is refused by name.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import certifi
import pytest

from local import certificates
from tests.silence import HEARD, hosts, listen
from tests.together import Together

if TYPE_CHECKING:
    from local.stack import Stack

if "aiohttp" in sys.modules:
    raise pytest.UsageError("a pytest plugin imported aiohttp before tests/conftest.py could say whom to trust")


def _authorities() -> Path:
    """The local authority; together with those of the internet when a suite is to run against an account there."""
    local = certificates.ensure(certificates.FOLDER, now=datetime.now(UTC)).authority
    if not {"TEST_COSMOS_ENDPOINT", "TEST_STORAGE_URL"} & set(os.environ):
        return local
    joined = local.with_name("joined.pem")
    joined.write_bytes(local.read_bytes() + Path(certifi.where()).read_bytes())
    return joined


os.environ |= certificates.trusting(_authorities())

LAST = "test_silence.py"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "indiscreet: says on purpose, in a log, what must not be said")
    config.pluginmanager.register(Together(config))
    listen(HEARD)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.name == LAST)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    HEARD.test = item.nodeid
    HEARD.deaf = item.get_closest_marker("indiscreet") is not None


@pytest.fixture(scope="session", autouse=True)
def hosts_heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Set up first, so that it ends when every host of this process has."""
    yield
    HEARD.deaf = False
    for said in hosts(tmp_path_factory.getbasetemp()):
        HEARD.hear(said.by, said.text, test=said.test)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stack"]:
    """The local servers, started when the first test asks for them."""
    from local.stack import Stack

    with Stack(tmp_path_factory.mktemp("stack")) as started:
        yield started
