"""The running system: the session's local servers, and the Functions host stand-in serving function_app.py."""

import os
from collections.abc import AsyncIterator, Iterator
from email.message import Message

import pytest
from azure.identity.aio import DefaultAzureCredential

import local.calls
from local.calls import Reply
from local.stack import Stack
from local.story import Cast, cast
from tests.e2e.feed_clients import Fed, fed
from tests.e2e.hosted import hosted
from tests.e2e.store import Store
from tests.silence import HEARD


@pytest.fixture(scope="package", autouse=True)
def overheard() -> Iterator[None]:
    """What the people of local/calls.py are answered is kept for the test that runs last (tests/silence.py)."""
    understood = local.calls._reply

    def hearing(status: int, headers: Message, raw: bytes) -> Reply:
        HEARD.answer("the running service", status, raw)
        return understood(status, headers, raw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("local.calls._reply", hearing)
        yield


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


@pytest.fixture(scope="package")
async def feed(store: Store, people: Cast) -> Fed:
    """The feed as an auditor of the whole force reads it, with ten entries in it to read about."""
    auditor = people.auditor
    return await fed(store, address=f"{auditor.base_url}/api/odata", token=auditor.token)
