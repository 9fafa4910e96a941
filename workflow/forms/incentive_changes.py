"""How steps change what a nomination asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policies.records import AwardRoundRecord


@dataclass(frozen=True)
class LineFacts:
    """The line that the budget officer chose, "" for none, and the round, whose line it is else."""

    budget_line: str
    award_round: AwardRoundRecord | None


def with_line(facts: LineFacts) -> Mapping[str, Any]:
    """The nomination with the line that bears the award."""
    return {"budget_line": facts.budget_line or (facts.award_round.budget_line if facts.award_round else "")}


@dataclass(frozen=True)
class KindFacts:
    """The kind of award, which stays what it is."""

    kind: str


def without_money(facts: KindFacts) -> Mapping[str, Any]:
    """The nomination goes on, as a piagam only."""
    return {"kind": facts.kind, "without_money": True, "budget_line": ""}
