"""What goes wrong is told on a page, in the reader's words, with the way out; programs get their problem documents."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from litestar.testing import TestClient

from api.app import create_app
from api.clock import DemoClock
from api.security import SMALL
from tests.accounts import CHEAP, Browser
from tests.api.house import MONDAY, PDF, SECRET, House, Sample, import_sample, served
from tests.pages.people import begun, hidden, seen, signed_in
from workflow import filing
from workflow.database import Database
from workflow.migrations import migrate


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    path = tmp_path_factory.mktemp("sample") / "jenjang.db"
    with closing(Database.open(f"sqlite:///{path}")) as database:
        migrate(database)
        return Sample(path, *database.write(import_sample))


@pytest.fixture(scope="module")
def house(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    path = tmp_path_factory.mktemp("house") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}", passwords=CHEAP) as house:
        yield house


@pytest.fixture(scope="module")
def nurse(house: House) -> Browser:
    return signed_in(house, "nurse")


@pytest.fixture(scope="module")
def draft(nurse: Browser) -> str:
    """The address of the nurse's draft."""
    return begun(nurse)


def is_page(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("text/html") and "<h1" in answer.text


def send(browser: Browser, page: str, *, files: object, **form: str) -> httpx.Response:
    """Send the form of a page with files, as a browser does."""
    shown = browser.get(page)
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token
    sent = {"_csrf_token": token[1], **hidden(shown), **form}
    return browser.client.post(page, data=sent, files=files)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/pensiun", "/berkas/a/b/c", "/apia", "/verify/a/b/c/d"])
def test_an_address_that_there_is_not_is_told_on_a_page(house: House, path: str) -> None:
    answer = house.client.get(path)
    assert (answer.status_code, is_page(answer)) == (404, True)
    assert "Tidak ada halaman pada alamat ini" in seen(answer)
    assert 'href="/"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert path.rpartition("/")[2] not in seen(answer).split()


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/pension", "/static/pension.css", "/demo/pension", "/problems/a/b"]
)
def test_programs_are_told_in_a_problem_document(house: House, path: str) -> None:
    answer = house.client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_page_that_is_asked_in_another_way_says_so_and_which_ways_there_are(house: House) -> None:
    answer = house.client.delete("/berkas")
    assert (answer.status_code, is_page(answer)) == (405, True)
    assert "GET" in answer.headers["allow"]
    assert house.client.delete("/api/cases").headers["content-type"] == "application/problem+json"


def test_a_case_that_is_not_there_is_told_with_the_way_to_the_inbox(nurse: Browser) -> None:
    answer = nurse.get("/berkas/AAAA-AAAA/submit")
    assert (answer.status_code, is_page(answer)) == (404, True)
    assert "tidak ada, atau bukan untuk Anda lihat" in seen(answer)
    assert 'class="govuk-back-link"' not in answer.text


def test_a_parameter_that_cannot_be_read_is_told_on_a_page(nurse: Browser) -> None:
    long = nurse.get(f"/berkas?sesudah={'x' * 3000}")
    assert (long.status_code, is_page(long)) == (400, True)
    null = nurse.get("/berkas/%00")
    assert (null.status_code, is_page(null)) == (400, True)
    assert "NUL" in seen(null)


