"""The running system: the session's local servers, and the Functions host stand-in serving function_app.py."""

import os
from collections.abc import AsyncIterator, Iterator

import pytest
from azure.identity.aio import DefaultAzureCredential

from local.stack import Stack
from local.story import Cast, cast
from tests.e2e.hosted import hosted
from tests.e2e.store import Store


@pytest.fixture(scope="package")
def running(stack: Stack) -> Iterator[Stack]:
    """The stack with the host up. Events of footage that other suites wrote may come in too."""
    with hosted(stack) as served:
        yield served


@pytest.fixture(scope="package")
def people(running: Stack) -> Cast:
    return cast(running.settings)


@pytest.fixture(scope="package")
async def store(running: Stack) -> AsyncIterator[Store]:
    with pytest.MonkeyPatch.context() as patch:  # a credential reads the environment when it is made, and only then
        for name, value in running.settings.items():
            patch.setenv(name, value)
        credential = DefaultAzureCredential()
    async with credential, Store.of(running.settings, credential) as opened:
        yield opened


@pytest.fixture(scope="package")
def environment(running: Stack) -> dict[str, str]:
    return os.environ | running.environment
