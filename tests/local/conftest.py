"""What the tests of the local servers share: the application's credential, and a webhook where the host would stand."""

from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from azure.identity.aio import DefaultAzureCredential

from local.stack import Stack
from tests.local.dock_stand_in import Service, serving
from tests.local.dock_station import Station
from tests.local.webhook import Webhook, receiving


@pytest.fixture(scope="session")
async def credential(stack: Stack) -> AsyncIterator[DefaultAzureCredential]:
    """The application's own, told by nothing but the environment."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in stack.settings.items():
            environment.setenv(name, value)
        credential = DefaultAzureCredential()
    async with credential:
        yield credential


@pytest.fixture(scope="module")
def hurried(stack: Stack) -> Iterator[Stack]:
    """The same stack, but Event Grid waits a thousandth of what it waits in the cloud."""
    stack.restart("eventgrid", time_scale=0.001)
    yield stack
    stack.restart("eventgrid", time_scale=1.0)


@pytest.fixture
async def webhook(hurried: Stack) -> AsyncIterator[Webhook]:
    """Stands where the Functions host would. Starts when all earlier events are settled, so that it sees its test's."""
    async with receiving(hurried.ports.host) as webhook:
        await hurried.delivered()
        webhook.requests.clear()
        yield webhook
        webhook.answer_with(202)
        await hurried.delivered()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with serving() as service:
        yield service


@pytest.fixture
async def station(service: Service) -> AsyncIterator[Station]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Station(service, session)
