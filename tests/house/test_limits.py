"""What must fit into what: grants into the time a function has, that time into its queue's patience."""

import json
from datetime import timedelta

from functions.docks import LARGEST
from local.hosting.settings import QueueOptions, read_host_file, timespan
from tests.functions.opened import ROOT

# half of what one stream of the cloud's storage gives (60 MB/s): bench/hashing.py shows that ours is no slower
HASHED_PER_SECOND = 30_000_000
A_CAMERA_FULL = 32_000_000_000  # twelve hours at 6 Mbit/s
LONGEST_OUTAGE = timedelta(hours=1)
TIMEOUT = timespan(json.loads((ROOT / "host.json").read_text())["functionTimeout"])


def queues() -> QueueOptions:
    return read_host_file(ROOT, {}).queues


def test_what_may_be_granted_can_be_hashed_before_the_function_is_ended() -> None:
    assert A_CAMERA_FULL <= LARGEST <= HASHED_PER_SECOND * TIMEOUT.total_seconds()


def test_a_question_for_fixity_outlasts_an_outage_of_an_hour_before_it_is_given_up() -> None:
    waits = queues().max_dequeue_count - 1
    assert waits * queues().visibility_timeout >= LONGEST_OUTAGE


def test_at_most_two_recordings_are_hashed_at_once() -> None:
    assert queues().batch_size + queues().new_batch_size == 2
