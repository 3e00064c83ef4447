"""Microsoft's resource type definitions (bicep-types-az, MIT), where a folder of them is there.

They are not part of this repository. The folder is TEST_BICEP_TYPES, else ../shared/tools/bicep/types beside the
repository. It has an index.json, {type in lower case: {API version: [type as it is spelt, file, number]}}, and the
definitions, gzipped.
"""

import gzip
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

Definition = Mapping[str, Any]
BESIDE = Path("shared/tools/bicep/types")
VARIABLE = "TEST_BICEP_TYPES"


class TypeDefinitions:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._index: dict[str, dict[str, tuple[str, str, int]]] = json.loads((folder / "index.json").read_text())
        self._read = cache(self._from_disk)

    def versions(self, kind: str) -> list[str]:
        return sorted(self._index.get(kind.lower(), {}))

    def find(self, kind: str, version: str) -> tuple[str, list[Definition], Definition] | None:
        """How the type is spelt, the file's definitions, and that of the type's body."""
        found = self._index.get(kind.lower(), {}).get(version)
        if not found:
            return None
        spelt, file, number = found
        definitions = self._read(file)
        return spelt, definitions, pointed_at(definitions, definitions[number]["body"])

    def _from_disk(self, file: str) -> list[Definition]:
        content: list[Definition] = json.loads(gzip.decompress((self.folder / file).read_bytes()))
        return content


def pointed_at(definitions: list[Definition], reference: Mapping[str, str]) -> Definition:
    return definitions[int(reference["$ref"].rpartition("/")[2])]


def definitions_folder(root: Path, environment: Mapping[str, str]) -> Path:
    """Where they would be: named, or beside the repository."""
    return Path(environment[VARIABLE]) if environment.get(VARIABLE) else root.parent / BESIDE


def open_definitions(folder: Path) -> TypeDefinitions | None:
    return TypeDefinitions(folder) if (folder / "index.json").is_file() else None
