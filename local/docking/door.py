"""The service as a dock sees it: three doors over HTTP, and how it says no.

    grants    leave to write one blob; a repeat carries the same Idempotency-Key, so it is one grant
    receipts  not yet, the signed note, or a mismatch
    keys      who may have signed it

What is transient (no connection, 5xx, 429) is tried again; anything else is final, with the door's own words.
"""

import json
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import quote

import aiohttp

from local.docking.faults import Mismatch, Refused, Untrusted, Withheld
from local.docking.note import Verifier
from local.docking.patience import Patience, Transient, seconds_asked
from local.docking.recording import Fingerprint, Recording

ONE_ANSWER = aiohttp.ClientTimeout(total=60, sock_connect=10)
LONGEST_DETAIL = 300
OK, CREATED, ACCEPTED, CONFLICT, BUSY, FAULTS = 200, 201, 202, 409, 429, 500
POLL = 2.0
BYTES_DIFFER = "sha256"

Told = Callable[[str], None]


class AlreadyCommitted(Exception):
    """The recording is in the store already: no leave to write it is given, and none is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    recording: str
    url: str = field(repr=False)  # whoever has it can write the blob
    expires: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotYet:
    """No receipt yet; ask again `after` seconds. `indexed` once the service says that it knows the clip."""

    after: float
    indexed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    retry_after: str | None
    text: str

    def json(self) -> dict[str, Any]:
        """The object in the body; empty when there is none."""
        try:
            body = json.loads(self.text)
        except ValueError:
            return {}
        return cast("dict[str, Any]", body) if isinstance(body, dict) else {}

    def problem(self) -> str:
        """What the door said was wrong, fit for a terminal: one line, no control characters."""
        body = self.json()
        said = str(body.get("detail") or body.get("title") or "it did not say why")
        where = f"{body['field']}: " if isinstance(body.get("field"), str) else ""
        return "".join(c if c.isprintable() else " " for c in where + said)[:LONGEST_DETAIL]


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The service at `base_url` for one dock. `token` is asked for at each request: an evening outlasts it.

    `poll` is how often the receipt is asked for, whatever the service says: for measuring, not for a station.
    """

    session: aiohttp.ClientSession
    base_url: str
    dock: str
    token: Callable[[], Awaitable[str]]
    patience: Patience
    poll: float | None = None

    async def grant(
        self, recording: Recording, fingerprint: Fingerprint, *, told: Told, continues: str | None = None
    ) -> Grant:
        """Leave to write; AlreadyCommitted when `continues` names a recording the store has."""
        key = str(uuid.UUID(int=self.patience.randomness.getrandbits(128), version=4))
        answer = await self._ask(
            "POST", self._path("grants"), told, body=_wish(recording, fingerprint, continues), key=key
        )
        if answer.status == CONFLICT and continues:
            raise AlreadyCommitted
        _must_be(CREATED, answer, "grant")
        said = answer.json()
        try:
            grant = Grant(recording=said["recording"], url=said["url"], expires=said["expires"])
        except KeyError as missing:
            raise Untrusted(f"the grant lacks {missing}") from None
        if continues and grant.recording != continues:
            raise Untrusted("the fresh grant is for another recording")
        return grant

    async def receipt(self, recording: str, *, told: Told) -> str | NotYet:
        """The signed note, not yet verified. Mismatch: the service holds other bytes. Withheld: it doubts these."""
        answer = await self._ask("GET", self._path("receipts", recording), told)
        if answer.status == ACCEPTED:
            indexed = answer.json().get("indexed") is True
            return NotYet(after=self.poll or seconds_asked(answer.retry_after, otherwise=POLL), indexed=indexed)
        if answer.status == CONFLICT and answer.json().get("field") == BYTES_DIFFER:
            raise Mismatch(f"the store holds something else: {answer.problem()}")
        if answer.status == CONFLICT:
            raise Withheld(f"the service gives no receipt for it: {answer.problem()}")
        _must_be(OK, answer, "receipt")
        return answer.text

    async def verifiers(self, *, told: Told) -> list[Verifier]:
        """The keys the service lists. Kinds of key this dock does not know are passed over."""
        answer = await self._ask("GET", "api/keys", told)
        _must_be(OK, answer, "keys")
        found = []
        for key in answer.json().get("keys", []):
            try:
                found.append(Verifier.parse(str(key["verifier"])))
            except (Untrusted, KeyError, TypeError):
                continue
        return found

    def _path(self, room: str, *more: str) -> str:
        return "/".join(["api/docks", quote(self.dock, safe=""), room, *(quote(part, safe="") for part in more)])

    async def _ask(
        self, method: str, path: str, told: Told, *, body: Mapping[str, object] | None = None, key: str = ""
    ) -> Answer:
        async def once() -> Answer:
            headers = {"Authorization": f"Bearer {await self.token()}"} | ({"Idempotency-Key": key} if key else {})
            url = f"{self.base_url.rstrip('/')}/{path}"
            try:
                async with self.session.request(
                    method, url, json=body, headers=headers, timeout=ONE_ANSWER, allow_redirects=False
                ) as response:
                    text = await response.text(errors="replace")
                    answer = Answer(status=response.status, retry_after=response.headers.get("Retry-After"), text=text)
            except (aiohttp.ClientError, TimeoutError) as error:
                raise lost_connection(error) from None
            if answer.status == BUSY or answer.status >= FAULTS:
                raise Transient(f"answered {answer.status}", after=seconds_asked(answer.retry_after))
            return answer

        return await self.patience.until_done(path.rsplit("/", 1)[0] if method == "GET" else path, once, told)


def lost_connection(error: BaseException) -> Exception:
    """What a lost connection is worth: another try, unless the other side is not who it should be."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Untrusted("the other side's certificate is not one this machine trusts")
    if isinstance(error, aiohttp.InvalidURL):
        return Untrusted("that is not a URL")
    return Transient(f"no connection ({type(error).__name__})")


def _wish(recording: Recording, fingerprint: Fingerprint, continues: str | None) -> dict[str, object]:
    wish: dict[str, object] = {"camera": recording.camera, "recordedAt": recording.recorded_at_utc}
    wish |= {"size": fingerprint.size, "sha256": fingerprint.sha256, "contentType": recording.content_type}
    wish |= {"officer": recording.officer} if recording.officer else {}
    wish |= {"recording": continues} if continues else {}
    return wish


def _must_be(expected: int, answer: Answer, what: str) -> None:
    if answer.status != expected:
        raise Refused(f"{what} refused ({answer.status}): {answer.problem()}", status=answer.status)
