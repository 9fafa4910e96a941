"""The demo's mentoring: a pair from the proposal to both certificates, with a stand-in, a dispute and a meeting beyond the cap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from api.demo import mentoring_story as story
from api.demo.mentoring_story import Meeting
from api.demo.stage import Stage
from api.demo.visitor import Unexpected
from policies.dates import written
from workflow.demo.cast import Cast, Player
from workflow.demo.pair import Pair
from workflow.letters.words import begun_small
from workflow.telling.plain_text import ended


@dataclass
class MentoringWalk:
    """Mentor, mentee and who decides about them, on their stage."""

    stage: Stage
    cast: Cast
    pair: Pair
    case: str = ""

    def run(self) -> None:
        """From the proposal to the year in hours. Raises Unexpected where it does not go as it should."""
        stage = self.stage
        self._proposed()
        self._lent()
        self._assigned()
        for number, meeting in enumerate(story.MEETINGS):
            self._logged(meeting, ends=story.WRONG_END if number == story.DISPUTED else None)
            stage.go_to(meeting.day + timedelta(days=1), 8, 0)
            if number == story.DISPUTED:
                self._disputed(meeting)
            self._confirmed()
            if number == story.BEYOND:
                self._beyond()
        self._evaluated()
        self._certified()
        self._year()

    # --- The chapters -------------------------------------------------------------------------------------------------

    def _proposed(self) -> None:
        stage, pair = self.stage, self.pair
        stage.go_to(story.PROPOSED_ON, 8, 30)
        opened = stage.visitor(pair.mentee).post("/api/cases", {"process": "mentoring", "form": {}})
        self.case = str(stage.done(pair.mentee, "membuka berkas mentoring", opened).document["id"])
        stage.act(pair.mentee, self.case, "propose", story.proposal_of(pair))
        stage.add(f"Mentor yang diusulkan: {pair.mentor.name}, {pair.mentor.post}.")
        stage.go_to(story.ENDORSED_ON, 9, 0)
        stage.act(pair.supervisor, self.case, "endorse", {"note": "Setuju; pertemuan diatur di luar jam pelayanan."})
        stage.go_to(story.CONSENTED_ON, 9, 0)
        stage.act(pair.mentor, self.case, "consent", {"note": ""})

    def _lent(self) -> None:
        """The head of the unit goes away, and lends the post to a stand-in, who accepts."""
        stage, pair = self.stage, self.pair
        stage.later(13, 0)
        asked = stage.visitor(pair.head).post("/api/mandates", story.mandate(pair))
        lent = str(stage.done(pair.head, "menunjuk Plh.", asked, quiet=True).document["id"])
        away = f"{story.AWAY_FROM.day} sampai dengan {written(story.AWAY_UNTIL)}"
        stage.did(
            pair.head, f"bertugas ke luar daerah {away}, dan menunjuk {pair.stand_in.name} sebagai pelaksana harian"
        )
        stage.add(f"Dasar: Surat Perintah Nomor {story.BASIS_NUMBER}. Pelimpahan belum berlaku sebelum diterima.")
        stage.later(14, 0)
        visitor = stage.visitor(pair.stand_in)
        stage.done(pair.stand_in, "menerima", visitor.post(f"/api/mandates/{lent}/accept", {}), quiet=True)
        stage.did(pair.stand_in, "menerima pelimpahan itu")

    def _assigned(self) -> None:
        """The stand-in assigns the mentor: both names are on record."""
        stage, pair = self.stage, self.pair
        stage.go_to(story.AWAY_FROM, 9, 0)
        assignment, *_ = stage.act(pair.stand_in, self.case, "approve", {"note": ""})
        actor = stage.event(self.cast.verifier, self.case, "approve")["actor"]
        mandate = actor["mandate"]
        if mandate is None or mandate["holder"] not in pair.head.name:
            raise Unexpected(f"Penugasan mentor seharusnya tercatat sebagai perbuatan Plh.: {actor}")
        letter = stage.letter(assignment, pair.stand_in)["letter"]
        stage.add(ended(f"Pada surat: {letter['signed_as']}, {letter['signed_by']}"))
        stage.add(ended(f"Pada riwayat: {actor['name']}, {actor['capacity']}, menggantikan {pair.head.name}"))

    # --- Meetings -----------------------------------------------------------------------------------------------------

    def _logged(self, meeting: Meeting, ends: tuple[int, int] | None) -> None:
        """The mentor logs a meeting on its day; ``ends``: a slip in the hour at which it ended."""
        stage, mentor = self.stage, self.pair.mentor
        form = meeting.logged(stage.zone, ends)
        stage.go_to(meeting.day, 16, 15)
        stage.act(mentor, self.case, "log_session", form, quiet=True)
        stage.did(mentor, f"mencatat pertemuan pukul {_hours(form)}, {begun_small(meeting.topic)}")

    def _confirmed(self) -> None:
        """The mentee confirms what was logged last; what it counts is booked at once."""
        stage, mentee = self.stage, self.pair.mentee
        stage.act(mentee, self.case, "confirm_session", {"numbers": [self._latest()]}, quiet=True)
        stage.did(mentee, "mengonfirmasi catatan itu")
        for says in stage.event(mentee, self.case, "confirm_session")["posted"]:
            stage.add(says)

    def _latest(self) -> int:
        """The number of the latest note of a meeting."""
        entries = self.stage.visitor(self.pair.mentee).get(f"/api/cases/{self.case}").document["entries"]
        return max(int(entry["number"]) for entry in entries if entry["kind"] == "session")

    def _disputed(self, meeting: Meeting) -> None:
        """The mentee disputes the hours with a reason, and the mentor corrects them."""
        stage, pair = self.stage, self.pair
        chosen = {"numbers": [self._latest()], "reason": story.REASON}
        stage.act(pair.mentee, self.case, "dispute_session", chosen, quiet=True)
        stage.did(pair.mentee, "menyanggah catatan itu")
        stage.add(f"Alasan: {story.REASON}")
        stage.later(10, 0)
        form = meeting.logged(stage.zone)
        stage.act(pair.mentor, self.case, "correct_session", {**form, "number": self._latest()}, quiet=True)
        stage.did(pair.mentor, f"memperbaiki catatannya menjadi pukul {_hours(form)}; catatan lama tetap terbaca")
        stage.later(11, 0)

    def _beyond(self) -> None:
        """A third meeting in a month is kept with 0 JP: the book of hours says why, and by which article."""
        last = self._book()["lines"][-1]
        if last["hours"]:
            raise Unexpected(f"Pertemuan ketiga sebulan seharusnya dicatat dengan 0 JP: {last['says']}")
        self.stage.add(f"Buku JP menyimpan pertemuan itu dengan 0 JP; dasarnya {last['by']}.")

    # --- The end ------------------------------------------------------------------------------------------------------

    def _evaluated(self) -> None:
        stage, pair = self.stage, self.pair
        stage.go_to(story.CONCLUDED_ON, 9, 0)
        stage.act(pair.mentee, self.case, "ask_conclusion", story.ASKED_FOR_END)
        stage.act(pair.mentor, self.case, "conclude", {"note": "Setuju."}, at=(10, 0))
        stage.go_to(story.FIRST_EVALUATED_ON, 9, 0)
        stage.act(pair.mentee, self.case, "evaluate", story.OF_MENTOR)
        if not self._sealed(pair.mentor):
            raise Unexpected("Penilaian mentee seharusnya belum terbaca oleh mentor.")
        stage.add("Sebelum kedua penilaian masuk, yang dinilai belum dapat membacanya.")
        stage.go_to(story.SECOND_EVALUATED_ON, 9, 0)
        stage.act(pair.mentor, self.case, "evaluate", story.OF_MENTEE)

    def _sealed(self, player: Player) -> bool:
        entries = self.stage.visitor(player).get(f"/api/cases/{self.case}").document["entries"]
        return any(entry["hidden"] for entry in entries)

    def _certified(self) -> None:
        """The report is signed by both; then the head of the personnel unit signs what each of them gets."""
        stage, pair = self.stage, self.pair
        stage.go_to(story.CERTIFIED_ON, 9, 0)
        report, *_ = stage.act(self.cast.verifier, self.case, "certify", {"note": ""})
        stage.later(13, 0)
        stage.sign_what_waits(pair.mentor)
        stage.later(14, 0)
        stage.on_letter(pair.mentee, report, "sign")
        stage.did(pair.mentee, "ikut menandatangani laporan itu")
        stage.go_to(story.SIGNED_ON, 9, 0)
        stage.sign_what_waits(self.cast.personnel_head)

    def _year(self) -> None:
        """The mentee's year in hours, each with its origin."""
        stage, mentee, book = self.stage, self.pair.mentee, self._book()
        stage.say("")
        stage.say(f"  Buku JP {story.YEAR}: {mentee.name}")
        for line in book["lines"]:
            if line["stands"]:
                stage.say(f"    {line['hours']:>3} JP  {line['says']}")
        bar = "paling banyak" if book["is_ceiling"] else "sekurang-kurangnya"
        stage.say(f"    {book['hours']:>3} JP  seluruhnya, dari {bar} {book['measure']} JP setahun ({book['by']}).")
        address = stage.folder.address
        stage.say("  Buku yang sama, dengan berkas asal setiap angka:")
        stage.say(f"    JENJANG_DATABASE={address} .venv/bin/jenjang hours {book['nip']} --year {story.YEAR}")

    def _book(self) -> dict[str, Any]:
        return dict(self.stage.visitor(self.pair.mentee).get(f"/api/me/hours?year={story.YEAR}").document)


def _hours(form: dict[str, Any]) -> str:
    began, ended = (form[name][11:16].replace(":", ".") for name in ("starts_at", "ends_at"))
    return f"{began} sampai {ended}"
