"""Which HTTP function a request reaches, by the rules of the Functions host.

Routes are tried in the alphabetical order of function *names*, whatever their case; the first whose template and
method fit wins, and nothing is "more specific". A method that does not fit is no match (404, never 405) and
GET does not imply HEAD. Literal text matches in any case. The path is percent-decoded first, `%2F` excepted.
Templates: `{name}`, `{name?}`, `{name=default}`, `{name:constraint:constraint(..)}`, `{*rest}`, and text beside
a parameter in one segment (`{name}.mp4`).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote
from uuid import UUID

RESERVED = frozenset({"admin", "runtime"})
_PARAMETER = re.compile(
    r"\{(?P<star>\*{0,2})(?P<name>\w+)(?P<constraints>(?::\w+(?:\([^()]*\))?)*)(?P<missing>\?|=[^{}]*)?\}"
)
_CONSTRAINT = re.compile(r":(\w+)(?:\(([^()]*)\))?")


class RouteError(ValueError):
    """The template cannot be a route."""


def _fits(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _is_whole(text: str, bits: int) -> bool:
    return bool(re.fullmatch(r"[+-]?[0-9]+", text)) and -(2 ** (bits - 1)) <= int(text) < 2 ** (bits - 1)


def _has_length(text: str, bounds: str) -> bool:
    low, comma, high = bounds.partition(",")
    return int(low) <= len(text) <= int(high if comma else low)


CONSTRAINTS: Mapping[str, Callable[[str, str], bool]] = {
    "int": lambda text, _: _is_whole(text, 32),
    "long": lambda text, _: _is_whole(text, 64),
    "bool": lambda text, _: text.lower() in {"true", "false"},
    "guid": lambda text, _: _fits(UUID, text),
    "decimal": lambda text, _: _fits(float, text),
    "double": lambda text, _: _fits(float, text),
    "float": lambda text, _: _fits(float, text),
    "datetime": lambda text, _: _fits(datetime.fromisoformat, text),
    "alpha": lambda text, _: re.fullmatch("[A-Za-z]*", text) is not None,
    "required": lambda text, _: bool(text),
    "minlength": lambda text, least: len(text) >= int(least),
    "maxlength": lambda text, most: len(text) <= int(most),
    "length": _has_length,
    "min": lambda text, least: _is_whole(text, 64) and int(text) >= int(least),
    "max": lambda text, most: _is_whole(text, 64) and int(text) <= int(most),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parameter:
    name: str
    constraints: tuple[tuple[str, str], ...]
    default: str | None

    def accepts(self, text: str) -> bool:
        return all(CONSTRAINTS[name](text, argument) for name, argument in self.constraints)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One HTTP function's template; `methods` empty means every method."""

    function: str
    template: str
    methods: frozenset[str]
    _pattern: re.Pattern[str]
    _parameters: tuple[_Parameter, ...]

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """The route parameters, or None when this function is not meant; `path` is decoded, without prefix."""
        if self.methods and method.upper() not in self.methods:
            return None
        found = self._pattern.fullmatch("/" + path.strip("/") if path.strip("/") else "")
        if found is None:
            return None
        texts = list(zip(self._parameters, found.groups(), strict=True))
        if not all(parameter.accepts(text) for parameter, text in texts if text):
            return None
        values = ((parameter.name, text or parameter.default) for parameter, text in texts)
        return {name: value for name, value in values if value is not None}


def route(function: str, template: str, methods: Iterable[str]) -> Route:
    """Read a template; RouteError says what the host would refuse."""
    if template.startswith("/"):
        raise RouteError(f"route {template!r} begins with '/', which the prefix already ends with")
    segments = template.strip("/").split("/") if template.strip("/") else []
    if segments and segments[0].lower() in RESERVED:
        raise RouteError(f"route {template!r} conflicts with one or more built in routes")
    parameters: list[_Parameter] = []
    pattern = "".join(_segment(segment, parameters) for segment in segments)
    return Route(
        function=function,
        template=template,
        methods=frozenset(method.upper() for method in methods),
        _pattern=re.compile(pattern, re.IGNORECASE | re.DOTALL),
        _parameters=tuple(parameters),
    )


def _segment(segment: str, parameters: list[_Parameter]) -> str:
    whole = _PARAMETER.fullmatch(segment)
    if whole is not None:
        parameters.append(_parameter(whole))
        if whole["star"]:
            return "(?:/(.*))?"
        return "(?:/([^/]+))?" if whole["missing"] else "/([^/]+)"
    pattern, end = "/", 0
    for part in _PARAMETER.finditer(segment):
        parameters.append(_parameter(part))
        pattern += _literal(segment[end : part.start()]) + "([^/]+)"
        end = part.end()
    return pattern + _literal(segment[end:])


def _literal(text: str) -> str:
    if "{" in text or "}" in text:
        raise RouteError(f"cannot read the route segment {text!r}")
    return re.escape(text)


def _parameter(found: re.Match[str]) -> _Parameter:
    constraints = tuple((name, argument or "") for name, argument in _CONSTRAINT.findall(found["constraints"]))
    unknown = [name for name, _ in constraints if name not in CONSTRAINTS]
    if unknown:
        raise RouteError(f"route parameter {found['name']!r} has the unknown constraint {unknown[0]!r}")
    missing = found["missing"] or ""
    default = missing[1:] if missing.startswith("=") else None
    return _Parameter(name=found["name"], constraints=constraints, default=default)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTable:
    """Every HTTP function of an app under the prefix of its host.json."""

    prefix: str
    routes: tuple[Route, ...]

    def find(self, method: str, path: str) -> tuple[str, dict[str, str]] | None:
        """The name of the function meant and its route parameters; `path` is decoded."""
        inner = self._within_prefix(path)
        if inner is None:
            return None
        for candidate in self.routes:
            parameters = candidate.match(method, inner)
            if parameters is not None:
                return candidate.function, parameters
        return None

    def _within_prefix(self, path: str) -> str | None:
        prefix = f"/{self.prefix.strip('/')}" if self.prefix.strip("/") else ""
        inner = path[len(prefix) :]
        inside = path.lower().startswith(prefix.lower()) and inner[:1] in {"", "/"}
        return inner if inside and not inner.startswith("//") and not inner.endswith("//") else None


def route_table(prefix: str, routes: Iterable[Route]) -> RouteTable:
    return RouteTable(prefix=prefix, routes=tuple(sorted(routes, key=lambda each: each.function.lower())))


def decoded_path(raw: str) -> str:
    """A request's path as the host sees it: percent-decoded but for `%2F`, dot segments resolved."""
    return without_dots(unquote(re.sub("%2[fF]", lambda slash: "%25" + slash.group()[1:], raw), errors="replace"))


def without_dots(text: str) -> str:
    kept: list[str] = []
    for segment in text.split("/"):
        if segment == "..":
            kept = kept[:-1] or [""]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept) if len(kept) > 1 else "/"
