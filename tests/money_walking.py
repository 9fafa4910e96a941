"""Walks of one office through everything that moves money, with many cases side by side, through the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import func, select

from tests.award_rounds import (
    BECAUSE,
    CHAIR,
    PANEL,
    RULE,
    VERIFIER,
    all_signed,
    clearance,
    closed,
    for_awards,
    handing,
    marks,
    nomination,
    open_round,
    opened,
    payment,
    skilled,
    verified,
)
from tests.cohorts import COMMON, OFFICER, Together
from tests.mentoring import agreed
from tests.money import budget_line, set_ceiling
from tests.offices import PreparedOffice
from tests.stories.test_an_exchange import GUIDE as EXCHANGE_GUIDE
from tests.stories.test_an_exchange import REQUEST as EXCHANGE
from tests.witness import name_of
from tests.world import REQUEST, World
from workflow.authority.bench import Bench
from workflow.budgets import books, faults, year_end
from workflow.budgets.remaining import open_promises
from workflow.cases import Case, load
from workflow.database import Connection
from workflow.definition import SYSTEM, Process, Transition
from workflow.engine.cohorts import CohortAct, Member, Roster
from workflow.engine.sweep import sweep
from workflow.errors import NotAcknowledged, Problem
from workflow.facts import Situation
from workflow.tables import budgets, cases, cohort_cases, cohorts, people, postings

WIDE, NARROW = 40_000_000, 3_000_000
#: What an award of each of the two rounds brings: the second leaves less than a rupiah of tax behind.
FIRST_AMOUNT, SECOND_AMOUNT = 2_000_000, 1_333_333


# --- The office ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ground:
    """Where every walk begins: an office with cases at many stages, and its budget lines of three years."""

    office: PreparedOffice
    lines: tuple[str, ...]


def prepared_ground(office: PreparedOffice) -> Ground:
    """Lead one case of everything to a stage at which money is about to move."""
    world = for_awards(office.as_new())
    set_ceiling(world, world.budget_line, WIDE)
    lines = (
        world.budget_line,
        budget_line(world, 2026, NARROW),
        budget_line(world, 2027),
        budget_line(world, 2028, NARROW),
    )
    nearly_done, rest = _asked(world, "fourth_nurse", until="assign")
    _awards(world)
    _carried_out(world, nearly_done, rest)
    _internships(world)
    case = world.database.write(world.engine.open, "exchange", world.actor("second_nurse"), {}, world.at).case_id
    later = {"starts_on": "2026-08-03", "ends_on": "2026-08-31"}
    later |= {f"counterpart_{name}": day for name, day in later.items()}
    world.fire(case, "submit", "second_nurse", {**EXCHANGE, **later})
    agreed(world, starts_on="2026-06-01", ends_on="2026-08-31")
    return Ground(office.as_it_is(world), lines)


def _awards(world: World) -> None:
    places = [{"kind": "regional", "number": 4}]
    quota = [{"kind": "regional", "number": 5}]
    first = open_round(world, amount=FIRST_AMOUNT, ceiling=4 * FIRST_AMOUNT, receivers=places, quota=quota)
    names = ("nurse", "stranger", "second_nurse", "third_nurse")
    found = {who: verified(world, who, in_round=first) for who in names}
    second = open_round(
        world,
        title="Putaran kedua",
        amount=SECOND_AMOUNT,
        ceiling=4 * SECOND_AMOUNT,
        receivers=places,
        closes_on="2026-04-02",
    )
    draft = opened(world, "stranger")
    skilled(world, "stranger", draft)
    world.fire(draft, "save", "stranger", nomination(world, "stranger", in_round=second))
    closed(world)
    for who, case in found.items():
        for member in PANEL:
            if (who, member) != ("stranger", "health_head"):
                world.fire(case, "score", member, marks(90, 80))
    for case in found.values():
        world.fire(case, "recommend", CHAIR)
        if case != found["third_nurse"]:
            world.fire(case, "confirm_budget", "treasurer")
            all_signed(world, case)
    for who in ("nurse", "stranger"):
        world.fire(found[who], "decree", "regent")
        all_signed(world, found[who])
        world.fire(found[who], "extract", "agency_chief")
        all_signed(world, found[who])
    world.fire(found["nurse"], "record_payment", VERIFIER, payment(world, FIRST_AMOUNT, FIRST_AMOUNT * 5 // 100))
    world.fire(found["nurse"], "hand_over", VERIFIER, handing(world))
    revocation = world.database.write(
        world.engine.open, "award_revocation", world.actor(VERIFIER), {}, world.at, person=world.ids["nurse"]
    ).case_id
    why = {"award_case": found["nurse"], "ground": "false_data", "evidence": [world.file(VERIFIER)]}
    world.fire(
        revocation, "submit", VERIFIER, {**why, "explanation": "Bukti inovasi ternyata karya perangkat daerah lain."}
    )
    world.fire(revocation, "forward", "agency_chief")


Road = list[tuple[str, str, Any]]


def _asked(world: World, who: str, until: str, **changes: Any) -> tuple[str, Road]:
    """An internship down the road to a step; and what of the road is left."""
    case, road = world.open(who), world.straight(who, **changes)
    ends = [trigger for trigger, _, _ in road].index(until) + 1
    for trigger, by, form in road[:ends]:
        world.fire(case, trigger, by, form)
    return case, road[ends:]


def _carried_out(world: World, case: str, road: Road) -> None:
    """An internship that only its last check is missing of."""
    for trigger, by, form in road[:-1]:
        if trigger in ("start", "finish"):
            world.go_to(date(2026, 4, 6) if trigger == "start" else date(2026, 4, 17))
        world.fire(case, trigger, by, form() if callable(form) else form)


def _internships(world: World) -> None:
    """One alone before the host's answer, one over the new year, and a cohort of three."""
    _asked(world, "nurse", until="request_host", starts_on="2026-05-25", ends_on="2026-06-05")
    _asked(world, "third_nurse", until="assign", starts_on="2026-12-22", ends_on="2027-01-30")
    own = {"funding": "agency_budget", "estimate": 500_000}
    nips = world.all(select(people.c.nip).where(people.c.id.in_([world.ids[f"clerk_{n}"] for n in (1, 2, 3)])))
    common = {**COMMON, "starts_on": "2026-06-08", "ends_on": "2026-06-19"}
    members = tuple(Member(row.nip, own) for row in nips)
    roster = Roster(world.engine.registry.process("internship"), "Rombongan", common, members)
    party = world.database.write(world.engine.open_cohort, world.actor(OFFICER), roster, world.at).cohort_id
    inside = select(cases.c.id, cases.c.subject_id).join(cohort_cases, cohort_cases.c.case_id == cases.c.id)
    rows = world.all(inside.where(cohort_cases.c.cohort_id == party))
    Together(world, party, {name_of(world, row.subject_id): row.id for row in rows}).until("request_host")


