"""Anybody checks a letter: by its code, its QR code or its file; and learns no more of it than that needs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Row, select, update

from api.routes.verify import _FILES, _LOOKS
from api.throttle import _ADDRESSES, Counted, _network
from tests.api.house import House, Sample, served
from tests.api.test_letters import render
from workflow.errors import TooOften
from workflow.ids import new_id
from workflow.people import issue_key
from workflow.proof.apart import LARGEST
from workflow.proof.keys import read_keys, rotate
from workflow.proof.statement import check
from workflow.tables import files, letters


@dataclass
class Issued:
    """A house with one letter that has left, and its file."""

    house: House
    row: Row[Any]
    pdf: bytes

    def get(self, path: str) -> httpx.Response:
        """Asked by anybody, without a key."""
        return self.house.client.get(path)

    def hand_in(self, content: bytes, name: str = "surat.pdf") -> httpx.Response:
        return self.house.client.post("/verify", files={"file": (name, content)})

    def set(self, **values: Any) -> None:
        """Change the letter behind the server's back."""
        database = self.house.with_database()
        database.write(lambda conn: conn.execute(update(letters).where(letters.c.id == self.row.id).values(**values)))
        database.close()


@pytest.fixture(scope="module")
def standing(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Issued]:
    """One letter that no test changes."""
    path = tmp_path_factory.mktemp("verify") / "jenjang.db"
    shutil.copy(sample.path, path)
    with served(sample, f"sqlite:///{path}") as house:
        house.road("forward")
        assert render(house) == 1
        yield issued_in(house)


@pytest.fixture
def issued(sample: Sample, standing: Issued, tmp_path: Path) -> Iterator[Issued]:
    """The same letter in a database of its own."""
    shutil.copytree(Path(standing.house.address.removeprefix("sqlite:///")).parent, tmp_path / "copy")
    with served(sample, f"sqlite:///{tmp_path / 'copy' / 'jenjang.db'}") as house:
        yield issued_in(house)


def issued_in(house: House) -> Issued:
    database = house.with_database()
    row = database.read(lambda conn: conn.execute(select(letters)).one())
    pdf = database.read(
        lambda conn: conn.execute(select(files.c.content).where(files.c.id == row.file_id)).scalar_one()
    )
    database.close()
    return Issued(house, row, pdf)


def test_a_letter_is_shown_with_the_least_that_tells_it_from_another(standing: Issued) -> None:
    page = standing.get(f"/verify/{standing.row.code}")
    assert page.status_code == 200
    for shown in (
        "SURAT BERLAKU",
        standing.row.number,
        "2 Maret 2026",
        "dr. Galuh Candrakirana",
        "Direktur Rumah Sakit",
    ):
        assert shown in page.text
    for hidden in ("Kirana", "Keperawatan intensif", "NIP", "Butir 12", standing.row.id, "Bonaventura"):
        assert hidden not in page.text


def test_the_page_runs_no_script_and_takes_nothing_from_elsewhere(standing: Issued) -> None:
    page = standing.get(f"/verify/{standing.row.code}")
    assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert "src=" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["content-type"].startswith("text/html")


def test_the_address_in_the_qr_code_leads_to_the_letter_in_either_case(standing: Issued) -> None:
    address = standing.row.statement.removeprefix("HTTPS://LAYANAN.KEMUNING.EXAMPLE")
    for path in (address, address.lower(), f"/verify/{standing.row.code.lower()}"):
        page = standing.get(path)
        assert (page.status_code, "SURAT BERLAKU" in page.text) == (200, True), path


def test_a_changed_statement_behind_a_code_is_told_and_shows_no_letter(standing: Issued) -> None:
    address = standing.row.statement.removeprefix("HTTPS://LAYANAN.KEMUNING.EXAMPLE")
    page = standing.get(address[:-9] + ("A" if address[-9] != "A" else "B") + address[-8:])
    assert "TIDAK TERBUKTI ASLI" in page.text
    assert standing.row.number not in page.text


def test_the_form_leads_to_the_answer(standing: Issued) -> None:
    assert standing.get("/verify").status_code == 200
    for typed in (
        standing.row.code,
        f" {standing.row.code.lower()} ",
        standing.row.statement,
        standing.row.statement.lower(),
    ):
        page = standing.house.client.get("/verify", params={"kode": typed})
        assert "SURAT BERLAKU" in page.text, typed
    assert standing.house.client.get("/verify", params={"kode": "//contoh.example/x"}).status_code == 404


