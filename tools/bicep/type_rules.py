"""Property names, kinds of values, enumerations and API versions, held against Microsoft's definitions.

An enumeration that is open (any string, with some named) gives no finding. What is unknown before a deployment is
taken as right: whether it may leave the region is asked by the other rules, not here.
"""

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from tools.bicep.deployment import Deployment
from tools.bicep.finding import Finding, about
from tools.bicep.type_definitions import Definition, TypeDefinitions, pointed_at
from tools.bicep.values import Resource, Unknown, Value, is_unknown

REQUIRED, READ_ONLY = 1, 2
SAID_ELSEWHERE = ("type", "apiVersion")
NOT_SENT = ("parent", "scope")
Complaint = tuple[str, str]  # path, message


def types(deployment: Deployment, definitions: TypeDefinitions) -> Iterator[Finding]:
    for resource in deployment.everything:
        found = definitions.find(resource.type, resource.api_version)
        if found is None:
            known = ", ".join(definitions.versions(resource.type)) or "none"
            yield about(resource, "api-version", f"{resource.api_version!r} is not defined here; there is: {known}")
        elif found[0] != resource.type:
            yield about(resource, "type-name", f"it is spelt {found[0]!r}")
        elif not resource.existing:
            yield from _complaints(resource, Checker(found[1]), found[2])


def _complaints(resource: Resource, checker: "Checker", definition: Definition) -> Iterator[Finding]:
    body = {name: value for name, value in resource.body.items() if name not in NOT_SENT}
    for path, message in checker.check(definition, body, ""):
        yield about(resource, "property", f"{path.lstrip('.') or 'the body'} {message}")


class Checker:
    def __init__(self, definitions: list[Definition]) -> None:
        self._definitions = definitions
        self._checks: Mapping[str, Callable[[Definition, Value, str], Iterator[Complaint]]] = {
            "ObjectType": self._object, "DiscriminatedObjectType": self._discriminated, "ArrayType": self._array,
            "StringType": self._string, "StringLiteralType": self._literal, "UnionType": self._union,
            "IntegerType": self._integer, "BooleanType": self._boolean,
        }  # fmt: skip

    def check(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        check = self._checks.get(definition["$type"])
        if check and value is not None and not is_unknown(value):
            yield from check(definition, value, path)

    def _at(self, reference: Mapping[str, str]) -> Definition:
        return pointed_at(self._definitions, reference)

    def _object(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        yield from self._members(definition.get("properties", {}), definition, value, path)

    def _discriminated(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        name, elements = definition["discriminator"], definition["elements"]
        chosen = value.get(name) if isinstance(value, dict) else None
        if isinstance(chosen, Unknown):
            return
        if chosen not in elements:
            yield path, f"has {name} {chosen!r}, which is none of {sorted(elements)}"
            return
        properties = {**definition.get("baseProperties", {}), **self._at(elements[chosen])["properties"]}
        yield from self._members(properties, definition, value, path)

    def _members(
        self, properties: Mapping[str, Any], definition: Definition, value: Value, path: str
    ) -> Iterator[Complaint]:
        if not isinstance(value, dict):
            yield path, f"is {value!r}, where an object is due"
            return
        for name, inner in value.items():
            if not isinstance(name, Unknown):
                yield from self._member(
                    properties, definition.get("additionalProperties"), name, inner, f"{path}.{name}"
                )
        complete = not any(isinstance(name, Unknown) for name in value)
        for name, each in properties.items():
            due = each.get("flags", 0) & REQUIRED and name not in SAID_ELSEWHERE
            if due and complete and name not in value:
                yield f"{path}.{name}", "is required and missing"

    def _member(
        self, properties: Mapping[str, Any], others: Any, name: str, value: Value, path: str
    ) -> Iterator[Complaint]:
        if name in properties and properties[name].get("flags", 0) & READ_ONLY:
            yield path, "can only be read"
        elif name in properties:
            yield from self.check(self._at(properties[name]["type"]), value, path)
        elif others:
            yield from self.check(self._at(others), value, path)
        else:
            near = get_close_matches(name, properties, 1)
            yield path, "is no property of it" + (f"; perhaps {near[0]!r}" if near else "")

    def _array(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        if not isinstance(value, list):
            yield path, f"is {value!r}, where an array is due"
            return
        for number, inner in enumerate(value):
            yield from self.check(self._at(definition["itemType"]), inner, f"{path}[{number}]")

    def _string(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        if not isinstance(value, str):
            yield path, f"is {value!r}, where a string is due"
        elif not definition.get("minLength", 0) <= len(value) <= definition.get("maxLength", len(value)):
            bounds = f"{definition.get('minLength', 0)} to {definition.get('maxLength', 'any number of')}"
            yield path, f"has {len(value)} characters, where {bounds} are allowed"

    def _literal(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        if value != definition["value"]:
            yield path, f"is {value!r}, not {definition['value']!r}"

    def _union(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        options = [self._at(each) for each in definition["elements"]]
        named = [option["value"] for option in options if option["$type"] == "StringLiteralType"]
        is_open = isinstance(value, str) and any(option["$type"] == "StringType" for option in options)
        if value not in named and not is_open:
            yield path, f"is {value!r}, which is none of {named}"

    def _integer(self, definition: Definition, value: Value, path: str) -> Iterator[Complaint]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield path, f"is {value!r}, where a whole number is due"
        elif not definition.get("minValue", value) <= value <= definition.get("maxValue", value):
            bounds = f"{definition.get('minValue', 'any')} to {definition.get('maxValue', 'any')}"
            yield path, f"is {value}, outside {bounds}"

    def _boolean(self, _: Definition, value: Value, path: str) -> Iterator[Complaint]:
        if not isinstance(value, bool):
            yield path, f"is {value!r}, where true or false is due"
