"""BlobLedger keeps the promises of LedgerFiles on the container `ledger`, whose blobs nobody can change.

L1  It makes two calls: Put Blob with `If-None-Match: *`, and Get Blob. Its identity may do no more (infra/roles.bicep).
L2  What cannot be put because something lies there is read and compared: that an answer was lost is no alarm. The SDK
    repeats a put whose answer was lost, and is then told the same. An identity that may add and not write over is told
    so by 403 (UnauthorizedBlobOverwrite), whatever the condition of the put.
L3  A blob is sent in one request, so that it is there whole or not at all. The largest, a bundle, is 24 KB.
"""

from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceModifiedError, ResourceNotFoundError
from azure.storage.blob import ContentSettings
from azure.storage.blob.aio import ContainerClient

from shared.ports import Differs, Gone

LEDGER = "ledger"
NO_CONTAINER = "ContainerNotFound"
NO_OVERWRITE = "UnauthorizedBlobOverwrite"
BYTES = ContentSettings(content_type="application/octet-stream")


class BlobLedger:
    def __init__(self, container: ContainerClient) -> None:
        self._container = container

    async def keep(self, path: str, raw: bytes) -> None:
        client = self._container.get_blob_client(path)
        try:
            await client.upload_blob(raw, length=len(raw), overwrite=False, content_settings=BYTES)
        except HttpResponseError as error:
            if not _is_taken(error):
                raise
            if await self.read(path) != raw:
                raise Differs(f"another content lies at {path}") from None

    async def read(self, path: str) -> bytes:
        try:
            content: bytes = await (await self._container.get_blob_client(path).download_blob()).readall()
        except ResourceNotFoundError as error:
            raise _read_error(path, error) from error
        return content


def _is_taken(error: HttpResponseError) -> bool:
    """Whether the put was refused because something lies there (rule L2)."""
    taken = isinstance(error, ResourceExistsError | ResourceModifiedError)
    return taken or getattr(error, "error_code", None) == NO_OVERWRITE


def _read_error(path: str, error: HttpResponseError) -> Exception:
    """A container that is missing would otherwise look like an empty ledger."""
    return error if getattr(error, "error_code", None) == NO_CONTAINER else Gone(f"nothing lies at {path}")
