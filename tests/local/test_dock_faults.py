"""The dock when something fails: what is tried again, what is final, and what is never told."""

import json
from pathlib import Path

import aiohttp
import pytest

from local.docking.door import Grant
from local.docking.faults import DockFailure, GaveUp, Refused, Unfit, Untrusted
from local.docking.patience import seconds_asked
from local.docking.progress import Step
from local.docking.recording import Recording
from tests.local.dock_stand_in import Failure, Service, dropped, problem, status
from tests.local.dock_station import AT, Station, clip


@pytest.mark.parametrize("what", ["grant", "block", "commit", "receipt", "keys"])
@pytest.mark.parametrize("failure", [status(503), status(429), dropped])
async def test_a_passing_fault_is_tried_again(
    service: Service, station: Station, tmp_path: Path, what: str, failure: Failure
) -> None:
    service.fail(what, *[failure] * 3)  # the client library itself repeats a dropped PUT or GET once
    docked = await station.dock(clip(tmp_path, 10))
    assert service.blobs[docked.recording].sha256 == docked.fingerprint.sha256
    assert service.failures_left(what) == 0
    assert Step.TROUBLE in station.steps
    assert len(set(service.keys_seen)) == 1  # the repeats of one wish are one grant


async def test_a_block_damaged_on_the_way_is_sent_again(service: Service, station: Station, tmp_path: Path) -> None:
    service.fail("block", status(400, error="Md5Mismatch"))
    docked = await station.dock(clip(tmp_path, 10))
    assert service.blobs[docked.recording].sha256 == docked.fingerprint.sha256


@pytest.mark.parametrize("what", ["grant", "block", "commit", "receipt", "keys"])
async def test_any_other_refusal_is_final(service: Service, station: Station, tmp_path: Path, what: str) -> None:
    service.fail(what, status(404, error="ContainerNotFound", body=problem("no such dock\x1b[2J")))
    with pytest.raises(Refused) as refused:
        await station.dock(clip(tmp_path, 10))
    assert (refused.value.status, station.clock.slept) == (404, [])
    assert ("no such dock [2J" in str(refused.value)) is (what not in ("block", "commit"))
    assert station.never_said_wiped()


async def test_patience_ends_and_the_pauses_grow_to_their_cap(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.fail("grant", *[status(503)] * 20)
    with pytest.raises(GaveUp, match="answered 503; gave up after"):
        await station.dock(clip(tmp_path, 10))
    for tries, slept in enumerate(station.clock.slept):
        full = min(30.0, 0.5 * 2**tries)
        assert full / 2 <= slept <= full
    assert max(station.clock.slept) >= 15  # the cap was reached
    assert 100 < station.clock.now <= 200


async def test_a_retry_after_is_obeyed(service: Service, station: Station, tmp_path: Path) -> None:
    service.fail("block", status(503, error="ServerBusy", after="9"))
    await station.dock(clip(tmp_path, 10))
    assert station.clock.slept == [9]


async def test_a_large_recording_is_never_whole_in_memory(service: Service, station: Station, tmp_path: Path) -> None:
    path = tmp_path / "long.mp4"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    service.together = 4
    docked = await station.dock(Recording(path=path, camera="c", recorded_at=AT))
    assert docked.receipt.size == 200 * 1024 * 1024
    assert service.most_in_flight == 4
    assert len(service.staged) == 25


async def test_a_recording_that_changes_under_the_dock_is_kept(
    service: Service, station: Station, tmp_path: Path
) -> None:
    recording = clip(tmp_path, 100)

    async def shortens(request: aiohttp.web.Request) -> aiohttp.web.StreamResponse:
        recording.path.write_bytes(b"short")
        return await service.give(request)

    service.fail("grant", shortens)
    with pytest.raises(Unfit, match="became shorter"):
        await station.dock(recording)
    assert service.blobs == {}


async def test_no_failure_tells_the_token_or_the_grant(service: Service, station: Station, tmp_path: Path) -> None:
    service.fail("block", *[status(503), dropped, status(400, error="InvalidHeaderValue")])
    with pytest.raises(DockFailure) as failure:
        await station.dock(clip(tmp_path, 10))
    told = [str(failure.value), repr(station.door), *map(repr, station.events)]
    assert not any("sig-" in text or "a.b.c" in text for text in told)
    grant = Grant(recording="rec", url="https://store.example/footage/rec?sig=sig-1", expires="")
    assert "sig-" not in repr(grant)


@pytest.mark.parametrize("other", [{"recording": "rec-9"}, {"url": "/account/footage/rec-9?sv=1&sig=sig-1"}])
async def test_a_fresh_grant_for_something_else_is_not_written_to(
    service: Service, station: Station, tmp_path: Path, other: dict[str, str]
) -> None:
    url = {"url": service.url + other["url"]} if "url" in other else {}
    fresh = {"recording": "rec-1", "url": f"{service.url}/account/footage/rec-1?sig=sig-2", "expires": ""}
    service.expires_after = 2

    service.fail("grant", service.give, status(201, body=json.dumps(fresh | other | url)))
    with pytest.raises(Untrusted, match="the fresh grant is for another"):
        await station.dock(clip(tmp_path))
    assert service.blobs == {}


@pytest.mark.parametrize(
    "header, seconds",
    [("7", 7.0), ("0", 0.0), ("86400", 120.0), (None, 2.0), ("soon", 2.0), ("Sun, 01 Mar 2026 21:00:00 GMT", 2.0)],
)
def test_a_retry_after_is_obeyed_within_reason(header: str | None, seconds: float) -> None:
    assert seconds_asked(header, otherwise=2.0) == seconds


async def test_a_listed_key_of_a_kind_not_known_here_does_not_hide_the_one_that_is(
    service: Service, station: Station, tmp_path: Path
) -> None:
    service.listed.insert(0, "quantum+00000000+Aw==")
    await station.dock(clip(tmp_path, 10))
    assert station.steps[-1] is Step.RECEIPT
