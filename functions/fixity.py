"""Queue -> fixity: a clip's bytes are to be read back and hashed.

A message that is no question of ours is counted, logged and done: it can never become good. A fault is raised; the
queue shows the message again, and after five attempts moves it to the poison queue, which is read here too.
"""

import json
import logging

import azure.functions as func

from functions.parsing import UUID
from functions.system import system
from functions.watched import ran, waited
from shared import wiring
from shared.domain.footage import Clip, ClipId
from shared.usecases.fixity import fixity, poisoned

bp = func.Blueprint()
log = logging.getLogger(__name__)


@bp.function_name("fixity")
@bp.queue_trigger(arg_name="message", queue_name="fixity", connection="QUEUES")
async def check_fixity(message: func.QueueMessage, context: func.Context) -> None:
    services = wiring.services()
    clip = _clip(message)
    if clip is None:
        services.metrics.count("fixity.malformed")
        log.error("fixity: message=%s is no question of ours", message.id)
        return
    asking = system("fixity", key=message.id or "", request=str(context.invocation_id), services=services)
    waited(services.metrics, "fixity.queued", since=message.insertion_time, now=asking.at)
    with ran(services.metrics, "fixity"):
        outcome = await fixity(
            clip,
            asking=asking,
            now=services.now,
            records=services.records,
            footage=services.footage,
            hashed=lambda answered: _tell_how_long(answered, services),
        )
    services.metrics.count(f"fixity.{outcome}")
    log.info("fixity: clip=%s outcome=%s", clip, outcome)


@bp.function_name("fixity_poison")
@bp.queue_trigger(arg_name="message", queue_name="fixity-poison", connection="QUEUES")
async def enter_poison(message: func.QueueMessage, context: func.Context) -> None:
    services = wiring.services()
    services.metrics.count("fixity.poisoned")
    clip = _clip(message)
    log.error("fixity: message=%s clip=%s was given up", message.id, clip)
    if clip is not None:
        asking = system("fixity", key=message.id or "", request=str(context.invocation_id), services=services)
        with ran(services.metrics, "fixity_poison"):
            await poisoned(clip, asking=asking, records=services.records)


def _tell_how_long(answered: Clip, services: wiring.Services) -> None:
    waited(services.metrics, "fixity.after-upload", since=answered.uploaded_at, now=services.now())


def _clip(message: func.QueueMessage) -> ClipId | None:
    try:
        named = json.loads(message.get_body())["clip"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return ClipId(named) if isinstance(named, str) and UUID.fullmatch(named) else None
