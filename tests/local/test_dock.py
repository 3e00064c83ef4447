"""The dock against a small service of its own: what is sent, and when a camera may be wiped."""

from pathlib import Path
from urllib.parse import unquote

import aiohttp
import pytest

from local.docking.faults import GaveUp, Mismatch, Refused, Unfit, Untrusted, Withheld
from local.docking.progress import Step
from local.docking.recording import Recording
from local.docking.upload import BLOCK
from tests.local.dock_stand_in import Service, Signer, dropped, problem, status
from tests.local.dock_station import AT, Station, clip


async def test_what_is_stored_is_what_was_on_the_camera(service: Service, station: Station, tmp_path: Path) -> None:
    recording = clip(tmp_path)
    docked = await station.dock(recording)
    blob = service.blobs[docked.recording]
    assert b"".join(blob.blocks) == recording.path.read_bytes()
    assert (blob.content_type, blob.if_none_match) == ("video/mp4", "*")
    assert blob.metadata == {
        "officer": "P1234",
        "borough": "lambeth",
        "camera": "BWV-31",
        "dock": "dock-7",
        "recorded_at": "2026-03-01T21%3A00%3A00Z",
        "sha256": docked.fingerprint.sha256,
    }
    assert (docked.receipt.size, docked.receipt.sha256) == (3 * BLOCK + 5, blob.sha256)
    assert station.events[-1].detail == "may be wiped from the camera"


async def test_the_grant_is_asked_for_with_everything_the_door_wants(
    service: Service, station: Station, tmp_path: Path
) -> None:
    docked = await station.dock(clip(tmp_path, 10))
    assert service.grants == [
        {
            "camera": "BWV-31",
            "officer": "P1234",
            "recordedAt": "2026-03-01T21:00:00Z",
            "size": 10,
            "sha256": docked.fingerprint.sha256,
            "contentType": "video/mp4",
        }
    ]


async def test_a_name_beyond_ascii_travels_percent_encoded(service: Service, station: Station, tmp_path: Path) -> None:
    path = tmp_path / "clip.mkv"
    path.write_bytes(b"x")
    recording = Recording(path=path, camera="c", recorded_at=AT, officer="Zoë Ní Dhúill 100%", incident="a+b/c")
    docked = await station.dock(recording)
    metadata = service.blobs[docked.recording].metadata
    assert metadata["officer"] == "Zo%C3%AB%20N%C3%AD%20Dh%C3%BAill%20100%25"
    assert (unquote(metadata["officer"]), unquote(metadata["incident"])) == ("Zoë Ní Dhúill 100%", "a+b/c")


@pytest.mark.parametrize("over", [0, 1])
async def test_metadata_over_eight_kilobytes_is_refused_before_anybody_is_asked(
    service: Service, station: Station, tmp_path: Path, over: int
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"x")
    others = len("cameracdockdock-7recorded_at2026-03-01T21%3A00%3A00Zsha256") + 64
    incident = "9" * (8192 - others - len("incident") + over)
    recording = Recording(path=path, camera="c", recorded_at=AT, incident=incident)
    if not over:
        await station.dock(recording)
        return
    with pytest.raises(Unfit, match="8193 bytes"):
        await station.dock(recording)
    assert (service.keys_seen, station.steps) == ([], [Step.KEPT])


