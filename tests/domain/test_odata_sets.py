"""The entity sets: every column is one that documents have, rows are as declared, and the metadata says the same."""

import re
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from lxml import etree  # type: ignore[import-untyped]

from shared.domain.document import camel, timestamp, to_document
from shared.domain.entry import Change, Entry, stored
from shared.domain.footage import Clip
from shared.domain.odata import made
from shared.domain.odata.columns import Column, Edm, EntitySet
from shared.domain.odata.metadata import EDM, EDMX, NAMESPACE, metadata, service_document
from shared.domain.odata.rows import row
from shared.domain.odata.sets import (
    AUDIT_ENTRIES,
    BY_NAME,
    DAILY_COUNTS,
    DISCLOSURES,
    FOOTAGE,
    SESSIONS,
    SETS,
    WEEDING_RUNS,
)
from shared.domain.session import Ended, Session
from shared.domain.weeding_run import WeedingRun
from tests.builders import MICROSECOND, NOW, a_clip, a_hold, a_media, a_session, an_entry
from tests.domain.chance import any_of, around_now, steady

KINDS: Mapping[str, type] = {
    "AuditEntries": Entry,
    "Footage": Clip,
    "Sessions": Session,
    "Disclosures": Entry,
    "WeedingRuns": WeedingRun,
}
TYPES: Mapping[Edm, tuple[type, ...]] = {
    Edm.STRING: (str,),
    Edm.MOMENT: (datetime,),
    Edm.DATE: (date,),
    Edm.BOOLEAN: (bool,),
    Edm.NUMBER: (int,),
}
READ = [(name, column) for name in KINDS for column in BY_NAME[name].columns if column.made is None]
ROOT = Path(__file__).parents[2]
SCHEMAS = (ROOT.parent / "shared/reference/schemas/odata", ROOT / "tests/clients/node_modules/odata-csdl/schemas")
SCHEMA = next((folder / "edmx.xsd" for folder in SCHEMAS if (folder / "edmx.xsd").exists()), None)
RUN = WeedingRun(
    run="r-1",
    started_at=NOW,
    ended_at=NOW + timedelta(minutes=9, seconds=59),
    weeded=3,
    kept=2,
    failed=0,
    late=True,
)


def _field(kind: type, path: tuple[str, ...]) -> tuple[type, bool]:
    """The type at the end of the path, and whether None can be met on the way."""
    hints = {camel(f.name): get_type_hints(kind)[f.name] for f in fields(kind)} | {"pk": str, "id": str}
    hint, optional = hints[path[0]], False
    if get_origin(hint) in (types.UnionType, Union):
        hint, optional = next(arg for arg in get_args(hint) if arg is not types.NoneType), True
    plain = getattr(hint, "__supertype__", hint)
    if len(path) == 1:
        return plain, optional
    assert is_dataclass(plain)
    assert isinstance(plain, type)
    found, further = _field(plain, path[1:])
    return found, optional or further


@pytest.mark.parametrize("name,column", READ, ids=[f"{name}.{column.name}" for name, column in READ])
def test_a_column_is_where_documents_have_it_and_of_its_type(name: str, column: Column) -> None:
    found, optional = _field(KINDS[name], column.path)
    if column.local_day:
        assert found is datetime
    elif issubclass(found, Enum):
        assert column.edm is Edm.STRING
    else:
        assert found in TYPES[column.edm]
    assert column.nullable == optional


@pytest.mark.parametrize("entities", SETS, ids=lambda each: each.name)
def test_a_set_is_declared_whole(entities: EntitySet) -> None:
    names = [column.name for column in entities.columns]
    assert len(set(names)) == len(names)
    assert [name for name in names if not re.fullmatch(r"[a-z][A-Za-z0-9]*", name)] == []
    for name in (entities.key, entities.moment):
        column = entities.column(name)
        assert column is not None
        assert not column.nullable
    assert entities.borough is None or entities.column(entities.borough) is not None
    assert [column.name for column in entities.columns if not column.about.endswith(".")] == []
    assert [column.name for column in entities.columns if (column.made is None) == (column.path == ())] == []


def test_what_is_sorted_by_is_never_null() -> None:
    assert [column.name for each in SETS for column in each.columns if column.sortable and column.nullable] == []


