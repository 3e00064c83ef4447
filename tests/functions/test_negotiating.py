"""Accept: which form of an answer somebody gets, and when they get none (RFC 9110 section 12.5.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.negotiating import form_for
from shared.errors import NotAcceptable
from tests.domain.chance import steady

JSON, TRAIL, CSV, PDF = OFFERED = (
    "application/json",
    "application/vnd.continuity.trail+json",
    "text/csv",
    "application/pdf",
)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept, form",
    [
        ("", JSON),
        ("   ", JSON),
        ("*/*", JSON),
        (BROWSER, JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        (TRAIL, TRAIL),
        ("text/csv", CSV),
        ("text/*", CSV),
        ("application/pdf", PDF),
        ("APPLICATION/PDF", PDF),
        ("text/csv, application/pdf", CSV),
        ("text/csv;q=0.5, application/pdf", PDF),
        ("text/csv;q=0.5, application/pdf;q=0.501", PDF),
        ("text/csv; charset=utf-8", CSV),
        ("text/csv;header=present;q=0.4, application/pdf;q=0.3", CSV),
        ('text/csv;charset="utf-8"; q=0.9', CSV),
        ("application/json;q=0, */*", TRAIL),
        ("application/*;q=0, */*;q=0.1", CSV),
        ("application/*;q=0.2, application/pdf;q=0.1, text/csv;q=0.15", JSON),
        ("*/*;q=0.1, text/csv;q=0", JSON),
        ("text/csv;Q=0.2,application/pdf;q=0.1", CSV),
        ("nonsense, application/pdf", PDF),
        ("text/csv;q=much, application/pdf;q=0.1", PDF),
        ("text/csv;q=2, application/pdf;q=0.1", PDF),
        (",,application/pdf,", PDF),
    ],
)
def test_the_form_is_the_one_that_is_wanted_most(accept: str, form: str) -> None:
    assert form_for(accept, OFFERED) == form


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml, image/*", "*/*;q=0", "application/json;q=0", "nonsense", "*/csv", ","]
)
def test_where_none_fits_that_is_said_with_those_there_are(accept: str) -> None:
    with pytest.raises(NotAcceptable) as no:
        form_for(accept, OFFERED)
    assert no.value.field == "Accept"
    assert str(no.value) == f"it comes as {', '.join(OFFERED)}"


@steady
@given(st.text(st.sampled_from('text/csv application/pdf*;q=0.5,"\\')))
def test_whatever_is_sent_it_is_a_form_or_a_refusal(accept: str) -> None:
    try:
        assert form_for(accept, OFFERED) in OFFERED
    except NotAcceptable:
        assert accept.strip()


def test_a_header_of_any_length_is_read_in_a_moment() -> None:
    """A hundred ranges are read and the rest passed over; none of them makes the reading go back and forth."""
    with pytest.raises(NotAcceptable):
        form_for("a/b;" + " ; a=b" * 20_000 + "!" * 20_000, OFFERED)
    assert form_for("x/y," * 99 + PDF, OFFERED) == PDF
    with pytest.raises(NotAcceptable):
        form_for("x/y," * 100 + PDF, OFFERED)
