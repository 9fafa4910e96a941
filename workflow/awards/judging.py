"""The rules of awards asked of what is on record: the same rules by the same law as in a nomination, so that none disagrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, Final

from policies.decision import Decision, Grade, Reason, Rule
from policies.incentive import COMPARED, SATYALANCANA
from policies.incentive_conduct import files_are_complete, not_nominated_twice
from policies.incentive_eligibility import ELIGIBILITY, inspectorate_has_cleared, no_discipline_case_is_open
from policies.parameters import Law
from workflow.awards.record import StaffRecord
from workflow.facts import fields_of

#: The kinds for which the record tells who could be nominated; for small recognition it asks next to nothing.
KINDS: Final = (*SATYALANCANA, *COMPARED)
#: What is only stated once somebody is nominated, in the nomination itself.
STATED: Final = (no_discipline_case_is_open, inspectorate_has_cleared)
#: What the record answers before anybody is nominated.
OF_RECORD: Final = (*(rule for rule in ELIGIBILITY if rule not in STATED), not_nominated_twice)
#: What a nomination asks besides that is about its papers.
HANDED_IN: Final = (files_are_complete,)

#: What nobody has on record before a nomination.
_NOT_YET: Final = {"nominated_on": None, "open_discipline_case": None, "clearance": None, "documents": ()}


@dataclass
class Bench:
    """Judges people by the law of a day. What many share, such as a status, is judged once."""

    law: Law
    on: date
    _answers: dict[tuple[str, Any], Decision] = field(default_factory=dict)

    def answer(self, rule: Rule, record: StaffRecord, kind: str) -> Decision:
        """What a rule says of somebody for a kind of award."""
        values = {**_NOT_YET, **vars(record), "kind": kind, "on": self.on}
        facts = rule.facts(**{name: values[name] for name in _names(rule)})
        if (rule.name, facts) not in self._answers:
            self._answers[rule.name, facts] = rule(facts, self.law)
        return self._answers[rule.name, facts]

    def refusal(self, record: StaffRecord, kind: str) -> Rule | None:
        """The first rule by which the record keeps somebody from a kind; None where none does."""
        return next((rule for rule in OF_RECORD if self.answer(rule, record, kind).grade is Grade.REFUSED), None)

    def reasons(self, rules: tuple[Rule, ...], record: StaffRecord, kind: str) -> Iterator[Reason]:
        """Every reason of some rules, in their order."""
        for rule in rules:
            yield from self.answer(rule, record, kind).reasons

    def qualifies(self, record: StaffRecord, kind: str) -> bool:
        """Nothing on record stands in the way, and nothing that must be on record is missing."""
        return not any(self.answer(rule, record, kind).stands_in_the_way for rule in OF_RECORD)


@cache
def _names(rule: Rule) -> tuple[str, ...]:
    """What a rule asks about."""
    return tuple(fields_of(rule.facts))


def is_under_way(record: StaffRecord, kind: str) -> bool:
    """Somebody was proposed for a kind, and the nomination is not closed; a draft is nobody's nomination yet."""
    return any(each.kind == kind and not each.final and not each.drafted for each in record.other_nominations)
