"""A cohort of the office of ``world.py``, moved as one, as an officer and the others would."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from tests.world import REQUEST, World
from workflow.engine.cohorts import CohortAct, CohortOutcome, Member, OwnStep, Roster
from workflow.errors import NotAcknowledged
from workflow.tables import cohort_cases, group_members, people

COMMON = {
    name: REQUEST[name] for name in ("host", "starts_on", "ends_on", "section", "competency", "goal", "plan_item")
}
#: Ten of one post in a unit of sixteen: by the shipped shares four of them can be away at once.
CLERKS = tuple(f"clerk_{number}" for number in range(1, 11))
OFFICER = "clerk_10"

#: What a verifier puts on record of a host's letter.
LETTER: dict[str, Any] = {
    "channel": "whatsapp",
    "number": "445/120/RSPROV/2026",
    "dated_on": "2026-03-02",
    "signer_name": "dr. Wulan Iskandar, Sp.PD.",
    "signer_post": "Wakil Direktur",
    "received_on": "2026-03-02",
}


@dataclass
class Together:
    """A cohort in a world; ``cases`` by who they are about, in their order."""

    world: World
    id: str
    cases: dict[str, str] = field(default_factory=dict)

    def act(self, trigger: str, who: str, form: dict[str, Any] | None = None, **more: Any) -> CohortOutcome:
        """A step for all, having acknowledged whatever warns of anything."""
        world = self.world
        world.at += timedelta(seconds=1)
        act = CohortAct(trigger=trigger, form=form or {}, **more)
        try:
            trial = world.database.write(world.engine.fire_cohort, self.id, world.actor(who), act, world.at, trial=True)
            unseen = {rule for each in trial.stayed for rule in each.acknowledge}
        except NotAcknowledged as problem:
            unseen = {rule for each in problem.more["cases"] for rule in each.acknowledge}
        act = CohortAct(trigger=trigger, form=form or {}, acknowledge=tuple(sorted(unseen)), **more)
        return world.database.write(world.engine.fire_cohort, self.id, world.actor(who), act, world.at)

    def each(self, trigger: str, form: dict[str, Any] | None = None, *, who: tuple[str, ...] = ()) -> None:
        """Every participant, or some of them, takes a step alone."""
        for name in who or tuple(self.cases):
            self.world.fire(self.cases[name], trigger, name, form)

    def until(self, trigger: str) -> Together:
        """Down the straight road to a step, each by whoever takes it."""
        for step, who, form in _ROAD:
            if who:
                self.act(step, who, {"budget_line": self.world.budget_line} if step == "verify" else dict(form))
            else:
                self.each(step)
            if step == trigger:
                return self
        raise AssertionError(f"no step {trigger} on the road")


_ROAD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("submit", "", {}),
    ("endorse", "hospital_head", {}),
    ("forward", "hospital_head", {}),
    ("verify", "verifier", {}),
    ("request_host", "secretary", {}),
    ("confirm", "contact", {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}),
    ("assign", "hospital_head", {}),
    ("introduce", "agency_chief", {}),
)


def gathered(world: World, *names: str, officer: str = OFFICER, **common: Any) -> Together:
    """A cohort opened by the unit's personnel officer; nothing is submitted yet."""
    make_officer(world, officer)
    members = tuple(Member(nip_of_person(world, name)) for name in names or CLERKS[:3])
    roster = Roster(world.engine.registry.process("internship"), "Magang administrasi", {**COMMON, **common}, members)
    outcome = world.database.write(world.engine.open_cohort, world.actor(officer), roster, world.at)
    cases = dict(zip(names or CLERKS[:3], (moved.case_id for moved in outcome.moved), strict=True))
    return Together(world, outcome.cohort_id, cases)


def make_officer(world: World, who: str, unit: str = "RSUD") -> None:
    """A person becomes the personnel officer of a unit, where they are not yet."""
    row = {"group_name": "personnel_officer", "unit_id": unit, "person_id": world.ids[who]}
    query = select(group_members.c.person_id).filter_by(**row)
    if not world.all(query):
        world.database.write(lambda conn: conn.execute(insert(group_members).values(row)))


def nip_of_person(world: World, who: str) -> str:
    """The NIP by which lists name somebody."""
    return str(world.all(select(people.c.nip).where(people.c.id == world.ids[who]))[0].nip)


def in_cohort(world: World, cohort: str) -> list[str]:
    """The cases that are in a cohort now, in their order."""
    query = select(cohort_cases).where(cohort_cases.c.cohort_id == cohort, cohort_cases.c.left_at.is_(None))
    return [row.case_id for row in world.all(query.order_by(cohort_cases.c.position))]


__all__ = [
    "CLERKS",
    "LETTER",
    "OFFICER",
    "OwnStep",
    "Together",
    "gathered",
    "in_cohort",
    "make_officer",
    "nip_of_person",
]
