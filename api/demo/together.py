"""What several cases of the demo do in one act, told with who stayed behind and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.demo.stage import Stage
from workflow.demo.cast import Player


@dataclass
class Together:
    """Cases of one cohort, or of one round of awards; ``called``: what those are called whom the cases are about."""

    stage: Stage
    cohort: str
    called: str = "peserta"

    def act(
        self,
        player: Player,
        trigger: str,
        what: str,
        form: Mapping[str, Any] | None = None,
        *,
        each: Mapping[str, Mapping[str, Any]] | None = None,
        without: Sequence[str] = (),
        recorded: Mapping[str, Any] | None = None,
    ) -> tuple[str, ...]:
        """A step for all who may take it, tried first. Answers the letters that it issued.

        ``each``: what some do instead; ``without``: those that are left out, of whom the player may know nothing.
        """
        stage, path = self.stage, f"/api/cohorts/{self.cohort}"
        visitor = stage.visitor(player)
        seen = visitor.get(path)
        body: dict[str, Any] = {"form": form or {}}
        if each:
            body["each"] = each
        if left := {line["case_id"] for line in seen.document["cases"]} & set(without):
            body["without"] = sorted(left)
        if recorded:
            body["recorded"] = recorded
        tried = visitor.post(f"{path}/actions/{trigger}/preview", body).document
        stayed = tried.get("stayed") or tried.get("cases") or ()
        body["acknowledge"] = sorted({rule for line in stayed for rule in line["acknowledge"]})
        warned = [reason for line in stayed for reason in line["reasons"] if reason["grade"] == "warned"]
        for says, number in Counter(reason["says"] for reason in warned).items():
            stage.add(f"Peringatan yang diketahui, {number} {self.called}: {says}")
        answer = visitor.post(f"{path}/actions/{trigger}", body, version=seen.etag)
        done = stage.done(player, what, answer, quiet=True).document
        stage.did(player, f"{what}, {len(done['moved'])} {self.called}", self._states(done["moved"]))
        for line in done["stayed"]:
            stage.add(f"Belum bagi {line['subject']}: {line['detail']}")
        stage.moved(*(line["case_id"] for line in done["moved"]))
        stage.issued(done["letters"], player)
        return tuple(done["letters"])

    def _states(self, lines: Sequence[Mapping[str, Any]]) -> str:
        """Where they are now: with their numbers, where that is not one and the same."""
        counted = Counter(line["state_title"] for line in lines)
        if len(counted) == 1:
            return str(next(iter(counted)))
        return "; ".join(f"{state} ({number} {self.called})" for state, number in counted.items())
