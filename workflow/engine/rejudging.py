"""A stored decision judged again: the same facts, the same rule, the law of the same day must give the same answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from policies.decision import Decision, Rule
from policies.parameters import Law, Policies
from workflow.registry import Registry


@dataclass(frozen=True)
class Difference:
    """What came out otherwise. ``fails``: with the same revision it must not."""

    says: str
    fails: bool = True


def rejudged(
    decided: Mapping[str, Any], law_on: str | None, rules: Mapping[str, Rule], policies: Policies
) -> Iterator[Difference]:
    """Where a stored decision no longer comes out as it did; nothing where it does."""
    name = str(decided.get("rule"))
    rule = rules.get(name)
    if rule is None:
        yield Difference(f"Aturan {name} tidak ada lagi; keputusannya tidak dapat dihitung ulang.", fails=False)
        return
    if rule.revision != decided["revision"]:
        says = f"Aturan {name} sudah direvisi dari {decided['revision']} menjadi {rule.revision} sejak keputusan itu."
        yield Difference(says, fails=False)
        return
    if law_on is None:
        yield Difference(f"Keputusan {name} tidak mencatat tanggal ketentuannya.")
        return
    law = policies.on(date.fromisoformat(law_on))
    try:
        answer = rule(msgspec.convert(decided["facts"], rule.facts, strict=False), law)
    except msgspec.ValidationError as error:
        yield Difference(f"Fakta keputusan {name} tidak dapat dibaca lagi: {error}.")
        return
    yield from _history(decided, law, name)
    yield from _answer(decided, answer, name)


def _answer(decided: Mapping[str, Any], answer: Decision, name: str) -> Iterator[Difference]:
    if answer.grade.value != decided["grade"]:
        yield Difference(f"Aturan {name} sekarang menjawab {answer.grade.value}, dahulu {decided['grade']}.")
        return
    now = [(reason.grade.value, reason.says, list(reason.by)) for reason in answer.reasons]
    then = [(reason["grade"], reason["says"], list(reason["by"])) for reason in decided["reasons"]]
    if now != then:
        changed = next((pair for pair in zip(then, now, strict=False) if pair[0] != pair[1]), (then[:1], now[:1]))
        yield Difference(f"Aturan {name} sekarang beralasan lain: dahulu {changed[0]!r}, sekarang {changed[1]!r}.")


def _history(decided: Mapping[str, Any], law: Law, name: str) -> Iterator[Difference]:
    """Whether the history of a parameter that was used has been written anew since."""
    then = {used["parameter"]: (used["value"], used["since"], used["by"]) for used in decided["used"]}
    now = {value.parameter: (value.value, value.since.isoformat(), value.by) for value in law.used.values()}
    for parameter in sorted({*then, *now}):
        if then.get(parameter) != now.get(parameter):
            change = f"dahulu {_said(then.get(parameter))}, sekarang {_said(now.get(parameter))}"
            used = f"dipakai {name} menurut ketentuan pada {law.on.isoformat()}"
            yield Difference(f"Riwayat ketentuan {parameter} telah diubah: {change} ({used}).")


def _said(used: tuple[Any, str, str] | None) -> str:
    return f"{used[0]} sejak {used[1]} ({used[2]})" if used else "tidak dipakai"


def rules_of(registry: Registry) -> dict[str, Rule]:
    """Every rule that some step of some process asks, by name."""
    return {
        rule.name: rule
        for process in registry.processes.values()
        for transition in process.transitions
        for rule in transition.rules
    }
