"""The doors of docks: the register, leave to write footage, and the receipt for it. docs/api/docks.md is for docks."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

import azure.functions as func
from pydantic import Field, StringConstraints

from functions.door import Answer, Door, Request, opens
from functions.parsing import IDENTIFIER, Body, Identifier, Moment, NetworkAddress, PlainText, Uuid
from functions.shown import ShownGrant, ShownPending
from functions.shown_docks import ShownDock, ShownDocks, ShownObserved, ShownRegistered
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.footage import Borough, ClipId, Dock, DockId, OfficerId, Sha256
from shared.domain.grant import Wanted
from shared.errors import Conflict, Malformed, PreconditionMissing, Stale
from shared.usecases.docks import list_docks, read_dock, register_dock
from shared.usecases.grant import grant
from shared.usecases.receipt import Pending, receipt
from shared.usecases.sight import sight

bp = func.Blueprint()
# bytes: what half the rate at which the cloud gives footage out (60 MB/s) hashes before host.json ends the function,
# because a hash is one uninterrupted pass. A camera's twelve hours are 32 GB
LARGEST = 54 * 1000**3
RETRY_AFTER = {"Retry-After": "2"}


Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class DockBody(Body):
    station: PlainText
    borough: PlainText
    client: Identifier
    addresses: tuple[NetworkAddress, ...] = ()
    enabled: bool = True


class GrantBody(Body):
    camera: Identifier
    officer: PlainText | None = None
    recorded_at: Moment
    size: Annotated[int, Field(ge=0, le=LARGEST)]
    sha256: Hash
    content_type: Literal["video/mp4", "video/x-matroska", "video/quicktime"]
    recording: Uuid | None = None


REGISTER = Door(
    name="register_dock",
    method="PUT",
    route="docks/{dock}",
    about="Put a dock into the register, or change what it says of one.",
    permission=Permission.MANAGE,
    operation=Operation.ADMINISTRATION,
    body=DockBody,
    shows=ShownDock,
    refuses=(Conflict, Stale, PreconditionMissing),
)
LIST = Door(
    name="list_docks",
    method="GET",
    route="docks",
    about="The register of docks, and when each was last seen.",
    permission=Permission.MANAGE,
    operation=Operation.ADMINISTRATION,
    shows=ShownDocks,
)
READ = Door(
    name="read_dock",
    method="GET",
    route="docks/{dock}",
    about="One dock, and what it did in the last seven days.",
    permission=Permission.MANAGE,
    operation=Operation.ADMINISTRATION,
    shows=ShownObserved,
)
GRANT = Door(
    name="grant",
    method="POST",
    route="docks/{dock}/grants",
    about="Leave for a dock to write one recording to one address.",
    permission=Permission.HAND_OVER,
    operation=Operation.ADMINISTRATION,
    body=GrantBody,
    shows=ShownGrant,
    status=HTTPStatus.CREATED,
    refuses=(Conflict,),
)
RECEIPT = Door(
    name="receipt",
    method="GET",
    route="docks/{dock}/receipts/{recording}",
    about="The signed receipt of a recording, once its bytes have been read back.",
    permission=Permission.HAND_OVER,
    operation=Operation.ADMINISTRATION,
    shows="text/plain",
    also={HTTPStatus.ACCEPTED: ShownPending},
    refuses=(Conflict,),
)


@opens(bp, REGISTER)
async def register(request: Request[DockBody, None]) -> Answer:
    said = request.body
    dock = Dock(
        id=_dock(request),
        station=said.station,
        borough=Borough(said.borough),
        client=said.client,
        addresses=said.addresses,
        enabled=said.enabled,
    )
    held = await register_dock(
        dock, version=request.version or None, asking=request.asking, records=request.services.records
    )
    shown = ShownDock.of(held)
    return Answer(body=shown, headers={"ETag": f'"{shown.version}"'})


@opens(bp, LIST)
async def list_register(request: Request[None, None]) -> Answer:
    docks = await list_docks(asking=request.asking, records=request.services.records)
    shown = (ShownRegistered.of(dock.held, last_seen=dock.last_seen) for dock in docks)
    return Answer(body=ShownDocks(docks=tuple(shown)))


@opens(bp, READ)
async def read_register(request: Request[None, None]) -> Answer:
    observed = await read_dock(_dock(request), asking=request.asking, records=request.services.records)
    shown = ShownObserved.of(observed.held, last_seen=observed.last_seen, activity=observed.activity)
    return Answer(body=shown, headers={"ETag": f'"{shown.version}"'})


@opens(bp, GRANT)
async def grant_footage(request: Request[GrantBody, None]) -> Answer:
    services = request.services
    granted = await grant(
        _dock(request),
        _wanted(request.body),
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        links=services.links,
    )
    await sight(_dock(request), asking=request.asking, records=services.records)
    return Answer(body=ShownGrant.model_validate(granted), status=HTTPStatus.CREATED)


@opens(bp, RECEIPT)
async def issue_receipt(request: Request[None, None]) -> Answer:
    services = request.services
    note = await receipt(
        _dock(request),
        ClipId(request.route["recording"]),
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        keys=services.keys,
    )
    await sight(_dock(request), asking=request.asking, records=services.records)
    if isinstance(note, Pending):
        return Answer(body=ShownPending.model_validate(note), status=HTTPStatus.ACCEPTED, headers=RETRY_AFTER)
    return Answer(body=note, content_type="text/plain")


def _wanted(said: GrantBody) -> Wanted:
    return Wanted(
        camera=said.camera,
        recorded_at=said.recorded_at,
        size=said.size,
        sha256=Sha256(said.sha256),
        content_type=said.content_type,
        officer=OfficerId(said.officer) if said.officer else None,
        recording=ClipId(said.recording) if said.recording else None,
    )


def _dock(request: Request[Any, Any]) -> DockId:
    given = request.route["dock"]
    if not IDENTIFIER.fullmatch(given):
        raise Malformed("letters, digits and hyphens, at most 64", field="dock")
    return DockId(given)
