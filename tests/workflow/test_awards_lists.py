"""The list by which a round is paid and the one for the personnel record: what stands on them, as CSV and as XLSX."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
import python_calamine

from policies.files import PolicyError
from tests.awards import award_round, handed_over, nomination, paid, revocation, set_record
from tests.world import World
from workflow.awards.payments import Payments, payments
from workflow.awards.personnel_record import SHIPPED, PersonnelRecord, personnel_record, record_layout
from workflow.awards.sheets import file_of, payments_sheet, record_sheet
from workflow.errors import NotFound
from workflow.hours.sheets import Sheet
from workflow.references import reference_of
from workflow.sources.award_round import round_record

ON = date(2026, 4, 1)


def to_pay(world: World, of_round: str) -> Payments:
    return world.database.read(payments, world.engine.office, of_round, ON)


def recorded(world: World, year: int = 2026) -> PersonnelRecord:
    return world.database.read(personnel_record, world.engine.office, world.engine.registry, year)


def cells(sheet: Sheet) -> list[list[str]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file_of(sheet, "xlsx", ON)))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]


# --- Paying ----------------------------------------------------------------------------------------------------------


def test_the_list_of_a_round_says_who_was_paid_and_what_others_are_to_be_paid(world: World) -> None:
    found = award_round(world)
    set_record(world, "second_nurse", grade="IV/a")
    nomination(world, "nurse", "regional", "decreed", of_round=found, told=[("payment", "verifier", paid())])
    nomination(world, "second_nurse", "regional", "decreed", of_round=found)
    nomination(world, "third_nurse", "regional", "unsuccessful", of_round=found)
    nomination(world, "fourth_nurse", "regional", "decreed")
    listed = to_pay(world, found)
    assert [(each.name, each.account, each.gross, each.tax, each.net) for each in listed.lines] == [
        ("Nurse", "0012345678", 2_000_000, 100_000, 1_900_000),
        ("Second Nurse", "", 2_000_000, 300_000, 1_700_000),
    ]
    assert (listed.gross, listed.tax, listed.net) == (4_000_000, 400_000, 3_600_000)
    assert listed.lines[1].says == "Belum dibayar; pajak 15% (PP 80/2010 Pasal 4)."
    assert to_pay(world, reference_of(found)).lines == listed.lines


def test_whose_tax_cannot_be_told_is_named_so(one_world: World) -> None:
    found = award_round(one_world)
    set_record(one_world, "nurse", grade=None)
    nomination(one_world, "nurse", "regional", "decreed", of_round=found)
    (line,) = to_pay(one_world, found).lines
    assert (line.tax, line.net) == (None, None)
    assert "Tarif pajak belum diketahui" in line.says


def test_who_goes_on_without_money_is_on_no_list_and_who_lost_the_award_after_payment_is(one_world: World) -> None:
    found = award_round(one_world)
    nomination(one_world, "nurse", "regional", "decreed", of_round=found, form={"without_money": True})
    taken = nomination(
        one_world, "second_nurse", "regional", "awarded", of_round=found, told=[("payment", "verifier", paid())]
    )
    revocation(one_world, taken)
    (line,) = to_pay(one_world, found).lines
    assert (line.case_id, line.paid) == (taken, True)
    assert "dicabut" in line.says


def test_a_round_without_money_pays_nobody(one_world: World) -> None:
    found = award_round(one_world, amount=0)
    nomination(one_world, "nurse", "regional", "decreed", of_round=found)
    assert to_pay(one_world, found).lines == ()


def test_what_is_no_round_is_not_found_and_not_told_apart(one_world: World) -> None:
    case = one_world.open("nurse")
    with pytest.raises(NotFound):
        to_pay(one_world, case)


def test_the_list_is_written_with_accounts_as_text(one_world: World) -> None:
    found = award_round(one_world)
    nomination(one_world, "nurse", "regional", "decreed", of_round=found, told=[("payment", "verifier", paid())])
    sheet = payments_sheet(to_pay(one_world, found))
    text = file_of(sheet, "csv", ON).decode("utf-8-sig")
    assert text.splitlines()[0].startswith("No.;Nama;NIP;")
    assert ";0012345678;Bank Contoh;2000000;100000;1900000;0123/SP2D/2026;20 Maret 2026;" in text
    rows = cells(sheet)
    assert rows[0][0] == "Daftar nominatif Pegawai Berprestasi 2026"
    assert "0012345678" in rows[5]
    assert rows[-1][7] == "2000000.0"
    assert file_of(sheet, "xlsx", ON) == file_of(sheet, "xlsx", ON)


# --- Recording -------------------------------------------------------------------------------------------------------


def test_the_record_takes_awards_that_were_handed_over_in_the_year_and_says_which_were_revoked(world: World) -> None:
    keppres = {"keppres_number": "12/TK/2026", "keppres_on": "2026-02-10", "excerpt": ""}
    told = [("keppres", "verifier", keppres), ("hand_over", "verifier", handed_over())]
    nomination(world, "nurse", "satyalancana_10", "awarded", told=told)
    nomination(world, "second_nurse", "regional", "decreed")
    lost = nomination(world, "third_nurse", "regional", "awarded", told=[("hand_over", "verifier", handed_over())])
    revocation(world, lost)
    line, gone = recorded(world).lines
    assert (gone.case_id, gone.status, gone.missing) == (
        lost, "dicabut", "nomor keputusan belum ada; keputusan pencabutan belum bernomor",
    )  # fmt: skip
    assert (line.status, line.revoked_on) == ("diberikan", None)
    assert (line.decree_number, line.decree_on, line.missing) == ("12/TK/2026", date(2026, 2, 10), "")
    assert recorded(world, 2025).lines == ()


def test_what_the_record_would_lack_is_said(one_world: World) -> None:
    set_record(one_world, "nurse", nip=None)
    nomination(one_world, "nurse", "regional", "awarded", told=[("hand_over", "verifier", handed_over())])
    found = recorded(one_world)
    assert found.lines[0].missing == "NIP belum tercatat; nomor keputusan belum ada"
    assert "1 di antaranya belum lengkap" in found.says


@pytest.mark.parametrize(
    ("thanks_by", "title"),
    [("certificate", "Piagam Perangkat Daerah"), ("letter", "Ucapan Terima Kasih Perangkat Daerah")],
)
def test_the_record_names_which_of_the_two_small_recognitions_it_was(
    one_world: World, thanks_by: str, title: str
) -> None:
    told = [("decree", "hospital_head", {}), ("hand_over", "verifier", handed_over())]
    form = {"thanks_by": thanks_by}
    nomination(one_world, "nurse", "recognition", "awarded", told=told, form=form)
    assert [line.title for line in recorded(one_world).lines] == [title]


def test_the_file_has_the_columns_of_the_layout_and_nothing_above_them(one_world: World, tmp_path: Path) -> None:
    nomination(
        one_world,
        "nurse",
        "regional",
        "awarded",
        told=[("decree", "regent", {}), ("hand_over", "verifier", handed_over())],
    )
    rows = cells(record_sheet(recorded(one_world), record_layout()))
    assert rows[0][:3] == ["NIP", "NAMA", "JENIS PENGHARGAAN"]
    assert rows[1][2] == "Penghargaan Pegawai Berprestasi"
    own = tmp_path / "lain.toml"
    text = SHIPPED.read_text("utf-8").replace("[kinds]", "[kinds]\nregional = 77")
    text = text.replace('dates = "dd-mm-yyyy"', 'dates = "yyyy-mm-dd"')
    own.write_text(text, "utf-8")
    other = cells(record_sheet(recorded(one_world), record_layout(own)))
    assert (other[1][2], other[1][5], other[1][7]) == ("77.0", "2026-03-02", "2026-03-25")


def test_a_file_that_cannot_say_revoked_leaves_out_what_was_revoked(one_world: World, tmp_path: Path) -> None:
    lost = nomination(one_world, "nurse", "regional", "awarded", told=[("hand_over", "verifier", handed_over())])
    revocation(one_world, lost)
    own = tmp_path / "lain.toml"
    for column, rows in (("name", 0), ("status", 1)):
        own.write_text(
            f'title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{{ heading = "A", value = "{column}" }}]', "utf-8"
        )
        assert len(record_sheet(recorded(one_world), record_layout(own)).rows) == rows


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ('title = "x"\ndates = "kemarin"', "dates harus salah satu dari"),
        ('title = "x"\ndates = "dd-mm-yyyy"', "columns harus memuat"),
        ('title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{ heading = "A", value = "gaji" }]', "'gaji' tidak dikenal"),
        ('title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{ heading = "A" }]', "isi salah satu"),
        ('title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{ heading = "A", fixed = 1.5 }]', "fixed harus berupa"),
        (
            'title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{ heading = "A", fixed = 1 }]\n[kinds]\nlain = 1',
            "tidak dikenal",
        ),
        (
            'title = "x"\ndates = "dd-mm-yyyy"\ncolumns = [{ heading = "A", fixed = 1 }]\n[kinds]\nregional = ""',
            "regional",
        ),
    ],
)
def test_a_layout_that_cannot_be_used_is_said(tmp_path: Path, wrong: str, says: str) -> None:
    file = tmp_path / "salah.toml"
    file.write_text(wrong, "utf-8")
    with pytest.raises(PolicyError, match=says):
        record_layout(file)


def test_a_round_of_medals_that_leaves_out_criteria_and_quota_is_read_all_the_same() -> None:
    form = {"title": "Satyalancana Karya Satya 2026", "kinds": ["satyalancana_10"], "closes_on": "2026-09-18"}
    known = round_record("r", "open", form)
    assert (known.kinds, known.quota, known.criteria, known.places) == (("satyalancana_10",), (), (), ())
