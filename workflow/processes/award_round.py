"""Putaran penghargaan: which awards, who compares the nominees and by what, called out to all units, until all is decided."""

from __future__ import annotations

import policies.award_round as policy
from workflow.definition import (
    SAME,
    SYSTEM,
    Among,
    Escalate,
    Fire,
    OnDate,
    Process,
    Remind,
    Role,
    State,
    Transition,
)
from workflow.forms import Because, Note, ToMend
from workflow.forms.award_round import EXTENDED, PANEL_CHANGED, AwardRound, LaterClosing, OtherPanel
from workflow.forms.award_round_changes import with_later_closing, with_other_panel
from workflow.letters.kinds.award_round import CALL_LETTER, PANEL_CHANGE, PANEL_DECREE

#: What must hold of a round before the panel is appointed, and again when it is called.
SOUND = (policy.closing_day_is_ahead, policy.kinds_and_numbers_agree, policy.panel_is_composed, policy.weights_add_up,
    policy.round_is_funded)  # fmt: skip
COMPARED = "putaran memuat penghargaan yang calonnya dibandingkan"
ALL_ENDED = "tidak ada usulan putaran ini yang masih berjalan"

# The table is laid out by hand, a step to a paragraph, so that it can be read beside the regulation.
# fmt: off
PROCESS = Process(
    name="award_round",
    title="Putaran penghargaan",
    version=1,
    basis=("UU 20/2009", "UU 20/2023 Pasal 21", "PP 35/2010", "PP 11/2017 Pasal 231", "PP 49/2018", "PP 12/2019"),
    form=AwardRound,
    opened_by=("verifier",),
    seen_by=("bkpsdm.verifier", "bkpsdm.budget", "auditor"),
    roles=(
        Role("organiser", "Penyelenggara putaran", person=True),
        Role("verifier", "Verifikator BKPSDM", group="bkpsdm.verifier"),
        Role("personnel_head", "Kepala BKPSDM", post="personnel_head"),
        Role("secretary", "Sekretaris Daerah", post="secretary"),
        Role("appointing_authority", "Kepala daerah selaku Pejabat Pembina Kepegawaian", post="regent"),
        Role("panel", "Tim penilai", chosen=policy.who_sits, held=("awaiting_call", "open", "comparing", "finished", "cancelled"),
            says="yang ditetapkan dalam keputusan tim penilai, dengan para penggantinya"),
        Role("unit_head", "Kepala perangkat daerah", chosen=policy.who_heads_a_unit,
            says="kepala semua perangkat daerah, termasuk pelaksana tugas (Plt.) dan pelaksana harian (Plh.)"),
    ),
    states=(
        State("drafted", "Draf", waits=("organiser", "verifier"), within=policy.DRAFT_DAYS,
            late=(Remind(0.5), Remind(0.8), Fire("withdraw", 1.0))),
        State("panel_decision", "Menunggu penetapan tim penilai", waits=("appointing_authority",), within=policy.DECISION_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("awaiting_call", "Menunggu surat pengusulan", waits=("secretary",), within=policy.CALL_DAYS,
            late=(Remind(0.6), Escalate(1.0))),
        State("open", "Pengusulan dibuka", waits=("organiser", "verifier"),
            late=(Remind(OnDate("closes_on", plus=-5)), Fire("close_nominations", OnDate("closes_on", plus=1), again=True))),
        State("comparing", "Dalam penilaian dan penetapan", waits=("organiser", "verifier"), within=policy.COMPARING_DAYS,
            late=(Remind(0.8), Escalate(1.0, to="personnel_head"))),
        State("finished", "Selesai", final=True, carried_out=True),
        State("cancelled", "Dibatalkan", final=True),
        State("withdrawn", "Ditarik", final=True),
    ),
    transitions=(
        Transition("save", "drafted", SAME, by=("organiser", "verifier"), title="Simpan draf", takes=AwardRound, partial=True,
            restarts_clock=True),
        Transition("submit", "drafted", Among(policy.where_a_round_goes, ("panel_decision", "awaiting_call"),
                says="langsung ke Sekretaris Daerah bila hanya memuat tanda kehormatan, yang calonnya tidak dibandingkan"),
            by="organiser", title="Ajukan", takes=AwardRound, guards=SOUND),
        Transition("return", "panel_decision", "drafted", by="appointing_authority", title="Kembalikan untuk perbaikan",
            takes=ToMend, pauses_clock=True, tells=("organiser",)),
        Transition("return", "awaiting_call", "drafted", by="secretary", title="Kembalikan untuk perbaikan", takes=ToMend,
            pauses_clock=True, tells=("organiser",)),
        Transition("appoint_panel", "panel_decision", "awaiting_call", by="appointing_authority", title="Tetapkan tim penilai",
            takes=Note, guards=SOUND, issues=(PANEL_DECREE,), in_person=True),
        Transition("call", "awaiting_call", "open", by="secretary", title="Umumkan pengusulan", takes=Note, guards=SOUND,
            after=(PANEL_DECREE,), issues=(CALL_LETTER,), tells=("organiser",)),
        Transition("extend", "open", SAME, by=("organiser", "verifier"), title="Perpanjang pengusulan", takes=LaterClosing,
            guards=(policy.new_closing_day_is_later,), amends=with_later_closing, writes=EXTENDED, restarts_clock=True,
            asks_anew=True),  # the time for scoring of those who joined runs from the closing day
        Transition("close_nominations", "open", "comparing", by=("organiser", "verifier", SYSTEM), title="Tutup pengusulan",
            guards=(policy.closing_day_has_passed,)),
        Transition("change_panel", ("open", "comparing"), SAME, by="appointing_authority", title="Ubah tim penilai",
            takes=OtherPanel, in_person=True, guards=(policy.panel_is_composed,), amends=with_other_panel, writes=PANEL_CHANGED,
            issues=(PANEL_CHANGE,), when=policy.a_panel_is_needed, when_says=COMPARED, asks_anew=True, aside=True,
            tells=("organiser",)),
        Transition("finish", "comparing", "finished", by=("organiser", "verifier", SYSTEM), title="Akhiri putaran",
            when=policy.no_nomination_is_under_way, when_says=ALL_ENDED, at_once=True),
        Transition("cancel", ("open", "comparing"), "cancelled", by=("organiser", "verifier"), title="Batalkan putaran",
            takes=Because,
            when=policy.no_nomination_is_under_way, when_says=ALL_ENDED, aside=True),
        Transition("withdraw", "drafted", "withdrawn", by=("organiser", SYSTEM), title="Tarik kembali", takes=Note,
            tells=("organiser",)),
        Transition("withdraw", ("panel_decision", "awaiting_call"), "withdrawn", by=("organiser", "verifier"),
            title="Tarik kembali",
            takes=Note, aside=True),
    ),
)
# fmt: on
