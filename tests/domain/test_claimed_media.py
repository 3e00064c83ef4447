"""What the footage says of itself against what others say: warnings, and no more than that."""

from datetime import datetime, timedelta

import pytest

from shared.domain.footage import Clip, State
from shared.domain.intake import taken_in
from shared.domain.media import Position, PositionSource, Warning  # noqa: A004 - the field's word
from tests.builders import RECORDED, UPLOADED, a_blob, a_grant, a_landed, a_media, an_inspection

HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


def fix(at: datetime | None) -> Position:
    return Position(latitude_microdegrees=1, longitude_microdegrees=2, source=PositionSource.GOPRO, at=at)


def take(container_at: datetime | None = RECORDED, fix_at: datetime | None = None, **more: object) -> Clip:
    media = a_media(created_at=container_at, position=fix(fix_at), **more)
    return taken_in(a_landed(), a_grant(), an_inspection(media=media))


def warnings(clip: Clip) -> tuple[Warning, ...]:
    assert clip.media is not None
    return clip.media.warnings


@pytest.mark.parametrize("apart,differ", [(HOUR, False), (HOUR + MOMENT, True), (-HOUR, False), (-HOUR - MOMENT, True)])
def test_clocks_more_than_an_hour_apart_are_a_warning(apart: timedelta, differ: bool) -> None:
    assert (Warning.TIMES_DIFFER in warnings(take(RECORDED + apart))) == differ
    assert (Warning.TIMES_DIFFER in warnings(take(None, RECORDED + apart))) == differ
    assert (Warning.TIMES_DIFFER in warnings(take(RECORDED, RECORDED + apart))) == differ


def test_one_clock_alone_differs_from_none() -> None:
    assert warnings(take(None)) == ()


def test_each_time_is_kept_with_its_source_and_none_decides_how_long_footage_is_kept() -> None:
    wrong = RECORDED - timedelta(days=9000)
    clip = take(wrong, RECORDED + HOUR)
    times = [(time.source, time.at) for time in clip.times]
    assert times == [("camera", RECORDED), ("container", wrong), ("position", RECORDED + HOUR)]
    assert clip.retention.weed_after == UPLOADED + timedelta(days=31)
    assert clip.state is State.HELD


@pytest.mark.parametrize(
    "container,suffix,wrong",
    [
        ("mp4", ".mp4", False),
        ("mp4", ".MP4", False),
        ("mov", ".mov", False),
        ("matroska", ".mkv", False),
        ("mov", ".mp4", True),
        ("mp4", ".mov", True),
        ("matroska", ".mp4", True),
        ("mp4", "", True),
    ],
)
def test_content_decides_and_a_name_that_says_otherwise_is_a_warning(container: str, suffix: str, wrong: bool) -> None:
    landed = a_landed(blob=a_blob(path="hackney/2026/11/25/C1/recording" + suffix))
    clip = taken_in(landed, a_grant(path=landed.blob.path), an_inspection(media=a_media(container=container)))
    assert (Warning.WRONG_EXTENSION in warnings(clip)) == wrong
    assert clip.media is not None
    assert (clip.media.container, clip.state) == (container, State.HELD)


def test_warnings_stand_in_one_order_beside_those_of_the_bytes() -> None:
    clip = take(RECORDED - HOUR * 2, warnings=(Warning.NO_AUDIO, Warning.NO_POSTER))
    assert warnings(clip) == (Warning.NO_AUDIO, Warning.NO_POSTER, Warning.TIMES_DIFFER)


def test_bytes_that_say_nothing_are_no_media() -> None:
    assert taken_in(a_landed(), a_grant(), an_inspection(media=None, poster=None)).media is None
