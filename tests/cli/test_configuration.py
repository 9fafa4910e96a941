"""``jenjang config``: every setting in one place, and all that is wrong told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.configuration import SETTINGS
from tests.cli.conftest import Typed

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("api", "workflow") for path in (ROOT / folder).rglob("*.py")]
NAMED = {
    name
    for path in SOURCES
    for name in re.findall(r"\b(?:JENJANG_[A-Z_]*[A-Z]|OTEL_EXPORTER_OTLP_ENDPOINT)\b", path.read_text("utf-8"))
}
LISTED = {setting.name for setting in SETTINGS}


def test_every_setting_that_the_program_names_is_listed() -> None:
    assert NAMED == LISTED


def test_the_readme_tells_of_every_setting_but_those_of_the_demo() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## Configuration")[2].partition("\n## ")[0]
    told = set(re.findall(r"`(JENJANG_[A-Z_]+|OTEL_EXPORTER_OTLP_ENDPOINT)`", table))
    assert told == {name for name in LISTED if not name.startswith("JENJANG_DEMO_")}


def test_each_setting_is_printed_with_its_value_and_where_that_comes_from(
    office: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_LETTER_WORKERS", "3")
    result = office("config")
    assert result.exit_code == 0, result.stderr
    lines = {line.split()[0]: line.split()[1:3] for line in result.stdout.splitlines()[2:]}
    assert lines.keys() == LISTED
    assert lines["JENJANG_LETTER_WORKERS"] == ["3", "lingkungan"]
    assert lines["JENJANG_WORKER"] == ["here", "bawaan"]


def test_no_secret_is_printed(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_DATABASE", "postgresql://jenjang:sangat-rahasia@127.0.0.1/kantor")
    monkeypatch.setenv("JENJANG_DEMO_SECRET", "juga-rahasia")
    result = office("config")
    assert "rahasia@" not in result.output
    assert "juga-rahasia" not in result.output
    assert "jenjang:***@127.0.0.1" in result.stdout
    assert re.search(r"^JENJANG_DEMO_SECRET +diisi ", result.stdout, re.MULTILINE)


WRONG = {
    "JENJANG_WORKER": "aprat",
    "JENJANG_LETTER_WORKERS": "banyak",
    "JENJANG_PROXIES": "semua",
    "JENJANG_METRICS": "0.0.0.0/0",
    "JENJANG_LOG": "yaml",
    "JENJANG_HEARTBEAT": "nan",
    "JENJANG_BACKUP_HOURS": "-1",
    "JENJANG_BACKUP_REQUIRED": "ya",
    "JENJANG_POLICIES": "/tidak/ada",
    "JENJANG_MAIL": "smtp://",
    "JENJANG_SIGNING": "/tidak/ada.toml",
    "JENJANG_OIDC_ISSUER": "http://identitas.example",
    "JENJANG_DEMO_CLOCK": "kemarin",
}


def test_all_that_is_wrong_is_told_at_once(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    result = office("config")
    assert result.exit_code == 1
    said = result.stderr
    assert {name for name in WRONG if name in said} == WRONG.keys() - {"JENJANG_SIGNING"}
    assert "/tidak/ada.toml" in said
    assert "JENJANG_OIDC_CLIENT" in said, "both that are wrong with the provider"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_what_serves_refuses_with_the_same_words(command: str, office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in WRONG.items():
        monkeypatch.setenv(name, value)
    assert office(command).stderr == office("config").stderr


@pytest.mark.parametrize(("seconds", "is_taken"), [("0.9", False), ("1", True)])
def test_a_heartbeat_is_a_second_at_least(
    seconds: str, is_taken: bool, office: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ("1<=x<=300" in office("worker", "--heartbeat", seconds).stderr) is not is_taken
    monkeypatch.setenv("JENJANG_HEARTBEAT", seconds)
    assert ("JENJANG_HEARTBEAT" in office("config").stderr) is not is_taken


def test_a_name_that_nobody_knows_is_told_with_the_nearest_one(office: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_SIGNNG", "tanda-tangan.toml")
    result = office("config")
    assert result.exit_code == 1
    assert "JENJANG_SIGNNG tidak dikenal. Mungkin maksudnya JENJANG_SIGNING." in result.stderr


def test_serve_refuses_keys_that_are_not_the_databases_own(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "own"))
    assert office("accounts", "print-code", "198503092010031001").exit_code in (0, 1)
    assert office("accounts", "accept-keys", "--lost").exit_code == 0
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "other"))
    result = office("serve", "--port", "0")
    assert result.exit_code == 1
    assert "accounts.key" in result.stderr
    assert "accept-keys" in result.stderr
    assert office("accounts", "accept-keys").exit_code == 1, "only where it is said that the old ones are lost"
