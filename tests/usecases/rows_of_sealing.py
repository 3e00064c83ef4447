"""Sealing, one row for entries that wait and one for a quiet hour; following, after a restore; and accounting."""

from dataclasses import replace
from datetime import timedelta

from shared.adapters.ed25519 import verifies
from shared.domain.note import parsed_note
from shared.domain.seal import checkpoint_path, successor_path
from shared.usecases.account import account
from shared.usecases.follow import follow
from shared.usecases.seal import seal
from tests.builders import NOW
from tests.fakes import World
from tests.fakes.signing import LEDGER_KEY
from tests.usecases.accounting import accounting, cut_off
from tests.usecases.rows import Row
from tests.usecases.scenes import by_the_service, entries
from tests.usecases.sealed import SIGNER, seal_by_hand
from tests.usecases.sealing import sealing, the_head, wait

SERVICE = by_the_service()


def three_entries(world: World) -> None:
    """Of the service itself, so that all that is entered in the row is of whoever asks in it."""
    wait(world, 2, at=NOW - timedelta(minutes=1), asking=SERVICE)
    wait(world, 1, pk="clip-2", at=NOW - timedelta(minutes=1), asking=SERVICE)


def a_head_set_back(world: World) -> None:
    """Of three entries that the ledger has, the head knows of two, and the third waits again."""
    wait(world, 2, at=NOW - timedelta(minutes=2), asking=SERVICE)
    seal_by_hand(world)
    head = the_head(world)
    wait(world, 1, pk="clip-2", at=NOW - timedelta(minutes=1), asking=SERVICE)
    (waiting,) = entries(world, "clip-2")
    seal_by_hand(world)
    following = parsed_note(world.ledger.files[checkpoint_path(3)]).text
    world.ledger.files[successor_path(2)] = following.encode()
    world.records.put(head, replace(waiting, leaf=None, pending=True))


def the_last_of_three_taken_away(world: World) -> None:
    wait(world, 2, at=NOW - timedelta(minutes=2), asking=SERVICE)
    wait(world, 1, at=NOW - timedelta(minutes=1), asking=SERVICE)
    seal_by_hand(world)
    cut_off(world, "clip-1", 1)


ROWS = (
    Row(
        name="seal",
        verb=seal,
        scene=three_entries,
        run=lambda w, a: sealing(w, now=lambda: a.at, key=a.key),
        enters=(("footage.read", ""),) * 3,
        asking=SERVICE,
    ),
    Row(
        name="seal, a quiet hour",
        verb=seal,
        scene=lambda _world: None,
        run=lambda w, a: sealing(w, now=lambda: a.at, key=a.key),
        enters=(("ledger.heartbeat", ""),),
        asking=SERVICE,
    ),
    Row(
        name="follow",
        verb=follow,
        scene=a_head_set_back,
        run=lambda w, a: follow(
            asking=a,
            origin=LEDGER_KEY,
            keys=[SIGNER.key],
            check=verifies,
            records=w.records,
            files=w.ledger,
            at_once=1,
            apply=True,
        ),
        enters=(("footage.read", ""),) * 3 + (("ledger.followed", "missing size"),),
        asking=SERVICE,
    ),
    Row(
        name="account",
        verb=account,
        scene=the_last_of_three_taken_away,
        run=accounting,
        enters=(
            *(("footage.read", ""),) * 2,
            ("ledger.unaccounted", "leaf-2"),
            ("ledger.accounted", "checked unaccounted"),
        ),
        asking=SERVICE,
    ),
)
