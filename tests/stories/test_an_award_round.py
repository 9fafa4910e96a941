"""What befalls a round while its nominees are compared: its panel, its time, its law, its money; and how it ends."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.award_rounds import (
    AMOUNT,
    BECAUSE,
    CHAIR,
    CHAIR_SUBSTITUTE,
    MEMBERS,
    PANEL,
    SECRETARY,
    VERIFIER,
    a_round,
    all_signed,
    clearance,
    closed,
    drafted_round,
    for_awards,
    found,
    letter,
    marks,
    nomination,
    of,
    open_round,
    opened,
    proposed,
    scored,
    skilled,
    together,
    verified,
)
from tests.circumstances import alter, cut_budget, sanction
from tests.cohorts import OwnStep
from tests.mentoring import by_another_law
from tests.offices import PreparedOffice
from tests.witness import balances, happened, last_payload, name_of, refused, state, waiting
from tests.world import World
from workflow.authority.who_can import WhoCan, who_can
from workflow.cases import load
from workflow.engine.cohorts import CohortAct
from workflow.errors import NotAcknowledged, NotFound, NotNow, NotYours, Refused
from workflow.letters.acts import LetterAct, Resubmit, SendBack
from workflow.mail.recipients import recipients


@dataclass(frozen=True)
class Compared:
    """A round whose nominations are closed, with two of them that nobody has scored yet."""

    world: World
    of_round: str
    best: str
    other: str


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def built(request: pytest.FixtureRequest) -> tuple[PreparedOffice, Compared]:
    """Built once on either database."""
    office: PreparedOffice = request.getfixturevalue(f"{request.param}_office")
    world = for_awards(office.as_new())
    of_round = open_round(world)
    world.go_to(date(2026, 3, 27))  # so late that the time for scoring outlasts the closing
    best, other = (verified(world, who, in_round=of_round) for who in ("nurse", "stranger"))
    closed(world)
    return office.as_it_is(world), Compared(world, of_round, best, other)


@pytest.fixture
def compared(built: tuple[PreparedOffice, Compared]) -> Compared:
    """As it was built, for each test."""
    office, found = built
    return replace(found, world=office.as_new())


def panel(world: World, members: tuple[str, ...] = MEMBERS, **changes: str) -> dict[str, Any]:
    """What is filled in to change the panel."""
    named = {"chair": CHAIR, "chair_substitute": CHAIR_SUBSTITUTE, "secretary": SECRETARY, **changes}
    return {
        **{function: world.ids[who] for function, who in named.items()},
        "members": of(world, *members),
        "substitutes": of(world, "auditor"),
        "reason": "Seorang anggota berhenti bertugas.",
    }


def gone(world: World, who: str) -> None:
    """Somebody leaves the service today."""
    alter(world, who, left_on=world.at.date())


def all_have_scored(compared: Compared) -> None:
    """Everybody who may has scored both."""
    scored(compared.world, compared.best, 90, 80, PANEL)
    scored(compared.world, compared.other, 70, 75, tuple(each for each in PANEL if each != "health_head"))


def signatories(world: World, case: str) -> list[str]:
    """Who signed the berita acara, the chair first."""
    route = json.loads(letter(world, case, "award_minutes").route)
    return [name_of(world, step["by"]) for step in route]


def signed_as(world: World, case: str) -> list[tuple[str, ...]]:
    """What stands above the names of those who signed the berita acara."""
    return [tuple(each["lines"]) for each in json.loads(letter(world, case, "award_minutes").frame)["signatures"]]


def asked_who(world: World, case: str, trigger: str, on: date | None = None) -> WhoCan:
    """Who may take a step."""

    def look(conn: Connection) -> WhoCan:
        return who_can(conn, world.engine, load(conn, case), trigger, on, world.at)

    return world.database.read(look)


# --- Who records -----------------------------------------------------------------------------------------------------


def test_where_the_secretary_of_the_panel_is_gone_the_first_free_member_signs_the_record(compared: Compared) -> None:
    world = compared.world
    all_have_scored(compared)
    gone(world, SECRETARY)
    world.fire(compared.best, "recommend", CHAIR)
    all_signed(world, compared.best)
    assert signatories(world, compared.best) == [CHAIR, "health_head"]
    assert signed_as(world, compared.best) == [
        ("KETUA TIM PENILAI,",),
        ("a.n. SEKRETARIS TIM PENILAI", "ANGGOTA TIM PENILAI,"),
    ]


def test_whoever_chairs_in_the_chair_s_place_signs_as_the_substitute(compared: Compared) -> None:
    world = compared.world
    all_have_scored(compared)
    gone(world, CHAIR)
    for case in (compared.best, compared.other):
        world.fire(case, "score", CHAIR_SUBSTITUTE, marks(80, 80))
    world.fire(compared.best, "recommend", CHAIR_SUBSTITUTE)
    all_signed(world, compared.best)
    assert signed_as(world, compared.best) == [("PENGGANTI KETUA TIM PENILAI,",), ("SEKRETARIS TIM PENILAI,",)]


# --- All at once -----------------------------------------------------------------------------------------------------


def test_a_chair_who_concludes_on_one_alone_is_led_to_conclude_on_all_at_once(compared: Compared) -> None:
    world, best, other = compared.world, compared.best, compared.other
    all_have_scored(compared)
    with refused(world, best, NotAcknowledged, rules={ALONE}) as refusal:
        world.fire(best, "recommend", CHAIR, acknowledge=())
    assert refusal.says == ["Calon lain yang belum disimpulkan: Stranger."]
    on_all = CohortAct(trigger="recommend", each={other: OwnStep(trigger="not_recommended", form=BECAUSE)})
    world.at += timedelta(seconds=1)
    outcome = world.database.write(world.engine.fire_cohort, compared.of_round, world.actor(CHAIR), on_all, world.at)
    assert len(outcome.letters) == 1
    assert (state(world, best), state(world, other)) == ("budget_check", "unsuccessful")


def test_a_secretary_who_is_replaced_before_the_record_is_signed_leaves_it_to_the_new_one(compared: Compared) -> None:
    world, best = compared.world, compared.best
    all_have_scored(compared)
    world.fire(best, "recommend", CHAIR)
    minutes = letter(world, best, "award_minutes").id
    world.sign(minutes, CHAIR)
    assert waiting(world, best)[SECRETARY] == "sign award_minutes"
    world.fire(compared.of_round, "change_panel", "regent", panel(world, secretary="teacher"))
    assert SECRETARY not in waiting(world, best)
    assert waiting(world, best)["teacher"] == "sign award_minutes"
    with pytest.raises(Refused, match="tercetak Second Verifier"):
        world.sign(minutes, "teacher")
    on_letter(world, minutes, SendBack(note="Sekretaris tim penilai sudah diganti."), "teacher")
    on_letter(world, minutes, Resubmit(), VERIFIER)
    all_signed(world, best)
    assert signatories(world, best) == [CHAIR, "teacher"]
    assert found(world) == []


def on_letter(world: World, letter_id: str, act: LetterAct, who: str) -> None:
    """Somebody does something with a letter."""
    world.at += timedelta(seconds=1)
    world.database.write(world.engine.letter, letter_id, act, world.actor(who), world.at)


# --- Whose time has passed -------------------------------------------------------------------------------------------


def test_who_is_silent_holds_up_nobody_once_the_quorum_has_scored_in_time(compared: Compared) -> None:
    world, best, other = compared.world, compared.best, compared.other
    scored(world, best, 90, 80, (CHAIR, SECRETARY, "health_head"))
    scored(world, other, 70, 75, (CHAIR, SECRETARY, "education_head"))
    with refused(world, best, Refused, rules={"the_panel_is_complete", *NOT_RANKED}) as refusal:
        world.fire(best, "recommend", CHAIR)
    assert "Belum menilai: Education Head, Auditor Head." in refusal.says
    world.go_to(world.at.date() + timedelta(days=30))
    world.sweep()
    assert "recommend" in waiting(world, best)[CHAIR]
    world.fire(best, "recommend", CHAIR)
    assert state(world, best) == "budget_check"
    assert found(world) == []


#: It warns of others on whom the chair has not concluded.
ALONE = "the_comparison_is_complete"
NOT_RANKED = (ALONE, "nominee_takes_a_place")


def test_without_a_quorum_nothing_is_concluded_however_late_it_is(compared: Compared) -> None:
    world, best, other = compared.world, compared.best, compared.other
    scored(world, best, 90, 80, (CHAIR, SECRETARY))
    scored(world, other, 70, 75, (CHAIR, SECRETARY, "education_head"))
    world.go_to(world.at.date() + timedelta(days=30))
    with refused(world, best, Refused, rules={"the_panel_is_complete", ALONE}) as refusal:
        world.fire(best, "recommend", CHAIR)
    assert "Penilaian yang dihitung: 2; kuorum: 3 orang." in refusal.says


def test_a_score_after_the_chair_has_concluded_is_refused_with_where_it_stands(compared: Compared) -> None:
    world, best = compared.world, compared.best
    scored(world, best, 90, 80, PANEL[:4])
    scored(world, compared.other, 70, 75, (CHAIR, SECRETARY, "education_head"))
    world.go_to(world.at.date() + timedelta(days=30))
    world.fire(best, "recommend", CHAIR)
    with pytest.raises(NotNow, match="Menunggu kepastian anggaran"):
        world.fire(best, "score", "auditor_head", marks(10, 10))
    world.fire(compared.other, "score", "auditor_head", marks(70, 70))


def test_a_substitute_is_not_let_in_while_the_quorum_is_reached_without_one(compared: Compared) -> None:
    with pytest.raises(NotFound):
        compared.world.fire(compared.best, "score", "teacher", marks(10, 10))


# --- Who is not free -------------------------------------------------------------------------------------------------


def test_a_chair_who_is_nominated_is_compared_by_others_and_by_none_of_their_own(compared: Compared) -> None:
    world = compared.world
    members = ("stranger", "education_head", "auditor_head")
    of_round = open_round(world, chair=world.ids["health_head"], members=of(world, *members), closes_on="2026-04-30")
    case = opened(world, "health_head")
    skilled(world, "health_head", case)
    world.fire(case, "propose", "health_head", nomination(world, "health_head", in_round=of_round))
    world.fire(case, "nominate", "secretary")
    world.fire(case, "clear", "auditor", clearance(world))
    world.fire(case, "verify", VERIFIER)
    with pytest.raises(NotYours):
        world.fire(case, "score", "health_head", marks(100, 100))
    with pytest.raises(NotFound):
        world.fire(case, "score", "stranger", marks(100, 100))
    kept = {name_of(world, line.person_id): line.why for line in asked_who(world, case, "score").kept}
    assert kept["health_head"] == "calon sendiri"
    assert kept["stranger"] == "bawahan langsung calon"
    scored(world, case, 80, 80, (SECRETARY, "education_head", "auditor_head", CHAIR_SUBSTITUTE))
    world.fire(of_round, "extend", VERIFIER, {"new_closes_on": "2026-05-01", "reason": "Ada permintaan."})
    world.go_to(date(2026, 5, 4))
    world.sweep()
    with pytest.raises(NotYours, match="calon sendiri"):
        world.fire(case, "recommend", "health_head")
    world.fire(case, "recommend", CHAIR_SUBSTITUTE)
    all_signed(world, case)
    assert signatories(world, case) == [CHAIR_SUBSTITUTE, SECRETARY]


def test_where_neither_the_chair_nor_the_substitute_is_free_the_regent_names_another(compared: Compared) -> None:
    world, best = compared.world, compared.best
    all_have_scored(compared)
    for who in (CHAIR, CHAIR_SUBSTITUTE):
        gone(world, who)
    with pytest.raises(NotYours, match="tidak lagi bertugas"):
        world.fire(best, "recommend", CHAIR)
    assert not asked_who(world, best, "recommend").able
    named = panel(
        world,
        chair="education_head",
        chair_substitute="hospital_head",
        members=("health_head", "teacher", "auditor_head"),
    )
    world.fire(compared.of_round, "change_panel", "regent", named)
    assert "recommend" in waiting(world, best)["education_head"]


def test_who_can_tells_why_somebody_of_the_panel_is_left_out(compared: Compared) -> None:
    world, best, other = compared.world, compared.best, compared.other
    world.fire(other, "declare_conflict", "auditor_head", {"conflict": "Saudara ipar dari calon penerima."})
    world.fire(other, "score", CHAIR, marks(70, 75))
    gone(world, "teacher")
    found_out = asked_who(world, other, "score")
    assert {name_of(world, line.person_id) for line in found_out.able} == {SECRETARY, "education_head"}
    assert {name_of(world, line.person_id): line.why for line in found_out.kept} == {
        CHAIR: "sudah melakukannya; masing-masing cukup sekali",
        "health_head": "atasan langsung calon",
        "auditor_head": "menyatakan benturan kepentingan",
        "teacher": "tidak lagi bertugas",
        "auditor": "anggota pengganti; kuorum terpenuhi tanpa pengganti ini",
        CHAIR_SUBSTITUTE: "pengganti ketua; ketua sendiri dapat memimpin penilaian calon ini",
    }
    gone_by = asked_who(world, other, "score", date(2026, 3, 30))
    assert "susunan tim menurut keadaan hari ini" in gone_by.remarks[0]
    gone(world, CHAIR)
    chairs = asked_who(world, best, "recommend")
    assert [name_of(world, line.person_id) for line in chairs.able] == [CHAIR_SUBSTITUTE]
    assert {name_of(world, line.person_id): line.why for line in chairs.kept} == {CHAIR: "tidak lagi bertugas"}


# --- Another panel ---------------------------------------------------------------------------------------------------


def test_whoever_comes_into_the_panel_is_asked_in_the_same_act_and_whoever_leaves_is_not(compared: Compared) -> None:
    world = compared.world
    world.fire(compared.best, "score", "education_head", marks(90, 80))
    others = ("health_head", "teacher", "auditor_head")
    before = len(happened(world, compared.best))
    world.fire(compared.of_round, "change_panel", "regent", panel(world, others))
    for case in (compared.best, compared.other):
        assert "score" in waiting(world, case)["teacher"]
        assert "education_head" not in waiting(world, case)
    assert happened(world, compared.best)[before:] == ["reseated"]
    world.sweep()
    assert len(happened(world, compared.best)) == before + 1, "nothing is left for the sweep"
    with pytest.raises(NotFound):
        world.fire(compared.other, "score", "education_head", marks(90, 80))
    with pytest.raises(NotYours, match="sudah berakhir"):
        world.fire(compared.best, "score", "education_head", marks(90, 80))
    assert found(world) == []


# --- The law of the day ----------------------------------------------------------------------------------------------

LARGER_QUORUM = """
[quorum_more_than]
says = "Kuorum tim penilai: lebih dari bagian ini dari anggota tetap"
unit = "persen"
since = [
  { from = 2020-01-01, value = 50, by = "Praktik daerah" },
  { from = 2026-04-20, value = 75, by = "Praktik daerah" },
]
"""


def by_a_larger_quorum(compared: Compared, folder: Path) -> Compared:
    """The law asks for more from 20 April on."""
    return replace(compared, world=by_another_law(compared.world, folder, LARGER_QUORUM, "incentive.toml"))


def test_a_quorum_that_the_law_raises_meanwhile_holds_from_its_day_and_not_before(compared: Compared) -> None:
    with TemporaryDirectory() as folder:
        compared = by_a_larger_quorum(compared, Path(folder))
    world, best, other = compared.world, compared.best, compared.other
    for case in (best, other):
        scored(world, case, 90 if case == best else 70, 80, (CHAIR, SECRETARY, "auditor_head"))
    world.go_to(date(2026, 4, 17))
    (obstacle,) = world.preview(best, "recommend", CHAIR).obstacles
    assert isinstance(obstacle, NotAcknowledged)
    world.go_to(date(2026, 4, 21))
    with refused(world, best, Refused, rules={"the_panel_is_complete", ALONE}) as refusal:
        world.fire(best, "recommend", CHAIR)
    assert "Penilaian yang dihitung: 3; kuorum: 4 orang." in refusal.says
    assert last_payload(world, best)["law_on"] != "2026-04-21", "what was decided before stays decided by its own law"
    world.fire(best, "score", "education_head", marks(90, 80))
    world.fire(best, "recommend", CHAIR)
    assert last_payload(world, best)["law_on"] == "2026-04-21"
    used = {u["parameter"]: u["value"] for d in last_payload(world, best)["decisions"] for u in d["used"]}
    assert used["incentive.quorum_more_than"] == 75
    assert found(world) == []


# --- The money -------------------------------------------------------------------------------------------------------


def test_of_two_who_take_a_place_the_line_bears_one_and_the_other_waits_for_a_budget(compared: Compared) -> None:
    world = compared.world
    of_round = open_round(
        world, receivers=[{"kind": "regional", "number": 2}], closes_on="2026-04-30", title="Pegawai Berprestasi Kedua"
    )
    first, second = (verified(world, who, in_round=of_round) for who in ("second_nurse", "third_nurse"))
    world.go_to(date(2026, 5, 4))
    world.sweep()
    scored(world, first, 90, 80, PANEL)
    scored(world, second, 80, 80, PANEL)
    assert len(together(world, of_round).act("recommend", CHAIR).moved) == 2
    cut_budget(world, 10_000_000 - 2 * AMOUNT + 1)
    world.fire(first, "confirm_budget", "treasurer")
    with refused(world, second, Refused, rules={"award_fits_the_budget"}) as refusal:
        world.fire(second, "confirm_budget", "treasurer")
    assert "1.999.999" in refusal.says[0]
    world.fire(second, "no_budget", "treasurer", BECAUSE)
    assert (state(world, first), state(world, second)) == ("decision", "deferred")
    assert balances(world) == {"available": AMOUNT - 1, "reserved": AMOUNT}


def test_a_decree_that_several_share_is_copied_to_the_heads_of_all_of_them(compared: Compared) -> None:
    world = compared.world
    of_round = open_round(
        world, receivers=[{"kind": "regional", "number": 2}], closes_on="2026-04-30", title="Pegawai Berprestasi Kedua"
    )
    ours, theirs = (verified(world, who, in_round=of_round) for who in ("second_nurse", "pupil"))
    world.go_to(date(2026, 5, 4))
    world.sweep()
    for case in (ours, theirs):
        scored(world, case, 90, 80, tuple(each for each in PANEL if case == ours or each != "education_head"))
    cohort = together(world, of_round)
    cohort.act("recommend", CHAIR)
    all_signed(world, ours)
    cohort.act("confirm_budget", "treasurer")
    assert len(cohort.act("decree", "regent").moved) == 2
    decree = letter(world, ours, "award_decree")
    assert decree.id == letter(world, theirs, "award_decree").id
    copies = json.loads(decree.frame)["copies"]
    assert {"Direktur Rumah Sakit Umum Daerah", "Kepala Dinas Pendidikan"} <= set(copies), copies
    to = world.database.read(recipients, world.engine.office, world.engine.registry, decree.id, world.at)
    copied = {name_of(world, each.to) for each in to if each.reason == "copy"}
    assert {name_of(world, world.ids[who]) for who in ("hospital_head", "education_head")} <= copied


def test_a_round_with_money_and_without_a_line_is_not_called(compared: Compared) -> None:
    world = compared.world
    case = drafted_round(world)
    whole = a_round(world, closes_on="2026-06-30", budget_line="")
    with refused(world, case, Refused, rules={"round_is_funded"}) as refusal:
        world.fire(case, "submit", VERIFIER, whole)
    assert "mata anggarannya belum dipilih" in refusal.says[0]


# --- Between the scoring and the decree ------------------------------------------------------------------------------


def test_whoever_is_sanctioned_after_the_scoring_is_not_decreed_and_the_money_is_free(compared: Compared) -> None:
    world, best = compared.world, compared.best
    all_have_scored(compared)
    world.fire(best, "recommend", CHAIR)
    world.fire(best, "confirm_budget", "treasurer")
    all_signed(world, best)
    day = world.at.date()
    sanction(world, "nurse", "sedang", day, day + timedelta(days=365))
    with refused(world, best, Refused, rules={"no_sanction_stands_in_the_way"}):
        world.fire(best, "decree", "regent")
    assert balances(world)["reserved"] == AMOUNT
    world.fire(best, "refuse", "regent", BECAUSE)
    assert balances(world) == {"available": 10_000_000}


# --- The end ---------------------------------------------------------------------------------------------------------


def test_a_round_is_finished_in_the_act_that_ends_the_last_of_its_nominations(compared: Compared) -> None:
    world = compared.world
    world.fire(compared.best, "withdraw", "nurse", BECAUSE)
    assert state(world, compared.of_round) == "comparing"
    world.fire(compared.other, "withdraw", "stranger", BECAUSE)
    assert state(world, compared.of_round) == "finished"
    assert last_payload(world, compared.of_round)["actor"]["id"] is None, "the system did"
    assert found(world) == []


def test_a_round_is_finished_with_those_who_are_turned_down_together(compared: Compared) -> None:
    world = compared.world
    all_have_scored(compared)
    cohort = together(world, compared.of_round)
    turned_down = {each: OwnStep(trigger="reject", form=WRONG) for each in (compared.best, compared.other)}
    cohort.act("send_back", VERIFIER, TO_MEND)
    assert state(world, compared.of_round) == "comparing"
    cohort.act("", VERIFIER, each=turned_down)
    assert state(world, compared.of_round) == "finished"
    assert found(world) == []


WRONG = {"reason": "Bukti inovasi tidak benar.", "rule": "PP 94/2021 Pasal 8"}
TO_MEND = {"to_mend": "Keaslian bukti inovasi."}


def test_a_round_that_is_still_open_waits_for_more(compared: Compared) -> None:
    world = compared.world
    of_round = open_round(world, closes_on="2026-04-30", title="Pegawai Berprestasi Kedua")
    case = proposed(world, "second_nurse", in_round=of_round)
    world.fire(case, "decline", "hospital_head", BECAUSE)
    assert state(world, of_round) == "open"
