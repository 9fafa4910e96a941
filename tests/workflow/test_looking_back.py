"""Whoever had a place on a case and lost it reads it as it stood then, over every route there is, whatever happens later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from sqlalchemy import insert, select

from api.app import create_app
from tests.mentoring import BECAUSE, MENTEE, MENTOR, OTHER_MENTOR, logged, running
from tests.offices import PreparedOffice
from tests.world import World
from workflow.audit import Event
from workflow.ids import new_id
from workflow.people import issue_key
from workflow.tables import cohort_cases, cohorts, files, letters, tasks
from workflow.views.past import Past

LAST_MENTOR = "fourth_nurse"
#: In all that happens later, and nowhere before.
LATER = "Kelak"
A_DAY = date(2026, 3, 10)
WHO_READS = (MENTOR, MENTEE, OTHER_MENTOR, "verifier")
#: Parts of addresses that lead to no case, and what stands there.
ELSEWHERE = {
    "code": ("RSUD",),
    "year": ("2026",),
    "period": ("2026", "2026-TW1"),
    "mandate_id": ("tidak-ada",),
    "absence_id": ("tidak-ada",),
    "round_id": ("tidak-ada",),
    "bulk_id": ("tidak-ada",),
    "file_type": ("csv",),
    "group": ("bkpsdm.verifier",),
    "partner_id": ("RSUP-TELAGA",),
    "delivery_id": ("tidak-ada",),
    "import_id": ("tidak-ada",),
    "key": ("tidak-ada",),
    "key_id": ("tidak-ada",),
    "webhook_id": ("tidak-ada",),
    "link_id": ("tidak-ada",),
    "event_id": ("tidak-ada",),
}


@dataclass(frozen=True)
class Stopped:
    """The clock of a world."""

    world: World

    def now(self) -> datetime:
        return self.world.at


@dataclass
class Office:
    """A world whose people also ask over HTTP, each with their own key."""

    world: World
    client: TestClient[Any]
    keys: dict[str, str]

    @property
    def routes(self) -> set[tuple[str, str]]:
        """Every method of every address of the API."""
        return {
            (method, route.path_format)
            for route in self.client.app.routes
            if isinstance(route, HTTPRoute) and route.path_format.startswith("/api/")
            for method in route.methods - {"OPTIONS", "HEAD"}
        }

    def ask(self, who: str, method: str, path: str) -> httpx.Response:
        """A request; what changes something names a version that nobody has seen."""
        headers = {"Authorization": f"Bearer {self.keys[who]}"}
        if method == "GET":
            return self.client.request(method, path, headers=headers)
        headers |= {"If-Match": '"99"', "Idempotency-Key": path[-60:]}
        body = {"role": "mentor", "person": "x", "reason": "Sakit."} if path.endswith("/moves") else {}
        return self.client.request(method, path, headers=headers, json=body)

    def known(self, case: str) -> dict[str, tuple[str, ...]]:
        """What can stand in each part of an address by now."""
        world = self.world
        ids = {
            "case_id": (case,),
            "letter_id": world.all(select(letters.c.id).order_by(letters.c.id)),
            "file_id": world.all(select(files.c.id).order_by(files.c.id)),
            "cohort_id": world.all(select(cohorts.c.id)),
        }
        found = {name: tuple(each if isinstance(each, str) else each.id for each in rows) for name, rows in ids.items()}
        people = tuple(world.ids[who] for who in (MENTOR, MENTEE, OTHER_MENTOR))
        fixed = {
            "person_id": people,
            "unit_id": ("RSUD",),
            "kind": ("csv",),
            "trigger": ("log_session", "evaluate", "end_early"),
            "act": ("sign", "correct", "void"),
            "name": ("mentoring",),
            "role": ("mentor", "supervisor"),
        }
        return found | fixed | ELSEWHERE

    def walked(self, who: str, case: str) -> dict[tuple[str, str], tuple[int, bytes]]:
        """What somebody is answered at every address that leads to what there is by now."""
        known = self.known(case)
        found: dict[tuple[str, str], tuple[int, bytes]] = {}
        for method, template in sorted(self.routes):
            names = [part.partition("}")[0] for part in template.split("{")[1:]]
            assert set(names) <= set(known), f"{template}: a part of an address that this walk does not know"
            if method != "GET" and "case_id" not in names and "letter_id" not in names and "cohort_id" not in names:
                continue
            for values in product(*(known[name] for name in names)):
                path = template.format(**dict(zip(names, values, strict=True)))
                answer = self.ask(who, method, path)
                number = answer.headers["x-request-id"].encode()  # another each time
                found[method, path] = answer.status_code, answer.content.replace(number, b"")
        return found


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest) -> Iterator[Office]:
    """A small office that is served; the test runs twice, on SQLite and on PostgreSQL."""
    built: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = built.as_new()
    with TestClient(create_app(built.url, clock=Stopped(world), runner=False)) as client:
        yield Office(world, client, {})


def give_keys(office: Office) -> None:
    """A key to each who reads; a day of their own, so that no key is older than another."""
    world = office.world
    for who in WHO_READS:
        office.keys[who] = world.database.write(issue_key, world.ids[who], "uji", "read act letters", world.at)


def attest(world: World, case: str, says: str) -> str:
    """The verifier puts something on record with a document. Answers the file's id."""
    document = world.file("verifier")
    form = {"fact": "mentor_status", "value": "Aktif", "says": says, "document": document}
    world.fire(case, "attest", "verifier", form)
    return document


