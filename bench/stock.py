"""Clips to fill a store with: of one officer, of their borough, and of the rest of the force.

The first OWN are the officer's; of those after them every fourth lies in the officer's borough, with another officer.
Uploads are spread over thirty days in no order, no two at the same time, so that each clip has its own place in every
list and nothing is due. The same number is always the same clip.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from shared.domain.footage import Borough, Clip, ClipId, OfficerId
from tests.builders import BOROUGH, OFFICER, a_clip

OWN, ONE_IN = 1_000, 4
OFFICERS, BOROUGHS = 22_000, 32
SPREAD, STEPS, STRIDE = timedelta(days=30), 100_003, 7_919  # two primes: every step is met once before any is again
NAMES = uuid.UUID("4d0c3d3e-0f5e-4f0b-8f0e-5a6c1f0a9b11")


def stocked(first: int, last: int, *, now: datetime) -> Iterator[Clip]:
    """The clips from the number `first` up to `last`, without that."""
    return (_clip(number, now) for number in range(first, last))


def _clip(number: int, now: datetime) -> Clip:
    own = number < OWN
    return a_clip(
        id=ClipId(str(uuid.uuid5(NAMES, str(number)))),
        uploaded_at=now - SPREAD * (number * STRIDE % STEPS / STEPS),
        officer=OFFICER if own else OfficerId(f"B{number % OFFICERS:05}"),
        borough=BOROUGH if own or number % ONE_IN == 0 else Borough(f"Borough {number % BOROUGHS}"),
    )
