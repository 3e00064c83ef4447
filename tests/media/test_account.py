"""What the child says of a recording, as JSON: only what is a sound account is believed."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.adapters.media.account import MOST, BadAccount, read_account, write_account
from shared.domain.media import (
    Audio,
    Inspection,
    Media,
    Position,
    PositionSource,
    Problem,
    Video,
    Warning,  # noqa: A004 - the field's word
)

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
FULL = Inspection(
    media=Media(
        container="mp4",
        layout="progressive",
        duration_ms=3000,
        video=Video(codec="h264", width=320, height=180, duration_ms=3000, frames=30),
        audio=Audio(codec="aac", sample_rate=48000, channels=1, duration_ms=2990),
        created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        position=Position(
            latitude_microdegrees=51_503_300,
            longitude_microdegrees=-119_600,
            source=PositionSource.GOPRO,
            at=datetime(2026, 3, 1, 12, 0, 2, tzinfo=UTC),
        ),
        warnings=(Warning.NO_AUDIO, Warning.NO_POSTER),
    ),
    poster=None,
    problems=(Problem.TRUNCATED,),
)


@pytest.mark.parametrize("poster", [None, JPEG])
@pytest.mark.parametrize("media", [FULL.media, Media(container="matroska"), None])
def test_what_is_written_is_read(media: Media | None, poster: bytes | None) -> None:
    inspection = replace(FULL, media=media)
    assert read_account(write_account(inspection), poster) == replace(inspection, poster=poster)


def changed(path: str, value: Any) -> bytes:
    body = json.loads(write_account(FULL))
    *parents, last = path.split(".")
    place = body
    for parent in parents:
        place = place[parent]
    place[last] = value
    return json.dumps(body).encode()


@pytest.mark.parametrize(
    "path,value",
    [
        ("problems", ["haunted"]),
        ("problems", "truncated"),
        ("media", "mp4"),
        ("media.container", "exe"),
        ("media.layout", "sideways"),
        ("media.duration_ms", -1),
        ("media.video.begins_ms", -1),
        ("media.audio.begins_ms", None),
        ("media.position", "+51-000/"),
        ("media.position.latitude_microdegrees", 90_000_001),
        ("media.position.longitude_microdegrees", -180_000_001),
        ("media.position.latitude_microdegrees", 51.5),
        ("media.position.source", "hearsay"),
        ("media.position.at", "2026-03-01T12:00:00"),
        ("media.duration_ms", MOST + 1),
        ("media.duration_ms", 3000.5),
        ("media.duration_ms", True),
        ("media.duration_ms", "3000"),
        ("media.video.codec", "h264\n"),
        ("media.video.codec", "x" * 33),
        ("media.video.codec", "h\u0301264"),
        ("media.video.width", None),
        ("media.video.height", -1),
        ("media.video.frames", -1),
        ("media.audio.sample_rate", 1e9),
        ("media.audio.channels", "two"),
        ("media.created_at", "2026-03-01T12:00:00"),
        ("media.created_at", "yesterday"),
        ("media.created_at", 5),
        ("media.warnings", ["look behind you"]),
    ],
)
def test_what_is_not_of_the_expected_kind_is_not_believed(path: str, value: Any) -> None:
    with pytest.raises(BadAccount):
        read_account(changed(path, value), None)


@pytest.mark.parametrize(
    "path,value", [("media.duration_ms", MOST), ("media.duration_ms", 0), ("media.video.codec", "x" * 32)]
)
def test_the_last_value_allowed_is_allowed(path: str, value: Any) -> None:
    assert read_account(changed(path, value), None).media is not None


@pytest.mark.parametrize(
    "account", [b"", b"{}", b"null", b"[1]", b'{"media": {}, "problems": []}', b"[" * 9000, b"\xff"]
)
def test_what_is_no_account_is_not_believed(account: bytes) -> None:
    with pytest.raises(BadAccount):
        read_account(account, None)


@pytest.mark.parametrize("poster", [b"", b"<svg>", JPEG[:-1], JPEG[1:]])
def test_a_poster_that_is_no_jpeg_is_not_believed(poster: bytes) -> None:
    with pytest.raises(BadAccount):
        read_account(write_account(FULL), poster)


@given(st.binary(max_size=64))
def test_bytes_by_chance_are_an_account_or_are_not_believed(account: bytes) -> None:
    with pytest.raises(BadAccount):
        read_account(account, None)
