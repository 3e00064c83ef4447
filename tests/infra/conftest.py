"""The Bicep as it would be deployed, flattened once: a force with everything on, and a trial with everything off."""

from pathlib import Path

import pytest

from tests.infra.deployed import FORCE, TRIAL
from tests.infra.pretending import NOT_THERE, SIGNED_IN, Pretended, answer
from tools.bicep.deployment import Deployment


@pytest.fixture(scope="session")
def force() -> Deployment:
    return FORCE


@pytest.fixture(scope="session")
def trial() -> Deployment:
    return TRIAL


@pytest.fixture
def cloud(tmp_path: Path) -> Pretended:
    """Somebody is signed in to `az` and to `azd`, and nothing is there; what else they answer is told by the test."""
    pretended = Pretended(tmp_path, "az", "azd")
    pretended.when("azd env set")
    pretended.when("azd auth login", answer({"status": "success"}))
    pretended.when("az account show", answer(SIGNED_IN))
    pretended.when("az resource list", NOT_THERE)
    return pretended
