"""What a step changes in the request of an internship: functions of facts that give the fields and their new values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.records import Extension, Proposal


@dataclass(frozen=True)
class SourceFacts:
    """The source of cost that the verifier chose."""

    budget_line: str


def with_source(facts: SourceFacts) -> dict[str, Any]:
    """The verifier's choice becomes the request's."""
    return {"budget_line": facts.budget_line}


@dataclass(frozen=True)
class OtherHostFacts:
    """What is given for another host; the period and the cost stay where nothing is given."""

    given: dict[str, Any]


def with_other_host(facts: OtherHostFacts) -> dict[str, Any]:
    """The new host, and the period and cost that change with it."""
    return {name: value for name, value in facts.given.items() if value is not None}


@dataclass(frozen=True)
class ProposalFacts:
    """The host's offer and the request that it answers."""

    proposal: Proposal | None
    starts_on: date
    ends_on: date
    estimate: int
    funding: str
    budget_line: str


def as_proposed(facts: ProposalFacts) -> dict[str, Any]:
    """The offered dates, and the fee: it falls to the agency's budget, on top of what that was to bear already."""
    if facts.proposal is None:
        return {}
    fee = facts.proposal.fee
    ours = facts.funding == "agency_budget"
    return {
        "starts_on": facts.proposal.starts_on or facts.starts_on,
        "ends_on": facts.proposal.ends_on or facts.ends_on,
        "estimate": facts.estimate + fee if ours or not fee else fee,
        "funding": "agency_budget" if fee else facts.funding,
        "budget_line": facts.budget_line,
    }


@dataclass(frozen=True)
class ExtensionFacts:
    """The extension that is asked for, and what the request says so far."""

    extension: Extension | None
    estimate: int
    funding: str
    budget_line: str


def as_extended(facts: ExtensionFacts) -> dict[str, Any]:
    """The new last day; a further cost falls to the agency's budget, on top of what that was to bear already."""
    if facts.extension is None:
        return {}
    cost = facts.extension.cost
    ours = facts.funding == "agency_budget"
    return {
        "ends_on": facts.extension.ends_on,
        "estimate": facts.estimate + cost if ours or not cost else cost,
        "funding": "agency_budget" if cost else facts.funding,
        "budget_line": facts.budget_line,
    }


@dataclass(frozen=True)
class SectionFacts:
    """The section that somebody moves to."""

    section: str


def with_other_section(facts: SectionFacts) -> dict[str, Any]:
    """The section that is theirs from now on."""
    return {"section": facts.section}
