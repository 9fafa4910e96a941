"""Pencabutan penghargaan: after the hand-over, by whoever decided on it; of a Satyalancana the Keppres is recorded."""

from __future__ import annotations

import policies.award_revocation as policy
import policies.incentive_payment as paying
import policies.incentive_returning as returning
import policies.internship as common
from workflow.definition import (
    SAME,
    SYSTEM,
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
from workflow.forms import Because, Note, ToMend
from workflow.forms.award_revocation import ANSWERED, REVOKED_LATE, Answer, AwardRevocation
from workflow.forms.incentive import RevokedAward
from workflow.letters.kinds.award_revocation import LATE_REVOCATION

#: What must hold of a revocation before it is handed in, and again when it is decided.
SOUND = (policy.award_stands, policy.award_is_theirs, policy.revoked_in_one_case, policy.ground_is_proved)

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="award_revocation",
    title="Pencabutan penghargaan",
    version=1,
    basis=("UU 20/2023 Pasal 21", "UU 30/2014", "PP 11/2017 Pasal 231", "PP 49/2018"),
    form=AwardRevocation,
    opened_by=("verifier",),
    returns=returning.what_comes_back,
    seen_by=("bkpsdm.verifier", "bkpsdm.budget", "auditor"),
    apart=(Apart("verifier", to="personnel_head"), Apart("personnel_head", to="decider")),
    roles=(
        Role("holder", "Penerima penghargaan", person=True),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
        Role("secretary", "Sekretaris Daerah", post="secretary"),
        Role("nominee_head", "Kepala perangkat daerah penerima", heads="holder"),
        Role("decider", "Pejabat yang memutus", find=policy.who_revokes,
            says="kepala daerah selaku Pejabat Pembina Kepegawaian; bagi apresiasi perangkat daerah pejabat yang memberikannya"),
    ),
    states=(
        State("drafted", "Draf", waits=("verifier",), within=policy.DRAFT_DAYS, prepared=True,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("head_review", "Menunggu pertimbangan Kepala BKPSDM", waits=("personnel_head",), within=policy.REVIEW_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("decision", "Menunggu keputusan", waits=("decider",), within=policy.DECISION_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("revoked", "Penghargaan dicabut", final=True, carried_out=True),
        State("refused", "Tidak dicabut", final=True),
        State("withdrawn", "Ditarik", final=True),
    ),
    transitions=(
        Transition("save", "drafted", SAME, by="verifier", title="Simpan draf", takes=AwardRevocation, partial=True,
            restarts_clock=True),
        Transition("submit", "drafted", "head_review", by="verifier", title="Ajukan", takes=AwardRevocation, guards=SOUND,
            tells=("holder",)),
        Transition("forward", "head_review", "decision", by="personnel_head", title="Teruskan kepada pejabat yang memutus",
            takes=Note),
        Transition("return", "head_review", "drafted", by="personnel_head", title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("verifier",)),
        Transition("answer", ("head_review", "decision"), SAME, by="holder", title="Beri tanggapan", takes=Answer, writes=ANSWERED,
            aside=True, tells=("personnel_head",)),
        Transition("revoke", "decision", "revoked", by="decider", title="Cabut penghargaan", takes=RevokedAward, in_person=True,
            guards=(policy.award_stands, policy.revoked_in_one_case, common.rejection_cites_a_regulation,
                policy.a_keppres_revokes_a_satyalancana, paying.money_comes_back_or_why_not, returning.return_is_booked),
            writes=REVOKED_LATE, posts=(Posting.RETURN,), issues=(LATE_REVOCATION,), tells=("holder", "nominee_head", "verifier")),
        Transition("refuse", "decision", "refused", by="decider", title="Tidak mencabut", takes=Because,
            tells=("holder", "verifier")),
        Transition("withdraw", "drafted", "withdrawn", by=("verifier", SYSTEM), title="Tarik kembali", takes=Note),
        Transition("withdraw", ("head_review", "decision"), "withdrawn", by="verifier", title="Tarik kembali", takes=Because,
            aside=True, tells=("holder",)),
    ),
)
# fmt: on
