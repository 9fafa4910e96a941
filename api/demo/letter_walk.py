"""The demo's letters on their longer ways: sent back, mended and corrected before it is signed; and signed by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from api.demo import story
from api.demo.stage import Stage, listed
from api.demo.visitor import Unexpected
from workflow.demo.cast import Cast, Player
from workflow.demo.scanned import signed_by_hand
from workflow.letters.route import COMPLETE
from workflow.letters.words import begun_small

#: When those who initial the request do so, the first time and once it was mended.
FIRST_HOURS = ((13, 30), (14, 15), (15, 0))
SECOND_HOURS = ((9, 15), (10, 0), (11, 0))


@dataclass
class LetterWalk:
    """A letter of a case, and the people of the story."""

    stage: Stage
    cast: Cast
    case: str
    letter: str

    # --- The request to the host --------------------------------------------------------------------------------------

    def request(self) -> None:
        """Let the request pass those who initial it, once in vain; then it is signed, and only then the host is asked."""
        stage, cast = self.stage, self.cast
        route = stage.letter(self.letter, cast.verifier)["route"]
        offices = [step["post"] for step in route if step["kind"] == "paraf"]
        if offices:
            stage.add(f"Sebelum ditandatangani, konsep suratnya diparaf oleh {listed(offices)}.")
            self._sent_back(len(offices))
            stage.go_to(story.FIRST_DAY + timedelta(days=4), 8, 30)
            self._mended()
            self._initialled(len(offices))
            self._check_asked(asked=False)
            stage.later(13, 0)
            stage.sign_what_waits(cast.secretary)
        self._check_asked(asked=True)

    def _sent_back(self, offices: int) -> None:
        """The second of those who initial it sends it back; the only one, where there is one."""
        stage = self.stage
        if offices > 1:
            stage.later(*FIRST_HOURS[0])
            self._initial()
        stage.later(*FIRST_HOURS[1])
        asked = self._asked()
        stage.on_letter(asked, self.letter, "send_back", note=story.SENT_BACK)
        stage.did(asked, "mengembalikan konsep surat untuk diperbaiki")
        self._tell_said(asked, "letter_sent_back")

    def _mended(self) -> None:
        stage, drafter = self.stage, self.cast.verifier
        stage.on_letter(drafter, self.letter, "correct", changes={"subject": story.mended_subject(self.cast)})
        stage.on_letter(drafter, self.letter, "resubmit")
        stage.did(drafter, "memperbaiki konsep surat dan mengajukannya kembali")
        self._tell_said(drafter, "letter_corrected")

    def _initialled(self, offices: int) -> None:
        """Each initials what was mended; the last corrects a word before."""
        for hour in SECOND_HOURS[: offices - 1]:
            self.stage.later(*hour)
            self._initial()
        self.stage.later(*SECOND_HOURS[offices - 1])
        asked = self._asked()
        subject = self.stage.letter(self.letter, asked)["subject"].replace(story.WORD, story.BETTER_WORD)
        self.stage.on_letter(asked, self.letter, "initial", changes={"subject": subject})
        self.stage.did(asked, "mengoreksi satu kata, lalu membubuhkan paraf")
        self._tell_said(asked, "letter_initialled")

    def _initial(self) -> None:
        asked = self._asked()
        self.stage.on_letter(asked, self.letter, "initial")
        self.stage.did(asked, "membubuhkan paraf")

    def _asked(self) -> Player:
        asked = self.stage.next_initialler(self.letter, self.cast.verifier)
        if asked is None:
            raise Unexpected("Surat permohonan seharusnya menunggu paraf.")
        return asked

    def _tell_said(self, player: Player, kind: str) -> None:
        for line in self.stage.event(player, self.case, kind)["said"]:
            self.stage.add(line)

    def _check_asked(self, *, asked: bool) -> None:
        """The host is asked as soon as the letter has left, and not before. Raises Unexpected."""
        contact = self.cast.host.contact
        tasks = self.stage.visitor(contact).get("/api/tasks").document["items"]
        if asked != any(task["case_id"] == self.case for task in tasks):
            raise Unexpected(f"{self.cast.host.name} {'belum' if asked else 'sudah'} diminta menjawab permohonan.")
        if asked:
            self.stage.add(f"Suratnya sudah keluar: baru sekarang jawaban {self.cast.host.name} ditunggu.")

    # --- By hand ------------------------------------------------------------------------------------------------------

    def on_paper(self, signer: Player) -> None:
        """Print the letter with its number and nothing electronic; it is signed and stamped, and its scan handed in."""
        stage = self.stage
        stage.on_letter(signer, self.letter, "by_hand")
        line = stage.letter(self.letter, signer)["letter"]
        stage.did(signer, f"memilih tanda tangan basah bagi {begun_small(line['title'])}")
        stage.add(f"{line['title']} Nomor {line['number']} dicetak tanpa kode QR dan tanpa tanda tangan elektronik:")
        printed = stage.visitor(signer).get(f"/api/letters/{self.letter}/preview").content
        stage.add(str(stage.folder.keep_print(len(stage.letters), line, printed)))
        stage.later(10, 30)
        scan = stage.visitor(signer).upload("pindaian.pdf", signed_by_hand(printed))
        stage.on_letter(signer, self.letter, "hand_in", scan=scan)
        line = stage.letter(self.letter, signer)["letter"]
        if line["state"] not in COMPLETE or line["method"] != "by_hand":
            raise Unexpected(f"{line['title']} seharusnya sudah ditandatangani basah.")
        stage.did(signer, "menyerahkan pindaian surat yang sudah ditandatangani dan dibubuhi cap dinas")
        stage.add(f"{line['title']} Nomor {line['number']}, ditandatangani basah.")
