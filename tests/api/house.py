"""An office made from the sample, and its people asking over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
from litestar import Litestar
from litestar.datastructures import State
from litestar.testing import TestClient
from sqlalchemy import Connection, select

from api.app import Serving, create_app
from api.clock import ClockGoesForward, DemoClock
from tests.offices import Stored, all_stored, put_back
from tests.world import without_paraf
from workflow.database import Database
from workflow.imports import import_agreements, import_budgets, import_partners, import_staff
from workflow.people import issue_key, members, setup_agency
from workflow.tables import budgets, people

SAMPLE = Path(__file__).parents[1] / "sample"
PROFILE = Path(__file__).parents[2] / "templates" / "profiles" / "kemuning.toml"

#: A Monday morning in Kemuning; the internships of these tests start five weeks later.
MONDAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SECRET = "rahasia-jam-peragaan"

CAST = {
    "nurse": "Kirana Maheswari",
    "second_nurse": "Bonaventura Seran",
    "nursing_head": "Sriyatun Danuningrat",
    "director": "Galuh Candrakirana",
    "agency_chief": "Widuri Puspaningtyas",
    "secretary": "Bramantyo Kertapati",
    "contact": "dr. Respati Danurwendo, Sp.PD.",
    "other_contact": "Clarissa Wongso",
    "stranger": "Arga Wirabhumi",
    "informatics_head": "Harimurti Adiwangsa",
}

REQUEST: dict[str, Any] = {
    "host": "partner:RSUP-TELAGA",
    "section": "Instalasi Rawat Intensif",
    "starts_on": "2026-04-06",
    "ends_on": "2026-04-10",
    "competency": "Keperawatan intensif",
    "goal": "Menerapkan asuhan keperawatan intensif di RSUD.",
    "plan_item": "Butir 12 rencana tahun 2026",
}

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Sample:
    """The database that every test starts from."""

    path: Path
    keys: Mapping[str, str]
    ids: Mapping[str, str]
    budget_line: str
    #: The case, the hour and all that was stored at the end of each road that was walked.
    roads: dict[tuple[str, str], tuple[str, datetime, Stored]] = field(default_factory=dict)


class Watch:
    """Looks at a house's database from beside the server."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._before = self.keep()

    def has_changed(self) -> bool:
        """Whether it is not what it was when the watch began."""
        return self.keep() != self._before

    def keep(self) -> Stored:
        """All that is stored."""
        return self._database.read(all_stored)

    def put_back(self, stored: Stored) -> None:
        """Make the database what it was."""
        self._database.reshape(put_back, stored)


def import_sample(conn: Connection) -> tuple[dict[str, str], dict[str, str], str]:
    """Import everything, set the agency up, give everyone of the cast a key. Answers keys, ids and a budget line."""
    for read, name in (
        (import_staff, "pegawai.csv"),
        (import_partners, "mitra.csv"),
        (import_agreements, "kerja-sama.csv"),
        (import_budgets, "anggaran.csv"),
    ):
        read(conn, (SAMPLE / name).read_bytes(), name, at=MONDAY, on=date(2026, 3, 2))
    setup_agency(conn, without_paraf(PROFILE.read_text()), MONDAY, folder=PROFILE.parent)
    ids = {
        who: conn.execute(select(people.c.id).where(people.c.name == name)).scalar_one() for who, name in CAST.items()
    }
    ids["verifier"], ids["second_verifier"] = members(conn, "bkpsdm.verifier")[:2]
    ids["administrator"] = members(conn, "administrator")[0]
    keys = {who: issue_key(conn, person, "uji", "read act letters", MONDAY) for who, person in ids.items()}
    line = conn.execute(
        select(budgets.c.id).where(budgets.c.unit_id == "BKPSDM", budgets.c.year == 2026).limit(1)
    ).scalar_one()
    return keys, ids, line


