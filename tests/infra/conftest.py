"""The Bicep as it would be deployed, flattened once: a force with everything on, and a trial with everything off."""

import pytest

from tests.infra.deployed import FORCE, TRIAL
from tools.bicep.deployment import Deployment


@pytest.fixture(scope="session")
def force() -> Deployment:
    return FORCE


@pytest.fixture(scope="session")
def trial() -> Deployment:
    return TRIAL
