"""schemathesis at every door of the running service, as every role: what it is told, and what it must not be.

Of each door it makes requests that fit its description and requests that do not. Whatever is sent: no fault, no status
that the door does not declare, no answer against its schema, and nothing let in that does not fit. The same requests
each time.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from functions.describing import path_of
from local.calls import Person
from local.stack import Stack
from local.story import BOROUGH, DOCK, DOE, STATION, Cast
from local.tokens import ROLES, mint
from tests.e2e.test_a_life import dock_one_clip
from tests.functions.opened import DOORS
from tests.silence import HEARD

pytestmark = [pytest.mark.stack, pytest.mark.slow]

NOBODY = "nobody"
LET_IN, REFUSED = 6, 1  # requests of each kind
SAID = (("reason", "to see what happens"), ("text", "a note"), ("borough", BOROUGH))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
STRANGER = "0000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """The running service, what it says of itself, and clips that are really there."""

    schema: schemathesis.BaseSchema
    settings: dict[str, str]
    manager: Person
    clips: tuple[str, ...]
    session: requests.Session

    def token(self, role: str) -> dict[str, str]:
        """A header of somebody's who has just come; nobody sends none."""
        if role == NOBODY:
            return {}
        number = DOE if role == "officer" else role  # the clips are PC Doe's
        who = {"client": DOCK} if role == "dock" else {"officer": number, "borough": BOROUGH}
        return {"Authorization": f"Bearer {mint(self.settings, role=role, **who)}"}  # type: ignore[arg-type]

    def make_real(self, case: "Case[Any]", clip: str) -> None:
        """Let a good request be about a clip that is there, as it is now, in words that anybody may say."""
        if isinstance(case.body, dict):
            case.body |= {name: value for name, value in (*SAID, ("clip", clip)) if name in case.body}
        if case.path.endswith("/revocations") and isinstance(case.body, dict) and "officer" in case.body:
            case.body["officer"] = STRANGER  # the people of the other suites are still at work
        if "id" in case.path_parameters:
            case.path_parameters["id"] = clip
        if "If-Match" in case.headers:
            seen = self.manager.get(f"/api/footage/{clip}")
            case.headers["If-Match"] = seen.etag or '"gone"'
        if "dock" in case.path_parameters:
            case.path_parameters["dock"] = DOCK
        if "recording" in case.path_parameters:
            case.path_parameters["recording"] = clip


@pytest.fixture(scope="module")
def scene(running: Stack, people: Cast, environment: dict[str, str]) -> Iterator[Scene]:
    people.manager.put(f"/api/docks/{DOCK}", {"station": STATION, "borough": BOROUGH, "client": DOCK}).must_be(200)
    clips = tuple(dock_one_clip(environment) for _ in range(3))
    with requests.Session() as session:
        session.trust_env = False
        document = session.get(f"{environment['PUBLIC_BASE_URL']}/api/openapi.json", timeout=30).json()
        schema = schemathesis.openapi.from_dict(document)
        schema.config.update(base_url=environment["PUBLIC_BASE_URL"])
        schema.config.generation.update(with_security_parameters=False)
        yield Scene(schema=schema, settings=running.settings, manager=people.manager, clips=clips, session=session)


def operation(scene: Scene, door: str) -> Any:
    return scene.schema[path_of(DOORS[door])][DOORS[door].method]


def knocking(scene: Scene, door: str, role: str, mode: GenerationMode) -> Callable[[], None]:
    """Requests of one kind at one door by one caller, each answer held against the description."""
    described, headers = operation(scene, door), scene.token(role)
    said = described.definition.raw
    callers = [said["x-callers"], *said.get("x-callers-by-name", {}).values()]
    lets_in = DOORS[door].permission is None or any(role in each for each in callers)
    clips = st.sampled_from([*scene.clips, None])

    @settings(
        max_examples=LET_IN if lets_in else REFUSED,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(generation_mode=mode), clip=clips)
    def knock(case: "Case[Any]", clip: str | None) -> None:
        if clip is not None and mode is GenerationMode.POSITIVE:
            scene.make_real(case, clip)
        assume("" not in case.query.values())  # the host leaves these out, as if they had not been said
        answer = case.call(headers=headers, session=scene.session)
        HEARD.answer(door, answer.status_code, answer.content)
        if answer.status_code == HTTPStatus.NOT_FOUND and "x-request-id" not in answer.headers:
            assert mode is GenerationMode.NEGATIVE, "the host itself answered: no such route"
            return
        case.validate_response(answer, checks=CHECKS)

    return knock


def can_be_wrong(said: Mapping[str, Any]) -> bool:
    """Whether there is a request that does not fit. Tags nobody gave are no mistake."""
    return "requestBody" in said or any(part["name"] != "If-None-Match" for part in said.get("parameters", []))


@pytest.mark.parametrize("role", [*ROLES, NOBODY])
@pytest.mark.parametrize("door", sorted(DOORS))
def test_every_door_keeps_its_word_whatever_is_sent(scene: Scene, door: str, role: str) -> None:
    knocking(scene, door, role, GenerationMode.POSITIVE)()
    if can_be_wrong(operation(scene, door).definition.raw):
        knocking(scene, door, role, GenerationMode.NEGATIVE)()