def test_no_row_of_the_audit_has_a_salt_in_it() -> None:
    """With it, whoever has the entry could make its commitment: it comes out with the export alone."""
    entry, _ = an_entry()
    assert entry.salt not in row(AUDIT_ENTRIES, stored(entry)).values()
    assert [column.name for each in SETS for column in each.columns if "salt" in column.path] == []


def test_an_entry_is_a_flat_row() -> None:
    entry, _ = an_entry()
    entry = replace(
        entry,
        changes=(Change(field="category", before=None, after="arrest"), Change(field="a", before="b", after=None)),
    )
    shown = row(AUDIT_ENTRIES, stored(entry))
    assert list(shown) == [column.name for column in AUDIT_ENTRIES.columns]
    assert shown["occurredAt"] == "2026-11-25T20:52:56.123456Z"
    assert shown["localDate"] == "2026-11-25"
    assert (shown["actorName"], shown["actorKind"]) == ("PC Ada Byron", "person")
    assert (shown["reasonCode"], shown["recipient"], shown["leaf"]) == (None, None, None)
    assert (shown["number"], shown["pending"], shown["clientAddress"]) == (1, True, "192.0.2.17")
    assert shown["changes"] == "category: arrest; a: b → nothing"


def test_the_columns_asked_for_are_all_there_is() -> None:
    entry, _ = an_entry()
    columns = [column for column in AUDIT_ENTRIES.columns if column.name in ("id", "action")]
    assert row(AUDIT_ENTRIES, stored(entry), columns) == {"id": entry.id, "action": "footage.read"}


def test_a_clip_is_facts_and_no_way_to_it() -> None:
    clip = a_clip(holds=(a_hold(),), quarantine=("no-officer", "no-grant"))
    shown = row(FOOTAGE, to_document(clip))
    assert (shown["holds"], shown["quarantine"], shown["megabytes"], shown["seconds"]) == (
        1,
        "no-officer, no-grant",
        2,
        12,
    )
    assert [value for value in shown.values() if value in (clip.blob.path, clip.blob.etag)] == []


@pytest.mark.parametrize(
    "duration,seconds",
    [(None, None), (-1, None), (0, 0), (999, 0), (1000, 1), (2**31 * 1000 - 1, 2**31 - 1), (2**31 * 1000, None)],
)
def test_a_length_that_no_file_can_have_is_none(duration: int | None, seconds: int | None) -> None:
    assert made.duration_seconds(to_document(a_clip(media=a_media(duration_ms=duration)))) == seconds


def test_a_clip_that_nobody_could_read_has_no_length() -> None:
    assert made.duration_seconds(to_document(a_clip(media=None))) is None


@pytest.mark.parametrize("size,megabytes", [(0, 0), (1, 1), (1_000_000, 1), (1_000_001, 2), (32_000_000_000, 32_000)])
def test_a_megabyte_begun_counts_as_one(size: int, megabytes: int) -> None:
    clip = a_clip()
    assert made.megabytes(to_document(replace(clip, blob=replace(clip.blob, size=size)))) == megabytes


def test_a_session_says_who_from_when_to_when_and_why() -> None:
    begun = NOW - timedelta(hours=1)
    shown = row(SESSIONS, to_document(a_session(started_at=begun)))
    assert (shown["minutes"], shown["endedAt"], shown["endedWhy"], shown["roles"]) == (60, None, None, "officer")
    ended = a_session(started_at=begun, ended_at=NOW - MICROSECOND, ended_why=Ended.IDLE)
    shown = row(SESSIONS, to_document(ended))
    assert (shown["minutes"], shown["endedWhy"]) == (59, "idle")


def test_a_run_says_what_it_did() -> None:
    shown = row(WEEDING_RUNS, to_document(RUN))
    assert shown["id"] == "r-1"
    assert (shown["weeded"], shown["kept"], shown["failed"], shown["late"], shown["minutes"]) == (3, 2, 0, True, 9)


def test_a_day_s_count_is_as_it_is_kept() -> None:
    document = {"id": "x", "day": "2026-11-25", "borough": None, "action": "footage.read", "outcome": "granted", "n": 7}
    assert row(DAILY_COUNTS, document) == document


