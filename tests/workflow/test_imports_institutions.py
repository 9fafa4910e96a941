"""Partners, agreements and budgets: the same manners as the import of staff, and books that balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from tests.exports import AT, ON, SAMPLE, as_csv, connection, person
from workflow.budgets.books import ACCOUNTS, Movement, balance, move
from workflow.budgets.faults import imbalances
from workflow.callers import Key, Unauthenticated, caller_of
from workflow.imports import (
    ImportReport,
    import_agreements,
    import_budgets,
    import_partners,
    import_staff,
)
from workflow.imports.agreements import HEADINGS as AGREEMENT
from workflow.imports.budgets import HEADINGS as BUDGET
from workflow.imports.budgets import read_amount
from workflow.imports.partners import HEADINGS as PARTNER
from workflow.imports.report import Wrong
from workflow.people import issue_key
from workflow.tables import agreements, budgets, partners, people, postings


@pytest.fixture
def conn() -> Iterator[Connection]:
    with connection() as conn:
        import_staff(conn, as_csv(person(1)), "pegawai.csv", at=AT, on=ON)
        yield conn


def partner(code: str = "RS-A", **cells: Any) -> dict[str, Any]:
    row = dict(
        zip(
            PARTNER,
            (
                code,
                "Rumah Sakit A",
                "Rumah sakit pemerintah",
                "Jalan A",
                "Kota A",
                "dr. Ayu, Sp.A.",
                "Direktur",
                "ayu@rs-a.example",
            ),
            strict=True,
        )
    )
    return {**row, **{heading.replace("_", " "): cell for heading, cell in cells.items()}}


def agreement(code: str = "RS-A", **cells: Any) -> dict[str, Any]:
    row = dict(
        zip(
            AGREEMENT,
            (code, "Perjanjian Kerja Sama", "800/1/2025", "HK/1", "Magang", "2025-02-03", "2028-02-02"),
            strict=True,
        )
    )
    return {**row, **{heading.replace("_", " "): cell for heading, cell in cells.items()}}


def budget(ceiling: str = "100000000", **cells: Any) -> dict[str, Any]:
    row = dict(
        zip(BUDGET, ("2026", "RSUD", "5.04.1", "Fasilitasi magang", "5.1.02", "Perjalanan dinas", ceiling), strict=True)
    )
    return {**row, **{heading.replace("_", " "): cell for heading, cell in cells.items()}}


def load(conn: Connection, which: Callable[..., ImportReport], *rows: dict[str, Any], **options: Any) -> ImportReport:
    headings = {import_partners: PARTNER, import_agreements: AGREEMENT, import_budgets: BUDGET}[which]
    return which(conn, as_csv(*rows, headings=headings), "berkas.csv", **{"at": AT, "on": ON, **options})


@pytest.mark.parametrize("name", ["pegawai", "mitra", "kerja-sama", "anggaran"])
def test_the_whole_sample_goes_in_and_again_without_a_change(database_url: str, name: str) -> None:
    steps = {
        "pegawai": import_staff,
        "mitra": import_partners,
        "kerja-sama": import_agreements,
        "anggaran": import_budgets,
    }
    with connection(database_url) as conn:
        for step, which in steps.items():
            report = which(conn, (SAMPLE / f"{step}.csv").read_bytes(), step, at=AT, on=ON)
            assert (report.rejected, report.written, report.new) == ((), True, report.rows)
        again = steps[name](conn, (SAMPLE / f"{name}.csv").read_bytes(), name, at=AT, on=ON)
        assert (again.rejected, again.new, again.changed, again.missing) == ((), 0, 0, ())
        assert imbalances(conn) == []


def test_a_partner_has_a_contact_with_an_address(conn: Connection) -> None:
    load(conn, import_partners, partner())
    contact = conn.execute(select(people).where(people.c.kind == "contact")).one()
    assert (contact.partner_id, contact.name, contact.post, contact.email, contact.nip) == (
        "RS-A", "dr. Ayu, Sp.A.", "Direktur", "ayu@rs-a.example", None,
    )  # fmt: skip


def test_a_contact_with_a_new_title_is_the_same_person(conn: Connection) -> None:
    load(conn, import_partners, partner())
    before = conn.execute(select(people.c.id).where(people.c.kind == "contact")).scalar_one()
    report = load(conn, import_partners, partner(NAMA_KONTAK="Dr. dr. Ayu, Sp.A., M.Kes.", ALAMAT=""))
    after = conn.execute(select(people.c.id, people.c.name).where(people.c.kind == "contact")).one()
    assert (after.id, after.name, report.changed, report.new) == (before, "Dr. dr. Ayu, Sp.A., M.Kes.", 1, 0)
    assert conn.execute(select(partners.c.address)).scalar_one() == "Jalan A"


def test_another_contact_takes_over_and_the_former_ones_key_ends(conn: Connection) -> None:
    load(conn, import_partners, partner())
    former = conn.execute(select(people.c.id).where(people.c.kind == "contact")).scalar_one()
    key = issue_key(conn, former, "mitra", ["act"], AT)
    assert caller_of(conn, Key(key), "act", AT, AT.date()).person_id == former
    report = load(conn, import_partners, partner(NAMA_KONTAK="Bima Sakti"))
    assert "Bima Sakti" in report.remarks[0]
    with pytest.raises(Unauthenticated, match="keluar"):
        caller_of(conn, Key(key), "act", AT, AT.date())
    serving = conn.execute(select(people.c.name).where(people.c.kind == "contact", people.c.left_on.is_(None)))
    assert serving.scalars().all() == ["Bima Sakti"]


def test_a_former_contact_who_is_named_again_is_back(conn: Connection) -> None:
    for name in ("Ayu", "Bima", "Ayu"):
        load(conn, import_partners, partner(NAMA_KONTAK=name))
    rows = conn.execute(select(people.c.name, people.c.left_on).where(people.c.kind == "contact")).all()
    assert sorted(rows) == [("Ayu", None), ("Bima", ON)]


def from_lands(conn: Connection, *rows: dict[str, Any]) -> ImportReport:
    """A list of partners that has a column for the country."""
    source = as_csv(*rows, headings=(*PARTNER, "NEGARA"))
    return import_partners(conn, source, "mitra.csv", at=AT, on=ON)


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("Malaysia", "Malaysia"),
        (" jepang ", "Jepang"),
        ("Singapore", "Singapura"),
        ("United Kingdom", "Inggris"),
        ("Republik Indonesia", "Indonesia"),
        ("", "Indonesia"),
        ("-", "Indonesia"),
    ],
)
def test_a_partner_is_in_the_country_that_its_list_names_and_in_indonesia_where_it_names_none(
    conn: Connection, written: str, country: str
) -> None:
    assert from_lands(conn, partner(NEGARA=written)).rejected == ()
    assert conn.execute(select(partners.c.country)).scalar_one() == country


def test_a_list_without_countries_changes_none_that_is_known(conn: Connection) -> None:
    """A blank cell does: it says Indonesia."""
    from_lands(conn, partner(NEGARA="Malaysia"))
    assert load(conn, import_partners, partner()).changed == 0
    assert conn.execute(select(partners.c.country)).scalar_one() == "Malaysia"
    assert from_lands(conn, partner(NEGARA="")).changed == 1
    assert conn.execute(select(partners.c.country)).scalar_one() == "Indonesia"


def test_a_country_that_does_not_exist_is_rejected(conn: Connection) -> None:
    """Were a slip of the keyboard another country, it would be worth more hours."""
    report = from_lands(conn, partner(NEGARA="Indonesa"))
    (rejection,) = report.rejected
    assert (rejection.row, rejection.column, rejection.value) == (2, "NEGARA", "Indonesa")
    assert "tidak dikenal" in rejection.reason


def with_address(conn: Connection, address: str) -> ImportReport:
    """A list of partners that has a column for the institution's own address."""
    source = as_csv({**partner(), "POS-EL": address}, headings=(*PARTNER, "POS-EL"))
    return import_partners(conn, source, "mitra.csv", at=AT, on=ON)


