"""Two witnesses of the local ledger, as strangers to it: keys and states of their own, and the public address alone.

Their keys stay in the run's folder; what they remember goes with the ledger that it is of, when a run begins anew.
"""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.calls import Person
from local.errors import StackError
from local.processes import Child
from local.stack import Stack
from tools.witnessing import key
from tools.witnessing.trouble import Unusable

NAMES = ("witness.local/one", "witness.local/two")
EVERY = 20  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalWitness:
    name: str
    key: Path
    verifier: str
    state: Path

    def command(self, what: str, base_url: str, log_keys: Sequence[str]) -> list[str]:
        """`python -m tools.witness once|run` as anybody would start it."""
        given = ["--url", f"{base_url}/api/ledger", "--key", str(self.key), "--state", str(self.state)]
        given += [word for log_key in log_keys for word in ("--log-key", log_key)]
        return [sys.executable, "-m", "tools.witness", what, *given]


def listed(folder: Path) -> list[LocalWitness]:
    """The witnesses of the run in this folder; a key that is not there is made."""
    keys, found = folder / "witnesses", []
    keys.mkdir(parents=True, exist_ok=True)
    try:
        for name in NAMES:
            short = name.rpartition("/")[2]
            file = keys / f"{short}.key"
            verifier = key.read(file).verifier if file.exists() else key.create(file, name)
            state = folder / "state" / f"witness-{short}.json"
            found.append(LocalWitness(name=name, key=file, verifier=str(verifier), state=state))
    except Unusable as no:
        raise StackError(str(no)) from None
    return found


def keys_of(witnesses: Sequence[LocalWitness]) -> str:
    """For the setting WITNESS_KEYS."""
    return ",".join(witness.verifier for witness in witnesses)


def log_keys(base_url: str, origin: str) -> list[str]:
    """The verifier keys of the ledger, as the service shows them; a real witness has them from elsewhere."""
    anybody = Person(name="anybody", base_url=base_url, token="")
    shown = anybody.get("/api/keys").must_be(200).body["keys"]
    return [str(each["verifier"]) for each in shown if each["name"] == origin]


def look(witnesses: Sequence[LocalWitness], base_url: str, keys: Sequence[str]) -> list[str]:
    """Each looks once, side by side; what each told. Raises CalledProcessError if one did not cosign."""
    commands = [witness.command("once", base_url, keys) for witness in witnesses]
    looking = [subprocess.Popen(each, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for each in commands]
    told = [each.communicate()[0].strip() for each in looking]
    for each, said in zip(looking, told, strict=True):
        if each.returncode:
            raise subprocess.CalledProcessError(each.returncode, "tools.witness once", said)
    return told


def start(stack: Stack, witnesses: Sequence[LocalWitness]) -> list[Child]:
    """A process each, which `make stop` ends too."""
    base_url = stack.settings["PUBLIC_BASE_URL"]
    keys, started = log_keys(base_url, stack.settings["LOG_ORIGIN"]), []
    for witness in witnesses:
        command = [*witness.command("run", base_url, keys), "--every", str(EVERY)]
        name = f"witness-{witness.key.stem}"
        leashed = [sys.executable, "-m", "local.leash", *command]
        child = Child(name, leashed, environment=stack.environment, log=stack.logs / f"{name}.log")
        started.append(child)
        stack.adopt(name, child.identity.pid)
    return started