def replace_by(world: World, case: str, who: str, reason: str) -> None:
    world.fire(case, "replace_mentor", "hospital_head", {"reason": reason, "new_mentor": world.ids[who]})
    world.fire(case, "consent", who)


def begun(world: World) -> str:
    """A pair in a class, with meetings and a document, whose mentor is replaced on the same day."""
    case = running(world)
    cohort = new_id(world.at)
    by = {"opened_by": world.ids["verifier"], "opened_at": world.at}
    row = {"id": cohort, "process": "mentoring", "title": "Kelas mentoring", "form": "{}", **by}
    place = {"cohort_id": cohort, "case_id": case, "position": 1, "joined_at": world.at}
    world.database.write(lambda conn: [conn.execute(insert(cohorts), row), conn.execute(insert(cohort_cases), place)])
    world.go_to(date(2026, 3, 11))
    attest(world, case, "Menurut surat keterangan.")
    logged(world, case, A_DAY)
    logged(world, case, A_DAY, start="13:00", end="14:00")
    world.fire(case, "dispute_session", MENTEE, {"numbers": [2], **BECAUSE})
    replace_by(world, case, OTHER_MENTOR, BECAUSE["reason"])
    return case


def go_on(world: World, case: str) -> None:
    """Much happens on the rest of the day: to what the former mentor wrote, and without them."""
    attest(world, case, f"{LATER}: menurut surat lain.")
    logged(world, case, A_DAY, mentor=OTHER_MENTOR, start="15:00", end="16:00", topic=f"{LATER} dibahas")
    world.fire(case, "dispute_session", MENTEE, {"numbers": [1], "reason": f"{LATER} disanggah."})
    world.fire(case, "withdraw_session", "verifier", {"numbers": [2], "reason": f"{LATER} ditarik."})
    replace_by(world, case, LAST_MENTOR, f"{LATER} diganti lagi.")
    names = {person: name for name, person in world.ids.items()}
    waiting = world.all(select(tasks.c.letter_id, tasks.c.assignee_id).where(tasks.c.letter_id.is_not(None)))
    assert waiting, "letters wait to be signed"
    for row in waiting:
        world.sign(row.letter_id, names[row.assignee_id])
    world.fire(case, "end_early", MENTEE, {"reason": f"{LATER} diakhiri."})


def test_whatever_a_former_mentor_reads_by_any_route_never_changes(office: Office) -> None:
    world = office.world
    case = begun(world)
    give_keys(office)
    before = office.walked(MENTOR, case)
    go_on(world, case)
    after = office.walked(MENTOR, case)

    changed = [asked for asked, answer in before.items() if after[asked] != answer]
    assert changed == []
    new = {asked: answer for asked, answer in after.items() if asked not in before}
    assert {path.split("/")[2] for method, path in new if method == "GET"} == {"files", "letters"}
    assert {status for (method, _), (status, _) in new.items() if method == "GET"} == {404}
    assert all(status >= 400 for (method, _), (status, _) in new.items())
    told = b"".join(content for _, content in after.values())
    assert LATER.encode() not in told
    assert world.ids[LAST_MENTOR].encode() not in told
    # What went on is there, for whoever sees the case now.
    assert LATER.encode() in b"".join(content for _, content in office.walked(MENTEE, case).values())


