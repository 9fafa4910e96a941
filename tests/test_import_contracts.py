"""Imports run one way. Each contract of pyproject.toml is also broken on purpose, to see that it would notice."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def test_the_imports_keep_every_contract() -> None:
    verdict = lint_imports(ROOT)
    assert verdict.returncode == 0, verdict.stdout


@pytest.fixture
def small_tree(tmp_path: Path) -> Path:
    """The contracts over packages that are as good as empty."""
    for folder in (
        "policies",
        "workflow/engine",
        "workflow/processes",
        "workflow/forms",
        "workflow/letters/bodies",
        "workflow/letters/kinds",
        "api",
        "tests",
    ):
        (tmp_path / folder).mkdir(parents=True)
    for module in (
        "policies/__init__.py",
        "policies/internship.py",
        "workflow/__init__.py",
        "workflow/definition.py",
        "workflow/engine/__init__.py",
        "workflow/engine/engine.py",
        "workflow/forms/__init__.py",
        "workflow/forms/internship.py",
        "workflow/letters/__init__.py",
        "workflow/letters/bodies/__init__.py",
        "workflow/letters/bodies/internship.py",
        "workflow/letters/issuing.py",
        "workflow/letters/kinds/__init__.py",
        "workflow/letters/kinds/internship.py",
        "workflow/processes/__init__.py",
        "workflow/processes/award.py",
        "workflow/processes/internship.py",
        "api/__init__.py",
        "tests/__init__.py",
    ):
        (tmp_path / module).touch()
    shutil.copy(ROOT / "tests" / "import_contracts.py", tmp_path / "tests")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("policies/internship.py", "import tomllib, datetime, policies"),
        (
            "workflow/engine/engine.py",
            "import sqlalchemy, transitions, msgspec, policies.internship, workflow.processes.internship",
        ),
        (
            "workflow/processes/internship.py",
            "import dataclasses, msgspec, policies.internship, workflow.definition; from workflow.letters.bodies import internship",
        ),
        ("api/pages.py", "import litestar, click, workflow.engine.engine, policies.internship"),
    ],
)
def test_what_the_design_permits_is_kept(small_tree: Path, module: str, line: str) -> None:
    (small_tree / module).write_text(line)
    verdict = lint_imports(small_tree)
    assert verdict.returncode == 0, verdict.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("policies/internship.py", "import workflow.engine.engine", "Imports run one way"),
        ("policies/internship.py", "import msgspec", "The law needs the standard library only"),
        ("policies/__init__.py", "import msgspec", "The law needs the standard library only"),
        ("workflow/engine/engine.py", "import api", "Imports run one way"),
        ("workflow/engine/engine.py", "import litestar", "The processes know nothing of HTTP"),
        (
            "workflow/processes/internship.py",
            "import workflow.engine.engine",
            "A process file reads like its regulation",
        ),
        (
            "workflow/processes/internship.py",
            "import workflow.letters.issuing",
            "A process file reads like its regulation",
        ),
        ("workflow/processes/internship.py", "import sqlalchemy", "A process file reads like its regulation"),
        ("workflow/processes/internship.py", "import workflow.processes.award", "Processes do not know each other"),
        ("api/pages.py", "import sqlalchemy", "The face reaches database"),
        ("api/pages.py", "import transitions", "The face reaches database"),
        ("api/pages.py", "import weasyprint", "The face reaches database"),
    ],
)
def test_an_import_against_the_design_is_noticed(small_tree: Path, module: str, line: str, contract: str) -> None:
    (small_tree / module).write_text(line)
    verdict = lint_imports(small_tree)
    assert verdict.returncode == 1, verdict.stdout
    broken = [row for row in verdict.stdout.splitlines() if row.endswith("BROKEN")]
    assert any(row.startswith(contract) for row in broken), verdict.stdout


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on a tree as `make check` does."""
    program = "from importlinter.cli import lint_imports_command as main; main(['--no-logo', '--no-cache'])"
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=tree,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"COLUMNS": "200"},
    )
