"""What every suite shares: trust in the local servers, and one local stack for the whole session.

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


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stack"]:
    """The local servers, started when the first test asks for them."""
    from local.stack import Stack

    with Stack(tmp_path_factory.mktemp("stack")) as started:
        yield started