def test_a_fault_of_ours_tells_its_number_and_nothing_else(
    house: House, nurse: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    broken = begun(nurse)
    with closing(house.with_database()) as database:
        reference = broken.rpartition("/")[2]
        text = "UPDATE cases SET form = '{broken' WHERE reference = ?"
        database.write(lambda conn: conn.exec_driver_sql(text, (reference,)).close())
    answer = nurse.get(broken)
    assert (answer.status_code, is_page(answer)) == (500, True)
    assert "broken" not in answer.text
    assert "Traceback" not in answer.text
    number = re.search(r"<strong>([0-9a-f-]{36})</strong>", answer.text)
    assert number
    assert any(number[1] in record.getMessage() and record.exc_info for record in caplog.records)


def test_an_office_that_is_not_set_up_says_so_on_a_page(tmp_path: Path) -> None:
    app = create_app(f"sqlite:///{tmp_path / 'new.db'}", clock=DemoClock(MONDAY, SECRET), runner=False)
    with TestClient(app) as client:
        answer = client.get("/kebijakan-data")
    assert (answer.status_code, is_page(answer)) == (503, True)
    assert "jenjang migrate" in seen(answer)
    assert answer.headers["retry-after"]
    assert 'href="/kebijakan-data" role="button"' in answer.text


def test_a_letter_whose_file_is_being_made_says_so_and_when_to_ask_again(house: House) -> None:
    case = house.road("request_host")
    secretary = signed_in(house, "secretary")
    page = secretary.get(f"/berkas/{case}")
    assert "Ditandatangani, PDF sedang dibuat" in seen(page)
    assert "/pdf" not in page.text
    letters = house.read("secretary", f"/api/cases/{case}")["letters"]
    letter = next(line for line in letters if line["state"] == "to_render")
    assert "/pdf" not in secretary.get(f"/surat/{letter['id']}").text
    answer = secretary.get(f"/surat/{letter['id']}/pdf")
    assert (answer.status_code, is_page(answer)) == (409, True)
    assert answer.headers["retry-after"] == "2"
    assert f'href="/surat/{letter["id"]}/pdf" role="button"' in answer.text
    assert f'href="/surat/{letter["id"]}" class="govuk-back-link"' in answer.text


def test_a_paper_of_nine_megabytes_is_taken(nurse: Browser, draft: str) -> None:
    content = PDF + bytes(9 * 1024 * 1024)
    answer = send(nurse, f"{draft}/save", files={"attachments-new": ("besar.pdf", content, "application/pdf")})
    assert answer.status_code == 303, seen(answer)
    assert "besar.pdf" in seen(nurse.get(draft))


def test_what_is_larger_than_any_form_is_told_with_the_limit(nurse: Browser, draft: str) -> None:
    content = PDF + bytes(40 * 1024 * 1024)
    answer = send(nurse, f"{draft}/save", files={"attachments-new": ("pindaian.pdf", content, "application/pdf")})
    assert (answer.status_code, is_page(answer)) == (413, True)
    assert "paling besar 20 MB, tiap berkas paling besar 10 MB" in seen(answer)
    assert f'href="{draft}" class="govuk-back-link"' in answer.text


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("surat.pdf", b"MZ\x90program", "Isi berkas “surat.pdf” bukan PDF"),
        ("pindaian.pdf", PDF + bytes(filing.LARGEST), "Berkas lebih besar daripada batas 10 MB"),
    ],
)
def test_a_file_that_is_not_taken_is_told_beside_its_field_and_what_was_typed_stays(
    nurse: Browser, draft: str, name: str, content: bytes, says: str
) -> None:
    files = [("attachments-new", (name, content)), ("attachments-new", ("undangan.pdf", PDF))]
    answer = send(nurse, f"{draft}/save", files=files, section="Instalasi Bedah")
    assert answer.status_code == 422
    assert f'<a href="#attachments">{says}' in answer.text
    assert re.search(rf'id="attachments-error"[^>]*>.*{says}', answer.text)
    assert 'value="Instalasi Bedah"' in answer.text
    assert "Berkas terunggah" in seen(answer)  # the other one is kept
    assert "Instalasi Bedah" not in seen(nurse.get(draft))


def test_nothing_of_a_large_form_is_read_before_its_session_has_been_looked_up(
    house: House, nurse: Browser, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read(_: object) -> None:
        raise AssertionError("the form was read")

    shown = nurse.get(f"{draft}/save")
    token = re.search(r'name="_csrf_token" value="([^"]+)"', shown.text)
    assert token
    stranger = Browser.on(house.client)
    stranger.client.cookies.update(nurse.client.cookies)
    monkeypatch.setattr("api.reading.JsonRequest.form", read)
    form = {"_csrf_token": token[1], "section": "x" * SMALL}
    for cookie in ("", "x" * 43):
        stranger.client.cookies.set("jenjang", cookie, domain="localhost.local", path="/")
        answer = stranger.client.post(f"{draft}/save", data=form)
        assert (answer.status_code, is_page(answer)) == (401, True)
        # Of what does not say how long it is nobody can know.
        more = {"Content-Type": "application/x-www-form-urlencoded"}
        assert stranger.client.post(f"{draft}/save", content=iter([b"a=b"]), headers=more).status_code == 401


def test_who_has_no_session_yet_sends_no_more_than_a_small_form(house: House) -> None:
    stranger = Browser.on(house.client)
    answer = stranger.send("/masuk", {"name": "x" * SMALL, "password": "y"})
    assert (answer.status_code, is_page(answer)) == (413, True)
    assert "64 KB" in seen(answer)


def test_a_form_in_an_encoding_that_nobody_can_read_is_told_on_a_page(nurse: Browser, draft: str) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="section"\r\nContent-Type: text/plain; charset=x-y\r\n\r\na\r\n--x--\r\n'
    more = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = nurse.client.post(f"{draft}/save", content=body, headers=more)
    assert (answer.status_code, is_page(answer)) == (400, True)


def test_anybody_may_read_which_data_is_kept_and_how_long(house: House) -> None:
    answer = Browser.on(house.client).get("/kebijakan-data")
    assert (answer.status_code, is_page(answer)) == (200, True)
    told = seen(answer)
    assert "Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi" in told
    assert "Sesi berakhir setelah 60 menit tidak dipakai, atau 720 menit sejak masuk" in told
    assert "dihapus setelah 5–10 tahun, kecuali masih diperlukan untuk perkara atau pemeriksaan" in told
    assert "Hubungi BKPSDM: Jalan Kemuning Raya Nomor 7" in told
