"""Access, rules A1 to A5, against the table of DESIGN section 7 typed here a second time, by another hand.

`own`, `borough` and `other` are three clips: the caller's own, one of another officer in the caller's borough, and one
of another officer in another borough. A cell says which of them the role may touch.
"""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.access import TABLE, Caller, Permission, Reach, Role, may, reach
from shared.domain.entry import Actor, ActorKind
from shared.domain.footage import Borough, Clip, OfficerId
from shared.errors import NotAllowed
from tests.builders import BOROUGH, CLIENT, OFFICER, OTHER_BOROUGH, OTHER_OFFICER, a_caller, a_clip
from tests.domain.chance import steady

CLIPS = {
    "own": a_clip(officer=OFFICER, borough=BOROUGH),
    "borough": a_clip(officer=OTHER_OFFICER, borough=BOROUGH),
    "other": a_clip(officer=OTHER_OFFICER, borough=OTHER_BOROUGH),
}
NONE, OWN, BORO, FORCE = set[str](), {"own"}, {"own", "borough"}, {"own", "borough", "other"}

#                      officer supervisor ev-manager disclosure auditor operator dock
DESIGN_SECTION_7 = {
    "see":            (OWN,    BORO,      FORCE,     FORCE,     NONE,   NONE,    NONE),
    "play":           (OWN,    BORO,      FORCE,     FORCE,     FORCE,  NONE,    NONE),
    "describe":       (OWN,    BORO,      FORCE,     NONE,      NONE,   NONE,    NONE),
    "trail":          (NONE,   BORO,      FORCE,     FORCE,     FORCE,  NONE,    NONE),
    "audit":          (NONE,   NONE,      NONE,      NONE,      BORO,   NONE,    NONE),
    "manage":         (NONE,   NONE,      FORCE,     NONE,      NONE,   NONE,    NONE),
    "operate":        (NONE,   NONE,      NONE,      NONE,      NONE,   FORCE,   NONE),
}  # fmt: skip
ROLES = ("officer", "supervisor", "evidence-manager", "disclosure-officer", "auditor", "operator", "dock")
CELLS = [
    (role, permission, cells[place])
    for permission, cells in DESIGN_SECTION_7.items()
    for place, role in enumerate(ROLES)
]
everyone = st.frozensets(st.sampled_from(Role))
claims = st.fixed_dictionaries(
    {
        "officer": st.sampled_from([None, OFFICER, OTHER_OFFICER]),
        "borough": st.sampled_from([None, BOROUGH, OTHER_BOROUGH]),
        "client": st.sampled_from([None, CLIENT]),
    }
)
clips = st.builds(
    lambda officer, borough: a_clip(officer=officer, borough=borough),
    st.sampled_from([None, OFFICER, OTHER_OFFICER]),
    st.sampled_from([None, BOROUGH, OTHER_BOROUGH]),
)


def touched(caller: Caller, permission: Permission) -> set[str]:
    try:
        allowed = reach(caller, permission)
    except NotAllowed:
        return set()
    return {name for name, clip in CLIPS.items() if allowed.covers(clip)}


def named(value: object) -> str:
    return "+".join(sorted(map(str, value))) if isinstance(value, set | frozenset) else str(value)


@pytest.mark.parametrize("role, permission, expected", CELLS, ids=lambda value: named(value) if value else "nothing")
def test_each_role_touches_what_its_cell_says(role: str, permission: str, expected: set[str]) -> None:
    assert touched(a_caller(Role(role)), Permission(permission)) == expected


@pytest.mark.parametrize("role", ROLES)
def test_only_a_dock_hands_over_and_only_as_itself(role: str) -> None:
    caller = a_caller(Role(role))
    if role == "dock":
        assert reach(caller, Permission.HAND_OVER) == Reach(client=CLIENT)
    else:
        with pytest.raises(NotAllowed, match="roles"):
            reach(caller, Permission.HAND_OVER)


@pytest.mark.parametrize("role", ROLES)
def test_every_person_signs_on_as_themselves_and_a_dock_does_not(role: str) -> None:
    caller = a_caller(Role(role))
    if role == "dock":
        with pytest.raises(NotAllowed, match="roles"):
            reach(caller, Permission.SIGN_ON)
    else:
        assert reach(caller, Permission.SIGN_ON) == Reach(subject=caller.subject)


