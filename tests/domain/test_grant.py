"""Grants, rules G1 to G3: who may ask, for what, for how long, and what asking again gives."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from shared.domain.footage import Dock, DockId, Sha256
from shared.domain.grant import Wanted, granted, granted_again, may_hand_over, recording_id
from shared.domain.naming import recording_in
from shared.errors import Malformed, NotAllowed
from tests.builders import (
    CAMERA,
    CLIENT,
    CONTENT_TYPE,
    DOCK,
    NOW,
    OFFICER,
    RECORDED,
    SHA256,
    SIZE,
    a_dock,
    a_grant,
)
from tests.domain.chance import steady, texts

HERE = "192.0.2.17"
WANTED = Wanted(
    camera=CAMERA, recorded_at=RECORDED, size=SIZE, sha256=SHA256, content_type=CONTENT_TYPE, officer=OFFICER
)


@pytest.mark.parametrize("addresses, address", [((), None), ((), HERE), ((HERE,), HERE), (("192.0.2.1", HERE), HERE)])
def test_g1_a_dock_asks_for_itself_from_where_it_stands(addresses: tuple[str, ...], address: str | None) -> None:
    dock = a_dock(addresses=addresses)
    assert may_hand_over(dock, client=CLIENT, address=address) == dock


@pytest.mark.parametrize(
    "dock, client, address",
    [
        pytest.param(None, CLIENT, HERE, id="not in the register"),
        pytest.param(a_dock(), "another", HERE, id="another's token"),
        pytest.param(a_dock(), None, HERE, id="a token of no client"),
        pytest.param(a_dock(client=""), "", HERE, id="a register without a client"),
        pytest.param(a_dock(enabled=False), CLIENT, HERE, id="switched off"),
        pytest.param(a_dock(addresses=("192.0.2.1",)), CLIENT, HERE, id="elsewhere"),
        pytest.param(a_dock(addresses=("192.0.2.1",)), CLIENT, None, id="from nowhere known"),
    ],
)
def test_g1_there_is_one_refusal_for_every_reason(dock: Dock | None, client: str | None, address: str | None) -> None:
    with pytest.raises(NotAllowed, match=r"^this token may not act for this dock$"):
        may_hand_over(dock, client=client, address=address)


def test_g2_a_grant_is_for_one_path_and_one_hour() -> None:
    grant = granted(WANTED, a_dock(), key="key", now=NOW)
    assert grant.expires - grant.granted_at == timedelta(hours=1)
    assert grant.granted_at == NOW
    assert recording_in(grant.path) == grant.recording
    assert grant.path.startswith("hackney/2026/11/25/AX3-00417/")


def test_g2_a_grant_says_what_the_dock_wanted_and_the_register_knows() -> None:
    grant = granted(WANTED, a_dock(), key="key", now=NOW)
    expected = a_grant(recording=grant.recording, path=grant.path, granted_at=NOW, expires=NOW + timedelta(hours=1))
    assert grant == expected


def test_g2_asked_again_the_path_is_the_same_and_the_hour_is_new() -> None:
    later = NOW + timedelta(hours=3)
    assert granted_again(a_grant(), WANTED, now=later) == a_grant(expires=later + timedelta(hours=1))


@pytest.mark.parametrize("other", [{"sha256": Sha256("0" * 64)}, {"size": SIZE + 1}])
def test_g2_asked_again_for_other_bytes_it_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(Malformed, match="other bytes") as refused:
        granted_again(a_grant(), replace(WANTED, **other), now=NOW)  # type: ignore[arg-type] # a field by name
    assert refused.value.field == "recording"


@steady
@given(key=texts, other=texts)
def test_g3_the_recording_is_the_same_for_the_same_key_only(key: str, other: str) -> None:
    assert (recording_id(DOCK, key) == recording_id(DOCK, other)) == (key == other)
    assert recording_id(DockId("another"), key) != recording_id(DOCK, key)
    assert uuid.UUID(recording_id(DOCK, key)).version == 8
