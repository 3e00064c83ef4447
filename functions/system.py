"""Who asks when nobody does: the service itself, by the name of the trigger."""

from shared.domain.entry import Actor, ActorKind, Asking
from shared.wiring import Services


def system(name: str, *, key: str, request: str, services: Services) -> Asking:
    actor = Actor(id=f"system:{name}", kind=ActorKind.SERVICE)
    return Asking(actor=actor, at=services.now(), request=request, key=key, seed=services.seed())
