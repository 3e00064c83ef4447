"""What docs/threat-model.md says was tried is a test that is there, and what nobody notices is said plainly."""

import re
from functools import cache

from tests.house.source import ROOT, functions, modules

PAGE = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")
ATTACK = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
TESTS_OF_WHAT_AN_ADMINISTRATOR_CAN_DO = ROOT / "tests" / "tools" / "test_administrator.py"


@cache
def every_test() -> frozenset[str]:
    """As text: taking every suite apart takes seconds."""
    named = re.compile(r"^(?:async )?def (test_\w+)\(", re.MULTILINE)
    return frozenset(name for path in modules("tests") for name in named.findall(path.read_text(encoding="utf-8")))


def tried() -> list[tuple[str, str, str, list[str]]]:
    """The rows: the attack, who notices it, when at the latest, and the tests that show it."""
    table = PAGE.partition("### What was tried\n")[2].partition("\n### ")[0]
    rows = [row for row in ATTACK.findall(table) if row[0] != "attack" and not row[0].startswith("--")]
    return [(attack, who, when, re.findall(r"`(\w+)`", tests)) for attack, who, when, tests in rows]


def test_every_attack_that_was_tried_names_a_test_that_is_there() -> None:
    assert len(tried()) >= 20
    assert [attack for attack, _, _, tests in tried() if not tests] == []
    assert {test for *_, tests in tried() for test in tests} - every_test() == set()


def test_every_test_of_what_an_administrator_can_do_is_on_the_page() -> None:
    written = {each.name for each in functions(TESTS_OF_WHAT_AN_ADMINISTRATOR_CAN_DO) if each.name.startswith("test_")}
    assert written - {test for *_, tests in tried() for test in tests} == set()


def test_what_has_no_latest_time_is_said_to_be_noticed_by_nobody() -> None:
    """And what nobody notices has none: `never` is no figure of speech."""
    assert {attack for attack, who, _, _ in tried() if who.startswith("nobody")} == {
        attack for attack, _, when, _ in tried() if when == "never"
    }


def test_every_kind_of_access_says_what_it_can_do_what_it_cannot_what_is_seen_and_what_stays() -> None:
    kinds = PAGE.partition("### By kind of access\n")[2].partition("\n### ")[0].split("\n\n**")
    told = {kind.partition("**")[0]: re.findall(r"(?<!\*)\*(\w+)\*(?!\*)", kind) for kind in kinds}
    told = {kind: words for kind, words in told.items() if not kind.startswith("An operator")}
    assert len(told) == 8
    assert {kind: words for kind, words in told.items() if words != ["Can", "Cannot", "Seen", "Evidence"]} == {}