@pytest.mark.parametrize("role", ROLES)
def test_everybody_known_may_look_up_what_clips_can_be_called(role: str) -> None:
    caller = a_caller(Role(role))
    assert reach(caller, Permission.LOOK_UP) == Reach(subject=caller.subject)


def test_the_table_here_and_the_table_there_have_the_same_rows_and_columns() -> None:
    assert {*DESIGN_SECTION_7, "hand-over", "sign-on", "look-up"} == {str(permission) for permission in Permission}
    assert set(ROLES) == {str(role) for role in Role}
    assert set(TABLE) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
def test_nobody_without_a_role_may_do_anything(permission: Permission) -> None:
    with pytest.raises(NotAllowed, match="roles"):
        reach(a_caller(roles=frozenset()), permission)


@steady
@given(some=everyone, more=everyone, said=claims, permission=st.sampled_from(Permission), clip=clips)
def test_a1_no_union_of_roles_narrows(
    some: frozenset[Role], more: frozenset[Role], said: dict[str, str], permission: Permission, clip: Clip
) -> None:
    if may_touch(a_caller(roles=some, **said), permission, clip):
        assert may_touch(a_caller(roles=some | more, **said), permission, clip)


@steady
@given(some=everyone, said=claims, permission=st.sampled_from(Permission), clip=clips)
def test_a1_a_union_gives_no_more_than_its_roles_give_one_by_one(
    some: frozenset[Role], said: dict[str, str], permission: Permission, clip: Clip
) -> None:
    together = may_touch(a_caller(roles=some, **said), permission, clip)
    assert together == any(may_touch(a_caller(role, **said), permission, clip) for role in some)


ACTORS = [
    ((Role.OFFICER, Role.SUPERVISOR), Permission.SEE, "officer, supervisor"),
    ((Role.SUPERVISOR, Role.OFFICER), Permission.SEE, "officer, supervisor"),
    ((Role.OFFICER, Role.SUPERVISOR), Permission.TRAIL, "supervisor"),
    ((Role.OFFICER, Role.AUDITOR, Role.OPERATOR), Permission.PLAY, "officer, auditor"),
    ((Role.OFFICER, Role.SUPERVISOR), Permission.OPERATE, "officer, supervisor"),
    ((), Permission.SEE, None),
]


@pytest.mark.parametrize("roles, permission, told", ACTORS)
def test_an_entry_names_every_role_that_carries_the_permission_and_all_where_none_does(
    roles: tuple[Role, ...], permission: Permission, told: str | None
) -> None:
    actor = a_caller(roles=frozenset(roles)).actor(permission)
    assert (actor.role, actor.kind) == (told, ActorKind.PERSON)


@pytest.mark.parametrize(
    "roles, permission, kind",
    [
        ((Role.DOCK,), Permission.HAND_OVER, ActorKind.DOCK),
        ((Role.DOCK,), Permission.SEE, ActorKind.DOCK),
        ((Role.DOCK, Role.OFFICER), Permission.HAND_OVER, ActorKind.DOCK),
        ((Role.DOCK, Role.OFFICER), Permission.SEE, ActorKind.PERSON),
    ],
)
def test_a_dock_is_a_dock_where_it_asks_as_one(
    roles: tuple[Role, ...], permission: Permission, kind: ActorKind
) -> None:
    assert a_caller(roles=frozenset(roles)).actor(permission).kind is kind


def test_an_application_s_own_token_acts_as_a_service_and_as_a_dock_where_that_is_all_it_is() -> None:
    assert a_caller(Role.AUDITOR, application=True).actor(Permission.AUDIT).kind is ActorKind.SERVICE
    assert a_caller(Role.DOCK, application=True).actor(Permission.HAND_OVER).kind is ActorKind.DOCK


def test_where_no_permission_is_asked_for_all_roles_are_named() -> None:
    assert a_caller(Role.SUPERVISOR, Role.OFFICER).actor().role == "officer, supervisor"


