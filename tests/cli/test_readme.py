"""What the README tells people to type is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.command_line import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CODE = re.findall(r"`([^`\n]+)`", README) + re.findall(r"^(?:jenjang|make) .*$", README, re.MULTILINE)


@pytest.mark.parametrize(
    "name", sorted({word for code in CODE for word in re.findall(r"\bjenjang ([a-z][a-z-]+)", code)})
)
def test_every_command_that_it_names_exists(name: str) -> None:
    assert name in main.commands


@pytest.mark.parametrize("target", sorted({word for code in CODE for word in re.findall(r"\bmake ([a-z-]+)", code)}))
def test_every_target_that_it_names_is_in_the_makefile(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:templates|tests|workflow|policies)/[\w/.-]+)`", README))))
def test_every_file_that_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(JENJANG_[A-Z_]+)", README))))
def test_every_setting_that_it_names_is_read(name: str) -> None:
    sources = [*(ROOT / "api").rglob("*.py"), *(ROOT / "workflow").rglob("*.py")]
    assert any(f'"{name}"' in path.read_text(encoding="utf-8") for path in sources)


def test_what_an_office_keeps_beside_its_containers_comes_into_no_image_and_no_commit() -> None:
    mounted = re.findall(r"\./(\w+)/", (ROOT / "compose.yaml").read_text(encoding="utf-8"))
    written = re.findall(
        r"\$PWD/(\w+):|> (\.env)$", (ROOT / "docs/containers.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    beside = {*mounted, *(name for names in written for name in names if name)}
    assert beside == {"secrets", "files", ".env"}
    assert beside <= set((ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines())
    assert beside <= {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()}
