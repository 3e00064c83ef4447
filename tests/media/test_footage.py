"""local/footage.py: clips made for tests and demonstrations are what they say they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import pytest

from local.footage import Layout, clips, lengthen, synthesise
from tests.media.made import borders

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, suffix: str) -> None:
    made = [synthesise(tmp_path / f"{n}{suffix}", seconds=1, start=START, serial="A1").read_bytes() for n in (1, 2)]
    assert made[0] == made[1]
    other = synthesise(tmp_path / f"3{suffix}", seconds=1, start=START + timedelta(seconds=1), serial="A1")
    assert other.read_bytes() != made[0]


@pytest.mark.parametrize(
    "layout,kinds",
    [
        ("end", ["ftyp", "free", "mdat", "moov"]),
        ("front", ["ftyp", "moov", "free", "mdat"]),
        ("fragmented", ["ftyp", "moov", "moof", "mdat", "moof", "mdat", "mfra"]),
        ("fragmented-bare", ["ftyp", "moov", "moof", "mdat", "moof", "mdat"]),
        ("fragmented-sidx", ["ftyp", "moov", "sidx", "sidx", "moof", "mdat", "moof", "mdat"]),
    ],
)
def test_a_longer_clip_is_laid_out_as_asked_and_so_many_times_as_long(
    tmp_path: Path, layout: Layout, kinds: list[str]
) -> None:
    short = synthesise(tmp_path / "short.mp4", seconds=1, start=START, serial="A1", rate=5, width=160, height=90)
    long = lengthen(short, tmp_path / "long.mp4", times=2, layout=layout)
    assert [kind for kind, _, _ in borders(long.read_bytes())] == kinds
    with av.open(long) as clip:
        assert clip.duration is not None
        assert clip.duration / 1e6 == pytest.approx(2, abs=0.1)
        assert clip.metadata["creation_time"].startswith("2026-03-01T12:00:00")


def test_a_shift_is_clips_one_after_the_other(tmp_path: Path) -> None:
    names = [path.name for path in clips(tmp_path, serial="A1", start=START, count=2, seconds=0.5)]
    assert names == ["A1-20260301T120000Z.mp4", "A1-20260301T120100Z.mp4"]
    assert all((tmp_path / name).stat().st_size > 0 for name in names)
