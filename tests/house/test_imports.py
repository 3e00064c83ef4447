"""Who may import whom (DESIGN section 3), who may look at the clock, at chance and at the environment."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.house.source import DEPLOYED, ROOT, calls, dotted, imports, modules, named, tree, where

RULES = ("shared.domain", "shared.errors")
PORTS = (*RULES, "shared.ports")
MAY_IMPORT: Mapping[str, tuple[str, ...]] = {
    "shared/domain": RULES,
    "shared/errors.py": (),
    "shared/ports": (*RULES, "shared.ports"),
    "shared/settings.py": ("pydantic", "shared.domain.note", "shared.domain.witness"),
    "shared/metrics.py": (),
    "shared/telemetry": (
        "shared.ports",
        "shared.metrics",
        "shared.telemetry",
        "opencensus",
        "azure.core",
        "azure.identity",
    ),
    "shared/usecases": (*PORTS, "shared.usecases"),
    "shared/wiring.py": ("shared", "azure"),
    "functions": ("functions", *PORTS, "shared.usecases", "shared.wiring", "azure.functions", "pydantic"),
    "function_app.py": ("functions", "shared.settings", "azure.functions"),
    "local/docking": ("local", "aiohttp", "azure.core", "azure.storage.blob", "cryptography"),
}
SDKS = ("azure.storage.blob", "azure.storage.queue", "azure.cosmos", "azure.eventgrid", "azure.keyvault.secrets")
ADAPTERS_MAY = (*PORTS, *SDKS, "azure.core", "aiohttp", "jwt", "cryptography")
PRINTING = "shared/adapters/printing"
MEDIA = "shared/adapters/media"
COSMOS = "shared/adapters/cosmos"
NATIVE = ("av", "PIL")
TYPESETTING = ("typst", "segno")

MAY_READ_ENVIRONMENT = {"shared/settings.py", "shared/wiring.py"}
MAY_TAKE_CHANCE = {"shared/wiring.py"}
CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.monotonic",
    "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "time.gmtime", "time.localtime", "loop.time",
}  # fmt: skip
CHANCE = {"os.urandom", "os.getrandom", "uuid.uuid4", "uuid.uuid1", "uuid4", "urandom"}
CLOCK_EXCEPTIONS = {
    # Its child gets so many seconds of work, told apart from those the storage takes. No rule sees this clock.
    ("shared/adapters/media/inspector.py", "loop.time"),
}


def is_within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in allowed)


def is_standard(name: str) -> bool:
    return name.split(".", maxsplit=1)[0] in sys.stdlib_module_names


def trespasses(path: Path, allowed: tuple[str, ...]) -> list[str]:
    return [
        f"{where(path, node)} imports {name}"
        for node, name in imports(path)
        if not is_standard(name) and not is_within(name, allowed)
    ]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_a_room_opens_only_the_doors_it_may(room: str) -> None:
    rooms = modules(room)
    assert rooms != [], "a rule about nothing keeps nobody out"
    assert [trespass for path in rooms for trespass in trespasses(path, MAY_IMPORT[room])] == []


def test_no_room_of_the_service_is_left_out_of_the_rules() -> None:
    known = (*MAY_IMPORT, "shared/adapters", "shared/__init__.py")
    ruled = [path for path in modules(*DEPLOYED) if any(named(path).startswith(room) for room in known)]
    assert modules(*DEPLOYED) == ruled


def test_the_ledger_is_the_standard_library_alone() -> None:
    """An auditor reads it beside the verifier, and nothing else of ours."""
    assert trespasses(ROOT / "shared/domain/ledger.py", ()) == []


@pytest.mark.parametrize("beside", ["note", "tiles"])
def test_what_stands_beside_the_ledger_knows_the_ledger_alone(beside: str) -> None:
    """The verifier takes these along: what is signed, and how the tree lies in files."""
    assert trespasses(ROOT / f"shared/domain/{beside}.py", ("shared.domain.ledger",)) == []


@pytest.mark.parametrize(
    "path", [ROOT / "tools/verify.py", *sorted((ROOT / "tools/verifying").glob("*.py"))], ids=named
)
def test_the_verifier_knows_the_mathematics_and_cryptography_alone(path: Path) -> None:
    """Whoever verifies the service must not have to trust, or to install, the rest of it."""
    mathematics = ("shared.domain.ledger", "shared.domain.note", "shared.domain.tiles")
    assert trespasses(path, (*mathematics, "tools.verifying", "cryptography")) == []


@pytest.mark.parametrize(
    "path", [ROOT / "tools/witness.py", *sorted((ROOT / "tools/witnessing").glob("*.py"))], ids=named
)
def test_a_witness_knows_what_is_signed_and_cryptography_alone(path: Path) -> None:
    allowed = ("shared.domain.ledger", "shared.domain.note", "tools.witnessing", "cryptography")
    assert trespasses(path, allowed) == []


def adapters() -> list[Path]:
    return [path for path in modules("shared/adapters") if not named(path).startswith(MEDIA)]


def test_an_adapter_knows_its_port_one_sdk_and_no_other_adapter() -> None:
    found = [trespass for path in adapters() for trespass in trespasses(path, _may(path))]
    for path in adapters():
        used = {sdk for _, name in imports(path) for sdk in SDKS if is_within(name, (sdk,))}
        found += [f"{named(path)} uses {', '.join(sorted(used))}"] if len(used) > 1 else []
    assert found == []


def _may(path: Path) -> tuple[str, ...]:
    """An adapter in parts knows its own parts."""
    if named(path).startswith(PRINTING):
        return (*PORTS, "shared.adapters.printing", *TYPESETTING)
    return (*ADAPTERS_MAY, "shared.adapters.cosmos") if named(path).startswith(COSMOS) else ADAPTERS_MAY


def test_the_media_adapter_knows_its_port_and_itself() -> None:
    allowed = (*PORTS, "shared.adapters.media", *NATIVE)
    assert [trespass for path in modules(MEDIA) for trespass in trespasses(path, allowed)] == []


def test_native_parsers_are_loaded_in_the_child_only() -> None:
    """From the parent's half, along every import, no module that imports them is reached."""
    reached = {ROOT / MEDIA / "inspector.py"}
    while further := {path for known in reached for path in _media_imports(known)} - reached:
        reached |= further
    loads = [path for path in modules(MEDIA) if any(is_within(name, NATIVE) for _, name in imports(path))]
    assert loads != []
    assert reached.isdisjoint(loads)


