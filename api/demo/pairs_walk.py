"""The demo's mentoring that is still under way: one mentor, two mentees, and a round that takes offers and wishes."""

from __future__ import annotations

from dataclasses import dataclass, field

from api.demo import desk_story as story
from api.demo.mentoring_story import Meeting
from api.demo.stage import Stage
from workflow.demo.cast import Cast, Player
from workflow.demo.desks import Asker, Desks
from workflow.demo.pair import Pair
from workflow.letters.words import begun_small


@dataclass
class PairsWalk:
    """A mentor's two pairs, on their stage."""

    stage: Stage
    cast: Cast
    pair: Pair
    desks: Desks
    cases: list[str] = field(default_factory=list)

    @property
    def mentees(self) -> tuple[Asker, Asker]:
        """Both, with whom they ask."""
        return Asker(self.pair.mentee, self.pair.supervisor, self.pair.head), self.desks.mentee

    def propose(self) -> None:
        """Both mentees propose, and their superiors agree."""
        for mentee in self.mentees:
            opened = self.stage.visitor(mentee.player).post("/api/cases", {"process": "mentoring", "form": {}})
            case = str(self.stage.done(mentee.player, "membuka berkas mentoring", opened, quiet=True).document["id"])
            self.stage.act(mentee.player, case, "propose", story.proposal(self.pair.mentor))
            self.stage.act(mentee.supervisor, case, "endorse", {"note": ""})
            self.cases.append(case)

    def consent(self) -> None:
        """The mentor is willing to take both."""
        for case in self.cases:
            self.stage.act(self.pair.mentor, case, "consent", {"note": ""})

    def approve(self) -> None:
        """The head of the unit assigns the mentor to each."""
        for case, mentee in zip(self.cases, self.mentees, strict=True):
            self.stage.act(mentee.head, case, "approve", {"note": ""})

    def meet(self) -> None:
        """The first meeting of each, one of which is disputed."""
        (first, second), stage = self.cases, self.stage
        stage.go_to(story.DISPUTED.day, 16, 0)
        number = self._logged(first, story.DISPUTED)
        stage.go_to(story.CONFIRMED.day, 15, 0)
        disputed = {"numbers": [number], "reason": story.REASON}
        stage.act(self.pair.mentee, first, "dispute_session", disputed, quiet=True)
        stage.did(self.pair.mentee, "menyanggah catatan pertemuan pertama, yang menunggu jawaban mentor")
        number = self._logged(second, story.CONFIRMED)
        mentee = self.desks.mentee.player
        stage.act(mentee, second, "confirm_session", {"numbers": [number]}, quiet=True)
        stage.did(mentee, "mengonfirmasi pertemuan pertamanya")

    def leave(self) -> None:
        """Each mentee is left with a meeting to confirm."""
        for case, meeting in zip(self.cases, (story.OPEN, story.OPEN_TOO), strict=True):
            self._logged(case, meeting)

    def _logged(self, case: str, meeting: Meeting) -> int:
        """The mentor logs a meeting. Answers the number of its note."""
        mentor = self.pair.mentor
        self.stage.act(mentor, case, "log_session", meeting.logged(self.stage.zone), quiet=True)
        self.stage.did(mentor, f"mencatat pertemuan, {begun_small(meeting.topic)}")
        entries = self.stage.visitor(mentor).get(f"/api/cases/{case}").document["entries"]
        return max(int(entry["number"]) for entry in entries if entry["kind"] == "session")

    # --- The round ----------------------------------------------------------------------------------------------------

    def open_round(self) -> None:
        """The personnel agency opens a round, into which offers and wishes come."""
        stage, verifier = self.stage, self.cast.verifier
        answer = stage.visitor(verifier).post("/api/rounds", story.MATCHING)
        opened = str(stage.done(verifier, "membuka putaran mentoring", answer, quiet=True).document["id"])
        stage.did(verifier, f"membuka {story.MATCHING['title']}")
        for player, form in self._answers():
            handed_in = stage.visitor(player).post(f"/api/rounds/{opened}/answers", form)
            stage.done(player, "menjawab putaran", handed_in, quiet=True)
        stage.add("Tawaran dua mentor dan keinginan tiga mentee masuk; usulan pasangan belum dihitung.")

    def _answers(self) -> tuple[tuple[Player, dict[str, object]], ...]:
        first, second, *others = (*self.desks.askers, *self.desks.colleagues)
        wishing = [each.player for each in others][:3]
        offers = ((first.player, story.offer(slice(0, 2))), (second.player, story.offer(slice(1, 3))))
        return (*offers, *((player, story.wish(place)) for place, player in enumerate(wishing)))
