"""A round of awards in the office of ``world.py``: who is who, and the roads that several tests take."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from tests.cohorts import Together, in_cohort
from tests.hours import book
from tests.witness import letters_of, name_of
from tests.world import World
from workflow.ids import new_id
from workflow.people import note_holders
from workflow.tables import cases, group_members, people, performances, positions, tasks, units
from workflow.verification import hours, verify

#: Who opens the round and verifies; who sits in the panel. The chair and the secretary of the panel are of the five.
ORGANISER = VERIFIER = "verifier"
CHAIR, SECRETARY = "secretary", "second_verifier"
MEMBERS = ("health_head", "education_head", "auditor_head")
SUBSTITUTES = ("teacher", "auditor")
CHAIR_SUBSTITUTE = "agency_chief"
PANEL = (CHAIR, SECRETARY, *MEMBERS)
HEADS = {
    "nurse": "hospital_head",
    "second_nurse": "hospital_head",
    "third_nurse": "hospital_head",
    "stranger": "health_head",
    "pupil": "education_head",
}

CLOSES_ON = date(2026, 3, 31)
CRITERIA = [{"name": "Kinerja", "weight": 60}, {"name": "Inovasi", "weight": 40}]
AMOUNT = 2_000_000
GROUNDS = "Menurunkan angka infeksi di ruang rawat intensif dengan cara kerja yang kini dipakai di seluruh rumah sakit."
RULE = "PP 94/2021 Pasal 8"
BECAUSE = {"reason": "Pertimbangan tim penilai sesudah musyawarah."}

#: name -> (unit, title of the post); both head their units, under the secretary.
_HEADS = {
    "education_head": ("DISDIK", "Kepala Dinas Pendidikan"),
    "auditor_head": ("INSPEKTORAT", "Inspektur Daerah"),
}
_STAFF = {
    "teacher": ("DISDIK", "Guru Ahli Muda", "education_head"),
    "auditor": ("INSPEKTORAT", "Auditor Ahli Muda", "auditor_head"),
    "pupil": ("DISDIK", "Pranata Komputer", "education_head"),
}
_UNITS = {"DISDIK": "Dinas Pendidikan", "INSPEKTORAT": "Inspektorat Daerah"}


def for_awards(world: World) -> World:
    """The office with two more units, the Inspektorat's officer, and staff whose records bear an award."""
    world.ids = {**world.ids, **{name: new_id(world.at) for name in (*_HEADS, *_STAFF)}}
    world.database.write(_fill, world)
    return world


def _fill(conn: Connection, world: World) -> None:
    ids, posts = world.ids, {name: new_id(world.at) for name in _HEADS}
    conn.execute(insert(units), [{"id": code, "name": name} for code, name in _UNITS.items()])
    above = conn.execute(select(positions.c.id).where(positions.c.holder_id == ids["secretary"])).scalar_one()
    rows = [(name, unit, post, above) for name, (unit, post) in _HEADS.items()]
    rows += [(name, unit, post, posts[head]) for name, (unit, post, head) in _STAFF.items()]
    for name, (unit, post) in _HEADS.items():
        conn.execute(insert(positions).values(id=posts[name], unit_id=unit, title=post, superior_id=above))
    for number, (name, unit, post, superior) in enumerate(rows):
        conn.execute(insert(people).values(
            id=ids[name], kind="staff", nip=f"19860202201101{1 + number % 2}{number:03d}", name=name.replace("_", " ").title(),
            asn_kind="PNS", grade="III/d", post=post, unit_id=unit, superior_position_id=superior, status="Aktif",
            sanctions_known=True,
        ))  # fmt: skip
    for name, (unit, _) in _HEADS.items():
        conn.execute(update(positions).where(positions.c.id == posts[name]).values(holder_id=ids[name]))
        conn.execute(update(units).where(units.c.id == unit).values(head_position_id=posts[name]))
    note_holders(conn, world.at.date(), "Uji", at=world.at)
    conn.execute(update(people).where(people.c.kind == "staff").values(cpns_on=date(2010, 1, 1), unpaid_leave="Tidak"))
    good = [(each, year) for each in (*_HEADS, *_STAFF) for year in (2024, 2025)]
    good += [(each, 2024) for each in ids if each not in ("regent", "contact", *_HEADS, *_STAFF)]
    conn.execute(insert(performances), [{"person_id": ids[who], "year": y, "predicate": "Baik"} for who, y in good])
    conn.execute(insert(group_members), [
        {"group_name": "inspektorat.clearance", "unit_id": "", "person_id": ids["auditor"]},
        {"group_name": "personnel_officer", "unit_id": "RSUD", "person_id": ids["clerk_10"]},
    ])  # fmt: skip


