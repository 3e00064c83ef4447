"""Bicep's own functions on known values, as a table; what needs a deployment or a file is in template.py.

A function that is in neither table does not exist, and saying it is an error: a misspelt one must not pass as unknown.
"""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from functools import cmp_to_key, reduce
from hashlib import sha256
from ipaddress import IPv4Network
from itertools import islice
from urllib.parse import quote

from tools.bicep.values import Value

AT_DEPLOYMENT = {
    "reference", "list", "listKeys", "listAccountSas", "listServiceSas", "pickZones", "providers", "getSecret",
    "newGuid", "utcNow", "dateTimeAdd", "dateTimeFromEpoch", "dateTimeToEpoch", "toLogicalZone", "toLogicalZones",
    "toPhysicalZone", "toPhysicalZones", "loadYamlContent", "loadDirectoryFileInfo", "fail", "readEnvironmentVariable",
}  # fmt: skip


def as_text(value: Value) -> str:
    """As interpolation and string() write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def fingerprint(*values: Value) -> str:
    """13 letters and digits that differ as the values do. Azure's own uniqueString gives others."""
    return sha256(repr(values).encode()).hexdigest()[:13]


def _guid(*values: Value) -> str:
    return str(uuid.UUID(bytes=sha256(repr(values).encode()).digest()[:16]))


def merged(*values: Value) -> Value:
    """union(): objects deeply, the later winning; arrays without repeats."""
    if isinstance(values[0], list):
        return reduce(lambda all_, more: all_ + [each for each in more if each not in all_], values, [])
    result: dict[str, Value] = {}
    for value in values:
        for name, inner in value.items():
            both = isinstance(inner, dict) and isinstance(result.get(name), dict)
            result[name] = merged(result[name], inner) if both else inner
    return result


def _shallow(objects: list[dict[str, Value]]) -> Value:
    return {name: value for each in objects for name, value in each.items()}


def _common(first: Value, *others: Value) -> Value:
    if isinstance(first, list):
        return [each for each in first if all(each in other for other in others)]
    return {n: v for n, v in first.items() if all(n in other and other[n] == v for other in others)}


def _contains(of: Value, wanted: Value) -> bool:
    if isinstance(of, dict):
        return str(wanted).lower() in {str(name).lower() for name in of}
    return wanted in of


def _flat(of: list[list[Value]]) -> Value:
    return [each for inner in of for each in inner]


def _joined(*values: Value) -> Value:
    return _flat(list(values)) if isinstance(values[0], list) else "".join(as_text(value) for value in values)


def _formatted(pattern: str, *values: Value) -> str:
    return pattern.format(*[as_text(value) for value in values])


def _replaced(text: str, old: str, new: str) -> str:
    return text.replace(old, new)


def _split(text: str, by: Value) -> list[str]:
    first, *others = by if isinstance(by, list) else [by]
    for other in others:
        text = text.replace(other, first)
    return text.split(first)


def _subnet(network: str, prefix: int, number: int) -> str:
    return str(next(islice(IPv4Network(network).subnets(new_prefix=prefix), number, None)))


def _address(network: str, number: int) -> str:
    return str(IPv4Network(network)[number + 1])


def _grouped(items: list[Value], by: Callable[[Value], str]) -> Value:
    groups: dict[str, list[Value]] = {}
    for item in items:
        groups.setdefault(by(item), []).append(item)
    return groups


def _by_key(items: list[Value], key: Callable[[Value], str], value: Callable[[Value], Value] | None = None) -> Value:
    return {key(item): value(item) if value else item for item in items}


def _sorted(items: list[Value], before: Callable[[Value, Value], Value]) -> list[Value]:
    return sorted(items, key=cmp_to_key(lambda a, b: -1 if before(a, b) is True else 1))


def _folded(items: list[Value], start: Value, step: Callable[[Value, Value], Value]) -> Value:
    return reduce(step, items, start)


def _uri(base: str, relative: str) -> str:
    return f"{base.rstrip('/')}/{relative.lstrip('/')}"


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "uniqueString": fingerprint, "guid": _guid,
    "toLower": lambda text: text.lower(), "toUpper": lambda text: text.upper(), "trim": lambda text: text.strip(),
    "startsWith": lambda text, start: text.lower().startswith(start.lower()),
    "endsWith": lambda text, end: text.lower().endswith(end.lower()),
    "indexOf": lambda of, what: of.index(what) if what in of else -1,
    "lastIndexOf": lambda of, what: len(of) - 1 - of[::-1].index(what[::-1] if isinstance(of, str) else what),
    "substring": lambda text, start, length=None: text[start:] if length is None else text[start : start + length],
    "padLeft": lambda text, width, filler=" ": as_text(text).rjust(width, filler),
    "replace": _replaced, "split": _split, "join": lambda items, by: by.join(as_text(item) for item in items),
    "format": _formatted, "string": as_text, "int": int, "bool": lambda text: str(text).lower() in ("true", "1"),
    "json": json.loads, "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64ToString": lambda text: base64.b64decode(text).decode(), "uri": _uri,
    "uriComponent": lambda text: quote(text, safe=""),
    "take": lambda of, count: of[: max(count, 0)], "skip": lambda of, count: of[max(count, 0) :],
    "first": lambda of: of[0] if of else None, "last": lambda of: of[-1] if of else None,
    "empty": lambda of: of is None or len(of) == 0, "length": len, "contains": _contains,
    "range": lambda start, count: list(range(start, start + count)),
    "array": lambda value: value if isinstance(value, list) else [value],
    "items": lambda of: [{"key": name, "value": of[name]} for name in sorted(of, key=str.lower)],
    "objectKeys": lambda of: sorted(of, key=str.lower), "union": merged, "intersection": _common,
    "shallowMerge": _shallow, "concat": _joined, "flatten": _flat, "tryGet": lambda of, name: of.get(name),
    "coalesce": lambda *values: next((value for value in values if value is not None), None),
    "min": lambda *values: min(values[0] if isinstance(values[0], list) else values),
    "max": lambda *values: max(values[0] if isinstance(values[0], list) else values),
    "cidrSubnet": _subnet, "cidrHost": _address, "any": lambda value: value, "nameof": lambda value: value,
    "filter": lambda items, keep: [item for item in items if keep(item) is not False],
    "map": lambda items, change: [change(item) for item in items],
    "mapValues": lambda of, change: {name: change(value) for name, value in of.items()},
    "toObject": _by_key, "groupBy": _grouped, "sort": _sorted, "reduce": _folded,
}  # fmt: skip
OF_WHATEVER = ("uniqueString", "guid", "any", "array", "coalesce", "nameof")  # these take an Unknown as it is
