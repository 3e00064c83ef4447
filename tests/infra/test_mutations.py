"""The check of the check: infra/ spoilt in one place at a time, and each place noticed by the rule that is named."""

from pathlib import Path

import pytest

from tests.infra.samples import MAIN
from tools.bicep.__main__ import main
from tools.bicep.arguments import subject_of
from tools.bicep.checking import Subject
from tools.bicep.files import Files
from tools.bicep.mutating import Tries, mutants_of, mutate
from tools.bicep.mutation import Mutation, dropped, spoilt
from tools.bicep.mutations import MUTATIONS, NEEDS_DEFINITIONS
from tools.bicep.statements import parse

INFRA = Path(__file__).parents[2] / "infra" / "main.bicep"
OF_THE_ISSUE = {
    "a location elsewhere", "a second Cosmos region", "geo-redundant storage", "Geo backup", "workspace replication",
    "events in the pair", "public blobs", "shared keys", "a dropped private endpoint", "a wider built-in role",
    "a role that may everything", "http", "TLS 1.0 for storage", "a dropped diagnostic setting", "a registry module",
    "a dropped policy",
}  # fmt: skip


@pytest.fixture(scope="module")
def subject() -> Subject:
    return subject_of(INFRA, [], {})


@pytest.fixture(scope="module")
def tries(subject: Subject) -> Tries:
    return Tries(subject)


def test_what_the_issue_names_is_among_the_mutations() -> None:
    names = [mutation.name for mutation in MUTATIONS]
    assert set(names) >= OF_THE_ISSUE
    assert len(names) == len(set(names))


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.name)
def test_each_mutation_fits_somewhere_and_is_noticed_there(mutation: Mutation, subject: Subject, tries: Tries) -> None:
    """The first place of each; the long lane tries every place."""
    mutants = list(mutants_of(subject, mutation))
    assert mutants != []
    if not mutation.noticed_by <= NEEDS_DEFINITIONS:
        assert tries.notices(mutants[0]), f"nobody noticed {mutants[0]}"


def test_a_mutant_differs_in_one_place_and_is_still_bicep(subject: Subject) -> None:
    refused = []
    for mutation in MUTATIONS:
        for mutant in list(mutants_of(subject, mutation))[:3]:
            assert mutant.text != subject.files.text(mutant.file)
            parse(mutant.text, mutant.file)
            refused.append(str(mutant))
    assert len(refused) > 100


def small(text: str) -> Subject:
    """One file with no switches, so that what survives is known at once."""
    return Subject(files=Files(root=Path("/nowhere"), changed={MAIN: text}), main=MAIN, given={}, definitions=None)


VAULT = """resource v 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: 'v'
  location: 'uksouth'
  properties: { enablePurgeProtection: true }
}"""


def test_what_nobody_notices_survives_and_is_reported() -> None:
    report = mutate(small(VAULT), (spoilt("another name", "name: 'v'", "name: 'w'", "location"),))
    assert report.survivors == [f"{MAIN}:2: another name"]
    assert report.failures == 1
    assert f"mutation  SURVIVED {MAIN}:2: another name" in report.lines()


def test_a_mutant_must_be_noticed_by_the_rule_that_is_named() -> None:
    places = ("a place elsewhere", "'uksouth'", "'ukwest'")
    assert mutate(small(VAULT), (spoilt(*places, "location"),)).failures == 0
    assert mutate(small(VAULT), (spoilt(*places, "tls"),)).failures == 1


def test_what_was_wrong_before_does_not_count_as_noticing() -> None:
    spoilt_already = VAULT.replace("'uksouth'", "'ukwest'")
    assert mutate(small(spoilt_already), (spoilt("another name", "name: 'v'", "name: 'w'", "location"),)).failures == 1


def test_a_mutation_that_fits_nowhere_is_a_failure() -> None:
    report = mutate(small(VAULT), (spoilt("nothing", "no such text", "", "tls"), dropped("none", "X.Y/z", "tls")))
    assert report.fitted_nowhere == ["nothing", "none"]
    assert report.failures == 2


def test_without_definitions_the_mutations_that_need_them_are_listed_as_not_tried() -> None:
    report = mutate(small(VAULT), (spoilt("misspelt", "enablePurge", "enablePurg", "property"),))
    assert report.not_tried == ["misspelt"]
    assert "mutation  NOT TRIED, there are no definitions: misspelt" in report.lines()


def test_a_dropped_resource_is_not_deployed_whatever_its_body() -> None:
    text = """resource a 'X.Y/z@1' = { name: 'a' }
resource b 'X.Y/z@1' = if (1 == 1) {
  name: 'b'
}
resource c 'X.Y/z@1' = [
  for n in ['c', 'd']: {
    name: n
  }
]
"""
    mutants = mutants_of(small(text), dropped("one", "X.Y/z", "tls"))
    left = [[each.at("name") for each in small(mutant.text).deployed({}).resources] for mutant in mutants]
    assert left == [["b", "c", "d"], ["a", "c", "d"], ["a", "b"]]


@pytest.mark.slow
def test_every_place_of_every_mutation_is_noticed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(INFRA), "--quiet", "--mutate"]) == 0
    assert ": 0 survived" in capsys.readouterr().out