def test_a_former_mentor_reads_the_case_its_letters_and_files_as_they_stood(office: Office) -> None:
    world = office.world
    case = begun(world)
    go_on(world, case)
    give_keys(office)

    def read(path: str) -> Any:
        answer = office.ask(MENTOR, "GET", path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json() if "json" in answer.headers["content-type"] else answer.content

    page = read(f"/api/cases/{case}")
    assert (page["state"], page["deadline"], page["waits_for"], page["owed"]) == ("replacement_consent", None, [], [])
    sessions = [each for each in page["entries"] if each["kind"] == "session"]
    assert [(each["number"], each["status"]) for each in sessions] == [(1, "written"), (2, "disputed")]
    assert sessions[1]["marked_by"] == "Nurse"
    assert [line["state"] for line in page["way"]][-1] == page["way"][-1]["state"] == "replacement_consent"
    events = read(f"/api/cases/{case}/history")["events"]
    assert events[-1]["type"] == "replace_mentor"
    assert events[-1]["sequence"] == page["version"]
    (line,) = read("/api/cases")["items"]
    assert (line["state"], line["version"], line["due_on"]) == ("replacement_consent", page["version"], None)
    assert read("/api/cases?state=evaluation")["items"] == []
    assert read("/api/cohorts")["items"] == []
    assert read(f"/api/cases/{case}/actions")["actions"] == []
    kinds = {letter["kind"]: letter for letter in page["letters"]}
    assert set(kinds) == {"mentoring_assignment", "mentoring_agreement"}
    assert {letter["state"] for letter in kinds.values()} == {"signed"}
    assert read(f"/api/letters/{kinds['mentoring_assignment']['id']}")["cancelled_by"] is None
    document = next(each for each in page["entries"] if each["kind"] == "attestation")
    (file,) = [field["value"] for field in document["fields"] if field["name"] == "document"]
    assert read(f"/api/files/{file}").startswith(b"%PDF")


def test_a_former_mentor_who_wants_to_do_something_is_told_that_their_place_is_over_and_no_more(office: Office) -> None:
    world = office.world
    case = begun(world)
    give_keys(office)
    for path in ("actions/log_session", "actions/terbang", "actions/log_session/preview", "moves"):
        answer = office.ask(MENTOR, "POST", f"/api/cases/{case}/{path}")
        assert (answer.status_code, answer.json()["detail"]) == (
            403,
            "Peran Anda pada berkas ini sudah berakhir; Anda hanya dapat membaca keadaannya sampai saat itu.",
        ), answer.text


def test_a_former_mentor_who_sees_the_case_for_another_reason_sees_all_of_it(office: Office) -> None:
    world = office.world
    case = begun(world)
    replace_by(world, case, MENTOR, f"{LATER} kembali.")
    give_keys(office)
    page = office.ask(MENTOR, "GET", f"/api/cases/{case}").json()
    assert page["state"] == "active"
    assert LATER.encode() in office.ask(MENTOR, "GET", f"/api/cases/{case}/history").content
    former = office.ask(OTHER_MENTOR, "GET", f"/api/cases/{case}").json()
    assert former["state"] == "replacement_consent"


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        ([{"replaces": ["old"]}], "replaced"),
        ([{"replaces": ["old"]}, {"restores": ["old"]}], "signed"),
        ([{"voids": ["old"]}, {"restores": ["old"]}, {"voids": ["old"]}], "void"),
        ([{"id": "old", "state": "void"}], "void"),
    ],
)
def test_a_letter_stood_as_the_last_that_was_told_of_it_by_then_left_it(told: list[Any], stands: str) -> None:
    begun_at = datetime(2026, 3, 9, tzinfo=UTC)
    events = tuple(
        Event(
            "c",
            n,
            "e",
            "letter_signed",
            begun_at,
            {"letter": {"id": "new", "kind": "k", "state": "signed", **each}},
            "",
            "",
            "",
        )
        for n, each in enumerate(told, 1)
    )
    assert Past(begun_at + timedelta(days=1), events).letter_state("old") == stands
