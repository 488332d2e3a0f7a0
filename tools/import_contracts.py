"""Two import rules that import-linter has no contract type for; they are configured in pyproject.toml.

The extension module is no Python source, so the import graph does not know it: its importers are read from
syntax trees. And a list of what must not be imported is never complete, so the reference has an allowlist.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class ExtensionContract(Contract):
    """Only ``allowed_importers`` import ``extension``, in any spelling and at any depth of a function."""

    type_name = "extension"
    extension = fields.StringField()
    allowed_importers = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """The modules that import the extension and are not on the list."""
        allowed = cast(set[str], self.allowed_importers)
        extension = cast(str, self.extension)
        package = extension.split(".")[0]
        modules = {name for name in graph.modules if name.split(".")[0] == package} - allowed
        return _kept_without(sorted(name for name in modules if extension in set(_imported(name))))

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which modules they are."""
        for module in check.metadata["found"]:
            output.print_error(f"{module} imports {self.extension}: go through a facade")


class StandardLibraryContract(Contract):
    """Modules of ``package`` import each other, the standard library, and ``also``; nothing else."""

    type_name = "standard_library"
    package = fields.StringField()
    also = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """The imports that are none of these."""
        package = cast(str, self.package)
        allowed = cast(set[str], self.also) | {package} | sys.stdlib_module_names
        modules = {package} | graph.find_descendants(package)
        return _kept_without(
            sorted(
                f"{module} imports {imported}"
                for module in modules
                for imported in graph.find_modules_directly_imported_by(module)
                if imported not in allowed and imported not in modules
            )
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which imports they are."""
        for found in check.metadata["found"]:
            output.print_error(found)


def _kept_without(found: list[str]) -> ContractCheck:
    return ContractCheck(kept=not found, metadata={"found": found})


def _imported(module: str) -> Iterator[str]:
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        return
    for node in ast.walk(ast.parse(Path(spec.origin).read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
