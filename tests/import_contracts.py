"""A contract for import-linter that lists what may be imported, where its own kinds list what may not."""

from __future__ import annotations

import sys
from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


class MayImport(Contract):
    """``modules`` import ``may_import`` and the standard library, nothing else. Only direct imports count."""

    type_name = "may_import"

    modules: Any = fields.SetField(subfield=fields.ModuleExpressionField())
    may_import: Any = fields.SetField(subfield=fields.ModuleExpressionField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002 - import-linter calls it so
        permitted = {module.name for module in module_expressions_to_modules(graph, self.may_import)}
        breaches = [
            detail
            for module in sorted(module.name for module in module_expressions_to_modules(graph, self.modules))
            for imported in sorted(graph.find_modules_directly_imported_by(module) - permitted)
            if imported.partition(".")[0] not in sys.stdlib_module_names
            for detail in graph.get_import_details(importer=module, imported=imported)
        ]
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(
                f"{breach['importer']} may not import {breach['imported']} (line {breach['line_number']})"
            )
