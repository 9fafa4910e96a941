"""People, groups, mandates, absences and keys by command."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import PROFILE, Typed

SECRETARY = "196804171994031001"
ASSISTANT = "197009021996022001"


def test_a_person_is_found_by_a_nip_with_blanks_in_it(office: Typed) -> None:
    shown = office("people", "show", "19700902 199602 2 001").stdout
    assert "Dra. Sitoresmi Wiratama, M.AP." in shown
    assert "Atasan langsung: Sekretaris Daerah" in shown


def test_the_regent_and_a_partners_contact_are_found_by_word(office: Typed) -> None:
    assert "pejabat tanpa NIP" in office("people", "show", "bupati").stdout
    assert "narahubung mitra (RSUP-TELAGA)" in office("people", "show", "mitra:RSUP-TELAGA").stdout


def test_nobody_of_that_nip_is_said_so(office: Typed) -> None:
    result = office("people", "show", "199901012024011001")
    assert result.exit_code == 1
    assert "belum dikenal" in result.stderr


def test_someone_who_left_holds_no_post_any_more_and_may_be_taken_back(office: Typed) -> None:
    assert office("people", "leave", ASSISTANT, "--on", "2026-03-01").exit_code == 0
    shown = office("people", "show", ASSISTANT).stdout
    assert "Keluar sejak: 1 Maret 2026" in shown
    assert "Memangku" not in shown
    assert office("people", "rejoin", ASSISTANT).exit_code == 0
    assert "Keluar sejak" not in office("people", "show", ASSISTANT).stdout


def test_an_absence_stands_on_the_persons_card(office: Typed) -> None:
    assert (
        office(
            "absences", "add", ASSISTANT, "--from", "2099-03-02", "--until", "6-3-2099", "--reason", "Cuti tahunan"
        ).exit_code
        == 0
    )
    assert "2 Maret 2099 sampai 6 Maret 2099: Cuti tahunan" in office("people", "show", ASSISTANT).stdout


def test_a_group_takes_and_gives_back_a_member(office: Typed) -> None:
    assert office("groups", "add", "auditor", ASSISTANT).exit_code == 0
    assert ASSISTANT in office("groups", "list", "auditor").stdout
    assert office("groups", "remove", "auditor", ASSISTANT).exit_code == 0
    assert ASSISTANT not in office("groups", "list", "auditor").stdout


def test_a_group_that_does_not_exist_is_answered_with_those_that_do(office: Typed) -> None:
    result = office("groups", "add", "penguji", ASSISTANT)
    assert result.exit_code == 2
    assert "bkpsdm.verifier" in result.stderr


def test_a_units_own_group_needs_the_unit(office: Typed) -> None:
    result = office("groups", "add", "personnel_officer", ASSISTANT)
    assert result.exit_code == 1
    assert "sebutkan kode unitnya" in result.stderr
    assert office("groups", "add", "personnel_officer", ASSISTANT, "--unit", "SETDA").exit_code == 0


@pytest.mark.parametrize("post", ["SETDA", "SETDA/Sekretaris Daerah", SECRETARY, "setda/sekretaris daerah"])
def test_a_mandate_is_granted_for_a_post_however_it_is_named(post: str, office: Typed) -> None:
    granted = office(
        "mandates",
        "grant",
        "plh",
        post,
        ASSISTANT,
        "--from",
        "2099-04-01",
        "--until",
        "2099-04-10",
        "--basis",
        "800/12/SETDA/2099",
    )
    assert granted.exit_code == 0, granted.output
    listed = office("mandates", "list").stdout
    assert "Sekretaris Daerah (SETDA)" in listed
    assert "Dra. Sitoresmi Wiratama, M.AP." in listed


def test_a_mandate_is_revoked_by_its_id(office: Typed) -> None:
    granted = office(
        "mandates",
        "grant",
        "plh",
        "SETDA",
        ASSISTANT,
        "--from",
        "2099-04-01",
        "--until",
        "2099-04-10",
        "--basis",
        "800/12",
    )
    (mandate,) = re.findall(r"id (\S+)", granted.stdout)
    assert office("mandates", "revoke", mandate, "--on", "2099-04-05").exit_code == 0
    assert "dicabut sejak 5 April 2099" in office("mandates", "list", "--all").stdout


def test_a_post_that_nobody_knows_is_answered_with_the_ways_to_name_one(office: Typed) -> None:
    result = office(
        "mandates",
        "grant",
        "plh",
        "Kepala Suku",
        ASSISTANT,
        "--from",
        "2099-04-01",
        "--until",
        "2099-04-02",
        "--basis",
        "1",
    )
    assert result.exit_code == 1
    assert "KODE/Nama jabatan" in result.stderr


def test_a_key_is_printed_once_and_stored_nowhere(office: Typed) -> None:
    issued = office("keys", "issue", SECRETARY, "--label", "Uji coba", "--scopes", "read,act")
    key = issued.stdout.strip()
    assert key.startswith("jj_")
    listed = office("keys", "list").stdout
    assert "Uji coba" in listed
    assert "read act" in listed
    assert key not in listed
    with sqlite3.connect(office.path) as connection:
        assert key not in "\n".join(connection.iterdump())


def test_a_key_is_revoked(office: Typed) -> None:
    key = office("keys", "issue", SECRETARY).stdout.strip()
    assert office("keys", "revoke", key).exit_code == 0
    assert "dicabut" in office("keys", "list").stdout


def test_a_scope_that_does_not_exist_is_refused(office: Typed) -> None:
    result = office("keys", "issue", SECRETARY, "--scopes", "everything")
    assert result.exit_code == 1
    assert "read, act, letters" in result.stderr


def test_the_profile_comes_out_as_it_went_in(office: Typed) -> None:
    exported = office("agency", "export").stdout
    assert PROFILE.read_text(encoding="utf-8").splitlines()[2] in exported
    assert "Bupati Kemuning" in office("agency", "show").stdout


def test_a_profile_that_cannot_be_used_is_refused_with_file_key_and_reason(fresh: Typed, tmp_path: Path) -> None:
    path = tmp_path / "profil.toml"
    path.write_text('agency = "Kabupaten Contoh"\nkind = "provinsi"\n', encoding="utf-8")
    result = fresh("agency", "set", path)
    assert result.exit_code == 1
    assert f"{path}: kind:" in result.stderr
    assert "kabupaten, kota" in result.stderr
    assert "Traceback" not in result.output
