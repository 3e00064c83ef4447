"""`world`: the whole service, with every port in memory. The one thing patched is where the doors find it."""

from typing import TYPE_CHECKING

import pytest

from tests.functions.world import MemoryService

if TYPE_CHECKING:
    from shared.wiring import Services


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> MemoryService:
    service = MemoryService()
    kept: Services = service
    monkeypatch.setattr("shared.wiring.services", lambda: kept)
    return service