# --- The round -------------------------------------------------------------------------------------------------------


def of(world: World, *who: str) -> list[str]:
    """The ids of people."""
    return [world.ids[each] for each in who]


def a_round(world: World, **changes: Any) -> dict[str, Any]:
    """What is filled in for a round."""
    return {
        "title": "Pegawai Berprestasi 2026",
        "kinds": ["regional"],
        "closes_on": CLOSES_ON.isoformat(),
        "quota": [{"kind": "regional", "number": 3}],
        "receivers": [{"kind": "regional", "number": 1}],
        "chair": world.ids[CHAIR],
        "chair_substitute": world.ids[CHAIR_SUBSTITUTE],
        "secretary": world.ids[SECRETARY],
        "members": of(world, *MEMBERS),
        "substitutes": of(world, *SUBSTITUTES),
        "criteria": CRITERIA,
        "amount": AMOUNT,
        "ceiling": 2 * AMOUNT,
        "budget_line": world.budget_line,
        **changes,
    }


def drafted_round(world: World) -> str:
    """A round that nothing was filled in for yet. Answers the case's id."""
    actor = world.actor(ORGANISER)
    return world.database.write(world.engine.open, "award_round", actor, {}, world.at).case_id


def open_round(world: World, **changes: Any) -> str:
    """A round whose panel is appointed and which was called. Answers the case's id."""
    case = drafted_round(world)
    world.fire(case, "submit", ORGANISER, a_round(world, **changes))
    if a_round(world, **changes)["criteria"]:
        world.fire(case, "appoint_panel", "regent")
    world.fire(case, "call", "secretary")
    return case


def medal_round(world: World) -> str:
    """A round of Satyalancana alone, open."""
    nothing: dict[str, Any] = {"chair": "", "chair_substitute": "", "secretary": "", "members": [], "substitutes": []}
    more = {"criteria": [], "amount": 0, "ceiling": 0, "budget_line": "", "quota": [], "receivers": []}
    return open_round(world, title="Satyalancana 2026", kinds=["satyalancana_10"], **nothing, **more)


def closed(world: World) -> None:
    """The closing day is over, and the system has closed what was open."""
    world.go_to(CLOSES_ON + timedelta(days=1))
    world.sweep()


# --- A nomination ----------------------------------------------------------------------------------------------------


def nomination(world: World, who: str, kind: str = "regional", in_round: str = "", **changes: Any) -> dict[str, Any]:
    """What is filled in to nominate somebody."""
    paper = {name: world.file(who) for name in ("curriculum_vitae", "appraisal")}
    if kind.startswith("satyalancana"):
        paper |= {name: world.file(who) for name in ("cpns_decree", "rank_decree", "post_decree")}
    if kind == "recognition":
        paper = {}
    proved = {"achievement": [world.file(who)]} if kind == "regional" else {}
    return {"kind": kind, "grounds": GROUNDS, "round": in_round, **paper, **proved, **changes}


def opened(world: World, who: str, by: str = "") -> str:
    """A draft about somebody, their own unless somebody else opens it. Answers the case's id."""
    person = world.ids[who] if by and by != who else None
    return world.database.write(
        world.engine.open, "incentive", world.actor(by or who), {}, world.at, person=person
    ).case_id


def skilled(world: World, who: str, case: str, jp: int = 24) -> None:
    """So many JP of the year stand on somebody's books."""
    world.database.write(book, world.ids[who], case, jp, world.at)


def proposed(world: World, who: str, kind: str = "regional", in_round: str = "", **changes: Any) -> str:
    """A nomination that the nominee proposed, with the JP that it needs."""
    case = opened(world, who)
    if kind == "regional":
        skilled(world, who, case)
    world.fire(case, "propose", who, nomination(world, who, kind, in_round, **changes))
    return case


def nominated(world: World, who: str, kind: str = "regional", in_round: str = "", **changes: Any) -> str:
    """One that the head of the unit nominated."""
    case = proposed(world, who, kind, in_round, **changes)
    world.fire(case, "nominate", HEADS[who])
    return case


def clearance(
    world: World, clear: bool = True, number: str = "700/12/INSP/2026", by: str = "auditor"
) -> dict[str, Any]:
    """What the Inspektorat states."""
    day = world.engine.office.day(world.at).isoformat()
    return {"number": number, "issued_on": day, "clear": clear, "document": world.file(by)}


