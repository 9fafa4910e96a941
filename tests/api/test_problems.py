"""Bad input and bad luck: each has its problem document, nothing is half done, and nothing of ours leaks."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from litestar.connection import ASGIConnection

from api import wording
from api.problems import Malformed, complaint
from api.reading import read_json
from api.routes.system import health
from api.security import plainly_asked
from tests.api.house import REQUEST, House
from workflow.database import DatabaseFull
from workflow.errors import Problem

MEMBERS = {"type", "title", "status", "detail", "reasons", "fields", "request_id"}


def sent(house: House, body: bytes, content_type: str = "application/json") -> Any:
    headers = {"Idempotency-Key": "a", "Content-Type": content_type}
    return house.ask("nurse", "POST", "/api/cases", content=body, headers=headers)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "kosong"),
        (b"{", "bukan JSON"),
        (b"[]", "harus objek, bukan daftar"),
        (b"null", "harus objek, bukan null"),
        (b"{}", "kunci “process” harus ada"),
        (b'{"process": 5}', "process: harus teks, bukan bilangan bulat"),
        (b'{"process": "internship", "form": []}', "form: harus objek, bukan daftar"),
        (b'{"process": "internship", "isi": {}}', "kunci “isi” tidak dikenal"),
        (b'{"process": "internship", "form": {"section": "\xff"}}', "bukan JSON"),
        (b'{"process": "internship", "form": {"section": "\\ud800"}}', "bukan JSON"),
        (b'{"process": "internship", "form": {"section": "a\\u0000"}}', "NUL"),
        (b'{"process": "internship", "form": {"estimate": 99999999999999999999}}', "terlalu besar"),
        (b'{"process": "internship", "form": {"a": ' + b"[" * 5000 + b"]" * 5000 + b"}}", "terlalu dalam"),
        (b'{"process": "internship", "form": {"a": ' + b"[" * 60 + b"]" * 60 + b"}}", "terlalu dalam"),
        (b'{"process": "internship", "form": NaN}', "salah tulis pada byte ke-35"),
        (b'{"process": "internship"', "terpotong atau tidak lengkap"),
        (b'{"process": "\xe9"}', "teksnya bukan UTF-8"),
        (b'{"process": "internship", "form": {"estimate": 1e999}}', "ada bilangan di luar batas"),
        (b'{"process": "internship", "form": {"estimate": ' + b"9" * 400 + b"}}", "… terlalu besar"),
        (b'{"process": "x", "process": "internship"}', "Kunci “process” disebut lebih dari sekali"),
        (b'{"process": "internship", "form": {"estimate": 1, "estimate": 2}}', "Kunci “estimate” disebut lebih"),
        (b'{"process": "' + b"x" * 61 + b'"}', "process: paling banyak 60 karakter"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_what_is_wrong(quiet: House, body: bytes, says: str) -> None:
    response = sent(quiet, body)
    assert response.status_code == 400, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == "/problems/bad-request"
    assert says in problem["detail"]
    assert problem.keys() == MEMBERS


def test_a_name_that_is_repeated_is_found_however_many_there_are() -> None:
    names = b",".join(
        b'"k%d":1' % number for number in range(60_000)
    )  # each compared with each would take half a minute
    with pytest.raises(Malformed, match="“k59999” disebut lebih dari sekali"):
        read_json(b"{" + names + b',"k59999":2}')


def test_a_body_that_is_not_json_is_refused_by_its_type(quiet: House) -> None:
    response = sent(quiet, b"process=internship", "application/x-www-form-urlencoded")
    assert (response.status_code, response.json()["type"]) == (415, "/problems/unsupported-media-type")


def test_a_body_that_is_compressed_is_refused(quiet: House) -> None:
    headers = {"Idempotency-Key": "a", "Content-Encoding": "gzip"}
    response = quiet.ask("nurse", "POST", "/api/cases", json={"process": "internship"}, headers=headers)
    assert (response.status_code, response.json()["type"]) == (415, "/problems/unsupported-media-type")


@pytest.mark.parametrize("name", ["If-Match", "Idempotency-Key", "Authorization", "Content-Type"])
def test_a_header_that_is_said_twice_is_refused(name: str) -> None:
    def asked(*values: bytes) -> ASGIConnection[Any, Any, Any, Any]:  # the client of these tests would send one, joined
        headers = [(name.lower().encode(), value) for value in values]
        scope: Any = {"type": "http", "path": "/api/me", "query_string": b"", "headers": headers}
        return ASGIConnection(scope)

    plainly_asked(asked(b"a"), health)
    with pytest.raises(Malformed, match=f"Header {name} dikirim lebih dari sekali"):
        plainly_asked(asked(b"a", b"b"), health)


@pytest.mark.parametrize(
    "path", ["/api/cases/%00", "/api/letters/%00.pdf", "/api/cases?state=%00", "/api/tasks?after=2026-03-02_%00"]
)
def test_an_address_with_a_null_character_is_refused_before_any_database_sees_it(quiet: House, path: str) -> None:
    response = quiet.get("nurse", path)
    assert (response.status_code, response.json()["type"]) == (400, "/problems/bad-request")
    assert "NUL" in response.json()["detail"]


@pytest.mark.parametrize("list_", ["cases", "tasks"])
@pytest.mark.parametrize("after", ["x", "2026-03-02", "2026-13-02_01", "0001-01-01_", "~", "%ff", "x" * 99])
def test_a_cursor_that_was_never_handed_out_is_refused(quiet: House, list_: str, after: str) -> None:
    response = quiet.get("nurse", f"/api/{list_}?after={after}")
    assert (response.status_code, response.json()["type"]) == (400, "/problems/bad-cursor")


def test_a_body_beyond_the_limit_is_refused(quiet: House) -> None:
    response = sent(quiet, b'{"process": "' + b"x" * 1_100_000 + b'"}')
    assert (response.status_code, response.json()["type"]) == (413, "/problems/too-large")
    assert "1 MB" in response.json()["detail"]


def test_an_unknown_key_of_a_step_in_a_row_is_named_with_its_place(quiet: House) -> None:
    headers = {"If-Match": '"1"', "Idempotency-Key": "a"}
    body = {"then": [{"trigger": "submit", "isi": {}}]}
    response = quiet.ask("nurse", "POST", "/api/cases/x/actions/save", json=body, headers=headers)
    assert response.status_code == 400
    (fault,) = response.json()["fields"]
    assert fault["field"] == "then[0]"
    assert "kunci “isi” tidak dikenal" in fault["says"]


def test_more_steps_in_a_row_than_anyone_needs_are_refused(quiet: House) -> None:
    headers = {"If-Match": '"1"', "Idempotency-Key": "a"}
    body = {"then": [{"trigger": "save"}] * 10}
    response = quiet.ask("nurse", "POST", "/api/cases/x/actions/save", json=body, headers=headers)
    assert response.status_code == 400


def test_an_unknown_address_and_a_wrong_method_are_problems_too(quiet: House) -> None:
    lost = quiet.get("nurse", "/api/pension")
    assert (lost.status_code, lost.json()["type"]) == (404, "/problems/not-found")
    wrong = quiet.ask("nurse", "DELETE", "/api/cases")
    assert (wrong.status_code, wrong.json()["type"]) == (405, "/problems/method-not-allowed")
    assert "GET" in wrong.headers["allow"]
    assert wrong.json().keys() == MEMBERS


def test_a_fault_of_ours_is_logged_and_its_traceback_kept_from_the_caller(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    case = house.open()
    database = house.with_database()
    database.write(lambda conn: conn.exec_driver_sql("UPDATE cases SET form = '{broken'"))
    database.close()
    response = house.get("nurse", f"/api/cases/{case}")
    assert response.status_code == 500
    problem = response.json()
    assert problem["type"] == "/problems/internal-error"
    assert "Traceback" not in response.text
    assert "broken" not in response.text
    number = problem["instance"].removeprefix("urn:uuid:")
    (record,) = [record for record in caplog.records if number in record.getMessage()]
    assert record.exc_info


def test_a_database_that_others_keep_busy_is_told_with_when_to_try_again(
    sqlite_house: House, sqlite_address: str
) -> None:
    case = sqlite_house.open()
    desk = sqlite_house.client.app.state.desk  # type: ignore[attr-defined]
    # The server waits ten seconds for others; a test need not.
    desk.database.write(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 50").close())
    other = sqlite3.connect(sqlite_address.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    busy = sqlite_house.act("nurse", case, "submit", REQUEST, key="sama")
    assert (busy.status_code, busy.json()["type"]) == (503, "/problems/database-busy")
    assert int(busy.headers["retry-after"]) > 0
    assert sqlite_house.read("nurse", f"/api/cases/{case}")["state"] == "drafted"
    other.execute("ROLLBACK")
    other.close()
    assert sqlite_house.act("nurse", case, "submit", REQUEST, key="sama").status_code == 200


def test_a_full_disk_is_told_and_nothing_is_kept(sqlite_house: House) -> None:
    case = sqlite_house.open()
    desk = sqlite_house.client.app.state.desk  # type: ignore[attr-defined]

    def fill(conn: Any) -> None:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    desk.database.write(fill)
    full = sqlite_house.act("nurse", case, "submit", {**REQUEST, "goal": "panjang " * 200})
    answers = [
        full,
        *(
            sqlite_house.ask("nurse", "POST", "/api/files", files={"file": ("a.pdf", b"%PDF-" + b"0" * 99_999)})
            for _ in "ab"
        ),
    ]
    refused = next(answer for answer in answers if answer.status_code != 200)
    assert (refused.status_code, refused.json()["type"]) == (507, "/problems/database-full")
    assert DatabaseFull.type in wording.PROBLEMS


def test_a_database_that_is_gone_is_told(sqlite_house: House, sqlite_address: str) -> None:
    sqlite_house.get("nurse", "/api/me")
    path = Path(sqlite_address.removeprefix("sqlite:///"))
    desk = sqlite_house.client.app.state.desk  # type: ignore[attr-defined]
    desk.database.close()
    path.write_bytes(b"this is no database, " * 100)
    response = sqlite_house.client.get("/ready")
    assert response.status_code in (500, 503)


def test_every_problem_that_the_api_answers_with_is_explained() -> None:
    def kinds(kind: type[Problem]) -> set[type[Problem]]:
        return {kind}.union(*(kinds(narrower) for narrower in kind.__subclasses__()))

    # What only imports and commands raise is told on the command line.
    elsewhere = {
        "unreadable-sheet",
        "already-there",
        "unusable-lease",
        "letter-held",
        "wrong-period",
        "broken-ledger",
        "not-sent",
        "mail-setting",
        "wrong-keys",
        "no-keys",
        # What pages tell: there signs in who has no key.
        "signed-out",
        "second-factor-needed",
        "sealed-elsewhere",
        "guessed-too-often",
        "no-ticket",
        "wrong-name-or-password",
        "has-left",
        "identity-provider",
        "foreign-form",
    }
    ours = {kind.type for kind in kinds(Problem) if kind.__module__.startswith(("api.", "workflow."))}
    assert ours - elsewhere <= set(wording.PROBLEMS)


@pytest.mark.parametrize(
    ("english", "says"),
    [
        ("Expected `int` >= 1", "harus bilangan bulat, paling kecil 1."),
        ("Expected `int` <= 100", "harus bilangan bulat, paling besar 100."),
        ("Expected `float` > 0.0", "harus bilangan, lebih dari 0.0."),
        ("Expected `str | null`, got `int`", "harus teks atau null, bukan bilangan bulat."),
        ("Expected `array` of length <= 9", "paling banyak 9 butir."),
        ("Expected `str` of length >= 3", "paling sedikit 3 karakter."),
        ("Expected `str` matching regex '^a$'", "harus teks."),
        ("Object contains unknown field `" + "x" * 99 + "`", "kunci “" + "x" * 60 + "…” tidak dikenal."),
        ("Invalid RFC3339 encoded date", "harus tanggal atau waktu yang ada, misalnya 2026-03-12T08:00:00+07:00."),
        ("something new", "tidak dapat dibaca."),
    ],
)
def test_what_the_decoder_says_is_told_in_indonesian(english: str, says: str) -> None:
    assert complaint(english) == says
