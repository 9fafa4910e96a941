"""The quarter's report: compiled by a verifier, signed by the head of the personnel unit, addressed to the regent."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from api.commands.reporting import report_lines
from api.demo import cohort_story as story
from api.demo.stage import Stage
from workflow.demo.cast import Cast
from workflow.reports.showing import Report


@dataclass
class ReportWalk:
    """Whoever makes the report, on their stage."""

    stage: Stage
    cast: Cast
    case: str = ""

    def run(self) -> None:
        """Open it, sign it, and tell what it says. Raises Unexpected where it does not go as it should."""
        stage, verifier = self.stage, self.cast.verifier
        stage.go_to(story.REPORTED_ON, 8, 30)
        opened = stage.visitor(verifier).post("/api/cases", {"process": "report", "form": {}})
        self.case = str(stage.done(verifier, "membuka laporan triwulan II", opened).document["id"])
        stage.act(verifier, self.case, "submit", {"year": story.YEAR, "quarter": story.QUARTER})
        stage.act(self.cast.personnel_head, self.case, "report", story.REMARKS, at=(14, 0))
        answer = stage.visitor(self.cast.personnel_head).get(f"/api/cases/{self.case}/report")
        stage.say("")
        for line in report_lines(msgspec.convert(answer.document, Report)):
            stage.say(f"  {line}" if line else "")

    def sheet(self) -> tuple[str, bytes]:
        """The report as XLSX, with the name of its file."""
        sheet = self.stage.visitor(self.cast.personnel_head).get(f"/api/cases/{self.case}/report/xlsx")
        return f"laporan-triwulan-{story.YEAR}-{story.QUARTER}.xlsx", sheet.content