@pytest.mark.parametrize("code", ["ABCDEFGH23", "x", "A" * 500, "%3Cscript%3E"])
def test_an_unknown_code_is_not_found(standing: Issued, code: str) -> None:
    page = standing.get(f"/verify/{code}")
    assert page.status_code == 404
    assert "SURAT TIDAK DITEMUKAN" in page.text
    assert "<script>" not in page.text


@pytest.mark.parametrize("state", ["to_paraf", "to_number", "to_sign", "to_mend", "to_render"])
def test_a_letter_that_has_not_left_looks_like_one_that_does_not_exist(issued: Issued, state: str) -> None:
    issued.set(state=state)
    unsigned, unknown = issued.get(f"/verify/{issued.row.code}"), issued.get("/verify/ABCDEFGH23")
    assert unsigned.status_code == unknown.status_code == 404
    assert unsigned.text.replace(issued.row.code, "ABCDEFGH23") == unknown.text
    assert unsigned.headers["content-length"] == unknown.headers["content-length"]


def test_a_draft_that_was_dropped_without_a_number_is_not_found(issued: Issued) -> None:
    issued.set(state="void", number=None, register_number=None)
    assert issued.get(f"/verify/{issued.row.code}").status_code == 404


def test_a_void_letter_says_by_which_it_was_cancelled(issued: Issued) -> None:
    _cancelled(issued, "void")
    page = issued.get(f"/verify/{issued.row.code}").text
    assert "SURAT DIBATALKAN" in page
    assert "sudah dibatalkan dengan surat Nomor 800/777/RSUD/2026 tanggal 2 Maret 2026" in page
    assert "rahasia" not in page
    assert "SURAT DIBATALKAN" in issued.hand_in(issued.pdf).text


def test_a_letter_declared_void_without_another_says_since_when(issued: Issued) -> None:
    issued.house.clock.set(issued.house.clock.now() + timedelta(days=3))
    declared = issued.house.ask(
        "director",
        "POST",
        f"/api/letters/{issued.row.id}/acts/void",
        json={"reason": "Salah mencantumkan waktu"},
        headers={"Idempotency-Key": "batal"},
    )
    assert declared.status_code == 200, declared.text
    page = issued.get(f"/verify/{issued.row.code}").text
    assert "sudah dibatalkan sejak 5 Maret 2026" in page
    assert "Salah mencantumkan" not in page
    assert "Alasannya dapat ditanyakan kepada instansi penerbitnya." in page


def test_a_replaced_letter_says_by_which(issued: Issued) -> None:
    _cancelled(issued, "replaced")
    page = issued.get(f"/verify/{issued.row.code}").text
    assert "SURAT TELAH DIGANTI" in page
    assert "800/777/RSUD/2026" in page


def _cancelled(issued: Issued, state: str) -> None:
    database = issued.house.with_database()
    other = {
        **issued.row._asdict(),
        "id": new_id(issued.house.clock.now()),
        "code": "ZZZZZZZZZZ",
        "number": "800/777/RSUD/2026",
        "register_number": 777,
        "file_id": None,
    }
    database.write(lambda conn: conn.execute(letters.insert().values(**other)))
    database.close()
    issued.set(state=state, cancelled_by=other["id"], void_reason="alasan yang rahasia")


def test_a_letter_signed_by_hand_says_so_and_its_scan_is_known(issued: Issued) -> None:
    issued.set(method="by_hand", statement=None, scan_id=issued.row.file_id, file_id=None)
    page = issued.get(f"/verify/{issued.row.code}").text
    assert "DITANDATANGANI BASAH" in page
    assert "tidak memuat tanda tangan elektronik" in page
    assert "sama sampai bita terakhir dengan pindaian" in issued.hand_in(issued.pdf).text


@pytest.mark.parametrize("first", ["void", "signed"])
def test_a_file_that_two_letters_have_is_told_of_the_one_in_force(issued: Issued, first: str) -> None:
    _cancelled(issued, first)
    second = {"file_id": issued.row.file_id, "state": "signed" if first == "void" else "void"}
    database = issued.house.with_database()
    database.write(lambda conn: conn.execute(letters.update().where(letters.c.code == "ZZZZZZZZZZ").values(**second)))
    database.close()
    answer = issued.hand_in(issued.pdf).text
    assert "SURAT BERLAKU" in answer
    assert "SURAT DIBATALKAN" not in answer


