"""A cohort of the sample's office, asked for and moved over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from sqlalchemy import select

from tests.api.house import MONDAY, REQUEST, House
from workflow.people import issue_key, members
from workflow.tables import people

NURSES = (
    "Kirana Maheswari",
    "Bonaventura Seran",
    "Puspita Anjani",
    "Rahmadi Suryanata",
    "Eunike Tobing",
)
COMMON = {name: value for name, value in REQUEST.items() if name != "section"}
GUIDE = {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"}
LETTER: dict[str, Any] = {
    "channel": "whatsapp",
    "number": "445/120/RSUP-TELAGA/2026",
    "dated_on": "2026-03-02",
    "signer_name": "dr. Wulan Iskandar, Sp.PD.",
    "signer_post": "Wakil Direktur",
    "received_on": "2026-03-02",
}


@dataclass
class Party:
    """A cohort in a house, with a key for each who goes and for the unit's personnel officer."""

    house: House
    nips: tuple[str, ...]
    keys: dict[str, str] = field(default_factory=dict)
    id: str = ""
    cases: tuple[str, ...] = ()

    def ask(self, who: str, method: str, path: str, **more: Any) -> httpx.Response:
        """A request of somebody of the house, or of one who goes (by NIP)."""
        key = self.keys.get(who) or self.house.sample.keys[who]
        headers = {"Authorization": f"Bearer {key}", **more.pop("headers", {})}
        return self.house.client.request(method, path, headers=headers, **more)

    def read(self, who: str, path: str) -> Any:
        """The JSON of an address that must answer."""
        response = self.ask(who, "GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def open(self, body: Mapping[str, Any], who: str = "officer", key: str | None = None) -> httpx.Response:
        """Open a cohort with whatever is sent."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return self.ask(who, "POST", "/api/cohorts", json=body, headers=headers)

    def act(
        self, who: str, what: str, *, version: int | None = None, key: str | None = None, **body: Any
    ) -> httpx.Response:
        """A step (``actions/verify``) or ``answers``, on the version that is stored, every warning acknowledged."""
        path = f"/api/cohorts/{self.id}"
        if version is None:
            version = self.version(who)
        headers = {"If-Match": f'"{version}"', "Idempotency-Key": key or str(uuid.uuid4())}
        if "acknowledge" not in body:
            body["acknowledge"] = self.warned(who, what, body)
        return self.ask(who, "POST", f"{path}/{what}", json=body, headers=headers)

    def warned(self, who: str, what: str, body: Mapping[str, Any]) -> list[str]:
        """The rules that warn of what would be done."""
        found = self.ask(who, "POST", f"/api/cohorts/{self.id}/{what}/preview", json=body).json()
        stayed = found.get("stayed") or found.get("cases") or ()
        return sorted({rule for each in stayed for rule in each["acknowledge"]})

    def done(self, who: str, what: str, **body: Any) -> Any:
        """A step that must move somebody."""
        response = self.act(who, what, **body)
        assert response.status_code == 200, response.text
        return response.json()

    def version(self, who: str) -> int:
        """The version that somebody sees now."""
        response = self.ask(who, "GET", f"/api/cohorts/{self.id}")
        return int(response.headers.get("etag", '"0"').strip('"'))

    def submitted(self) -> Party:
        """Each confirms and submits alone."""
        for nip, case in zip(self.nips, self.cases, strict=True):
            version = self.ask(nip, "GET", f"/api/cases/{case}").headers["etag"]
            headers = {"If-Match": version, "Idempotency-Key": str(uuid.uuid4())}
            path = f"/api/cases/{case}/actions/submit"
            response = self.ask(nip, "POST", path, json={}, headers=headers)
            warned = response.json().get("acknowledge")
            if warned:
                response = self.ask(nip, "POST", path, json={"acknowledge": warned}, headers=headers)
            assert response.status_code == 200, response.text
        return self

    def until(self, trigger: str) -> Party:
        """Down the straight road with all who may go, up to and including a step."""
        self.submitted()
        for who, step in (
            ("nursing_head", "endorse"),
            ("director", "forward"),
            ("verifier", "verify"),
            ("secretary", "request_host"),
        ):
            self.done(who, f"actions/{step}")
            if step == trigger:
                return self
        raise AssertionError(trigger)


def party(house: House, number: int = 5, beyond: int = 0) -> Party:
    """Those who could go together; nothing is opened yet. ``beyond``: how many are left out first."""
    database = house.with_database()
    names = database.read(
        lambda conn: {row.name: row for row in conn.execute(select(people).where(people.c.name.in_(NURSES)))}
    )
    rows = [names[name] for name in NURSES[beyond : beyond + number]]
    found = Party(house, tuple(row.nip for row in rows))
    for row in rows:
        found.keys[row.nip] = database.write(issue_key, row.id, "uji", "read act letters", MONDAY)
    for who, unit in (("officer", "RSUD"), ("other_officer", "DINKES")):
        (person, *_) = database.read(members, "personnel_officer", unit)
        found.keys[who] = database.write(issue_key, person, "uji", "read act letters", MONDAY)
    database.close()
    return found


def gathered(house: House, number: int = 5, beyond: int = 0) -> Party:
    """A cohort opened by the unit's personnel officer, each with a section; nothing is submitted yet."""
    found = party(house, number, beyond)
    section = {"section": "Instalasi Rawat Intensif"}
    members_ = [{"person": nip, "form": section} for nip in found.nips]
    response = found.open({"process": "internship", "title": "Magang intensif", "form": COMMON, "members": members_})
    assert response.status_code == 201, response.text
    found.id = response.json()["id"]
    found.cases = tuple(line["case_id"] for line in response.json()["moved"])
    return found
