"""A small invented office, straight in the tables, and its people acting through the engine: what stories stand on."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, update

from workflow.budgets.books import Movement, move
from workflow.database import Database
from workflow.engine.engine import Engine, Outcome
from workflow.engine.judging import Actor, Judgement
from workflow.engine.steps import Step
from workflow.engine.sweep import Swept, sweep
from workflow.errors import NotAcknowledged
from workflow.ids import new_id
from workflow.letters.acts import Sign
from workflow.letters.profile import SHIPPED_PROFILE
from workflow.office import REGENT, Office
from workflow.people import note_holders
from workflow.registry import Registry
from workflow.tables import (
    agency,
    agreements,
    budgets,
    files,
    group_members,
    letters,
    metadata,
    partners,
    people,
    performances,
    positions,
    units,
)
from workflow.workers.schema import install

if TYPE_CHECKING:
    from tests.offices import Roads

#: A Monday; the internships of the stories start five weeks later.
MONDAY = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)

REQUEST: dict[str, Any] = {
    "host": "partner:RSPROV",
    "section": "Instalasi Rawat Intensif",
    "starts_on": "2026-04-06",
    "ends_on": "2026-04-17",
    "competency": "Keperawatan intensif",
    "goal": "Menerapkan asuhan keperawatan intensif di RSUD.",
    "plan_item": "Butir 12 rencana tahun 2026",
    "funding": "agency_budget",
    "estimate": 4_000_000,
}

#: name -> (unit, title of the post, superior's name); heads first.
POSTS = {
    "secretary": ("SETDA", "Sekretaris Daerah", None),
    "agency_chief": ("BKPSDM", "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia", "secretary"),
    "hospital_head": ("RSUD", "Direktur Rumah Sakit Umum Daerah", "secretary"),
    "nursing_head": ("RSUD", "Kepala Bidang Keperawatan", "hospital_head"),
    "health_head": ("DINKES", "Kepala Dinas Kesehatan", "secretary"),
}
STAFF = {
    "nurse": ("RSUD", "Perawat Ahli Pertama", "nursing_head"),
    "second_nurse": ("RSUD", "Perawat Ahli Pertama", "nursing_head"),
    "third_nurse": ("RSUD", "Perawat Ahli Pertama", "nursing_head"),
    "fourth_nurse": ("RSUD", "Perawat Ahli Pertama", "nursing_head"),
    "verifier": ("BKPSDM", "Analis Sumber Daya Manusia Aparatur", "agency_chief"),
    "second_verifier": ("BKPSDM", "Analis Sumber Daya Manusia Aparatur", "agency_chief"),
    "administrator": ("BKPSDM", "Pranata Komputer", "agency_chief"),
    "stranger": ("DINKES", "Sanitarian", "health_head"),
    **{f"clerk_{number}": ("RSUD", "Pengadministrasi Umum", "hospital_head") for number in range(1, 11)},
    "treasurer": ("BKPSDM", "Bendahara", "agency_chief"),
}
UNITS = {
    "SETDA": "Sekretariat Daerah",
    "BKPSDM": "Badan Kepegawaian dan Pengembangan Sumber Daya Manusia",
    "RSUD": "Rumah Sakit Umum Daerah Kemuning",
    "DINKES": "Dinas Kesehatan",
}


def nip_of(number: int) -> str:
    """An invented NIP: born and appointed on days that nobody here has."""
    return f"19850101201001{1 + number % 2}{number:03d}"


@dataclass
class World:
    """An office at a moment. ``at`` moves only when a test moves it."""

    database: Database
    engine: Engine
    ids: dict[str, str]
    budget_line: str
    at: datetime = MONDAY
    keys: int = 0
    log: list[str] = field(default_factory=list)
    #: The roads from here that need not be walked again.
    roads: Roads | None = field(default=None, repr=False, compare=False)

    def actor(self, who: str) -> Actor:
        """A person of the office, acting."""
        return Actor(self.ids[who], who)

    def open(self, who: str = "nurse", form: Mapping[str, Any] | None = None) -> str:
        """A person opens an internship. Answers the case's id."""
        return self.database.write(self.engine.open, "internship", self.actor(who), form or {}, self.at).case_id

    def fire(self, case: str, trigger: str, who: str, form: Mapping[str, Any] | None = None, **more: Any) -> Outcome:
        """A person takes a step, having seen the case as it is and acknowledged every warning unless told otherwise."""
        self.at += timedelta(seconds=1)
        step = (case, trigger, self.actor(who), form or {}, self.at)
        try:
            return self.database.write(self.engine.fire, *step, **more)
        except NotAcknowledged as warned:  # most steps meet no warning: to ask first would judge each of them twice
            if "acknowledge" in more:
                raise
            more["acknowledge"] = tuple(warned.more["acknowledge"])
        return self.database.write(self.engine.fire, *step, **more)

    def preview(self, case: str, trigger: str, who: str, form: Mapping[str, Any] | None = None) -> Judgement:
        """What a step would meet."""
        return self.database.read(self.engine.preview, case, trigger, self.actor(who), form or {}, self.at)

    def sign(self, letter: str, who: str) -> Outcome:
        """A person signs a letter."""
        self.at += timedelta(seconds=1)
        return self.database.write(self.engine.letter, letter, Sign(), self.actor(who), self.at)

    def letters_are_made(self) -> None:
        """The files of all letters signed so far are complete, as far as their states say."""
        made = update(letters).where(letters.c.state == "to_render").values(state="signed")
        self.database.write(lambda conn: conn.execute(made))

    def sweep(self) -> Swept:
        """The daily sweep."""
        return sweep(self.database, self.engine, self.at)

    def go_to(self, day: date) -> None:
        """Move to ten in the morning of a day, in the agency's zone."""
        self.at = datetime(day.year, day.month, day.day, 3, 0, tzinfo=UTC)

    def file(self, who: str, name: str = "bukti.pdf") -> str:
        """A person uploads a small file. Answers its id."""
        return self.database.write(_upload, self.ids[who], name, self.at)

    def all(self, query: Any) -> list[Any]:
        """Rows of a query."""
        return self.database.read(lambda conn: list(conn.execute(query)))

    def then(self, trigger: str, form: Mapping[str, Any] | None = None) -> Step:
        """A further step in the same act."""
        return Step(trigger, form or {})

    # --- roads that several stories take ---

    def submitted(self, who: str = "nurse", **changes: Any) -> str:
        """A request that has been submitted."""
        case = self.open(who)
        self.fire(case, "submit", who, {**REQUEST, **changes})
        return case

    def road(self, until: str, who: str = "nurse", **changes: Any) -> str:
        """A request on the straight road, up to and including a trigger."""
        if self.roads is None:
            return self._walk(until, who, changes)
        return self.roads.walked(
            self, (until, who, repr(sorted(changes.items()))), lambda: self._walk(until, who, changes)
        )

    def _walk(self, until: str, who: str, changes: Mapping[str, Any]) -> str:
        case = self.open(who)
        for trigger, actor, form in self.straight(who, **changes):
            if trigger == "start":
                self.go_to(date(2026, 4, 6))
            if trigger == "finish":
                self.go_to(date(2026, 4, 17))
            self.fire(case, trigger, actor, form() if callable(form) else form)
            if trigger == until:
                return case
        raise AssertionError(f"no step {until} on the straight road")

    def straight(self, who: str = "nurse", **changes: Any) -> list[tuple[str, str, Any]]:
        """The straight road: trigger, actor, form."""
        days = [date(2026, 4, 6) + timedelta(days=n) for n in range(12)]
        logged = [
            (
                "log_day",
                who,
                {
                    "worked_on": day.isoformat(),
                    "hours": 7.5,
                    "activity": f"Dinas pagi {day:%d-%m}",
                    "learning": "Asuhan",
                },
            )
            for day in days
            if day.weekday() < 5
        ]
        return [
            ("submit", who, {**REQUEST, **changes}),
            ("endorse", "nursing_head", {"note": "Setuju."}),
            ("forward", "hospital_head", {}),
            ("verify", "verifier", {"budget_line": self.budget_line}),
            ("request_host", "secretary", {}),
            (
                "confirm",
                "contact",
                {"field_supervisor": "Ns. Ratri Puspita, S.Kep.", "field_supervisor_post": "Kepala Ruang"},
            ),
            ("assign", "hospital_head", {}),
            ("introduce", "agency_chief", {}),
            ("start", who, {}),
            ("finish", "contact", {}),
            *logged,
            ("confirm_days", "contact", {"from_on": "2026-04-06", "until_on": "2026-04-17"}),
            ("report", who, {"summary": "Laporan akhir magang di instalasi rawat intensif."}),
            (
                "assess",
                "contact",
                lambda: {
                    "scores": [{"aspect": "Kedisiplinan", "score": 90}, {"aspect": "Keterampilan", "score": 85}],
                    "certificate_number": "445/17/RSPROV/2026",
                    "certificate_on": "2026-04-17",
                    "certificate_file": self.file("contact"),
                },
            ),
            ("complete", "verifier", lambda: {"cost": 3_500_000, "proofs": [self.file("verifier")]}),
        ]


