"""Positions out of an export: who holds which, to whom it answers, and who heads each unit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, select

from tests.exports import AT, HEADINGS, ON, SAMPLE, as_csv, connection, nip, person, post, under
from workflow.imports import ImportReport, import_staff
from workflow.people import leave, set_regent
from workflow.tables import people, positions, units


@pytest.fixture
def conn() -> Iterator[Connection]:
    with connection() as conn:
        yield conn


def load(conn: Connection, *rows: dict[str, Any], **options: Any) -> ImportReport:
    headings = options.pop("headings", HEADINGS)
    report = import_staff(conn, as_csv(*rows, headings=headings), "pegawai.csv", at=AT, on=ON, **options)
    assert report.written, report.rejected
    return report


def holders(conn: Connection) -> dict[str, str | None]:
    """Who holds each post, by its subunit and title."""
    rows = conn.execute(
        select(positions.c.subunit, positions.c.title, people.c.nip).outerjoin(
            people, people.c.id == positions.c.holder_id
        )
    )
    return {f"{row.subunit}/{row.title}".lstrip("/"): row.nip for row in rows}


def ids(conn: Connection) -> dict[str, str]:
    return {row.title: row.id for row in conn.execute(select(positions.c.title, positions.c.id))}


def superior(conn: Connection, number: int) -> str | None:
    """The title of someone's superior post."""
    title = select(positions.c.title).join(people, people.c.superior_position_id == positions.c.id)
    return conn.execute(title.where(people.c.nip == nip(number))).scalar_one_or_none()


def above(conn: Connection, title: str) -> str | None:
    upper = positions.alias()
    query = (
        select(upper.c.title).join(positions, positions.c.superior_id == upper.c.id).where(positions.c.title == title)
    )
    return conn.execute(query).scalar_one_or_none()


def head(conn: Connection, unit: str = "RSUD") -> str | None:
    query = select(positions.c.title).join(units, units.c.head_position_id == positions.c.id).where(units.c.id == unit)
    return conn.execute(query).scalar_one_or_none()


SEKDA = post(90, "Sekretaris Daerah", KODE_UNIT_KERJA="SETDA", UNIT_KERJA="Sekretariat Daerah", ESELON="II.a")


def test_structural_posts_have_holders_and_superiors(conn: Connection) -> None:
    load(conn, SEKDA, post(1, "Direktur", 90), post(2, "Kepala Bidang", 1, SUBUNIT="Bidang Medik"), under(3, 2))
    assert holders(conn) == {"Sekretaris Daerah": nip(90), "Direktur": nip(1), "Bidang Medik/Kepala Bidang": nip(2)}
    assert (superior(conn, 3), superior(conn, 2), superior(conn, 1), superior(conn, 90)) == (
        "Kepala Bidang", "Direktur", "Sekretaris Daerah", None,
    )  # fmt: skip
    assert (above(conn, "Kepala Bidang"), above(conn, "Direktur")) == ("Direktur", "Sekretaris Daerah")
    assert (head(conn), head(conn, "SETDA")) == ("Direktur", "Sekretaris Daerah")


def test_whoever_leads_others_has_a_post_though_it_is_functional(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), under(2, 1, JABATAN="Dokter Ahli Madya", SUBUNIT="Poli"), under(3, 2), under(4, 1))
    assert holders(conn) == {"Direktur": nip(1), "Poli/Dokter Ahli Madya": nip(2)}
    assert superior(conn, 3) == "Dokter Ahli Madya"
    assert head(conn) == "Direktur"


def test_rows_may_stand_in_any_order(conn: Connection) -> None:
    load(conn, under(3, 2), post(2, "Kepala Bidang", 1), post(1, "Direktur"))
    assert (superior(conn, 3), above(conn, "Kepala Bidang")) == ("Kepala Bidang", "Direktur")


def test_a_new_holder_takes_over_the_post_and_the_old_one_goes_elsewhere(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), post(2, "Kepala Bidang", 1, ESELON="III.b"), under(3, 2))
    before = ids(conn)
    load(conn, post(2, "Direktur"), post(1, "Kepala Bidang", 2, ESELON="III.b"), under(3, 1))
    assert holders(conn) == {"Direktur": nip(2), "Kepala Bidang": nip(1)}
    assert ids(conn) == before
    assert (superior(conn, 3), superior(conn, 2), head(conn)) == ("Kepala Bidang", None, "Direktur")


