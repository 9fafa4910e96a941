"""The demo's medals: a list that is verified here, proposed upward by the regent, and conferred by Keppres on some of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.demo import award_story as story
from api.demo.nominating import Nominating
from api.demo.stage import Stage, listed
from api.demo.together import Together
from policies.dates import written
from workflow.demo.cast import Cast
from workflow.demo.honours import Honours, Nominee
from workflow.letters.words import begun_small
from workflow.telling.plain_text import ended


@dataclass
class MedalWalk:
    """Those who have served long enough, and who verifies, on their stage. Months lie between its two chapters."""

    stage: Stage
    cast: Cast
    honours: Honours
    #: The list, and the nominations on it by their cases.
    round: str = ""
    nominees: dict[str, Nominee] = field(default_factory=dict)

    def propose(self) -> None:
        """From the list that is announced to the regent's proposal. Raises Unexpected where it does not go as it should."""
        self._entered()
        self._verified()
        self._upward()

    def confer(self) -> None:
        """The Keppres names some of them, who get their medals; the others wait for the next. Raises Unexpected."""
        stage, verifier = self.stage, self.cast.verifier
        stage.go_to(story.RECORDED_ON, 9, 0)
        named, awaited = list(self.nominees)[:-1], list(self.nominees)[-1:]
        excerpt = stage.upload(verifier, "petikan-keppres.pdf", "PETIKAN KEPUTUSAN PRESIDEN", story.KEPPRES_NUMBER)
        self._together.act(
            verifier, "record_decree", "mencatat Keputusan Presiden", story.keppres(excerpt), without=awaited
        )
        stage.add(
            f"Keppres Nomor {story.KEPPRES_NUMBER} tanggal {written(story.KEPPRES_ON)}, dengan pindaian petikannya."
        )
        stage.add(ended(f"Belum tercantum dan masih ditunggu: {self._names(awaited)}"))
        stage.go_to(story.PINNED_ON, 9, 0)
        form = story.handing(story.PINNED_ON, story.PINNED_AT)
        self._together.act(verifier, "hand_over", "mencatat penyematan", form, without=awaited)
        stage.add(ended(f"Disematkan pada {begun_small(story.PINNED_AT)}: {self._names(named)}"))
        self._on_record()

    def _on_record(self) -> None:
        """All awards of the year, as the national personnel record takes them."""
        stage, visitor = self.stage, self.stage.visitor(self.cast.verifier)
        record = visitor.get(f"/api/awards/record?year={story.YEAR}").document
        sheet = visitor.get(f"/api/awards/record/csv?year={story.YEAR}").content
        stage.did(self.cast.verifier, "mengambil riwayat penghargaan untuk SIASN")
        stage.add(f"{record['says']} {stage.folder.keep(f'riwayat-penghargaan-{story.YEAR}.csv', sheet)}")

    # --- The chapters -------------------------------------------------------------------------------------------------

    def _entered(self) -> None:
        stage, nominating = self.stage, Nominating(self.stage, self.cast.verifier)
        stage.go_to(story.LISTED_ON, 9, 0)
        self.round = nominating.opened_round(story.medal_round(self.honours))
        stage.go_to(story.ANNOUNCED_ON, 9, 0)
        stage.act(self.cast.secretary, self.round, "call", {"note": ""})
        stage.go_to(story.ENTERED_ON, 9, 0)
        for nominee in self.honours.medals:
            self.nominees[nominating.proposed(nominee, self.round, story.SERVED)] = nominee

    def _verified(self) -> None:
        """One letter of the head for all of the unit; the verifier examines the record."""
        stage, verifier = self.stage, self.cast.verifier
        stage.go_to(story.SUBMITTED_ON, 9, 0)
        head = next(iter(self.nominees.values())).head
        self._together.act(head, "nominate", "mengusulkan ke BKPSDM")
        stage.go_to(story.EXAMINED_ON, 9, 0)
        own = {}
        for number, (case, nominee) in enumerate(self.nominees.items(), start=1):
            paper = stage.upload(
                verifier, f"keterangan-{number}.pdf", "SURAT KETERANGAN INSPEKTORAT", nominee.player.name
            )
            own[case] = {"form": story.clearance(180 + number, story.EXAMINED_ON, paper)}
        self._together.act(verifier, "clear", "mencatat keterangan Inspektorat", each=own)
        self._together.act(verifier, "verify", "menyatakan memenuhi syarat")

    def _upward(self) -> None:
        """The list is closed by the system, and goes upward as one letter with a list of names."""
        self.stage.go_to(story.UPWARD_ON, 7, 30, sweep=True)
        self.stage.later(10, 0)
        self._together.act(
            self.honours.regent, "propose_upward", "mengusulkan kepada Presiden dengan satu daftar nominatif"
        )

    @property
    def _together(self) -> Together:
        return Together(self.stage, self.round, "calon")

    def _names(self, cases: list[str]) -> str:
        return listed([self.nominees[case].player.name for case in cases])
