"""The log over HTTP: its heads for anybody, the proof of a case and the log of a process for those who examine."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import select

from api.app import create_app
from api.routes import sealed_log
from tests.api.house import MONDAY, House
from tests.api.test_auditing import assign, noted, with_auditors
from tests.api.test_unseen import alike
from workflow.sealing import merkle
from workflow.sealing.checking import check_proof, read_proof
from workflow.sealing.checkpoint import check, read_key
from workflow.sealing.sealer import seal
from workflow.tables import cases, log, log_heads

OTHERS = ("nurse", "nursing_head", "director", "contact", "stranger", "secretary")


@pytest.fixture
def visited(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))
    return with_auditors(house)


def sealed(house: House) -> None:
    with closing(house.with_database()) as database:
        seal(database, MONDAY)


def test_anybody_reads_the_newest_head_and_earlier_ones(visited: House) -> None:
    assert visited.client.get("/verify/log").status_code == 409
    visited.road("submit")
    sealed(visited)
    first = visited.client.get("/verify/log").json()
    visited.open("second_nurse")
    sealed(visited)
    last = visited.client.get("/verify/log").json()
    assert last["previous"] == first["size"]
    assert visited.client.get("/verify/log", params={"size": first["size"]}).json()["checkpoint"] == first["checkpoint"]
    assert visited.client.get("/verify/log", params={"size": 999_999}).status_code == 404
    for wrong in ("0", "-1", "x", "9" * 30):
        assert visited.client.get("/verify/log", params={"size": wrong}).status_code in (400, 422)
    head = check(last["checkpoint"], read_key(last["keys"][0]))
    assert (head.size, head.root.hex()) == (last["size"], last["root"])
    asked = {"from": first["size"], "to": last["size"]}
    told = visited.client.get("/verify/log/consistency", params=asked).json()
    roots = bytes.fromhex(first["root"]), bytes.fromhex(last["root"])
    path = [bytes.fromhex(each) for each in told["path"]]
    assert merkle.roots_by_consistency(first["size"], last["size"], roots[0], path) == roots
    assert (
        visited.client.get("/verify/log/consistency", params={"from": last["size"], "to": first["size"]}).status_code
        == 400
    )


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def handed_in(house: House, content: bytes) -> str:
    """The page that answers a file."""
    answer = house.client.post("/verify/log", files={"file": ("bukti.json", content)})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_browser_is_shown_a_page_and_machines_json_as_before(visited: House) -> None:
    assert "Belum ada yang disegel." in visited.client.get("/verify/log", headers=BROWSER).text
    visited.road("submit")
    sealed(visited)
    page = visited.client.get("/verify/log", headers=BROWSER)
    head = visited.client.get("/verify/log").json()
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["vary"] == "Accept"
    assert head["root"] in page.text
    assert head["keys"][0] in page.text
    assert f"<code>{head['keys'][0].split('+')[1]}</code>" in page.text, "which key has signed"
    for accept in ("*/*", "application/json"):
        assert visited.client.get("/verify/log", headers={"Accept": accept}).json() == head
    assert not any(each in page.text for each in visited.sample.ids.values())


def test_a_head_is_taken_away_as_it_is_signed(visited: House) -> None:
    assert visited.client.get("/verify/log/checkpoint").status_code == 409
    visited.road("submit")
    sealed(visited)
    head = visited.client.get("/verify/log").json()
    saved = visited.client.get("/verify/log/checkpoint", params={"size": head["size"]})
    assert saved.text == head["checkpoint"]
    assert saved.headers["content-disposition"] == f'attachment; filename="kepala-log-{head["size"]}.txt"'


def test_a_head_that_somebody_kept_is_compared_with_the_log_of_today(visited: House) -> None:
    visited.road("submit")
    sealed(visited)
    kept = visited.client.get("/verify/log/checkpoint").content
    visited.open("second_nurse")
    sealed(visited)
    assert "CATATAN INI MELANJUTKAN KEPALA ITU" in handed_in(visited, kept)
    assert "CATATAN INI MELANJUTKAN KEPALA ITU" in handed_in(visited, visited.client.get("/verify/log").content)
    with closing(visited.with_database()) as database:
        database.write(lambda conn: conn.execute(log.update().where(log.c.position == 0).values(leaf=b"x" * 32)))
        database.write(lambda conn: conn.execute(log_heads.delete()))
    visited.open("stranger")
    sealed(visited)
    page = handed_in(visited, kept)
    assert "TIDAK TERBUKTI" in page
    assert "Log ini TIDAK melanjutkan kepala yang disimpan" in page


def test_the_proof_of_a_case_is_checked_for_whoever_holds_it(visited: House) -> None:
    case = visited.road("endorse")
    sealed(visited)
    proof = visited.get("verifier", f"/api/cases/{case}/proof")
    page = handed_in(visited, proof.content)
    assert "TIDAK DIUBAH SEJAK DISEGEL" in page
    assert f"Semua peristiwa tersegel dalam bukti ini, dari berkas {proof.json()['reference']}," in page
    altered = proof.content.replace(b'"submit"', b'"endorse"', 1)
    assert "Catatan peristiwa nomor" in handed_in(visited, altered)


def test_what_the_holder_made_up_is_not_certified(visited: House) -> None:
    case = visited.road("endorse")
    sealed(visited)
    proof = visited.get("verifier", f"/api/cases/{case}/proof").json()
    early, late = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
    made_up: tuple[tuple[dict[str, Any], str], ...] = (
        ({"reference": "ABCD-EFGH"}, "Nomor berkas pada bukti ini bukan"),
        ({"events": []}, "tidak memuat satu pun peristiwa yang sudah disegel"),
        ({"events": [{**proof["events"][0], "at": early}]}, "Waktu peristiwa nomor 1 tidak dapat dibaca."),
        ({"events": [{**proof["events"][0], "at": late}]}, "Waktu peristiwa nomor 1 tidak dapat dibaca."),
        ({"form": f"jenjang-proof/1{'x' * 3_000_000}"}, "bukan bukti keutuhan berkas"),
        ({"reference": "x" * 3_000_000}, "bukan bukti keutuhan berkas"),
    )
    for changes, says in made_up:
        page = handed_in(visited, json.dumps({**proof, **changes}).encode())
        assert "TIDAK TERBUKTI" in page, says
        assert says in page
        assert len(page) < 50_000


def test_the_beginning_of_a_case_is_not_told_as_all_of_it(visited: House) -> None:
    case = visited.road("endorse")
    sealed(visited)
    proof = visited.get("verifier", f"/api/cases/{case}/proof").json()
    page = handed_in(visited, json.dumps({**proof, "events": proof["events"][:1]}).encode())
    assert "Peristiwa yang lebih baru, bila ada, tidak termuat dalam bukti ini." in page


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"%PDF-1.7", b"\xff\xfe", b'{"form":"jenjang-proof/1"}', b"[" * 100_000]
)
def test_what_is_neither_proof_nor_head_is_refused_in_a_sentence(content: bytes, visited: House) -> None:
    visited.road("submit")
    sealed(visited)
    page = handed_in(visited, content)
    assert "TIDAK TERBUKTI" in page
    assert "rusak" in page or "tidak dapat dibaca" in page


def test_a_file_that_is_too_large_is_refused_on_a_page(visited: House) -> None:
    answer = visited.client.post("/verify/log", files={"file": ("bukti.json", b"x" * (5 * 1024 * 1024))})
    assert (answer.status_code, "batas 4 MB" in answer.text) == (413, True)
    assert is_its_own_page(answer)
    assert "<p>Kabupaten Kemuning</p>" in answer.text


def is_its_own_page(answer: httpx.Response) -> bool:
    """Whether something was refused on the page of the log, with its form to try again."""
    as_page = answer.headers["content-type"].startswith("text/html") and "content-security-policy" in answer.headers
    return as_page and "<h1>Catatan tersegel</h1>" in answer.text and 'action="/verify/log"' in answer.text


def test_what_is_no_form_is_refused_on_a_page(visited: House) -> None:
    answer = visited.client.post("/verify/log", json={})
    assert (answer.status_code, "multipart/form-data" in answer.text) == (415, True)
    assert is_its_own_page(answer)


@pytest.mark.parametrize("path", ["/verify/log", "/verify"])
@pytest.mark.parametrize(
    "part",
    [b"\r\n\r\n\xff\xfe", b"\r\nContent-Type: text/plain; charset=nope\r\n\r\nhalo"],
    ids=["no text", "an encoding that does not exist"],
)
def test_a_form_that_cannot_be_read_as_text_is_refused_on_the_page_it_came_from(
    visited: House, path: str, part: bytes
) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="file"' + part + b"\r\n--x--\r\n"
    answer = visited.client.post(path, content=form, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400
    assert "pakailah UTF-8" in answer.text
    assert f'action="{path}"' in answer.text


def test_who_hands_in_too_often_is_asked_to_wait_on_the_page(visited: House) -> None:
    for _ in range(sealed_log._FILES):
        assert visited.client.post("/verify/log", json={}).status_code == 415
    answer = visited.client.post("/verify/log", json={})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert "Tunggu sebentar" in answer.text
    assert is_its_own_page(answer)


@pytest.mark.parametrize("path", ["/verify/log", "/verify/log/checkpoint", "/verify/log/consistency?from={size}"])
def test_who_looks_too_often_is_asked_to_wait_a_browser_on_the_page_and_a_program_in_json(
    visited: House, path: str
) -> None:
    visited.road("submit")
    sealed(visited)
    path = path.format(size=visited.client.get("/verify/log/checkpoint").text.splitlines()[1])
    for _ in range(1, sealed_log._LOOKS):  # the checkpoint was one look
        assert visited.client.get(path).status_code == 200
    page = visited.client.get(path, headers=BROWSER)
    assert (page.status_code, page.headers["retry-after"]) == (429, "60")
    assert "Tunggu sebentar" in page.text
    assert is_its_own_page(page)
    document = visited.client.get(path)
    assert (document.status_code, document.json()["type"]) == (429, "/problems/too-often")
    assert document.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("size", ["999999", "satu"])
def test_a_head_that_is_not_there_is_told_to_a_browser_on_the_page(visited: House, size: str) -> None:
    visited.road("submit")
    sealed(visited)
    page = visited.client.get("/verify/log", params={"size": size}, headers=BROWSER)
    document = visited.client.get("/verify/log", params={"size": size})
    assert page.status_code == document.status_code == (404 if size.isdigit() else 400)
    assert is_its_own_page(page)
    assert document.json()["detail"] in page.text


def test_where_the_database_is_not_ready_the_pages_say_so_and_when_to_ask_again(tmp_path: Path) -> None:
    with TestClient(create_app(f"sqlite:///{tmp_path / 'new.db'}", runner=False)) as client:
        for answer in (
            client.post("/verify/log", files={"file": ("kepala.txt", b"x")}),
            client.get("/verify/log", headers=BROWSER),
        ):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "10")
            assert is_its_own_page(answer)
        for path in ("/verify/log", "/verify/log/checkpoint", "/verify/log/consistency?from=1"):
            document = client.get(path)
            assert (document.status_code, document.json()["status"]) == (503, 503)
            assert document.headers["retry-after"] == "10"
        letters = client.get("/verify")
        assert (letters.status_code, letters.headers["retry-after"]) == (503, "10")
        assert letters.headers["content-type"].startswith("text/html")


def test_heads_name_nobody(visited: House) -> None:
    visited.road("submit")
    sealed(visited)
    answer = visited.client.get("/verify/log").text
    assert not any(each in answer for each in visited.sample.ids.values())


def test_the_proof_of_a_case_is_for_those_who_examine_it(visited: House) -> None:
    case = visited.road("endorse")
    sealed(visited)
    for who in ("nurse", "nursing_head", "director"):
        assert visited.get(who, f"/api/cases/{case}/proof").status_code == 403, who
    alike(visited, "stranger", "GET", "/api/cases/{}/proof", case, {})
    alike(visited, "auditor", "GET", "/api/cases/{}/proof", case, {})
    assign(visited)
    for who in ("auditor", "verifier"):
        answer = visited.get(who, f"/api/cases/{case}/proof")
        proof = read_proof(answer.content)
        assert check_proof(proof, [read_key(proof.keys[0])]).events == len(proof.events) > 2
        assert b'payload"' not in answer.content
    assert [(row.case_id, row.what) for row in noted(visited)] == [(case, "seen_proof")]


def test_what_events_say_is_proven_to_an_auditor_on_duty_alone(visited: House) -> None:
    case = visited.road("endorse")
    sealed(visited)
    assign(visited)
    asked = {"payloads": "true"}
    assert visited.get("verifier", f"/api/cases/{case}/proof", params=asked).status_code == 403
    proof = read_proof(visited.get("auditor", f"/api/cases/{case}/proof", params=asked).content)
    assert all(event.payload for event in proof.events)


LOG = "/api/processes/internship/log"


def test_the_log_of_a_process_is_for_those_who_examine_it(visited: House) -> None:
    visited.road("endorse")
    for who in (*OTHERS, "auditor"):
        assert visited.get(who, LOG).status_code == 403, who
    assign(visited)
    assert noted(visited) == []
    answer = visited.get("auditor", LOG, params={"format": "jsonl"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [line["step"] for line in lines] == ["opened", "submit", "endorse"]
    assert answer.headers["content-disposition"] == 'attachment; filename="log-internship.jsonl"'
    assert visited.get("verifier", LOG).status_code == 200
    # What an auditor takes is on record; the others do so by their own office.
    assert [(row.case_id, row.what) for row in noted(visited)] == [(None, "may_take_process_log")]


def test_names_are_for_auditors_and_administrators(visited: House) -> None:
    visited.road("endorse")
    asked = {"format": "csv", "names": "true"}
    assert visited.get("verifier", LOG, params=asked).status_code == 403
    assign(visited)
    assert "Kirana Maheswari" in visited.get("auditor", LOG, params=asked).text
    assert "Kirana Maheswari" not in visited.get("auditor", LOG, params={"format": "csv"}).text


def test_a_log_leaves_out_the_cases_in_which_the_auditor_has_a_part(visited: House) -> None:
    visited.road("endorse")
    assign(visited)
    lines = visited.get("auditor", LOG, params={"format": "jsonl"}).text
    assert lines
    with closing(visited.with_database()) as database:
        mine = cases.update().values(subject_id=visited.sample.ids["auditor"])
        database.write(lambda conn: conn.execute(mine))
        assert database.read(lambda conn: conn.execute(select(cases.c.id)).first())
    assert visited.get("auditor", LOG, params={"format": "jsonl"}).text == ""


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("/api/processes/tidak-ada/log", {}, 404),
        (LOG, {"format": "docx"}, 404),
        (LOG, {"from": "2026-03-02", "until": "2026-03-01"}, 400),
        (LOG, {"from": "kemarin"}, 400),
    ],
)
def test_what_is_no_log_is_refused(visited: House, path: str, asked: dict[str, Any], status: int) -> None:
    assert visited.get("verifier", path, params=asked).status_code == status
