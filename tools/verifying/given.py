"""JSON that somebody hands over, read strictly: exactly the names it should have, each once, each of its kind."""

import json
from typing import Any

from shared.domain.ledger import Unproven, from_base64
from tools.verifying.report import Unreadable


def parsed(what: str, raw: bytes) -> Any:
    """Raises Unreadable for what is no JSON, and Unproven where readers of JSON would disagree on what it says."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise Unproven(f"{what}: a name is there twice")
        return dict(pairs)

    try:
        value = json.loads(raw.decode("utf-8"), object_pairs_hook=once)
        json.dumps(value, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is no text
    except Unproven:
        raise
    except (RecursionError, ValueError):
        raise Unreadable("it is not JSON") from None
    return value


def shaped(value: Any, what: str, **shape: Any) -> dict[str, Any]:
    """An object of exactly these names, each of its type."""
    if not isinstance(value, dict) or set(value) != set(shape):
        raise Unproven(f"{what}: it should have {', '.join(shape)} and nothing else")
    return {name: a(f"{what}: {name}", value[name], kind) for name, kind in shape.items()}


def a(what: str, value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Unproven(f"{what}: it is not of its kind")
    return value


def hashes(what: str, value: Any) -> list[bytes]:
    """A proof, as the service writes one: a list of base64."""
    return [from_base64(what, a(what, text, str)) for text in a(what, value, list)]