LOST = ("officer", "borough", "client")
FOOTAGE = [permission for permission in Permission if permission is not Permission.AUDIT]  # A5 says what AUDIT does


@steady
@given(some=everyone, said=claims, lost=st.sampled_from(LOST), permission=st.sampled_from(FOOTAGE), clip=clips)
def test_a3_a_missing_claim_never_widens(
    some: frozenset[Role], said: dict[str, str], lost: str, permission: Permission, clip: Clip
) -> None:
    if may_touch(a_caller(roles=some, **{**said, lost: None}), permission, clip):
        assert may_touch(a_caller(roles=some, **said), permission, clip)


@pytest.mark.parametrize(
    "role, permission, lost",
    [
        (Role.OFFICER, Permission.SEE, "officer"),
        (Role.SUPERVISOR, Permission.SEE, "borough"),
        (Role.DOCK, Permission.HAND_OVER, "client"),
    ],
)
def test_a3_a_scope_whose_claim_the_token_lacks_gives_nothing(role: Role, permission: Permission, lost: str) -> None:
    with pytest.raises(NotAllowed, match="your token does not say"):
        reach(a_caller(role, **{lost: None}), permission)


@pytest.mark.parametrize("permission", list(Permission))
@pytest.mark.parametrize("role", list(Role))
def test_a_caller_may_what_gives_them_a_reach_and_a_claim_they_lack_counts(role: Role, permission: Permission) -> None:
    assert may(a_caller(role), permission) is (role in TABLE[permission])
    claimless = Caller(subject="", roles=frozenset({role}))
    assert may(claimless, Permission.SEE) is (role in {Role.EVIDENCE_MANAGER, Role.DISCLOSURE_OFFICER})


def test_a2_a_clip_of_no_officer_and_no_borough_is_nobodys_own() -> None:
    stray = a_clip(officer=None, borough=None)
    assert not Reach(officer=OFFICER, borough=BOROUGH).covers(stray)
    assert not Reach().covers(stray)
    assert Reach(force=True).covers(stray)


@pytest.mark.parametrize("officer", ["p1234", "P1234 ", "P12345", ""])
def test_a2_own_is_exactly_the_officer_and_nearly_is_not(officer: str) -> None:
    assert not Reach(officer=OfficerId(officer)).covers(CLIPS["own"])


def test_a2_an_officers_own_clip_is_theirs_in_another_borough_too() -> None:
    assert Reach(officer=OFFICER).covers(a_clip(borough=OTHER_BOROUGH))


def test_a5_an_auditor_of_a_borough_reads_that_borough_and_one_of_none_the_force() -> None:
    assert reach(a_caller(Role.AUDITOR), Permission.AUDIT) == Reach(borough=BOROUGH)
    assert reach(a_caller(Role.AUDITOR, borough=None), Permission.AUDIT) == Reach(force=True)


def test_a5_the_borough_limits_an_auditor_whatever_else_they_are() -> None:
    everything = a_caller(*Role, borough=Borough("Hackney"))
    assert reach(everything, Permission.AUDIT) == Reach(borough=Borough("Hackney"))


@pytest.mark.parametrize("role, permission", list(product(Role, Permission)))
def test_an_actor_is_named_under_the_role_that_let_them_in(role: Role, permission: Permission) -> None:
    kind = ActorKind.DOCK if role is Role.DOCK else ActorKind.PERSON
    expected = Actor(id=OFFICER, kind=kind, name="PC Ada Byron", role=role)
    assert a_caller(role).actor(permission) == expected


def test_an_actor_of_many_roles_is_named_under_one_that_carries_the_permission() -> None:
    both = a_caller(Role.OFFICER, Role.AUDITOR)
    assert both.actor(Permission.AUDIT).role == "auditor"
    assert both.actor(Permission.SEE).role == "officer"
    assert a_caller(roles=frozenset(), officer=None).actor(Permission.SEE) == Actor(
        id=both.subject, kind=ActorKind.PERSON, name="PC Ada Byron"
    )


def may_touch(caller: Caller, permission: Permission, clip: Clip) -> bool:
    try:
        return reach(caller, permission).covers(clip)
    except NotAllowed:
        return False
