"""The auditor over HTTP: nothing without an assignment, everything on record within one, nothing after it."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from api.desk import Visit
from tests.api.house import MONDAY, House
from tests.api.test_unseen import ON_A_CASE, ON_A_LETTER, alike
from workflow.auditing.assignments import give_assignment, revoke_assignment
from workflow.callers import Key
from workflow.database import Connection
from workflow.people import issue_key, members
from workflow.tables import files, letters, views

LAST = date(2026, 5, 31)
#: What a case holds besides its own page: asked for with its id, that of a letter with a PDF, that of a file.
LOOKS = [
    ("/api/cases/{case}", "case_page", None),
    ("/api/cases/{case}/history", "history", None),
    ("/api/cases/{case}/actions", "action_list", None),
    ("/api/cases/{case}/views", "case_views", None),
    ("/api/cases/{case}/archive.zip", "may_take_archive", None),
    ("/api/letters/{letter}", "letter_page", "letter"),
    ("/api/files/{file}", "file_content", "file"),
]


def with_auditors(house: House) -> House:
    """The house, with keys for the two auditors of the sample; neither has an assignment."""

    def issue(conn: Connection) -> tuple[dict[str, str], dict[str, str]]:
        first, second = members(conn, "auditor")[:2]
        ids = {"auditor": first, "second_auditor": second}
        return ids, {who: issue_key(conn, person, "uji", "read act letters", MONDAY) for who, person in ids.items()}

    database = house.with_database()
    ids, keys = database.write(issue)
    database.close()
    sample = replace(house.sample, ids={**house.sample.ids, **ids}, keys={**house.sample.keys, **keys})
    return replace(house, sample=sample)


@pytest.fixture
def visited(house: House) -> House:
    return with_auditors(house)


def assign(house: House, who: str = "auditor", until_on: date = LAST) -> str:
    database = house.with_database()
    day = date(2026, 3, 2)
    given = database.write(
        give_assignment, house.sample.ids[who], "700/12/ITDA/2026", day, "Magang", day, until_on, None, MONDAY
    )
    database.close()
    return given


def noted(house: House) -> list[Any]:
    database = house.with_database()
    rows = database.read(lambda conn: list(conn.execute(select(views).order_by(views.c.id))))
    database.close()
    return rows


def belongings(house: House, case: str) -> dict[str, str]:
    """A case, one of its letters and one of its files."""

    def look(conn: Connection) -> tuple[str, str]:
        letter = conn.execute(select(letters.c.id).limit(1)).scalar_one()
        return letter, conn.execute(select(files.c.id).where(files.c.case_id == case).limit(1)).scalar_one()

    database = house.with_database()
    letter, file = database.read(look)
    database.close()
    return {"case": case, "letter": letter, "file": file}


@pytest.mark.parametrize(("method", "path", "more"), ON_A_CASE)
def test_without_an_assignment_a_case_is_as_if_it_were_not_there(
    visited: House, method: str, path: str, more: dict[str, Any]
) -> None:
    case = visited.road("submit")
    assign(visited, "second_auditor")
    alike(visited, "auditor", method, path, case, more)


def test_without_an_assignment_nothing_of_a_case_is_there_nor_on_record(visited: House) -> None:
    held = belongings(visited, visited.road("assess"))
    for path, _, of in LOOKS:
        alike(visited, "auditor", "GET", path.format(**{of or "case": "{}"}), held[of or "case"], {})
    for method, path, more in ON_A_LETTER:
        alike(visited, "auditor", method, path, held["letter"], more)
    assert visited.read("auditor", "/api/cases")["items"] == []
    assert noted(visited) == []


@pytest.mark.parametrize("path", ["/api/audit/sample?seed=x&size=1", "/api/audit/questions"])
def test_samples_and_questions_are_for_those_who_examine(visited: House, path: str) -> None:
    for who in ("auditor", "nurse", "director", "contact", "stranger"):
        assert visited.get(who, path).status_code == 403, who
    for who in ("verifier", "administrator"):
        assert visited.get(who, path).status_code == 200, who
    assign(visited)
    assert visited.get("auditor", path).status_code == 200


@pytest.mark.parametrize(("path", "what", "of"), LOOKS)
def test_every_look_within_an_assignment_is_on_record(visited: House, path: str, what: str, of: str | None) -> None:
    held, given = belongings(visited, visited.road("assess")), assign(visited)
    assert visited.get("auditor", path.format(**held)).status_code == 200
    (row,) = noted(visited)
    assert (row.assignment_id, row.case_id, row.what) == (given, held["case"], what)
    assert row.subject_id == (held[of] if of else None)


def test_lists_samples_and_questions_are_on_record_too(visited: House) -> None:
    assign(visited)
    for path in ("/api/cases", "/api/audit/sample?seed=x&size=1", "/api/audit/questions", "/api/me", "/api/tasks"):
        assert visited.get("auditor", path).status_code == 200
    assert [(row.what, row.case_id) for row in noted(visited)] == [
        ("case_list", None),
        ("draw_sample", None),
        ("may_ask", None),
    ]


def test_a_trial_of_a_step_is_on_record_and_taking_one_is_refused(visited: House) -> None:
    case = visited.road("submit")
    assign(visited)
    trial = visited.ask("auditor", "POST", f"/api/cases/{case}/actions/endorse/preview", json={})
    assert trial.status_code == 200
    assert not trial.json()["yours"]
    assert [row.what for row in noted(visited)] == ["preview"]
    assert visited.act("auditor", case, "endorse", {}, version=2).status_code == 403


def test_a_look_that_cannot_be_put_on_record_is_not_shown(sqlite_house: House) -> None:
    visited = with_auditors(sqlite_house)
    case = visited.road("submit")
    assign(visited)
    with sqlite3.connect(visited.address.removeprefix("sqlite:///")) as other:
        other.execute("CREATE TRIGGER no_more BEFORE INSERT ON views BEGIN SELECT RAISE(ABORT, 'no'); END")
    other.close()
    assert visited.get("verifier", f"/api/cases/{case}").status_code == 200
    for path in (f"/api/cases/{case}", f"/api/cases/{case}/archive.zip", "/api/cases"):
        answer = visited.get("auditor", path)
        assert answer.status_code == 500
        assert "Kirana" not in answer.text


def test_the_day_after_its_end_or_once_revoked_an_assignment_opens_nothing(visited: House) -> None:
    case = visited.road("submit")
    given = assign(visited, until_on=date(2026, 3, 3))
    assert visited.get("auditor", f"/api/cases/{case}").status_code == 200
    visited.clock.set(datetime(2026, 3, 3, 16, 59, tzinfo=UTC))
    assert visited.get("auditor", f"/api/cases/{case}").status_code == 200
    visited.clock.set(datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
    assert visited.get("auditor", f"/api/cases/{case}").status_code == 404
    assert visited.read("auditor", "/api/cases")["items"] == []
    given = assign(visited)
    assert visited.get("auditor", f"/api/cases/{case}").status_code == 200
    database = visited.with_database()
    database.write(revoke_assignment, given, date(2026, 3, 4))
    database.close()
    assert visited.get("auditor", f"/api/cases/{case}").status_code == 404


def test_a_cases_own_people_read_who_looked_at_it(visited: House) -> None:
    case = visited.road("request_host")
    assign(visited)
    visited.read("auditor", f"/api/cases/{case}")
    for who in ("nurse", "nursing_head", "verifier"):
        (line,) = visited.read(who, f"/api/cases/{case}/views")["items"]
        assert (line["letter_number"], line["what_title"]) == ("700/12/ITDA/2026", "berkas")
    assert visited.get("contact", f"/api/cases/{case}/views").status_code == 403
    alike(visited, "stranger", "GET", "/api/cases/{}/views", case, {})


def test_an_archive_comes_whole_and_the_same_each_time(visited: House) -> None:
    case = visited.road("complete")
    assign(visited)
    first = visited.get("auditor", f"/api/cases/{case}/archive.zip")
    assert first.headers["content-type"] == "application/zip"
    assert first.headers["content-length"] == str(len(first.content))
    assert first.headers["content-disposition"] == f'attachment; filename="berkas-{case}.zip"'
    with zipfile.ZipFile(io.BytesIO(first.content)) as opened:
        assert opened.testzip() is None
        assert "000-daftar-isi.csv" in opened.namelist()
    second = visited.get("verifier", f"/api/cases/{case}/archive.zip")
    assert hashlib.sha256(second.content).digest() == hashlib.sha256(first.content).digest()
    for who in ("nurse", "director", "contact"):
        assert visited.get(who, f"/api/cases/{case}/archive.zip").status_code == 403, who
    alike(visited, "stranger", "GET", "/api/cases/{}/archive.zip", case, {})


def test_a_sample_is_the_same_for_whoever_draws_it(visited: House) -> None:
    for who in ("nurse", "second_nurse", "stranger"):
        visited.open(who)
    assign(visited)
    path = "/api/audit/sample?seed=700%2F12&size=2&from=2026-03-01&until=2026-03-31&process=internship"
    sample = visited.read("auditor", path)
    assert sample["population"] == 3
    assert len(sample["chosen"]) == 2
    assert visited.read("administrator", path) == sample
    assert visited.get("auditor", "/api/audit/sample?seed=x&size=501").status_code == 400
    assert visited.get("auditor", "/api/audit/sample?seed=x&size=1&process=tiada").status_code == 404
    assert visited.get("auditor", "/api/audit/sample?seed=x&size=1&from=2026-04-01&until=2026-03-01").status_code == 400


def test_questions_are_listed_kind_by_kind_and_no_more_than_asked_for(visited: House) -> None:
    for who in ("nurse", "second_nurse"):
        case = visited.open(who)
        document = visited.upload("verifier")
        form = {
            "fact": "last_predicate",
            "value": "Baik",
            "document": document,
            "says": "SKP tahun 2025 diperlihatkan.",
        }
        visited.done("verifier", case, "attest", form)
    assign(visited)
    found = visited.read("auditor", "/api/audit/questions?kind=attested&limit=1")
    assert [(line["kind"], line["listed"], line["more"]) for line in found["kinds"]] == [("attested", 1, True)]
    assert found["items"][0]["ask"]
    assert len(visited.read("auditor", "/api/audit/questions?from=2026-03-01")["items"]) == 2
    assert visited.read("auditor", "/api/audit/questions?until=2026-03-01")["items"] == []
    assert visited.get("auditor", "/api/audit/questions?kind=gossip").status_code == 400


def test_a_look_at_what_says_not_which_case_it_shows_is_on_record_by_its_name(visited: House) -> None:
    given = assign(visited)

    def figures(_conn: Connection, _engine: object, _caller: object, _at: datetime) -> int:
        return 7

    visit = Visit(visited.client.app.state.desk, Key(visited.sample.keys["auditor"]))  # type: ignore[attr-defined] # the test client's
    with visited.client.portal() as portal:  # type: ignore[attr-defined]
        assert portal.call(visit.look, "read", figures) == 7
    assert [(row.assignment_id, row.case_id, row.what) for row in noted(visited)] == [(given, None, "figures")]
