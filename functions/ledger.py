"""The doors of the ledger: checkpoint and tiles for anybody as the standard has them, and the proofs (C2SP tlog-tiles).

A leaf reveals nothing, so nobody is asked who they are, unless the force keeps its ledger to its auditors
(LEDGER_OPEN=off). Their looks are no entries either: each would be sealed, and the ledger looked at again, for ever.
Tiles never change and may be kept for ever by whoever passes them on; the checkpoint must be asked for anew.
"""

import gzip
from typing import Annotated

import azure.functions as func
from pydantic import Field

from functions.door import Answer, Door, Request, opens
from functions.negotiating import takes_gzip
from functions.parsing import UUID, Query
from functions.shown_ledger import ShownConsistency, ShownProof
from shared.domain.access import Permission
from shared.domain.entry import Operation
from shared.domain.ledger import LARGEST, to_base64
from shared.errors import Conflict, NotFound
from shared.usecases.prove import checkpoint, consistency, prove, tile

bp = func.Blueprint()
FOR_EVER = "public, max-age=31536000, immutable"
FOR_ONESELF = FOR_EVER.replace("public", "private")
Size = Annotated[int, Field(ge=1, le=LARGEST)]


class CheckpointQuery(Query):
    """The newest where `size` is left out."""

    size: Size | None = None


class ConsistencyQuery(Query):
    """`new` is that of the newest checkpoint where it is left out."""

    old: Size = 1
    new: Size | None = None


CHECKPOINT = Door(
    name="ledger_checkpoint",
    method="GET",
    route="ledger/checkpoint",
    about="The newest signed checkpoint of the ledger, or an earlier one, with what witnesses cosigned of it"
    " (C2SP tlog-checkpoint, tlog-cosignature).",
    permission=None,
    unless_open=Permission.AUDIT,
    operation=Operation.ADMINISTRATION,
    query=CheckpointQuery,
    shows="text/plain",
    refuses=(NotFound,),
)
TILE = Door(
    name="ledger_tile",
    method="GET",
    route="ledger/tile/{*path}",
    about="A tile, or a bundle of entries, of the ledger (C2SP tlog-tiles).",
    permission=None,
    unless_open=Permission.AUDIT,
    operation=Operation.ADMINISTRATION,
    shows="application/octet-stream",
)
CONSISTENCY = Door(
    name="ledger_consistency",
    method="GET",
    route="ledger/consistency",
    about="The proof that a later ledger begins with an earlier one.",
    permission=None,
    unless_open=Permission.AUDIT,
    operation=Operation.ADMINISTRATION,
    query=ConsistencyQuery,
    shows=ShownConsistency,
)
PROVE = Door(
    name="prove_entry",
    method="GET",
    route="audit/entries/{id}/proof",
    about="The proof that an entry is in the ledger.",
    permission=Permission.AUDIT,
    operation=Operation.CONSULTATION,
    shows=ShownProof,
    refuses=(Conflict,),
)


@opens(bp, CHECKPOINT)
async def show_checkpoint(request: Request[None, CheckpointQuery]) -> Answer:
    services = request.services
    note = await checkpoint(
        request.query.size,
        witnesses=services.witnesses,
        check=services.check,
        records=services.records,
        ledger=services.ledger,
    )
    return Answer(body=note, content_type="text/plain", headers={"Cache-Control": "no-cache"})


@opens(bp, TILE)
async def show_tile(request: Request[None, None]) -> Answer:
    path = f"tile/{request.route.get('path', '')}"
    raw = await tile(path, ledger=request.services.ledger)
    headers = {"Cache-Control": FOR_EVER if request.services.ledger_open else FOR_ONESELF}
    if path.startswith("tile/entries/"):
        headers["Vary"] = "Accept-Encoding"
        if takes_gzip(request.encodings):
            raw = gzip.compress(raw, mtime=0)
            headers["Content-Encoding"] = "gzip"
    return Answer(body=raw, content_type="application/octet-stream", headers=headers)


@opens(bp, CONSISTENCY)
async def show_consistency(request: Request[None, ConsistencyQuery]) -> Answer:
    asked, services = request.query, request.services
    new, proof = await consistency(asked.old, asked.new, records=services.records, ledger=services.ledger)
    return Answer(body=ShownConsistency(old=asked.old, new=new, proof=tuple(map(to_base64, proof))))


@opens(bp, PROVE)
async def prove_entry(request: Request[None, None]) -> Answer:
    if not UUID.fullmatch(request.route["id"]):
        raise NotFound("there is no such entry")
    services = request.services
    proven = await prove(
        request.route["id"],
        reach=request.reach,
        asking=request.asking,
        records=services.records,
        ledger=services.ledger,
    )
    return Answer(
        body=ShownProof(
            id=proven.entry.id,
            commitment=proven.committed,
            leaf=proven.place.leaf,
            proof=tuple(map(to_base64, proven.place.proof)),
            checkpoint=proven.checkpoint,
        )
    )