def test_a_partner_may_have_an_address_of_its_own_which_older_lists_do_not_take_away(conn: Connection) -> None:
    assert with_address(conn, "TU@rs-a.example").new == 1
    assert load(conn, import_partners, partner()).changed == 0
    assert with_address(conn, "").changed == 0
    assert conn.execute(select(partners.c.email)).scalar_one() == "tu@rs-a.example"
    (rejection,) = with_address(conn, "tu rs-a").rejected
    assert rejection.column == "POS-EL"


def test_a_partner_that_is_missing_is_told_and_stays(conn: Connection) -> None:
    load(conn, import_partners, partner(), partner("RS-B", NAMA_KONTAK="Citra"))
    report = load(conn, import_partners, partner())
    assert [(each.key, each.name) for each in report.missing] == [("RS-B", "Rumah Sakit A")]
    assert conn.execute(select(func.count()).select_from(partners)).scalar_one() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (partner(""), "KODE"),
        (partner(NAMA_INSTANSI=" "), "NAMA INSTANSI"),
        (partner(EMAIL_KONTAK="ayu"), "EMAIL KONTAK"),
        (partner(NAMA_KONTAK=""), "NAMA KONTAK"),
        (partner(ALAMAT="=1+1"), "ALAMAT"),
    ],
)
def test_a_wrong_partner_is_rejected_and_nothing_is_written(conn: Connection, row: dict[str, Any], column: str) -> None:
    report = load(conn, import_partners, partner("RS-B"), row)
    assert [(each.row, each.column) for each in report.rejected] == [(3, column)]
    assert conn.execute(select(func.count()).select_from(partners)).scalar_one() == 0


