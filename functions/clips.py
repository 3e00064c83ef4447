"""What the doors to clips have in common: which clip, whose clips, and a clip as an answer."""

from typing import Any

from functions.door import Answer, Request
from functions.parsing import UUID
from functions.shown import ShownClip
from shared.domain.footage import Clip, ClipId, OfficerId
from shared.errors import Malformed, NotFound
from shared.ports import Held


def clip_named(request: Request[Any, Any]) -> ClipId:
    """The clip the route names. What is no id of ours names no clip."""
    given = request.route["id"]
    if not UUID.fullmatch(given):
        raise NotFound("there is no such clip")
    return ClipId(given)


def clip_shown(held: Held[Clip]) -> Answer:
    clip = ShownClip.of(held)
    return Answer(body=clip, headers={"ETag": f'"{clip.version}"'})


def mine_only(request: Request[Any, Any], *, asked: bool) -> OfficerId | None:
    """The caller's own officer id, if they ask for their own clips alone; None if they do not."""
    if not asked:
        return None
    if request.caller.officer is None:
        raise Malformed("mine: your token does not say which officer you are", field="mine")
    return request.caller.officer