def _upload(conn: Connection, person_id: str, name: str, at: datetime) -> str:
    content = b"%PDF-1.7 invented"
    file_id = new_id(at)
    conn.execute(
        insert(files).values(
            id=file_id,
            name=name,
            media_type="application/pdf",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            content=content,
            uploaded_by=person_id,
            uploaded_at=at,
        )
    )
    return file_id


def build(database: Database, registry: Registry | None = None) -> World:
    """Make the office in an empty database whose tables do not exist yet."""
    database.reshape(metadata.create_all)
    database.reshape(install)
    ids, line = database.write(_fill)
    office = database.read(Office.load)
    return World(database, Engine(registry or Registry.discover(), office), ids, line)


def without_paraf(profile: str) -> str:
    """A profile by which nobody initials: letters on a longer way have stories of their own."""
    return re.sub(r"^\[paraf\]\n(?:.+\n)*", "", profile, flags=re.MULTILINE)


def _fill(conn: Connection) -> tuple[dict[str, str], str]:
    ids = {name: new_id(MONDAY) for name in (*POSTS, *STAFF, "regent", "contact")}
    posts = {name: new_id(MONDAY) for name in POSTS}
    profile = SHIPPED_PROFILE.read_text("utf-8").replace('emblem = "kemuning.svg"', "")
    profile = without_paraf(profile)
    conn.execute(insert(agency).values(id=1, profile=profile, set_at=MONDAY))
    conn.execute(insert(units), [{"id": code, "name": name} for code, name in UNITS.items()])
    conn.execute(
        insert(partners).values(
            id="RSPROV",
            name="Rumah Sakit Provinsi Contoh",
            kind="Rumah sakit",
            address="Jalan Contoh 1",
            city="Sungai Jernih",
        )
    )
    conn.execute(insert(positions).values(id=REGENT, unit_id=None, title="Bupati Kemuning"))
    conn.execute(
        insert(positions), [{"id": posts[n], "unit_id": unit, "title": title} for n, (unit, title, _) in POSTS.items()]
    )
    conn.execute(insert(people), [_person(ids, posts, n, name) for n, name in enumerate(ids)])
    for name, (_, _, superior) in POSTS.items():
        above = posts[superior] if superior else REGENT
        conn.execute(
            positions.update().where(positions.c.id == posts[name]).values(holder_id=ids[name], superior_id=above)
        )
    conn.execute(positions.update().where(positions.c.id == REGENT).values(holder_id=ids["regent"]))
    note_holders(conn, MONDAY.date(), "Uji", at=MONDAY)
    for unit, head in (
        ("SETDA", "secretary"),
        ("BKPSDM", "agency_chief"),
        ("RSUD", "hospital_head"),
        ("DINKES", "health_head"),
    ):
        conn.execute(units.update().where(units.c.id == unit).values(head_position_id=posts[head]))
    conn.execute(
        insert(performances), [{"person_id": ids[n], "year": 2025, "predicate": "Baik"} for n in (*POSTS, *STAFF)]
    )
    conn.execute(
        insert(group_members),
        [
            {"group_name": group, "unit_id": "", "person_id": ids[name]}
            for group, name in (
                ("bkpsdm.verifier", "verifier"),
                ("bkpsdm.verifier", "second_verifier"),
                ("bkpsdm.budget", "treasurer"),
                ("administrator", "administrator"),
            )
        ],
    )
    conn.execute(
        insert(agreements).values(
            id=new_id(MONDAY),
            partner_id="RSPROV",
            kind="Perjanjian Kerja Sama",
            our_number="800.1.4.1/12/BKPSDM/2025",
            about="Magang",
            from_on=date(2025, 2, 3),
            until_on=date(2028, 2, 2),
        )
    )
    return ids, _budget(conn)


