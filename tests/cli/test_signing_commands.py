"""``jenjang signing``: how letters are signed, and under which name each person does."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import SAMPLE, Typed

NIK = "3374000000000017"


def somebody() -> str:
    """The NIP of the first person of the sample."""
    with (SAMPLE / "pegawai.csv").open(encoding="utf-8-sig", newline="") as opened:
        return next(iter(csv.DictReader(opened, delimiter=_separator())))["NIP"]


def _separator() -> str:
    return ";" if ";" in (SAMPLE / "pegawai.csv").read_text(encoding="utf-8-sig").splitlines()[0] else ","


def test_without_settings_the_key_for_trying_things_out_is_made_and_named(office: Typed) -> None:
    said = office("signing", "check")
    assert said.exit_code == 0, said.output
    assert "UJI" in said.output
    assert (office.path.parent / "keys" / "surat.pem").exists()


def test_an_account_is_recorded_and_never_shown_whole(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kunci").mkdir()
    (tmp_path / "signing.toml").write_text('[signer]\nkind = "pkcs12"\nfolder = "kunci"\n')
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
    first = office("signing", "account", somebody(), NIK)
    shown = office("signing", "check")
    assert (first.exit_code, shown.exit_code) == (0, 0), first.output + shown.output
    assert "************0017" in first.output
    assert "************0017" in shown.output
    assert NIK not in first.output + shown.output


def test_an_account_that_can_be_none_is_refused(office: Typed) -> None:
    said = office("signing", "account", somebody(), "../kunci")
    assert said.exit_code == 1
    assert "Akun tanda tangan" in said.output


def test_a_service_that_does_not_answer_is_said_and_the_command_fails(
    office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sandi").write_text("x")
    (tmp_path / "signing.toml").write_text(
        '[signer]\nkind = "esign"\naddress = "http://127.0.0.1:9"\nuser = "jenjang"\npassword_file = "sandi"\n'
    )
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
    said = office("signing", "check")
    assert said.exit_code == 1
    assert "tidak menjawab" in said.output


def test_settings_that_cannot_be_used_are_named(office: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "tidak-ada.toml"))
    said = office("signing", "check")
    assert said.exit_code == 1
    assert "tidak-ada.toml" in said.output
