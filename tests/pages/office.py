"""An office at work, served by a process of its own, and browsers on it: what the stories in a real browser stand on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import httpx
from playwright.sync_api import Browser, Page
from sqlalchemy import Connection, update

from api.clock import DemoClock
from tests.accounts import give_factor, give_password, give_session, nip_of
from tests.api.house import MONDAY, SECRET, House, Sample
from tests.api.test_served import server, wait_until_alive
from workflow.accounts import tickets
from workflow.accounts.account import held
from workflow.accounts.safe import Safe
from workflow.accounts.sessions import begin, end_all
from workflow.accounts.signing_in import PASSWORD
from workflow.database import Database
from workflow.demo.cast import Player
from workflow.demo.playbill import playbill, written
from workflow.office import Office
from workflow.tables import agency

#: One official initials what the secretary signs, so that a draft waits to be looked at.
PARAF = '[paraf]\nsecretary = ["BKPSDM"]\n\n[page]'
#: What a browser itself says of answers that a story means to get.
MEANT = (
    "status of 401",
    "status of 404",
    "status of 409",
    "status of 422",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_FAILED",
)


@dataclass
class OfficeAtWork:
    """Where it is served, what is on its way there, and what its people need to sign in."""

    base: str
    address: str
    sample: Sample
    began: float
    factor: str
    recovery: list[str]
    #: A letter that waits for the secretary's signature, and its case.
    letter: str
    case: str
    #: What its clock showed when it was opened.
    opened_at: datetime = MONDAY

    def now(self) -> datetime:
        """What its clock shows, give or take a second."""
        return self.opened_at + timedelta(seconds=time.monotonic() - self.began)

    def nip(self, who: str) -> str:
        with closing(Database.open(self.address)) as database:
            return database.read(nip_of, self.sample.ids[who])

    def signed_in(self, who: str, *, second_factor: bool = True) -> str:
        """The token of a session of one of the cast."""
        person = self.sample.ids[who]

        def work(conn: Connection) -> str:
            office = Office.load(conn)
            if second_factor:
                return give_session(conn, office, person, self.now())
            held(conn, person)
            return begin(conn, office, person, PASSWORD, "Firefox di Linux", self.now())

        with closing(Database.open(self.address)) as database:
            return database.write(work)

    def end_sessions(self, who: str) -> None:
        with closing(Database.open(self.address)) as database:
            database.write(end_all, self.sample.ids[who], self.now())

    def activation_code(self, who: str) -> str:
        with closing(Database.open(self.address)) as database:
            safe = Safe.of(self.address)
            return database.write(
                lambda c: tickets.print_code(c, Office.load(c), safe, self.sample.ids[who], self.now())
            )


@contextmanager
def at_work(sample: Sample, address: str, folder: Path) -> Iterator[OfficeAtWork]:
    """Requests that wait for a supervisor and for a director, a letter that waits to be signed, and a server that shows them."""
    with closing(Database.open(address)) as database:
        database.write(_with_paraf)
        for who in ("nursing_head", "nurse"):
            database.write(give_password, sample.ids[who], MONDAY)
        factor, recovery = database.write(give_factor, Safe.of(address), sample.ids["nursing_head"], MONDAY)
    players = [Player(sample.ids[who], who.title(), "Jabatan rekaan", "Peserta") for who in ("nurse", "nursing_head")]
    (folder / "people.json").write_bytes(written(playbill([("Magang seorang pegawai", players)])))
    began = time.monotonic()
    settings = {
        "JENJANG_DEMO_CLOCK": MONDAY.isoformat(),
        "JENJANG_DEMO_SECRET": SECRET,
        "JENJANG_DEMO_PEOPLE": str(folder / "people.json"),
    }
    with server(address, **settings) as (base, process):
        wait_until_alive(base, process)
        with httpx.Client(base_url=base, timeout=30) as client:
            letter, case = _prepared(House(client, sample, address, DemoClock(MONDAY, SECRET)))
        yield OfficeAtWork(base, address, sample, began, factor, list(recovery), letter, case)


@contextmanager
def tab(
    browser: Browser,
    office: OfficeAtWork,
    who: str = "",
    *,
    width: int = 1200,
    scheme: Literal["light", "dark"] = "light",
    scripts: bool = True,
    second_factor: bool = True,
) -> Iterator[Page]:
    """A tab of one of the cast, who has signed in, or of nobody. Whatever it complains of, or asks of elsewhere, fails the test."""
    complaints: list[str] = []
    context = browser.new_context(
        base_url=office.base,
        viewport={"width": width, "height": 844},
        color_scheme=scheme,
        locale="id-ID",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    if who:
        token = office.signed_in(who, second_factor=second_factor)
        context.add_cookies([{"name": "jenjang", "value": token, "url": office.base}])
    context.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    context.on("request", lambda asked: None if asked.url.startswith(office.base) else complaints.append(asked.url))
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()
    assert [said for said in complaints if not any(each in said for each in MEANT)] == []


def _with_paraf(conn: Connection) -> None:
    profile = conn.execute(agency.select()).one().profile
    conn.execute(update(agency).values(profile=profile.replace("[page]", PARAF, 1)))


def _prepared(house: House) -> tuple[str, str]:
    case = house.road("request_host", starts_on="2026-05-04", ends_on="2026-05-08")
    letters = house.read("secretary", f"/api/cases/{case}")["letters"]
    (letter,) = [each["id"] for each in letters if each["kind"] == "internship_request"]
    page = house.read("agency_chief", f"/api/letters/{letter}")
    answer = house.ask(
        "agency_chief",
        "POST",
        f"/api/letters/{letter}/acts/initial",
        json={"version": page["version"]},
        headers={"Idempotency-Key": "paraf"},
    )
    assert answer.status_code == 200, answer.text
    house.road("submit")
    other = house.open("second_nurse")
    house.done("second_nurse", other, "submit", house.steps()[0][2])
    for month, first in ((6, 1), (7, 6), (9, 7), (10, 5)):
        for who in ("nurse", "second_nurse"):
            days = {"starts_on": f"2026-{month:02}-{first:02}", "ends_on": f"2026-{month:02}-{first + 4:02}"}
            asked = house.open(who)
            house.done(who, asked, "submit", {**house.steps()[0][2], **days})
            if (who, month) == ("nurse", 9):  # one waits for the director
                house.done("nursing_head", asked, "endorse", {})
    return letter, case
