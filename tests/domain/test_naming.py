"""Naming: where footage lies, what its path says, and what is not a path of ours."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.footage import Borough, ClipId
from shared.domain.naming import EXTENSIONS, WITHOUT_GRANT, footage_path, id_of_path, path_in, recording_in, slug
from tests.builders import RECORDING, a_path
from tests.domain.chance import around_now, steady, texts

SUBJECT = "/blobServices/default/containers/footage/blobs/"
ids = st.uuids().map(lambda made: ClipId(str(made)))
cameras = st.text("ABCXYZabcxyz0189-", min_size=1, max_size=64)
boroughs = st.sampled_from(["Hackney", "Hammersmith & Fulham", "Kingston upon Thames", "Barking (and Dagenham)"])


def test_a_path_is_borough_day_camera_and_recording() -> None:
    path = footage_path(
        RECORDING,
        borough=Borough("Hammersmith & Fulham"),
        camera="AX3-00417",
        content_type="video/quicktime",
        now=datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC),
    )
    assert path == f"hammersmith-fulham/2026/01/02/AX3-00417/{RECORDING}.mov"


@steady
@given(recording=ids, borough=boroughs, camera=cameras, kind=st.sampled_from(sorted(EXTENSIONS)), now=around_now)
def test_the_recording_of_a_path_we_give_out_is_found_in_it(
    recording: ClipId, borough: str, camera: str, kind: str, now: datetime
) -> None:
    path = footage_path(recording, borough=Borough(borough), camera=camera, content_type=kind, now=now)
    assert recording_in(path) == recording
    assert path_in(SUBJECT + path) == path


@pytest.mark.parametrize("name, folder", [("Hackney", "hackney"), ("  St. Helier's ", "st-helier-s"), ("A&&B", "a-b")])
def test_a_borough_is_a_folder_of_small_letters(name: str, folder: str) -> None:
    assert slug(name) == folder


HOSTILE = [
    "",
    RECORDING,
    f"{RECORDING}.mp4",
    a_path() + "\n",
    "/" + a_path(),
    a_path().upper(),
    a_path().replace(".mp4", ".exe"),
    a_path().replace(".mp4", ".mp4.exe"),
    a_path().replace("hackney", ".."),
    a_path().replace("hackney", "hack ney"),
    a_path().replace("hackney", "hackney/camden"),
    a_path().replace("2026", "26"),
    a_path().replace("2026", "\u0662\u0660\u0662\u0666"),
    a_path().replace("AX3", "AX%2f3"),
    a_path().replace(RECORDING, RECORDING[:-1]),
    a_path().replace(RECORDING, RECORDING.replace("-", "")),
    a_path().replace(RECORDING, "{" + RECORDING + "}"),
]


@pytest.mark.parametrize("path", HOSTILE)
def test_what_is_no_path_of_ours_names_no_recording(path: str) -> None:
    assert recording_in(path) is None


@steady
@given(path=texts)
def test_any_text_is_either_a_path_of_ours_or_names_none(path: str) -> None:
    assert recording_in(path) is None


@steady
@given(path=texts, other=texts)
def test_a_blob_without_a_grant_is_named_by_its_path_alone(path: str, other: str) -> None:
    assert id_of_path(path) == str(uuid.uuid5(WITHOUT_GRANT, path))
    assert (id_of_path(path) == id_of_path(other)) == (path == other)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "footage/a.mp4",
        SUBJECT,
        SUBJECT.replace("footage", "posters") + "a.mp4",
        SUBJECT.replace("footage", "footage2") + "a.mp4",
        "/x" + SUBJECT + "a.mp4",
        SUBJECT.upper() + "a.mp4",
        SUBJECT + "../../ledger/checkpoint",
        SUBJECT + "southwark/./a.mp4",
        SUBJECT + "\ud800.mp4",
    ],
)
def test_a_subject_that_is_not_about_footage_has_no_path(subject: str) -> None:
    assert path_in(subject) is None


def test_a_subject_is_taken_as_it_is_with_all_that_follows() -> None:
    odd = "a b/%2e%2e/" + SUBJECT + "ü.mp4"
    assert path_in(SUBJECT + odd) == odd
