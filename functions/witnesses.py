"""The door of witnesses: what they cosign of the ledger's checkpoints comes in here (C2SP tlog-cosignature).

Nobody is asked who they are: the signature says it, and a witness belongs to no directory of the force's.
"""

import logging
from http import HTTPStatus
from typing import Annotated

import azure.functions as func
from pydantic import Field

from functions.door import Answer, Door, Request, opens
from functions.parsing import Body
from functions.shown_ledger import ShownCosigned
from shared.domain.entry import Operation
from shared.errors import Conflict, NotAllowed, NotFound
from shared.usecases.cosign import cosign

bp = func.Blueprint()
log = logging.getLogger(__name__)
LARGEST = 16 * 1024  # a checkpoint and a hundred signatures


class CosignatureBody(Body):
    """A signed note: a checkpoint's text, a blank line, and lines of signatures, a listed witness's among them."""

    checkpoint: Annotated[str, Field(min_length=1, max_length=LARGEST)]


COSIGN = Door(
    name="cosign",
    method="POST",
    route="ledger/cosignatures",
    about="A witness whose key the force lists hands in what it cosigned of a checkpoint; the first of each stands.",
    permission=None,
    operation=Operation.ADMINISTRATION,
    body=CosignatureBody,
    largest=LARGEST,
    shows=ShownCosigned,
    status=HTTPStatus.CREATED,
    also={HTTPStatus.OK: ShownCosigned},
    refuses=(NotAllowed, NotFound, Conflict),
)


@opens(bp, COSIGN)
async def keep_cosignatures(request: Request[CosignatureBody, None]) -> Answer:
    services = request.services
    kept = await cosign(
        request.body.checkpoint,
        now=request.asking.at,
        origin=services.log_origin,
        witnesses=services.witnesses,
        check=services.check,
        records=services.records,
        ledger=services.ledger,
        metrics=services.metrics,
    )
    log.info("cosign: size=%d witnesses=%d new=%s", kept.size, len(kept.witnesses), kept.new)
    return Answer(
        body=ShownCosigned(size=kept.size, witnesses=kept.witnesses),
        status=HTTPStatus.CREATED if kept.new else HTTPStatus.OK,
    )
