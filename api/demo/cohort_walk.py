"""The demo's cohort: five colleagues under shared letters, an answer on paper, a substitute, a longer period."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from api.demo import cohort_story as story
from api.demo.stage import Stage, listed
from api.demo.story import REPORT
from api.demo.together import Together
from policies.dates import written
from workflow.demo.cast import Cast, Player
from workflow.demo.troupe import Troupe


@dataclass
class CohortWalk:
    """Those who go together and who acts for them, on their stage."""

    stage: Stage
    cast: Cast
    troupe: Troupe
    #: Who goes, by case, in the order of the list.
    goers: dict[str, Player] = field(default_factory=dict)
    cohort: str = ""

    def run(self) -> None:
        """From the list of the personnel officer to the credited hours. Raises Unexpected where it does not go as it should."""
        self._asked()
        self._approved()
        self._answered()
        self._assigned()
        self._replaced()
        self._worked()
        self._finished()

    # --- The chapters -------------------------------------------------------------------------------------------------

    def _asked(self) -> None:
        stage, troupe = self.stage, self.troupe
        stage.go_to(story.OPENED_ON, 8, 30)
        body = {
            "process": "internship",
            "title": f"Magang bersama {troupe.unit_name}",
            "form": story.request_of(troupe),
            "members": [{"person": goer.id} for goer in troupe.goers],
        }
        answer = stage.visitor(troupe.officer).post("/api/cohorts", body)
        opened = stage.done(troupe.officer, "membuka rombongan", answer, quiet=True).document
        self.cohort = str(opened["id"])
        self.goers = {line["case_id"]: goer for line, goer in zip(opened["moved"], troupe.goers, strict=True)}
        stage.did(
            troupe.officer,
            f"membuka berkas rombongan bagi {len(troupe.goers)} rekan",
            opened["moved"][0]["state_title"],
        )
        for number, goer in enumerate(troupe.goers, start=1):
            stage.add(f"{number}. {goer.name}, {goer.post}")
        stage.later(13, 0)
        for case, goer in self.goers.items():
            stage.act(goer, case, "submit", {}, quiet=True)
        stage.say(
            f"  13.00  Kelima peserta memeriksa isian dan mengajukan permohonan masing-masing. {self._standing()}"
        )

    def _approved(self) -> None:
        stage, troupe = self.stage, self.troupe
        stage.go_to(story.ENDORSED_ON, 9, 0)
        for supervisor in troupe.supervisors:
            self._together(supervisor, "endorse", "menyetujui permohonan")
        stage.go_to(story.FORWARDED_ON, 10, 0)
        self._together(troupe.head, "forward", "meneruskan rombongan ke BKPSDM")
        stage.go_to(story.VERIFIED_ON, 9, 30)
        self._together(self.cast.verifier, "verify", "menyatakan memenuhi syarat", {"budget_line": troupe.budget_line})
        stage.go_to(story.ASKED_ON, 11, 0)
        self._together(self.cast.secretary, "request_host", "menyetujui satu surat permohonan bagi seluruh rombongan")

    def _answered(self) -> None:
        """The host's contact is away; the answer comes as a scanned letter, which the verifier puts on record."""
        stage, troupe, verifier = self.stage, self.troupe, self.cast.verifier
        stage.go_to(story.ANSWERED_ON, 9, 0)
        stage.say(f"  09.00  {troupe.host.name} membalas dengan surat yang dipindai, dikirim lewat WhatsApp ke BKPSDM.")
        scan = stage.upload(verifier, "balasan-rumah-sakit.pdf", *story.reply_paper(troupe))
        stage.later(9, 20)
        paper = story.recorded(troupe, scan)
        self._together(verifier, "confirm", "mencatat kesediaan instansi penerima", story.REPLY, recorded=paper)
        case = next(iter(self.goers))
        stage.add(stage.event(verifier, case, "confirm")["recorded"]["says"])
        offered = stage.visitor(troupe.host.contact).get(f"/api/cases/{case}/actions").document["actions"]
        if any(action["trigger"] == "contest" and action["allowed"] for action in offered):
            stage.add(f"{troupe.host.name} melihat catatan itu dan dapat mengajukan keberatan.")

    def _assigned(self) -> None:
        stage, troupe = self.stage, self.troupe
        stage.go_to(story.ASSIGNED_ON, 8, 30)
        self._together(troupe.head, "assign", "menerbitkan satu surat tugas dengan lampiran daftar nama")
        stage.later(11, 0)
        self._together(self.cast.personnel_head, "introduce", "menerbitkan surat pengantar")

    def _replaced(self) -> None:
        """One falls ill before the start: a colleague takes the place, and the letters are changed by those who signed them."""
        stage, troupe = self.stage, self.troupe
        case, ill = list(self.goers.items())[story.ILL]
        stage.go_to(story.REPLACED_ON, 8, 0)
        stage.say(
            f"  08.00  {ill.name} sakit dan dirawat. {troupe.substitute.name} bersedia berangkat menggantikannya."
        )
        stage.act(troupe.head, case, "replace", story.replacement(troupe.substitute), at=(9, 0))
        page = stage.visitor(troupe.officer).get(f"/api/cohorts/{self.cohort}").document
        by_id = {goer.id: goer for goer in (*troupe.goers, troupe.substitute)}
        self.goers = {line["case_id"]: by_id[line["subject"]["id"]] for line in page["cases"]}
        stage.add(f"Rombongan sekarang: {listed([goer.name for goer in self.goers.values()])}")
        stage.later(13, 30)
        stage.sign_what_waits(troupe.head)
        stage.go_to(story.NOTIFIED_ON, 9, 0)
        stage.sign_what_waits(self.cast.secretary)

    def _worked(self) -> None:
        stage, contact = self.stage, self.troupe.host.contact
        stage.go_to(story.STARTS_ON, 8, 0)
        self._together(contact, "start", "menyatakan rombongan mulai magang")
        longer = next(iter(self.goers))
        for monday in story.WEEKS:
            if monday == story.WANTED_ON:
                self._extended(longer)
            only = [longer] if monday > story.ENDS_ON else []
            last = self._logged(monday, only or list(self.goers), story.EXTENDED_TO if only else story.ENDS_ON)
            stage.later(17, 0)
            range_ = {"from_on": monday.isoformat(), "until_on": last.isoformat()}
            self._together(contact, "confirm_days", "mengonfirmasi catatan harian", range_, only=only)
            if last >= story.ENDS_ON:
                stage.later(17, 30)
                self._together(contact, "finish", "menyatakan magang berakhir", only=only)

    def _logged(self, monday: date, cases: Sequence[str], until: date) -> date:
        """Each logs the days of a week at its end, in one act. Answers the last of them."""
        stage = self.stage
        pages = story.week_of(monday, self.troupe.working_days, until)
        day = date.fromisoformat(pages[-1]["worked_on"])
        stage.go_to(day, 16, 0)
        for case in cases:
            first, *rest = pages
            further = [{"trigger": "log_day", "form": page} for page in rest]
            stage.act(self.goers[case], case, "log_day", first, quiet=True, then=further)
        who = "Kelima peserta" if len(cases) > 1 else self.goers[cases[0]].name
        stage.say(f"  16.00  {who} mengisi catatan harian sampai {written(day)}: {len(pages)} hari kerja.")
        return day

    def _extended(self, case: str) -> None:
        """One stays longer: asked for by the participant, agreed by the host, granted by the head with a letter of its own."""
        stage = self.stage
        stage.go_to(story.WANTED_ON, 10, 0)
        stage.act(self.goers[case], case, "request_extension", story.EXTENSION)
        stage.act(self.troupe.host.contact, case, "consent_extension", {"note": "Ruangan tersedia."}, at=(14, 0))
        stage.go_to(story.EXTENDED_ON, 9, 0)
        stage.act(self.troupe.head, case, "extend", {"note": f"Sampai dengan {written(story.EXTENDED_TO)}."})

    def _finished(self) -> None:
        stage, contact, completer = self.stage, self.troupe.host.contact, self.troupe.completer
        stage.go_to(story.TOLD_ON, 9, 0)
        for case, goer in self.goers.items():
            report = stage.upload(goer, "laporan-akhir.pdf", "LAPORAN AKHIR MAGANG", goer.name, REPORT[:70])
            stage.act(goer, case, "report", {"summary": REPORT, "report_file": report}, quiet=True)
        stage.say(f"  09.00  Kelima peserta menyampaikan laporan akhir. {self._standing()}")
        stage.go_to(story.ASSESSED_ON, 10, 0)
        own = {}
        for number, (case, goer) in enumerate(self.goers.items(), start=1):
            paper = stage.upload(contact, f"surat-keterangan-{number}.pdf", "SURAT KETERANGAN", contact.name, goer.name)
            own[case] = story.assessment(number, paper)
        self._together(contact, "assess", "menilai per nama dalam satu perbuatan", each=own)
        stage.go_to(story.COMPLETED_ON, 9, 30)
        spent = {case: self._spent(number) for number, case in enumerate(self.goers, start=1)}
        self._together(
            completer, "complete", "menyatakan selesai, sebagai verifikator yang bukan pencatat balasan", each=spent
        )
        stage.go_to(story.CERTIFIED_ON, 8, 30)
        stage.sign_what_waits(self.cast.personnel_head)
        credited: dict[str, list[str]] = {}
        for case, goer in self.goers.items():
            event = stage.event(completer, case, "complete")
            credited.setdefault(event["posted"][-1], []).append(goer.name)
        for says, names in credited.items():
            stage.add(f"{says} bagi {listed(names)}")

    def _spent(self, number: int) -> dict[str, Any]:
        proof = self.stage.upload(self.troupe.completer, f"kuitansi-{number}.pdf", "KUITANSI", f"Rp{story.COST}")
        return {"cost": story.COST, "proofs": [proof], "note": "Berkas lengkap."}

    # --- What they do together ----------------------------------------------------------------------------------------

    def _together(
        self,
        player: Player,
        trigger: str,
        what: str,
        form: Mapping[str, Any] | None = None,
        *,
        each: Mapping[str, Mapping[str, Any]] | None = None,
        only: Sequence[str] = (),
        recorded: Mapping[str, Any] | None = None,
    ) -> None:
        """A step for all who may take it, tried first; then told with those who stayed, and why."""
        own = {case: {"form": given} for case, given in (each or {}).items()}
        without = [case for case in self.goers if case not in only] if only else ()
        Together(self.stage, self.cohort).act(player, trigger, what, form, each=own, without=without, recorded=recorded)

    def _standing(self) -> str:
        """Where the cohort is."""
        page = self.stage.visitor(self.troupe.officer).get(f"/api/cohorts/{self.cohort}").document
        counted = Counter(line["state_title"] for line in page["cases"])
        return f"Status: {'; '.join(f'{state} ({number} peserta)' for state, number in counted.items())}."