def _person(ids: dict[str, str], posts: dict[str, str], number: int, name: str) -> dict[str, Any]:
    kind = {"regent": "official", "contact": "contact"}.get(name, "staff")
    unit, post, superior = (POSTS | STAFF).get(name, (None, None, None))
    return {
        "id": ids[name],
        "kind": kind,
        "nip": nip_of(number + 1) if kind == "staff" else None,
        "name": name.replace("_", " ").title(),
        "asn_kind": "PNS" if kind == "staff" else None,
        "grade": "III/d" if kind == "staff" else None,
        "post": post,
        "unit_id": unit,
        "superior_position_id": posts.get(superior or ""),
        "status": "Aktif" if kind == "staff" else None,
        "sanctions_known": True,
        "partner_id": "RSPROV" if name == "contact" else None,
    }


def _budget(conn: Connection) -> str:
    line = new_id(MONDAY)
    conn.execute(
        insert(budgets).values(
            id=line,
            year=2026,
            unit_id="BKPSDM",
            activity_code="5.04.02.2.01.0007",
            activity="Fasilitasi magang",
            account_code="5.1.02.04.01.0001",
            account="Belanja perjalanan dinas",
            ceiling=10_000_000,
        )
    )
    move(conn, Movement(line, "ceiling", "available", 10_000_000, "Pagu"), None, MONDAY)
    return line
