"""What an app says about itself before it is imported: host.json, local.settings.json, `%SETTING%` names."""

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from local.hosting.errors import HostError

UNBOUNDED = -1
OVERRIDE = "AzureFunctionsJobHost__"  # ...extensions__queues__batchSize
_TIMESPAN = re.compile(r"(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,7}))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpOptions:
    route_prefix: str
    max_outstanding_requests: int
    max_concurrent_requests: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOptions:
    """`max_polling_interval` is None when host.json leaves it to the host."""

    batch_size: int
    new_batch_size: int
    max_dequeue_count: int
    visibility_timeout: timedelta
    max_polling_interval: timedelta | None
    base64: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFile:
    http: HttpOptions
    queues: QueueOptions
    bundle: Mapping[str, str]


def read_host_file(folder: Path, environment: Mapping[str, str] = os.environ) -> HostFile:
    path = folder / "host.json"
    content = _overridden(_read_object(path, "every Functions app has one"), environment)
    if content.get("version") != "2.0":
        raise HostError(f'{path}: "version" must be "2.0"')
    extensions = content.get("extensions") or {}
    try:
        return HostFile(
            http=_http_options(extensions.get("http") or {}),
            queues=_queue_options(extensions.get("queues") or {}),
            bundle=dict(content.get("extensionBundle") or {}),
        )
    except (ValueError, TypeError, AttributeError) as problem:
        raise HostError(f"{path}: {problem}") from problem


def _read_object(path: Path, why: str) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise HostError(f"{path} is missing: {why}") from None
    except ValueError as problem:
        raise HostError(f"{path} is not JSON: {problem}") from problem
    if not isinstance(content, dict):
        raise HostError(f"{path} is not a JSON object")
    return content


def _overridden(content: dict[str, Any], environment: Mapping[str, str]) -> dict[str, Any]:
    """As in Azure, a setting named by the path to a value goes over it."""
    for name in sorted(environment):
        if name.startswith(OVERRIDE):
            *path, last = name.removeprefix(OVERRIDE).split("__")
            section = content
            for part in path:
                section = section.setdefault(part, {})
            text = environment[name]
            section[last] = int(text) if text.isdecimal() else text
    return content


def _http_options(section: Mapping[str, Any]) -> HttpOptions:
    prefix = str(section.get("routePrefix", "api"))
    return HttpOptions(
        route_prefix=prefix.strip("/"),
        max_outstanding_requests=_whole(section, "maxOutstandingRequests", UNBOUNDED, low=UNBOUNDED),
        max_concurrent_requests=_whole(section, "maxConcurrentRequests", UNBOUNDED, low=UNBOUNDED),
    )


def _queue_options(section: Mapping[str, Any]) -> QueueOptions:
    batch = _whole(section, "batchSize", 16, low=1, high=32)
    encoding = str(section.get("messageEncoding", "base64")).lower()
    if encoding not in {"base64", "none"}:
        raise ValueError(f'queues.messageEncoding must be "base64" or "none", not {encoding!r}')
    interval = section.get("maxPollingInterval")
    return QueueOptions(
        batch_size=batch,
        new_batch_size=_whole(section, "newBatchSize", batch // 2, low=0),
        max_dequeue_count=_whole(section, "maxDequeueCount", 5, low=1),
        visibility_timeout=timespan(section.get("visibilityTimeout", "00:00:00")),
        max_polling_interval=None if interval is None else timespan(interval),
        base64=encoding == "base64",
    )


def _whole(section: Mapping[str, Any], name: str, default: int, *, low: int, high: int = 2**31 - 1) -> int:
    value = section.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}, not {value!r}")
    return value


def timespan(text: Any) -> timedelta:
    """A .NET TimeSpan as host.json writes it: `[days.]hours:minutes[:seconds[.fraction]]`."""
    found = _TIMESPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'{text!r} is not a time span like "00:00:30"')
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[:4])
    fraction = float(f"0.{found[5] or 0}")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds + fraction)


def apply_local_settings(folder: Path, environment: MutableMapping[str, str]) -> None:
    """Put `Values` of local.settings.json where they are not set yet; the file may be missing."""
    path = folder / "local.settings.json"
    if not path.exists():
        return
    content = _read_object(path, "")
    if content.get("IsEncrypted"):
        raise HostError(f"{path} is encrypted: decrypt it with `func settings decrypt`")
    values = content.get("Values") or {}
    if not isinstance(values, dict):
        raise HostError(f'{path}: "Values" is not a JSON object')
    for name, value in values.items():
        if value is not None:
            environment.setdefault(name, value if isinstance(value, str) else json.dumps(value))


def describe_host(folder: Path, port: int, environment: MutableMapping[str, str]) -> None:
    """What `func start` tells an app about where it runs, over whatever was set before."""
    environment["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development"
    environment["AzureWebJobsScriptRoot"] = str(folder)
    environment["WEBSITE_HOSTNAME"] = f"localhost:{port}"


def resolved(text: str, environment: Mapping[str, str], where: str) -> str:
    """Replace each `%SETTING%` by its value."""

    def value(found: re.Match[str]) -> str:
        setting = environment.get(found[1])
        if not setting:
            raise HostError(f"{where}: the setting {found[1]!r} named by %{found[1]}% is missing")
        return setting

    return re.sub("%([^%]+)%", value, text)


def is_disabled(function: str, environment: Mapping[str, str] = os.environ) -> bool:
    """`AzureWebJobs.NAME.Disabled` (or with `_`, where names cannot hold a dot) stops a function's trigger."""
    names = (f"AzureWebJobs.{function}.Disabled", f"AzureWebJobs_{function}_Disabled")
    return any(_is_on(environment, name) for name in names)


def is_home_page_disabled(environment: Mapping[str, str]) -> bool:
    return _is_on(environment, "AzureWebJobsDisableHomepage")


def _is_on(environment: Mapping[str, str], name: str) -> bool:
    return environment.get(name, "").lower() in {"true", "1"}
