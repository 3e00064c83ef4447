"""The door of keys: with which public keys receipts and checkpoints can be verified, by anybody."""

import azure.functions as func

from functions.door import Answer, Door, Request, opens
from functions.shown import ShownKey, ShownKeys
from shared.domain.entry import Operation
from shared.domain.note import VerifierKey

bp = func.Blueprint()

KEYS = Door(
    name="keys",
    method="GET",
    route="keys",
    about="The public keys that receipts and checkpoints of the ledger verify with, old ones and witnesses' too.",
    permission=None,
    operation=Operation.ADMINISTRATION,
    shows=ShownKeys,
)


@opens(bp, KEYS)
async def list_keys(request: Request[None, None]) -> Answer:
    services = request.services
    own, witnesses = await services.keys.verifiers(), services.witnesses
    return Answer(body=ShownKeys(keys=tuple(map(_shown, own)), witnesses=tuple(map(_shown, witnesses))))


def _shown(key: VerifierKey) -> ShownKey:
    return ShownKey(name=key.name, verifier=str(key))
