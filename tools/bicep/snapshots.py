"""The list that Microsoft's own CLI predicts (`bicep snapshot`) beside ours: what one has and the other has not.

Names are not compared: our uniqueString gives other letters than Azure's. The residency rules are asked of the
predicted list as well, so that neither evaluator is taken at its word.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from tools.bicep import residency, security
from tools.bicep.deployment import Deployment, by_kind
from tools.bicep.files import Files
from tools.bicep.finding import Finding
from tools.bicep.unreadable import Unreadable
from tools.bicep.values import Resource, Value

ABOUT_IT = ("id", "type", "apiVersion")
Likeness = tuple[str, str, str]  # type, API version, location
Parameters = Mapping[str, Value]


def predicted(snapshot: Path) -> Deployment:
    """The snapshot as a deployment, as far as it says: it knows no parents and no scopes."""
    try:
        listed = json.loads(snapshot.read_text("utf-8"))["predictedResources"]
        resources = tuple(_resource(each, snapshot) for each in listed)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        raise Unreadable(snapshot, 1, f"is no snapshot: {type(wrong).__name__}: {wrong}") from wrong
    return Deployment(
        main=str(snapshot),
        files=Files(root=snapshot.parent),
        parameters={},
        everything=resources,
        outputs={},
        by_kind=by_kind(resources),
    )


def _resource(listed: Mapping[str, Value], snapshot: Path) -> Resource:
    return Resource(
        symbol=str(listed["name"]),
        type=listed["type"],
        api_version=listed["apiVersion"],
        existing=False,
        condition=True,
        body={name: value for name, value in listed.items() if name not in ABOUT_IT},
        identity=str(listed.get("id", "")),
        file=snapshot.name,
        line=1,
        module="",
    )


def likenesses(deployment: Deployment) -> Counter[Likeness]:
    return Counter((each.kind, each.api_version, str(each.location or "-")) for each in deployment.resources)


def differences(ours: Deployment, theirs: Deployment) -> Iterator[str]:
    mine, other = likenesses(ours), likenesses(theirs)
    for likeness in sorted(mine.keys() | other.keys()):
        if mine[likeness] != other[likeness]:
            kind, version, location = likeness
            yield f"{kind}@{version} in {location}: {mine[likeness]} of ours, {other[likeness]} of theirs"


def rules_on(theirs: Deployment) -> Iterator[Finding]:
    for rule in (*residency.RULES, security.demands):
        yield from rule(theirs)


def parameter_file(main: str, parameters: Parameters) -> str:
    """A .bicepparam that says the same values to Microsoft's CLI."""
    lines = [f"using '{main}'", *(f"param {name} = {_literal(value)}" for name, value in sorted(parameters.items()))]
    return "\n".join(lines) + "\n"


def _literal(value: Value) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("${", "\\${")
        return f"'{escaped}'"
    if isinstance(value, list):
        return "[" + ", ".join(_literal(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(name)}: {_literal(each)}" for name, each in value.items()) + "}"
    return json.dumps(value)
