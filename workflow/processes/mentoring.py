"""Mentoring: a more experienced colleague and a mentee, from the proposal, meeting by meeting, to the certificates of both."""

from __future__ import annotations

import policies.internship_conduct as period
import policies.mentoring as policy
import policies.mentoring_conduct as conduct
import policies.mentoring_turns as turns
from workflow.definition import (
    SAME,
    SYSTEM,
    WAITING,
    Among,
    Apart,
    Escalate,
    Fire,
    Mark,
    OnDate,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Attestation, Because, Note, ToMend
from workflow.forms.internship import ATTESTATION
from workflow.forms.mentoring import (
    APPROVAL,
    ASK_ACCEPTED,
    ASK_LAPSED,
    ASK_REFUSED,
    CONCLUSION_ASK,
    DISPUTE,
    EARLY_END,
    EXTENSION_ASK,
    MENTEE_CONSENT,
    MENTEE_EVALUATION,
    MENTOR_CONSENT,
    MENTOR_EVALUATION,
    OBJECTION,
    OBJECTION_ANSWER,
    OTHER_MENTOR,
    PAUSE_ASK,
    REPLACEMENT_CONSENT,
    SESSION,
    SESSION_WITHDRAWN,
    ChosenSessions,
    ChosenSessionsBecause,
    Departed,
    Evaluation,
    ExtensionAsked,
    MentoringRequest,
    OtherMentor,
    Session,
    SessionCorrection,
)  # fmt: skip
from workflow.forms.mentoring_changes import as_agreed, as_replaced, with_replacement, without_replacement
from workflow.letters.kinds.mentoring import (
    MENTEE_CERTIFICATE,
    MENTOR_ASSIGNMENT,
    MENTOR_CERTIFICATE,
    MENTOR_CHANGE,
    MENTOR_CHANGE_APART,
    MENTOR_DECREE,
    MENTORING_AGREEMENT,
    MENTORING_EXTENSION,
    MENTORING_EXTENSION_APART,
    MENTORING_REPORT,
    REPORT_BY_MENTEE,
    REPORT_BY_MENTOR,
)

#: What must hold of the two, and of the mentor alone.
OF_THE_MENTOR = (policy.mentor_is_another_person, policy.mentor_is_in_service, policy.mentor_bears_no_heavy_sanction,
    policy.mentor_has_capacity)  # fmt: skip
OF_BOTH = (*OF_THE_MENTOR, policy.mentee_is_in_service, policy.mentee_bears_no_heavy_sanction)
#: What only warns: experience makes a mentor.
FITTING = (policy.mentor_is_of_no_lower_rank, policy.mentor_is_known_in_the_field)
#: What must hold of a meeting, however late it is corrected.
MET = (conduct.meeting_is_over_and_of_fair_length, conduct.meeting_is_within_the_period,
    conduct.mentor_is_in_one_meeting_at_a_time)  # fmt: skip

#: Whoever proposes is not asked first: of the mentee the superior is asked, of anybody else the mentee.
BY_THEMSELVES = ("supervisor_review", "mentor_consent", "agency_approval")
FOR_THEM = ("mentee_consent", "mentor_consent", "agency_approval")
PROPOSED = ("supervisor_review", *FOR_THEM)
UNDER_WAY = ("active", "paused", "replacement_consent")
#: Where meetings are logged and answered.
MEETING = ("active", "paused", "evaluation")
OPEN = ("written", "disputed")
BY_MENTEE, BY_SUPERVISOR = "usul dibuka oleh mentee", "usul dibuka oleh atasan langsung"
BY_AGENCY = "usul dibuka oleh BKPSDM, misalnya dari putaran pencocokan"
MENTOR_ASKS, MENTEE_ASKS = "mentor meminta perpanjangan atau jeda", "mentee meminta perpanjangan atau jeda"
ANY_OF_MENTOR, ANY_OF_MENTEE = "ada permintaan mentor yang belum dijawab", "ada permintaan mentee yang belum dijawab"
END_OF_MENTOR, END_OF_MENTEE = "mentor meminta mentoring diakhiri", "mentee meminta mentoring diakhiri"
OPEN_MEETING = "ada catatan pertemuan yang belum dikonfirmasi"
OWN_OPEN_MEETING = "ada catatan pertemuan mentor itu sendiri yang belum dikonfirmasi"
ORPHANED_MEETING = (
    "ada catatan pertemuan yang disanggah, sedangkan mentor yang mencatatnya sudah diganti atau tidak lagi bertugas"
)
MENTOR_LEFT, MENTEE_LEFT = "mentor tidak lagi bertugas", "mentee tidak lagi bertugas"
CLOSE = "Tutup karena mentee tidak lagi bertugas"

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="mentoring",
    title="Mentoring",
    version=1,
    basis=("UU 20/2023 Pasal 49", "PP 11/2017 Pasal 203 ayat (4)", "PP 49/2018 Pasal 40", "PerLAN 10/2018", "PerLAN 15/2020"),
    form=MentoringRequest,
    opened_by=("mentee", "supervisor", "verifier"),
    seen_by=("bkpsdm.verifier", "auditor"),
    period=("starts_on", "ends_on"),
    activity="C2",
    retraced_by=("mentor", "starts_on", "ends_on", "competency"),
    common=("mentor", "competency", "goal", "starts_on", "ends_on", "plan"),
    follows=("drafted", *PROPOSED),
    apart=(Apart("agency_head", to="mentor"), Apart("agency_head", to="new_mentor"), Apart("verifier", to="mentor"),
        Apart("mentee_head", to="mentor")),
    roles=(
        Role("mentee", "Mentee", person=True),
        Role("mentor", "Mentor", named="mentor", held=(*UNDER_WAY, "evaluation")),
        Role("new_mentor", "Calon mentor pengganti", named="new_mentor"),
        Role("supervisor", "Atasan langsung mentee", of="mentee"),
        Role("mentee_head", "Kepala perangkat daerah mentee", heads="mentee"),
        Role("mentor_head", "Kepala perangkat daerah mentor", heads="mentor"),
        Role("agency_head", "Pejabat yang menugaskan mentor", find=policy.who_assigns,
            says="kepala perangkat daerah bila mentor dan mentee bekerja pada perangkat daerah yang sama; Kepala BKPSDM atas nama "
                "Sekretaris Daerah bila berbeda"),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
    ),
    states=(
        State("drafted", "Draf", waits=("mentee", "supervisor", "verifier"), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("supervisor_review", "Menunggu persetujuan atasan langsung", waits=("supervisor",),
            within=policy.SUPERVISOR_DAYS, late=(Remind(0.6), Escalate(1.0))),
        State("mentee_consent", "Menunggu kesediaan mentee", waits=("mentee",), within=policy.CONSENT_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="supervisor"), Fire("lapse", 2.0))),
        State("mentor_consent", "Menunggu kesediaan mentor", waits=("mentor",), within=policy.CONSENT_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="mentor_head"), Fire("lapse", 2.0))),
        State("agency_approval", "Menunggu penugasan mentor", waits=("agency_head",), within=policy.APPROVAL_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("active", "Sedang berlangsung", waits=("mentor", "mentee", "verifier"),
            late=(Fire("conclude", OnDate("ends_on", plus=1), again=True),)),
        State("paused", "Dijeda", waits=("mentor", "mentee", "agency_head"), within=policy.PAUSE_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="verifier"),
                Fire("conclude", OnDate("ends_on", plus=1), again=True))),
        State("replacement_consent", "Menunggu kesediaan mentor pengganti", waits=("new_mentor", "agency_head"),
            within=policy.REPLACEMENT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("lapse", 1.0), Fire("conclude", OnDate("ends_on", plus=1), again=True))),
        State("evaluation", "Dalam evaluasi", waits=("mentee", "mentor", "verifier"), within=policy.EVALUATION_DAYS,
            late=(Remind(0.5), Remind(1.0), Escalate(1.0, to="personnel_head"))),
        State("completed", "Selesai", final=True, carried_out=True),
        State("unmet", "Tidak memenuhi", final=True, carried_out=True),
        State("rejected", "Ditolak", final=True),
        State("declined", "Mentor tidak bersedia", final=True),
        State("withdrawn", "Ditarik", final=True),
    ),
    transitions=(
        # The proposal: by the mentee, or for them by their superior or a matching round
        Transition("save", "drafted", SAME, by="mentee", title="Simpan draf", takes=MentoringRequest, partial=True,
            amends=without_replacement, restarts_clock=True, when=policy.the_mentee_opened_it, when_says=BY_MENTEE),
        Transition("save", "drafted", SAME, by="supervisor", title="Simpan draf", takes=MentoringRequest, partial=True,
            amends=without_replacement, restarts_clock=True, when=policy.the_supervisor_opened_it, when_says=BY_SUPERVISOR),
        Transition("save", "drafted", SAME, by="verifier", title="Simpan draf", takes=MentoringRequest, partial=True,
            amends=without_replacement, restarts_clock=True, when=policy.the_agency_opened_it, when_says=BY_AGENCY),
        Transition("propose", "drafted", "supervisor_review", by="mentee", title="Usulkan", takes=MentoringRequest,
            amends=without_replacement, guards=(*OF_BOTH, policy.period_is_allowed, *FITTING),
            when=policy.the_mentee_opened_it, when_says=BY_MENTEE),
        Transition("propose", "drafted", "mentee_consent", by="supervisor", title="Usulkan", takes=MentoringRequest,
            amends=without_replacement, guards=(*OF_BOTH, policy.period_is_allowed, *FITTING),
            when=policy.the_supervisor_opened_it, when_says=BY_SUPERVISOR),
        Transition("propose", "drafted", "mentee_consent", by="verifier", title="Usulkan", takes=MentoringRequest,
            amends=without_replacement, guards=(*OF_BOTH, policy.period_is_allowed, *FITTING),
            when=policy.the_agency_opened_it, when_says=BY_AGENCY),
        Transition("endorse", "supervisor_review", "mentor_consent", by="supervisor", title="Setujui", takes=Note),
        Transition("agree", "mentee_consent", "mentor_consent", by="mentee", title="Nyatakan bersedia dibina", takes=Note,
            writes=MENTEE_CONSENT),
        Transition("disagree", "mentee_consent", "withdrawn", by="mentee", title="Nyatakan tidak bersedia dibina", takes=Because,
            tells=("supervisor",)),
        Transition("consent", "mentor_consent", "agency_approval", by="mentor", title="Nyatakan bersedia membina", takes=Note,
            guards=OF_THE_MENTOR, writes=MENTOR_CONSENT),
        Transition("decline", "mentor_consent", "declined", by="mentor", title="Nyatakan tidak bersedia membina", takes=Because,
            tells=("mentee", "supervisor")),
        Transition("lapse", ("mentee_consent", "mentor_consent"), "withdrawn", by=SYSTEM, title="Lewat waktu tanpa jawaban",
            tells=("mentee", "mentor", "supervisor")),
        Transition("return", ("supervisor_review", "agency_approval"), "drafted", by=WAITING, title="Kembalikan untuk perbaikan",
            takes=ToMend, pauses_clock=True, tells=("mentee", "mentor")),
        Transition("reject", ("supervisor_review", "agency_approval"), "rejected", by=WAITING, title="Tolak", takes=Because,
            tells=("mentee", "mentor", "supervisor")),
        Transition("withdraw", ("drafted", *BY_THEMSELVES), "withdrawn", by="mentee", title="Tarik kembali", takes=Note,
            when=policy.the_mentee_opened_it, when_says=BY_MENTEE, tells=("mentor", "supervisor"), aside=True),
        Transition("withdraw", ("drafted", *FOR_THEM), "withdrawn", by="supervisor", title="Tarik kembali", takes=Note,
            when=policy.the_supervisor_opened_it, when_says=BY_SUPERVISOR, tells=("mentee", "mentor"), aside=True),
        Transition("withdraw", ("drafted", *FOR_THEM), "withdrawn", by="verifier", title="Tarik kembali", takes=Note,
            when=policy.the_agency_opened_it, when_says=BY_AGENCY, tells=("mentee", "mentor"), aside=True),
        Transition("withdraw", "drafted", "withdrawn", by=SYSTEM, title="Tarik kembali", tells=("mentee", "supervisor")),
        Transition("attest", ("drafted", *PROPOSED, *UNDER_WAY), SAME, by="verifier", title="Catat keterangan dengan bukti",
            takes=Attestation, writes=ATTESTATION, aside=True),
        # The mentor is assigned, and the head of the mentee's unit may object
        Transition("approve", "agency_approval", "active", by="agency_head", title="Tugaskan mentor", takes=Note,
            guards=(*OF_BOTH, policy.period_is_allowed, *FITTING), writes=APPROVAL,
            issues=(MENTOR_ASSIGNMENT, MENTOR_DECREE, MENTORING_AGREEMENT),
            tells=("mentee", "mentor", "mentee_head", "supervisor")),
        Transition("object", "active", SAME, by="mentee_head", title="Ajukan keberatan", takes=Because,
            guards=(turns.objection_is_in_time,), writes=OBJECTION, asks_anew=True, aside=True,
            tells=("verifier", "mentor", "mentee", "agency_head")),
        Transition("answer_objection", "active", SAME, by="verifier", title="Catat alasan mentoring dilanjutkan", takes=Because,
            when=turns.an_objection_is_open, when_says="ada keberatan yang belum dijawab", writes=OBJECTION_ANSWER,
            asks_anew=True, tells=("mentee_head", "mentor", "mentee")),
        # Meetings: only what the mentee confirms counts
        Transition("log_session", "active", SAME, by="mentor", title="Catat pertemuan", takes=Session,
            guards=(*MET, conduct.meeting_is_logged_in_time), writes=SESSION, asks_anew=True, tells=("mentee",)),
        Transition("log_session", ("paused", "evaluation"), SAME, by="mentor", title="Catat pertemuan", takes=Session,
            guards=(*MET, conduct.meeting_is_logged_in_time), writes=SESSION, asks_anew=True, tells=("mentee",), aside=True),
        Transition("confirm_session", MEETING, SAME, by="mentee", title="Konfirmasi pertemuan", takes=ChosenSessions,
            guards=(conduct.chosen_meetings_are_open,), when=conduct.a_meeting_is_open, when_says=OPEN_MEETING,
            marks=Mark(SESSION, "confirmed", from_=OPEN), counts=SESSION, earns=conduct.MENTOR_HOURS, asks_anew=True),
        Transition("dispute_session", MEETING, SAME, by="mentee", title="Sanggah catatan pertemuan", takes=ChosenSessionsBecause,
            guards=(conduct.chosen_meetings_are_open,), when=conduct.a_meeting_awaits_the_mentee,
            when_says="ada catatan pertemuan yang belum dijawab", writes=DISPUTE, marks=Mark(SESSION, "disputed"),
            asks_anew=True, tells=("mentor",)),
        Transition("correct_session", MEETING, SAME, by="mentor", title="Perbaiki catatan pertemuan", takes=SessionCorrection,
            guards=(conduct.chosen_meetings_are_open, conduct.meetings_are_ones_own, *MET, conduct.meeting_is_logged_in_time),
            when=conduct.a_meeting_of_ones_own_is_open, when_says=OWN_OPEN_MEETING, corrects=SESSION,
            corrects_from=OPEN, asks_anew=True, tells=("mentee",)),
        Transition("withdraw_session", MEETING, SAME, by="mentor", title="Tarik catatan pertemuan", takes=ChosenSessionsBecause,
            guards=(conduct.chosen_meetings_are_open, conduct.meetings_are_ones_own),
            when=conduct.a_meeting_of_ones_own_is_open, when_says=OWN_OPEN_MEETING, writes=SESSION_WITHDRAWN,
            marks=Mark(SESSION, "withdrawn", from_=OPEN), asks_anew=True, tells=("mentee",)),
        # Where the mentor who logged it is there no more, what the mentee disputes is settled by the verifier
        Transition("withdraw_session", ("active", "evaluation"), SAME, by="verifier", title="Tarik catatan pertemuan",
            takes=ChosenSessionsBecause, guards=(conduct.chosen_meetings_are_open, conduct.meetings_are_orphaned),
            when=conduct.a_disputed_meeting_is_orphaned, when_says=ORPHANED_MEETING, writes=SESSION_WITHDRAWN,
            marks=Mark(SESSION, "withdrawn", from_=("disputed",)), asks_anew=True, tells=("mentee", "mentor")),
        # What one asks of the other: a longer period, a pause, the end
        Transition("ask_extension", "active", SAME, by=("mentor", "mentee"), title="Minta perpanjangan", takes=ExtensionAsked,
            guards=(turns.nothing_else_is_asked, turns.extension_is_within_the_longest_period), writes=EXTENSION_ASK,
            asks_anew=True, aside=True, tells=("mentor", "mentee")),
        Transition("ask_pause", "active", SAME, by=("mentor", "mentee"), title="Minta jeda", takes=Because,
            guards=(turns.nothing_else_is_asked,), writes=PAUSE_ASK, asks_anew=True, aside=True, tells=("mentor", "mentee")),
        # A longer period replaces what assigned the mentor, signed as that was; where it was never signed, a new order is issued
        Transition("accept_ask", "active", Among(turns.where_an_answer_leads, ("active", "paused"),
                says="dijeda bila yang diminta jeda"),
            by="mentee", title="Setujui permintaan", takes=Note, amends=as_agreed, when=turns.the_mentor_asks,
            when_says=MENTOR_ASKS, writes=ASK_ACCEPTED, restarts_clock=True,
            issues=(MENTOR_ASSIGNMENT, MENTORING_EXTENSION, MENTORING_EXTENSION_APART),
            tells=("mentor", "agency_head", "supervisor")),
        Transition("accept_ask", "active", Among(turns.where_an_answer_leads, ("active", "paused"),
                says="dijeda bila yang diminta jeda"),
            by="mentor", title="Setujui permintaan", takes=Note, amends=as_agreed, when=turns.the_mentee_asks,
            when_says=MENTEE_ASKS, writes=ASK_ACCEPTED, restarts_clock=True,
            issues=(MENTOR_ASSIGNMENT, MENTORING_EXTENSION, MENTORING_EXTENSION_APART),
            tells=("mentee", "agency_head", "supervisor")),
        Transition("refuse_ask", "active", SAME, by="mentee", title="Tolak permintaan", takes=Because,
            when=turns.the_mentor_asks_anything, when_says=ANY_OF_MENTOR, writes=ASK_REFUSED, asks_anew=True, tells=("mentor",)),
        Transition("refuse_ask", "active", SAME, by="mentor", title="Tolak permintaan", takes=Because,
            when=turns.the_mentee_asks_anything, when_says=ANY_OF_MENTEE, writes=ASK_REFUSED, asks_anew=True, tells=("mentee",)),
        Transition("lapse_ask", "active", SAME, by=SYSTEM, title="Permintaan gugur tanpa jawaban", takes=Note,
            when=turns.the_ask_is_too_old, when_says="permintaan tidak dijawab dalam waktunya", writes=ASK_LAPSED, at_once=True,
            asks_anew=True, tells=("mentor", "mentee")),
        Transition("resume", "paused", "active", by=("mentor", "mentee"), title="Lanjutkan mentoring", takes=Note,
            guards=(policy.mentor_is_in_service, policy.mentee_is_in_service), when=turns.both_may_go_on,
            when_says="mentor dan mentee berstatus aktif", tells=("mentor", "mentee")),
        # Another mentor: what was earned stays
        Transition("replace_mentor", "active", "replacement_consent", by="agency_head", title="Ganti mentor", takes=OtherMentor,
            amends=with_replacement, guards=(turns.replacement_is_somebody_else, *OF_THE_MENTOR, *FITTING), writes=OTHER_MENTOR,
            aside=True, tells=("mentee", "mentor")),
        Transition("replace_mentor", ("paused", "replacement_consent"), "replacement_consent", by="agency_head",
            title="Ganti mentor", takes=OtherMentor, amends=with_replacement,
            guards=(turns.replacement_is_somebody_else, *OF_THE_MENTOR, *FITTING), writes=OTHER_MENTOR, restarts_clock=True,
            tells=("mentee", "mentor")),
        # What assigned the mentor before is replaced, for all or for this mentee; where it was never signed, a new order is issued
        Transition("consent", "replacement_consent", "active", by="new_mentor", title="Nyatakan bersedia menggantikan",
            takes=Note, amends=as_replaced, guards=OF_THE_MENTOR, writes=REPLACEMENT_CONSENT,
            issues=(MENTOR_ASSIGNMENT, MENTOR_CHANGE, MENTOR_CHANGE_APART),
            tells=("mentee", "agency_head", "mentee_head", "supervisor")),
        Transition("agree_anew", "active", SAME, by="mentee", title="Sepakati mentoring dengan mentor pengganti", takes=Note,
            when=turns.the_mentor_is_another, when_says="mentor sudah diganti dan mentee belum menyepakatinya",
            writes=MENTEE_CONSENT, issues=(MENTORING_AGREEMENT,), asks_anew=True, tells=("mentor",)),
        Transition("decline", "replacement_consent", "paused", by="new_mentor", title="Nyatakan tidak bersedia menggantikan",
            takes=Because, amends=without_replacement, tells=("mentee", "agency_head")),
        Transition("lapse", "replacement_consent", "paused", by=SYSTEM, title="Lewat waktu tanpa jawaban",
            amends=without_replacement, tells=("mentee", "agency_head", "new_mentor")),
        # It ends: agreed upon, at its time, or earlier
        Transition("ask_conclusion", "active", SAME, by=("mentor", "mentee"), title="Minta mentoring diakhiri", takes=Because,
            guards=(turns.nothing_else_is_asked,), writes=CONCLUSION_ASK, asks_anew=True, aside=True, tells=("mentor", "mentee")),
        Transition("conclude", "active", "evaluation", by="mentee", title="Akhiri mentoring", takes=Note,
            when=turns.the_mentor_asks_for_the_end, when_says=END_OF_MENTOR, tells=("mentor", "supervisor")),
        Transition("conclude", "active", "evaluation", by="mentor", title="Akhiri mentoring", takes=Note,
            when=turns.the_mentee_asks_for_the_end, when_says=END_OF_MENTEE, tells=("mentee", "supervisor")),
        Transition("conclude", UNDER_WAY, "evaluation", by=SYSTEM, title="Akhiri mentoring", amends=without_replacement,
            guards=(period.the_period_is_over,), tells=("supervisor",)),
        Transition("end_early", UNDER_WAY, "evaluation", by=("mentor", "mentee", "agency_head", "verifier"),
            title="Akhiri lebih awal", takes=Because, amends=without_replacement, writes=EARLY_END, aside=True,
            tells=("mentor", "mentee", "agency_head", "supervisor")),
        # Evaluation, certificates
        Transition("evaluate", "evaluation", SAME, by="mentee", title="Nilai mentor", takes=Evaluation, writes=MENTEE_EVALUATION,
            when=conduct.the_mentee_has_not_evaluated, when_says="mentee belum menilai", asks_anew=True),
        Transition("evaluate", "evaluation", SAME, by="mentor", title="Nilai mentee", takes=Evaluation, writes=MENTOR_EVALUATION,
            when=conduct.the_mentor_has_not_evaluated, when_says="mentor belum menilai", asks_anew=True),
        Transition("certify", "evaluation", "completed", by="verifier", title="Terbitkan surat keterangan", takes=Note,
            guards=(conduct.meetings_are_enough, conduct.evaluations_are_in_or_late, conduct.every_meeting_is_answered),
            by_law_of="propose",
            issues=(MENTORING_REPORT, REPORT_BY_MENTEE, REPORT_BY_MENTOR, MENTEE_CERTIFICATE, MENTOR_CERTIFICATE),
            tells=("mentee", "mentor", "supervisor")),
        Transition("close_unmet", "evaluation", "unmet", by="verifier", title="Nyatakan tidak memenuhi", takes=Because,
            guards=(conduct.meetings_are_too_few, conduct.every_meeting_is_answered), by_law_of="propose",
            keeps_hours=conduct.UNMET_SESSIONS_COUNT,
            tells=("mentee", "mentor", "supervisor")),
        # Retired, resigned or died
        Transition("close_departed", ("drafted", *PROPOSED), "withdrawn", by=SYSTEM, title=CLOSE, takes=Departed,
            when=turns.the_mentee_has_left, when_says=MENTEE_LEFT, at_once=True, tells=("mentor", "supervisor")),
        Transition("close_departed", UNDER_WAY, "evaluation", by=SYSTEM, title="Akhiri karena mentee tidak lagi bertugas",
            takes=Departed, amends=without_replacement, when=turns.the_mentee_has_left, when_says=MENTEE_LEFT, at_once=True,
            tells=("mentor", "agency_head", "supervisor")),
        Transition("lose_mentor", PROPOSED, "drafted", by=SYSTEM, title="Kembalikan karena mentor tidak lagi bertugas",
            takes=Departed, when=turns.the_mentor_has_left, when_says=MENTOR_LEFT, at_once=True,
            tells=("mentee", "supervisor")),
        Transition("lose_mentor", "active", "paused", by=SYSTEM, title="Jeda karena mentor tidak lagi bertugas", takes=Departed,
            when=turns.the_mentor_has_left, when_says=MENTOR_LEFT, at_once=True,
            tells=("mentee", "agency_head", "supervisor")),
    ),
)
# fmt: on
