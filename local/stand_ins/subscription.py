"""What an event subscription wants, and the two schemas it may want it in. Pure: no clock, no network.

Events are built from the lines of Azurite's commit journal (local/stand_ins/azurite.cjs) in the shape of the real
Microsoft.Storage events: `url` is not percent-encoded, `eTag` has no quotes, `id` differs from `requestId` in its tail.
"""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

Json = dict[str, Any]

BLOB_CREATED = "Microsoft.Storage.BlobCreated"
COMMITTING_APIS = ("PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose")
TOPIC = (
    "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/continuity-local"
    "/providers/Microsoft.Storage/storageAccounts/{account}"
)


class Schema(StrEnum):
    EVENT_GRID = "EventGridSchema"
    CLOUD_EVENT = "CloudEventSchemaV1_0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    name: str
    endpoint: str
    account: str
    event_types: tuple[str, ...] = (BLOB_CREATED,)
    subject_begins_with: str = ""
    subject_ends_with: str = ""
    apis: tuple[str, ...] = COMMITTING_APIS
    schema: Schema = Schema.CLOUD_EVENT
    max_attempts: int = 30
    time_to_live_minutes: int = 1440

    def to_json(self) -> Json:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Json) -> "Subscription":
        lists: Json = {key: tuple(content[key]) for key in ("event_types", "apis")}
        return cls(**(content | lists | {"schema": Schema(content["schema"])}))

    def wants(self, account: str, event: Json) -> bool:
        subject = event["subject"].lower()
        return (
            account == self.account
            and event["eventType"] in self.event_types
            and subject.startswith(self.subject_begins_with.lower())
            and subject.endswith(self.subject_ends_with.lower())
            and (not self.apis or event["data"]["api"] in self.apis)
        )


def event_of(line: Json, blob_service: str) -> Json:
    """The event, in the Event Grid schema, of one line of the journal."""
    account, container, blob = line["account"], line["container"], line["blob"]
    return {
        "topic": TOPIC.format(account=account),
        "subject": f"/blobServices/default/containers/{container}/blobs/{blob}",
        "eventType": line["type"],
        "id": _event_id(line["requestId"], line["sequencer"]),
        "data": _data(line, f"{blob_service}/{account}/{container}/{blob}"),
        "dataVersion": "",
        "metadataVersion": "1",
        "eventTime": line["time"],
    }


def _event_id(request: str, sequencer: str) -> str:
    return request[:-6] + uuid.uuid5(uuid.NAMESPACE_OID, sequencer).hex[:6]


def _data(line: Json, url: str) -> Json:
    created = line["type"] == BLOB_CREATED
    about_content = ("eTag", "contentLength") if created else ()
    copied = ("api", "clientRequestId", "requestId", "contentType", "blobType", "sequencer", *about_content)
    data: Json = {key: line[key] for key in copied if line.get(key) is not None}
    batch = uuid.uuid5(uuid.NAMESPACE_OID, line["sequencer"])
    data |= {"url": url, "storageDiagnostics": {"batchId": str(batch)}}
    return data | {"accessTier": "Default"} if created else data


def in_schema(event: Json, schema: Schema) -> Json | list[Json]:
    """The body of one delivery: an array of one, or one CloudEvent."""
    if schema is Schema.EVENT_GRID:
        return [event]
    return cloud_event(event)


def cloud_event(event: Json) -> Json:
    return {
        "specversion": "1.0",
        "source": event["topic"],
        "type": event["eventType"],
        "subject": event["subject"],
        "id": event["id"],
        "time": event["eventTime"],
        "data": event["data"],
    }


def dead_letter(event: Json, schema: Schema, why: Mapping[str, str | int]) -> list[Json]:
    """Both schemas carry the reasons beside the event; CloudEvents attribute names are lower case."""
    if schema is Schema.EVENT_GRID:
        return [event | dict(why)]
    return [cloud_event(event) | {name.lower(): value for name, value in why.items()}]