def test_a_partner_twice_names_both_rows(conn: Connection) -> None:
    report = load(conn, import_partners, partner(), partner("rs-a"))
    assert [(each.row, each.column) for each in report.rejected] == [(2, "KODE"), (3, "KODE")]


def test_an_agreement_is_updated_by_its_number(conn: Connection) -> None:
    load(conn, import_partners, partner())
    load(conn, import_agreements, agreement(JENIS="pks", BERLAKU_SEJAK="03-02-2025"))
    report = load(conn, import_agreements, agreement(BERLAKU_SAMPAI="2029-02-02", NOMOR_MITRA=""))
    row = conn.execute(select(agreements)).one()
    assert (report.new, report.changed) == (0, 1)
    assert (row.kind, row.their_number, row.until_on) == ("Perjanjian Kerja Sama", "HK/1", date(2029, 2, 2))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (agreement("TAK-ADA"), "KODE MITRA"),
        (agreement(JENIS="Janji"), "JENIS"),
        (agreement(JENIS=""), "JENIS"),
        (agreement(BERLAKU_SAMPAI="2024-01-01"), "BERLAKU SAMPAI"),
        (agreement(BERLAKU_SEJAK=""), "BERLAKU SEJAK"),
        (agreement(BERLAKU_SEJAK="2025-02-30"), "BERLAKU SEJAK"),
        (agreement(NOMOR_KAMI=""), "NOMOR KAMI"),
    ],
)
def test_a_wrong_agreement_is_rejected(conn: Connection, row: dict[str, Any], column: str) -> None:
    load(conn, import_partners, partner())
    report = load(conn, import_agreements, row)
    assert [(each.row, each.column) for each in report.rejected] == [(2, column)]
    assert conn.execute(select(func.count()).select_from(agreements)).scalar_one() == 0


def test_only_agreements_still_in_force_are_missed(conn: Connection) -> None:
    load(conn, import_partners, partner())
    old = agreement(NOMOR_KAMI="800/0/2020", BERLAKU_SEJAK="2020-01-01", BERLAKU_SAMPAI="2022-12-31")
    load(conn, import_agreements, old, agreement(), agreement(NOMOR_KAMI="800/2/2025"))
    report = load(conn, import_agreements, agreement())
    assert [each.key for each in report.missing] == ["800/2/2025"]


def test_a_ceiling_is_posted_by_double_entry(conn: Connection) -> None:
    load(conn, import_budgets, budget("Rp 100.000.000,00"))
    (line,) = conn.execute(select(budgets.c.id)).scalars()
    assert [balance(conn, line, account) for account in ACCOUNTS] == [-100_000_000, 100_000_000, 0, 0, 0, 0]
    assert imbalances(conn) == []


@pytest.mark.parametrize(("ceiling", "growth"), [("150000000", 50_000_000), ("70000000", -30_000_000)])
def test_another_ceiling_posts_only_the_difference(conn: Connection, ceiling: str, growth: int) -> None:
    load(conn, import_budgets, budget())
    (line,) = conn.execute(select(budgets.c.id)).scalars()
    report = load(conn, import_budgets, budget(ceiling))
    assert report.changed == 1
    assert balance(conn, line, "available") == 100_000_000 + growth
    assert conn.execute(select(func.count()).select_from(postings)).scalar_one() == 4
    assert imbalances(conn) == []


