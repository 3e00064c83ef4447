"""Read the folder of a semantic model with Microsoft's own parser, and say what is in it: run with Mono and pythonnet.

python read_model.py LIBRARIES FOLDER
    LIBRARIES: where Microsoft.AnalysisServices.*.dll are. Prints the tables with their columns and measures as JSON;
    what the parser has against the model goes to standard error, with status 1.
"""

import json
import sys
from typing import Any

NAMESPACE = "Microsoft.AnalysisServices"


def load(libraries: str) -> Any:
    from clr_loader import get_mono  # type: ignore[import-not-found]
    from pythonnet import set_runtime  # type: ignore[import-not-found]

    set_runtime(get_mono())
    import clr  # type: ignore[import-not-found]

    sys.path.append(libraries)
    for name in (f"{NAMESPACE}.Core", NAMESPACE, f"{NAMESPACE}.Tabular.Json", f"{NAMESPACE}.Tabular"):
        clr.AddReference(name)
    from Microsoft.AnalysisServices.Tabular import TmdlSerializer  # type: ignore[import-not-found]

    return TmdlSerializer


def told(model: Any) -> dict[str, list[str]]:
    return {str(table.Name): [str(each.Name) for each in (*table.Columns, *table.Measures)] for table in model.Tables}


def main() -> int:
    _, libraries, folder = sys.argv
    serializer = load(libraries)
    try:
        model = serializer.DeserializeDatabaseFromFolder(folder).Model
    except Exception as wrong:  # noqa: BLE001 - theirs has many kinds, and each is a sentence
        sys.stderr.write(" ".join(str(wrong).split()))
        return 1
    found = model.Validate()
    sys.stdout.write(json.dumps(told(model)))
    sys.stderr.write("\n".join(str(error.Message) for error in found.Errors))
    return 1 if found.ContainsErrors else 0


if __name__ == "__main__":
    sys.exit(main())
