"""Laporan pengembangan kompetensi: compiled by a verifier, signed by the head of the personnel unit, for the regent."""

from __future__ import annotations

import policies.report as policy
from workflow.definition import (
    SAME,
    SYSTEM,
    Escalate,
    Fire,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Note, ToMend
from workflow.forms.report import FIGURES, Remarks, ReportRequest
from workflow.letters.kinds.report import REPORT_LETTER

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="report",
    title="Laporan pengembangan kompetensi",
    version=1,
    basis=("PP 11/2017 Pasal 203 ayat (4)", "PP 49/2018 Pasal 40"),
    form=ReportRequest,
    opened_by=("verifier",),
    seen_by=("bkpsdm.verifier", "auditor"),
    roles=(
        Role("compiler", "Penyusun laporan", person=True),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
        Role("secretary", "Sekretaris Daerah", post="secretary"),
        Role("regent", "Bupati", post="regent"),
    ),
    states=(
        State("drafted", "Draf", waits=("compiler",), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("head_review", "Menunggu tanda tangan kepala unit kepegawaian", waits=("personnel_head",),
            within=policy.REVIEW_DAYS, late=(Remind(0.6), Escalate(1.0))),
        State("reported", "Dilaporkan", final=True),
        State("withdrawn", "Ditarik penyusun", final=True),
    ),
    transitions=(
        Transition("save", "drafted", SAME, by="compiler", title="Simpan draf", takes=ReportRequest, partial=True,
            restarts_clock=True),
        Transition("submit", "drafted", "head_review", by="compiler", title="Ajukan untuk ditandatangani", takes=ReportRequest,
            guards=(policy.the_period_is_over, policy.the_period_is_not_reported_yet)),
        Transition("return", "head_review", "drafted", by="personnel_head", title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("compiler",)),
        Transition("report", "head_review", "reported", by="personnel_head", title="Tandatangani dan laporkan", takes=Remarks,
            guards=(policy.the_period_is_over, policy.the_period_is_not_reported_yet, policy.the_remarks_are_sentences),
            keeps=FIGURES, issues=(REPORT_LETTER,), tells=("compiler", "secretary")),
        Transition("withdraw", "drafted", "withdrawn", by=("compiler", SYSTEM), title="Tarik kembali", takes=Note,
            tells=("compiler",)),
        Transition("withdraw", "head_review", "withdrawn", by="compiler", title="Tarik kembali", takes=Note),
    ),
)
# fmt: on
