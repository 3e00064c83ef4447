"""Who asks when nobody does: the service itself, by the name of the trigger; and a timer's turn, which has an end."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import azure.functions as func

from shared.domain.entry import Actor, ActorKind, Asking
from shared.wiring import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One run of a timer: who asks, by the run's own key, and whether its time is over."""

    asking: Asking
    out_of_time: Callable[[], bool]


def system(name: str, *, key: str, request: str, services: Services) -> Asking:
    actor = Actor(id=f"system:{name}", kind=ActorKind.SERVICE)
    return Asking(actor=actor, at=services.now(), request=request, key=key, seed=services.seed())


def turn(name: str, context: func.Context, services: Services, *, lasts: float) -> Turn:
    """`lasts`: seconds, from now."""
    out_of_time, run = time_over(lasts), str(context.invocation_id)
    return Turn(asking=system(name, key=run, request=run, services=services), out_of_time=out_of_time)


def time_over(lasts: float) -> Callable[[], bool]:
    """Whether so many seconds, from now, are over."""
    ends = time.monotonic() + lasts
    return lambda: time.monotonic() > ends
