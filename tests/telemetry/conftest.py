"""`ingestion`: a fake ingestion endpoint."""

from collections.abc import Iterator

import pytest

from tests.telemetry.ingestion import Ingestion, receiving


@pytest.fixture
def ingestion() -> Iterator[Ingestion]:
    with receiving() as received:
        yield received
