"""One letter for several: bodies that say the same, but for what each participant brings, become one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from workflow.letters.bodies.awards import NOT_CONCLUDED, Ranking
from workflow.letters.bodies.internship import FieldSupervisor
from workflow.letters.legal_order import in_legal_order
from workflow.letters.parts import LetterReference, ParticipantLine


def key_of(body: msgspec.Struct) -> bytes:
    """What two bodies must have alike for one letter to say both."""
    own = {name: getattr(body, name) for name in body.__struct_fields__ if name not in _JOINED}
    return type(body).__name__.encode() + msgspec.json.encode(own, order="sorted")


def joined(bodies: Sequence[msgspec.Struct]) -> msgspec.Struct:
    """One body for all; a single one stays as it is."""
    if len(bodies) == 1:
        return bodies[0]
    names = bodies[0].__struct_fields__
    values = {name: [getattr(body, name) for body in bodies] for name in names}
    together = _JOINED | _WHERE_ONE_SAYS_ALL
    changes = {name: together[name](found) for name, found in values.items() if name in together}
    if "participants" in changes:
        changes["participants"] = tuple(_placed(values))
    return msgspec.structs.replace(bodies[0], **changes)


def _placed(values: dict[str, list[Any]]) -> Iterable[ParticipantLine]:
    """Each participant's line, with the section and the guide where these are not the same for all."""
    sections, guides = values.get("section", []), values.get("field_supervisor", [])
    apart, guided = len(set(sections)) > 1, len({_name(guide) for guide in guides}) > 1
    for number, lines in enumerate(values["participants"]):
        section = sections[number] if apart else ""
        guide = _name(guides[number]) if guided else ""
        yield from (msgspec.structs.replace(line, section=section, guide=guide) for line in lines)


def _name(guide: FieldSupervisor | None) -> str:
    return guide.name if guide else ""


def _concatenated(values: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(each for value in values for each in value)


def _each_once(values: list[tuple[LetterReference, ...]]) -> tuple[LetterReference, ...]:
    """Every letter once, latest first as each body has them."""
    found = {(each.code, each.number): each for value in values for each in value}
    return tuple(sorted(found.values(), key=lambda each: each.dated_on, reverse=True))


def _different(values: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """What any of them has, each once, in the order in which they come."""
    found: list[Any] = []
    for each in _concatenated(values):
        if each not in found:
            found.append(each)
    return tuple(found)


def _by_award(values: list[tuple[Ranking, ...]]) -> tuple[Ranking, ...]:
    """The ranking of each kind of award once; of each line what those who share the letter know of its conclusion."""
    found: dict[str, Ranking] = {}
    for each in _concatenated(values):
        before = found.get(each.award, each)
        lines = tuple(
            old if old.conclusion != NOT_CONCLUDED else new for old, new in zip(before.lines, each.lines, strict=True)
        )
        found[each.award] = msgspec.structs.replace(before, lines=lines)
    return tuple(found.values())


def _law(values: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The rules that apply to any of them, in their order."""
    return in_legal_order(_concatenated(values))


def _listed(values: list[str | None]) -> str | None:
    """Different texts after one another."""
    given = list(dict.fromkeys(value for value in values if value))
    return (
        "; ".join(value.rstrip(" .;") for value in given[:-1]) + ("; " if given[:-1] else "") + given[-1]
        if given
        else None
    )


def _funds(values: list[str]) -> str:
    return _listed(list(values)) or ""


def _sum(values: list[int | None]) -> int | None:
    return sum(value or 0 for value in values) or None


def _if_same(values: list[Any]) -> Any:
    """The one that all have; none where they differ, as then each participant's line says its own."""
    return values[0] if all(value == values[0] for value in values) else None


#: How fields that may differ between those who share a letter come together; every other must be alike.
_JOINED: dict[str, Callable[[list[Any]], Any]] = {
    "participants": _concatenated,
    "pairs": _concatenated,
    "nominees": _concatenated,
    "conclusions": _concatenated,
    "awarded": _concatenated,
    "medal_lines": _concatenated,
    "money_returns": _concatenated,
    "score_sheets": _concatenated,
    "abstentions": _concatenated,
    "panel_members": _different,
    "rankings": _by_award,
    "award_basis": _law,
    "award_fund": _funds,
    "revoked_letters": _each_once,
    "section": _listed,
    "competency": _listed,
    "goal": _listed,
    "plan_item": _listed,
    "unplanned_reason": _listed,
    "conditions": _listed,
    "cost_estimate": _sum,
    "field_supervisor": _if_same,
    "earlier": _each_once,
}
#: The same for what must be alike to share a letter, where one letter is for all nevertheless: a cancellation.
_WHERE_ONE_SAYS_ALL: dict[str, Callable[[list[Any]], Any]] = {
    "reason": _listed,
    "revocation_reason": _listed,
    "revocation_rule": _listed,
}