@dataclass
class House:
    """The office over HTTP: each of its people asks with their own key."""

    client: httpx.Client
    sample: Sample
    address: str
    clock: DemoClock
    watch: Watch | None = None

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        """A request of one of the cast."""
        headers = {"Authorization": f"Bearer {self.sample.keys[who]}", **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def get(self, who: str, path: str, **more: Any) -> httpx.Response:
        return self.ask(who, "GET", path, **more)

    def read(self, who: str, path: str, **more: Any) -> Any:
        """The JSON of an address that must answer."""
        response = self.get(who, path, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def open(self, who: str = "nurse", form: Mapping[str, Any] | None = None) -> str:
        """Open an internship; answers its id."""
        response = self.ask(
            who,
            "POST",
            "/api/cases",
            json={"process": "internship", "form": form or {}},
            headers={"Idempotency-Key": str(uuid.uuid4())},
        )
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def act(
        self,
        who: str,
        case: str,
        trigger: str,
        form: Mapping[str, Any] | None = None,
        *,
        acknowledge: tuple[str, ...] | None = None,
        version: int | str | None = None,
        key: str | None = None,
        then: tuple[dict[str, Any], ...] = (),
    ) -> httpx.Response:
        """Take a step on the version that is stored, warnings acknowledged unless told otherwise."""
        if version is None:
            version = self.get(who, f"/api/cases/{case}").headers.get("etag", '"0"').strip('"')
        body = {"form": form or {}, "acknowledge": acknowledge or (), "then": then}
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key or str(uuid.uuid4())}
        response = self.ask(who, "POST", f"/api/cases/{case}/actions/{trigger}", json=body, headers=headers)
        warned = response.json().get("acknowledge")
        if warned and acknowledge is None:
            return self.ask(
                who,
                "POST",
                f"/api/cases/{case}/actions/{trigger}",
                json={**body, "acknowledge": warned},
                headers=headers,
            )
        return response

    def done(self, who: str, case: str, trigger: str, form: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Take a step that must succeed."""
        response = self.act(who, case, trigger, form, **more)
        assert response.status_code == 200, response.text
        return response.json()

    def upload(self, who: str, name: str = "bukti.pdf", content: bytes = PDF) -> str:
        """Hand in a file; answers its id."""
        response = self.ask(who, "POST", "/api/files", files={"file": (name, content)})
        assert response.status_code == 201, response.text
        return str(response.json()["id"])

    def road(self, until: str, **changes: Any) -> str:
        """A request on the straight road, up to and including a trigger; walked once, where nothing has been done before."""
        if self.watch is None or self.watch.has_changed():
            return self._walk(until, changes)
        key, roads = (until, repr(sorted(changes.items()))), self.sample.roads
        if key in roads:
            case, at, end = roads[key]
            self.watch.put_back(end)
            with suppress(ClockGoesForward):  # it may have run on by itself
                self.clock.set(at)
        else:
            case = self._walk(until, changes)
            roads[key] = case, self.clock.now(), self.watch.keep()
        return case

    def _walk(self, until: str, changes: Mapping[str, Any]) -> str:
        case = self.open()
        for who, trigger, form in self.steps(**changes):
            if trigger in ("start", "finish"):
                self.clock.set(datetime(2026, 4, 6 if trigger == "start" else 10, 3, tzinfo=UTC))
            self.done(who, case, trigger, form() if callable(form) else form)
            if trigger == until:
                return case
        raise AssertionError(until)

    def steps(self, **changes: Any) -> list[tuple[str, str, Any]]:
        """The straight road from request to completion."""
        days = [
            (
                "nurse",
                "log_day",
                {"worked_on": f"2026-04-{day:02}", "hours": 7.5, "activity": "Dinas pagi", "learning": "Asuhan"},
            )
            for day in range(6, 11)
        ]
        guide = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}
        return [
            ("nurse", "submit", {**REQUEST, **changes}),
            ("nursing_head", "endorse", {"note": "Setuju."}),
            ("director", "forward", {}),
            ("verifier", "verify", {}),
            ("secretary", "request_host", {}),
            ("contact", "confirm", guide),
            ("director", "assign", {}),
            ("agency_chief", "introduce", {}),
            ("nurse", "start", {}),
            ("contact", "finish", {}),
            *days,
            ("contact", "confirm_days", {"from_on": "2026-04-06", "until_on": "2026-04-10"}),
            ("nurse", "report", {"summary": "Laporan akhir magang di instalasi rawat intensif."}),
            ("contact", "assess", self._assessment),
            ("verifier", "complete", {"without_cost": True}),
        ]

    def _assessment(self) -> dict[str, Any]:
        return {
            "scores": [{"aspect": "Kedisiplinan", "score": 90}],
            "certificate_number": "445/17/RSUP-TELAGA/2026",
            "certificate_on": "2026-04-10",
            "certificate_file": self.upload("contact"),
        }

    def with_database(self) -> Database:
        """The same database, to look into or to change behind the server's back."""
        return Database.open(self.address)


#: Applications that serve nothing at present; one whose test failed or whose end did is not used again.
_idle: list[Litestar] = []


@contextmanager
def served(sample: Sample, address: str, **more: Any) -> Iterator[House]:
    """The office, served in this process; by an application that has served another before, for one takes long to make."""
    clock = DemoClock(MONDAY, SECRET)
    app = _idle.pop() if _idle else create_app(address, clock=clock)
    app.state = State({"serving": Serving(address, clock, **{"runner": False, **more}), "proxies": ()})
    with TestClient(app) as client:
        yield House(client, sample, address, clock)
    _idle.append(app)
