"""Which mandates for a post give something on a day, and why the others do not: looked at each time that one is used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from policies.authority import ENDS_WITH_GIVER, FOR_VACANT_POSTS, FURTHER_LEVELS
from policies.parameters import Law

EVERYTHING = "*"


@dataclass(frozen=True)
class Lent:
    """A mandate that stands: its row, and through which others the authority came, that of the first receiver first.

    ``givers``: the ids of all in whose name it is used, and of whoever holds a post that was delegated
    before them; ``letters``: the kinds of letters, a scope for each mandate.
    """

    row: Any
    between: tuple[Any, ...] = ()
    givers: tuple[str, ...] = ()
    letters: tuple[str, ...] = (EVERYTHING,)


@dataclass(frozen=True)
class Standing:
    """The mandates for a post: those that stand, and why each of the others does not, by its id."""

    lent: tuple[Lent, ...] = ()
    fallen: Mapping[str, str] = field(default_factory=dict)


def covers(names: str, name: str | None) -> bool:
    """Whether a scope, ``*`` or names with commas, covers one."""
    return names == EVERYTHING or name in names.split(",")


def standing(rows: Sequence[Any], process: str, unit_id: str | None, law: Law) -> Standing:
    """What the mandates in force for a post give on a case of a process and a unit, by the law of the day.

    ``rows``: of ``seat_queries.HOLDERS``. One that was passed on needs every one that it goes through.
    """
    by_id = {row.mandate_id: row for row in rows if row.mandate_id is not None and row.id is not None}
    holder = next((row.id for row in rows if row.mandate_id is None and row.id is not None), None)
    further = law[FURTHER_LEVELS].value if any(row.via_id for row in by_id.values()) else 0
    lent: list[Lent] = []
    fallen: dict[str, str] = {}
    for mandate_id, row in sorted(by_id.items()):
        chain = _chain(row, by_id)
        why = _why_not(chain, row, holder, further) or _why_not_here(chain, process, unit_id)
        if why:
            fallen[mandate_id] = why
            continue
        between = tuple(reversed(chain[1:]))
        # What was delegated outlasts the giver, and is then used for the post of whoever holds it now.
        givers = dict.fromkeys((chain[-1].giver_id, holder, *(each.id for each in between)))
        lent.append(Lent(row, between, tuple(filter(None, givers)), tuple(each.letters for each in chain)))
    return Standing(tuple(lent), fallen)


def _chain(row: Any, by_id: Mapping[str, Any]) -> list[Any]:
    """A mandate and those that it goes through, itself first; shorter than it should be where one of them is not in force."""
    chain, seen = [row], {row.mandate_id}
    while chain[-1].via_id in by_id and chain[-1].via_id not in seen:
        chain.append(by_id[chain[-1].via_id])
        seen.add(chain[-1].mandate_id)
    return chain


def _why_not(chain: Sequence[Any], row: Any, holder: str | None, further: int) -> str:
    """Why a mandate gives nothing, whatever it is used for; empty where it gives something."""
    root = chain[-1]
    if root.via_id is not None:
        return "pelimpahan yang menjadi sumbernya tidak berlaku lagi"
    if len(chain) - 1 > further:
        return f"wewenang yang diterima hanya dapat diteruskan {further} tingkat"
    people = [each.id for each in chain]
    if len(set(people)) < len(people) or holder in people:
        return "pelimpahan itu kembali kepada orang yang sudah memegang wewenangnya"
    if any(one.giver_id != other.id for one, other in pairwise(chain)):
        return "yang meneruskannya tidak menerima wewenang itu"
    if root.kind in FOR_VACANT_POSTS and holder is not None:
        return "jabatan itu sudah dipangku pejabat definitif"
    if root.kind in ENDS_WITH_GIVER and (holder is None or root.giver_id != holder):
        return "pemberinya tidak memangku jabatan itu"
    return "" if row.id else "penerimanya tidak bertugas lagi"


def _why_not_here(chain: Sequence[Any], process: str, unit_id: str | None) -> str:
    """Why a mandate that stands gives nothing on a case: its scope, or that of one that it goes through."""
    if not all(covers(each.scope, process) for each in chain):
        return "cakupannya tidak meliputi proses ini"
    if not all(covers(each.units, unit_id) for each in chain):
        return "cakupannya tidak meliputi perangkat daerah pada berkas ini"
    return ""
