"""Penghargaan pegawai: from the nomination, by way of verification, panel, budget and decree, to the hand-over."""

from __future__ import annotations

import policies.award_revocation as revoking
import policies.budget as budgeting
import policies.incentive as policy
import policies.incentive_conduct as conduct
import policies.incentive_eligibility as eligible
import policies.incentive_money as money
import policies.incentive_panel as panel
import policies.incentive_payment as paying
import policies.incentive_ranking as ranking
import policies.incentive_returning as returning
import policies.incentive_service as service
import policies.internship as common
from workflow.definition import (
    SAME,
    SYSTEM,
    Among,
    Apart,
    Escalate,
    Fire,
    Posting,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Attestation, Because, Note, Refusal, ToMend
from workflow.forms.budget import Carry, Funding, Reduction
from workflow.forms.incentive import (
    CLEARANCE,
    CLEARANCE_ON_PAPER,
    CONFLICT,
    DECREED,
    DEFERRAL,
    HANDED_OVER,
    KEPPRES,
    NOT_RECOMMENDED,
    PAYMENT,
    RECOMMENDATION,
    REVOKED,
    SCORE,
    SUBMISSION,
    UPWARD,
    VERIFICATION,
    ClearanceLetter,
    Confirmation,
    Conflict,
    Examination,
    HandOver,
    InspectorateClearance,
    Keppres,
    Nomination,
    NotGranted,
    Paid,
    Revocation,
    Score,
)
from workflow.forms.incentive_changes import with_line, without_money
from workflow.forms.internship import ATTESTATION
from workflow.letters.kinds.incentive import (
    AWARD_CERTIFICATE,
    AWARD_DECREE,
    AWARD_EXCERPT,
    DISCIPLINE_STATEMENT,
    MINUTES,
    REVOCATION_DECREE,
    SUBMISSION_LETTER,
    THANKS_LETTER,
    UNIT_CERTIFICATE,
    UPWARD_PROPOSAL,
)

#: What keeps somebody from any award, asked of the record as it stands on the day.
UNBLEMISHED = (eligible.nominee_is_in_service, eligible.no_sanction_stands_in_the_way)
#: What each kind asks for; a rule that is of another kind says so and allows.
EARNED = (eligible.servant_may_have_this_kind, service.service_is_long_enough, service.never_on_unpaid_leave,
    service.no_such_medal_is_held, eligible.predicates_are_good, eligible.hours_are_reached,
            conduct.files_are_complete)  # fmt: skip
ONCE = (conduct.not_nominated_twice, conduct.round_takes_the_nomination)

#: What the panel asks before it concludes.
COMPARED = (panel.the_panel_is_complete, conduct.the_comparison_is_complete)

#: Whoever opened the nomination takes it back.
BY_NOMINEE, BY_SUPERVISOR = "usul dibuka oleh calon penerima", "usul dibuka oleh atasan langsung"
BY_OFFICER = "usul dibuka oleh pengelola kepegawaian"
AWAITS_A_BUDGET, IS_PROMISED = "ada uang pembinaan yang menunggu DPA", "ada yang dijanjikan dari anggaran suatu tahun"
UNDER_REVIEW = ("unit_review", "verification")
BEFORE_DECISION = (
    *UNDER_REVIEW,
    "scoring",
    "budget_check",
    "deferred",
    "decision",
    "upward_review",
    "awaiting_president",
)
#: Before the decree, the states in which a nomination may hold money: decided soon, sent back to be examined, or suspended.
HOLDING = ("verification", "decision", "suspended")
#: What is asked before the promise of an award is released.
RELEASED = (budgeting.promise_gets_smaller, money.an_award_is_released_whole)

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="incentive",
    title="Penghargaan pegawai",
    version=1,
    basis=("UU 20/2009", "UU 20/2023 Pasal 21", "PP 35/2010", "PP 11/2017 Pasal 231", "PP 49/2018", "PP 12/2019", "PP 94/2021"),
    form=Nomination,
    opened_by=("nominee", "supervisor", "personnel_officer"),
    seen_by=("bkpsdm.verifier", "bkpsdm.budget", "inspektorat.clearance", "auditor"),
    promises=money.what_it_promises,
    charges=paying.what_it_charges,
    returns=returning.what_comes_back,
    rivals=panel.who_is_compared_too,
    apart=(Apart("verifier", to="agency_head"), Apart("budget_officer", to="verifier"),
        Apart("panel_chair", to="agency_head"), Apart("panel_member", to="agency_head"),
        Apart("verifier", to="panel_member"), Apart("verifier", to="panel_chair")),
    roles=(
        Role("nominee", "Calon penerima", person=True),
        Role("supervisor", "Atasan langsung", of="nominee"),
        Role("personnel_officer", "Pengelola kepegawaian perangkat daerah", group="personnel_officer"),
        Role("agency_head", "Pejabat yang mengusulkan", find=policy.who_nominates,
            says="kepala perangkat daerah; Sekretaris Daerah bila calon penerima sendiri kepala perangkat daerah"),
        Role("nominee_head", "Kepala perangkat daerah", heads="nominee"),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier", no_rival=True),
        Role("inspectorate", "Petugas Inspektorat", group="inspektorat.clearance"),
        Role("panel_member", "Anggota tim penilai", chosen=panel.who_scores, left_out=panel.who_is_left_out,
            says="anggota tim penilai yang bebas benturan kepentingan; penggantinya bila kuorum tidak tercapai"),
        Role("panel_chair", "Ketua tim penilai", chosen=panel.who_chairs, left_out=panel.who_does_not_chair,
            signs_as=panel.how_the_chair_signs,
            says="ketua tim penilai, atau penggantinya bila ketua berbenturan kepentingan atau tidak lagi bertugas"),
        Role("panel_secretary", "Sekretaris tim penilai", chosen=panel.who_records, signs_as=panel.how_the_record_is_signed,
            says="sekretaris tim penilai; anggota yang bebas bila sekretaris tidak dapat mencatat"),
        Role("budget_officer", "Pengelola anggaran", group="bkpsdm.budget"),
        Role("secretary", "Sekretaris Daerah", post="secretary"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
        Role("appointing_authority", "Kepala daerah selaku Pejabat Pembina Kepegawaian", post="regent"),
        Role("decider", "Pejabat yang memutus", find=policy.who_decides,
            says="kepala daerah selaku Pejabat Pembina Kepegawaian; kepala perangkat daerah bagi apresiasi unit"),
    ),
    states=(
        State("drafted", "Draf", waits=("nominee", "supervisor", "personnel_officer"), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("unit_review", "Menunggu usul kepala perangkat daerah", waits=("agency_head",), within=policy.UNIT_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("verification", "Dalam verifikasi", waits=("verifier", "budget_officer"), within=policy.VERIFICATION_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head"))),
        State("scoring", "Dalam penilaian tim penilai", waits=("panel_member", "panel_chair"),
            within=policy.SCORING_DAYS, late=(Remind(0.5), Remind(0.8), Escalate(1.0, to="personnel_head")),
            runs_from=conduct.when_the_comparison_begins, runs_from_says="batas akhir pengusulan dalam putaran"),
        State("budget_check", "Menunggu kepastian anggaran", waits=("budget_officer",), within=policy.BUDGET_DAYS,
            late=(Remind(0.6), Escalate(1.0, to="personnel_head"))),
        State("deferred", "Menunggu anggaran", waits=("budget_officer", "verifier")),
        State("decision", "Menunggu penetapan", waits=("decider", "budget_officer"), within=policy.DECISION_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("upward_review", "Menunggu usul kepala daerah", waits=("appointing_authority",), within=policy.UPWARD_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("awaiting_president", "Menunggu Keputusan Presiden", waits=("verifier",), within=policy.PRESIDENT_DAYS,
            late=(Remind(0.5), Remind(1.0)), after=(UPWARD_PROPOSAL,)),
        State("suspended", "Ditangguhkan", waits=("verifier", "budget_officer"), within=policy.SUSPENSION_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="personnel_head"))),
        State("decreed", "Ditetapkan", waits=("verifier", "personnel_head", "budget_officer"), within=policy.HAND_OVER_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="personnel_head"))),
        State("awarded", "Penghargaan diserahkan", final=True, carried_out=True),
        State("declined", "Tidak diusulkan", final=True),
        State("rejected", "Tidak memenuhi syarat", final=True),
        State("unsuccessful", "Tidak terpilih", final=True),
        State("closed", "Ditutup karena tidak ada anggaran", final=True),
        State("refused", "Tidak ditetapkan", final=True),
        State("not_granted", "Tidak dianugerahkan", final=True),
        State("revoked", "Penetapan dicabut", final=True),
        State("withdrawn", "Ditarik", final=True),
    ),
    transitions=(
        # The nomination, and the unit's own judgement
        Transition("save", "drafted", SAME, by=("nominee", "supervisor", "personnel_officer"), title="Simpan draf",
            takes=Nomination, partial=True, restarts_clock=True),
        Transition("propose", "drafted", "unit_review", by=("nominee", "supervisor", "personnel_officer"), title="Usulkan",
            takes=Nomination, guards=(*UNBLEMISHED, *EARNED, *ONCE), joins="round", tells=("nominee", "supervisor")),
        Transition("nominate", "unit_review", "verification", by="agency_head", title="Usulkan ke BKPSDM", takes=Note,
            guards=(*ONCE, conduct.unit_has_a_share_left), writes=SUBMISSION, issues=(SUBMISSION_LETTER, DISCIPLINE_STATEMENT)),
        Transition("return", "unit_review", "drafted", by="agency_head", title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("nominee", "supervisor")),
        Transition("decline", "unit_review", "declined", by="agency_head", title="Tidak mengusulkan", takes=Because,
            posts=(Posting.RELEASE,), tells=("nominee", "supervisor")),
        # Verification by the personnel agency
        Transition("clear", (*BEFORE_DECISION, "suspended"), SAME, by="inspectorate", title="Catat keterangan Inspektorat",
            takes=InspectorateClearance, writes=CLEARANCE, aside=True),
        Transition("clear", (*BEFORE_DECISION, "suspended"), SAME, by="verifier", title="Catat keterangan Inspektorat",
            takes=ClearanceLetter, writes=CLEARANCE_ON_PAPER, aside=True),
        Transition("verify", "verification",
            Among(policy.where_a_nomination_goes, ("scoring", "upward_review", "decision", "budget_check"),
                says="yang dibandingkan dalam putaran ke tim penilai, tanda kehormatan ke kepala daerah, apresiasi unit langsung "
                "diputus; yang diperiksa lagi kembali ke yang memutus, atau ke pengelola anggaran bila uangnya sudah dilepas"),
            by="verifier", title="Nyatakan memenuhi syarat", takes=Note,
            guards=(*UNBLEMISHED, *EARNED, *ONCE, eligible.no_discipline_case_is_open, eligible.inspectorate_has_cleared),
            writes=VERIFICATION, by_law_of="nominate"),
        Transition("return", "verification", "drafted", by="verifier", title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, posts=(Posting.RELEASE,), tells=("nominee", "supervisor", "nominee_head")),
        Transition("reject", "verification", "rejected", by="verifier", title="Nyatakan tidak memenuhi syarat", takes=Refusal,
            guards=(common.rejection_cites_a_regulation,), posts=(Posting.RELEASE,),
            tells=("nominee", "supervisor", "nominee_head")),
        # The panel compares those of a round
        Transition("declare_conflict", "scoring", SAME, by="panel_member", title="Nyatakan benturan kepentingan",
            takes=Conflict, guards=(panel.conflict_is_named,), writes=CONFLICT, asks_anew=True, aside=True),
        Transition("score", "scoring", SAME, by="panel_member", title="Beri nilai", takes=Score,
            guards=(panel.every_criterion_is_scored,), writes=SCORE, once_each=True, asks_anew=True),
        Transition("recommend", "scoring", Among(policy.where_the_money_leads, ("budget_check", "decision"),
                says="langsung diputus bila tidak ada uang pembinaan"),
            by="panel_chair", title="Rekomendasikan", takes=Note,
            guards=(*COMPARED, ranking.nominee_takes_a_place),
            keeps=RECOMMENDATION, issues=(MINUTES,), tells=("nominee", "supervisor", "nominee_head")),
        Transition("not_recommended", "scoring", "unsuccessful", by="panel_chair", title="Tidak direkomendasikan",
            takes=Because, guards=(*COMPARED, ranking.nominee_takes_no_place),
            keeps=NOT_RECOMMENDED, posts=(Posting.RELEASE,), issues=(MINUTES,), tells=("nominee", "supervisor", "nominee_head")),
        Transition("send_back", "scoring", "verification", by="verifier", title="Tarik kembali ke verifikasi", takes=ToMend,
            aside=True),
        # The money, before anything is decreed
        Transition("confirm_budget", "budget_check", "decision", by="budget_officer", title="Cadangkan anggaran",
            takes=Confirmation, amends=with_line, guards=(money.award_fits_the_budget,), posts=(Posting.RESERVE,)),
        Transition("no_budget", "budget_check", "deferred", by="budget_officer", title="Anggaran tidak tersedia",
            takes=Because, writes=DEFERRAL, tells=("verifier", "nominee")),
        Transition("retry_budget", "deferred", "budget_check", by="budget_officer", title="Periksa anggaran lagi"),
        Transition("retry_budget", "deferred", "budget_check", by=SYSTEM, title="Periksa anggaran lagi",
            when=money.the_new_budget_year_has_come, when_says="tahun anggaran baru sudah dimulai", at_once=True),
        Transition("without_money", "deferred", "decision", by="verifier", title="Lanjutkan tanpa uang pembinaan",
            takes=Because, amends=without_money, posts=(Posting.RELEASE,), tells=("nominee",)),
        Transition("close", "deferred", "closed", by="verifier", title="Tutup karena tidak ada anggaran", takes=Because,
            guards=(money.years_end_has_come,), posts=(Posting.RELEASE,), tells=("nominee", "supervisor", "nominee_head")),
        # The decision
        Transition("decree", "decision", "decreed", by="decider", title="Tetapkan", takes=Note, in_person=True,
            guards=(*UNBLEMISHED, eligible.no_discipline_case_is_open, eligible.predicates_are_good, money.the_award_is_borne),
            posts=(Posting.COMMIT,), writes=DECREED, issues=(AWARD_DECREE, UNIT_CERTIFICATE, THANKS_LETTER), after=(MINUTES,),
            tells=("nominee", "supervisor", "nominee_head")),
        Transition("refuse", "decision", "refused", by="decider", title="Tolak", takes=Because, posts=(Posting.RELEASE,),
            tells=("nominee", "supervisor", "nominee_head")),
        Transition("send_back", "decision", "verification", by="decider", title="Kembalikan ke verifikator", takes=Examination,
            guards=(conduct.what_to_examine_is_named,), pauses_clock=True),
        # A medal is the President's to give
        Transition("refuse", "upward_review", "refused", by="appointing_authority", title="Tolak", takes=Because,
            posts=(Posting.RELEASE,), tells=("nominee", "supervisor", "nominee_head")),
        Transition("send_back", "upward_review", "verification", by="appointing_authority", title="Kembalikan ke verifikator",
            takes=Examination, guards=(conduct.what_to_examine_is_named,), pauses_clock=True),
        Transition("propose_upward", "upward_review", "awaiting_president", by="appointing_authority",
            title="Usulkan kepada Presiden", takes=Note, guards=(*UNBLEMISHED, eligible.no_discipline_case_is_open),
            writes=UPWARD, issues=(UPWARD_PROPOSAL,)),
        Transition("record_decree", "awaiting_president", "decreed", by="verifier", title="Catat Keputusan Presiden",
            takes=Keppres, guards=(service.keppres_is_plausible,), writes=KEPPRES,
            tells=("nominee", "supervisor", "nominee_head")),
        Transition("record_refusal", "awaiting_president", "not_granted", by="verifier",
            title="Catat bahwa tidak dianugerahkan", takes=NotGranted, tells=("nominee", "supervisor", "nominee_head")),
        # After the decree
        Transition("extract", "decreed", SAME, by="personnel_head", title="Terbitkan petikan dan piagam", takes=Note,
            once=True, when=policy.is_compared, when_says="penghargaan ditetapkan dengan keputusan kepala daerah",
            after=(AWARD_DECREE,), issues=(AWARD_EXCERPT, AWARD_CERTIFICATE)),
        Transition("record_payment", "decreed", SAME, by="verifier", title="Catat pembayaran", takes=Paid, once=True,
            when=paying.payment_is_due, when_says="ada uang pembinaan yang belum dibayarkan",
            guards=(paying.payment_adds_up, paying.tax_follows_the_rate, paying.payment_is_borne),
            writes=PAYMENT, posts=(Posting.SPEND, Posting.RELEASE)),
        Transition("hand_over", "decreed", "awarded", by="verifier", title="Catat penyerahan", takes=HandOver,
            guards=(paying.money_is_paid_before_the_hand_over, paying.handed_over_between_decree_and_today), writes=HANDED_OVER,
            after=(AWARD_EXCERPT, AWARD_CERTIFICATE, UNIT_CERTIFICATE, THANKS_LETTER), tells=("nominee", "supervisor")),
        Transition("revoke", "decreed", "revoked", by="decider", title="Cabut penetapan", takes=Revocation, in_person=True,
            guards=(common.rejection_cites_a_regulation, revoking.a_keppres_revokes_a_satyalancana,
                paying.money_comes_back_or_why_not, returning.return_is_booked),
            writes=REVOKED, posts=(Posting.RELEASE, Posting.RETURN),
            issues=(REVOCATION_DECREE,), aside=True, tells=("nominee", "supervisor", "nominee_head")),
        # The end of the budget year, before the award is paid
        Transition("fund_next_year", HOLDING, SAME, by=("verifier", "budget_officer"),
            title="Danai bagian tahun berikutnya", takes=Funding, when=budgeting.a_share_awaits, when_says=AWAITS_A_BUDGET,
            guards=(budgeting.next_budget_has_room,), posts=(Posting.FUND,), asks_anew=True),
        Transition("fund_next_year", "decreed", SAME, by=("verifier", "budget_officer"),
            title="Danai bagian tahun berikutnya", takes=Funding, when=budgeting.a_share_awaits, when_says=AWAITS_A_BUDGET,
            guards=(budgeting.next_budget_has_room,), posts=(Posting.FUND, Posting.COMMIT), asks_anew=True),
        Transition("carry_promise", HOLDING, SAME, by="budget_officer",
            title="Alihkan janji ke tahun berikutnya", takes=Carry, when=budgeting.something_is_promised, when_says=IS_PROMISED,
            guards=(budgeting.promise_fits_the_next_year,), posts=(Posting.CARRY,), asks_anew=True, aside=True),
        Transition("carry_promise", "decreed", SAME, by="budget_officer",
            title="Alihkan janji ke tahun berikutnya", takes=Carry, when=budgeting.something_is_promised, when_says=IS_PROMISED,
            guards=(budgeting.promise_fits_the_next_year,), posts=(Posting.CARRY, Posting.COMMIT), asks_anew=True, aside=True),
        Transition("release_promise", "decision", "deferred", by="budget_officer", title="Lepas janji anggaran", takes=Reduction,
            when=budgeting.something_is_promised, when_says=IS_PROMISED, guards=RELEASED, posts=(Posting.REDUCE,),
            aside=True, tells=("verifier", "nominee")),
        Transition("release_promise", ("verification", "suspended", "decreed"), SAME, by="budget_officer",
            title="Lepas janji anggaran", takes=Reduction, when=budgeting.something_is_promised, when_says=IS_PROMISED,
            guards=RELEASED, posts=(Posting.REDUCE,), asks_anew=True, aside=True, tells=("verifier",)),
        Transition("confirm_budget", "decreed", SAME, by="budget_officer", title="Ikat anggaran kembali", takes=Confirmation,
            amends=with_line, when=money.the_money_was_released,
            when_says="uang yang ditetapkan belum dibayarkan dan tidak lagi dijanjikan dari anggaran",
            guards=(money.award_fits_the_budget,), posts=(Posting.RESERVE, Posting.COMMIT), asks_anew=True),
        # What can come between
        Transition("suspend", BEFORE_DECISION, "suspended", by="verifier", title="Tangguhkan", takes=Because,
            guards=(conduct.there_is_a_case_to_wait_for,), pauses_clock=True, aside=True, tells=("nominee", "nominee_head")),
        Transition("resume", "suspended",
            Among(conduct.where_it_was_suspended, BEFORE_DECISION, says="status sebelum ditangguhkan"),
            by="verifier", title="Lanjutkan", takes=Note, guards=(conduct.the_case_is_over,), tells=("nominee", "nominee_head")),
        Transition("reject", "suspended", "rejected", by="verifier", title="Nyatakan tidak memenuhi syarat", takes=Refusal,
            guards=(common.rejection_cites_a_regulation,), posts=(Posting.RELEASE,),
            tells=("nominee", "supervisor", "nominee_head")),
        Transition("attest", ("drafted", *BEFORE_DECISION, "suspended"), SAME, by="verifier", title="Catat keterangan dengan bukti",
            takes=Attestation, writes=ATTESTATION, aside=True),
        Transition("withdraw", "drafted", "withdrawn", by=SYSTEM, title="Tarik kembali", takes=Note, posts=(Posting.RELEASE,),
            tells=("nominee", "supervisor")),
        Transition("withdraw", "drafted", "withdrawn", by="nominee", title="Tarik kembali", takes=Note,
            when=conduct.the_nominee_opened_it, when_says=BY_NOMINEE, posts=(Posting.RELEASE,), tells=("supervisor",)),
        Transition("withdraw", "drafted", "withdrawn", by="supervisor", title="Tarik kembali", takes=Note,
            when=conduct.the_supervisor_opened_it, when_says=BY_SUPERVISOR, posts=(Posting.RELEASE,), tells=("nominee",)),
        Transition("withdraw", "drafted", "withdrawn", by="personnel_officer", title="Tarik kembali", takes=Note,
            when=conduct.the_personnel_officer_opened_it, when_says=BY_OFFICER, posts=(Posting.RELEASE,),
            tells=("nominee", "supervisor")),
        Transition("withdraw", (*BEFORE_DECISION, "suspended"), "withdrawn", by="nominee", title="Tarik kembali", takes=Because,
            when=conduct.the_nominee_opened_it, when_says=BY_NOMINEE, posts=(Posting.RELEASE,), aside=True,
            tells=("nominee_head", "verifier")),
        Transition("withdraw", (*BEFORE_DECISION, "suspended"), "withdrawn", by="supervisor", title="Tarik kembali",
            takes=Because, when=conduct.the_supervisor_opened_it, when_says=BY_SUPERVISOR, posts=(Posting.RELEASE,), aside=True,
            tells=("nominee", "nominee_head", "verifier")),
        Transition("withdraw", (*BEFORE_DECISION, "suspended"), "withdrawn", by="personnel_officer", title="Tarik kembali",
            takes=Because, when=conduct.the_personnel_officer_opened_it, when_says=BY_OFFICER, posts=(Posting.RELEASE,),
            aside=True, tells=("nominee", "nominee_head", "verifier")),
    ),
)
# fmt: on
