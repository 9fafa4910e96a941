"""A request written part by part on pages alone: begun, left, taken up again, looked over and sent."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

import httpx
import pytest
from sqlalchemy import Connection, update

from tests.accounts import CHEAP, Browser
from tests.api.house import PDF, House, Sample, served
from tests.pages.people import begun, hidden, seen, signed_in, take
from workflow.forms.asking import ASKED, applying, asked_fields, asking_of
from workflow.registry import Registry
from workflow.tables import people as people_table
from workflow.views import colleagues

People = Callable[[str], Browser]

PLACE = {"host": "partner:RSUP-TELAGA", "section": "Instalasi Rawat Intensif"}
DAYS = {
    "starts_on-day": "6",
    "starts_on-month": "April",
    "starts_on-year": "2026",
    "ends_on-day": "10",
    "ends_on-month": "4",
    "ends_on-year": "2026",
}
GOAL = {
    "competency": "Keperawatan intensif",
    "goal": "Menerapkan asuhan keperawatan intensif di RSUD.",
    "plan_item": "Butir 12 rencana tahun 2026",
}
PARTS: Mapping[str, Mapping[str, str]] = {"tempat": PLACE, "waktu": DAYS, "tujuan": GOAL, "biaya": {"funding": "none"}}


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("requests") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def people(house: House) -> People:
    """The browser of one of the cast, who has signed in."""
    known: dict[str, Browser] = {}
    return lambda who: known.setdefault(who, signed_in(house, who))


def draft(browser: Browser, process: str = "internship") -> str:
    """A new draft; answers the address under which it is written."""
    answer = take(browser, f"/permohonan/{process}", {})
    assert answer.status_code == 303, seen(answer)
    return str(answer.headers["location"])


def filled(browser: Browser, parts: Mapping[str, Mapping[str, str]] = PARTS) -> str:
    """A draft with these parts filled in; answers its address."""
    address = draft(browser)
    for name, form in parts.items():
        answer = take(browser, f"{address}/{name}", form)
        assert answer.status_code == 303, seen(answer)
    return address


def with_file(
    browser: Browser, path: str, field: str, name: str, content: bytes, form: Mapping[str, str] | None = None
) -> httpx.Response:
    shown = browser.get(path)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token
    data = {"_csrf_token": token[1], **hidden(shown), field: "", **(form or {})}
    return browser.client.post(path, data=data, files={f"{field}-new": (name, content, "application/pdf")})


# --- What there is to ask for ----------------------------------------------------------------------------------------


def test_every_field_of_a_form_that_opens_a_process_belongs_to_one_part() -> None:
    for process in Registry.discover().processes.values():
        asking = asking_of(process.name, process.form)
        asked = [name for part in asking.parts for name in part.fields]
        assert sorted(asked) == sorted(asked_fields(process.form)), process.name
        assert {*asking.only} <= {*asked}, process.name
        assert {name for part in asking.parts for name in part.hints} <= {*asked}, process.name
        rules = {rule.name.rpartition(".")[2] for arrow in process.transitions for rule in arrow.guards}
        assert {*asking.asked_first, *asking.foretold} <= rules, process.name


def test_every_process_is_told_in_a_sentence_and_no_part_is_called_like_the_last_page() -> None:
    assert {*ASKED} == {*Registry.discover().processes}
    for name, asking in ASKED.items():
        assert asking.says.endswith("."), name
        parts = [part.name for part in asking.parts]
        assert "periksa" not in parts
        assert len({*parts}) == len(parts)


def test_a_process_that_is_not_named_is_asked_in_one_part() -> None:
    process = Registry.discover().processes["internship"]
    (part,) = asking_of("a-further-process", process.form).parts
    assert part.fields == tuple(asked_fields(process.form))


def test_an_employee_is_offered_what_they_may_ask_for_and_nothing_that_is_others(people: People) -> None:
    told = seen(people("nurse").get("/permohonan"))
    assert "Magang antarinstansi" in told
    assert "Bekerja dan belajar beberapa waktu di instansi lain" in told
    assert "Putaran penghargaan" not in told
    assert "Pencabutan" not in told
    assert "Untuk Anda sendiri atau pegawai" not in told
    assert "Pencabutan penghargaan" in seen(people("verifier").get("/permohonan"))
    assert "Untuk Anda sendiri atau pegawai yang Anda kelola" in seen(people("nursing_head").get("/permohonan"))


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_never_somebody_s_to_ask_for_is_not_there(people: People, method: str) -> None:
    nurse = people("nurse")
    path = "/permohonan/award_revocation"
    answer = nurse.get(path) if method == "GET" else nurse.send(path, {"key": "k"}, page="/permohonan/internship")
    assert answer.status_code == 404


def test_what_stands_in_the_way_from_the_start_is_told_with_its_law_before_anything_is_filled_in(
    people: People, house: House
) -> None:
    theirs = update(people_table).where(people_table.c.id == house.sample.ids["second_nurse"])
    with closing(house.with_database()) as database:
        for status, is_told in (("Diberhentikan sementara", True), ("Aktif", False)):
            change = theirs.values(status=status)
            database.write(Connection.execute, change)
            told = seen(people("second_nurse").get("/permohonan/internship"))
            assert ("Saat ini Anda belum dapat mengajukannya untuk diri sendiri" in told) is is_told
            assert ("Status kepegawaian: Diberhentikan sementara." in told) is is_told


# --- Part by part ----------------------------------------------------------------------------------------------------


def test_a_request_is_written_in_parts_looked_over_and_sent(people: People) -> None:
    nurse = people("nurse")
    address = draft(nurse)
    assert nurse.get(address).headers["location"] == f"{address}/tempat"
    first = take(nurse, f"{address}/tempat", PLACE)
    assert first.headers["location"] == f"{address}/waktu"
    may = {**DAYS, "starts_on-month": "Mei", "ends_on-month": "5"}
    assert take(nurse, f"{address}/waktu", may).headers["location"] == f"{address}/tujuan"
    assert take(nurse, f"{address}/tujuan", GOAL).headers["location"] == f"{address}/biaya"
    assert take(nurse, f"{address}/biaya", {"funding": "none"}).headers["location"] == f"{address}/lampiran"
    assert take(nurse, f"{address}/lampiran", {}).headers["location"] == f"{address}/periksa"
    told = seen(nurse.get(f"{address}/periksa"))
    assert "Rumah Sakit Umum Pusat Telaga Biru" in told
    assert "6 Mei 2026" in told
    assert "Tanpa biaya" in told
    assert "Permohonan ini dapat dikirim" in told
    sent = take(nurse, f"{address}/periksa", {})
    assert sent.status_code == 303, seen(sent)
    assert "Menunggu persetujuan atasan langsung" in seen(nurse.get(sent.headers["location"]))


def test_how_many_would_be_present_is_told_before_it_is_sent(people: People) -> None:
    told = seen(people("nurse").get(f"{filled(people('nurse'))}/periksa"))
    assert re.search(
        r"Dari \d+ pegawai dengan jabatan Perawat Ahli Pertama pada atasan yang sama, \d+ tetap bertugas", told
    )


def test_whoever_comes_back_goes_on_where_something_is_missing(people: People) -> None:
    nurse = people("nurse")
    address = filled(nurse, {"tempat": PLACE})
    later = take(nurse, f"{address}/waktu", {"starts_on-day": "6", "lalu": "nanti"} | {"starts_on-month": "4"})
    assert later.status_code == 422  # half a day is none
    assert take(nurse, f"{address}/tujuan", {"goal": "Belajar lagi", "lalu": "nanti"}).status_code == 303
    assert address in nurse.get("/permohonan").text
    assert nurse.get(address).headers["location"] == f"{address}/waktu"


def test_a_part_that_lacks_something_is_kept_and_says_so_beside_the_field(people: People) -> None:
    nurse = people("nurse")
    address = draft(nurse)
    answer = take(nurse, f"{address}/tempat", {"section": "Poli Jantung"})
    assert answer.status_code == 422
    assert "<title>Kesalahan: " in answer.text
    assert 'href="#host"' in answer.text
    assert "Instansi penerima belum diisi." in seen(answer)
    assert 'value="Poli Jantung"' in nurse.get(f"{address}/tempat").text
    again = nurse.send(f"{address}/tempat", {**hidden(answer), **PLACE}, page=f"{address}/tempat")
    assert again.status_code == 303, seen(again)


def test_one_is_led_back_to_what_is_missing_and_from_there_to_the_last_page(people: People) -> None:
    nurse = people("nurse")
    address = filled(nurse, {"tempat": PLACE, "waktu": DAYS})
    told = nurse.get(f"{address}/periksa")
    assert "Yang masih harus diisi" in seen(told)
    assert f"{address}/tujuan?dari=periksa" in told.text
    back = take(nurse, f"{address}/tujuan", {**GOAL, "dari": "periksa"})
    assert back.headers["location"] == f"{address}/periksa"


def test_what_a_choice_rules_out_is_neither_asked_for_nor_kept(people: People) -> None:
    nurse = people("nurse")
    address = filled(nurse, {**PARTS, "biaya": {"funding": "agency_budget"}})
    assert take(nurse, f"{address}/perkiraan-biaya", {"estimate": "1.500.000"}).status_code == 303
    assert "1.500.000" in seen(nurse.get(f"{address}/periksa"))
    take(nurse, f"{address}/biaya", {"funding": "none"})
    told = seen(nurse.get(f"{address}/periksa"))
    assert "1.500.000" not in told
    assert "Permohonan ini dapat dikirim" in told
    assert nurse.get(f"{address}/perkiraan-biaya").status_code == 303


def test_the_documents_of_an_award_are_those_that_the_law_lists_for_its_kind(people: People) -> None:
    nurse = people("nurse")
    address = draft(nurse, "incentive")
    assert nurse.get(f"{address}/dokumen").status_code == 303
    kind = {"kind": "self_development", "grounds": "Menyusun modul keselamatan pasien bagi seluruh bangsal."}
    assert take(nurse, f"{address}/jenis", kind).status_code == 303
    told = seen(nurse.get(f"{address}/dokumen"))
    assert "Daftar riwayat hidup" in told
    assert "Keputusan pangkat terakhir" not in told
    take(nurse, f"{address}/jenis", {**kind, "kind": "satyalancana_10"})
    assert "Keputusan pangkat terakhir" in seen(nurse.get(f"{address}/dokumen"))


def test_what_the_law_lists_is_asked_for_also_where_no_words_here_foresee_it() -> None:
    asking = ASKED["incentive"]
    assert "contract" not in applying(asking, {"kind": "regional"}, ())
    assert "contract" in applying(asking, {"kind": "regional"}, ("contract",))


def test_nothing_is_recorded_where_nothing_changed(people: People, house: House) -> None:
    nurse = people("nurse")
    address = filled(nurse, {"tempat": PLACE})
    reference = address.rpartition("/")[2]
    before = house.read("nurse", f"/api/cases/{reference}")["version"]
    assert take(nurse, f"{address}/tempat", PLACE).status_code == 303
    assert house.read("nurse", f"/api/cases/{reference}")["version"] == before


def test_a_paper_that_was_handed_in_is_named_and_stays(people: People) -> None:
    nurse = people("nurse")
    address = draft(nurse)
    assert with_file(nurse, f"{address}/lampiran", "attachments", "undangan.pdf", PDF).status_code == 303
    assert "undangan.pdf" in seen(nurse.get(f"{address}/lampiran"))


# --- For a colleague, and who is found -------------------------------------------------------------------------------


def test_a_superior_seeks_a_colleague_by_name_and_opens_a_draft_for_them(people: People) -> None:
    head = people("nursing_head")
    found = take(head, "/permohonan/mentoring", {"untuk": "lain", "person-cari": "kirana mahes", "cari": "person"})
    assert found.status_code == 200
    assert "Ns. Kirana Maheswari" in seen(found)
    (person,) = re.findall(r'name="person" type="radio" value="([^"]+)"', found.text)
    opened = take(head, "/permohonan/mentoring", {"untuk": "lain", "person": person})
    assert opened.status_code == 303, seen(opened)
    assert "Kirana Maheswari" in seen(head.get(f"{opened.headers['location']}/mentor"))


def test_a_colleague_who_is_not_theirs_is_refused_with_the_rule(people: People, house: House) -> None:
    refused = take(
        people("nursing_head"), "/permohonan/mentoring", {"untuk": "lain", "person": house.sample.ids["stranger"]}
    )
    assert refused.status_code == 403
    assert "yang membawahkannya" in seen(refused)


def test_a_mentor_is_sought_by_name_without_scripts_and_stays_chosen(people: People, house: House) -> None:
    nurse = people("nurse")
    address = draft(nurse, "mentoring")
    sought = take(nurse, f"{address}/mentor", {"mentor-cari": "sriyatun", "cari": "mentor"})
    assert sought.status_code == 200
    assert "Sriyatun Danuningrat" in seen(sought)
    chosen = take(nurse, f"{address}/mentor", {"mentor": house.sample.ids["nursing_head"]})
    assert chosen.headers["location"] == f"{address}/tujuan"
    again = nurse.get(f"{address}/mentor")
    assert re.search(r'value="[^"]+" checked', again.text)
    assert "Sriyatun Danuningrat" in seen(again)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("xq", "sedikitnya 3 huruf"),
        ("19870314", "18 angka"),
        ("Tidak Bernama Siapa", "Tidak ada pegawai yang cocok"),
        ("%%%", "Tidak ada pegawai yang cocok"),
    ],
)
def test_who_seeks_nobody_is_told_how_to_seek(people: People, text: str, says: str) -> None:
    address = draft(people("nurse"), "mentoring")
    answer = take(people("nurse"), f"{address}/mentor", {"mentor-cari": text})
    assert says in seen(answer)


def test_of_a_colleague_the_list_tells_name_post_unit_and_the_end_of_the_nip(people: People, house: House) -> None:
    found = people("nurse").get("/cari/pegawai?kata=sriyatun").json()
    (person,) = found["items"]
    assert person["name"].startswith("Ns. Sriyatun") or "Sriyatun" in person["name"]
    assert re.search(r"NIP …\d{4}$", person["about"])
    assert not re.search(r"\d{5}", person["about"])
    by_key = house.read("nurse", "/api/colleagues", params={"search": "sriyatun"})
    assert [each["id"] for each in by_key["items"]] == [person["id"]]


def test_contacts_of_partners_look_nobody_up_and_are_never_found(people: People, house: House) -> None:
    assert people("contact").get("/cari/pegawai?kata=sriyatun").status_code == 403
    assert house.get("contact", "/api/colleagues", params={"search": "sriyatun"}).status_code == 403
    assert house.read("nurse", "/api/colleagues", params={"search": "Respati Danurwendo"})["items"] == []


def test_nobody_copies_the_staff_name_by_name(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(colleagues, "SEARCHES", 4)
    browser = signed_in(house, "informatics_head")
    found = browser.get("/cari/pegawai?kata=perawat").json()
    assert len(found["items"]) <= 20
    statuses = [browser.get("/cari/pegawai?kata=perawat").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


def test_names_that_are_looked_up_by_number_count_too_and_whoever_was_chosen_stays_chosen(
    people: People, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    nurse = people("nurse")
    address = draft(nurse, "mentoring")
    take(nurse, f"{address}/mentor", {"mentor": house.sample.ids["nursing_head"]})
    monkeypatch.setattr(colleagues, "SEARCHES", 0)
    page = nurse.get(f"{address}/mentor")
    assert "Sriyatun" not in seen(page)
    assert "Tunggu sebentar" in seen(page)
    assert re.search(rf'value="{house.sample.ids["nursing_head"]}" checked', page.text)


# --- Whose it is -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/tempat", "/periksa"])
def test_a_stranger_does_not_learn_of_a_draft(people: People, path: str) -> None:
    address = draft(people("nurse"))
    stranger = people("stranger")
    there, nowhere = stranger.get(f"{address}{path}"), stranger.get(f"/isian/AAAA-AAAA{path}")
    assert (there.status_code, nowhere.status_code) == (404, 404)


def test_whoever_sees_a_draft_and_does_not_write_it_is_shown_its_page_and_told_why(
    people: People, house: House
) -> None:
    address = filled(people("nurse"))
    administrator = people("administrator")
    reference = address.rpartition("/")[2]
    assert administrator.get(f"{address}/tempat").headers["location"] == f"/berkas/{reference}"
    answer = administrator.send(f"{address}/tempat", {"version": "1", "key": "k", **PLACE}, page="/akun")
    assert answer.status_code == 403
    assert "hanya diisi oleh yang menyusunnya" in seen(answer)
    assert house.get("stranger", f"/api/cases/{reference}/draft").status_code == 404
    assert house.get("administrator", f"/api/cases/{reference}/draft").status_code == 403


def test_the_api_tells_what_the_pages_show(people: People, house: House) -> None:
    case = begun(people("nurse")).rpartition("/")[2]
    parts = house.read("nurse", f"/api/cases/{case}/draft")["parts"]
    assert [part["name"] for part in parts] == ["tempat", "waktu", "tujuan", "biaya", "lampiran"]
    told = house.read("nurse", "/api/openings")
    assert "internship" in {each["process"] for each in told["items"] if each["for_oneself"]}
    assert case in {each["reference"] for each in told["drafts"]}
