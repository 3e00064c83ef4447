"""How each local server is started: its command, what it finds in its environment, the ports it answers on."""

import json
import secrets
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local.certificates import Certificates
from local.environment import keys_url
from local.ports import ADDRESS, Ports
from local.stand_ins.subscription import Subscription

HERE = Path(__file__).parent
ACCOUNTS = ("footage", "ledger", "runtime")
SUBSCRIPTION = "footage-created"
EVENT_GRID_ENDPOINT = "http://{address}:{port}/runtime/webhooks/EventGrid?functionName=ingest"
FOOTAGE = "/blobServices/default/containers/footage/blobs/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one run lives and what it was asked for."""

    state: Path
    ports: Ports
    certificates: Certificates
    account_keys: Mapping[str, str]
    subscriptions: tuple[Subscription, ...]
    time_scale: float

    @property
    def journal(self) -> Path:
        return self.state / "journal.ndjson"

    @property
    def published(self) -> Path:
        return self.state / "published.ndjson"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    name: str
    command: Sequence[str | Path]
    ports: tuple[int, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def account_keys() -> dict[str, str]:
    """Keys nobody is told: whoever wants in needs a token, as in the cloud. They sign the links, so they last a run."""
    return {name: b64encode(secrets.token_bytes(64)).decode() for name in ACCOUNTS}


def footage_created(ports: Ports) -> Subscription:
    """The project's subscription, as in Bicep but for the endpoint."""
    return Subscription(
        name=SUBSCRIPTION,
        endpoint=EVENT_GRID_ENDPOINT.format(address=ADDRESS, port=ports.host),
        account="footage",
        subject_begins_with=FOOTAGE,
    )


def azurite(place: Place) -> Server:
    ports = (place.ports.blob, place.ports.queue)
    tls = place.certificates
    command: list[str | Path] = [
        *("node", HERE / "stand_ins" / "azurite.cjs", "--location", place.state / "azurite"),
        *("--blobPort", str(ports[0]), "--queuePort", str(ports[1]), "--tablePort", "0"),
        *("--oauth", "basic", "--cert", tls.certificate, "--key", tls.key),
        *("--skipApiVersionCheck", "--disableTelemetry", "--silent"),
    ]
    accounts = ";".join(f"{name}:{key}" for name, key in place.account_keys.items())
    more = {"AZURITE_JOURNAL": str(place.journal), "AZURITE_ACCOUNTS": accounts}
    return Server(name="azurite", command=command, ports=ports, environment=more)


def cosmos(place: Place) -> Server:
    port = place.ports.cosmos
    return Server(name="cosmos", command=["node", HERE / "stand_ins" / "cosmos.cjs", str(port)], ports=(port,))


def cloud(place: Place) -> Server:
    port = place.ports.cloud
    command = [sys.executable, "-m", "local.stand_ins.cloud", str(port)]
    return Server(name="cloud", command=command, ports=(port,))


def eventgrid(place: Place) -> Server:
    port, configuration = place.ports.eventgrid, place.state / "eventgrid.json"
    content = {
        "port": port,
        "journal": str(place.journal),
        "published": str(place.published),
        "cursors": str(place.state),
        "blobService": f"https://{ADDRESS}:{place.ports.blob}",
        "keysUrl": keys_url(place.ports.cloud),
        "timeScale": place.time_scale,
        "subscriptions": [subscription.to_json() for subscription in place.subscriptions],
    }
    configuration.write_text(json.dumps(content, indent=2))
    command: list[str | Path] = [sys.executable, "-m", "local.stand_ins.eventgrid", configuration]
    return Server(name="eventgrid", command=command, ports=(port,))


Start = Callable[[Place], Server]
FIRST: tuple[Start, ...] = (azurite, cosmos, cloud)
BY_NAME: dict[str, Start] = {"azurite": azurite, "cosmos": cosmos, "cloud": cloud, "eventgrid": eventgrid}
