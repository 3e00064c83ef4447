"""The rules of sessions, on both sides of each edge (domain/session.py S1 to S7, bar.py)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.access import Role, folded
from shared.domain.bar import Bar, barred, bars, keeps_out
from shared.domain.document import timestamp
from shared.domain.session import (
    Ended,
    archived,
    ended,
    is_barred,
    is_over,
    is_to_be_noted,
    key_of,
    must_be_noted,
    noted,
    opened,
    revoked,
    signs_on,
    told,
)
from tests.builders import CLIENT, MICROSECOND, NOW, a_caller, a_session
from tests.domain.chance import steady

IDLE = timedelta(minutes=15)
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
spans = st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2))


@pytest.mark.parametrize("role", Role)
def test_s2_every_role_but_a_dock_s_signs_on(role: Role) -> None:
    assert signs_on(a_caller(role)) is (role is not Role.DOCK)
    assert signs_on(a_caller(role, application=True)) is False


def test_s2_a_person_who_is_a_dock_too_signs_on_and_one_without_a_role_does_not() -> None:
    assert signs_on(a_caller(Role.DOCK, Role.OFFICER))
    assert not signs_on(a_caller(roles=frozenset()))


def test_s1_a_key_is_one_sign_on_of_one_person() -> None:
    keys = {
        key_of(a_caller(**who))
        for who in (
            {"sign_on": "one"},
            {"sign_on": "two"},
            {"sign_on": "one", "subject": "another person"},
            {"sign_on": None},
            {"sign_on": None, "client": "another application"},
            {"sign_on": None, "client": None},
            {"sign_on": CLIENT},
        )
    }
    assert len(keys) == 7
    assert {len(key) for key in keys} == {32}


def test_s1_neither_application_nor_role_nor_a_fresh_token_is_another_sign_on() -> None:
    first = key_of(a_caller())
    assert key_of(a_caller(Role.SUPERVISOR, client="the telephone's", issued=NOW.timestamp())) == first
    assert "session-1" not in opened(a_caller(), None, address=None, now=NOW).session


def test_s2_the_next_session_is_the_next_number_and_begins_no_earlier_than_the_last_one_ended() -> None:
    first = opened(a_caller(), None, address="192.0.2.17", now=NOW)
    assert (first.number, first.session, first.id) == (1, f"{first.key}-1", "session")
    over = ended(first, Ended.LOGGED_OFF, now=NOW + MINUTE)
    behind = opened(a_caller(), over, address=None, now=NOW - MINUTE)
    assert (behind.number, behind.started_at, behind.last_seen) == (2, NOW + MINUTE, NOW + MINUTE)
    assert (archived(over).id, archived(over).pk) == ("session-1", behind.pk)
    later = opened(a_caller(), over, address=None, now=NOW + 2 * MINUTE)
    assert later.started_at == NOW + 2 * MINUTE


@pytest.mark.parametrize("later, due", [(-MINUTE, False), (MINUTE - MICROSECOND, False), (MINUTE, True), (IDLE, True)])
def test_s3_who_was_seen_is_noted_once_a_minute(later: timedelta, due: bool) -> None:
    assert is_to_be_noted(a_session(), now=NOW + later) is due


@pytest.mark.parametrize("later, due", [(5 * MINUTE - MICROSECOND, False), (5 * MINUTE, True), (IDLE, True)])
def test_s3_who_was_not_noted_for_five_minutes_is_not_left_for_their_next_request(later: timedelta, due: bool) -> None:
    assert must_be_noted(a_session(), now=NOW + later) is due
    assert not must_be_noted(ended(a_session(), Ended.IDLE, now=NOW), now=NOW + later)


def test_s3_nobody_is_seen_in_a_session_that_has_ended() -> None:
    assert not is_to_be_noted(ended(a_session(), Ended.IDLE, now=NOW), now=NOW + IDLE)


@pytest.mark.parametrize("later, over", [(IDLE, False), (IDLE + MINUTE - MICROSECOND, False), (IDLE + MINUTE, True)])
def test_s3_what_last_seen_may_lag_is_on_the_session_s_side(later: timedelta, over: bool) -> None:
    assert is_over(a_session(), idle=IDLE, now=NOW + later) is over


@steady
@given(moments=st.lists(spans, max_size=8))
def test_s3_last_seen_never_goes_back(moments: list[timedelta]) -> None:
    session = a_session()
    for moment in moments:
        after = noted(session, now=NOW + moment)
        assert after.last_seen == max(session.last_seen, NOW + moment)
        session = after


def test_s4_left_idle_it_ended_when_it_was_last_seen_whenever_that_is_found() -> None:
    for later in (IDLE, timedelta(days=1)):
        over = ended(a_session(), Ended.IDLE, now=NOW + later)
        assert (over.ended_at, over.ended_why, over.seconds) == (NOW, Ended.IDLE, 3600)


def test_s4_logged_off_it_ended_then_or_when_it_was_last_seen_if_our_clock_lags() -> None:
    assert ended(a_session(), Ended.LOGGED_OFF, now=NOW + MINUTE).seconds == 3660
    assert ended(a_session(), Ended.LOGGED_OFF, now=NOW - IDLE).seconds == 3600


def test_s4_a_session_ends_once() -> None:
    over = ended(a_session(), Ended.LOGGED_OFF, now=NOW)
    assert ended(over, Ended.IDLE, now=NOW + IDLE) == over
    assert replace(revoked(over, now=NOW + IDLE), revoked_at=None) == over


@steady
@given(why=st.sampled_from(Ended), start=spans, seen=spans, at=spans)
def test_s4_no_session_is_shorter_than_nothing(why: Ended, start: timedelta, seen: timedelta, at: timedelta) -> None:
    begun = opened(a_caller(), None, address=None, now=NOW + start)
    assert ended(noted(begun, now=NOW + seen), why, now=NOW + at).seconds >= 0


def test_while_it_is_open_it_lasted_until_it_was_last_seen() -> None:
    assert a_session(last_seen=NOW - MINUTE).seconds == 3540


@pytest.mark.parametrize("issued", [None, NOW.timestamp() - 1, NOW.timestamp() + 1])
def test_s5_under_a_revoked_sid_nobody_is_let_in_however_fresh_the_token(issued: float | None) -> None:
    assert is_barred(a_caller(issued=issued), revoked(a_session(), now=NOW))


@pytest.mark.parametrize(
    "issued, barred",
    [(None, True), (NOW.timestamp() - 1, True), (NOW.timestamp(), True), (NOW.timestamp() + 0.001, False)],
)
def test_s5_without_a_sid_a_token_issued_after_the_revocation_is_let_in(issued: float | None, barred: bool) -> None:
    caller = a_caller(sign_on=None, issued=issued)
    assert is_barred(caller, revoked(a_session(), now=NOW)) is barred
    following = opened(caller, revoked(a_session(), now=NOW), address=None, now=NOW + SECOND)
    assert is_barred(caller, following) is barred, "later sessions of the key carry the revocation on"


def test_s5_a_session_that_was_never_revoked_bars_nobody() -> None:
    assert not is_barred(a_caller(), ended(a_session(), Ended.LOGGED_OFF, now=NOW))
    assert not is_barred(a_caller(sign_on=None), a_session())


def test_s5_revoking_ends_what_is_open_and_a_second_revocation_is_never_an_earlier_one() -> None:
    once = revoked(a_session(last_seen=NOW + MINUTE), now=NOW)
    assert (once.ended_at, once.ended_why, once.revoked_at) == (NOW + MINUTE, Ended.REVOKED, NOW)
    assert revoked(once, now=NOW - IDLE).revoked_at == NOW
    assert revoked(once, now=NOW + IDLE).revoked_at == NOW + IDLE


@pytest.mark.parametrize(
    "issued, out",
    [(None, True), (NOW.timestamp() - 1, True), (NOW.timestamp(), True), (NOW.timestamp() + 0.001, False)],
)
def test_s6_a_bar_keeps_out_what_was_issued_at_or_before_it_by_whatever_sign_on(
    issued: float | None, out: bool
) -> None:
    for sign_on in ("session-1", None):
        caller = a_caller(sign_on=sign_on, issued=issued)
        assert keeps_out(Bar(subject=caller.subject, revoked_at=NOW), caller) is out
        assert not keeps_out(None, caller)


def test_s6_a_bar_never_becomes_an_earlier_one_and_is_where_its_person_s_id_says() -> None:
    bar = barred("somebody", None, at=NOW)
    assert bar == Bar(subject="somebody", revoked_at=NOW)
    assert barred("somebody", bar, at=NOW - IDLE) == bar
    assert barred("somebody", bar, at=NOW + IDLE).revoked_at == NOW + IDLE
    assert bar.pk == bars("somebody") != bars("somebody else")
    assert "somebody" not in bar.pk


def test_s6_a_session_carries_the_later_of_bar_and_revocation_on_and_under_a_sid_no_bar() -> None:
    bar = Bar(subject=a_caller().subject, revoked_at=NOW)
    later = revoked(a_session(), now=NOW + MINUTE)
    carried = [
        opened(a_caller(sign_on=sign_on), before, address=None, now=NOW + IDLE, bar=bar).revoked_at
        for sign_on in (None, "session-1")
        for before in (None, later, revoked(a_session(), now=NOW - MINUTE))
    ]
    assert carried == [NOW, NOW + MINUTE, NOW, None, NOW + MINUTE, NOW - MINUTE]


def test_s7_a_sign_on_is_known_since_its_first_session_and_its_person_whatever_the_letters() -> None:
    first = opened(a_caller(), None, address=None, now=NOW)
    second = opened(a_caller(officer="P1234"), ended(first, Ended.IDLE, now=NOW), address=None, now=NOW + IDLE)
    assert (first.known_since, second.known_since, second.started_at) == (NOW, NOW, NOW + IDLE)
    assert (second.actor, second.person) == ("P1234", "p1234")
    assert folded(" P1234 ") == second.person


def test_what_is_told_of_an_end_is_why_from_when_to_when_and_how_long() -> None:
    over = ended(a_session(), Ended.LOGGED_OFF, now=NOW)
    said = {change.field: change.after for change in told(over)}
    begun = timestamp(NOW - timedelta(hours=1))
    assert said == {"why": "logged-off", "from": begun, "to": timestamp(NOW), "seconds": "3600"}
