"""One person of the roll: what the export says, laid over what was known. A blank never erases knowledge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflow.ids import new_id
from workflow.imports.known import Known, has_left
from workflow.imports.staff import StaffRow

#: Kept from the earlier import where the new one is blank, whatever else changed.
_LASTING = ("sex", "asn_kind", "grade", "cpns_on", "email", "status", "contract_ends_on", "unpaid_leave", "medal")
#: Told by the post: with another post, a blank means that nobody knows any more.
_OF_THE_POST = ("post_kind", "echelon", "subunit")


@dataclass(slots=True)
class Member:
    """A sound row and the person it makes: every column of the table, and what they were before (None if new)."""

    row: StaffRow
    person: dict[str, Any]
    before: dict[str, Any] | None
    #: Same unit and same post as before.
    stays: bool
    #: Marked as left by an officer, though the export still names them.
    left: bool

    @property
    def changed(self) -> bool:
        """Whether anything about someone known differs."""
        return self.before is not None and self.person != self.before


def enrol(row: StaffRow, unit_id: str, known: Known, *, at: datetime, on: date) -> Member:
    """The person that a row makes. Their superior's post is set later, when all posts are known."""
    before = known.staff.get(row.nip)
    old: dict[str, Any] = before or {}
    same_unit = old.get("unit_id") == unit_id
    post = row.post or (old.get("post") if same_unit else None)
    stays = same_unit and (post or "").casefold() == (old.get("post") or "").casefold()
    person: dict[str, Any] = {
        **old,
        "id": old["id"] if before else new_id(at),
        "kind": "staff",
        "nip": row.nip,
        "name": row.name,
        "front_title": row.front_title or old.get("front_title", ""),
        "back_title": row.back_title or old.get("back_title", ""),
        "post": post,
        "unit_id": unit_id,
        "superior_position_id": old.get("superior_position_id") if stays else None,
        "partner_id": None,
        "left_on": old.get("left_on"),
        "missing_since": None,
        "sanctions_known": True if row.sanction is not None else old.get("sanctions_known"),
    }
    for column in _LASTING:
        person[column] = _first_known(getattr(row, column), old.get(column))
    for column in _OF_THE_POST:
        person[column] = _first_known(getattr(row, column), old.get(column) if stays else None)
    if person["post_kind"] not in (None, "Struktural"):
        person["echelon"] = row.echelon
    same_grade = person["grade"] == old.get("grade")
    person["grade_since"] = _first_known(row.grade_since, old.get("grade_since") if same_grade else None)
    return Member(row, person, before, stays, left=before is not None and has_left(before, on))


def _first_known(new: Any, old: Any) -> Any:
    return old if new is None else new


@dataclass(slots=True)
class Records:
    """Predicates and sanctions to add, alter or remove, and whose they are."""

    new_predicates: list[dict[str, Any]]
    changed_predicates: list[dict[str, Any]]
    new_sanctions: list[dict[str, Any]]
    changed_sanctions: list[dict[str, Any]]
    ended_sanctions: list[str]
    touched: set[str]


def compare_records(members: list[Member], known: Known, at: datetime) -> Records:
    """What the export says about performance and discipline that is not known yet."""
    records = Records([], [], [], [], [], set())
    for member in members:
        person_id = member.person["id"]
        for year, predicate in member.row.predicates:
            before = known.predicates.get((person_id, year))
            if before != predicate:
                row = {"person_id": person_id, "year": year, "predicate": predicate}
                (records.new_predicates if before is None else records.changed_predicates).append(row)
                records.touched.add(person_id)
        if member.row.sanction is not None and _compare_sanction(
            member, known.sanctions.get(person_id, []), records, at
        ):
            records.touched.add(person_id)
    return records


def _compare_sanction(member: Member, before: list[dict[str, Any]], records: Records, at: datetime) -> bool:
    """An export knows one sanction, the last: it may date the one known, follow it, or say that there is none."""
    told = member.row.sanction
    assert told is not None  # noqa: S101 - the caller has asked
    if told.level is None:
        # "Tidak ada" answers for what had no end; what ended on a known day stays history.
        ended = [row["id"] for row in before if row["until_on"] is None]
        records.ended_sanctions += ended
        return bool(ended)
    for row in before:
        if row["level"] == told.level and (told.from_on is None or row["from_on"] in (None, told.from_on)):
            dated = {"from_on": told.from_on or row["from_on"], "until_on": told.until_on or row["until_on"]}
            if dated.items() <= row.items():
                return False
            records.changed_sanctions.append({"id": row["id"], **dated})
            return True
    records.new_sanctions.append(
        {
            "id": new_id(at),
            "person_id": member.person["id"],
            "level": told.level,
            "from_on": told.from_on,
            "until_on": told.until_on,
        }
    )
    return True