async def test_a_commit_whose_answer_was_lost_goes_on_to_the_receipt(
    service: Service, station: Station, tmp_path: Path
) -> None:
    committed = service._commit

    async def commits_and_drops(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        await committed(request)
        return await dropped(request)

    service.fail("commit", commits_and_drops)
    docked = await station.dock(clip(tmp_path))
    assert station.steps[-2:] == [Step.UPLOADED, Step.RECEIPT]
    assert docked.recording in service.blobs


async def test_a_recording_docked_before_is_not_sent_again(service: Service, station: Station, tmp_path: Path) -> None:
    recording = clip(tmp_path)
    first = await station.dock(recording)
    before = list(service.staged)
    again = Recording(path=recording.path, camera="BWV-31", recorded_at=AT, continues=first.recording)
    second = await station.dock(again)
    assert (second.recording, service.staged) == (first.recording, before)


async def test_a_grant_that_ran_out_is_renewed_once_and_no_block_is_sent_twice(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.expires_after = 2
    docked = await station.dock(clip(tmp_path, 5 * BLOCK + 1))
    assert sorted(service.staged) == [f"{number:08d}" for number in range(6)]
    assert [wish.get("recording") for wish in service.grants] == [None, docked.recording]
    assert len(set(service.keys_seen)) == 2  # a fresh wish is not a repeat of the first
    assert station.steps.count(Step.RENEWED) == 1


async def test_a_grant_that_runs_out_before_the_commit_is_renewed_too(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.expires_after = 4
    await station.dock(clip(tmp_path))
    assert (len(service.staged), len(service.grants)) == (4, 2)


async def test_a_grant_refused_even_when_fresh_is_final(service: Service, station: Station, tmp_path: Path) -> None:
    service.fail("block", *[status(403, error="AuthorizationFailure")] * 2)
    with pytest.raises(Refused, match="even a fresh grant"):
        await station.dock(clip(tmp_path, 10))
    assert len(service.grants) == 2


async def test_a_renewal_that_finds_the_recording_ingested_goes_on_to_the_receipt(
    service: Service, station: Station, tmp_path: Path
) -> None:
    committed = service._commit

    async def commits_then_refuses(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        await committed(request)
        return await status(403, error="AuthenticationFailed")(request)

    service.fail("commit", commits_then_refuses)
    docked = await station.dock(clip(tmp_path))
    assert docked.receipt.recording == docked.recording


async def test_the_receipt_is_asked_for_until_it_is_there(service: Service, station: Station, tmp_path: Path) -> None:
    service.fail(
        "receipt",
        status(202, after="7", body='{"indexed": false}'),
        *[status(202, after="3", body='{"indexed": true}')] * 2,
    )
    await station.dock(clip(tmp_path, 10))
    assert station.clock.slept == [7, 3, 3]
    assert station.steps[-5:] == [Step.WAITING, Step.INDEXED, Step.WAITING, Step.WAITING, Step.RECEIPT]


async def test_a_receipt_that_does_not_come_keeps_the_recording(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.fail("receipt", *[status(202, after="60")] * 10)
    with pytest.raises(GaveUp, match="no receipt within 300 s"):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()
    assert station.clock.slept == [60] * 5


async def test_a_mismatch_keeps_the_recording_and_says_what_differs(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.fail("receipt", status(409, body=problem("claimed aa, computed bb", field="sha256")))
    with pytest.raises(Mismatch, match="claimed aa, computed bb"):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()


async def test_footage_the_service_doubts_is_kept_with_the_reason(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.fail("receipt", status(409, body=problem("the footage is in quarantine (truncated)")))
    with pytest.raises(Withheld, match=r"gives no receipt for it: the footage is in quarantine \(truncated\)"):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()


@pytest.mark.parametrize("line, other", [(0, "continuity-receipt/v2"), (1, "rec-9"), (3, "11"), (4, "0" * 64)])
async def test_a_receipt_for_something_else_does_not_wipe(
    service: Service, station: Station, tmp_path: Path, line: int, other: str
) -> None:
    service.lines = lambda lines: [*lines[:line], other, *lines[line + 1 :]]
    with pytest.raises(Untrusted):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()


async def test_a_receipt_signed_by_nobody_listed_does_not_wipe(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.signer = Signer("receipts.test")
    with pytest.raises(Untrusted, match="no signature by a key the service lists"):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()


async def test_a_receipt_changed_after_it_was_signed_does_not_wipe(
    service: Service, station: Station, tmp_path: Path
) -> None:
    honest = service.receipt

    async def forged(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        answer = await honest(request)
        assert isinstance(answer, aiohttp.web.Response)
        return aiohttp.web.Response(text=(answer.text or "").replace("\nv1\n", "\nv2\n"))

    service.fail("receipt", forged)
    with pytest.raises(Untrusted, match=r"signature of receipts\.test is wrong"):
        await station.dock(clip(tmp_path, 10))
    assert station.never_said_wiped()
