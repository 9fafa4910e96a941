"""The registers over HTTP: for those who keep them and for auditors at work, and for nobody else."""

from __future__ import annotations

import json
from datetime import date

import pytest
from sqlalchemy import select, update

from tests.api.house import MONDAY, House
from tests.api.test_auditing import with_auditors
from tests.registers import numbered_letter
from workflow.auditing.assignments import give_assignment
from workflow.database import Connection
from workflow.office import Office
from workflow.registers import take
from workflow.registers.leasing import Wanted, close, lease
from workflow.tables import letters


@pytest.fixture
def kept(house: House) -> House:
    """Three letters, one of them beside another, and a block of two numbers of which one is void."""

    def fill(conn: Connection) -> None:
        office = Office.load(conn)
        clerk = house.sample.ids["administrator"]
        for number in (1, 2):
            taken = take(conn, office, "BKPSDM", "BKPSDM", MONDAY.date())
            assert taken.number == number
            conn.execute(numbered_letter("BKPSDM", 2026, number, MONDAY.date()))
        conn.execute(numbered_letter("BKPSDM", 2026, 1, MONDAY.date(), "a"))
        closed = lease(conn, office, Wanted("BKPSDM", 1, "Uji", clerk, offline=True), MONDAY)
        close(conn, closed.id, "Tidak jadi", clerk, MONDAY)
        lease(conn, office, Wanted("BKPSDM", 2, "Jaringan terputus", clerk, offline=True), MONDAY)

    database = house.with_database()
    database.write(fill)
    database.close()
    return house


def test_whoever_keeps_the_registers_reads_them(kept: House) -> None:
    (found,) = kept.read("administrator", "/api/registers")["items"]
    assert (found["code"], found["year"], found["last"], found["issued"], found["void"]) == ("BKPSDM", 2026, 5, 3, 1)
    assert [block["open"] for block in found["blocks"]] == [[], [4, 5]]
    assert found["blocks"][1]["purpose"] == "Jaringan terputus"
    items = kept.read("administrator", "/api/registers/BKPSDM/2026")["items"]
    assert [(item["sequence"], item["suffix"], item["state"]) for item in items] == [
        (1, "", "signed"),
        (1, "a", "signed"),
        (2, "", "signed"),
        (3, "", "void_number"),
    ]
    assert items[3]["reason"] == "Tidak jadi"
    assert items[0]["title"] == "Surat tugas"
    assert items[0]["dated_on"] == "2026-03-02"


def test_a_letter_of_no_case_is_listed_with_what_it_says_itself_that_it_is(kept: House) -> None:
    database = kept.with_database()
    first = select(letters.c.id).where(letters.c.register == "BKPSDM").order_by(letters.c.register_number).limit(1)
    letter_id = database.read(lambda conn: conn.execute(first).scalar_one())

    def says(**frame: str) -> str:
        row = update(letters).where(letters.c.id == letter_id).values(frame=json.dumps(frame))
        database.write(lambda conn: conn.execute(row))
        return str(kept.read("administrator", "/api/registers/BKPSDM/2026")["items"][0]["title"])

    named = {"title": "Surat Keterangan Pengalaman", "subject": "Pengalaman kerja"}
    assert says(**named) == "Surat Keterangan Pengalaman: Pengalaman kerja"
    assert says(**named, security="Rahasia") == "Surat Keterangan Pengalaman"
    database.close()


def test_a_register_is_read_page_by_page(kept: House) -> None:
    address = "/api/registers/BKPSDM/2026?limit=1"
    seen, after = [], ""
    while True:
        page = kept.read("administrator", f"{address}{after}")
        seen += [(item["sequence"], item["suffix"]) for item in page["items"]]
        if "next" not in page or page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == [(1, ""), (1, "a"), (2, ""), (3, "")]
    assert kept.get("administrator", f"{address}&after=x").status_code == 400


def test_nobody_else_learns_which_registers_there_are(kept: House) -> None:
    for who in ("nurse", "contact", "stranger", "director", "secretary", "verifier"):
        for address in ("/api/registers", "/api/registers/BKPSDM/2026", "/api/registers/NIHIL/2026"):
            assert kept.get(who, address).status_code == 403, (who, address)
    assert kept.client.get("/api/registers").status_code == 401


def test_an_unknown_register_is_not_found(kept: House) -> None:
    assert kept.get("administrator", "/api/registers/NIHIL/2026").status_code == 404


def test_an_auditor_reads_the_registers_within_an_assignment_only(kept: House) -> None:
    house = with_auditors(kept)
    assert house.get("auditor", "/api/registers").status_code == 403
    database = house.with_database()
    asked = (house.sample.ids["auditor"], "700/1", MONDAY.date(), "Magang", MONDAY.date(), date(2026, 5, 31))
    database.write(give_assignment, *asked, None, MONDAY)
    database.close()
    assert len(house.read("auditor", "/api/registers/BKPSDM/2026")["items"]) == 4