def test_a_post_whose_holder_moved_away_is_vacant_and_keeps_its_superior(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), post(2, "Kepala Bidang", 1), under(3, 2))
    load(conn, post(1, "Direktur"), under(2, 1, KODE_UNIT_KERJA="DINKES", UNIT_KERJA="Dinas Kesehatan"), under(3, 1))
    assert holders(conn)["Kepala Bidang"] is None
    assert above(conn, "Kepala Bidang") == "Direktur"


def test_who_is_missing_keeps_the_post_until_the_file_names_another(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), person(3))
    load(conn, person(3))
    assert holders(conn) == {"Direktur": nip(1)}
    load(conn, person(3), post(2, "Direktur"))
    assert holders(conn) == {"Direktur": nip(2)}


def test_who_has_left_holds_no_post_though_the_file_still_says_so(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), under(3, 1))
    leave(conn, nip(1), date(2026, 2, 1))
    assert holders(conn) == {"Direktur": None}
    load(conn, post(1, "Direktur"), under(3, 1))
    assert (holders(conn), superior(conn, 3), head(conn)) == ({"Direktur": None}, "Direktur", "Direktur")


def test_a_functional_post_stays_when_nobody_answers_to_it_any_more(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), under(2, 1, JABATAN="Dokter Ahli Madya"), under(3, 2))
    load(conn, post(1, "Direktur"), under(2, 1, JABATAN="Dokter Ahli Madya"), under(3, 1))
    assert holders(conn) == {"Direktur": nip(1), "Dokter Ahli Madya": nip(2)}


def test_namesakes_of_a_post_are_told_apart_and_keep_their_own(conn: Connection) -> None:
    teachers = [under(2, 1, JABATAN="Guru"), under(3, 1, JABATAN="Guru")]
    load(conn, post(1, "Kepala"), *teachers, under(4, 2), under(5, 3))
    assert holders(conn) == {"Kepala": nip(1), "Guru": nip(2), "#2/Guru": nip(3)}
    load(conn, post(1, "Kepala"), *reversed(teachers), under(4, 2), under(5, 3))
    assert holders(conn) == {"Kepala": nip(1), "Guru": nip(2), "#2/Guru": nip(3)}


def test_two_holders_of_one_structural_post_are_remarked(conn: Connection) -> None:
    report = load(conn, post(1, "Direktur"), post(2, "Kepala Seksi", 1), post(3, "Kepala Seksi", 1))
    assert any("dipegang 2 orang (baris 3, 4)" in remark for remark in report.remarks)


def test_a_post_from_an_export_without_subunits_gets_its_full_name_later(conn: Connection) -> None:
    rows = [post(1, "Direktur"), post(2, "Kepala Bidang", 1, SUBUNIT="Bidang Medik"), under(3, 2)]
    load(conn, *({k: v for k, v in row.items() if k != "SUBUNIT"} for row in rows), headings=HEADINGS[:17])
    before = conn.execute(select(positions.c.id).where(positions.c.title == "Kepala Bidang")).scalar_one()
    load(conn, *rows)
    assert conn.execute(select(positions.c.id).where(positions.c.subunit == "Bidang Medik")).scalar_one() == before
    load(conn, *({k: v for k, v in row.items() if k != "SUBUNIT"} for row in rows), headings=HEADINGS[:17])
    assert holders(conn) == {"Direktur": nip(1), "Bidang Medik/Kepala Bidang": nip(2)}


def test_nobody_lower_becomes_head_when_the_heads_post_falls_vacant(conn: Connection) -> None:
    load(conn, SEKDA, post(1, "Direktur", 90, ESELON="II.b"), post(2, "Kepala Bidang", 1, ESELON="III.b"))
    leave(conn, nip(1), date(2026, 2, 1))
    load(conn, SEKDA, post(2, "Kepala Bidang", 90, ESELON="III.b"))
    assert head(conn) == "Direktur"
    load(conn, SEKDA, post(3, "Plt Direktur Baru", 90, ESELON="II.b"), post(2, "Kepala Bidang", 3, ESELON="III.b"))
    assert head(conn) == "Plt Direktur Baru"


def test_the_higher_echelon_heads_where_several_answer_outside(conn: Connection) -> None:
    report = load(conn, SEKDA, post(2, "Kepala Bidang", 90, ESELON="III.b"), post(1, "Direktur", 90, ESELON="II.b"))
    assert (head(conn), report.remarks) == ("Direktur", ())


