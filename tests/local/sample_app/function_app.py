"""A small Functions app of every shape the host stand-in serves; it tells what it was given.

What events, timers and messages were seen is appended, a JSON line each, to the file named by `SEEN`.
"""

import asyncio
import json
import logging
import os
from pathlib import Path
from typing import Any

import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


def saw(**what: Any) -> None:
    with Path(os.environ["SEEN"]).open("a") as seen:
        seen.write(json.dumps(what, default=str) + "\n")


async def released(name: str) -> None:
    saw(waiting=name)
    while not Path(os.environ["SEEN"]).with_name(f"release-{name}").exists():
        await asyncio.sleep(0.01)


def told(req: func.HttpRequest, context: func.Context, function: str) -> func.HttpResponse:
    what = {
        "function": function,
        "method": req.method,
        "url": req.url,
        "headers": dict(req.headers),
        "query": dict(req.params),
        "parameters": dict(req.route_params),
        "body": req.get_body().decode("latin-1"),
        "traceParent": context.trace_context.trace_parent,
        "invocation": context.invocation_id,
    }
    return func.HttpResponse(json.dumps(what), mimetype="application/json")


@app.route(route="items/{id:int}", methods=["GET", "POST", "PUT"])
async def numbered_item(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return told(req, context, "numbered_item")


@app.route(route="items/{id:guid}", methods=["GET"])
async def known_item(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return told(req, context, "known_item")


@app.route(route="items/new", methods=["GET"])
async def zz_new_item(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return told(req, context, "zz_new_item")


@app.function_name("Any_item")
@app.route(route="items/{name?}", methods=["GET"])
async def any_item(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return told(req, context, "Any_item")


@app.route(route="files/{*rest}", methods=["GET"])
async def files(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    return told(req, context, "files")


@app.route(methods=["HEAD", "DELETE"])
async def answers(req: func.HttpRequest) -> func.HttpResponse:
    response = func.HttpResponse(b"\x00\x01", status_code=203, mimetype="application/octet-stream")
    response.headers.add("X-Twice", "first")
    response.headers.add("X-Twice", "second")
    response.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly")
    response.headers.add("Set-Cookie", "b=2; Path=/")
    return response


@app.route()
def plain(req: func.HttpRequest) -> str:
    return "a plain £"


@app.route()
async def fails(req: func.HttpRequest) -> func.HttpResponse:
    raise RuntimeError("the app is broken")


@app.route()
async def settings(req: func.HttpRequest) -> func.HttpResponse:
    names = ("AZURE_FUNCTIONS_ENVIRONMENT", "AzureWebJobsScriptRoot", "WEBSITE_HOSTNAME", "FROM_FILE", "SET_BEFORE")
    answer = {name: os.environ.get(name) for name in names}
    return func.HttpResponse(json.dumps(answer | {"cwd": str(Path.cwd())}), mimetype="application/json")


@app.route()
async def logs(req: func.HttpRequest) -> func.HttpResponse:
    logging.getLogger("sample").info("a line of the app")
    logging.getLogger("azure.core").info("a line of a library")
    return func.HttpResponse()


@app.route(route="waits/{name}")
async def waits(req: func.HttpRequest) -> func.HttpResponse:
    """Until the test makes the file of that name: a door could be closed by what is tested."""
    await released(req.route_params["name"])
    return func.HttpResponse("waited")


@app.event_grid_trigger(arg_name="event")
async def OnEvent(event: func.EventGridEvent) -> None:  # noqa: N802 - the name's case matters to the webhook
    data = event.get_json()
    saw(event=event.id, data=data)
    if data.get("broken"):
        raise ValueError("a broken event")


@app.event_grid_trigger(arg_name="event")
async def on_cloud_event(event: func.CloudEvent) -> None:
    saw(cloud_event=event.id, source=event.source, data=event.get_json())


@app.event_grid_trigger(arg_name="event")
async def left_out(event: func.EventGridEvent) -> None:
    saw(event=event.id)


@app.timer_trigger(schedule="%SCHEDULE%", arg_name="timer", run_on_startup=True)
async def yearly(timer: func.TimerRequest) -> None:
    given: Any = timer  # the SDK's declared type leaves out what its object has
    saw(timer="yearly", pastDue=given.past_due, schedule=given.schedule, status=given.schedule_status)


@app.queue_trigger(arg_name="message", queue_name="%QUEUE%", connection="WORK")
async def on_message(message: func.QueueMessage) -> None:
    body = message.get_body().decode()
    saw(
        message=message.id,
        body=body,
        tries=message.dequeue_count,
        receipt=bool(message.pop_receipt),
        inserted=message.insertion_time,
        expires=message.expiration_time,
        visible=message.time_next_visible,
    )
    if body == "waits":
        await released(body)
    if body == "broken":
        raise ValueError("a broken message")
