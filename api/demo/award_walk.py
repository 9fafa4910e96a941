"""The demo's round of awards: called out, nominated, compared in secret, decreed with its money, paid and handed over."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from api.demo import award_story as story
from api.demo.nominating import Nominating
from api.demo.stage import Stage, listed
from api.demo.together import Together
from api.demo.visitor import Unexpected
from policies.dates import written
from policies.incentive import RECOGNITION, REGIONAL
from policies.wording import say_money
from workflow.demo.cast import Cast, Player
from workflow.demo.honours import Honours, Nominee
from workflow.letters.words import begun_small
from workflow.telling.plain_text import ended


@dataclass
class AwardWalk:
    """Nominees, panel and who decides, on their stage."""

    stage: Stage
    cast: Cast
    honours: Honours
    #: The round, and the nominations in it by their cases, the best first.
    round: str = ""
    nominees: dict[str, Nominee] = field(default_factory=dict)

    def run(self) -> None:
        """From the round that is opened to the award that is handed over. Raises Unexpected where it goes another way."""
        self._called()
        self._proposed()
        self._nominated()
        self._compared()
        self._recommended()
        self._decreed()
        self._paid()
        self._handed_over()
        self._thanked()

    @property
    def _nominating(self) -> Nominating:
        return Nominating(self.stage, self.cast.verifier)

    @property
    def _together(self) -> Together:
        return Together(self.stage, self.round, "calon")

    # --- The round ----------------------------------------------------------------------------------------------------

    def _called(self) -> None:
        """The round is opened; the regent appoints the panel, and the secretary calls it out to all units."""
        stage, panel = self.stage, self.honours.panel
        stage.go_to(story.OPENED_ON, 9, 0)
        self.round = self._nominating.opened_round(story.award_round(self.honours))
        stage.add(
            f"Tempat: {story.PLACES} penerima, masing-masing {say_money(story.AMOUNT)}; {self.honours.budget_title}."
        )
        members = listed([member.name for member in panel.members])
        stage.add(
            ended(f"Tim penilai: {panel.chair.name}, ketua; {panel.secretary.name}, sekretaris; anggota: {members}")
        )
        stage.add(ended(f"Pengganti ketua: {panel.chair_substitute.name}; anggota pengganti: {panel.substitute.name}"))
        stage.go_to(story.APPOINTED_ON, 10, 0)
        stage.act(self.honours.regent, self.round, "appoint_panel", {"note": ""})
        stage.go_to(story.CALLED_ON, 9, 0)
        stage.act(self.cast.secretary, self.round, "call", {"note": ""})

    def _proposed(self) -> None:
        """The units' personnel officers propose; one proposal is refused, and its nominee reads why."""
        stage, barred = self.stage, self.honours.barred
        stage.go_to(story.PROPOSED_ON, 9, 0)
        for nominee in self.honours.compared:
            self.nominees[self._nominating.proposed(nominee, self.round, story.GROUNDS)] = nominee
        stage.later(10, 0)
        case = self._nominating.drafted(barred)
        form = self._nominating.form_of(barred, self.round, story.GROUNDS)
        stage.refused(barred.officer, case, "propose", form, f"mengusulkan {barred.player.name}")
        self._explained(barred.player)
        stage.act(barred.officer, case, "withdraw", story.TAKEN_BACK)

    def _explained(self, player: Player) -> None:
        """Whoever could not be nominated reads what is missing, each with its article and the way out."""
        stage = self.stage
        kinds = stage.visitor(player).get("/api/me/awards").document["kinds"]
        within_reach = next(each for each in kinds if each["kind"] == REGIONAL)
        stage.did(player, "membaca dengan kuncinya sendiri mengapa belum dapat diusulkan")
        for line in within_reach["missing"]:
            stage.add(f"Kurang: {line['says']} Dasar: {', '.join(line['by'])}. {line['remedy']}")

    # --- Nominated and verified ---------------------------------------------------------------------------------------

    def _nominated(self) -> None:
        """Each head of a unit nominates with one letter for all of the unit; Inspektorat and verifier examine."""
        stage, inspector = self.stage, self.honours.inspector
        stage.go_to(story.NOMINATED_ON, 9, 0)
        for head in {nominee.head.id: nominee.head for nominee in self.nominees.values()}.values():
            others = [case for case, nominee in self.nominees.items() if nominee.head.id != head.id]
            self._together.act(head, "nominate", "mengusulkan ke BKPSDM", without=others)
        stage.go_to(story.CLEARED_ON, 9, 0)
        for number, (case, nominee) in enumerate(self.nominees.items(), start=1):
            name = nominee.player.name
            paper = stage.upload(inspector, f"bebas-temuan-{number}.pdf", "SURAT KETERANGAN BEBAS TEMUAN", name)
            form = story.clearance(210 + number, story.CLEARED_ON, paper)
            stage.act(inspector, case, "clear", form, quiet=True)
            stage.did(inspector, f"mencatat bahwa {name} bebas temuan, Nomor {form['number']}")
        stage.go_to(story.VERIFIED_ON, 9, 0)
        self._together.act(self.cast.verifier, "verify", "menyatakan memenuhi syarat")

    # --- The panel ----------------------------------------------------------------------------------------------------

    def _compared(self) -> None:
        """The round closes by itself; the members score, each without the others' scores and without their own unit."""
        stage, panel = self.stage, self.honours.panel
        stage.go_to(story.COMPARED_ON, 7, 30, sweep=True)
        stage.go_to(story.SCORED_ON, 9, 0)
        left_out = panel.members[-1]
        theirs = next(case for case, nominee in self.nominees.items() if nominee.head.id == left_out.id)
        stage.refused(
            left_out, theirs, "score", story.marks(0, 0), f"hendak menilai {self.nominees[theirs].player.name}"
        )
        for place, member in enumerate(panel.scoring):
            self._scored(member, place)
            if place == 0:
                self._sealed()
                stage.later(10, 0)

    def _scored(self, member: Player, place: int) -> None:
        """One act for all nominees whom a member may score."""
        own, without = {}, []
        for number, (case, nominee) in enumerate(self.nominees.items()):
            if nominee.head.id == member.id:
                without.append(case)
            else:
                own[case] = {"form": story.marks(number, place)}
        if own:
            self._together.act(member, "score", "memberi nilai", each=own, without=without)

    def _sealed(self) -> None:
        """Nobody else reads a score before all are in."""
        entries = self._page(next(iter(self.nominees)))["entries"]
        if not any(entry["kind"] == "score" and entry["hidden"] for entry in entries):
            raise Unexpected("Nilai seorang anggota tim penilai seharusnya belum terbaca oleh orang lain.")
        self.stage.add("Nilai itu tersembunyi bagi orang lain sampai semua anggota menilai.")

    def _recommended(self) -> None:
        """The chair concludes all with one record, which the panel's secretary signs as well."""
        stage, panel = self.stage, self.honours.panel
        stage.go_to(story.RECOMMENDED_ON, 9, 0)
        rest = list(self.nominees)[story.PLACES :]
        own = {case: {"trigger": "not_recommended", "form": story.NOT_RECOMMENDED} for case in rest}
        minutes, *_ = self._together.act(
            panel.chair, "recommend", "menutup penilaian dengan satu berita acara", each=own
        )
        self.nominees = {case: nominee for case, nominee in self.nominees.items() if case not in rest}
        stage.later(13, 0)
        stage.sign_what_waits(panel.chair)
        stage.on_letter(panel.secretary, minutes, "sign")
        stage.did(panel.secretary, "ikut menandatangani berita acara itu")

    # --- The decree ---------------------------------------------------------------------------------------------------

    def _decreed(self) -> None:
        """The money is held before the regent decrees; then each gets an excerpt and a certificate."""
        stage, honours = self.stage, self.honours
        stage.go_to(story.BUDGETED_ON, 10, 0)
        self._together.act(
            honours.treasurer, "confirm_budget", "mencadangkan anggaran", {"budget_line": "", "note": ""}
        )
        self._told_money("confirm_budget")
        stage.go_to(story.DECREED_ON, 9, 0)
        self._together.act(honours.regent, "decree", "menetapkan penerima dengan satu keputusan")
        self._told_money("decree")
        stage.go_to(story.EXTRACTED_ON, 9, 0)
        self._together.act(self.cast.personnel_head, "extract", "menerbitkan petikan dan piagam")
        stage.later(13, 0)
        stage.sign_what_waits(honours.regent)

    def _told_money(self, kind: str) -> None:
        """What a step wrote into the books of the budget, and for whom."""
        booked: dict[str, list[str]] = {}
        for case, nominee in self.nominees.items():
            for says in self.stage.event(self.cast.verifier, case, kind)["posted"]:
                booked.setdefault(says, []).append(nominee.player.name)
        for says, names in booked.items():
            self.stage.add(ended(f"{says} bagi {listed(names)}"))

    # --- Paid and handed over -----------------------------------------------------------------------------------------

    def _paid(self) -> None:
        """The list of payments goes to the treasury; the order it pays by is put on record for each."""
        stage, verifier, nominees = self.stage, self.cast.verifier, self.nominees
        stage.go_to(story.PAID_ON, 9, 0)
        due = {line["case_id"]: line for line in self._payments()["lines"]}
        own = {}
        for number, (case, nominee) in enumerate(nominees.items(), start=1):
            proof = stage.upload(verifier, f"sp2d-{number}.pdf", "SURAT PERINTAH PENCAIRAN DANA", nominee.player.name)
            own[case] = {"form": story.payment(number, due[case], proof)}
        self._together.act(verifier, "record_payment", "mencatat pembayaran", each=own)
        listed_ = self._payments()
        stage.add(f"Daftar nominatif {listed_['round_title']}: {listed_['says']}")
        for number, line in enumerate(listed_["lines"], start=1):
            stage.add(f"{number}. {line['name']}: {_paid_in_words(line)}")
        sheet = stage.visitor(verifier).get(f"/api/awards/rounds/{self.round}/payments/xlsx")
        stage.add(f"Lembar kerjanya: {stage.folder.keep(f'daftar-nominatif-{story.YEAR}.xlsx', sheet.content)}")

    def _payments(self) -> dict[str, Any]:
        return dict(self.stage.visitor(self.cast.verifier).get(f"/api/awards/rounds/{self.round}/payments").document)

    def _handed_over(self) -> None:
        """Handed over with its certificate; the round ends by itself with the last of its nominations."""
        stage = self.stage
        stage.go_to(story.HANDED_ON, 8, 0)
        form = story.handing(story.HANDED_ON, story.HANDED_AT)
        self._together.act(self.cast.verifier, "hand_over", "mencatat penyerahan dengan piagam", form)
        names = [nominee.player.name for nominee in self.nominees.values()]
        where = f"{begun_small(story.HANDED_AT)} tanggal {written(story.HANDED_ON)}"
        stage.add(ended(f"Diserahkan pada {where}: {listed(names)}"))
        stage.add(f"Status putaran: {self._page(self.round)['state_title']}.")

    def _thanked(self) -> None:
        """The last of them is thanked by the own unit: without a round, a panel or money."""
        stage, verifier = self.stage, self.cast.verifier
        nominee = replace(self.honours.compared[-1], kind=RECOGNITION)
        stage.go_to(story.PRAISED_ON, 9, 0)
        case = self._nominating.proposed(nominee, "", story.THANKED)
        stage.act(nominee.head, case, "nominate", {"note": ""}, at=(10, 0))
        stage.go_to(story.THANKED_ON, 9, 0)
        stage.act(verifier, case, "verify", {"note": ""})
        stage.act(nominee.head, case, "decree", {"note": ""}, at=(10, 0))
        stage.act(verifier, case, "hand_over", story.handing(story.THANKED_ON, story.THANKED_AT), at=(13, 0))

    def _page(self, case: str) -> dict[str, Any]:
        return dict(self.stage.visitor(self.cast.verifier).get(f"/api/cases/{case}").document)


def _paid_in_words(line: dict[str, Any]) -> str:
    sums = f"{say_money(line['gross'])}, pajak {say_money(line['tax'])}, diterima {say_money(line['net'])}"
    return f"{sums}; {line['bank']} {line['account']}, SP2D {line['sp2d_number']}."
