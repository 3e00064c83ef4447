"""What the doors to one clip have in common: the clip a route names, and the clip as an answer."""

from typing import Any

from functions.door import Answer, Request
from functions.parsing import UUID
from functions.shown import ShownClip
from shared.domain.footage import Clip, ClipId
from shared.errors import NotFound
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
