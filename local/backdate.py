"""Back-dates a clip's own document by whole days: the only way to see on a laptop what happens after 31 days.

The service has no setting that moves its clock. This writes to the store behind its back, as only somebody with the
store's own rights could, and leaves no entry: for demonstrations and tests of a laptop's stack, and for nothing else.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from azure.core import MatchConditions
from azure.cosmos.aio import CosmosClient
from azure.identity.aio import DefaultAzureCredential

from shared.domain.document import moment, timestamp


async def back_date(settings: Mapping[str, str], clip: str, *, days: int) -> None:
    """Raises if the clip is not there or changes meanwhile."""
    async with DefaultAzureCredential() as credential, CosmosClient(settings["COSMOS_ENDPOINT"], credential) as client:
        container = client.get_database_client("continuity").get_container_client("records")
        document = await container.read_item(clip, clip)
        older = earlier(document, timedelta(days=days))
        unchanged = MatchConditions.IfNotModified
        await container.replace_item(clip, older, etag=document["_etag"], match_condition=unchanged)


def earlier(document: Mapping[str, Any], by: timedelta) -> dict[str, Any]:
    """The clip's document as if its blob had been created earlier."""
    retention = dict(document["retention"])
    if retention["weedAfter"]:
        retention["weedAfter"] = timestamp(moment(retention["weedAfter"]) - by)
    return {**document, "uploadedAt": timestamp(moment(document["uploadedAt"]) - by), "retention": retention}
