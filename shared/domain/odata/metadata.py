"""What the feed is, for its clients: CSDL 4.0 ($metadata) and the service document, from the entity sets.

Type names are written out, never through an alias of the schema: a client that others are built on fails on those.
Capabilities say what the feed does not do, so that a client does not ask for it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.syntax import Match, Through

NAMESPACE = "Continuity.Feed"
CONTAINER = "Container"
EDMX, EDM = "http://docs.oasis-open.org/odata/ns/edmx", "http://docs.oasis-open.org/odata/ns/edm"
VOCABULARIES = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies/"
CORE, CAPABILITIES = "Org.OData.Core.V1", "Org.OData.Capabilities.V1"
PRECISION = "6"


def metadata(sets: Iterable[EntitySet]) -> bytes:
    sets = tuple(sets)
    root = ET.Element("edmx:Edmx", {"Version": "4.0", "xmlns:edmx": EDMX})
    for vocabulary in (CORE, CAPABILITIES):
        reference = ET.SubElement(root, "edmx:Reference", {"Uri": f"{VOCABULARIES}{vocabulary}.xml"})
        ET.SubElement(reference, "edmx:Include", {"Namespace": vocabulary})
    services = ET.SubElement(root, "edmx:DataServices")
    schema = ET.SubElement(services, "Schema", {"xmlns": EDM, "Namespace": NAMESPACE})
    for entities in sets:
        _entity_type(schema, entities)
    _container(schema, sets)
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def service_document(root: str, sets: Iterable[EntitySet]) -> dict[str, Any]:
    """`root` is the feed's public address, without a slash at its end."""
    named = [{"name": each.name, "kind": "EntitySet", "url": each.name} for each in sets]
    return {"@odata.context": f"{root}/$metadata", "value": named}


def _entity_type(schema: ET.Element, entities: EntitySet) -> None:
    kind = ET.SubElement(schema, "EntityType", {"Name": entities.entity})
    ET.SubElement(ET.SubElement(kind, "Key"), "PropertyRef", {"Name": entities.key})
    for column in entities.columns:
        described = ET.SubElement(kind, "Property", _facets(column))
        _annotation(described, f"{CORE}.Description", String=column.about)


def _facets(column: Column) -> dict[str, str]:
    facets = {"Name": column.name, "Type": column.edm.value, "Nullable": str(column.nullable).lower()}
    if column.length is not None:
        facets["MaxLength"] = str(column.length)
    if column.edm is Edm.MOMENT:
        facets["Precision"] = PRECISION
    return facets


def _container(schema: ET.Element, sets: Sequence[EntitySet]) -> None:
    container = ET.SubElement(schema, "EntityContainer", {"Name": CONTAINER})
    for entities in sets:
        attributes = {"Name": entities.name, "EntityType": f"{NAMESPACE}.{entities.entity}"}
        _described_set(ET.SubElement(container, "EntitySet", attributes), entities)
    _annotation(
        container, f"{CAPABILITIES}.ConformanceLevel", EnumMember=f"{CAPABILITIES}.ConformanceLevelType/Minimal"
    )
    _annotation(container, f"{CAPABILITIES}.SupportedFormats", ["application/json;odata.metadata=minimal"])
    _annotation(container, f"{CAPABILITIES}.AsynchronousRequestsSupported", Bool="false")
    _annotation(container, f"{CAPABILITIES}.BatchSupported", Bool="false")
    _annotation(container, f"{CAPABILITIES}.FilterFunctions", [each.value for each in (*Match, *Through)])


def _described_set(element: ET.Element, entities: EntitySet) -> None:
    unfilterable = [column.name for column in entities.columns if not column.filterable]
    unsortable = [column.name for column in entities.columns if not column.sortable]
    _annotation(element, f"{CORE}.Description", String=entities.about)
    _annotation(element, f"{CAPABILITIES}.TopSupported", Bool="true")
    _annotation(element, f"{CAPABILITIES}.SkipSupported", Bool="true")
    _record(element, "CountRestrictions", {"Countable": True})
    _record(element, "FilterRestrictions", {"Filterable": True, "NonFilterableProperties": unfilterable})
    _record(element, "SortRestrictions", {"Sortable": True, "NonSortableProperties": unsortable})
    _record(element, "ExpandRestrictions", {"Expandable": False})
    _record(element, "SearchRestrictions", {"Searchable": False})
    _record(element, "InsertRestrictions", {"Insertable": False})
    _record(element, "UpdateRestrictions", {"Updatable": False})
    _record(element, "DeleteRestrictions", {"Deletable": False})


def _annotation(parent: ET.Element, term: str, listed: Iterable[str] | None = None, **value: str) -> ET.Element:
    annotation = ET.SubElement(parent, "Annotation", {"Term": term, **value})
    if listed is not None:
        collection = ET.SubElement(annotation, "Collection")
        for each in listed:
            ET.SubElement(collection, "String").text = each
    return annotation


def _record(parent: ET.Element, term: str, values: Mapping[str, bool | Sequence[str]]) -> None:
    record = ET.SubElement(_annotation(parent, f"{CAPABILITIES}.{term}"), "Record")
    for name, value in values.items():
        if isinstance(value, bool):
            ET.SubElement(record, "PropertyValue", {"Property": name, "Bool": str(value).lower()})
            continue
        collection = ET.SubElement(ET.SubElement(record, "PropertyValue", {"Property": name}), "Collection")
        for each in value:
            ET.SubElement(collection, "PropertyPath").text = each