@given(
    entry=any_of(Entry, occurred_at=around_now),
    clip=any_of(Clip, uploaded_at=around_now),
    session=any_of(Session, started_at=around_now),
)
@steady
def test_any_record_is_a_row_of_the_types_that_are_declared(entry: Entry, clip: Clip, session: Session) -> None:
    documents: list[tuple[EntitySet, Entry | Clip | Session]] = [
        (AUDIT_ENTRIES, entry),
        (DISCLOSURES, entry),
        (FOOTAGE, clip),
        (SESSIONS, session),
    ]
    for entities, record in documents:
        document = {**to_document(record), "pk": record.pk, "id": record.id}
        for column in entities.columns:
            value = row(entities, document)[column.name]
            assert value is not None or column.nullable, column.name
            assert value is None or _is(column.edm, value), (column.name, value)


def _is(edm: Edm, value: Any) -> bool:
    match edm:
        case Edm.MOMENT:
            return bool(timestamp(datetime.fromisoformat(value)) == value)
        case Edm.DATE:
            return bool(date.fromisoformat(value).isoformat() == value)
        case Edm.NUMBER:
            return type(value) is int
    return type(value) is (bool if edm is Edm.BOOLEAN else str)


def document() -> ET.Element:
    return ET.fromstring(metadata(SETS))  # noqa: S314 - our own


def test_the_metadata_says_what_is_declared_in_its_order() -> None:
    kinds = {kind.attrib["Name"]: kind for kind in document().iter(f"{{{EDM}}}EntityType")}
    assert list(kinds) == [each.entity for each in SETS]
    for entities in SETS:
        kind = kinds[entities.entity]
        told = [
            (each.attrib["Name"], each.attrib["Type"], each.attrib["Nullable"], each.attrib.get("MaxLength"))
            for each in kind.iter(f"{{{EDM}}}Property")
        ]
        assert told == [
            (each.name, each.edm, str(each.nullable).lower(), str(each.length) if each.length else None)
            for each in entities.columns
        ]
        assert [each.attrib["Name"] for each in kind.iter(f"{{{EDM}}}PropertyRef")] == [entities.key]


def test_the_metadata_names_types_in_full_and_says_what_cannot_be_asked() -> None:
    sets = {each.attrib["Name"]: each for each in document().iter(f"{{{EDM}}}EntitySet")}
    assert {name: each.attrib["EntityType"] for name, each in sets.items()} == {
        each.name: f"{NAMESPACE}.{each.entity}" for each in SETS
    }
    for entities in SETS:
        told = [each.text for each in sets[entities.name].iter(f"{{{EDM}}}PropertyPath")]
        unfilterable = [column.name for column in entities.columns if not column.filterable]
        assert told == unfilterable + [column.name for column in entities.columns if not column.sortable]


def test_no_schema_has_an_alias() -> None:
    assert [each for each in document().iter() if "Alias" in each.attrib] == []
    assert document().tag == f"{{{EDMX}}}Edmx"


def test_every_time_is_exact_to_the_microsecond() -> None:
    told = [each.attrib for each in document().iter(f"{{{EDM}}}Property") if each.attrib["Type"] == Edm.MOMENT]
    assert {each["Precision"] for each in told} == {"6"}


def test_the_service_document_lists_the_sets() -> None:
    told = service_document("https://x.example/api/odata", SETS)
    assert told["@odata.context"] == "https://x.example/api/odata/$metadata"
    assert [(each["name"], each["url"]) for each in told["value"]] == [(each.name, each.name) for each in SETS]


@pytest.mark.skipif(
    SCHEMA is None, reason="OASIS's edmx.xsd is neither in ../shared nor, with odata-csdl, in tests/clients"
)
def test_the_metadata_is_valid_by_the_schema_of_oasis() -> None:
    schema = etree.XMLSchema(etree.parse(str(SCHEMA)))
    assert schema.validate(etree.fromstring(metadata(SETS))), schema.error_log
    misspelt = metadata(SETS).replace(b"MaxLength=", b"MaxLenght=", 1)
    assert not schema.validate(etree.fromstring(misspelt))
