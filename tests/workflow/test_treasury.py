"""The treasury's payments against what we booked: by number, by money where there is none, and never a change."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import msgspec
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import func, insert, select

from tests.offices import change
from tests.world import World
from workflow.budgets import books, promises
from workflow.budgets.reconciling import Compared, Reconciliation
from workflow.budgets.seeing import reconciled
from workflow.budgets.sheets import file_of
from workflow.budgets.spending import booked
from workflow.budgets.telling import reconciliation_document
from workflow.ids import new_id
from workflow.imports import UnreadableSheet
from workflow.imports.sheet import read_sheet
from workflow.tables import budgets, entries, postings

HEAD = "NO. SP2D;Tgl SP2D;Kode Rekening;Nama Penerima;Nilai (Rp)"


def paid(world: World, who: str, amount: int, number: str = "", on: date = date(2026, 3, 2)) -> str:
    """A case that spent an amount of the line; with the entry of its payment where it has a number."""
    case, at = world.open(who), world.at

    def work(conn: Any) -> None:
        promises.reserve(conn, case, world.budget_line, amount, at)
        promises.commit(conn, case, at)
        promises.spend(conn, case, world.budget_line, amount, at)

    world.database.write(work)
    if number:
        correct(world, case, number, on)
    return case


def correct(world: World, case: str, number: str, on: date, *, entry: int = 1, instead_of: int | None = None) -> None:
    """Put a payment on record; a later one in the place of the first."""
    row = {
        "id": new_id(world.at),
        "case_id": case,
        "kind": "payment",
        "number": entry,
        "status": "written",
        "on_date": on,
        "data": msgspec.json.encode({"sp2d_number": number, "sp2d_on": on, "gross": 1}).decode(),
        "written_by": world.ids["verifier"],
        "written_at": world.at,
        "instead_of": instead_of,
    }
    change(world, insert(entries).values(row))


def compared(world: World, *rows: str, head: str = HEAD, year: int = 2026) -> Reconciliation:
    """What a list says against the books; nothing may have changed by it."""
    before = world.all(select(func.count()).select_from(postings))
    found = world.database.read(reconciled, world.engine.office, "sp2d.csv", "\n".join((head, *rows)).encode(), year)
    assert world.all(select(func.count()).select_from(postings)) == before
    return found


def one(found: Reconciliation) -> Compared:
    """The only thing that was found."""
    (only,) = found.found
    return only


@pytest.fixture
def codes(world: World) -> tuple[str, str]:
    """Sub kegiatan and account of the line."""
    ((activity, account),) = world.all(
        select(budgets.c.activity_code, budgets.c.account_code).where(budgets.c.id == world.budget_line)
    )
    return activity, account


def row(number: str, on: str, account: str, receiver: str, amount: str) -> str:
    """A row of the list."""
    return f"{number};{on};{account};{receiver};{amount}"


def test_a_payment_is_found_by_its_number_however_it_is_written(world: World, codes: tuple[str, str]) -> None:
    case = paid(world, "nurse", 2_500_000, "00123/SP2D-LS/2026")
    found = compared(world, row("123 / sp2d-ls / 2026", "2 Maret 2026", codes[1], "Nurse", "Rp 2.500.000,00"))
    assert (one(found).finding, one(found).cases, found.agrees) == ("matched", (case,), True)


def test_one_payment_for_a_whole_list_of_people_is_one_number(world: World, codes: tuple[str, str]) -> None:
    cases = tuple(paid(world, who, 1_000_000, "7") for who in ("nurse", "second_nurse"))
    found = one(compared(world, row("7", "02-03-2026", codes[1], "Bendahara", "2000000")))
    assert (found.finding, found.theirs, found.ours) == ("matched", 2_000_000, 2_000_000)
    assert sorted(found.cases) == sorted(cases)


@pytest.mark.parametrize(
    ("on", "account", "amount", "says"),
    [
        ("02-03-2026", "", "2400000", "Jumlah: kas daerah Rp2.400.000,00, pembukuan Rp2.500.000,00."),
        ("03-03-2026", "", "2500000", "Tanggal: kas daerah 3 Maret 2026, pembukuan 2 Maret 2026."),
        ("02-03-2026", "5.1.02.99", "2500000", "Mata anggaran: kas daerah 5.1.02.99, pembukuan {account}."),
    ],
)
def test_what_differs_is_said(
    world: World, codes: tuple[str, str], on: str, account: str, amount: str, says: str
) -> None:
    paid(world, "nurse", 2_500_000, "7")
    found = compared(world, row("7", on, account or codes[1], "Nurse", amount))
    assert (one(found).finding, one(found).says) == ("differing", says.format(account=codes[1]))
    assert not found.agrees


def test_what_only_one_side_has_is_missing_on_the_other(world: World, codes: tuple[str, str]) -> None:
    paid(world, "nurse", 2_500_000, "7")
    found = compared(world, row("8", "02-03-2026", codes[1], "Orang Lain", "1500000"))
    assert [(each.finding, each.number) for each in found.found] == [("missing_here", "8"), ("missing_there", "7")]
    assert (found.found[0].ours, found.found[1].theirs) == (None, None)


def test_what_the_treasury_pays_on_lines_of_others_is_counted_and_left_out(world: World) -> None:
    found = compared(world, row("8", "02-03-2026", "5.1.01.01", "Pihak ketiga", "1500000"))
    assert (found.found, found.elsewhere, found.agrees) == ((), 1, True)


def test_a_cost_booked_without_a_number_is_found_by_line_amount_and_name(world: World, codes: tuple[str, str]) -> None:
    nurse, second = (paid(world, who, 700_000) for who in ("nurse", "second_nurse"))
    found = compared(
        world,
        row("10", "05-03-2026", codes[1], "Bendahara", "700.000"),
        row("9", "05-03-2026", codes[1], "An. Second nurse, A.Md.", "700.000"),
        row("11", "05-03-2026", codes[1], "Bendahara", "700.000"),
    )
    assert [(each.finding, each.number, each.cases) for each in found.found] == [
        ("missing_here", "11", ()),
        ("presumed", "10", (nurse,)),
        ("presumed", "9", (second,)),
    ]


def test_of_two_that_could_be_meant_none_is_presumed(world: World, codes: tuple[str, str]) -> None:
    for who in ("nurse", "second_nurse"):
        paid(world, who, 700_000)
    found = compared(world, row("9", "05-03-2026", codes[1], "Bendahara", "700000"))
    assert [each.finding for each in found.found] == ["missing_here", "missing_there", "missing_there"]


def test_a_row_that_is_there_twice_is_said_and_does_not_spoil_the_sum(world: World, codes: tuple[str, str]) -> None:
    paid(world, "nurse", 2_500_000, "7")
    same = row("7", "02-03-2026", codes[1], "Nurse", "2500000")
    found = compared(world, same, same)
    assert [(each.finding, each.rows) for each in found.found] == [("twice", (3,)), ("matched", (2,))]


def test_a_payment_booked_twice_for_one_person_is_said(world: World, codes: tuple[str, str]) -> None:
    for _ in range(2):
        paid(world, "nurse", 1_000_000, "7")
    found = compared(world, row("7", "02-03-2026", codes[1], "Nurse", "1000000"))
    assert [(each.finding, each.theirs) for each in found.found] == [("twice", None), ("matched", 1_000_000)]


def test_a_number_that_was_corrected_counts_as_it_is_now(world: World, codes: tuple[str, str]) -> None:
    case = paid(world, "nurse", 1_000_000, "7")
    world.go_to(date(2026, 3, 9))
    correct(world, case, "17", date(2026, 3, 3), entry=2, instead_of=1)
    found = compared(world, row("17", "03-03-2026", codes[1], "Nurse", "1000000"))
    assert (one(found).finding, one(found).cases) == ("matched", (case,))


def test_both_codes_may_stand_in_one_cell(world: World, codes: tuple[str, str]) -> None:
    paid(world, "nurse", 1_000_000, "7")
    found = compared(world, row("7", "02-03-2026", ".".join(codes), "Nurse", "1000000"))
    assert one(found).finding == "matched"


def test_a_year_is_compared_by_its_own_lines(world: World, codes: tuple[str, str]) -> None:
    paid(world, "nurse", 1_000_000, "7")
    found = compared(world, row("7", "02-03-2026", codes[1], "Nurse", "1000000"), year=2027)
    assert (found.found, found.elsewhere) == ((), 1)


def test_rows_that_cannot_be_read_are_told_with_their_reason_and_the_others_are_compared(
    world: World, codes: tuple[str, str]
) -> None:
    paid(world, "nurse", 1_000_000, "7")
    found = compared(
        world,
        row("7", "02-03-2026", codes[1], "Nurse", "1000000"),
        row("", "02-03-2026", codes[1], "Nurse", "1000000"),
        row("8", "31-02-2026", codes[1], "Nurse", "sejuta"),
    )
    assert one(found).finding == "matched"
    assert [(each.row, each.column) for each in found.unread] == [
        (3, "NOMOR SP2D"),
        (4, "TANGGAL SP2D"),
        (4, "JUMLAH (RUPIAH)"),
    ]
    assert not found.agrees


def test_a_list_that_lacks_a_column_or_is_no_table_is_said_to_be(world: World) -> None:
    found = compared(world, "7;02-03-2026;Nurse", head="NOMOR SP2D;TANGGAL;PENERIMA")
    assert {each.column for each in found.unread} == {"KODE REKENING", "JUMLAH (RUPIAH)"}
    with pytest.raises(UnreadableSheet):
        compared(world, "x", head="tidak;ada;judul")


def test_a_workbook_is_read_as_well_and_the_answer_can_be_sent_back(world: World, codes: tuple[str, str]) -> None:
    paid(world, "nurse", 1_000_000, "7")
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet()
    page.write_row(0, 0, ("Nomor SP2D", "Tanggal SP2D", "Kode Rekening", "Penerima", "Jumlah"))
    page.write_row(1, 0, ("7", date(2026, 3, 2), codes[1], "=HYPERLINK(1)", 1_000_000.0))
    page.write_string(1, 3, "Nurse")
    book.close()
    found = world.database.read(reconciled, world.engine.office, "sp2d.xlsx", buffer.getvalue(), 2026)
    assert one(found).finding == "matched"
    document = reconciliation_document(found, date(2026, 3, 2))
    for kind in ("csv", "xlsx"):
        assert file_of(document, kind) == file_of(document, kind)
        sheet = read_sheet(file_of(document, kind), f"hasil.{kind}", ("HASIL",))
        assert (sheet.headings[0], sheet.rows[0].cells[0]) == ("Hasil", "cocok")


def test_nothing_that_a_list_says_becomes_a_formula_in_the_file_that_is_sent_back(
    world: World, codes: tuple[str, str]
) -> None:
    found = compared(world, row("+62", "02-03-2026", codes[1], "Nurse", "1000000"))
    assert "\r\nbelum dibukukan di sini;" in file_of(reconciliation_document(found, date(2026, 3, 2)), "csv").decode()
    assert ";'+62;" in file_of(reconciliation_document(found, date(2026, 3, 2)), "csv").decode()


def test_what_cost_more_than_was_bound_is_one_payment(world: World) -> None:
    case = world.open()

    def work(conn: Any) -> None:
        promises.reserve(conn, case, world.budget_line, 500_000, world.at)
        promises.commit(conn, case, world.at)
        promises.spend(conn, case, world.budget_line, 600_000, world.at)

    world.database.write(work)
    (spent,) = world.database.read(booked, 2026, world.engine.office.zone)
    assert (spent.amount, spent.on, spent.number) == (600_000, date(2026, 3, 2), "")
    assert world.database.read(books.balance, world.budget_line, "spent") == 600_000