def test_typesetting_is_loaded_in_the_child_only() -> None:
    """What it has set stays in memory for ten papers more: the parent would grow by a gigabyte (decision 0011)."""
    loads = {named(path) for path in modules("shared", "functions") for _, name in imports(path)
             if is_within(name, TYPESETTING)}  # fmt: skip
    assert loads == {f"{PRINTING}/child.py"}


def _media_imports(path: Path) -> Iterator[Path]:
    for _, name in imports(path):
        for dotted_name in (name, name.rpartition(".")[0]):
            file = ROOT / f"{dotted_name.replace('.', '/')}.py"
            if file.exists() and named(file).startswith(MEDIA):
                yield file


def test_what_is_deployed_imports_nothing_of_what_is_not() -> None:
    apart = ("local", "tests", "tools", "bench")
    found = [where(path, node) for path in modules(*DEPLOYED) for node, name in imports(path) if is_within(name, apart)]
    assert found == []


def _reads(path: Path, names: set[str]) -> list[tuple[str, str]]:
    """Where a name is read, under its own name or as imported from its module."""
    found = [(where(path, node), dotted(node)) for node in ast.walk(tree(path)) if dotted(node) in names]
    return found + [(where(path, node), name) for node, name in imports(path) if name in names]


def test_only_settings_and_wiring_read_the_environment() -> None:
    names = {"os.environ", "os.getenv", "os.environb", "environ", "getenv"}
    found = [at for path in modules(*DEPLOYED) if named(path) not in MAY_READ_ENVIRONMENT for at in _reads(path, names)]
    assert found == []


def test_only_wiring_takes_chance() -> None:
    found = [at for path in modules(*DEPLOYED) if named(path) not in MAY_TAKE_CHANCE for at in _reads(path, CHANCE)]
    drawn = [
        (where(p, n), name)
        for p in modules(*DEPLOYED)
        for n, name in imports(p)
        if is_within(name, ("random", "secrets"))
    ]
    assert found + drawn == []


def test_only_doors_and_wiring_read_the_clock() -> None:
    rooms = [path for path in modules("shared") if named(path) != "shared/wiring.py"]
    found = [(at, clock) for path in rooms for at, clock in _reads(path, CLOCKS)]
    assert [(at, clock) for at, clock in found if (at.partition(":")[0], clock) not in CLOCK_EXCEPTIONS] == []
    assert {(at.partition(":")[0], clock) for at, clock in found} >= CLOCK_EXCEPTIONS, "an exception nobody needs"


def test_nothing_of_the_service_prints() -> None:
    found = [where(path, call) for path in modules(*DEPLOYED) for call in calls(path) if dotted(call.func) == "print"]
    assert found == []


def test_only_weeding_deletes_a_record() -> None:
    """The identity of the app with every other door may not (infra/roles.bicep): the store would refuse it there."""
    deletes = [named(path) for path in modules("shared/usecases", "functions") for node in ast.walk(tree(path))
               if isinstance(node, ast.Name) and node.id == "Delete"]  # fmt: skip
    assert set(deletes) == {"shared/usecases/weed.py"}
