"""The doors of the service. Each line is one; follow it to see who comes in, and why.

    door (functions/)  ->  verb (shared/usecases/)  ->  rule (shared/domain/)

The same package is two function apps with two identities: DOORS=core is everything but weeding, DOORS=weeder is
weeding alone, because only that identity may delete footage; a laptop is both.
"""

import azure.functions as func

from functions import (
    approvals,
    audit,
    categories,
    corrections,
    docks,
    feed,
    fixity,
    footage,
    health,
    ingest,
    keys,
    ledger,
    notes,
    reconcile,
    seal,
    search,
    sessions,
    weed,
    witnesses,
    worklists,
)
from functions.openapi import with_description
from shared.settings import Doors, read_settings

CORE = [
    ingest.bp,  # Event Grid: a blob has landed
    fixity.bp,  # Queue: its bytes are to be read back and hashed
    docks.bp,  # HTTP, docks and evidence managers: leave to write, receipts, the register
    search.bp,  # HTTP, officers and those who may see: their clips, newest first or soonest to go
    footage.bp,  # HTTP, officers and those who may see: read, poster, play, categorise, trail
    categories.bp,  # HTTP, officers: what many clips are, at once; everybody known: what clips can be called
    corrections.bp,  # HTTP, evidence managers and officers: whose it is, its incident, out of quarantine, undo
    notes.bp,  # HTTP, officers and those who may see: what people wrote beside a clip
    approvals.bp,  # HTTP, officers and evidence managers: evidence is unmarked by two people
    reconcile.bp,  # Timer, nightly, and HTTP, operators: what lies in the storage held against the index
    worklists.bp,  # HTTP, officers and those who may see: what to decide on; evidence managers: what waits for them
    sessions.bp,  # Timer, every five minutes, and HTTP: who is on, and for how long; everybody known, auditors
    audit.bp,  # HTTP, auditors: everybody's entries
    feed.bp,  # HTTP, auditors: the same and more as OData, for Power BI and Excel
    seal.bp,  # Timer, every minute: what was entered becomes part of the ledger
    keys.bp,  # HTTP, anybody: the keys that receipts and checkpoints verify with
    ledger.bp,  # HTTP, anybody: checkpoint, tiles, consistency; auditors and those who may follow: proofs, exports
    witnesses.bp,  # HTTP, the witnesses that the force listed: what they cosigned of the ledger
]
WEEDER = [
    weed.bp,  # Timer, hourly: erase what nobody kept
]
BOTH = [
    health.bp,  # HTTP: alive, and for operators what it rests on
]
OPEN = {
    Doors.CORE: with_description(CORE + BOTH),  # HTTP, anybody: what all these doors are, as OpenAPI and as a page
    Doors.WEEDER: WEEDER + BOTH,
    Doors.ALL: with_description(CORE + WEEDER + BOTH),
}

app = func.FunctionApp()
for blueprint in OPEN[read_settings().doors]:
    app.register_functions(blueprint)
