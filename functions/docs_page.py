"""The description of the service as one page: no script, no font, no picture, nothing fetched from anywhere.

It is made from the OpenAPI document alone, so that the two cannot differ. It reads from top to bottom, on paper too.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from functions.docs_words import Json, curl, kind
from functions.markup import Markup, element, joined, table

STYLE = """
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem }
code, pre { font: .9em/1.4 ui-monospace, monospace }
pre { padding: .6rem; border: 1px solid #8888; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; margin: 1rem 0 }
caption { text-align: left; font-weight: bold }
th, td { text-align: left; vertical-align: top; padding: .2rem .6rem; border: 1px solid #8888; overflow-wrap: anywhere }
section { border-top: 1px solid #8888; margin-top: 1.5rem }
@media print { pre, tr { break-inside: avoid } a { color: inherit; text-decoration: none } }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
PLACES = {"path": "in the path", "query": "in the query", "header": "a header"}
SCOPES = {
    "own": "own footage",
    "borough": "their borough",
    "force": "the whole force",
    "force-or-borough": "the whole force, or the borough their token names",
    "itself": "as itself",
    "self": "what is their own",
}


def page(document: Json) -> str:
    info = document["info"]
    head = element(
        "head",
        Markup('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
        element("title", f"{info['title']}: the API"),
        element("style", Markup(STYLE)),
    )
    body = element("body", _opening(document), _contents(document), element("main", *_parts(document)))
    return f"<!doctype html>\n{element('html', head, body, lang='en-GB')}\n"


def _opening(document: Json) -> Markup:
    info, token = document["info"], document["components"]["securitySchemes"]["token"]
    paragraphs = [element("p", text) for text in (*info["description"].split("\n\n"), token["description"])]
    how = "In the examples BASE is where the service answers, and TOKEN an access token."
    return element(
        "header", element("h1", f"{info['title']}: the API, version {info['version']}"), *paragraphs, element("p", how)
    )


def _operations(document: Json) -> Iterable[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        yield from ((method.upper(), path, operation) for method, operation in item.items())


def _contents(document: Json) -> Markup:
    lines = [
        element("li", element("a", f"{method} {path}", href=f"#{operation['operationId']}"), f" {operation['summary']}")
        for method, path, operation in _operations(document)
    ]
    more = [
        element("li", element("a", title, href=f"#{anchor}"))
        for anchor, title in (("problems", "Problems"), ("shapes", "Shapes"))
    ]
    return element("nav", element("h2", "Contents"), element("ul", *lines, *more), aria_label="Contents")


def _parts(document: Json) -> Iterable[Markup]:
    for tag in document["tags"]:
        yield element("h2", tag["name"])
        for method, path, operation in _operations(document):
            if tag["name"] in operation["tags"]:
                yield _operation(method, path, operation, document)
    yield _problems(document)
    yield _shapes(document)


def _operation(method: str, path: str, operation: Json, document: Json) -> Markup:
    name = operation["operationId"]
    return element(
        "section",
        element("h3", element("code", f"{method} {path}")),
        element("p", operation["summary"]),
        *_callers(operation),
        *_parameters(operation),
        *_body(operation),
        table("Answers", ("status", "what", "shape"), _answers(operation, document)),
        *_shown(operation),
        element("pre", element("code", curl(method, path, operation))),
        id=name,
        aria_label=f"{name}: {method} {path}",
    )


def _callers(operation: Json) -> Iterable[Markup]:
    if not operation["security"]:
        yield element("p", "Anybody may ask, without a token.")
    else:
        yield element("p", f"Who may: {_who(operation['x-callers'])}. Entered as {operation['x-operation']}.")
    for name, callers in operation.get("x-callers-by-name", {}).items():
        yield element("p", element("code", name), f": {_who(callers)}.")


def _who(callers: Mapping[str, str]) -> str:
    return ", ".join(f"{role} ({SCOPES[scope]})" for role, scope in callers.items())


def _parameters(operation: Json) -> Iterable[Markup]:
    rows = [
        (
            element("code", each["name"]),
            f"{PLACES[each['in']]}{', needed' if each.get('required') else ''}",
            joined((kind(each["schema"]), ". ", each.get("description", ""))),
        )
        for each in operation.get("parameters", [])
    ]
    if rows:
        yield table("Parameters", ("name", "where", "what"), rows)


def _body(operation: Json) -> Iterable[Markup]:
    for content_type, content in operation.get("requestBody", {}).get("content", {}).items():
        about = operation["requestBody"]["description"]
        yield element("p", "The body is ", kind(content["schema"]), f" as {content_type}. {about}")


def _answers(operation: Json, document: Json) -> Iterable[tuple[str, str, Markup]]:
    for status, answer in operation["responses"].items():
        if "$ref" in answer:
            name = answer["$ref"].rpartition("/")[2]
            said = document["components"]["responses"][name]["description"]
            yield status, said, element("a", "problem", href=f"#problem-{name}")
        else:
            yield status, answer["description"], _carried(answer)


def _carried(answer: Json) -> Markup:
    content: Mapping[str, Any] = answer.get("content", {})
    shapes = [
        joined((f"{content_type} ", kind(carried["schema"]) if "schema" in carried else ""))
        for content_type, carried in content.items()
    ]
    return joined(shapes or ["nothing"], "; ")


def _shown(operation: Json) -> Iterable[Markup]:
    for status, answer in operation["responses"].items():
        for carried in answer.get("content", {}).values():
            if "example" in carried:
                yield element("p", f"An answer of {status}:")
                yield _json(carried["example"])


def _json(value: Any) -> Markup:
    return element("pre", element("code", json.dumps(value, indent=2)))


def _problems(document: Json) -> Markup:
    each = [
        element("div", element("h3", name), element("p", said["description"]), *_examples(said), id=f"problem-{name}")
        for name, said in document["components"]["responses"].items()
    ]
    return element("section", element("h2", "Problems"), *each, id="problems", aria_label="Problems")


def _examples(answer: Json) -> Iterable[Markup]:
    return (_json(content["example"]) for content in answer["content"].values())


def _shapes(document: Json) -> Markup:
    each = [
        element("div", element("h3", name), *_shape(schema), id=f"shape-{name}")
        for name, schema in document["components"]["schemas"].items()
    ]
    return element("section", element("h2", "Shapes"), *each, id="shapes", aria_label="Shapes")


def _shape(schema: Json) -> Iterable[Markup]:
    if "description" in schema:
        yield element("p", schema["description"])
    if "properties" not in schema:
        yield element("p", kind(schema))
        return
    required = schema.get("required", [])
    rows = [
        (element("code", name), "always" if name in required else "may be left out", kind(part))
        for name, part in schema["properties"].items()
    ]
    yield table("Fields", ("name", "when", "what"), rows)
