"""To whom the letters of an internship go, and by which law, whoever it is that goes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from tests import circumstances
from tests.stages import DAY, FIRST, GUIDE, LAST, REPORT, SCORES
from tests.witness import body, credited, frame, last_payload, letters_of, waiting
from tests.world import World
from workflow.tables import positions

Standing = Callable[[str], tuple[World, str]]
BKPSDM = "Kepala Badan Kepegawaian dan Pengembangan Sumber Daya Manusia"
INSIDE: dict[str, Any] = {"host": "unit:DINKES", "section": "Bidang Pelayanan", "funding": "none", "estimate": 0}
SECRETARIAT = {**INSIDE, "host": "unit:SETDA"}
WHERE: dict[str, dict[str, Any]] = {"outside": {}, "inside": INSIDE, "secretariat": SECRETARIAT}
BECAUSE = {"reason": "Bupati memerlukan yang bersangkutan."}
FREE = {**BECAUSE, "without_cost": True}


def whoever_may(world: World, case: str, trigger: str, form: dict[str, Any] | None = None) -> str:
    """Somebody whom the case waits for takes a step; answers who."""
    who = next(name for name, triggers in waiting(world, case).items() if trigger in triggers.split())
    world.fire(case, trigger, who, form)
    return who


def sent(world: World, who: str, **changes: Any) -> str:
    """The internship of anybody, up to the surat pengantar."""
    case = world.submitted(who, **changes)
    for trigger, form in (("endorse", None), ("forward", None), ("verify", {"budget_line": world.budget_line})):
        whoever_may(world, case, trigger, form)
    whoever_may(world, case, "request_host")
    whoever_may(world, case, "confirm", GUIDE)
    whoever_may(world, case, "assign")
    whoever_may(world, case, "introduce")
    return case


def completed(world: World, who: str, **changes: Any) -> str:
    """The internship of anybody to its end, the last certificate signed."""
    case = sent(world, who, **changes)
    world.go_to(FIRST)
    world.fire(case, "start", who)
    world.go_to(LAST)
    for day in range(6, 18):
        world.fire(case, "log_day", who, {**DAY, "worked_on": f"2026-04-{day:02}"})
    host = whoever_may(world, case, "confirm_days", {"until_on": "2026-04-17"})
    world.fire(case, "finish", host)
    world.fire(case, "report", who, REPORT)
    paper = {"certificate_number": "445/17/2026", "certificate_on": "2026-04-17"}
    own = {} if changes.get("host", "").startswith("unit:") else {**paper, "certificate_file": world.file(host)}
    world.fire(case, "assess", host, {**SCORES, **own})
    whoever_may(world, case, "complete", {"without_cost": True})
    (certificate,) = letters_of(world, case, "internship_credit_certificate")
    if certificate.signed_at is None:
        (signatory,) = [name for name, asked in waiting(world, case).items() if "sign" in asked]
        world.sign(certificate.id, signatory)
    return case


def letter(world: World, case: str, kind: str) -> dict[str, Any]:
    """What stands around the only letter of a kind."""
    (row,) = letters_of(world, case, f"internship_{kind}")
    return frame(row)


def addressed(said: dict[str, Any]) -> tuple[str, str, list[str]]:
    """Who signs a letter, to whom it goes, and who gets a copy."""
    (block,) = said["signatures"]
    return block["title"], ", ".join(said["addressee"]), said["copies"]


def reaches_nobody_twice(world: World, case: str, who: str) -> None:
    """No letter goes to the one who signs it, nor with a copy to them, to the addressee or to the one whom it is about."""
    posts = {row.title: row.holder_id for row in world.all(select(positions))}
    for row in letters_of(world, case):
        signatory, addressee, copies = addressed(frame(row))
        post = signatory.removeprefix("Plt. ").removeprefix("Plh. ")
        apart = {post, addressee, *(title for title, holder in posts.items() if holder == world.ids[who])}
        assert addressee != post, row.kind
        assert posts.get(addressee) != row.signed_by, row.kind
        assert posts.get(addressee) != world.ids[who], row.kind
        assert not set(copies) & apart, row.kind


# --- To whom they go -------------------------------------------------------------------------------------------------


WHO = ("nurse", "verifier", "hospital_head", "agency_chief", "secretary")
#: One's own unit is no host.
GOES = [(who, where) for who in WHO for where in WHERE if (who, where) != ("secretary", "secretariat")]


@pytest.mark.parametrize(("who", "where"), GOES)
def test_no_letter_goes_to_the_one_who_signs_it(office: World, who: str, where: str) -> None:
    host = WHERE[where]
    case = completed(office, who, **host)
    assert len(letters_of(office, case)) == (6 if host else 5)
    reaches_nobody_twice(office, case, who)


def test_the_head_of_the_personnel_agency_is_proposed_to_the_regent_by_the_secretary(office: World) -> None:
    """Whom the proposal would go to is the one who goes, and the next above signs it."""
    case = completed(office, "agency_chief")
    assert addressed(letter(office, case, "proposal")) == ("Sekretaris Daerah", "Bupati Kemuning", [])
    assert letter(office, case, "proposal")["standing"] == "above"
    assert addressed(letter(office, case, "request"))[2] == []
    assert addressed(letter(office, case, "assignment")) == ("Sekretaris Daerah", "", [])
    assert addressed(letter(office, case, "introduction"))[2] == []
    assert addressed(letter(office, case, "credit_certificate"))[0] == "Sekretaris Daerah"


def test_staff_of_the_personnel_agency_are_proposed_to_the_secretary(office: World) -> None:
    """Their head would write to their own post, in a letter and in every copy."""
    case = completed(office, "verifier")
    assert addressed(letter(office, case, "proposal")) == (BKPSDM, "Sekretaris Daerah", [])
    assert letter(office, case, "proposal")["standing"] == "above"
    assert addressed(letter(office, case, "request"))[2] == [BKPSDM]
    assert addressed(letter(office, case, "assignment")) == (BKPSDM, "", [])
    assert addressed(letter(office, case, "introduction"))[2] == []


def test_the_secretary_is_proposed_by_the_regent_who_gets_a_copy_of_what_others_sign(office: World) -> None:
    case = completed(office, "secretary")
    assert addressed(letter(office, case, "proposal")) == ("Bupati Kemuning", BKPSDM, [])
    assert letter(office, case, "proposal")["standing"] == "below"
    assert addressed(letter(office, case, "request")) == ("Bupati Kemuning", "Pimpinan Rumah Sakit Provinsi Contoh", [])
    assert addressed(letter(office, case, "assignment")) == ("Bupati Kemuning", "", [BKPSDM])
    assert addressed(letter(office, case, "introduction"))[0::2] == (BKPSDM, ["Bupati Kemuning"])


def test_the_head_of_a_unit_is_proposed_by_the_secretary_who_needs_no_copy_of_it(office: World) -> None:
    case = completed(office, "hospital_head")
    assert addressed(letter(office, case, "proposal")) == ("Sekretaris Daerah", BKPSDM, [])
    assert addressed(letter(office, case, "request"))[2] == []
    assert addressed(letter(office, case, "introduction"))[2] == ["Sekretaris Daerah"]


def test_one_who_stands_in_at_two_posts_does_not_write_from_the_one_to_the_other(standing_at: Standing) -> None:
    """The head of the personnel agency is Plt. director of the hospital."""
    world, case = standing_at("agency_review")
    circumstances.alter(world, "hospital_head", left_on=date(2026, 3, 1))
    days = {"from_on": date(2026, 3, 1), "until_on": date(2026, 6, 30)}
    circumstances.stands_in(world, "agency_chief", instead_of="hospital_head", kind="plt", **days)
    world.sweep()
    world.fire(case, "forward", "agency_chief")
    assert addressed(letter(world, case, "proposal"))[:2] == (
        "Plt. Direktur Rumah Sakit Umum Daerah",
        "Sekretaris Daerah",
    )


def test_the_head_who_recalls_own_staff_of_the_personnel_agency_gets_no_copy_of_it(office: World) -> None:
    case = sent(office, "verifier")
    office.go_to(FIRST)
    office.fire(case, "start", "verifier")
    office.fire(case, "recall", "agency_chief", FREE)
    assert addressed(letter(office, case, "recall")) == (BKPSDM, "Pimpinan Rumah Sakit Provinsi Contoh", [])


@pytest.mark.parametrize("who", ["agency_chief", "secretary"])
def test_what_cancels_a_letter_does_not_go_to_its_signatory_either(office: World, who: str) -> None:
    case = sent(office, who)
    office.fire(case, "cancel", "verifier", BECAUSE)
    unsigned = letters_of(office, case, "internship_cancellation")
    assert len(unsigned) == (1 if who == "agency_chief" else 2)
    for row in unsigned:
        office.sign(
            row.id, "regent" if row.position_id == "regent" else {"agency_chief": "secretary"}.get(who, "agency_chief")
        )
    reaches_nobody_twice(office, case, who)


def test_a_superior_is_not_spoken_to_like_an_equal(office: World) -> None:
    case = sent(office, "nurse", **SECRETARIAT)
    assert letter(office, case, "request")["standing"] == "above"
    other = sent(office, "second_nurse", **INSIDE)
    assert letter(office, other, "request")["standing"] == "level"


# --- By which law ----------------------------------------------------------------------------------------------------


def test_contract_staff_are_sent_and_certified_by_the_law_that_applies_to_them(office: World) -> None:
    circumstances.alter(office, "nurse", asn_kind="PPPK", grade="IX", contract_ends_on=date(2028, 12, 31))
    case = completed(office, "nurse")
    for kind in ("internship_assignment", "internship_credit_certificate"):
        (row,) = letters_of(office, case, kind)
        numbers = [title.partition(" tentang ")[0] for title in body(row)["basis"]]
        assert numbers == [
            "Undang-Undang Nomor 20 Tahun 2023",
            "Peraturan Pemerintah Nomor 49 Tahun 2018",
            "Peraturan Lembaga Administrasi Negara Nomor 15 Tahun 2020",
        ]


def test_permanent_staff_are_sent_and_certified_by_theirs(office: World) -> None:
    case = completed(office, "nurse")
    for kind in ("internship_assignment", "internship_credit_certificate"):
        (row,) = letters_of(office, case, kind)
        numbers = [title.partition(" tentang ")[0] for title in body(row)["basis"]]
        assert numbers == [
            "Undang-Undang Nomor 20 Tahun 2023",
            "Peraturan Pemerintah Nomor 11 Tahun 2017",
            "Peraturan Lembaga Administrasi Negara Nomor 10 Tahun 2018",
        ]


# --- Abroad ----------------------------------------------------------------------------------------------------------


def test_a_host_abroad_is_named_with_its_country_and_credited_at_its_rate(office: World) -> None:
    """The list of partners says where it is; whoever completes it has seen the higher rate, and the event keeps why."""
    circumstances.lies_in(office, "Malaysia")
    case = completed(office, "nurse")
    for kind in ("request", "introduction"):
        assert letter(office, case, kind)["addressee_place"] == "Sungai Jernih, Malaysia"
    (certificate,) = letters_of(office, case, "internship_credit_certificate")
    assert (body(certificate)["host"]["country"], body(certificate)["hours"]) == ("Malaysia", 24)
    assert credited(office, "nurse") == [(24, "C11")]


def test_nobody_can_wish_themselves_abroad(office: World) -> None:
    """A unit of our own is never abroad, and what no list says is at home."""
    case = completed(office, "nurse", **INSIDE)
    assert credited(office, "nurse") == [(20, "C11")]
    (certificate,) = letters_of(office, case, "internship_credit_certificate")
    assert "country" not in body(certificate)["host"]


def test_the_country_that_decided_the_hours_is_among_the_facts(standing_at: Standing) -> None:
    world, case = standing_at("final_verification")
    circumstances.lies_in(world, "Jepang")
    world.fire(case, "complete", "verifier", {"without_cost": True})
    (decided,) = [
        each
        for each in last_payload(world, case)["decisions"]
        if each["rule"] == "internship_conduct.hours_follow_the_hosts_country"
    ]
    assert decided["facts"] == {"host_country": "Jepang"}
    assert [used["value"] for used in decided["used"]] == [24]
    assert last_payload(world, case)["acknowledged"] == ["internship_conduct.hours_follow_the_hosts_country"]


# --- What they say ---------------------------------------------------------------------------------------------------


def test_a_round_mean_is_written_as_a_number(standing_at: Standing) -> None:
    world, case = standing_at("host_assessment")
    paper = {
        "certificate_number": "445/17/2026",
        "certificate_on": "2026-04-17",
        "certificate_file": world.file("contact"),
    }
    world.fire(case, "assess", "contact", {"scores": [{"aspect": "Kedisiplinan", "score": 90}], **paper})
    world.fire(case, "complete", "verifier", {"without_cost": True})
    (certificate,) = letters_of(world, case, "internship_credit_certificate")
    assert body(certificate)["score"] == "90"


def test_a_certificate_names_the_hosts_paper_and_why_it_did_not_assess_again(standing_at: Standing) -> None:
    world, case = _returned_with_another_day(standing_at)
    world.fire(case, "waive_assessment", "verifier", {"reason": "Pembimbing lapangan sudah pindah.", "numbers": []})
    world.fire(case, "complete", "verifier", {"without_cost": True})
    said = body(letters_of(world, case, "internship_credit_certificate")[0])
    assert said["host_certificate"]["number"] == "445/17/RSPROV/2026"
    assert said["waived_reason"] == "Pembimbing lapangan sudah pindah."


def test_a_waiver_that_an_assessment_followed_is_not_spoken_of(standing_at: Standing) -> None:
    world, case = _returned_with_another_day(standing_at)
    world.fire(case, "waive_assessment", "verifier", {"reason": "Pembimbing lapangan sudah pindah."})
    world.fire(case, "return", "verifier", {"to_mend": "Hari Minggu belum dicatat."})
    world.fire(case, "log_day", "nurse", {**DAY, "worked_on": "2026-04-12"})
    world.fire(case, "report", "nurse", REPORT)
    paper = {
        "certificate_number": "445/18/2026",
        "certificate_on": "2026-05-11",
        "certificate_file": world.file("contact"),
    }
    world.fire(case, "assess", "contact", {**SCORES, **paper})
    world.fire(case, "complete", "verifier", {"without_cost": True})
    said = body(letters_of(world, case, "internship_credit_certificate")[0])
    assert (said["host_certificate"]["number"], said["waived_reason"]) == ("445/18/2026", None)


def _returned_with_another_day(standing_at: Standing) -> tuple[World, str]:
    """The host assessed; then a day was added, and it let the time for assessing again pass."""
    world, case = standing_at("final_verification")
    world.fire(case, "return", "verifier", {"to_mend": "Hari Sabtu belum dicatat."})
    world.fire(case, "log_day", "nurse", {**DAY, "worked_on": "2026-04-11"})
    world.fire(case, "report", "nurse", REPORT)
    world.go_to(date(2026, 5, 11))
    return world, case
