"""A small process of two people: what a named person, the life of entries and steps of many cases are tried on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Annotated, Any

from msgspec import Meta

from policies.decision import Decision, decide, rule
from policies.parameters import Entry as LawEntry
from policies.parameters import Law, Parameter
from tests.world import World
from workflow.callers import Caller
from workflow.definition import (
    SAME,
    SYSTEM,
    Apart,
    Entry,
    Fire,
    Mark,
    Process,
    Role,
    State,
    Transition,
)
from workflow.engine.engine import Engine
from workflow.forms import FileId, Form, Note, Number, PersonId
from workflow.registry import Registry

DAYS = Parameter("internship.supervisor_days", int)
#: The day from which the law of these tests asks for more.
CHANGED_ON = date(2026, 3, 10)


class Pairing(Form, frozen=True, kw_only=True):
    mentor: Annotated[PersonId, Meta(title="Mentor")]
    goal: Annotated[str, Meta(title="Tujuan")] = ""
    answer_by: Annotated[date | None, Meta(title="Dijawab sampai")] = None
    opens_on: Annotated[date | None, Meta(title="Dibuka pada")] = None
    days: Annotated[int, Meta(title="Lamanya")] = 5


class Meeting(Form, frozen=True, kw_only=True):
    met_on: Annotated[date, Meta(title="Tanggal")]
    topic: Annotated[str, Meta(title="Bahasan")] = ""
    proof: Annotated[FileId | None, Meta(title="Bukti")] = None


class MeetingAgain(Meeting, frozen=True, kw_only=True):
    number: Annotated[Number, Meta(title="Nomor catatan")]


class Chosen(Form, frozen=True, kw_only=True):
    numbers: Annotated[tuple[Number, ...], Meta(title="Nomor")]


class Opinion(Form, frozen=True, kw_only=True):
    says: Annotated[str, Meta(title="Penilaian")]
    proof: Annotated[FileId | None, Meta(title="Bukti")] = None


class Ask(Form, frozen=True, kw_only=True):
    until: Annotated[date, Meta(title="Dijawab sampai")]


class Other(Form, frozen=True, kw_only=True):
    other: Annotated[PersonId, Meta(title="Mentor pengganti")]


@dataclass(frozen=True)
class OpeningFacts:
    on: date
    opens_on: date | None


@dataclass(frozen=True)
class AskFacts:
    on: date
    answer_by: date | None


@dataclass(frozen=True)
class UntilFacts:
    until: date


@dataclass(frozen=True)
class OtherFacts:
    other: str


@dataclass(frozen=True)
class LengthFacts:
    days: int


def not_open_yet(facts: OpeningFacts) -> bool:
    return facts.opens_on is None or facts.on < facts.opens_on


def unanswered(facts: AskFacts) -> bool:
    return facts.answer_by is not None and facts.on > facts.answer_by


def asked(facts: UntilFacts) -> Mapping[str, Any]:
    return {"answer_by": facts.until}


def no_longer_asked(_: AskFacts) -> Mapping[str, Any]:
    return {"answer_by": ""}


def with_the_other(facts: OtherFacts) -> Mapping[str, Any]:
    return {"mentor": facts.other}


@rule("Cukup lama")
def long_enough(facts: LengthFacts, law: Law) -> Decision:
    least = law[DAYS]
    return decide(facts.days >= least.value, f"Lamanya {facts.days} dari sekurang-kurangnya {least.value}.", least)


MEETING = Entry("meeting", "Catatan pertemuan", Meeting, date="met_on")
OPINION = Entry("opinion", "Penilaian", Opinion, hidden=not_open_yet, hidden_says="sampai hari pembukaan")
OPEN = ("written", "disputed")

ROLES = (
    Role("mentee", "Mentee", person=True),
    Role("mentor", "Mentor", named="mentor", held=("active", "done")),
    Role("mentor_head", "Kepala perangkat daerah mentor", heads="mentor"),
    Role("mentor_superior", "Atasan langsung mentor", of="mentor"),
    Role("supervisor", "Atasan langsung mentee", of="mentee"),
    Role("verifier", "Verifikator", group="bkpsdm.verifier"),
)
STATES = (
    State("drafted", "Draf", waits=("mentee", "supervisor"), within=DAYS, late=(Fire("withdraw", 1.0),)),
    State("asked", "Menunggu mentor", waits=("mentor",), within=DAYS, late=(Fire("withdraw", 1.0),)),
    State("review", "Menunggu penugasan", waits=("mentor_head",)),
    State("active", "Berlangsung", waits=("mentor", "mentee", "verifier")),
    State("done", "Selesai", final=True),
    State("withdrawn", "Ditarik", final=True),
)
STEPS = (
    Transition("save", "drafted", SAME, by=("mentee", "supervisor"), title="Simpan", takes=Pairing, partial=True),
    Transition("propose", "drafted", "asked", by="mentee", title="Usulkan", takes=Pairing),
    Transition("propose", "drafted", "review", by="supervisor", title="Usulkan langsung", takes=Pairing),
    Transition("withdraw", ("drafted", "asked"), "withdrawn", by=("mentee", SYSTEM), title="Tarik", aside=True),
    Transition("consent", "asked", "review", by="mentor", title="Bersedia", takes=Note),
    Transition("decline", "asked", "withdrawn", by=("mentor", "mentor_superior"), title="Tidak bersedia", takes=Note),
    Transition("assign", "review", "active", by="mentor_head", title="Tugaskan", takes=Note),
    Transition("log", "active", SAME, by="mentor", title="Catat pertemuan", takes=Meeting, writes=MEETING),
    Transition("confirm", "active", SAME, by="mentee", title="Konfirmasi", takes=Chosen,
        marks=Mark(MEETING, "confirmed", from_=OPEN)),
    Transition("dispute", "active", SAME, by="mentee", title="Sanggah", takes=Chosen, marks=Mark(MEETING, "disputed")),
    Transition("correct", "active", SAME, by="mentor", title="Perbaiki", takes=MeetingAgain, corrects=MEETING,
        corrects_from=OPEN),
    Transition("judge", "active", SAME, by=("mentor", "mentee"), title="Nilai", takes=Opinion, writes=OPINION),
    Transition("ask", "active", SAME, by=("mentor", "mentee"), title="Minta", takes=Ask, amends=asked),
    Transition("lapse", "active", SAME, by=SYSTEM, title="Gugur", amends=no_longer_asked, when=unanswered,
        when_says="permintaan tidak dijawab", at_once=True),
    Transition("replace", "active", SAME, by="verifier", title="Ganti mentor", takes=Other, amends=with_the_other,
        asks_anew=True),
    Transition("finish", "active", "done", by="verifier", title="Selesaikan", guards=(long_enough,), by_law_of="propose"),
)  # fmt: skip


def pair_process(**changes: Any) -> Process:
    """The small process, some of it changed."""
    whole: dict[str, Any] = {
        "name": "pairing",
        "title": "Berpasangan",
        "version": 1,
        "basis": ("PerLAN 10/2018",),
        "form": Pairing,
        "roles": ROLES,
        "states": STATES,
        "transitions": STEPS,
        "opened_by": ("mentee", "supervisor"),
        "seen_by": (),
        "apart": (Apart("mentor_head", to="mentor"), Apart("supervisor", to="mentor")),
    }
    return Process(**{**whole, **changes})


def pairing(world: World) -> World:
    """The office with the small process alone, in which the law asks for more from a day on."""
    office = world.engine.office
    history = office.policies.histories[DAYS.name]
    first = history.entries[0]
    changed = replace(history, entries=(replace(first, value=5), LawEntry(CHANGED_ON, 9, "PerLAN 10/2018 Pasal 9")))
    policies = replace(office.policies, histories={**office.policies.histories, DAYS.name: changed})
    return replace(world, engine=Engine(Registry.of(pair_process()), replace(office, policies=policies)))


def opened(world: World, who: str = "nurse", **form: Any) -> str:
    """Somebody opens a case for themselves."""
    return world.database.write(world.engine.open, "pairing", world.actor(who), form, world.at).case_id


def active(world: World, who: str = "nurse", mentor: str = "stranger", head: str = "health_head", **form: Any) -> str:
    """A pair that has begun."""
    case = opened(world, who)
    world.fire(case, "propose", who, {"mentor": world.ids[mentor], **form})
    world.fire(case, "consent", mentor)
    world.fire(case, "assign", head)
    return case


def sees(world: World, who: str) -> Caller:
    """Somebody who looks."""
    scopes = frozenset({"read", "act"})
    return Caller("k", world.ids[who], who, "staff", None, scopes, None, world.engine.office.day(world.at))
