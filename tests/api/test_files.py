"""Files: taken for what they are, never larger than allowed, seen by those who may see the case."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from api.reading import LARGEST
from tests.api.house import PDF, REQUEST, House
from workflow import filing

MEGABYTE = 1_048_576


def office(*names: str) -> bytes:
    """An archive with these files in it."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return content.getvalue()


def handed_in(house: House, name: str, content: bytes, who: str = "nurse") -> httpx.Response:
    return house.ask(who, "POST", "/api/files", files={"file": (name, content)})


@pytest.mark.parametrize(
    ("name", "content", "kept", "media_type"),
    [
        ("SK.PDF", PDF, "SK.pdf", "application/pdf"),
        ("foto.jpeg", b"\xff\xd8\xff\xe0" + b"0" * 20, "foto.jpg", "image/jpeg"),
        ("denah.png", b"\x89PNG\r\n\x1a\n" + b"0" * 20, "denah.png", "image/png"),
        ("surat.docx", office("[Content_Types].xml", "word/document.xml"), "surat.docx", list(filing.ENDINGS)[3]),
        ("data.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), "data.xlsx", list(filing.ENDINGS)[4]),
        ("gambar.exe", PDF, "gambar.exe.pdf", "application/pdf"),
    ],
)
def test_a_file_is_taken_for_what_its_content_is(
    quiet: House, name: str, content: bytes, kept: str, media_type: str
) -> None:
    response = handed_in(quiet, name, content)
    assert response.status_code == 201
    line = response.json()
    assert (line["name"], line["media_type"], line["size"]) == (kept, media_type, len(content))
    assert response.headers["location"] == f"/api/files/{line['id']}"
    fetched = quiet.get("nurse", response.headers["location"])
    assert fetched.content == content
    assert fetched.headers["content-type"] == media_type
    assert fetched.headers["content-disposition"].startswith("attachment;")
    assert "sandbox" in fetched.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("surat.pdf", b"<html><script>alert(1)</script>"),
        ("surat.pdf", b""),
        ("gambar.png", b"GIF89a"),
        ("surat.docx", office("word/document.xml")),
        ("surat.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
        ("arsip.zip", office("a.txt")),
        ("rusak.xlsx", b"PK\x03\x04" + b"0" * 100),
        ("a.svg", b"<svg xmlns='a'/>"),
    ],
)
def test_what_is_none_of_these_is_refused_whatever_its_name(quiet: House, name: str, content: bytes) -> None:
    response = handed_in(quiet, name, content)
    assert response.status_code == 415
    assert response.json()["type"] == "/problems/unsupported-media-type"
    assert name in response.json()["detail"]


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\SK Pangkat.pdf", "SK Pangkat.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("  baris\n\tdua  .pdf", "baris dua.pdf"),
        ('"><script>.pdf', "script.pdf"),
        ("...", "berkas.pdf"),
        ("x" * 300 + ".pdf", "x" * 120 + ".pdf"),
        ("tugas.tar.pdf", "tugas.tar.pdf"),
    ],
)
def test_a_name_is_made_safe(name: str, kept: str) -> None:
    assert filing.proper_name(name, ".pdf") == kept


def test_a_file_beyond_the_limit_is_refused(quiet: House) -> None:
    response = handed_in(quiet, "besar.pdf", PDF + b"0" * filing.LARGEST)
    assert response.status_code == 413
    assert response.json()["type"] == "/problems/too-large"
    assert "10 MB" in response.json()["detail"]
    assert handed_in(quiet, "pas.pdf", PDF.ljust(filing.LARGEST, b"0")).status_code == 201


def test_a_forty_megabyte_file_is_refused_before_it_is_read(quiet: House) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7'
        for _ in range(40):
            yield b"0" * MEGABYTE

    kind = "multipart/form-data; boundary=x"
    response = quiet.ask(
        "nurse", "POST", "/api/files", content=b"", headers={"Content-Type": kind, "Content-Length": str(40 * MEGABYTE)}
    )
    assert response.status_code == 413
    response = quiet.ask("nurse", "POST", "/api/files", content=pieces(), headers={"Content-Type": kind})
    assert response.status_code == 413
    assert "10 MB" in response.json()["detail"]


