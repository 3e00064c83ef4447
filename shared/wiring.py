"""The one place where settings become adapters.

Nothing is built until it is first used, and an SDK is imported when its adapter is built: a timer pays for the two it
needs. One set of clients serves the process; they belong to the event loop of their first call.
"""

import os
import time
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING

from shared.domain.claims import Expected
from shared.domain.health import MOST_COUNTED, Backlog
from shared.domain.note import Check, VerifierKey
from shared.ports import (
    Announcer,
    DeadLetters,
    Feed,
    FixityQueue,
    Footage,
    Inspector,
    Keys,
    LedgerFiles,
    Metrics,
    Printer,
    Probe,
    Records,
)
from shared.ports.together import Services
from shared.settings import Doors, Settings, read_settings
from shared.telemetry import metrics, quieten

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from azure.core.credentials_async import AsyncTokenCredential
    from azure.core.pipeline.transport import AioHttpTransport
    from azure.cosmos.aio import ContainerProxy
    from azure.storage.blob.aio import BlobServiceClient
    from azure.storage.queue.aio import QueueClient

    from shared.adapters.blob_links import BlobLinks
    from shared.adapters.jwt_tokens import JwtTokens

__all__ = ["CONTAINER", "DATABASE", "POISON", "QUEUE", "Services", "Wired", "services"]

DATABASE, CONTAINER, QUEUE = "continuity", "records", "fixity"
POISON = f"{QUEUE}-poison"  # where the host puts what it gave up


