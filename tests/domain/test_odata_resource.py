"""What of the feed a path asks for, and where what it says cannot be."""

import pytest

from shared.domain.odata.resource import (
    LONGEST,
    Collection,
    Entity,
    Metadata,
    Number,
    Resource,
    ServiceDocument,
    parsed_resource,
)
from shared.domain.odata.sets import AUDIT_ENTRIES, SESSIONS
from shared.errors import Malformed, NotFound, Refusal, Unsupported


@pytest.mark.parametrize(
    "path, meant",
    [
        ("", ServiceDocument()),
        ("/", ServiceDocument()),
        ("$metadata", Metadata()),
        ("AuditEntries", Collection(AUDIT_ENTRIES)),
        ("AuditEntries/", Collection(AUDIT_ENTRIES)),
        ("AuditEntries/$count", Number(AUDIT_ENTRIES)),
        ("AuditEntries('a')", Entity(AUDIT_ENTRIES, "a")),
        ("AuditEntries('')", Entity(AUDIT_ENTRIES, "")),
        ("AuditEntries('it''s')", Entity(AUDIT_ENTRIES, "it's")),
        ("AuditEntries('a/b (c)')", Entity(AUDIT_ENTRIES, "a/b (c)")),
        ("AuditEntries('a) b')", Entity(AUDIT_ENTRIES, "a) b")),
        ("Sessions(id='a-1')", Entity(SESSIONS, "a-1")),
        ("AuditEntries('a\nb')", Entity(AUDIT_ENTRIES, "a\nb")),
    ],
)
def test_a_path_means_one_thing(path: str, meant: Resource) -> None:
    assert parsed_resource(path) == meant


@pytest.mark.parametrize(
    "path, refusal",
    [
        ("auditentries", NotFound),
        ("$nonsense", NotFound),
        ("Nonsense/action", NotFound),
        ("Nonsense('a')/action", NotFound),
        ("AuditEntries('a", Malformed),
        ("Nonsense", NotFound),
        ("Nonsense('a')", NotFound),
        ("Nonsense/$count", NotFound),
        ("AuditEntries()", Malformed),
        ("AuditEntries(5)", Malformed),
        ("AuditEntries(a)", Malformed),
        ("AuditEntries('a'b')", Malformed),
        ("AuditEntries('a','b')", Malformed),
        ("AuditEntries(number='a')", Malformed),
        ("AuditEntries" + "x" * LONGEST, Malformed),
        ("AuditEntries('a')/action", Unsupported),
        ("AuditEntries/action", Unsupported),
        ("AuditEntries/$ref", Unsupported),
        ("$batch", Unsupported),
        ("$entity?", Unsupported),
        ("AuditEntries('a')/$count", Unsupported),
        ("$crossjoin(AuditEntries,Sessions)", Unsupported),
    ],
)
def test_what_means_nothing_here_is_refused_and_not_repeated(path: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as no:
        parsed_resource(path)
    assert type(no.value) is refusal
    assert path not in str(no.value)