def test_a_stranger_cannot_hand_anything_in(quiet: House) -> None:
    headers = {"Authorization": f"Bearer jj_{'x' * 43}"}
    response = quiet.client.post("/api/files", files={"file": ("a.pdf", PDF)}, headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b"{}", 415),
        ("", b"", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken", 400),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nhi\r\n--x--',
            400,
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="other"; filename="a.pdf"\r\n\r\n%PDF-\r\n--x--',
            400,
        ),
    ],
)
def test_a_form_that_holds_no_file_is_refused(quiet: House, content_type: str, body: bytes, status: int) -> None:
    response = quiet.ask("nurse", "POST", "/api/files", content=body, headers={"Content-Type": content_type})
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"


def test_a_file_is_its_uploaders_until_a_step_ties_it_to_a_case(house: House) -> None:
    file = house.upload("nurse", "lampiran.pdf")
    assert house.get("nursing_head", f"/api/files/{file}").status_code == 404
    case = house.open()
    house.done("nurse", case, "submit", {**REQUEST, "attachments": [file]})
    assert house.get("nursing_head", f"/api/files/{file}").status_code == 200
    assert house.get("stranger", f"/api/files/{file}").status_code == 404
    shown = {line["name"]: line["shown"] for line in house.read("nurse", f"/api/cases/{case}")["form"]}
    assert shown["attachments"] == "lampiran.pdf"


def test_a_contact_fetches_what_its_own_people_handed_in_and_nothing_else(house: House) -> None:
    file = house.upload("nurse", "lampiran.pdf")
    case = house.road("submit", attachments=[file])
    for who, trigger, form in house.steps()[1:5]:
        house.done(who, case, trigger, form)
    assert house.get("contact", f"/api/cases/{case}").status_code == 200
    assert house.get("contact", f"/api/files/{file}").status_code == 404
    own = house.upload("contact", "balasan.pdf")
    assert house.get("contact", f"/api/files/{own}").status_code == 200
    assert house.get("nurse", f"/api/files/{own}").status_code == 404


def test_no_number_of_a_form_is_too_large_to_be_stored() -> None:
    assert LARGEST < 2**63


FILE = b'form-data; name="file"; filename="a.pdf"'


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([(b'form-data; name="file"', b"%PDF-1.7")], "harus satu berkas yang disertai namanya"),
        ([(FILE, b"%PDF-1.7"), (FILE, b"%PDF-1.7")], "harus satu berkas yang disertai namanya"),
        ([(b'form-data; name="fail"; filename="a.pdf"', b"%PDF-1.7")], "kunci “file” harus ada"),
        ([(b"rusak", b"%PDF-1.7")], "multipart/form-data tidak dapat dibaca"),
        ([(b'form-data; name="x"\r\nContent-Type: text/plain; charset=bogus', b"x")], "pakailah UTF-8"),
        ([(b'form-data; name="x"', b"\xff\xfe")], "pakailah UTF-8"),
        ([(b'form-data; name="file"; filename=""', b"%PDF-1.7\n\xff\xfe")], "Berkas harus disertai namanya"),
    ],
)
def test_a_form_around_the_file_that_is_broken_is_refused_with_what_is_wrong(
    quiet: House, parts: list[tuple[bytes, bytes]], says: str
) -> None:
    body = b"".join(b"--XX\r\nContent-Disposition: %b\r\n\r\n%b\r\n" % part for part in parts) + b"--XX--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=XX"}
    response = quiet.ask("nurse", "POST", "/api/files", content=body, headers=headers)
    assert response.status_code == 400, response.text
    assert says in response.json()["detail"]
