"""Who reads what a panel gave, member by member, and who is told the result alone; who is on a panel, and who was."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, cast

import pytest
from sqlalchemy import Connection, insert, select, update

from tests.award_rounds import (
    BECAUSE,
    CHAIR,
    CHAIR_SUBSTITUTE,
    MEMBERS,
    PANEL,
    SECRETARY,
    SUBSTITUTES,
    VERIFIER,
    a_round,
    all_signed,
    clearance,
    closed,
    drafted_round,
    for_awards,
    found,
    handing,
    letter,
    marks,
    of,
    open_round,
    proposed,
    scored,
    verified,
)
from tests.awards import caller
from tests.offices import PreparedOffice, change, lend, post_of
from tests.stories.test_small_recognition import thanked
from tests.witness import name_of
from tests.workflow.test_auditing import assigned
from tests.world import World
from workflow.auditing.archive import write_archive
from workflow.authority.bench import Bench
from workflow.authority.who_can import WhoCan
from workflow.authority.who_can import who_can as all_who_can
from workflow.awards.seeing import seen_fairness
from workflow.cases import load
from workflow.errors import NotFound, NotYours, Refused
from workflow.facts import Situation
from workflow.filing import file_content
from workflow.mail.recipients import recipients
from workflow.queries import case_list
from workflow.tables import cases, deadlines, files, group_members, letters
from workflow.telling.explain import explain
from workflow.views.actions import action_list
from workflow.views.cases import case_page
from workflow.views.history import history
from workflow.views.letters import letter_page, letter_pdf
from workflow.views.standing_in import who_can

#: Who sees the nomination of the nurse, and is not of those who judge it.
OTHERS = ("nurse", "nursing_head", "hospital_head", "treasurer", "administrator", "clerk_10")
#: What only the panel said: a member's points, and the name of whom the nurse was compared with.
POINTS, REMARK = "Kinerja 97", "Catatan seorang anggota"


@dataclass(frozen=True)
class Compared:
    """A round whose nominations are closed, with two of them that nobody has scored yet."""

    world: World
    of_round: str
    best: str
    other: str


@pytest.fixture(scope="module")
def built(one_office: PreparedOffice) -> tuple[PreparedOffice, Compared]:
    """Built once."""
    world = for_awards(one_office.as_new())
    of_round = open_round(world)
    world.go_to(date(2026, 3, 27))
    best, other = (verified(world, who, in_round=of_round) for who in ("nurse", "stranger"))
    closed(world)
    return one_office.as_it_is(world), Compared(world, of_round, best, other)


@pytest.fixture
def compared(built: tuple[PreparedOffice, Compared]) -> Compared:
    """As it was built, for each test."""
    office, found = built
    return replace(found, world=office.as_new())


def all_have_scored(compared: Compared) -> None:
    """Everybody has; one of them says something about it."""
    world = compared.world
    world.fire(compared.best, "score", CHAIR, {**marks(97, 80), "remark": REMARK})
    scored(world, compared.best, 90, 80, PANEL[1:])
    scored(world, compared.other, 70, 75, tuple(each for each in PANEL if each != "health_head"))


def concluded(compared: Compared) -> str:
    """The nurse was recommended, the other was not, and the record of it is signed. Answers the letter."""
    all_have_scored(compared)
    compared.world.fire(compared.best, "recommend", CHAIR)
    compared.world.fire(compared.other, "not_recommended", CHAIR, BECAUSE)
    all_signed(compared.world, compared.best)
    all_signed(compared.world, compared.other)
    return str(letter(compared.world, compared.best, "award_minutes").id)


def shown(world: World, who: str, view: Any, named: str) -> Any:
    """What somebody is shown of a case or a letter."""
    return world.database.read(view, world.engine, caller(world, who), world.at, named)


def is_shown(world: World, who: str, view: Any, named: str) -> bool:
    """Whether somebody is shown it at all."""
    try:
        shown(world, who, view, named)
    except NotFound:
        return False
    return True


def told(world: World, who: str, case: str) -> str:
    """All that the pages of a case tell somebody."""
    return "\n".join(repr(shown(world, who, view, case)) for view in (case_page, history, action_list))


def archived(world: World, who: str, case: str) -> str:
    """All texts of the archive that somebody takes."""
    target, engine = io.BytesIO(), world.engine
    world.database.read(
        lambda conn: write_archive(
            conn, engine.office, engine.registry, case, target, reader=world.ids[who], at=world.at
        )
    )
    with zipfile.ZipFile(target) as opened:
        texts = [opened.read(name).decode() for name in opened.namelist() if name.endswith(".txt")]
        return "\n".join((*texts, *opened.namelist()))


# --- Points by name --------------------------------------------------------------------------------------------------


def test_points_by_name_are_for_the_panel_who_verifies_and_who_decides(compared: Compared) -> None:
    world, best = compared.world, compared.best
    all_have_scored(compared)
    assert all(REMARK in told(world, who, best) for who in (*PANEL, "verifier", "regent"))
    assert not [who for who in OTHERS if REMARK in told(world, who, best) or '"97"' in told(world, who, best)]


def test_whoever_is_compared_learns_neither_how_another_stands_nor_who_has_yet_to_score(compared: Compared) -> None:
    world, best = compared.world, compared.best
    concluded(compared)
    assert not [who for who in ("nurse", "nursing_head", "treasurer") if "Stranger" in told(world, who, best)]
    assert "Stranger" in told(world, "verifier", best)


def test_everybody_on_the_case_reads_the_result_once_it_is_concluded(compared: Compared) -> None:
    world, best = compared.world, compared.best
    concluded(compared)
    for who in (*OTHERS, CHAIR):
        said = {
            field.name: field.shown for entry in shown(world, who, case_page, best).entries for field in entry.fields
        }
        assert said["panel_result"] == "86,84"
        assert said["panel_result_by_criterion"] == "Kinerja 91,40; Inovasi 80,00"


def test_an_auditor_reads_points_by_name_within_an_assignment(compared: Compared) -> None:
    world, best = compared.world, compared.best
    all_have_scored(compared)
    assert not is_shown(world, "third_nurse", case_page, best)
    assigned(world, "third_nurse")
    assert REMARK in told(world, "third_nurse", best)


def test_neither_the_archive_nor_the_story_tells_more_than_the_page(compared: Compared) -> None:
    world, best = compared.world, compared.best
    minutes = concluded(compared)
    engine = world.engine
    file = world.file(VERIFIER)
    change(world, update(letters).where(letters.c.id == minutes).values(file_id=file))
    change(world, update(files).where(files.c.id == file).values(case_id=best))
    for who, reads in (("verifier", True), ("regent", True), ("administrator", False), ("nurse", False)):
        taken = archived(world, who, best)
        assert (REMARK in taken, "berita-acara-penilaian.pdf" in taken) == (reads, reads), who
        assert is_shown(world, who, file_content, file) is reads
    story = world.database.read(lambda conn: explain(conn, engine.office, engine.registry, best))
    assert REMARK not in story
    assert "Stranger" not in story


# --- The record of the panel -----------------------------------------------------------------------------------------


def test_the_record_of_the_panel_is_there_for_the_few_and_not_there_for_others(compared: Compared) -> None:
    world = compared.world
    minutes = concluded(compared)
    for who in (*PANEL, "verifier", "regent"):
        assert is_shown(world, who, letter_page, minutes), who
    for who in (*OTHERS, "stranger", "hospital_head"):
        assert not is_shown(world, who, letter_page, minutes), who
        with pytest.raises(NotFound):
            shown(world, who, letter_pdf, minutes)
    kinds = [line.kind for line in shown(world, "nurse", case_page, compared.best).letters]
    assert "award_submission" in kinds
    assert "award_minutes" not in kinds


def test_the_record_of_the_panel_is_mailed_to_none_of_those_whom_it_ranks(compared: Compared) -> None:
    world, engine = compared.world, compared.world.engine
    minutes = concluded(compared)
    got = world.database.read(lambda conn: recipients(conn, engine.office, engine.registry, minutes, world.at))
    assert {each.to for each in got} == {world.ids["verifier"]}


# --- The round -------------------------------------------------------------------------------------------------------


def reached(world: World, case: str, kind: str) -> set[str]:
    """The names of those to whom a letter of a case is sent."""
    engine, named = world.engine, letter(world, case, kind).id
    got = world.database.read(lambda conn: recipients(conn, engine.office, engine.registry, named, world.at))
    return {name_of(world, each.to) for each in got}


def test_the_call_is_sent_to_the_head_of_each_unit_and_whoever_stands_in_for_one(compared: Compared) -> None:
    world = compared.world
    lend(world, "plh", post_of(world, "education_head"), "pupil")
    heads = {"hospital_head", "health_head", "education_head", "auditor_head", "agency_chief"}
    assert heads | {"pupil"} <= reached(world, compared.of_round, "award_call")
    assert "nurse" not in reached(world, compared.of_round, "award_call")


def test_the_decree_of_a_panel_is_sent_to_whom_it_appoints_who_read_it_with_the_round(compared: Compared) -> None:
    world, of_round = compared.world, compared.of_round
    decree = letter(world, of_round, "award_panel_decree").id
    assert {*PANEL, *SUBSTITUTES, CHAIR_SUBSTITUTE} <= reached(world, of_round, "award_panel_decree")
    for who in (*MEMBERS, *SUBSTITUTES):
        assert is_shown(world, who, case_page, of_round), who
        assert is_shown(world, who, letter_page, decree), who
    assert not is_shown(world, SUBSTITUTES[0], case_page, compared.best), "a substitute who was not called upon"
    for who in ("nurse", "hospital_head", "pupil"):
        assert not is_shown(world, who, case_page, of_round), who


def test_a_round_is_for_its_panel_only_from_the_decree_on(compared: Compared) -> None:
    world = compared.world
    case = drafted_round(world)
    world.fire(case, "submit", VERIFIER, a_round(world, title="Pegawai Teladan 2026", closes_on="2026-06-30"))
    assert not is_shown(world, "education_head", case_page, case)
    world.fire(case, "appoint_panel", "regent")
    assert is_shown(world, "education_head", case_page, case)


def test_a_round_that_is_extended_gives_the_panel_its_time_anew(compared: Compared) -> None:
    world = compared.world
    of_round = open_round(world, title="Pegawai Teladan 2026", closes_on="2026-05-29")
    case = verified(world, "second_nurse", in_round=of_round)
    before = due_on(world, case)
    world.fire(of_round, "extend", VERIFIER, {"new_closes_on": "2026-06-30", "reason": "Sedikit usul yang masuk."})
    assert before < date(2026, 6, 30) < due_on(world, case)
    assert found(world) == []


def due_on(world: World, case: str) -> date:
    """The day by which a case should leave its state."""
    (day,) = {row.due_on for row in world.all(select(deadlines).where(deadlines.c.case_id == case))}
    return cast(date, day)


# --- Who was replaced ------------------------------------------------------------------------------------------------


def replaced(compared: Compared, *members: str) -> None:
    """The regent names other members."""
    world = compared.world
    named = {"chair": CHAIR, "chair_substitute": CHAIR_SUBSTITUTE, "secretary": SECRETARY}
    world.fire(compared.of_round, "change_panel", "regent", {
        **{function: world.ids[who] for function, who in named.items()},
        "members": of(world, *members), "substitutes": of(world, "auditor"), "reason": "Pindah tugas.",
    })  # fmt: skip


def test_a_member_who_never_scored_sees_no_more_of_it_once_replaced_and_the_new_one_does(compared: Compared) -> None:
    world, best = compared.world, compared.best
    for each in (best, compared.other):
        world.fire(each, "score", CHAIR, marks(90, 80))
    assert is_shown(world, "education_head", case_page, best)
    replaced(compared, "health_head", "teacher", "auditor_head")
    for view in (case_page, history, action_list):
        assert not is_shown(world, "education_head", view, best)
        assert not is_shown(world, "education_head", view, compared.of_round)
    assert is_shown(world, "teacher", case_page, best)
    assert "teacher" in reached(world, compared.of_round, "award_panel_change")
    assert found(world) == []
    replaced(compared, *MEMBERS)
    assert is_shown(world, "education_head", case_page, best), "named again, they are back"
    assert not is_shown(world, "teacher", case_page, best)
    assert found(world) == []


def test_a_member_who_scored_sees_only_what_they_did_once_replaced(compared: Compared) -> None:
    world, best = compared.world, compared.best
    world.fire(best, "score", CHAIR, {**marks(97, 80), "remark": REMARK})
    world.fire(best, "score", "education_head", {**marks(66, 55), "remark": "Menurut saya cukup."})
    replaced(compared, "health_head", "teacher", "auditor_head")
    page, past = shown(world, "education_head", case_page, best), shown(world, "education_head", history, best)
    assert [entry.written_by for entry in page.entries] == ["Education Head"]
    assert "Menurut saya cukup." in repr(page)
    assert (page.form, page.letters) == ((), ())
    assert [event.type for event in past.events] == ["score"]
    assert REMARK not in told(world, "education_head", best)
    submission = letter(world, best, "award_submission").id
    assert not is_shown(world, "education_head", letter_page, submission)
    assert found(world) == []


def test_a_member_replaced_after_the_end_of_a_nomination_sees_it_no_more(compared: Compared) -> None:
    world, other = compared.world, compared.other
    world.fire(other, "score", CHAIR, marks(70, 75))
    world.fire(other, "withdraw", "stranger", BECAUSE)
    assert is_shown(world, "education_head", case_page, other)
    replaced(compared, "health_head", "teacher", "auditor_head")
    assert not is_shown(world, "education_head", case_page, other)
    assert found(world) == []


def test_a_member_who_stepped_aside_sees_only_that_they_did(compared: Compared) -> None:
    world, best = compared.world, compared.best
    world.fire(best, "declare_conflict", "auditor_head", {"conflict": "Saudara ipar dari calon penerima."})
    all_but_one = tuple(each for each in PANEL if each != "auditor_head")
    world.fire(best, "score", all_but_one[0], {**marks(97, 80), "remark": REMARK})
    assert "Saudara ipar" in told(world, "auditor_head", best)
    assert REMARK not in told(world, "auditor_head", best)
    assert found(world) == []


# --- Who has scored, and who has yet to ------------------------------------------------------------------------------


#: Who is on the panel as people read it, and what they read in the place of any of them.
SCORER = "Anggota tim penilai"


def who_is_told(world: World, who: str, case: str, trigger: str) -> WhoCan:
    """What somebody is told of who may take a step."""
    return world.database.read(who_can, world.engine, caller(world, who), world.at, case, trigger, None)


def test_what_a_member_declared_is_for_the_panel_who_verifies_and_who_decides(compared: Compared) -> None:
    world, best = compared.world, compared.best
    world.fire(best, "declare_conflict", "auditor_head", {"conflict": "Saudara ipar dari calon penerima."})
    everywhere = {who: told(world, who, best) + archived(world, who, best) for who in (*OTHERS, "verifier", "regent")}
    everywhere |= {who: text + repr(who_is_told(world, who, best, "score")) for who, text in everywhere.items()}
    assert {who for who, text in everywhere.items() if "Saudara ipar" in text} == {"verifier", "regent"}
    kept = who_is_told(world, "verifier", best, "score").kept
    assert "menyatakan benturan kepentingan" in [line.why for line in kept]
    assert "Saudara ipar" not in repr(kept)


def test_who_is_compared_sees_neither_who_has_scored_nor_who_has_yet_to(compared: Compared) -> None:
    world, best = compared.world, compared.best
    for who in (*OTHERS, "verifier"):
        waits = [line for line in shown(world, who, case_page, best).waits_for if line.role == "panel_member"]
        named = [line.person.name for line in waits if line.person]
        assert (len(waits), len(named)) == ((len(PANEL), len(PANEL)) if who == "verifier" else (1, 0)), who
    untouched = shown(world, "nurse", case_page, best).waits_for
    world.fire(best, "score", "education_head", marks(90, 80))
    page, past = shown(world, "nurse", case_page, best), shown(world, "nurse", history, best)
    assert [(line.role_title, line.actions) for line in page.waits_for] == [
        (line.role_title, line.actions) for line in untouched
    ]
    assert [entry.written_by for entry in page.entries if entry.kind == "score"] == [SCORER]
    (event,) = [event for event in past.events if event.type == "score"]
    assert (event.actor.id, event.actor.name, event.actor.capacity) == (None, SCORER, "")
    texts = told(world, "nurse", best) + archived(world, "nurse", best)
    texts += world.database.read(lambda conn: explain(conn, world.engine.office, world.engine.registry, best))
    assert world.ids["education_head"] not in texts
    assert "Education Head" not in texts
    for who in ("education_head", "verifier"):
        (event,) = [each for each in shown(world, who, history, best).events if each.type == "score"]
        assert event.actor.id == world.ids["education_head"]


def test_who_can_score_is_told_to_those_who_read_the_scores(compared: Compared) -> None:
    world, best = compared.world, compared.best
    world.fire(best, "score", "education_head", marks(90, 80))
    for who in OTHERS:
        answer = who_is_told(world, who, best, "score")
        assert (answer.able, answer.kept, answer.helpers) == ((), (), ()), who
        assert "anggota tim penilai" in answer.remarks[0]
    assert len(who_is_told(world, "verifier", best, "score").able) == len(PANEL) - 1
    assert who_is_told(world, "nurse", best, "withdraw").able, "what is for nobody apart is told as before"


# --- Who verifies, and is compared or told otherwise -----------------------------------------------------------------


def test_who_keeps_awards_is_not_told_how_the_members_of_the_own_round_score(compared: Compared) -> None:
    world = compared.world
    concluded(compared)
    world.fire(compared.best, "withdraw", "nurse", BECAUSE)
    change(world, insert(group_members).values(group_name="bkpsdm.verifier", unit_id="", person_id=world.ids["nurse"]))
    spread = {who: shown_spread(world, who) for who in (VERIFIER, "nurse")}
    assert (len(spread[VERIFIER]), spread["nurse"]) == (len(PANEL), [])


def shown_spread(world: World, who: str) -> list[str]:
    """The members of whose scores somebody sees how they lie."""
    found = world.database.read(seen_fairness, world.engine, caller(world, who), world.at)
    return [each.name for each in found.members]


def test_an_old_letter_does_not_take_back_what_the_inspectorate_recorded_itself(compared: Compared) -> None:
    world, best = compared.world, compared.best
    world.fire(best, "clear", "auditor", clearance(world, clear=False))
    old = clearance(world, by=VERIFIER) | {"issued_on": "2026-03-02"}
    world.fire(best, "clear", VERIFIER, old)
    world.fire(best, "suspend", VERIFIER, BECAUSE)
    with pytest.raises(Refused, match="pemeriksaan disiplin sudah selesai"):
        world.fire(best, "resume", VERIFIER)
    world.fire(best, "clear", VERIFIER, clearance(world, by=VERIFIER))
    world.fire(best, "resume", VERIFIER)


# --- Who judges, and is nominated or verifies too --------------------------------------------------------------------


def test_a_member_who_is_nominated_in_the_round_neither_scores_the_others_nor_reads_their_marks(
    compared: Compared,
) -> None:
    world, members = compared.world, ("health_head", "teacher", "auditor_head")
    here = open_round(
        world, title="Pegawai Teladan 2026", closes_on="2026-06-30",
        members=of(world, *members), substitutes=of(world, "education_head", "auditor"),
    )  # fmt: skip
    case, unscored = verified(world, "second_nurse", in_round=here), verified(world, "third_nurse", in_round=here)
    world.fire(case, "score", CHAIR, {**marks(97, 80), "remark": REMARK})
    scored(world, case, 90, 80, (SECRETARY, *members))
    assert REMARK in told(world, "teacher", case)
    own = proposed(world, "teacher", in_round=here)
    assert REMARK not in told(world, "teacher", case), "before the case is seated anew"
    refused(world, unscored, "score", "teacher", marks(10, 10))
    assert ("Teacher", "calon dalam putaran yang sama") in kept_from(world, unscored, "score")
    assert kept_from(world, unscored, "recommend") == [("Agency Chief", NOT_NEEDED)]
    world.sweep()
    assert REMARK not in told(world, "teacher", case)
    assert not is_shown(world, "teacher", case_page, unscored)
    world.fire(own, "decline", "education_head", BECAUSE)
    world.fire(unscored, "score", "teacher", marks(60, 60))
    assert found(world) == []


def test_a_chair_or_secretary_who_is_nominated_in_the_round_has_their_place_taken(compared: Compared) -> None:
    world, members = compared.world, ("health_head", "education_head", "auditor_head")
    here = open_round(
        world, title="Pegawai Teladan 2026", closes_on="2026-06-30", chair=world.ids["teacher"],
        secretary=world.ids["pupil"], members=of(world, *members), substitutes=of(world, "auditor"),
    )  # fmt: skip
    case = verified(world, "second_nurse", in_round=here)
    assert [seated(world, case, role) for role in ("panel_chair", "panel_secretary")] == [["teacher"], ["pupil"]]
    for who in ("teacher", "pupil"):
        proposed(world, who, in_round=here)
    assert seated(world, case, "panel_chair") == [CHAIR_SUBSTITUTE]
    assert seated(world, case, "panel_secretary") == ["health_head"]
    assert set(seated(world, case, "panel_member")) == {*members, CHAIR_SUBSTITUTE}


def test_a_verifier_who_is_nominated_neither_verifies_the_others_nor_reads_their_marks(compared: Compared) -> None:
    world, best = compared.world, compared.best
    minutes = concluded(compared)
    change(
        world, insert(group_members).values(group_name="bkpsdm.verifier", unit_id="", person_id=world.ids["stranger"])
    )
    assert is_shown(world, "stranger", case_page, best)
    assert REMARK not in told(world, "stranger", best)
    assert not is_shown(world, "stranger", letter_page, minutes)
    refused(world, best, "suspend", "stranger", BECAUSE)
    assert ("Stranger", "ia calon dalam putaran yang sama") in kept_from(world, best, "suspend")


def test_whoever_is_on_the_panel_or_has_scored_does_not_send_a_nomination_back_to_verification(
    compared: Compared,
) -> None:
    world, best = compared.world, compared.best
    refused(world, best, "send_back", SECRETARY, {"to_mend": "Periksa lagi."})
    world.fire(best, "score", SECRETARY, marks(90, 80))
    world.fire(compared.of_round, "change_panel", "regent", {
        "chair": world.ids[CHAIR], "chair_substitute": world.ids[CHAIR_SUBSTITUTE], "secretary": world.ids["teacher"],
        "members": of(world, *MEMBERS), "substitutes": of(world, "auditor"), "reason": "Pindah tugas.",
    })  # fmt: skip
    refused(world, best, "send_back", SECRETARY, {"to_mend": "Periksa lagi."})
    world.fire(compared.other, "send_back", SECRETARY, {"to_mend": "Periksa lagi."})


def test_whoever_verified_a_nomination_does_not_score_it_and_is_not_waited_for(compared: Compared) -> None:
    world, best = compared.world, compared.best
    replaced(compared, "health_head", VERIFIER, "auditor_head")
    refused(world, best, "score", VERIFIER, marks(90, 80))
    assert ("Verifier", "sudah bertindak sebagai verifikator usul ini") in kept_from(world, best, "score")
    for each in (best, compared.other):
        scored(world, each, 90 if each == best else 70, 80, (CHAIR, SECRETARY, "auditor_head"))
    world.fire(best, "score", "health_head", marks(90, 80))
    world.fire(best, "recommend", CHAIR)


#: Why the chair's substitute has no part.
NOT_NEEDED = "pengganti ketua; ketua sendiri dapat memimpin penilaian calon ini"


def refused(world: World, case: str, trigger: str, who: str, form: dict[str, Any]) -> None:
    """Somebody may not take a step."""
    with pytest.raises((NotYours, NotFound)):
        world.fire(case, trigger, who, form)


def kept_from(world: World, case: str, trigger: str) -> list[tuple[str, str]]:
    """Who is kept from a step, each with why."""
    found_out = world.database.read(
        lambda conn: all_who_can(conn, world.engine, load(conn, case), trigger, None, world.at)
    )
    return [(line.name, line.why) for line in found_out.kept]


def seated(world: World, case: str, role: str) -> list[str]:
    """Who plays a role of a nomination as it is worked out now."""
    engine = world.engine

    def look(conn: Connection) -> list[str]:
        stored = load(conn, case)
        process = engine.registry.process(stored.process)
        bench = Bench(Situation(conn, engine.office, process, stored, stored.form, world.at))
        return [seat.person_id for seat in bench.seats(role)]

    return [name_of(world, each) for each in world.database.read(look)]


# --- A revocation that is prepared -----------------------------------------------------------------------------------


def test_nobody_but_who_prepares_a_revocation_knows_of_it_before_it_is_handed_in(compared: Compared) -> None:
    world = compared.world
    award = thanked(world, "nurse", "hospital_head")
    world.fire(award, "decree", "hospital_head")
    all_signed(world, award)
    world.fire(award, "hand_over", VERIFIER, handing(world))
    others = ("nurse", "nursing_head", "hospital_head", "treasurer", "administrator", "clerk_10", "regent")
    case = drafted_revocation(world, "nurse")
    why = {"award_case": award, "ground": "false_data", "explanation": "Bukti ternyata karya perangkat daerah lain."}
    world.fire(case, "save", VERIFIER, why)
    assert is_shown(world, VERIFIER, case_page, case)
    assert is_shown(world, SECRETARY, case_page, case), "whoever else verifies"
    for view in (case_page, history, action_list):
        assert not [who for who in others if is_shown(world, who, view, case)]
    assert case not in listed(world, "nurse")
    assert case in listed(world, VERIFIER)
    with pytest.raises(NotFound):
        world.fire(case, "withdraw", "nurse")
    world.fire(case, "submit", VERIFIER, {**why, "evidence": [world.file(VERIFIER)]})
    assert is_shown(world, "nurse", case_page, case)
    assert case in listed(world, "nurse")
    world.fire(case, "return", "agency_chief", {"to_mend": "Lengkapi bukti."})
    assert is_shown(world, "nurse", case_page, case), "what was told of stays"


def test_a_revocation_that_is_only_prepared_is_named_to_nobody_who_decides_on_another(compared: Compared) -> None:
    world = compared.world
    award = thanked(world, "nurse", "hospital_head")
    world.fire(award, "decree", "hospital_head")
    all_signed(world, award)
    world.fire(award, "hand_over", VERIFIER, handing(world))
    why = {
        "award_case": award,
        "ground": "false_data",
        "explanation": "Bukti karya perangkat daerah lain.",
    }
    first, second = drafted_revocation(world, "nurse"), drafted_revocation(world, "nurse")
    world.fire(second, "save", VERIFIER, why)
    world.fire(first, "submit", VERIFIER, {**why, "evidence": [world.file(VERIFIER)]})
    world.fire(first, "forward", "agency_chief")
    told_so = repr(world.preview(first, "revoke", "nurse").reasons)
    assert reference_of(world, second) not in told_so
    world.fire(first, "revoke", "hospital_head", {"rule": "PP 11/2017 Pasal 231"})
    with pytest.raises(Refused, match="sudah dicabut"):
        world.fire(second, "submit", VERIFIER, {**why, "evidence": [world.file(VERIFIER)]})


def reference_of(world: World, case: str) -> str:
    """The number by which people name a case."""
    (found_here,) = world.all(select(cases.c.reference).where(cases.c.id == case))
    return str(found_here.reference)


def test_a_revocation_that_was_never_handed_in_stays_unknown(compared: Compared) -> None:
    world = compared.world
    case = drafted_revocation(world, "nurse")
    world.fire(case, "withdraw", VERIFIER)
    assert is_shown(world, VERIFIER, case_page, case)
    assert not is_shown(world, "nurse", case_page, case)
    assert not is_shown(world, "hospital_head", case_page, case)


def drafted_revocation(world: World, who: str) -> str:
    """The verifier begins to prepare that somebody's award is taken back. Answers the case's id."""
    opened = world.database.write(
        world.engine.open, "award_revocation", world.actor(VERIFIER), {}, world.at, person=world.ids[who]
    )
    return opened.case_id


def listed(world: World, who: str) -> set[str]:
    """The cases in somebody's list."""
    found_here = world.database.read(case_list, world.engine, caller(world, who), world.at)
    return {each.id for each in found_here.items}
