"""Pertukaran pegawai: one of ours goes to an institution outside, one of theirs comes, for the same period."""

from __future__ import annotations

import policies.exchange as policy
import policies.internship as person
import policies.internship_conduct as conduct
import policies.internship_moves as moves
from workflow.definition import (
    SAME,
    SYSTEM,
    WAITING,
    Apart,
    Escalate,
    Fire,
    Occupancy,
    OnDate,
    Posting,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Because, Note, ToMend
from workflow.forms.exchange import (
    ASSESSMENT,
    COORDINATION,
    PARTNER_REPLY,
    REPORT,
    Coordination,
    EarlyEnd,
    ExchangeRequest,
    PartnerReply,
    PerformanceAssessment,
)
from workflow.forms.internship import FinalReport
from workflow.forms.internship_turns import MOVE_ANSWER, Departure
from workflow.letters.kinds.exchange import DECREE, EXCHANGE_CANCELLATION, EXCHANGE_CERTIFICATE, EXCHANGE_REQUEST

ELIGIBLE = (person.participant_is_in_service, person.participant_bears_no_heavy_sanction)
ARRANGED = (policy.partner_is_outside, policy.agreement_is_in_force, policy.exchange_is_no_longer_than_a_year,
    policy.both_go_for_the_same_period, policy.counterpart_has_a_place, person.participant_is_free,
    person.contract_outlasts_the_internship)  # fmt: skip

UNDER_REVIEW = ("supervisor_review", "agency_review", "verification")
RECORDERS = ("verifier", "personnel_officer")
NOT_BEGUN = (*UNDER_REVIEW, "awaiting_signature", "awaiting_host", "awaiting_decree", "decided")
MOVED = "pegawai baru saja pindah perangkat daerah"
CLOSE, LEFT = "Tutup karena pegawai tidak lagi bertugas", "pegawai yang dipertukarkan tidak lagi bertugas"

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="exchange",
    title="Pertukaran pegawai",
    version=1,
    basis=("UU 20/2023 Pasal 46 ayat (2)", "UU 5/2014 Pasal 70 ayat (6)", "PP 11/2017 Pasal 203 ayat (4)", "PerLAN 10/2018"),
    form=ExchangeRequest,
    opened_by=("participant", "personnel_officer"),
    seen_by=("bkpsdm.verifier", "auditor"),
    period=("starts_on", "ends_on"),
    activity="C8",
    retraced_by=("host", "starts_on", "ends_on", "placed_unit"),
    apart=(Apart("verifier", to="host"), Apart("final_verifier", to="host"), Apart("final_verifier", to="recorder")),
    roles=(
        Role("participant", "Pegawai yang dipertukarkan", person=True),
        Role("supervisor", "Atasan langsung", of="participant"),
        Role("agency_head", "Kepala perangkat daerah", heads="participant"),
        Role("new_head", "Kepala perangkat daerah yang baru", heads="participant", now=True, within=moves.MOVE_ANSWER_DAYS,
            when=moves.a_move_awaits_an_answer,
            says="kepala perangkat daerah tempat pegawai sekarang bekerja, selama perpindahan itu masih dapat dijawab"),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("personnel_officer", "Pengelola kepegawaian perangkat daerah", group="personnel_officer"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
        Role("secretary", "Sekretaris Daerah", post="secretary"),
        Role("host", "Mitra pertukaran", partner="host"),
        Role("recorder", "Pencatat jawaban mitra", records=True),
        Role("appointing_authority", "Bupati selaku Pejabat Pembina Kepegawaian", post="regent"),
        Role("final_verifier", "Verifikator akhir", group="bkpsdm.verifier"),
    ),
    states=(
        State("drafted", "Draf", waits=("participant",), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("supervisor_review", "Menunggu persetujuan atasan langsung", waits=("supervisor",),
            within=policy.REVIEW_DAYS, late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.HELD),
        State("agency_review", "Menunggu persetujuan kepala perangkat daerah", waits=("agency_head",),
            within=policy.REVIEW_DAYS, late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.HELD),
        State("verification", "Dalam verifikasi", waits=("verifier",), within=policy.VERIFICATION_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("awaiting_signature", "Menunggu persetujuan Sekretaris Daerah", waits=("secretary",), within=policy.SIGNATURE_DAYS,
            late=(Remind(0.6), Escalate(1.0)), occupies=Occupancy.ABSENT),
        State("awaiting_host", "Menunggu jawaban mitra", waits=("host",), within=policy.HOST_REPLY_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.5, to="verifier"), Fire("lapse", 2.0)), occupies=Occupancy.ABSENT,
            after=(EXCHANGE_REQUEST,)),
        State("awaiting_decree", "Menunggu keputusan Bupati", waits=("appointing_authority", "verifier"),
            within=policy.DECREE_DAYS, late=(Remind(0.6), Escalate(1.0, to="personnel_head")), occupies=Occupancy.ABSENT),
        State("decided", "Ditetapkan", waits=("participant", "host", "verifier", "final_verifier"),
            late=(Fire("start", OnDate("starts_on", working=True), again=True, until="ends_on"),
                Escalate(OnDate("ends_on", plus=1), to="verifier")),
            occupies=Occupancy.ABSENT),
        State("ongoing", "Sedang berlangsung", waits=("host", "final_verifier"),
            late=(Fire("finish", OnDate("ends_on", plus=1), again=True),),
            occupies=Occupancy.ABSENT),
        State("reporting", "Menunggu laporan akhir", waits=("participant", "final_verifier"), within=policy.REPORT_DAYS,
            late=(Remind(0.6), Remind(1.0), Escalate(1.0, to="verifier"))),
        State("host_assessment", "Menunggu penilaian kinerja dari mitra", waits=("host", "final_verifier"),
            within=policy.ASSESSMENT_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="verifier"))),
        State("final_verification", "Dalam verifikasi akhir", waits=("final_verifier",), within=policy.VERIFICATION_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head"))),
        State("completed", "Selesai", final=True, carried_out=True),
        State("rejected", "Ditolak", final=True),
        State("declined", "Tidak dilanjutkan", final=True),
        State("withdrawn", "Permohonan ditarik", final=True),
        State("cancelled", "Dibatalkan", final=True),
        State("unmet", "Tidak memenuhi ketentuan", final=True, carried_out=True),
        State("ended", "Berakhir karena pegawai berhenti", final=True, carried_out=True),
    ),
    transitions=(
        # The request and its approval at home
        Transition("save", "drafted", SAME, by=("participant", "personnel_officer"), title="Simpan draf", takes=ExchangeRequest,
            partial=True, restarts_clock=True),
        Transition("submit", "drafted", "supervisor_review", by="participant", title="Ajukan", takes=ExchangeRequest,
            guards=(*ELIGIBLE, *ARRANGED, person.performance_is_good)),
        Transition("endorse", "supervisor_review", "agency_review", by="supervisor", title="Setujui", takes=Note),
        Transition("forward", "agency_review", "verification", by="agency_head", title="Teruskan ke BKPSDM", takes=Note,
            guards=(policy.unit_keeps_its_strength,)),
        Transition("verify", "verification", "awaiting_signature", by="verifier", title="Nyatakan memenuhi syarat", takes=Note,
            guards=(*ELIGIBLE, policy.agreement_is_in_force, conduct.the_period_is_not_over, policy.unit_keeps_its_strength)),
        Transition("return", UNDER_REVIEW, "drafted", by=WAITING, title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("participant",)),
        Transition("reject", UNDER_REVIEW, "rejected", by=WAITING, title="Tolak", takes=Because, tells=("participant",)),
        Transition("withdraw", "drafted", "withdrawn", by=("participant", SYSTEM), title="Tarik kembali", takes=Note,
            tells=("participant",)),
        Transition("withdraw", (*UNDER_REVIEW, "awaiting_signature"), "withdrawn", by="participant", title="Tarik kembali",
            takes=Note),
        # The partner
        Transition("request_host", "awaiting_signature", "awaiting_host", by="secretary", title="Setujui permohonan",
            takes=Note, guards=(conduct.the_period_is_not_over,), issues=(EXCHANGE_REQUEST,)),
        Transition("send_back", "awaiting_signature", "verification", by="secretary", title="Kembalikan ke verifikator",
            takes=ToMend),
        Transition("confirm", "awaiting_host", "awaiting_decree", by="host", title="Nyatakan setuju", takes=PartnerReply,
            writes=PARTNER_REPLY, recorded_by=RECORDERS),
        Transition("decline", "awaiting_host", "declined", by="host", title="Nyatakan tidak setuju", takes=Because,
            tells=("participant", "verifier"), recorded_by=RECORDERS),
        Transition("lapse", "awaiting_host", "declined", by=SYSTEM, title="Lewat waktu tanpa jawaban",
            tells=("host", "participant", "verifier")),
        # The regent decides
        Transition("coordinate", "awaiting_decree", SAME, by="verifier", title="Catat koordinasi", takes=Coordination,
            writes=COORDINATION),
        Transition("decide", "awaiting_decree", "decided", by="appointing_authority", title="Tetapkan pertukaran", takes=Note,
            guards=(policy.exchange_was_coordinated, policy.agreement_is_in_force, conduct.the_period_is_not_over,
                moves.participant_is_still_to_go),
            issues=(DECREE,), tells=("host", "participant", "agency_head")),
        Transition("reject", "awaiting_decree", "rejected", by="appointing_authority", title="Tolak", takes=Because,
            tells=("host", "participant")),
        Transition("cancel", ("awaiting_decree", "decided"), "cancelled", by="verifier", title="Batalkan", takes=Because,
            issues=(EXCHANGE_CANCELLATION,), tells=("host", "participant")),
        # Carrying it out
        Transition("start", "decided", "ongoing", by=("host", "participant", SYSTEM), title="Mulai pertukaran",
            guards=(conduct.the_period_has_come, moves.participant_is_still_to_go), after=(DECREE,), recorded_by=RECORDERS),
        Transition("finish", "ongoing", "reporting", by=("host", SYSTEM), title="Nyatakan pertukaran berakhir",
            guards=(conduct.the_period_is_over,), recorded_by=RECORDERS),
        Transition("end_early", "ongoing", "reporting", by=("host", "agency_head", "new_head"),
            title="Akhiri lebih awal", takes=EarlyEnd, guards=(conduct.the_last_day_is_within_the_period,), ends_period="last_day",
            tells=("host", "participant", "agency_head"), recorded_by=RECORDERS),
        Transition("report", "reporting", "host_assessment", by="participant", title="Sampaikan laporan", takes=FinalReport,
            writes=REPORT),
        Transition("assess", "host_assessment", "final_verification", by="host", title="Nilai kinerja",
            takes=PerformanceAssessment, writes=ASSESSMENT, recorded_by=RECORDERS),
        Transition("complete", "final_verification", "completed", by="final_verifier", title="Nyatakan selesai", takes=Note,
            guards=(policy.hours_follow_the_partners_country,), issues=(EXCHANGE_CERTIFICATE,),
            posts=(Posting.CREDIT,), tells=("participant", "supervisor")),
        Transition("return", "final_verification", "reporting", by="final_verifier", title="Kembalikan untuk perbaikan",
            takes=ToMend, pauses_clock=True, tells=("participant",)),
        Transition("close_unmet", ("reporting", "host_assessment"), "unmet", by="verifier",
            title="Nyatakan tidak memenuhi ketentuan", takes=Because,
            guards=(conduct.late_or_with_a_reason,), tells=("participant", "supervisor")),
        Transition("close_unmet", "final_verification", "unmet", by="final_verifier", title="Nyatakan tidak memenuhi ketentuan",
            takes=Because, tells=("participant", "supervisor")),
        # Retired, resigned or died
        # Moved to another unit of ours
        Transition("continue", (*NOT_BEGUN, "ongoing"), SAME, by="new_head", title="Setujui pertukaran dilanjutkan", takes=Note,
            when=moves.a_move_awaits_an_answer, when_says=MOVED, writes=MOVE_ANSWER, asks_anew=True,
            tells=("participant", "agency_head")),
        Transition("recall", NOT_BEGUN, "cancelled", by="new_head", title="Tarik pegawai", takes=Because,
            when=moves.a_move_awaits_an_answer, when_says=MOVED, issues=(EXCHANGE_CANCELLATION,),
            tells=("host", "participant", "agency_head")),
        Transition("close_departed", "drafted", "ended", by=("final_verifier", SYSTEM), title=CLOSE, takes=Departure,
            when=moves.participant_has_left, when_says=LEFT, at_once=True, tells=("agency_head",)),
        Transition("close_departed", (*UNDER_REVIEW, "awaiting_signature", "awaiting_host", "awaiting_decree"), "ended",
            by=("final_verifier", SYSTEM), title=CLOSE, takes=Departure, when=moves.participant_has_left, when_says=LEFT,
            at_once=True, issues=(EXCHANGE_CANCELLATION,), tells=("agency_head", "host")),
        Transition("close_departed", "decided", "ended", by="final_verifier", title=CLOSE, takes=Because,
            when=moves.participant_has_left, when_says=LEFT, issues=(EXCHANGE_CANCELLATION,), tells=("agency_head", "host")),
        Transition("close_departed", ("ongoing", "reporting", "host_assessment", "final_verification"), "ended",
            by="final_verifier", title=CLOSE, takes=Because, when=moves.participant_has_left, when_says=LEFT,
            tells=("agency_head", "host")),
    ),
)
# fmt: on