# --- A walk ----------------------------------------------------------------------------------------------------------

#: Days to which time may leap: the end of the year, when years are closed, and the next year and its end.
LEAPS = (date(2026, 5, 4), date(2026, 12, 1), date(2026, 12, 22), date(2027, 1, 4), date(2027, 2, 1), date(2028, 1, 3))
#: Where an award may hold what is reserved for it, and where what is bound.
RESERVED_IN, BOUND_IN = {"verification", "decision", "suspended"}, {"decreed"}


#: Cases of these processes are taken up so many times as often as others: they have the money.
OFTEN = {"incentive": 5, "internship": 3, "award_revocation": 3}


def _weight(process: Process, case: Case, arrow: Transition) -> float:
    """How often a step is tried: sooner one that moves money, seldom one that ends the case without having spent any."""
    if all(
        process.state[target].final and not process.state[target].carried_out for target in arrow.targets(case.state)
    ):
        return 0.5
    return 6 if arrow.posts else 2


@dataclass
class MoneyWalk:
    """One walk; ``done`` counts what was really done, ``moved`` what of it moved money."""

    ground: Ground
    random: Random
    world: World = field(init=False)
    done: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.world = self.ground.office.as_new()

    def step(self) -> None:
        """One act of somebody; what is refused changes nothing, and what is done leaves the books balanced."""
        acts: tuple[tuple[Callable[[], str], int], ...] = (
            (self.act, 60), (self.act_together, 6), (self.decide, 10), (self.ceiling, 6), (self.close, 4), (self.wait, 6),
            (self.sign, 8), (self.open, 2),
        )  # fmt: skip
        act = self.random.choices([each for each, _ in acts], [weight for _, weight in acts])[0]
        self.world.at += timedelta(seconds=1)
        before = self._movements()
        try:
            what = act()
        except Problem as problem:
            self.log.append(f"{self.world.at:%Y-%m-%d} {act.__name__} refused: {problem.says[:100]}")
            return
        self.done[what] += 1
        self.log.append(f"{self.world.at:%Y-%m-%d} {what}")
        self.world.database.read(self.check)
        if self._movements() > before:
            self.moved[what] += 1
            assert self.world.database.read(faults.imbalances) == []

    def _movements(self) -> int:
        return int(self.world.all(_MOVEMENTS)[0][0])

    # --- Acts ---

    def act(self) -> str:
        """Somebody takes a step that is open to them, sooner one that moves money."""
        rows = self.world.all(_OPEN)
        chosen = self.random.choices(rows, [OFTEN.get(row.process, 1) for row in rows])[0]
        case = self.world.database.read(load, chosen.id)
        process = self.world.engine.registry.process(case.process)
        arrows = [each for each in process.from_state(case.state) if each.by != SYSTEM]
        if not arrows:
            return "nothing"
        arrow = self.random.choices(arrows, [_weight(process, case, each) for each in arrows])[0]
        form, who = self._form(case, arrow), self._actor(process, case, arrow)
        if form is None or who is None:
            return "nobody"
        self.world.fire(case.id, arrow.trigger, who, form)
        return f"{process.name} {arrow.trigger}"

    def _form(self, case: Case, arrow: Transition) -> dict[str, Any] | None:
        return Filling(self, case).form(arrow.takes.__name__) if arrow.takes else {}

    def _actor(self, process: Process, case: Case, arrow: Transition) -> str | None:
        def look(conn: Connection) -> list[str]:
            situation = Situation(conn, self.world.engine.office, process, case, case.form, self.world.at)
            bench = Bench(situation)
            roles = [role for role in process.actors(arrow, case.state) if role != SYSTEM]
            return sorted({seat.person_id for role in roles for seat in bench.seats(role)})

        found = self.world.database.read(look)
        return name_of(self.world, self.random.choice(found)) if found else None

    def act_together(self) -> str:
        """A step with a cohort, or with the nominations of a round."""
        cohort = self.random.choice(self.world.all(select(cohorts.c.id).order_by(cohorts.c.id))).id
        inside = select(cases).join(cohort_cases, cohort_cases.c.case_id == cases.c.id)
        rows = self.world.all(inside.where(cohort_cases.c.cohort_id == cohort, cases.c.closed_at.is_(None)))
        if not rows:
            return "nothing"
        lead = self.world.database.read(load, self.random.choice(rows).id)
        process = self.world.engine.registry.process(lead.process)
        arrows = [each for each in process.from_state(lead.state) if each.by != SYSTEM]
        if not arrows:
            return "nothing"
        arrow = self.random.choice(arrows)
        form, who = self._form(lead, arrow), self._actor(process, lead, arrow)
        if form is None or who is None:
            return "nobody"
        engine, actor, act = self.world.engine, self.world.actor(who), CohortAct(trigger=arrow.trigger, form=form)
        try:
            self.world.database.write(engine.fire_cohort, cohort, actor, act, self.world.at)
        except NotAcknowledged as problem:
            seen = tuple(sorted({rule for each in problem.more["cases"] for rule in each.acknowledge}))
            act = CohortAct(trigger=arrow.trigger, form=form, acknowledge=seen)
            self.world.database.write(engine.fire_cohort, cohort, actor, act, self.world.at)
        return f"{process.name} {arrow.trigger} together"

    def decide(self) -> str:
        """The budget officer decides on an open promise, as at the end of a year."""
        promises = self.world.database.read(open_promises)
        if not promises:
            return "nothing"
        promise = self.random.choice(promises)
        trigger = self.random.choice(("release_promise", "carry_promise"))
        form = {**BECAUSE, "budget_year": promise.year}
        if trigger == "carry_promise":
            form["next_budget_line"] = self.line("", year=promise.year + 1)
        officer = self.world.actor("treasurer")
        self.world.database.write(
            year_end.decide, self.world.engine, promise.case_id, trigger, officer, form, self.world.at
        )
        return f"{promise.process} {trigger} at the year's end"

    def ceiling(self) -> str:
        """The budget is changed."""
        set_ceiling(self.world, self.line(), self.random.choice((0, NARROW, 10_000_000, WIDE)))
        return "ceiling"

    def close(self) -> str:
        """A year is closed, where nothing of it is left open."""
        year, today = self.random.choice((2026, 2026, 2027)), self.world.engine.office.day(self.world.at)
        officer = self.world.actor("treasurer")
        self.world.database.write(year_end.close_year, year, officer, self.world.at, today_year=today.year)
        return "close year"

    def wait(self) -> str:
        """Days pass, and mostly the sweep runs."""
        today = self.world.engine.office.day(self.world.at)
        leaps = [day for day in LEAPS if day > today]
        if leaps and self.random.random() < 0.5:
            self.world.go_to(leaps[0])
        else:
            self.world.at += timedelta(days=self.random.randint(1, 5))
        if self.random.random() < 0.5:
            return "wait"
        swept = sweep(self.world.database, self.world.engine, self.world.at)
        assert not [note for note in swept.held_up if "Error: " in note or "Exception: " in note], swept.held_up
        return "sweep"

    def sign(self) -> str:
        """Whoever is asked to sign the letters of a case does."""
        all_signed(self.world, self.random.choice(self.world.all(_OPEN)).id)
        return "sign"

    def open(self) -> str:
        """Another internship is asked for, and endorsed."""
        case = self.world.open("second_nurse")
        later = self.world.engine.office.day(self.world.at) + timedelta(days=40)
        days = {"starts_on": str(later), "ends_on": str(later + timedelta(days=self.random.choice((4, 60))))}
        self.world.fire(case, "submit", "second_nurse", {**REQUEST, **days})
        return "open"

    def line(self, *others: str, year: int = 0) -> str:
        """A budget line, of a year where one is named; or one of the others."""
        return self.random.choice(
            (*others, *(each for each in self.ground.lines if not year or self._year(each) == year))
        )

    def _year(self, line: str) -> int:
        ((found,),) = self.world.all(select(budgets.c.year).where(budgets.c.id == line))
        return int(found)

    # --- What must hold ---

    def check(self, conn: Connection) -> None:
        """The books balance, no account is below zero, and an award has of the money what its state says."""
        granted = {row.id: row.ceiling for row in conn.execute(select(budgets.c.id, budgets.c.ceiling))}
        on: Counter[tuple[str, str]] = Counter()
        of: dict[str, Counter[str]] = {}
        for row in conn.execute(_SUMS):
            on[row.budget_id, row.account] += int(row.amount)
            if row.case_id:
                of.setdefault(row.case_id, Counter())[row.account] += int(row.amount)
        for line, ceiling in granted.items():
            assert -on[line, "ceiling"] == ceiling
            assert sum(on[line, account] for account in books.ACCOUNTS) == 0
            assert min(on[line, account] for account in ("available", "reserved", "committed", "spent")) >= 0
        self._check_awards(conn, of)

    def _check_awards(self, conn: Connection, of: Mapping[str, Counter[str]]) -> None:
        rounds: Counter[str] = Counter()
        for row in conn.execute(_AWARDS):
            has, state = of.get(row.id, Counter()), row.state
            promised = has["reserved"] + has["committed"] + has["awaiting"]
            amount = FIRST_AMOUNT if row.title != "Putaran kedua" else SECOND_AMOUNT
            assert promised in (0, amount), (state, has)
            assert not has["reserved"] or state in RESERVED_IN, (state, has)
            assert not has["committed"] or state in BOUND_IN, (state, has)
            assert not (promised and has["spent"]), (state, has)
            assert has["spent"] in (0, amount) or state == "revoked" or row.given_back, (state, has)
            rounds[row.title] += promised + has["spent"]
        for title, total in rounds.items():
            assert total <= 4 * (FIRST_AMOUNT if title != "Putaran kedua" else SECOND_AMOUNT)


