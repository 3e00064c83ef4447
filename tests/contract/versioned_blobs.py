"""As much of a versioned blob account as erasing needs: the laptop's storage keeps no versions, the cloud's does.

Written from what the service is documented and reported to do: an overwrite adds a version; deleting the blob turns
the current version into an earlier one; deleting a version takes it away for good, except the current one, which
is refused with 403 OperationNotAllowedOnRootBlob; a version on hold is refused with 409.
"""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from aiohttp import web

LAST_MODIFIED = "Wed, 25 Nov 2026 18:52:56 GMT"


@dataclass(slots=True)
class Version:
    id: str
    etag: str
    content: bytes
    held: bool = False


@dataclass(slots=True)
class VersionedBlobs:
    """`blobs` by container and name, oldest first; `current` is the version a name alone means."""

    blobs: dict[str, list[Version]] = field(default_factory=dict)
    current: dict[str, Version] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def put(self, path: str, content: bytes) -> Version:
        number = next(self.numbers)
        version = Version(f"2026-11-25T18:52:56.{number:07}Z", f'"0x{number:X}"', content)
        self.blobs.setdefault(path, []).append(version)
        self.current[path] = version
        return version

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(f"{request.method} {'version' if 'versionid' in request.query else 'blob'}")
        path = request.path.removeprefix("/account/")
        if request.query.get("comp") == "list":
            return self._list(path, request.query.get("prefix", ""), request.query.get("include", "").split(","))
        found = self._find(path, request.query.get("versionid"))
        if found is None:
            return _refused(404, "BlobNotFound")
        if request.headers.get("If-Match", found.etag) != found.etag:
            return _refused(412, "ConditionNotMet")
        return self._delete(path, request, found) if request.method == "DELETE" else _content(request, found)

    def _find(self, path: str, version: str | None) -> Version | None:
        if version is None:
            return self.current.get(path)
        return next((each for each in self.blobs.get(path, []) if each.id == version), None)

    def _delete(self, path: str, request: web.Request, found: Version) -> web.Response:
        if "versionid" not in request.query:
            del self.current[path]
            return web.Response(status=202)
        if self.current.get(path) is found:
            return _refused(403, "OperationNotAllowedOnRootBlob")
        if found.held:
            return _refused(409, "BlobImmutableDueToLegalHold")
        self.blobs[path].remove(found)
        return web.Response(status=202)

    def _list(self, container: str, prefix: str, include: list[str]) -> web.Response:
        """Only what a name alone means, and without its holds, unless `include` says otherwise."""
        items = "".join(
            self._listed(path, version, holds="legalhold" in include)
            for path, versions in self.blobs.items()
            for version in versions
            if path.startswith(f"{container}/{prefix}") and ("versions" in include or self.current.get(path) is version)
        )
        text = f"<?xml version='1.0'?><EnumerationResults><Blobs>{items}</Blobs><NextMarker/></EnumerationResults>"
        return web.Response(text=text, content_type="application/xml")

    def _listed(self, path: str, version: Version, *, holds: bool) -> str:
        name = path.partition("/")[2]
        held = f"<LegalHold>{str(version.held).lower()}</LegalHold>" if holds else ""
        return (
            f"<Blob><Name>{escape(name)}</Name><VersionId>{version.id}</VersionId>"
            f"<IsCurrentVersion>{str(self.current.get(path) is version).lower()}</IsCurrentVersion>"
            f"<Properties><Creation-Time>{LAST_MODIFIED}</Creation-Time><Etag>{escape(version.etag)}</Etag>"
            f"<Content-Length>{len(version.content)}</Content-Length><BlobType>BlockBlob</BlobType>"
            f"{held}</Properties></Blob>"
        )


def _content(request: web.Request, found: Version) -> web.Response:
    first, _, last = request.headers.get("x-ms-range", "bytes=0-").removeprefix("bytes=").partition("-")
    end = min(int(last) + 1, len(found.content)) if last else len(found.content)
    part = found.content[int(first) : end]
    headers = {
        "ETag": found.etag,
        "Last-Modified": LAST_MODIFIED,
        "x-ms-creation-time": LAST_MODIFIED,
        "x-ms-version-id": found.id,
        "x-ms-blob-type": "BlockBlob",
        "x-ms-meta-Officer": "P1",
        "Content-Range": f"bytes {first}-{end - 1}/{len(found.content)}",
    }
    return web.Response(status=200 if request.method == "HEAD" else 206, body=part, headers=headers)


def _refused(status: int, code: str) -> web.Response:
    text = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>{code}</Message></Error>"
    return web.Response(status=status, text=text, content_type="application/xml", headers={"x-ms-error-code": code})


@asynccontextmanager
async def serving(blobs: VersionedBlobs) -> AsyncIterator[str]:
    application = web.Application()
    application.router.add_route("*", "/{tail:.*}", blobs.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}/account"
    await runner.cleanup()
