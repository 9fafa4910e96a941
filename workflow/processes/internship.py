"""Magang antarinstansi: from the request, by way of superiors, personnel agency and host, to the credited hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import policies.internship as policy
import policies.internship_conduct as conduct
import policies.internship_host as hosting
from policies.records import Proposal
from workflow.definition import (
    SAME,
    SYSTEM,
    WAITING,
    Among,
    Apart,
    Escalate,
    Fire,
    Letter,
    Mark,
    Occupancy,
    OnDate,
    Posting,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Attestation, Because, Note, Refusal, SpendingBecause, ToMend
from workflow.forms.internship import (
    ASSESSMENT,
    ATTESTATION,
    CONSENT,
    HOST_REPLY,
    LOGBOOK,
    PROPOSAL,
    REPORT,
    VERIFICATION,
    WAIVER,
    Assessment,
    Completion,
    DayConfirmation,
    EarlyEnd,
    FinalReport,
    HostProposal,
    HostReply,
    InternshipRequest,
    LogbookDay,
    OtherHost,
    Unmet,
    Verification,
    Waiver,
)  # fmt: skip
from workflow.letters import bodies

# --- Official letters ------------------------------------------------------------------------------------------------

PROPOSAL_LETTER = Letter(
    name="internship_proposal",
    title="Surat usulan",
    body=bodies.InternshipProposal,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Usulan magang pegawai",
    within=policy.SIGNATURE_DAYS,
    to="personnel_head",
)
HOST_REQUEST = Letter(
    name="internship_request",
    title="Surat permohonan magang",
    body=bodies.InternshipRequest,
    signer="signatory",
    classification="800.1.4.1",
    subject="Permohonan magang",
    within=policy.SIGNATURE_DAYS,
    to="host",
    copies=("agency_head",),
    for_regent=True,
)
ASSIGNMENT = Letter(
    name="internship_assignment",
    title="Surat tugas",
    body=bodies.InternshipAssignment,
    signer="assigner",
    classification="800.1.11.1",
    subject="Penugasan magang",
    within=policy.SIGNATURE_DAYS,
    copies=("personnel_head",),
)
INTRODUCTION = Letter(
    name="internship_introduction",
    title="Surat pengantar",
    body=bodies.InternshipIntroduction,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Pengantar peserta magang",
    within=policy.SIGNATURE_DAYS,
    to="host",
    copies=("agency_head",),
)
HOST_CERTIFICATE = Letter(
    name="internship_host_certificate",
    title="Surat keterangan selesai magang",
    body=bodies.HostCertificate,
    signer="host",
    classification="800.1.4.1",
    subject="Keterangan selesai magang",
    within=policy.SIGNATURE_DAYS,
    when=hosting.host_is_inside,
    when_says="hanya bila instansi penerima adalah perangkat daerah sendiri",
)
CREDIT_CERTIFICATE = Letter(
    name="internship_credit_certificate",
    title="Surat keterangan JP",
    body=bodies.CreditCertificate,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Keterangan pengembangan kompetensi",
    within=policy.SIGNATURE_DAYS,
)
RECALL = Letter(
    name="internship_recall",
    title="Surat penarikan peserta",
    body=bodies.InternshipRecall,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Penarikan peserta magang",
    within=policy.SIGNATURE_DAYS,
    to="host",
    copies=("personnel_head",),
)
CANCELLATION = Letter(
    name="internship_cancellation",
    title="Surat pembatalan",
    body=bodies.InternshipCancellation,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Pembatalan magang",
    within=policy.SIGNATURE_DAYS,
    cancels=("internship_request", "internship_assignment", "internship_introduction"),
)

# --- What a step changes in the request ------------------------------------------------------------------------------


@dataclass(frozen=True)
class SourceFacts:
    """The source of cost that the verifier chose."""

    budget_line: str


def with_source(facts: SourceFacts) -> dict[str, Any]:
    """The verifier's choice becomes the request's."""
    return {"budget_line": facts.budget_line}


@dataclass(frozen=True)
class OtherHostFacts:
    """What is given for another host; the period and the cost stay where nothing is given."""

    given: dict[str, Any]


def with_other_host(facts: OtherHostFacts) -> dict[str, Any]:
    """The new host, and the period and cost that change with it."""
    return {name: value for name, value in facts.given.items() if value is not None}


@dataclass(frozen=True)
class ProposalFacts:
    """The host's offer and the request that it answers."""

    proposal: Proposal | None
    starts_on: date
    ends_on: date
    estimate: int
    funding: str
    budget_line: str


