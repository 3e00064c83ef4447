"""The doors of the service. Each line is one; follow it to see who comes in, and why.

    door (functions/)  ->  verb (shared/usecases/)  ->  rule (shared/domain/)

The same package is two function apps with two identities: DOORS=core is everything but weeding, DOORS=weeder is
weeding alone, because only that identity may delete footage; a laptop is both.
"""

import azure.functions as func

from functions import audit, corrections, docks, fixity, footage, health, ingest, keys, reconcile, weed, worklists
from shared.settings import Doors, read_settings

CORE = [
    ingest.bp,  # Event Grid: a blob has landed
    fixity.bp,  # Queue: its bytes are to be read back and hashed
    docks.bp,  # HTTP, docks and evidence managers: leave to write, receipts, the register
    footage.bp,  # HTTP, officers and those who may see: search, read, poster, play, categorise, trail
    corrections.bp,  # HTTP, evidence managers and officers: whose it is, its incident, out of quarantine
    reconcile.bp,  # Timer, nightly, and HTTP, operators: what lies in the storage held against the index
    worklists.bp,  # HTTP, evidence managers: what waits for them
    audit.bp,  # HTTP, auditors: everybody's entries
    keys.bp,  # HTTP, anybody: the keys that receipts verify with
]
WEEDER = [
    weed.bp,  # Timer, hourly: erase what nobody kept
]
BOTH = [
    health.bp,  # HTTP: alive, and for operators what it rests on
]
OPEN = {Doors.CORE: CORE + BOTH, Doors.WEEDER: WEEDER + BOTH, Doors.ALL: CORE + WEEDER + BOTH}

app = func.FunctionApp()
for blueprint in OPEN[read_settings().doors]:
    app.register_functions(blueprint)
