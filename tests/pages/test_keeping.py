"""Backups, how long cases are kept, and legal holds, on the page of administrators."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from tests.accounts import CHEAP
from tests.api.house import House, Sample, served
from tests.pages.people import seen, signed_in
from workflow.backups.last import note
from workflow.people import By
from workflow.references import reference_of
from workflow.retention.holds import hold
from workflow.tables import cases, effects

PAGE = "/kelola/masa-simpan"


@pytest.fixture
def house(sample: Sample, tmp_path: Path) -> Iterator[House]:
    copy = tmp_path / "jenjang.db"
    shutil.copy(sample.path, copy)
    with served(sample, f"sqlite:///{copy}", passwords=CHEAP, backup_within=timedelta(hours=36)) as house:
        yield house


def closed_long_ago(house: House, case: str) -> None:
    """The case has been closed for longer than its kind is kept, and nothing is owed for it any more."""
    ago = cases.update().where(cases.c.id == case).values(closed_at=house.clock.now() - timedelta(days=6 * 366))
    with closing(house.with_database()) as database:
        database.write(lambda conn: conn.execute(ago))
        database.write(lambda conn: conn.execute(effects.update().values(done_at=house.clock.now())))


def test_it_is_for_administrators_alone(house: House) -> None:
    case = house.open()
    for who in ("verifier", "nurse", "contact"):
        browser = signed_in(house, who)
        assert browser.get(PAGE).status_code == 404
        assert browser.get(f"{PAGE}/{case}").status_code == 404
        form = {"case": reference_of(case), "reason": "Diminta Inspektorat"}
        assert browser.send(PAGE, form, page="/akun").status_code == 404
        assert PAGE not in browser.get("/kelola").text
    assert PAGE in signed_in(house, "administrator").get("/kelola").text


def test_the_last_backup_is_told_and_that_there_is_none_of_late(house: House) -> None:
    administrator = signed_in(house, "administrator")
    assert "Belum ada cadangan yang tercatat. Perlu dibuat" in seen(administrator.get(PAGE))
    made = house.clock.now() - timedelta(hours=8)
    with closing(house.with_database()) as database:
        database.write(note, made, made.date(), house.clock.now())
    page = seen(administrator.get(PAGE))
    assert "1 Maret 2026" in page or "2 Maret 2026" in page
    assert "Terlalu lama" not in page
    assert "Perlu dibuat" not in page


def test_what_the_next_run_erases_is_named_with_the_rule_and_what_is_held_is_not(house: House) -> None:
    erased, held = house.open(), house.open("second_nurse")
    administrator = signed_in(house, "administrator")
    assert "Tidak ada berkas yang lewat masa simpannya." in seen(administrator.get(PAGE))
    for case, who in ((erased, "nurse"), (held, "second_nurse")):
        house.done(who, case, "withdraw", {"note": "Tidak jadi berangkat."})
        closed_long_ago(house, case)
    assert "Isi 2 berkas sudah lewat masa simpannya." in seen(administrator.get(PAGE))
    form = {"case": reference_of(held), "reason": "Diminta Inspektorat"}
    assert administrator.send(PAGE, form).headers["location"] == f"{PAGE}?selesai=ditahan"
    page = seen(administrator.get(PAGE))
    assert "Isi 1 berkas sudah lewat masa simpannya." in page
    assert f"{reference_of(erased)} Magang antarinstansi" in page
    assert "5 tahun (Praktik daerah)" in page
    assert "1 karena ditahan" in page
    assert "jenjang retention --confirm" in page


def test_a_list_that_is_too_long_for_a_page_is_said_to_be_longer_and_has_its_code_from_the_command(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for who in ("nurse", "second_nurse"):
        case = house.open(who)
        house.done(who, case, "withdraw", {"note": "Tidak jadi berangkat."})
        closed_long_ago(house, case)
    administrator = signed_in(house, "administrator")
    whole = seen(administrator.get(PAGE))
    assert "Isi 2 berkas" in whole
    monkeypatch.setattr("workflow.views.keeping.LOOKED_AT", 1)
    page = seen(administrator.get(PAGE))
    assert "Lebih dari 1 berkas sudah lewat masa simpannya" in page
    assert "Selebihnya ditampilkan oleh jenjang retention." in page
    assert "--confirm" not in page


def test_setting_a_hold_reads_nothing_of_what_is_past_its_time(house: House) -> None:
    case, administrator = house.open(), signed_in(house, "administrator")
    administrator.get(PAGE)
    asked: list[str] = []

    def note_it(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note_it)
    try:
        form = {"case": reference_of(case), "reason": "Perkara di PTUN"}
        assert administrator.send(PAGE, form, page="/akun").status_code == 303
    finally:
        event.remove(Engine, "before_cursor_execute", note_it)
    assert any("INSERT INTO holds" in statement for statement in asked)
    assert not [statement for statement in asked if "cases.closed_at IS NOT NULL" in statement]


def test_of_a_held_case_that_is_not_for_them_to_see_administrators_are_told_no_reason(house: House) -> None:
    seen_by_them, ids = house.open(), house.sample.ids
    wanted = {"process": "award_revocation", "person": ids["nurse"], "form": {}}
    draft = house.ask("verifier", "POST", "/api/cases", json=wanted, headers={"Idempotency-Key": "k1"}).json()["id"]
    by = By(ids["administrator"], "Administrator")
    with closing(house.with_database()) as database:
        database.write(hold, draft, "Dugaan bukti palsu", by, house.clock.now())
        database.write(hold, seen_by_them, "Perkara di PTUN", by, house.clock.now())
    administrator = signed_in(house, "administrator")
    page = administrator.get(PAGE)
    assert "Perkara di PTUN" in page.text
    assert f'href="{PAGE}/{seen_by_them}"' in page.text
    assert "Dugaan bukti palsu" not in page.text
    assert draft not in page.text, "what leads nowhere is no link"
    assert f"{reference_of(draft)} Pencabutan penghargaan Berkas ini belum dapat Anda lihat" in seen(page)
    assert administrator.get(f"{PAGE}/{draft}").status_code == 404


def test_a_hold_is_set_told_and_ended(house: House) -> None:
    case, administrator = house.open(), signed_in(house, "administrator")
    form = {"case": reference_of(case).lower(), "reason": "Perkara di PTUN"}
    assert administrator.send(PAGE, form).status_code == 303
    page = seen(administrator.get(PAGE))
    assert f"{reference_of(case)} Magang antarinstansi Perkara di PTUN" in page
    again = administrator.send(PAGE, form)
    assert again.status_code == 409
    assert "sudah ditahan" in seen(again)
    ending, hold = {"reason": "Perkara selesai"}, f"{PAGE}/{case}"
    late = administrator.send(hold, {**ending, "version": "0"}, page=hold)
    assert late.status_code == 409
    assert "Berkas sudah berubah" in seen(late)
    assert "Alasan" in seen(administrator.send(hold, {"reason": ""}, page=hold))
    version = house.read("administrator", f"/api/cases/{case}")["version"]
    assert administrator.send(hold, {**ending, "version": str(version)}, page=hold).status_code == 303
    assert "Tidak ada berkas yang ditahan." in seen(administrator.get(PAGE))
    assert administrator.get(hold).status_code == 404


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"case": "AAAA-AAAA", "reason": "Diminta Inspektorat"}, "AAAA-AAAA"),
        ({"case": "", "reason": "Diminta Inspektorat"}, "Nomor berkas"),
        ({"case": "AAAA-AAAA", "reason": ""}, "Alasan"),
    ],
)
def test_what_cannot_be_held_is_told_and_what_was_typed_stays(form: dict[str, str], says: str, house: House) -> None:
    answer = signed_in(house, "administrator").send(PAGE, form)
    assert answer.status_code in (404, 422, 400)
    assert says in seen(answer)
    assert form["reason"] in answer.text