def verified(world: World, who: str, kind: str = "regional", in_round: str = "", **changes: Any) -> str:
    """One that the verifier found to qualify: in scoring, upward review or decision, as the kind has it."""
    case = nominated(world, who, kind, in_round, **changes)
    if kind != "recognition":
        by = "auditor" if kind == "regional" else VERIFIER
        world.fire(case, "clear", by, clearance(world, by=by))
    world.fire(case, "verify", VERIFIER)
    return case


def marks(performance: int, innovation: int) -> dict[str, Any]:
    """Points by criterion."""
    given = zip(("Kinerja", "Inovasi"), (performance, innovation), strict=True)
    return {"scores": [{"criterion": name, "points": points} for name, points in given]}


def scored(world: World, case: str, performance: int, innovation: int, by: tuple[str, ...]) -> None:
    """Members of the panel score a nominee alike."""
    for member in by:
        world.fire(case, "score", member, marks(performance, innovation))


def scoring(world: World) -> tuple[str, str, str]:
    """A round that is closed, and two nominations in it: the better first, of two units, scored by all who may."""
    of_round = open_round(world)
    best, other = verified(world, "nurse", in_round=of_round), verified(world, "stranger", in_round=of_round)
    closed(world)
    scored(world, best, 90, 80, PANEL)
    scored(world, other, 70, 75, tuple(each for each in PANEL if each != "health_head"))
    return of_round, best, other


def recommended(world: World) -> tuple[str, str]:
    """A round with one who takes the place, in budget check; the other was not recommended."""
    of_round, best, other = scoring(world)
    world.fire(best, "recommend", CHAIR)
    world.fire(other, "not_recommended", CHAIR, BECAUSE)
    return of_round, best


def for_decision(world: World) -> tuple[str, str]:
    """The same, with the money held and the berita acara signed."""
    of_round, best = recommended(world)
    world.fire(best, "confirm_budget", "treasurer")
    all_signed(world, best)
    return of_round, best


def decreed(world: World) -> tuple[str, str]:
    """The same, decreed by the regent."""
    of_round, best = for_decision(world)
    world.fire(best, "decree", "regent")
    all_signed(world, best)
    return of_round, best


def payment(world: World, gross: int = AMOUNT, tax: int = AMOUNT * 5 // 100, **changes: Any) -> dict[str, Any]:
    """A payment of today, at the rate of golongan III unless told otherwise."""
    day = world.engine.office.day(world.at).isoformat()
    paid = {"account": "0123456789", "bank": "Bank Daerah Contoh", "gross": gross, "tax": tax, "net": gross - tax}
    return {**paid, "sp2d_number": "00123/SP2D/2026", "sp2d_on": day, **changes}


def handing(world: World) -> dict[str, Any]:
    """Handed over today."""
    return {"handed_on": world.engine.office.day(world.at).isoformat(), "place": "Apel Hari Korpri"}


def awarded(world: World) -> tuple[str, str]:
    """The same, paid and handed over."""
    of_round, best = decreed(world)
    world.fire(best, "extract", "agency_chief")
    all_signed(world, best)
    world.fire(best, "record_payment", VERIFIER, payment(world))
    world.fire(best, "hand_over", VERIFIER, handing(world))
    return of_round, best


# --- Looking ---------------------------------------------------------------------------------------------------------


def all_signed(world: World, case: str) -> None:
    """Whoever is asked to sign or initial a letter of a case does, until none waits."""
    for _ in range(10):
        waits = [row for row in world.all(select(tasks).where(tasks.c.letter_id.is_not(None), tasks.c.triggers == "sign"))
            if row.letter_id in {each.id for each in letters_of(world, case)}]  # fmt: skip
        if not waits:
            break
        world.sign(waits[0].letter_id, name_of(world, waits[0].assignee_id))


def together(world: World, of_round: str) -> Together:
    """The nominations of a round, to be moved as one."""
    listed = in_cohort(world, of_round)
    rows = {row.id: row.subject_id for row in world.all(select(cases).where(cases.c.id.in_(listed)))}
    return Together(world, of_round, {name_of(world, rows[case]): case for case in listed})


def letter(world: World, case: str, kind: str) -> Any:
    """The one letter of a kind on a case."""
    (row,) = letters_of(world, case, kind)
    return row


def kinds_of(world: World, case: str) -> list[str]:
    """The kinds of a case's letters, in their order."""
    return [row.kind for row in letters_of(world, case)]


def found(world: World) -> list[str]:
    """What a check of everything finds, but of the JP, which ``skilled`` put straight on the books."""
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    return [finding.says for part in checked if part.part != hours.PART for finding in part.findings]
