"""What a subscription wants, and the two shapes in which it gets it."""

from dataclasses import replace
from typing import Any

import pytest

from local.ports import Ports
from local.servers import footage_created
from local.stand_ins.subscription import Schema, Subscription, dead_letter, event_of, in_schema

NAME = "Southwark/2026/03/01/cam-1/a #1.mp4"


def a_line(**more: Any) -> dict[str, Any]:
    line = {
        "type": "Microsoft.Storage.BlobCreated",
        "api": "PutBlockList",
        "time": "2026-03-01T12:00:00.123Z",
        "account": "footage",
        "container": "footage",
        "blob": NAME,
        "requestId": "831e1650-001e-001b-66ab-eeb76e000000",
        "eTag": "0x8D4BCC2E4835CD0",
        "contentType": "video/mp4",
        "contentLength": 524288,
        "blobType": "BlockBlob",
        "sequencer": "0001",
    }
    return line | more


def wanted(line: dict[str, Any], subscription: Subscription | None = None) -> bool:
    chosen = subscription or footage_created(Ports())
    return chosen.wants(line["account"], event_of(line, "https://127.0.0.1:1"))


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose"])
def test_each_api_that_commits_is_wanted(api: str) -> None:
    assert wanted(a_line(api=api))


@pytest.mark.parametrize(
    "other",
    [
        {"api": "CreateFile"},
        {"account": "runtime"},
        {"container": "footage2"},
        {"container": "posters"},
        {"type": "Microsoft.Storage.BlobDeleted", "api": "DeleteBlob"},
    ],
)
def test_another_api_account_container_or_type_is_not_wanted(other: dict[str, str]) -> None:
    assert not wanted(a_line(**other))


def test_the_end_of_the_subject_counts_when_it_is_asked_for_and_letters_of_either_case_are_one() -> None:
    only_mp4 = replace(footage_created(Ports()), subject_ends_with=".MP4")
    assert wanted(a_line(), only_mp4)
    assert not wanted(a_line(blob="a.mkv"), only_mp4)


def test_an_event_is_shaped_as_the_real_one_in_both_schemas() -> None:
    event = event_of(a_line(), "https://127.0.0.1:1")
    as_list, cloud = in_schema(event, Schema.EVENT_GRID), in_schema(event, Schema.CLOUD_EVENT)
    assert isinstance(as_list, list)
    assert isinstance(cloud, dict)
    [grid] = as_list
    assert cloud.keys() == {"specversion", "source", "type", "subject", "id", "time", "data"}
    assert grid.keys() == {
        *("topic", "subject", "eventType", "eventTime", "id", "data", "dataVersion", "metadataVersion")
    }
    assert cloud["subject"] == grid["subject"] == f"/blobServices/default/containers/footage/blobs/{NAME}"
    assert grid["topic"].endswith("/storageAccounts/footage")
    assert grid["data"]["url"] == f"https://127.0.0.1:1/footage/footage/{NAME}"
    assert grid["data"]["eTag"] == "0x8D4BCC2E4835CD0"
    assert grid["data"]["contentLength"] == 524288
    assert grid["id"] != grid["data"]["requestId"]


def test_a_deletion_has_no_content_to_tell_of() -> None:
    deleted = event_of(a_line(type="Microsoft.Storage.BlobDeleted", api="DeleteBlob"), "https://127.0.0.1:1")
    assert not {"eTag", "contentLength", "accessTier"} & deleted["data"].keys()


def test_an_empty_blob_keeps_its_length_of_nothing() -> None:
    assert event_of(a_line(contentLength=0), "https://127.0.0.1:1")["data"]["contentLength"] == 0


def test_a_dead_letter_carries_its_reasons_in_the_spelling_of_its_schema() -> None:
    event, why = event_of(a_line(), "https://127.0.0.1:1"), {"deadLetterReason": "TimeToLiveExceeded"}
    assert dead_letter(event, Schema.EVENT_GRID, why)[0]["deadLetterReason"] == "TimeToLiveExceeded"
    assert dead_letter(event, Schema.CLOUD_EVENT, why)[0]["deadletterreason"] == "TimeToLiveExceeded"


def test_a_subscription_survives_being_written_down() -> None:
    subscription = replace(footage_created(Ports()), schema=Schema.EVENT_GRID, apis=("PutBlob",), max_attempts=3)
    assert Subscription.from_json(subscription.to_json()) == subscription