def as_proposed(facts: ProposalFacts) -> dict[str, Any]:
    """The offered dates, and the fee: it falls to the agency's budget, on top of what that was to bear already."""
    if facts.proposal is None:
        return {}
    fee = facts.proposal.fee
    ours = facts.funding == "agency_budget"
    return {
        "starts_on": facts.proposal.starts_on or facts.starts_on,
        "ends_on": facts.proposal.ends_on or facts.ends_on,
        "estimate": facts.estimate + fee if ours or not fee else fee,
        "funding": "agency_budget" if fee else facts.funding,
        "budget_line": facts.budget_line,
    }


# --- The procedure ---------------------------------------------------------------------------------------------------

ELIGIBLE = (policy.participant_is_in_service, policy.participant_bears_no_heavy_sanction)
AVAILABLE = (policy.period_is_allowed, policy.participant_is_free, policy.contract_outlasts_the_internship)
ASKED = (policy.host_is_another_institution, policy.plan_or_reason_is_named, policy.estimate_matches_its_source)

UNDER_REVIEW = ("supervisor_review", "agency_review", "verification")
BEFORE_ASSIGNMENT = (
    *UNDER_REVIEW,
    "awaiting_signature",
    "awaiting_host",
    "host_proposal",
    "host_unavailable",
    "accepted",
)
ON_SITE = ("ongoing", "reporting", "host_assessment")

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="internship",
    title="Magang antarinstansi",
    version=1,
    basis=("UU 20/2023 Pasal 49", "PP 11/2017 Pasal 203 ayat (4)", "PP 49/2018 Pasal 40", "PerLAN 10/2018", "PerLAN 15/2020"),
    form=InternshipRequest,
    opened_by="participant",
    seen_by=("bkpsdm.verifier", "auditor"),
    period=("starts_on", "ends_on"),
    activity="C11",
    retraced_by=("host", "starts_on", "ends_on", "funding", "estimate"),
    apart=(Apart("signatory", to="host"), Apart("personnel_head", to="host"), Apart("verifier", to="host")),
    roles=(
        Role("participant", "Peserta magang", person=True),
        Role("supervisor", "Atasan langsung", of="participant"),
        Role("agency_head", "Kepala perangkat daerah", heads="participant"),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("signatory", "Penandatangan permohonan", find=hosting.who_asks_the_host,
            says="pejabat yang ditetapkan bagi instansi penerima di dalam atau di luar pemerintah daerah"),
        Role("host", "Instansi penerima", partner="host"),
        Role("assigner", "Pemberi tugas", find=policy.who_assigns,
            says="kepala perangkat daerah bagi pegawainya sendiri; Sekretaris Daerah bila peserta sendiri kepala perangkat daerah"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
    ),
    states=(
        State("drafted", "Draf", waits=("participant",), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("supervisor_review", "Menunggu persetujuan atasan langsung", waits=("supervisor",),
            within=policy.SUPERVISOR_DAYS, late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.HELD),
        State("agency_review", "Menunggu persetujuan kepala perangkat daerah", waits=("agency_head",),
            within=policy.AGENCY_DAYS, late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.HELD),
        State("verification", "Dalam verifikasi", waits=("verifier",), within=policy.VERIFICATION_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("awaiting_signature", "Menunggu tanda tangan permohonan", waits=("signatory",), within=policy.SIGNATURE_DAYS,
            late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.ABSENT),
        State("awaiting_host", "Menunggu balasan instansi penerima", waits=("host",), within=hosting.HOST_REPLY_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.5, to="verifier"), Fire("lapse", 2.0)), occupies=Occupancy.ABSENT),
        State("host_proposal", "Menunggu jawaban atas usul instansi penerima", waits=("agency_head", "verifier"),
            within=hosting.PROPOSAL_DAYS, late=(Remind(0.6), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("host_unavailable", "Instansi penerima tidak tersedia", waits=("participant", "verifier"),
            within=hosting.OTHER_HOST_DAYS, late=(Remind(0.5), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("accepted", "Diterima instansi penerima", waits=("assigner",), within=policy.ASSIGNMENT_DAYS,
            late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.ABSENT),
        State("assigned", "Ditugaskan", waits=("personnel_head", "host", "participant"),
            late=(Fire("start", OnDate("starts_on", working=True), again=True, until="ends_on"),
                Escalate(OnDate("ends_on", plus=1), to="verifier")),
            occupies=Occupancy.ABSENT),
        State("ongoing", "Sedang berlangsung", waits=("participant", "host"),
            late=(Fire("finish", OnDate("ends_on", plus=1), again=True),), occupies=Occupancy.ABSENT),
        State("reporting", "Menunggu laporan akhir", waits=("participant",), within=conduct.REPORT_DAYS,
            late=(Remind(0.6), Remind(1.0), Escalate(1.0, to="verifier")), occupies=Occupancy.ABSENT),
        State("host_assessment", "Menunggu penilaian instansi penerima", waits=("host",), within=conduct.ASSESSMENT_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="verifier")), occupies=Occupancy.ABSENT),
        State("final_verification", "Dalam verifikasi akhir", waits=("verifier",), within=conduct.FINAL_VERIFICATION_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("completed", "Selesai", final=True),
        State("rejected", "Ditolak", final=True),
        State("declined", "Tidak dilanjutkan", final=True),
        State("withdrawn", "Ditarik pemohon", final=True),
        State("cancelled", "Dibatalkan", final=True),
        State("recalled", "Ditarik instansi asal", final=True),
        State("unmet", "Tidak memenuhi", final=True),
    ),
    transitions=(
        # The request and its approval at home
        Transition("save", "drafted", SAME, by="participant", title="Simpan draf", takes=InternshipRequest, partial=True,
            restarts_clock=True),
        Transition("submit", "drafted",
            Among(policy.where_a_request_goes, UNDER_REVIEW,
                says="yang dikembalikan langsung kepada yang mengembalikannya, kecuali bila instansi, tanggal, atau biaya berubah"),
            by="participant", title="Ajukan", takes=InternshipRequest,
            guards=(*ELIGIBLE, *AVAILABLE, *ASKED, policy.performance_is_good)),
        Transition("endorse", "supervisor_review", "agency_review", by="supervisor", title="Setujui", takes=Note),
        Transition("forward", "agency_review", "verification", by="agency_head", title="Teruskan ke BKPSDM", takes=Note,
            guards=(policy.enough_people_stay,), issues=(PROPOSAL_LETTER,)),
        Transition("verify", "verification", "awaiting_signature", by="verifier", title="Nyatakan memenuhi syarat",
            takes=Verification,
            guards=(*ELIGIBLE, conduct.the_period_is_not_over, policy.enough_people_stay,
                hosting.agreement_covers_the_period, hosting.budget_has_room),
            amends=with_source, writes=VERIFICATION),
        Transition("return", UNDER_REVIEW, "drafted", by=WAITING, title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("participant",)),
        Transition("reject", ("supervisor_review", "agency_review"), "rejected", by=WAITING, title="Tolak", takes=Because,
            tells=("participant",)),
        Transition("reject", "verification", "rejected", by="verifier", title="Tolak", takes=Refusal,
            guards=(policy.rejection_cites_a_regulation,), tells=("participant",)),
        Transition("reject", "awaiting_signature", "rejected", by="signatory", title="Tolak", takes=Because,
            tells=("participant",)),
        Transition("withdraw", "drafted", "withdrawn", by=("participant", SYSTEM), title="Tarik kembali", takes=Note,
            posts=(Posting.RELEASE,), tells=("host", "participant")),
        Transition("withdraw", BEFORE_ASSIGNMENT, "withdrawn", by="participant", title="Tarik kembali", takes=Note,
            posts=(Posting.RELEASE,), tells=("host",)),
        # The host
        Transition("request_host", "awaiting_signature", "awaiting_host", by="signatory", title="Tanda tangani permohonan",
            takes=Note, guards=(conduct.the_period_is_not_over, hosting.budget_has_room), issues=(HOST_REQUEST,),
            posts=(Posting.RESERVE,)),
        Transition("send_back", "awaiting_signature", "verification", by="signatory", title="Kembalikan ke verifikator",
            takes=ToMend),
        Transition("confirm", "awaiting_host", "accepted", by="host", title="Nyatakan bersedia", takes=HostReply,
            writes=HOST_REPLY),
        Transition("propose_changes", "awaiting_host", "host_proposal", by="host", title="Usulkan perubahan",
            takes=HostProposal, guards=(hosting.the_offer_says_what_changes,), writes=PROPOSAL),
        Transition("consent_changes", "host_proposal", SAME, by="agency_head", title="Setujui perubahan", takes=Note,
            writes=CONSENT, once=True, when=hosting.dates_or_cost_change, when_says="tanggal atau biaya berubah"),
        Transition("accept_changes", "host_proposal", "accepted", by="verifier", title="Terima usul", takes=Verification,
            amends=as_proposed,
            guards=(hosting.head_consents_where_needed, *AVAILABLE, policy.enough_people_stay,
                hosting.agreement_covers_the_period, hosting.budget_has_room),
            posts=(Posting.RESERVE,), tells=("host", "participant")),
        Transition("decline_changes", "host_proposal", "awaiting_host", by="verifier", title="Tolak usul", takes=Because,
            tells=("host",)),
        Transition("decline", "awaiting_host", "host_unavailable", by="host", title="Nyatakan tidak bersedia", takes=Because),
        Transition("lapse", "awaiting_host", "host_unavailable", by=SYSTEM, title="Lewat waktu tanpa balasan", tells=("host",)),
        Transition("change_host", "host_unavailable",
            Among(policy.where_another_host_goes, ("verification", "supervisor_review"),
                says="melalui atasan lagi hanya bila tanggal atau biaya berubah"),
            by="participant", title="Ganti instansi penerima", takes=OtherHost, amends=with_other_host,
            guards=(policy.host_is_a_different_one, policy.host_is_another_institution, *AVAILABLE,
                policy.estimate_matches_its_source),
            posts=(Posting.RELEASE,)),
        Transition("close", "host_unavailable", "declined", by="verifier", title="Tutup berkas", takes=Because,
            posts=(Posting.RELEASE,), tells=("participant",)),
        # Assignment
        Transition("assign", "accepted", "assigned", by="assigner", title="Terbitkan surat tugas", takes=Note,
            guards=(conduct.the_period_is_not_over,), issues=(ASSIGNMENT,), posts=(Posting.COMMIT,)),
        Transition("introduce", "assigned", SAME, by="personnel_head", title="Terbitkan surat pengantar", takes=Note,
            issues=(INTRODUCTION,), once=True),
        Transition("start", "assigned", "ongoing", by=("host", "participant", SYSTEM), title="Mulai magang",
            guards=(conduct.the_period_has_come,), after=(INTRODUCTION,)),
        Transition("cancel", ("accepted", "assigned"), "cancelled", by="verifier", title="Batalkan", takes=Because,
            issues=(CANCELLATION,), posts=(Posting.RELEASE,), tells=("host", "participant")),
        # At the host
        Transition("log_day", ON_SITE, SAME, by="participant", title="Catat kegiatan harian", takes=LogbookDay,
            guards=(conduct.the_day_can_be_logged,), writes=LOGBOOK),
        Transition("confirm_days", ON_SITE, SAME, by="host", title="Konfirmasi catatan harian", takes=DayConfirmation,
            guards=(conduct.chosen_numbers_are_open, conduct.days_are_chosen), marks=Mark(LOGBOOK, "confirmed")),
        Transition("finish", "ongoing", "reporting", by=("host", SYSTEM), title="Nyatakan magang berakhir",
            guards=(conduct.the_period_is_over,)),
        Transition("end_early", "ongoing", "reporting", by=("host", "agency_head"), title="Akhiri lebih awal", takes=EarlyEnd,
            guards=(conduct.the_last_day_is_within_the_period,), ends_period="last_day", tells=("participant",)),
        Transition("recall", "ongoing", "recalled", by="agency_head", title="Tarik peserta", takes=SpendingBecause,
            guards=(conduct.cost_is_accounted_for,), issues=(RECALL,), posts=(Posting.SPEND, Posting.RELEASE, Posting.CREDIT),
            credits=conduct.CREDIT_WHEN_RECALLED, tells=("host", "participant")),
        # Afterwards
        Transition("report", "reporting",
            Among(conduct.where_a_report_goes, ("host_assessment", "final_verification"),
                says="langsung ke verifikasi akhir bila instansi penerima sudah menilai dan catatan harian tidak berubah"),
            by="participant", title="Sampaikan laporan", takes=FinalReport, writes=REPORT),
        Transition("assess", "host_assessment", "final_verification", by="host", title="Nilai peserta", takes=Assessment,
            guards=(conduct.host_certificate_is_complete,), writes=ASSESSMENT, issues=(HOST_CERTIFICATE,)),
        Transition("waive_assessment", "host_assessment", "final_verification", by="verifier",
            title="Lanjutkan tanpa penilaian", takes=Waiver,
            guards=(conduct.the_host_is_late, conduct.chosen_numbers_are_open, conduct.attested_days_are_proven),
            writes=WAIVER, marks=Mark(LOGBOOK, "attested")),
        Transition("complete", "final_verification", "completed", by="verifier", title="Nyatakan selesai", takes=Completion,
            guards=(conduct.attendance_is_enough, conduct.hours_follow_the_hosts_country, conduct.cost_is_accounted_for),
            issues=(CREDIT_CERTIFICATE,),
            posts=(Posting.SPEND, Posting.RELEASE, Posting.CREDIT), tells=("participant", "supervisor")),
        Transition("return", "final_verification", "reporting", by="verifier", title="Kembalikan untuk perbaikan",
            takes=ToMend, pauses_clock=True, tells=("participant",)),
        Transition("close_unmet", ("reporting", "host_assessment", "final_verification"), "unmet", by="verifier",
            title="Nyatakan tidak memenuhi", takes=Unmet, guards=(conduct.late_or_with_a_reason, conduct.cost_is_accounted_for),
            posts=(Posting.SPEND, Posting.RELEASE), tells=("participant", "supervisor")),
        # What the import did not know
        Transition("attest", (*UNDER_REVIEW, "drafted", "host_proposal", "host_unavailable", *ON_SITE, "final_verification"),
            SAME, by="verifier", title="Catat keterangan dengan bukti", takes=Attestation, writes=ATTESTATION),
    ),
)
# fmt: on