def test_a_ceiling_below_what_is_in_use_is_a_deficit_that_is_shown(conn: Connection) -> None:
    load(conn, import_budgets, budget())
    (line,) = conn.execute(select(budgets.c.id)).scalars()
    for target, amount in (("reserved", 30_000_000), ("committed", 20_000_000), ("spent", 10_000_000)):
        move(conn, Movement(line, "available", target, amount, "uji"), None, AT)
    assert load(conn, import_budgets, budget("60000000")).remarks == ()
    assert balance(conn, line, "available") == balance(conn, line, "deficit") == 0
    report = load(conn, import_budgets, budget("59999999"))
    assert report.written
    assert "menjadi Rp59.999.999, kurang Rp1 dari yang sudah dijanjikan dan dibelanjakan." in report.remarks[0]
    assert (balance(conn, line, "available"), balance(conn, line, "deficit")) == (0, -1)
    load(conn, import_budgets, budget("60000005"))
    assert (balance(conn, line, "available"), balance(conn, line, "deficit")) == (5, 0)
    assert imbalances(conn) == []


def test_a_renamed_line_keeps_its_money(conn: Connection) -> None:
    load(conn, import_budgets, budget())
    report = load(conn, import_budgets, budget(URAIAN="Belanja perjalanan dinas"))
    assert report.changed == 1
    assert conn.execute(select(budgets.c.account)).scalars().all() == ["Belanja perjalanan dinas"]
    assert conn.execute(select(func.count()).select_from(postings)).scalar_one() == 2


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (budget(TAHUN="26"), "TAHUN"),
        (budget(TAHUN=""), "TAHUN"),
        (budget(KODE_UNIT_KERJA="TAK-ADA"), "KODE UNIT KERJA"),
        (budget("-5"), "PAGU (RUPIAH)"),
        (budget("450000,5"), "PAGU (RUPIAH)"),
        (budget("banyak"), "PAGU (RUPIAH)"),
        (budget(""), "PAGU (RUPIAH)"),
        (budget("=A1*2"), "PAGU (RUPIAH)"),
    ],
)
def test_a_wrong_budget_line_is_rejected(conn: Connection, row: dict[str, Any], column: str) -> None:
    report = load(conn, import_budgets, row)
    assert [(each.row, each.column) for each in report.rejected] == [(2, column)]
    assert conn.execute(select(func.count()).select_from(budgets)).scalar_one() == 0


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("450000000", 450_000_000),
        ("Rp450.000.000", 450_000_000),
        ("Rp. 450.000.000,00", 450_000_000),
        ("450,000,000.00", 450_000_000),
        ("450.000.000,-", 450_000_000),
        ("0", 0),
        (450_000_000, 450_000_000),
        (450_000_000.0, 450_000_000),
    ],
)
def test_an_amount_is_read_whatever_its_form(cell: str | float, amount: int) -> None:
    assert read_amount(cell) == amount


@pytest.mark.parametrize("cell", ["450.00.000", "4,5", "450,000", "1e9", 1.5, 1e18, -3, "999999999999999999"])
def test_an_amount_that_could_mean_two_things_or_none_is_wrong(cell: str | float) -> None:
    with pytest.raises(Wrong):
        read_amount(cell)


def test_rejected_lines_are_skipped_and_the_others_written(conn: Connection) -> None:
    rows = budget(), budget("banyak", TAHUN="2027")
    report = load(conn, import_budgets, *rows, skip_rejected=True)
    assert (report.accepted, report.written, report.missing) == (1, True, ())
    assert conn.execute(select(budgets.c.year)).scalars().all() == [2026]


def test_a_dry_run_writes_no_money(conn: Connection) -> None:
    report = load(conn, import_budgets, budget(), dry_run=True)
    assert (report.accepted, report.new, report.written) == (1, 1, False)
    assert conn.execute(select(func.count()).select_from(postings)).scalar_one() == 0


def test_a_case_keeps_what_it_reserved_when_the_ceiling_grows(conn: Connection) -> None:
    load(conn, import_budgets, budget())
    (line,) = conn.execute(select(budgets.c.id)).scalars()
    move(conn, Movement(line, "available", "reserved", 5, "uji"), None, AT)
    load(conn, import_budgets, budget("100000007"))
    assert [balance(conn, line, account) for account in ACCOUNTS] == [-100_000_007, 100_000_002, 5, 0, 0, 0]
