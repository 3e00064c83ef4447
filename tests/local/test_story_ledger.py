"""What the story shows of a verifier's report, and the one word that it changes in a copy of a trail."""

import json
from pathlib import Path

import pytest

from local.calls import UnexpectedReply
from local.story_ledger import WIDE, forge, shortened, verify
from tools.verifying.report import IN_PART, NOT_VERIFIED, UNREADABLE, Report


def test_of_a_report_is_shown_what_the_command_does_not_say_and_of_many_alike_the_first_and_the_last() -> None:
    report = Report(given="a file", keys=["a key"], checked=["one thing", "w " * 100])
    report.unchecked += [f"entry {number}" for number in range(9)]
    shown = list(shortened(report.text(IN_PART)))
    assert [line.rstrip() for line in shown if "w w" not in line] == [
        "checked      one thing",
        "not checked  entry 0",
        "             entry 1",
        "             (6 more)",
        "             entry 8",
        "result       VERIFIED, BUT A PART COULD NOT BE CHECKED",
    ]
    assert max(map(len, shown)) <= WIDE
    assert sum(line.count("w") for line in shown) == 100


def test_one_decision_reads_otherwise_in_the_copy_and_nothing_else(tmp_path: Path) -> None:
    change = {"field": "evidential", "before": "undecided", "after": "no"}
    export = {"entries": [{"entry": {"id": name, "changes": [dict(change)]}} for name in ("one", "two")]}
    genuine, forged = tmp_path / "genuine", tmp_path / "forged"
    genuine.write_text(json.dumps(export))
    assert forge(genuine, forged, "two") == "evidential was 'no' and is 'yes'"
    export["entries"][1]["entry"]["changes"][0]["after"] = "yes"  # type: ignore[index] # as it is above
    assert json.loads(forged.read_text()) == export


def test_a_verifier_that_comes_to_another_end_than_the_story_goes_ends_the_story(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.write_text("")
    with pytest.raises(UnexpectedReply, match=f"ended with {UNREADABLE}, not {NOT_VERIFIED}"):
        verify(nothing, [], expected=NOT_VERIFIED)
