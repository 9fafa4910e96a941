"""How steps change a round that was called already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class LaterClosingFacts:
    """The new closing day."""

    new_closes_on: date


def with_later_closing(facts: LaterClosingFacts) -> Mapping[str, Any]:
    """The round with its new closing day."""
    return {"closes_on": facts.new_closes_on}


@dataclass(frozen=True)
class OtherPanelFacts:
    """The panel as it was filled in."""

    chair: str
    chair_substitute: str
    secretary: str
    members: tuple[str, ...]
    substitutes: tuple[str, ...]


def with_other_panel(facts: OtherPanelFacts) -> Mapping[str, Any]:
    """The round with another panel."""
    return {
        "chair": facts.chair,
        "chair_substitute": facts.chair_substitute,
        "secretary": facts.secretary,
        "members": facts.members,
        "substitutes": facts.substitutes,
    }
