"""`az` and `azd` as hooks meet them: commands on a PATH of the test's own, which answer as told and write down what
they were asked.

A command that nobody told an answer for ends with 99, so that a test sees what it did not foresee.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UNFORESEEN = 99
ENDS_WITHIN = 60
# Which answer is next is how often the same was asked before; the last one stays.
COMMAND = """#!{python} -IS
import json, pathlib, sys
here = pathlib.Path({folder!r})
asked = [pathlib.Path(sys.argv[0]).name, *sys.argv[1:]]
before = [json.loads(line) for line in (here / "asked").read_text().splitlines()]
with (here / "asked").open("a") as file:
    file.write(json.dumps(asked) + "\\n")
for told in json.loads((here / "told").read_text()):
    if all(word in asked for word in told["words"]):
        times = sum(all(word in each for word in told["words"]) for each in before)
        code, out, err = told["answers"][min(times, len(told["answers"]) - 1)]
        sys.stdout.write(out)
        sys.stderr.write(err)
        sys.exit(code)
sys.stderr.write("ERROR: nobody foresaw " + " ".join(asked) + "\\n")
sys.exit({unforeseen})
"""
Answer = tuple[int, str, str]
SUBSCRIPTION = "00000000-0000-4000-8000-00000000000a"
OF_AZD = {
    "AZURE_ENV_NAME": "trial",
    "AZURE_SUBSCRIPTION_ID": SUBSCRIPTION,
    "LOG_ORIGIN": "continuity.test/ledger",
    "AUTHENTICATION_CLIENT_ID": "an-id",
}
DEPLOYED = OF_AZD | {
    "AZURE_LOCATION": "uksouth",
    "AZURE_RESOURCE_GROUP": "rg-continuity-trial",
    "CORE_APP_NAME": "func-core-x",
    "WEEDER_APP_NAME": "func-weeder-x",
    "SYSTEM_TOPIC_NAME": "evgst-footage-x",
    "RUNTIME_ACCOUNT_NAME": "struntimex",
    "EVENTS_IDENTITY_NAME": "id-events-x",
    "LEDGER_ACCOUNT_NAME": "stledgerx",
    "KEY_VAULT_NAME": "kv-x",
    "KEY_VAULT_URL": "https://127.0.0.1:99999/",  # a port there is none of: it fails at once
    "PUBLIC_BASE_URL": "https://continuity.test",
}
SIGNED_IN = {"id": SUBSCRIPTION, "user": {"name": "deployer@force.test", "type": "user"}}
AT_ONCE = ("--attempts", "3", "--every", "0")


def answer(what: Any = None) -> Answer:
    return 0, "" if what is None else json.dumps(what), ""


def failure(why: str, code: int = 1) -> Answer:
    return code, "", f"WARNING: never mind\nERROR: {why}\nTo know more: https://example.test\n"


NOT_THERE = failure("(ResourceNotFound) The Resource was not found.", 3)
THROTTLED = failure("(TooManyRequests) The request is being throttled.")
FORBIDDEN = failure("(AuthorizationFailed) The client does not have authorization.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    code: int
    said: str
    error: str


class Pretended:
    """The commands of one test."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder, self.told = folder, list[dict[str, Any]]()
        (folder / "asked").touch()
        (folder / "bin").mkdir()
        for name in names:
            command = folder / "bin" / name
            text = COMMAND.format(python=sys.executable, folder=str(folder), unforeseen=UNFORESEEN)
            command.write_text(text)
            command.chmod(0o755)

    def when(self, words: str, *answers: Answer) -> None:
        """Asked with all these words: these answers, one after the other. What was told last goes first."""
        self.told.insert(0, {"words": words.split(), "answers": list(answers or (answer(),))})
        (self.folder / "told").write_text(json.dumps(self.told))

    def run(self, hook: str, *arguments: str, **environment: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-S", "-m", f"infra.hooks.{hook}", *arguments],  # -S: the standard library alone
            cwd=ROOT,
            env=self._path() | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=ENDS_WITHIN,
        )
        return Ended(code=done.returncode, said=done.stdout, error=done.stderr)

    def _path(self) -> dict[str, str]:
        """Nothing of this machine's own az, and what a shell needs to start the pretended one."""
        return {"PATH": f"{self.folder / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(self.folder)}

    @property
    def asked(self) -> list[list[str]]:
        return [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]

    def asked_with(self, words: str) -> list[list[str]]:
        return [each for each in self.asked if set(words.split()) <= set(each)]

    @property
    def changes(self) -> list[str]:
        """What was asked that changes something, as far as its first option."""
        verbs = {"create", "delete", "set", "update"}
        return [" ".join(_words(each)) for each in self.asked if verbs & set(_words(each))]


def _words(asked: Sequence[str]) -> list[str]:
    first = next((at for at, word in enumerate(asked) if word.startswith("-")), len(asked))
    return list(asked[:first])
