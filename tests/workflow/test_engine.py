"""The one door for change: all of an act or nothing, what ``preview`` shows, and a clear answer to whatever is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from policies.parameters import Policies
from tests.offices import all_stored, change, gone, waiting
from tests.witness import broken
from tests.world import REQUEST, World
from workflow.audit import events_of
from workflow.cases import Case, load
from workflow.engine.engine import Outcome
from workflow.engine.judging import THE_SYSTEM
from workflow.errors import (
    InvalidForm,
    NotAcknowledged,
    NotFound,
    NotNow,
    NotYours,
    OutOfDate,
    Problem,
    Refused,
)
from workflow.tables import deadlines, effects, entries, files, hour_evidence, performances, tasks

NO_CASE = "01990000-0000-7000-8000-000000000000"


def stored(world: World, case: str) -> Case:
    return world.database.read(load, case)


def refused(world: World, case: str, trigger: str, who: str, form: Any = None, **more: Any) -> Problem:
    """The problem of an act that is refused; nothing was changed by it."""
    before = world.database.read(all_stored)
    with pytest.raises(Problem) as problem:
        world.fire(case, trigger, who, form, **{"acknowledge": (), **more})
    assert world.database.read(all_stored) == before
    return problem.value


# --- Versions --------------------------------------------------------------------------------------------------------


def test_a_case_that_somebody_else_has_changed_says_who_it_was(world: World) -> None:
    case = world.submitted()
    world.fire(case, "endorse", "nursing_head", version=2)
    problem = refused(world, case, "return", "hospital_head", {"to_mend": "Perbaiki."}, version=2)
    assert isinstance(problem, OutOfDate)
    assert problem.says == "Berkas sudah diubah oleh nursing_head. Muat ulang, lalu periksa kembali sebelum bertindak."
    assert problem.more == {"version": 3}


def test_a_version_that_does_not_exist_yet_is_out_of_date_too(world: World) -> None:
    case = world.submitted()
    assert isinstance(refused(world, case, "endorse", "nursing_head", version=3), OutOfDate)


def test_the_version_counts_the_events(world: World) -> None:
    case = world.open()
    for expected, form in enumerate(({"section": "IGD"}, {"section": "ICU"}), start=2):
        assert world.fire(case, "save", "nurse", form, version=expected - 1).version == expected
    assert len(world.database.read(events_of, case)) == 3
    assert broken(world.database) == []


# --- What is no step, or somebody else's ------------------------------------------------------------------------------


def test_a_trigger_that_does_not_exist_is_named_with_those_that_do(world: World) -> None:
    problem = refused(world, world.submitted(), "aprove", "nursing_head")
    assert isinstance(problem, NotNow)
    assert "Tindakan “aprove” tidak dikenal" in problem.says
    assert "endorse" in problem.says


def test_a_step_of_another_state_says_where_the_case_is_and_what_can_be_done(world: World) -> None:
    problem = refused(world, world.submitted(), "forward", "hospital_head")
    assert isinstance(problem, NotNow)
    assert "Status berkas “Menunggu persetujuan atasan langsung”" in problem.says
    assert "Setujui" in problem.says


def test_a_closed_case_says_that_it_is_closed(world: World) -> None:
    case = world.submitted()
    world.fire(case, "withdraw", "nurse")
    problem = refused(world, case, "endorse", "nursing_head")
    assert isinstance(problem, NotNow)
    assert "Berkas sudah ditutup dengan status “Permohonan ditarik”" in problem.says


def test_a_case_that_does_not_exist_is_not_found(world: World) -> None:
    assert isinstance(refused(world, NO_CASE, "endorse", "nursing_head"), NotFound)
    with pytest.raises(NotFound):
        world.database.write(world.engine.reseat, NO_CASE, world.at)


def test_a_process_that_does_not_exist_is_named_with_those_that_do(world: World) -> None:
    with pytest.raises(NotFound, match=r"Proses “internsip” tidak dikenal; yang ada: .*internship"):
        world.database.write(world.engine.open, "internsip", world.actor("nurse"), {}, world.at)


def test_the_system_does_not_take_a_step_of_people(world: World) -> None:
    case = world.submitted()
    before = world.database.read(all_stored)
    with pytest.raises(NotYours, match="bukan oleh sistem"):
        world.database.write(world.engine.fire, case, "endorse", THE_SYSTEM, {}, world.at)
    assert world.database.read(all_stored) == before


def test_people_do_not_take_a_step_of_the_system(world: World) -> None:
    case = world.road("request_host")
    for who in ("verifier", "contact", "administrator", "secretary"):
        assert isinstance(refused(world, case, "lapse", who), NotYours)


def test_only_staff_open_a_case_and_only_for_themselves(world: World) -> None:
    for who in ("contact", "regent"):
        with pytest.raises(NotYours, match=r"tidak dapat membuka|untuk dirinya sendiri"):
            world.open(who)
    with pytest.raises(NotYours):
        world.database.write(world.engine.open, "internship", THE_SYSTEM, {}, world.at)


# --- Forms -----------------------------------------------------------------------------------------------------------


def test_unknown_wrong_and_missing_fields_are_all_named_at_once_with_their_labels(world: World) -> None:
    case = world.open()
    wrong = {"section": 7, "starts_on": "Senin", "estimate": "banyak", "color": "biru"}
    problem = refused(world, case, "submit", "nurse", wrong)
    assert isinstance(problem, InvalidForm)
    assert {(fault.field, fault.label) for fault in problem.fields} == {
        ("section", "Bagian yang dituju"),
        ("starts_on", "Tanggal mulai"),
        ("estimate", "Perkiraan biaya (rupiah)"),
        ("color", "color"),
        ("host", "Instansi penerima"),
        ("ends_on", "Tanggal selesai"),
        ("competency", "Kompetensi yang dikembangkan"),
        ("goal", "Tujuan"),
    }


def test_a_step_that_asks_for_nothing_takes_nothing(world: World) -> None:
    case = world.road("introduce")
    problem = refused(world, case, "start", "nurse", {"note": "Ya"})
    assert isinstance(problem, InvalidForm)
    assert [fault.field for fault in problem.fields] == ["note"]


@pytest.mark.parametrize(
    ("until", "trigger", "who", "form"),
    [
        ("forward", "verify", "verifier", {"budget_line": ["x"], "exemption": {}}),
        ("finish", "confirm_days", "contact", {"numbers": 5, "from_on": [], "until_on": {}}),
        ("finish", "confirm_days", "contact", {"numbers": [[1]], "from_on": "kemarin"}),
        ("finish", "log_day", "nurse", {"worked_on": 20260406, "hours": "tujuh"}),
        ("request_host", "propose_changes", "contact", {"new_starts_on": 1, "fee": "gratis", "conditions": 0}),
        ("report", "assess", "contact", {"scores": 90, "certificate_on": 17, "certificate_file": 5}),
        ("assess", "complete", "verifier", {"cost": "banyak", "proofs": "bukti.pdf"}),
    ],
)
def test_fields_of_the_wrong_kind_are_named_and_never_reach_a_rule(
    one_world: World, until: str, trigger: str, who: str, form: dict[str, Any]
) -> None:
    world = one_world
    case = world.road(until)
    problem = refused(world, case, trigger, who, form)
    assert isinstance(problem, InvalidForm)
    assert {fault.field.split("[")[0] for fault in problem.fields} >= set(form)
    shown = world.preview(case, trigger, who, form).obstacles
    assert shown[0].says == problem.says


def test_a_character_that_cannot_be_stored_is_refused_and_named(world: World) -> None:
    case = world.open()
    problem = refused(world, case, "save", "nurse", {"host": "partner:\0", "section": "ICU"})
    assert isinstance(problem, InvalidForm)
    assert [fault.label for fault in problem.fields] == ["Instansi penerima"]


def test_a_number_of_any_size_is_answered(world: World) -> None:
    case, most = world.open(), 10**12
    for estimate in (most + 1, 10**30, 1e300):
        problem = refused(world, case, "save", "nurse", {"estimate": estimate})
        assert isinstance(problem, InvalidForm)
        assert [fault.field for fault in problem.fields] == ["estimate"]
    world.fire(case, "save", "nurse", {"estimate": most})
    assert stored(world, case).form == {"estimate": most}
    problem = refused(world, world.road("forward", estimate=most), "verify", "verifier", {"budget_line": "none"})
    assert isinstance(problem, Refused)


def test_every_reason_of_every_rule_is_told_together(world: World) -> None:
    case = world.open()
    form = {**REQUEST, "host": "unit:RSUD", "ends_on": "2026-04-01", "funding": "none", "plan_item": ""}
    problem = refused(world, case, "submit", "nurse", form)
    assert isinstance(problem, Refused)
    standing = {reason.rule for reason in problem.reasons if reason.grade.value == "refused"}
    assert standing == {
        "internship.period_is_allowed",
        "internship.host_is_another_institution",
        "internship.plan_or_reason_is_named",
        "internship.estimate_matches_its_source",
    }
    assert all(reason.by for reason in problem.reasons)


def test_a_warning_must_be_acknowledged_and_the_event_says_that_it_was(world: World) -> None:
    change(world, performances.update().values(predicate="Kurang"))
    case = world.open()
    problem = refused(world, case, "submit", "nurse", REQUEST)
    assert isinstance(problem, NotAcknowledged)
    assert problem.more == {"acknowledge": ["internship.performance_is_good"]}
    assert isinstance(
        refused(world, case, "submit", "nurse", REQUEST, acknowledge=("internship.period_is_allowed",)), NotAcknowledged
    )
    world.fire(case, "submit", "nurse", REQUEST, acknowledge=("internship.performance_is_good", "something.else"))
    payload = world.database.read(events_of, case)[-1].payload
    assert payload is not None
    assert payload["acknowledged"] == ["internship.performance_is_good"]


# --- Drafts and files ------------------------------------------------------------------------------------------------


def test_a_draft_grows_and_shrinks_a_field_at_a_time_and_is_not_judged(world: World) -> None:
    case = world.open(form={"section": "ICU", "ends_on": "2020-01-01"})
    world.fire(case, "save", "nurse", {"host": "partner:NOWHERE", "section": ""})
    world.fire(case, "save", "nurse", {"ends_on": None, "goal": "Belajar"})
    assert stored(world, case).form == {"host": "partner:NOWHERE", "goal": "Belajar"}
    assert stored(world, case).state == "drafted"


def test_what_the_draft_says_need_not_be_said_again_when_it_is_submitted(world: World) -> None:
    case = world.open(form={name: value for name, value in REQUEST.items() if name != "goal"})
    assert world.fire(case, "submit", "nurse", {"goal": "Belajar"}).state == "supervisor_review"
    assert stored(world, case).form == {**REQUEST, "goal": "Belajar"}


def test_files_that_are_named_belong_to_the_case_from_then_on(world: World) -> None:
    opened, saved = world.file("nurse"), world.file("nurse")
    case = world.open(form={"attachments": [opened]})
    world.fire(case, "save", "nurse", {"attachments": [opened, saved]})
    rows = world.all(select(files.c.id).where(files.c.case_id == case))
    assert {row.id for row in rows} == {opened, saved}


def test_a_file_of_somebody_else_or_of_another_case_cannot_be_used(world: World) -> None:
    others, elsewhere = world.file("second_nurse"), world.file("nurse")
    case = world.open()
    world.open(form={"attachments": [elsewhere]})
    for wrong in (others, elsewhere, NO_CASE, "bukti.pdf"):
        problem = refused(world, case, "save", "nurse", {"attachments": [wrong]})
        assert isinstance(problem, InvalidForm)
        assert f"berkas {wrong} tidak ada, atau bukan unggahan Anda" in problem.fields[0].says
        with pytest.raises(InvalidForm):
            world.open(form={"attachments": [wrong]})


# --- One act, several steps ------------------------------------------------------------------------------------------


def test_steps_in_a_row_that_fall_to_one_person_are_one_act_and_recorded_as_each(world: World) -> None:
    gone(world, "nursing_head")
    case = world.submitted()
    outcome = world.fire(case, "endorse", "hospital_head", {"note": "Ya."}, then=(world.then("forward"),))
    assert (outcome.state, outcome.version, len(outcome.events), len(outcome.letters)) == ("verification", 4, 2, 1)
    events = world.database.read(events_of, case)[-2:]
    assert [(event.id, event.type) for event in events] == list(
        zip(outcome.events, ("endorse", "forward"), strict=True)
    )
    assert {event.at for event in events} == {world.at}
    assert broken(world.database) == []


def test_steps_in_a_row_are_taken_all_or_none_and_the_one_that_fails_is_named(world: World) -> None:
    case = world.submitted()
    problem = refused(world, case, "endorse", "nursing_head", then=(world.then("forward"),))
    assert isinstance(problem, NotYours)
    assert problem.more["step"] == "forward"
    assert stored(world, case).state == "supervisor_review"
    problem = refused(world, case, "endorse", "nursing_head", then=(world.then("endorse"),))
    assert isinstance(problem, NotNow)
    assert problem.more["step"] == "endorse"


def test_a_step_is_never_taken_of_itself(world: World) -> None:
    gone(world, "nursing_head")
    case = world.submitted()
    assert world.fire(case, "endorse", "hospital_head").state == "agency_review"


# --- Looking ---------------------------------------------------------------------------------------------------------


def test_looking_writes_nothing(world: World) -> None:
    case = world.road("forward")
    before = world.database.read(all_stored)
    for trigger, who, form in (
        ("verify", "verifier", {"budget_line": world.budget_line}),
        ("verify", "nurse", {}),
        ("reject", "verifier", {"rule": 5}),
    ):
        world.preview(case, trigger, who, form)
        # Also where the connection could write.
        world.database.write(world.engine.preview, case, trigger, world.actor(who), form, world.at)
    world.database.write(world.engine.actions, case, world.actor("verifier"), world.at)
    assert world.database.read(all_stored) == before


def test_preview_says_what_a_rule_still_needs_to_be_told(world: World) -> None:
    judgement = world.preview(world.open(), "submit", "nurse", {"section": "ICU"})
    assert set(judgement.needs) >= {"host", "starts_on", "ends_on", "competency", "goal"}
    assert isinstance(judgement.obstacles[0], InvalidForm)
    assert judgement.reasons, "what can be judged already is judged already"


def test_preview_meets_what_fire_meets(world: World) -> None:
    case = world.submitted()
    for trigger, who, form in (
        ("endorse", "nursing_head", {}),
        ("endorse", "hospital_head", {"note": 1}),
        ("return", "nursing_head", {}),
        ("withdraw", "nurse", {"note": "x"}),
    ):
        obstacles = world.preview(case, trigger, who, form).obstacles
        if obstacles:
            problem = refused(world, case, trigger, who, form)
            assert (type(problem), problem.says, problem.fields) == (
                type(obstacles[0]),
                obstacles[0].says,
                obstacles[0].fields,
            )


def test_the_actions_of_a_state_are_each_judged_for_the_one_who_asks(world: World) -> None:
    case = world.submitted()

    def open_to(who: str) -> dict[str, bool]:
        found = world.database.read(world.engine.actions, case, world.actor(who), world.at)
        return {judgement.arrow.trigger: judgement.seat is not None for judgement in found}

    found = world.database.read(world.engine.actions, case, world.actor("secretary"), world.at)
    nobody = dict.fromkeys((judgement.arrow.trigger for judgement in found), False)
    assert {"endorse", "return", "reject", "withdraw", "replace", "attest"} <= set(nobody)
    assert open_to("secretary") == nobody
    assert open_to("nurse") == nobody | {"withdraw": True}
    assert open_to("nursing_head") == nobody | {"endorse": True, "return": True, "reject": True}
    assert open_to("verifier") == nobody | {"attest": True, "close_departed": True}


# --- What is written -------------------------------------------------------------------------------------------------


def test_a_step_writes_its_event_tasks_deadlines_and_messages_together(world: World) -> None:
    case = world.submitted()
    outcome = world.fire(case, "endorse", "nursing_head", {"note": "Setuju."})
    event = world.database.read(events_of, case)[-1]
    assert (event.id, event.type, event.at) == (outcome.events[0], "endorse", world.at)
    assert event.payload is not None
    assert event.payload["actor"]["role"] == "supervisor"
    assert (event.payload["from"], event.payload["to"]) == ("supervisor_review", "agency_review")
    assert event.payload["given"] == {"note": "Setuju."}
    assert waiting(world, case) == {"hospital_head": "forward return reject"}
    assert {row.state for row in world.all(select(deadlines).where(deadlines.c.case_id == case))} == {"agency_review"}


def test_a_decision_is_stored_with_its_facts_its_revision_and_the_law_it_used(world: World) -> None:
    case = world.road("forward")
    payload = world.database.read(events_of, case)[-1].payload
    assert payload is not None
    decision, place = payload["decisions"]
    assert place["rule"] == "internship_turns.host_has_a_place"
    assert decision["rule"] == "internship.enough_people_stay"
    assert decision["revision"] == 1
    assert decision["grade"] == "allowed"
    assert decision["facts"]["same_post"]["total"] == 4
    assert {used["parameter"] for used in decision["used"]} == {
        "internship.same_post_present",
        "internship.unit_present",
        "internship.presence_counts_from",
    }
    assert all(used["by"] and used["since"] for used in decision["used"])


def test_an_hour_with_a_fraction_is_recorded_and_the_chain_holds(one_world: World) -> None:
    world = one_world
    case = world.road("finish")
    day = {"worked_on": "2026-04-07", "hours": 7.25, "activity": "Dinas malam"}
    world.fire(case, "log_day", "nurse", day)
    payload = world.database.read(events_of, case)[-1].payload
    assert payload is not None
    assert payload["given"]["hours"] == "7.25"
    assert broken(world.database) == []


def test_a_later_entry_of_a_day_takes_the_place_of_one_that_is_not_confirmed(one_world: World) -> None:
    world = one_world
    case = world.road("finish")
    day = {"worked_on": "2026-04-07", "hours": 7, "activity": "Dinas pagi"}
    world.fire(case, "log_day", "nurse", day)
    world.fire(case, "log_day", "nurse", {**day, "hours": 8})
    world.fire(case, "confirm_days", "contact", {"numbers": [2]})
    rows = world.all(select(entries.c.number, entries.c.status).where(entries.c.kind == "logbook"))
    assert {row.number: row.status for row in rows} == {1: "corrected", 2: "confirmed"}
    assert isinstance(refused(world, case, "log_day", "nurse", day), Refused)
    assert isinstance(refused(world, case, "confirm_days", "contact", {"numbers": [1]}), Refused)


def test_a_step_allowed_once_is_not_taken_twice_in_one_stay(world: World) -> None:
    case = world.road("introduce")
    problem = refused(world, case, "introduce", "agency_chief")
    assert isinstance(problem, NotNow)
    assert "sudah dilakukan" in problem.says
    assert "agency_chief" not in waiting(world, case)


def test_a_case_that_is_closed_waits_for_nobody_and_no_time_runs(world: World) -> None:
    case = world.submitted()
    world.fire(case, "reject", "nursing_head", {"reason": "Tidak cukup tenaga."})
    assert waiting(world, case) == {}
    assert world.all(select(deadlines).where(deadlines.c.case_id == case, deadlines.c.done_at.is_(None))) == []
    assert stored(world, case).closed_at == world.at


def test_a_case_keeps_the_version_of_the_process_that_it_began_under(world: World) -> None:
    case = world.submitted()
    found, process = stored(world, case), world.engine.registry.process("internship")
    assert (found.process, found.process_version) == ("internship", process.version)
    assert found.fingerprint == world.engine.registry.fingerprints["internship"]


def test_an_act_that_fails_in_its_unit_leaves_nothing_whatever_came_before(world: World) -> None:
    case = world.submitted()
    before = world.database.read(all_stored)

    def both(conn: Connection) -> Outcome:
        world.engine.fire(conn, case, "endorse", world.actor("nursing_head"), {}, world.at)
        return world.engine.fire(conn, case, "forward", world.actor("nursing_head"), {}, world.at)

    with pytest.raises(NotYours):
        world.database.write(both)
    assert world.database.read(all_stored) == before


def test_a_completed_case_is_credited_once(one_world: World) -> None:
    world = one_world
    case = world.road("complete")
    assert isinstance(refused(world, case, "complete", "verifier", {"without_cost": True}), NotNow)
    assert world.all(select(func.count()).select_from(hour_evidence))[0][0] == 1


def test_what_is_owed_is_written_in_the_same_transaction(world: World) -> None:
    case = world.road("forward")
    rows = world.all(select(effects.c.kind, effects.c.due_at).where(effects.c.due_at == world.at))
    assert {row.kind for row in rows} == {"render", "message", "standing"}
    assert world.all(select(tasks.c.assignee_id).where(tasks.c.case_id == case))


def test_a_repealed_parameter_refuses_the_step_with_its_reason_and_does_not_crash(
    one_world: World, tmp_path: Path
) -> None:
    (tmp_path / "internship.toml").write_text(
        """
        [agency_days]
        says = "Waktu bagi kepala perangkat daerah untuk memutus"
        unit = "hari kerja"
        since = [{ from = 2020-01-01, repealed = true, by = "Praktik daerah" }]
        """
    )
    case = one_world.submitted()
    office = replace(one_world.engine.office, policies=Policies.load(tmp_path))
    one_world.engine = replace(one_world.engine, office=office)
    with pytest.raises(Refused, match=r"agency_days tidak berlaku"):
        one_world.fire(case, "endorse", "nursing_head")
