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


TERMS = ("--from", "2099-04-01", "--until", "2099-04-10", "--basis", "800/12/SETDA/2099", "--by", SECRETARY)


def granted(office: Typed, post: str = "SETDA") -> str:
    """The id of a mandate that the secretary has proposed to the assistant."""
    result = office("mandates", "grant", "plh", post, ASSISTANT, *TERMS)
    assert result.exit_code == 0, result.output
    (mandate,) = re.findall(r"id (\S+)", result.stdout)
    return str(mandate)


@pytest.mark.parametrize("post", ["SETDA", "SETDA/Sekretaris Daerah", SECRETARY, "setda/sekretaris daerah"])
def test_a_mandate_is_granted_for_a_post_however_it_is_named(post: str, office: Typed) -> None:
    granted(office, post)
    listed = office("mandates", "list").stdout
    assert "Sekretaris Daerah (SETDA)" in listed
    assert "Dra. Sitoresmi Wiratama, M.AP." in listed
    assert "menunggu jawaban penerima" in listed


def test_a_mandate_is_accepted_by_whoever_stands_in_and_by_nobody_else(office: Typed) -> None:
    mandate = granted(office)
    refused = office("mandates", "accept", mandate, "--by", SECRETARY)
    assert refused.exit_code == 1
    assert "oleh penerimanya sendiri" in refused.stderr
    assert office("mandates", "accept", mandate, "--by", ASSISTANT).exit_code == 0
    assert "diterima" in office("mandates", "list").stdout
    shown = office("mandates", "show", mandate).stdout
    assert shown.index("Diajukan") < shown.index("Diterima")
    assert office("verify", "mandates").exit_code == 0


def test_a_mandate_is_refused_for_a_reason_that_stays_readable(office: Typed) -> None:
    mandate = granted(office)
    result = office("mandates", "refuse", mandate, "--by", ASSISTANT, "--reason", "Bertugas di luar kota")
    assert result.exit_code == 0
    assert "Bertugas di luar kota" in office("mandates", "show", mandate).stdout
    assert mandate not in office("mandates", "list").stdout
    assert "ditolak" in office("mandates", "list", "--all").stdout


@pytest.mark.parametrize(
    ("scope", "says"),
    [
        (("--scope", "magang"), "Proses “magang” tidak dikenal; yang ada: .*internship"),
        (("--letters", "surat_cinta"), "Jenis surat surat_cinta tidak dikenal"),
        (("--units", "ENTAH"), "Unit ENTAH tidak dikenal"),
    ],
)
def test_a_mandate_for_what_does_not_exist_is_refused(office: Typed, scope: tuple[str, str], says: str) -> None:
    result = office("mandates", "grant", "plh", "SETDA", ASSISTANT, *TERMS, *scope)
    assert result.exit_code == 1
    assert re.search(says, result.stderr)


def test_a_mandate_is_revoked_by_its_id(office: Typed) -> None:
    mandate = granted(office)
    assert office("mandates", "revoke", mandate, "--on", "2099-04-05", "--by", SECRETARY).exit_code == 0
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
        "--by",
        SECRETARY,
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


@pytest.mark.parametrize("days", ["0", "-1", "3661", "99999999999999999999", "sebulan", "1.5", "²"])
def test_a_key_lasts_a_number_of_days_that_there_is(office: Typed, days: str) -> None:
    result = office("keys", "issue", SECRETARY, f"--days={days}")
    assert result.exit_code == 2
    assert "bukan jumlah hari; tulis bilangan 1 sampai 3660" in result.stderr
    assert result.stdout == ""


def test_a_key_may_last_ten_years(office: Typed) -> None:
    assert office("keys", "issue", SECRETARY, "--days", "3660").exit_code == 0


@pytest.mark.parametrize("on", ["0001-01-01", "9999-12-31", "1-1-0001"])
def test_a_date_of_another_age_is_mistyped(office: Typed, on: str) -> None:
    result = office("people", "leave", ASSISTANT, "--on", on)
    assert result.exit_code == 2
    assert "di luar 1945 sampai 2100" in result.stderr


def test_nobody_leaves_before_their_appointment(office: Typed) -> None:
    result = office("people", "leave", ASSISTANT, "--on", "1990-01-01")
    assert result.exit_code == 1
    assert "baru diangkat tahun 1996" in result.stderr


def test_an_effect_that_does_not_exist_is_not_tried_again(office: Typed) -> None:
    result = office("effects", "retry", "zzz")
    assert result.exit_code == 1
    assert "Tindak lanjut zzz tidak ada" in result.stderr
    assert result.stdout == ""
    assert office("effects", "retry").exit_code == 0


def test_an_effect_that_waits_or_is_done_is_not_tried_again(office: Typed) -> None:
    with sqlite3.connect(office.path) as connection:
        insert = "INSERT INTO effects (id, kind, subject_id, payload, due_at, attempts, done_at, parked_at) VALUES "
        due = "2026-01-01 00:00:00.000000"
        connection.execute(f"{insert} ('w', 'message', 'x', '{{}}', ?, 0, NULL, NULL)", (due,))
        connection.execute(f"{insert} ('d', 'message', 'x', '{{}}', ?, 0, ?, NULL)", (due, due))
        connection.execute(f"{insert} ('p', 'message', 'x', '{{}}', ?, 0, NULL, ?)", (due, due))
    assert "masih menunggu" in office("effects", "retry", "w").stderr
    assert "sudah selesai" in office("effects", "retry", "d").stderr
    assert office("effects", "retry", "p").exit_code == 0


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
