"""What every suite shares: trust in the local servers, and one local stack for the whole session.

aiohttp reads SSL_CERT_FILE when it is imported, so trust is set here, before any test module is; a plugin that was
quicker would make every later call over https fail for no visible reason, so it is refused by name.
"""

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from local import certificates

if TYPE_CHECKING:
    from local.stack import Stack

if "aiohttp" in sys.modules:
    raise pytest.UsageError("a pytest plugin imported aiohttp before tests/conftest.py could say whom to trust")

os.environ |= certificates.trusting(certificates.ensure(certificates.FOLDER, now=datetime.now(UTC)).authority)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Stack"]:
    """The local servers, started when the first test asks for them."""
    from local.stack import Stack

    with Stack(tmp_path_factory.mktemp("stack")) as started:
        yield started