def test_a_doubtful_head_is_remarked(conn: Connection) -> None:
    report = load(conn, SEKDA, post(1, "Kepala Satu", 90), post(2, "Kepala Dua", 90))
    assert head(conn) == "Kepala Satu"
    assert any("meragukan" in remark for remark in report.remarks)


def test_a_unit_without_structural_posts_is_headed_by_its_functional_lead(conn: Connection) -> None:
    clinic = {"KODE_UNIT_KERJA": "PKM", "UNIT_KERJA": "Puskesmas"}
    load(conn, SEKDA, under(1, 90, JABATAN="Dokter Ahli Madya", **clinic), under(2, 1, **clinic))
    assert head(conn, "PKM") == "Dokter Ahli Madya"


def test_a_unit_without_any_lead_has_no_head_and_that_is_remarked(conn: Connection) -> None:
    report = load(conn, person(1))
    assert head(conn) is None
    assert report.remarks == (
        "Kepala unit RSUD belum diketahui: tidak ada jabatan struktural yang atasannya di luar unit itu.",
    )


def test_a_superior_outside_the_file_gets_a_post_from_what_is_known(conn: Connection) -> None:
    load(conn, person(1, JABATAN="Dokter Ahli Madya"), post(9, "Direktur"))
    load(conn, under(2, 1), post(9, "Direktur"))
    assert (superior(conn, 2), holders(conn)["Dokter Ahli Madya"]) == ("Dokter Ahli Madya", nip(1))


def test_a_circle_with_what_was_known_before_is_broken_at_the_older_end(conn: Connection) -> None:
    load(conn, post(1, "Direktur"), post(2, "Wakil Direktur", 1))
    report = load(conn, post(1, "Direktur", 2))
    assert (superior(conn, 1), superior(conn, 2)) == ("Wakil Direktur", "Direktur")
    assert (above(conn, "Direktur"), above(conn, "Wakil Direktur")) == ("Wakil Direktur", None)
    assert any("melingkar" in remark for remark in report.remarks)


def test_the_regent_stands_above_the_secretary_before_and_after_imports(conn: Connection) -> None:
    load(conn, SEKDA, post(1, "Direktur", 90))
    set_regent(conn, "Ratna Kencana", "Bupati Kemuning", AT, secretariat="SETDA")
    assert (above(conn, "Sekretaris Daerah"), superior(conn, 90)) == ("Bupati Kemuning", "Bupati Kemuning")
    report = load(conn, SEKDA, post(1, "Direktur", 90))
    assert report.changed == 0
    assert superior(conn, 90) == "Bupati Kemuning"


def test_a_new_secretary_answers_to_the_regent_at_once(conn: Connection) -> None:
    load(conn, SEKDA, post(1, "Direktur", 90))
    set_regent(conn, "Ratna Kencana", "Bupati Kemuning", AT, secretariat="SETDA")
    successor = {**SEKDA, "NIP": nip(91)}
    load(conn, successor, post(1, "Direktur", 91))
    assert (holders(conn)["Sekretaris Daerah"], superior(conn, 91), head(conn, "SETDA")) == (
        nip(91), "Bupati Kemuning", "Sekretaris Daerah",
    )  # fmt: skip


def test_every_line_of_the_sample_ends_at_the_secretary(conn: Connection) -> None:
    import_staff(conn, (SAMPLE / "pegawai.csv").read_bytes(), "pegawai.csv", at=AT, on=ON)
    upward = {row.id: row.superior_id for row in conn.execute(select(positions.c.id, positions.c.superior_id))}
    secretary = conn.execute(select(units.c.head_position_id).where(units.c.id == "SETDA")).scalar_one()
    for start in conn.execute(
        select(people.c.superior_position_id).where(people.c.superior_position_id.is_not(None))
    ).scalars():
        at: str | None = start
        for _ in range(6):
            at = at if at is None or at == secretary else upward[at]
        assert at == secretary
    assert head(conn) == "Direktur Rumah Sakit Umum Daerah Kemuning"


def test_the_nurses_of_the_sample_share_a_post_and_a_superior(conn: Connection) -> None:
    import_staff(conn, (SAMPLE / "pegawai.csv").read_bytes(), "pegawai.csv", at=AT, on=ON)
    nurses = conn.execute(
        select(people.c.superior_position_id).where(people.c.unit_id == "RSUD", people.c.post == "Perawat Ahli Pertama")
    ).scalars()
    assert len(found := nurses.all()) == 8
    assert len(set(found)) == 1
