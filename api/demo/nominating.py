"""A round of awards that is opened, and nominations in it: what every chapter on awards of the demo begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.demo import award_story as story
from api.demo.stage import Stage
from policies.incentive import title_of
from workflow.demo.cast import Player
from workflow.demo.honours import Nominee

#: What is attested where the record leaves it blank: the value, and what the paper says.
_STATED: Mapping[str, tuple[Any, str]] = {
    "sanctions": ([], "Surat keterangan kepala perangkat daerah: tidak pernah dijatuhi hukuman disiplin."),
    "unpaid_leave": (False, "Surat keterangan kepala perangkat daerah: tidak pernah mengambil CLTN."),
}


@dataclass
class Nominating:
    """The round's ``organiser``, who verifies as well, on their stage."""

    stage: Stage
    organiser: Player

    def opened_round(self, form: Mapping[str, Any]) -> str:
        """A round that was submitted. Answers its case."""
        visitor = self.stage.visitor(self.organiser)
        opened = visitor.post("/api/cases", {"process": "award_round", "form": {}})
        what = f"membuka putaran {form['title']}"
        case = str(self.stage.done(self.organiser, what, opened).document["id"])
        self.stage.act(self.organiser, case, "submit", form)
        return case

    def drafted(self, nominee: Nominee) -> str:
        """A nomination that the unit's personnel officer opened. Answers its case."""
        body = {"process": "incentive", "form": {}, "person": nominee.player.id}
        opened = self.stage.visitor(nominee.officer).post("/api/cases", body)
        return str(self.stage.done(nominee.officer, "membuka usul", opened, quiet=True).document["id"])

    def form_of(self, nominee: Nominee, award_round: str, grounds: str) -> dict[str, Any]:
        """What is filled in, with every paper that the kind needs."""
        form: dict[str, Any] = {"kind": nominee.kind, "round": award_round, "grounds": grounds}
        for name, several in story.papers_of(nominee).items():
            handed_in = self.stage.upload(
                nominee.officer, f"{name.replace('_', '-')}.pdf", story.PAPERS[name], nominee.player.name
            )
            form[name] = [handed_in] if several else handed_in
        return form

    def proposed(self, nominee: Nominee, award_round: str, grounds: str) -> str:
        """One that the personnel officer proposed to the head of the unit. Answers its case."""
        case = self.drafted(nominee)
        self._attested(nominee, case)
        self.stage.act(nominee.officer, case, "propose", self.form_of(nominee, award_round, grounds), quiet=True)
        self.stage.did(nominee.officer, f"mengusulkan {nominee.player.name} untuk {title_of(nominee.kind)}")
        return case

    def _attested(self, nominee: Nominee, case: str) -> None:
        """What the record leaves blank is put on record with a paper by the verifier."""
        for fact in nominee.unknown:
            value, says = _STATED[fact]
            paper = self.stage.upload(self.organiser, "surat-keterangan.pdf", "SURAT KETERANGAN", nominee.player.name)
            stated = {"fact": fact, "value": value, "document": paper, "says": says}
            self.stage.act(self.organiser, case, "attest", stated, quiet=True)
            self.stage.add(f"Dicatat verifikator bagi {nominee.player.name}: {says}")
