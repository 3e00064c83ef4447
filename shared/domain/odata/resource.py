"""What of the feed is asked for: a path below its root, read by OData 4.0, URL Conventions section 4.

    (nothing)  $metadata  AuditEntries  AuditEntries/$count  AuditEntries('a key')  AuditEntries(id='a key')

No refusal repeats the path: it can hold anything.
"""

import re
from dataclasses import dataclass

from shared.domain.odata.columns import EntitySet
from shared.domain.odata.lexer import NAME
from shared.domain.odata.sets import BY_NAME
from shared.errors import Malformed, NotFound, Unsupported

LONGEST = 500
METADATA, COUNT = "$metadata", "$count"
STANDARD = re.compile(r"\$(batch|all|entity|crossjoin)\b.*", re.DOTALL)  # resources of OData that we do not have
SHOWN = re.compile(rf"\$metadata|({'|'.join(BY_NAME)})(/\$count|\('[A-Za-z0-9-]+'\))?")  # what can be there
KEY = re.compile(r"\((?:(?P<named>[A-Za-z_][A-Za-z0-9_]*)=)?'(?P<key>(?:[^']|'')*)'\)", re.ASCII | re.DOTALL)
FIELD = "path"


@dataclass(frozen=True, slots=True)
class ServiceDocument:
    """Which sets there are."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What they are made of."""


@dataclass(frozen=True, slots=True)
class Collection:
    """The rows of a set."""

    entities: EntitySet


@dataclass(frozen=True, slots=True)
class Number:
    """How many rows of a set there are."""

    entities: EntitySet


@dataclass(frozen=True, slots=True)
class Entity:
    """One row."""

    entities: EntitySet
    key: str


Resource = ServiceDocument | Metadata | Collection | Number | Entity


def parsed_resource(path: str) -> Resource:
    """`path` is percent-decoded. Raises NotFound for what is not there, Malformed and Unsupported as they say."""
    path = path.strip("/")
    if not path:
        return ServiceDocument()
    if path == METADATA:
        return Metadata()
    if len(path) > LONGEST:
        raise Malformed(f"a path has at most {LONGEST} characters", field=FIELD)
    if STANDARD.fullmatch(path):
        raise Unsupported("this feed has rows, their number and $metadata, and no more", field=FIELD)
    name = NAME.match(path)
    entities = _set(name[0] if name else "")
    rest = path[len(entities.name) :]
    if not rest:
        return Collection(entities)
    if rest == f"/{COUNT}":
        return Number(entities)
    if rest.startswith("(") and ")/" not in rest:
        return Entity(entities, _key(entities, rest))
    raise Unsupported("this feed shows whole rows: choose among their columns with $select", field=FIELD)


def _set(name: str) -> EntitySet:
    found = BY_NAME.get(name)
    if found is None:
        raise NotFound(f"there is no such set; there are {', '.join(BY_NAME)}")
    return found


def _key(entities: EntitySet, written: str) -> str:
    found = KEY.fullmatch(written)
    if found is None or found["named"] not in (None, entities.key):
        raise Malformed(f"a row is named by its {entities.key}: text in single quotes", field=FIELD)
    return found["key"].replace("''", "'")
