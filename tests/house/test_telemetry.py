"""docs/telemetry.md says what shared/metrics.py declares, and what the code tells is declared."""

import ast
import re

from functions.answering import STATUS
from shared.domain.reconcile import Finding
from shared.metrics import DECLARED, OURS, Unit, declared
from shared.usecases.fixity import Checked
from shared.usecases.ingest import Ingested
from tests.functions.opened import FUNCTIONS
from tests.house.source import DEPLOYED, ROOT, calls, dotted, modules, where

TELLS = {"count": Unit.COUNT, "measure": Unit.SECONDS}
ROW = re.compile(r"^\| `([a-z.-]+)` \| (count|seconds) \| (code|verb)? ?\| [A-Z].*\. \|$", re.MULTILINE)


def test_every_metric_has_its_row_with_its_unit_and_meaning_and_no_other_has() -> None:
    rows = ROW.findall((ROOT / "docs" / "telemetry.md").read_text())
    assert sorted(rows) == sorted((each.name, str(each.unit), each.by or "") for each in DECLARED.values())


def test_every_name_that_stands_in_the_code_is_declared() -> None:
    found, told = [], set()
    for path in modules(*DEPLOYED):
        for call in calls(path):
            head, _, method = dotted(call.func).rpartition(".")
            if head.endswith("metrics") and method in TELLS and isinstance(call.args[0], ast.Constant):
                of = "some-verb" if any(word.arg == "of" for word in call.keywords) else None
                told.add(str(call.args[0].value))
                found += [] if declared(str(call.args[0].value), TELLS[method], of) else [where(path, call)]
    assert found == []
    assert {"refused", "fault", "verb.took"} <= told


def test_every_outcome_of_ingest_and_of_fixity_and_every_finding_is_declared() -> None:
    outcomes = [
        *(f"ingest.{outcome}" for outcome in Ingested),
        *(f"fixity.{outcome}" for outcome in Checked),
        *(f"reconcile.{finding}" for finding in Finding),
    ]
    assert [name for name in outcomes if not declared(name, Unit.COUNT, None)] == []


def test_every_verb_and_every_code_can_be_told() -> None:
    codes = {status.phrase.lower().replace(" ", "-") for status in STATUS.values()}
    assert [name for name in {*FUNCTIONS, *codes} if not OURS.fullmatch(name)] == []