def test_the_file_as_it_was_issued_is_genuine(standing: Issued) -> None:
    answer = standing.hand_in(standing.pdf)
    assert answer.status_code == 200
    assert "SURAT BERLAKU" in answer.text
    assert "sama sampai bita terakhir" in answer.text


def test_a_file_that_was_altered_is_told_apart_and_the_letter_that_it_pretends_to_be_is_named(standing: Issued) -> None:
    answer = standing.hand_in(standing.pdf + b"\n")
    assert "BERKAS TELAH DIUBAH" in answer.text
    assert standing.row.number in answer.text
    assert "SURAT BERLAKU" not in answer.text


@pytest.mark.parametrize("content", [b"halo", b"", b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj"])
def test_what_is_no_pdf_is_answered_in_plain_words(standing: Issued, content: bytes) -> None:
    answer = standing.hand_in(content)
    assert answer.status_code in (200, 400)
    assert "SURAT BERLAKU" not in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_file_beyond_the_limit_is_refused(standing: Issued) -> None:
    answer = standing.hand_in(b"%PDF-1.7\n" + b"\0" * (LARGEST + 100_000))
    assert answer.status_code == 413
    assert "20 MB" in answer.text
    assert answer.headers["content-type"].startswith("text/html")


def test_a_form_without_a_file_is_answered_on_the_page(standing: Issued) -> None:
    sent: tuple[dict[str, Any], ...] = ({"data": {"file": "x"}}, {"json": {}}, {"files": {"lain": ("a.pdf", b"%PDF")}})
    for more in sent:
        answer = standing.house.client.post("/verify", **more)
        assert answer.status_code in (400, 415), more
        assert answer.headers["content-type"].startswith("text/html")


def test_published_keys_check_what_was_issued_also_after_a_change_of_key(issued: Issued) -> None:
    answer = issued.get("/verify/keys")
    assert answer.headers["content-type"] == "application/jwk-set+json"
    assert "public" in answer.headers["cache-control"]
    assert check(issued.row.statement, read_keys(answer.content).by_id).statement.number == issued.row.number
    database = issued.house.with_database()
    rotate(database, issued.house.clock.now() + timedelta(days=1), is_test=False)
    database.close()
    keys = read_keys(issued.get("/verify/keys").content)
    assert len(keys.by_id) == 2
    assert check(issued.row.statement, keys.by_id).statement.code == issued.row.code
    assert "SURAT BERLAKU" in issued.get(issued.row.statement.removeprefix("HTTPS://LAYANAN.KEMUNING.EXAMPLE")).text


def test_the_page_for_no_network_is_a_file_with_the_keys_in_it(standing: Issued) -> None:
    answer = standing.get("/verify/offline.html")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert next(iter(read_keys(standing.get("/verify/keys").content).by_id)) in answer.text
    assert "http" not in answer.text.replace("http-equiv", "").replace("https://layanan.kemuning.example", "").replace(
        "HTTPS", ""
    )


def test_a_key_is_neither_needed_nor_looked_at(issued: Issued) -> None:
    database = issued.house.with_database()
    key = database.write(issue_key, issued.house.sample.ids["stranger"], "uji", "read", issued.house.clock.now())
    database.close()
    headers = {"Authorization": f"Bearer {key}"}
    assert issued.house.client.get(f"/verify/{issued.row.code}", headers=headers).status_code == 200


def test_who_asks_too_often_is_asked_to_wait_on_the_page(issued: Issued) -> None:
    for _ in range(_LOOKS):
        assert issued.get("/verify/ABCDEFGH23").status_code == 404
    answer = issued.get("/verify/ABCDEFGH23")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "Tunggu sebentar" in answer.text
    assert issued.hand_in(b"x").status_code == 200
    assert _FILES < _LOOKS


def test_the_minute_passes_and_only_so_many_addresses_are_remembered() -> None:
    counted = Counted(2)
    counted.count("a", 0.0)
    counted.count("a", 1.0)
    with pytest.raises(TooOften):
        counted.count("a", 59.0)
    counted.count("a", 60.5)
    for number in range(_ADDRESSES + 10):
        counted.count(f"b{number}", 61.0)
    assert len(counted._asked) == _ADDRESSES


def test_addresses_of_one_ipv6_customer_count_as_one() -> None:
    assert _network("2001:db8::1") == _network("2001:db8::ffff") != _network("2001:db8:1::1")
    assert _network("192.0.2.1") != _network("192.0.2.2")
    assert _network("testclient") == "testclient"
