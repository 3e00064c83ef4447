"""The application's whole environment on a laptop: what DESIGN section 8 lists, what Functions needs, and trust.

Only addresses differ from the cloud; there is no local mode to switch on. Every name is set, over whatever the machine
has: a shell with credentials of a real tenant in it must not reach that tenant from here.
"""

from collections.abc import Mapping

from local.certificates import Certificates, trusting
from local.ports import ADDRESS, Ports

TENANT = "5f1d9c0e-7a43-4c58-9e0b-2b6a4d0c7e11"
AUDIENCE = "api://continuity"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


def settings(
    ports: Ports, certificates: Certificates, identity_header: str, *, witness_keys: str = ""
) -> dict[str, str]:
    """`witness_keys`: the verifier keys of witnesses that look at this ledger, comma-separated."""
    return {
        **_accounts(ports),
        **_identity(ports, identity_header),
        **_functions(ports),
        **_behaviour(ports),
        "WITNESS_KEYS": witness_keys,
        **trusting(certificates.authority),
    }


def child_environment(inherited: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """A proxy is obeyed even for 127.0.0.1 by some clients, so none is passed on."""
    kept = {name: value for name, value in inherited.items() if name.upper() not in PROXIES}
    return kept | dict(chosen)


def issuer_of(port: int) -> str:
    return f"{_at(port)}/{TENANT}/v2.0"


def keys_url(port: int) -> str:
    return f"{_at(port)}/{TENANT}/discovery/v2.0/keys"


def _at(port: int) -> str:
    return f"https://{ADDRESS}:{port}"


def _accounts(ports: Ports) -> dict[str, str]:
    return {
        "FOOTAGE_ACCOUNT_URL": f"{_at(ports.blob)}/footage",
        "LEDGER_ACCOUNT_URL": f"{_at(ports.blob)}/ledger",
        "QUEUE_ACCOUNT_URL": f"{_at(ports.queue)}/runtime",
        "DEAD_LETTER_URL": f"{_at(ports.blob)}/runtime/deadletters",
        "COSMOS_ENDPOINT": f"{_at(ports.cosmos)}/",
        "KEY_VAULT_URL": _at(ports.cloud),
        "EVENTS_TOPIC_URL": f"{_at(ports.eventgrid)}/api/events",
    }


def _identity(ports: Ports, identity_header: str) -> dict[str, str]:
    return {
        "IDENTITY_ENDPOINT": f"{_at(ports.cloud)}/msi/token",
        "IDENTITY_HEADER": identity_header,
        "AZURE_TOKEN_CREDENTIALS": "ManagedIdentityCredential",
        "TOKEN_ISSUERS": issuer_of(ports.cloud),
        "TOKEN_AUDIENCES": AUDIENCE,
        "TOKEN_JWKS_URL": keys_url(ports.cloud),
        "CLAIM_OFFICER": "employeeid",
        "CLAIM_BOROUGH": "borough",
    }


def _functions(ports: Ports) -> dict[str, str]:
    blob, queue = f"{_at(ports.blob)}/runtime", f"{_at(ports.queue)}/runtime"
    return {
        "FUNCTIONS_WORKER_RUNTIME": "python",
        "AzureWebJobsStorage__blobServiceUri": blob,
        "AzureWebJobsStorage__queueServiceUri": queue,
        "AzureWebJobsStorage__credential": "managedidentity",
        "QUEUES__queueServiceUri": queue,
        "QUEUES__credential": "managedidentity",
    }


def _behaviour(ports: Ports) -> dict[str, str]:
    return {
        "PUBLIC_BASE_URL": f"http://{ADDRESS}:{ports.host}",
        "LOG_ORIGIN": "continuity.local/ledger",
        "LEDGER_OPEN": "on",
        "SESSION_IDLE_MINUTES": "15",
        "SAS_ADDRESS_BINDING": "off",
        "DOORS": "all",
        "TELEMETRY": "off",
        "APPLICATIONINSIGHTS_CONNECTION_STRING": "",
        "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    }
