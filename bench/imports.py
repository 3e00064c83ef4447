"""What a cold start pays to import: `python -m bench.imports`.

Each import is a process of its own, the best of several, with a warm page cache. `cpu_ms` counts everything since the
interpreter's own start. The bar is function_app under 900 ms with no SDK in it; the peers are the smallest thing a
Functions app can import, and what the same app would pay if its SDKs were imported at the top.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.table import keep, show

ROOT = Path(__file__).parent.parent
TIMES = 7
BAR_MS = 900
SDKS = (
    "azure.cosmos",
    "azure.storage",
    "azure.identity",
    "azure.eventgrid",
    "azure.keyvault",
    "aiohttp",
    "av",
    "PIL",
    "typst",
)
ALL_SDKS = (
    "import azure.cosmos.aio, azure.storage.blob.aio, azure.storage.queue.aio, azure.identity.aio, "
    "azure.eventgrid.aio, azure.keyvault.secrets.aio, jwt"
)
WEEDER = (
    "import function_app, azure.functions as f; from shared.wiring import services; s = services(); "
    "s.records, s.footage"
)
IMPORTS = {
    "azure.functions alone": "import azure.functions",
    "function_app": "import function_app",
    "function_app, then what weeding builds": WEEDER,
    "function_app with every SDK at the top": f"import function_app; {ALL_SDKS}",
}
MEASURE = """
import json, sys, time
begun = time.process_time()
{imports}
spent = time.process_time() - begun
print(json.dumps({{"cpu": spent, "modules": len(sys.modules), "sdks": [s for s in {sdks} if s in sys.modules]}}))
"""


def main() -> int:
    rows = [measured(name, imports) for name, imports in IMPORTS.items()]
    show("imports: best of several processes", rows)
    keep("imports", rows)
    app = next(row for row in rows if row["what"] == "function_app")
    kept = float(str(app["cpu_ms"])) < BAR_MS and not app["sdks"]
    print(f"function_app under {BAR_MS} ms and without an SDK: {'kept' if kept else 'MISSED'}")
    return 0 if kept else 1


def measured(name: str, imports: str) -> dict[str, object]:
    runs = [_once(imports) for _ in range(TIMES)]
    best = min(runs, key=lambda run: run["cpu"])
    return {
        "what": name,
        "cpu_ms": round(best["cpu"] * 1000),
        "modules": best["modules"],
        "sdks": " ".join(best["sdks"]),
    }


def _once(imports: str) -> dict[str, Any]:
    values = json.loads((ROOT / "local.settings.example.json").read_text())["Values"]
    code = MEASURE.format(imports=imports, sdks=SDKS)
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **values}, capture_output=True, check=True, text=True
    )
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    sys.exit(main())