class Wired:
    """Services on Azure, or on anything that speaks like it: only the addresses differ."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def now(self) -> datetime:
        return datetime.now(UTC)

    def seed(self) -> bytes:
        return os.urandom(32)

    @cached_property
    def expected(self) -> Expected:
        s = self._settings
        return Expected(
            issuers=s.token_issuers, audiences=s.token_audiences, officer=s.claim_officer, borough=s.claim_borough
        )

    @property
    def public_base_url(self) -> str:
        return self._settings.public_base_url

    @property
    def log_origin(self) -> str:
        return self._settings.log_origin

    @property
    def witnesses(self) -> tuple[VerifierKey, ...]:
        return self._settings.witness_keys

    @property
    def ledger_open(self) -> bool:
        return self._settings.ledger_open == "on"

    @property
    def check(self) -> Check:
        from shared.adapters.ed25519 import verifies

        return verifies

    @property
    def bind_addresses(self) -> bool:
        return self._settings.sas_address_binding == "on"

    @property
    def session_idle(self) -> timedelta:
        return timedelta(minutes=self._settings.session_idle_minutes)

    @cached_property
    def records(self) -> Records:
        from shared.adapters.cosmos.records import CosmosRecords

        return CosmosRecords(self._container)

    @cached_property
    def feed(self) -> Feed:
        from shared.adapters.cosmos.feed import CosmosFeed

        return CosmosFeed(self._container)

    @cached_property
    def footage(self) -> Footage:
        from shared.adapters.blob_footage import BlobFootage

        return BlobFootage(self._blobs)

    @cached_property
    def links(self) -> "BlobLinks":
        from shared.adapters.blob_links import BlobLinks

        return BlobLinks(self._blobs)

    @cached_property
    def inspector(self) -> Inspector:
        from shared.adapters.media.inspector import ChildInspector

        return ChildInspector()

    @cached_property
    def printer(self) -> Printer:
        from shared.adapters.printing.printer import ChildPrinter

        return ChildPrinter()

    @cached_property
    def queue(self) -> FixityQueue:
        from shared.adapters.queue_fixity import QueueFixity

        return QueueFixity(self._queue)

    @cached_property
    def dead_letters(self) -> DeadLetters:
        from azure.storage.blob.aio import ContainerClient

        from shared.adapters.blob_letters import BlobLetters

        return BlobLetters(
            ContainerClient.from_container_url(self._settings.dead_letter_url, self._credential, transport=_transport())
        )

    @cached_property
    def announcer(self) -> Announcer:
        from azure.eventgrid.aio import EventGridPublisherClient

        from shared.adapters.topic_announcer import TopicAnnouncer

        return TopicAnnouncer(
            EventGridPublisherClient(self._settings.events_topic_url, self._credential, transport=_transport())
        )

    @cached_property
    def tokens(self) -> "JwtTokens":
        from shared.adapters.jwt_tokens import JwtTokens

        return JwtTokens(self._settings.token_jwks_url, clock=time.monotonic)

    @cached_property
    def keys(self) -> Keys:
        from azure.keyvault.secrets.aio import SecretClient

        from shared.adapters.vault_keys import VaultKeys

        return VaultKeys(
            SecretClient(self._settings.key_vault_url, self._credential, transport=_transport()), clock=time.monotonic
        )

    @cached_property
    def ledger(self) -> LedgerFiles:
        from azure.storage.blob.aio import BlobServiceClient

        from shared.adapters.blob_ledger import LEDGER, BlobLedger

        account, transport = self._settings.ledger_account_url, _transport()
        service = BlobServiceClient(account, credential=self._credential, transport=transport)
        return BlobLedger(service.get_container_client(LEDGER))

    @cached_property
    def metrics(self) -> Metrics:
        on = self._settings.telemetry == "on"
        return metrics(on=on, connection_string=self._settings.applicationinsights_connection_string, now=self.now)

    @cached_property
    def probe(self) -> Probe:
        """Everything the service rests on, but the Event Grid topic: it can be asked nothing without publishing to it.
        That publishing fails is seen in ingest, which is tried again.
        """
        from shared.adapters.probe import ProbeAll

        checks: dict[str, Callable[[], Awaitable[object]]] = {
            "records": self._container.read,
            "footage": lambda: self.footage.landed("nothing/lies/here"),
            "directory": self.tokens.ready,
        }
        if self._settings.doors is Doors.WEEDER:  # its identity has no business with the rest
            return ProbeAll(checks)
        from shared.adapters.queue_fixity import QueueFixity

        letters = self.dead_letters
        backlogs: dict[str, Callable[[], Awaitable[Backlog]]] = {
            QUEUE: self.queue.waiting,
            POISON: QueueFixity(self._queue_named(POISON)).waiting,
            "dead-letters": lambda: letters.waiting(most=MOST_COUNTED),
        }
        checks |= {
            "queue": self._queue.get_queue_properties,
            "keys": self.keys.verifiers,
            "links": lambda: self.links.ready(now=self.now()),
        }
        return ProbeAll(checks, backlogs)

    @cached_property
    def _credential(self) -> "AsyncTokenCredential":
        from azure.identity.aio import DefaultAzureCredential

        return DefaultAzureCredential(transport=_transport())

    @cached_property
    def _blobs(self) -> "BlobServiceClient":
        from azure.storage.blob.aio import BlobServiceClient

        return BlobServiceClient(
            self._settings.footage_account_url, credential=self._credential, transport=_transport()
        )

    @cached_property
    def _queue(self) -> "QueueClient":
        return self._queue_named(QUEUE)

    def _queue_named(self, name: str) -> "QueueClient":
        from azure.storage.queue.aio import QueueClient

        return QueueClient(self._settings.queue_account_url, name, credential=self._credential, transport=_transport())

    @cached_property
    def _container(self) -> "ContainerProxy":
        from azure.cosmos.aio import CosmosClient

        client = CosmosClient(self._settings.cosmos_endpoint, self._credential, transport=_transport())
        return client.get_database_client(DATABASE).get_container_client(CONTAINER)


def _transport() -> "AioHttpTransport":
    """A client's own connections, which look for no proxy and no .netrc: that is a thread and a file a call."""
    from azure.core.pipeline.transport import AioHttpTransport

    return AioHttpTransport(use_env_settings=False)


@cache
def services() -> Services:
    quieten()
    return Wired(read_settings())
