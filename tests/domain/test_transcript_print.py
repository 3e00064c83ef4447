"""What a printed trail says: everything that is known, each in a line of its own, and what binds it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shared.domain.entry import Change, Operation, Reason
from shared.domain.footage import Clip, Fixity, Integrity, Retention, Sha256, State
from shared.domain.note import parsed_checkpoint
from shared.domain.transcript import Transcript, committed
from shared.domain.transcript_print import NOT_SEALED, Line, Part, Printed
from shared.domain.transcript_print import as_printed as printed_for
from shared.domain.weed import condemned, tombstone
from tests.builders import NOW, RECORDING, a_clip, a_decision, a_hold, an_actor, an_asking, an_entry, an_overdue_clip
from tests.transcripts import CHECKPOINT, a_transcript

SERVICE = "https://continuity.example"
HASH = Sha256("ab" * 32)


def as_printed(transcript: Transcript) -> Printed:
    return printed_for(transcript, public_base_url=SERVICE)


def about(clip: Clip) -> dict[str, str]:
    return {line.label: line.text for line in as_printed(a_transcript(clip=clip)).about}


def said(part: Part) -> dict[str, list[str]]:
    labels = dict.fromkeys(line.label for line in part.lines)
    return {label: [line.text for line in part.lines if line.label == label] for label in labels}


def test_the_head_says_everything_that_is_known_of_the_clip() -> None:
    clip = a_clip(
        incident="CAD 4471",
        integrity=Integrity(state=Fixity.VERIFIED, claimed=HASH, sha256=HASH, verified_at=NOW),
        decision=a_decision(category="arrest", why="she was there", approved_by="P9"),
        retention=Retention(rule="evidence", review_on=date(2032, 1, 1)),
        holds=(a_hold(authority="Coroner"),),
        state=State.HELD,
        quarantine=("no-grant",),
    )
    told = about(clip)
    assert (told["Recording"], told["Incident"], told["State"]) == (RECORDING, "CAD 4471", "held")
    assert told["SHA-256, as stored"] == told["SHA-256, as the dock said"] == HASH
    assert (told["Category"], told["Why"], told["Approved by"]) == ("arrest", "she was there", "P9")
    assert (told["Kept under"], told["Reviewed on"]) == ("evidence", "2032-01-01")
    assert told["Holds"].startswith("Coroner since 20")
    assert (told["In quarantine for"], told["Borough"]) == ("no-grant", "Hackney")
    assert told["Uploaded (server's clock)"] == "2026-11-25T18:52:56.123456Z (2026-11-25 18:52:56 GMT in London)"


def test_what_nobody_said_has_no_line_and_a_claim_out_of_the_calendar_no_london_time() -> None:
    told = about(a_clip(incident=None, recorded_at=datetime(1, 1, 1, tzinfo=UTC)))
    assert not {"Incident", "Category", "Why", "Holds", "Weeded"} & set(told)
    assert told["Recorded (camera's clock)"] == "0001-01-01T00:00:00.000000Z"
    assert "" not in told.values()


def test_of_a_weeded_clip_it_says_when_and_under_which_rule_it_went() -> None:
    gone = tombstone(condemned(an_overdue_clip(), "R5 31 days over", now=NOW), now=NOW)
    told = about(gone)
    assert (told["State"], told["Condemned under"]) == ("weeded", "R5 31 days over")
    assert told["Weeded"].startswith("2026-11-25T20:52:56")


def test_an_entry_says_who_what_when_why_and_what_binds_it() -> None:
    changes = (Change(field="category", before=None, after="arrest"), Change(field="officer", before="P1", after=None))
    entry, _ = an_entry(reason=Reason(code="stated", text="to see"), recipient="CPS", changes=changes)
    (part,) = as_printed(a_transcript(told=[replace(entry, leaf="12")])).entries
    told = said(part)
    assert part.heading == f"1. {entry.action}, granted"
    assert told["Who"] == [f"{entry.actor.name}, {entry.actor.role}, person {entry.actor.id}"]
    assert (told["Reason"], told["Recipient"]) == (["stated: to see"], ["CPS"])
    assert told["Detail"] == ["category is arrest", "officer was P1", "officer became nothing"]
    assert told["Asked with"] == [f"request {entry.request}, session {entry.session}, address {entry.address}"]
    assert (told["Commitment"], told["Leaf"]) == ([committed(entry)], ["12"])


def test_the_code_binds_the_last_entry_and_the_ledger() -> None:
    transcript = a_transcript(3)
    page = as_printed(transcript)
    bound, _, ledger = page.code.partition(f"{committed(transcript.entries[-1])}\n")
    assert bound == f"trail {RECORDING}\nentry 3\ncommitment "
    assert parsed_checkpoint(ledger) == CHECKPOINT
    assert [line.text for line in page.checkpoint] == [CHECKPOINT.origin, "12345 entries", ledger.split("\n")[2]]


def test_before_the_first_checkpoint_it_says_so() -> None:
    page = as_printed(a_transcript(checkpoint=None))
    assert (page.checkpoint, page.verifying[0]) == ((), NOT_SEALED)
    assert page.code.count("\n") == 3


def test_whoever_has_only_the_paper_reads_on_it_where_to_ask_for_the_trail_and_its_checkpoint() -> None:
    trail = f"{SERVICE}/api/footage/{RECORDING}/trail"
    checkpoint = f"{SERVICE}/api/ledger/checkpoint?size=12345"
    assert [(line.text, line.exact) for line in as_printed(a_transcript()).addresses] == [
        (trail, True),
        (checkpoint, True),
    ]
    assert [line.text for line in as_printed(a_transcript(checkpoint=None)).addresses] == [trail]


def test_one_that_was_erased_stands_at_its_number() -> None:
    gone = (("number", "1"), ("entry", "of-old"), ("leaf", "7"))
    changes = tuple(Change(field=name, before=value, after=None) for name, value in gone)
    _, trail = an_entry()
    teller, _ = an_entry(trail, key="2", action="entry.erased", operation=Operation.ERASURE, changes=changes)
    first, second = as_printed(a_transcript(told=[teller])).entries
    assert (first.heading, said(first)["Entry"], said(first)["Leaf"]) == ("1. erased", ["of-old"], ["7"])
    assert second.heading.startswith("2. entry.erased")


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\n", "\x1b"])
def test_no_text_on_the_paper_hides_or_reorders(hidden: str) -> None:
    evil = f"PC {hidden}eive"
    entry, _ = an_entry(
        asking=an_asking(actor=an_actor(name=evil, role=evil), session=evil),
        action=evil,
        recipient=evil,
        reason=Reason(code=evil, text=evil),
        changes=(Change(field=evil, before=evil, after=evil),),
    )
    page = as_printed(a_transcript(clip=a_clip(incident=evil, camera=evil), told=[entry]))
    lines = [*page.about, *page.checkpoint, *page.entries[0].lines, Line(label="", text=page.entries[0].heading)]
    texts = [line.text for line in lines]
    assert [text for text in texts if hidden in text] == []
    assert sum(f"<U+{ord(hidden):04X}>" in text for text in texts) == 9