_MOVEMENTS = select(func.count()).select_from(postings)
_OPEN = select(cases.c.id, cases.c.process).where(cases.c.closed_at.is_(None)).order_by(cases.c.id)
_SUMS = select(
    postings.c.budget_id, postings.c.case_id, postings.c.account, func.sum(postings.c.amount).label("amount")
)
_SUMS = _SUMS.group_by(postings.c.budget_id, postings.c.case_id, postings.c.account)
_RETURNED = select(postings.c.id).where(
    postings.c.case_id == cases.c.id, postings.c.account == "spent", postings.c.amount < 0
)
_AWARDS = (
    select(cases.c.id, cases.c.state, cohorts.c.title, _RETURNED.exists().label("given_back"))
    .join(cohort_cases, cohort_cases.c.case_id == cases.c.id)
    .join(cohorts, cohorts.c.id == cohort_cases.c.cohort_id)
    .where(cases.c.process == "incentive", cohort_cases.c.left_at.is_(None))
)


# --- What is filled in -----------------------------------------------------------------------------------------------

_GUIDE = {"field_supervisor": "Ns. Ratri Puspita", "field_supervisor_post": "Kepala Ruang"}
#: Forms that are always filled in alike, by their names.
FIXED: Mapping[str, dict[str, Any]] = {
    "Note": {},
    "Because": BECAUSE,
    "Withdrawal": BECAUSE,
    "Waiver": BECAUSE,
    "ToMend": {"to_mend": "Mohon diperbaiki lebih dahulu."},
    "Refusal": {**BECAUSE, "rule": RULE},
    "Examination": {"examine": "Keaslian bukti inovasi."},
    "HostReply": _GUIDE,
    "HostProposal": {**_GUIDE, "fee": 500_000, "new_ends_on": "2026-05-20"},
    "PartnerReply": EXCHANGE_GUIDE,
    "FinalReport": {"summary": "Laporan akhir magang di instalasi rawat intensif."},
    "Answer": {"answer": "Saya menerima keputusan itu."},
}


