"""The demo's internship, from draft to certificate: each step by the person whose step it is, over the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from api.demo import story
from api.demo.letter_walk import LetterWalk
from api.demo.stage import Stage
from policies.dates import written
from workflow.demo.cast import Cast, Player

FIELD_SUPERVISOR = {
    "field_supervisor": "Ns. Ratri Puspita, S.Kep., M.Kep.",
    "field_supervisor_post": "Kepala Ruang",
}


@dataclass
class Walk:
    """The people of the story, on their stage."""

    stage: Stage
    cast: Cast

    def run(self) -> None:
        """From the request to the credited hours. Raises Unexpected where it does not go as it should."""
        self.stage.go_to(story.FIRST_DAY, 8, 0)
        case = self._asked()
        self._refusals(case)
        self._approved(case)
        self._arranged(case)
        self._worked(case)
        self._finished(case)

    # --- The chapters -------------------------------------------------------------------------------------------------

    def _asked(self) -> str:
        participant, form = self.cast.participant, story.request_of(self.cast)
        opened = self.stage.visitor(participant).post("/api/cases", {"process": "internship", "form": {}})
        case = str(self.stage.done(participant, "membuka berkas magang", opened).document["id"])
        first = {name: form[name] for name in ("host", "section", "starts_on", "ends_on")}
        self.stage.act(participant, case, "save", first)
        self.stage.act(participant, case, "submit", form)
        deadline = self.stage.visitor(participant).get(f"/api/cases/{case}").document["deadline"]
        self.stage.add(f"Tenggat: {deadline['says']}")
        return case

    def _refusals(self, case: str) -> None:
        participant = self.cast.participant
        self.stage.refused(participant, case, "endorse", {}, "mencoba menyetujui permohonannya sendiri")
        visitor = self.stage.visitor(participant)
        other = visitor.post("/api/cases", {"process": "internship", "form": story.overlapping_request(self.cast)})
        second = str(self.stage.done(participant, "membuka permohonan kedua", other).document["id"])
        self.stage.refused(participant, second, "submit", {}, "mengajukan permohonan kedua")
        self.stage.act(participant, second, "withdraw", {"note": "Tanggalnya bertumpang tindih."})

    def _approved(self, case: str) -> None:
        cast = self.cast
        self.stage.go_to(story.FIRST_DAY + timedelta(days=1), 7, 30, sweep=True)
        self.stage.act(cast.supervisor, case, "endorse", {"note": "Setuju; jadwal jaga sudah diatur."}, at=(9, 0))
        self.stage.act(cast.head, case, "forward", {"note": ""}, at=(10, 30))
        self.stage.go_to(story.FIRST_DAY + timedelta(days=2), 9, 0)
        self.stage.add(f"Mata anggaran yang dipilih: {cast.budget_title}.")
        self.stage.act(cast.verifier, case, "verify", {"budget_line": cast.budget_line})
        self.stage.go_to(story.FIRST_DAY + timedelta(days=3), 13, 0)
        (letter,) = self.stage.act(cast.secretary, case, "request_host", {}, held=True)
        LetterWalk(self.stage, cast, case, letter).request()

    def _arranged(self, case: str) -> None:
        cast = self.cast
        self.stage.go_to(story.FIRST_DAY + timedelta(days=8), 10, 0)
        reply = {**FIELD_SUPERVISOR, "reply_number": "DP.03.01/217/2026", "reply_on": "2026-03-09"}
        self.stage.act(cast.host.contact, case, "confirm", reply)
        self.stage.go_to(story.FIRST_DAY + timedelta(days=9), 9, 0)
        self.stage.act(self._assigner(case), case, "assign", {})
        self.stage.act(cast.personnel_head, case, "introduce", {}, at=(11, 0))

    def _worked(self, case: str) -> None:
        cast, days = self.cast, story.days_of_work(self.cast)
        self.stage.go_to(story.STARTS_ON, 7, 45)
        self.stage.act(cast.participant, case, "start", {})
        for number, day in enumerate(days):
            self.stage.go_to(day, 16, 0)
            self.stage.act(cast.participant, case, "log_day", story.logged_day(day, number), quiet=number > 0)
            if day == days[-1] or days[number + 1].isocalendar().week != day.isocalendar().week:
                monday = day - timedelta(days=day.weekday())
                self.stage.add(f"Catatan harian sampai {written(day)} sudah diisi.")
                self.stage.go_to(day, 17, 0)
                self.stage.act(
                    cast.host.contact,
                    case,
                    "confirm_days",
                    {"from_on": monday.isoformat(), "until_on": day.isoformat()},
                )
        self.stage.act(cast.host.contact, case, "finish", {}, at=(17, 30))

    def _finished(self, case: str) -> None:
        cast, after = self.cast, story.ENDS_ON
        self.stage.go_to(after + timedelta(days=3), 9, 0)
        report = self.stage.upload(
            cast.participant, "laporan-akhir.pdf", "LAPORAN AKHIR MAGANG", cast.participant.name, story.REPORT[:70]
        )
        self.stage.act(cast.participant, case, "report", {"summary": story.REPORT, "report_file": report})
        self.stage.go_to(after + timedelta(days=4), 10, 0)
        paper_ = self.stage.upload(
            cast.host.contact, "surat-keterangan.pdf", "SURAT KETERANGAN", cast.host.name, cast.participant.name
        )
        certificate = {
            "certificate_number": "DP.03.02/301/2026",
            "certificate_on": "2026-04-20",
            "certificate_file": paper_,
        }
        self.stage.act(cast.host.contact, case, "assess", {"scores": story.SCORES, **certificate})
        self.stage.go_to(after + timedelta(days=5), 9, 30)
        proof = self.stage.upload(cast.verifier, "kuitansi.pdf", "KUITANSI", f"Rp{story.COST}")
        self.stage.act(
            cast.verifier, case, "complete", {"cost": story.COST, "proofs": [proof], "note": "Berkas lengkap."}
        )
        self.stage.go_to(after + timedelta(days=6), 8, 30)
        LetterWalk(self.stage, cast, case, self.stage.letters[-1][0]).on_paper(cast.personnel_head)
        self.stage.settle()
        page = self.stage.visitor(cast.verifier).get(f"/api/cases/{case}").document
        sent = sum(owed["kind"] in ("message", "send") and owed["state"] == "done" for owed in page["owed"])
        self.stage.add(f"{sent} surel kepada para pihak tentang berkas ini sudah dikirim.")

    def _assigner(self, case: str) -> Player:
        """Whoever the case waits for now: the head of the unit, or the secretary where the participant is a head."""
        waiting = {
            wait["person"]["id"]
            for wait in self.stage.visitor(self.cast.verifier).get(f"/api/cases/{case}").document["waits_for"]
        }
        return next((player for player in self.cast.players if player.id in waiting), self.cast.head)