@dataclass(frozen=True)
class Filling:
    """What somebody fills in for a step on a case; steps with forms beside these are left to the walks of each process."""

    walk: MoneyWalk
    case: Case

    def form(self, name: str) -> dict[str, Any] | None:
        """What is filled in for a form by its name; None where it is not one of these."""
        world, line, chance = self.walk.world, self.walk.line, self.walk.random
        varied: dict[str, Callable[[], dict[str, Any]]] = {
            "InspectorateClearance": lambda: clearance(
                world, chance.random() < 0.6, f"700/{chance.randint(1, 10**6)}/INSP/2026"
            ),
            "Score": lambda: marks(chance.randint(50, 100), chance.randint(50, 100)),
            "Confirmation": lambda: {"budget_line": line("", "")},
            "ChosenLine": lambda: {"budget_line": line()},
            "Verification": lambda: {"budget_line": line()},
            "Funding": lambda: {"next_budget_line": line()},
            "Carry": self._carried,
            "Reduction": lambda: {
                **BECAUSE,
                "budget_year": self._year(),
                "remains": chance.choice((0, 0, 0, 1_000_000)),
            },
            "Paid": self._paid,
            "HandOver": lambda: handing(world),
            "Revocation": lambda: {**BECAUSE, **self._back()},
            "RevokedAward": self._back,
            "Nomination": lambda: nomination(
                world, name_of(world, self.case.subject_id), in_round=str(self.case.form.get("round") or "")
            ),
            "SpendingBecause": lambda: {**BECAUSE, **self._cost()},
            "Completion": self._cost,
            "Unmet": lambda: {**BECAUSE, **self._cost()},
        }
        if name in FIXED:
            return FIXED[name]
        return varied[name]() if name in varied else None

    def _year(self) -> int:
        return self.walk.random.choice((2026, 2026, 2026, 2027))

    def _carried(self) -> dict[str, Any]:
        year = self._year()
        return {**BECAUSE, "budget_year": year, "next_budget_line": self.walk.line("", year=year + 1)}

    def _paid(self) -> dict[str, Any]:
        gross = self.walk.random.choice((FIRST_AMOUNT, FIRST_AMOUNT, SECOND_AMOUNT))
        return payment(self.walk.world, gross, gross * 5 // 100)

    def _cost(self) -> dict[str, Any]:
        if self.walk.random.random() < 0.3:
            return {"without_cost": True}
        amount = self.walk.random.choice((100_000, 450_000, 500_000, 3_500_000, 4_000_000, 4_100_000))
        return {"cost": amount, "proofs": [self.walk.world.file(VERIFIER)]}

    def _back(self) -> dict[str, Any]:
        back = self.walk.random.choice((0, 1_000_000, FIRST_AMOUNT, FIRST_AMOUNT * 95 // 100))
        day = self.walk.world.engine.office.day(self.walk.world.at).isoformat()
        told = {"money_back": back, "money_back_on": day, "return_slip": "STS-0007/2026"} if back else {}
        return {"rule": "PP 11/2017 Pasal 231", "why_not_back": "Sisanya diangsur.", **told}
