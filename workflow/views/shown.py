"""What was filled in, as people read it: label, value, and the value in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, select

from policies.civil_service import full_name
from policies.decision import Reason
from workflow.budgets.books import line_title
from workflow.cases import called
from workflow.filling import case_fields, file_ids, people_named, takes_decimals
from workflow.forms import CHOICES, Attestation
from workflow.tables import budgets, cases, files, partners, people, units
from workflow.telling.fact_words import FACTS, when
from workflow.telling.fact_words import said as fact_said
from workflow.telling.form_words import number
from workflow.views.schemas import inner_struct, labels_of


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, by name and post. ``institution``: their unit, or the partner that a contact answers for."""

    id: str
    name: str
    post: str = ""
    institution: str = ""


class NamedUnit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit by its code and name."""

    id: str
    name: str


class FieldLine(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was filled in: its name, what people call it, its value, and the value in words."""

    name: str
    label: str
    value: Any
    shown: str


class ReasonLine(msgspec.Struct, frozen=True, kw_only=True):
    """A reason of a rule: ``grade`` is allowed, warned, unknown or refused; ``by`` cites, ``remedy`` is the way out."""

    grade: str
    says: str
    by: tuple[str, ...] = ()
    remedy: str = ""
    rule: str = ""


def reason_line(reason: Reason) -> ReasonLine:
    """A reason as it is shown."""
    return ReasonLine(grade=reason.grade.value, says=reason.says, by=reason.by, remedy=reason.remedy, rule=reason.rule)


def people_by_id(conn: Connection, ids: Iterable[str | None]) -> dict[str, PersonLine]:
    """Several people at once, by id."""
    wanted = {person_id for person_id in ids if person_id}
    if not wanted:
        return {}
    query = (
        select(people, units.c.name.label("unit"), partners.c.name.label("partner"))
        .join_from(people, units, units.c.id == people.c.unit_id, isouter=True)
        .join(partners, partners.c.id == people.c.partner_id, isouter=True)
        .where(people.c.id.in_(wanted))
    )
    return {
        row.id: PersonLine(
            id=row.id,
            name=full_name(row.front_title, row.name, row.back_title),
            post=row.post or "",
            institution=row.unit or row.partner or "",
        )
        for row in conn.execute(query)
    }


def field_lines(
    conn: Connection, struct: type[msgspec.Struct] | None, values: Mapping[str, Any], only: Iterable[str] | None = None
) -> tuple[FieldLine, ...]:
    """What was filled in, in the order of the form; what the form no longer knows comes last, by its name."""
    labels = labels_of(struct)
    names = [name for name in (*labels, *(name for name in values if name not in labels)) if name in values]
    wanted = set(names if only is None else only)
    said = _file_names(conn, file_ids(struct, values)) | _names(conn, struct, values) if struct else {}
    return tuple(
        FieldLine(
            name=name,
            label=labels.get(name, name),
            value=values[name],
            shown=_attested(name, values)
            if struct is not None and issubclass(struct, Attestation) and name in ("fact", "value")
            else _shown(conn, struct, name, values[name], said),
        )
        for name in names
        if name in wanted
    )


def _attested(name: str, values: Mapping[str, Any]) -> str:
    """A fact that was put on record, or what it is, as people call it."""
    fact = str(values.get("fact", ""))
    return FACTS.get(fact, fact) if name == "fact" else fact_said(fact, values["value"])


def _shown(
    conn: Connection, struct: type[msgspec.Struct] | None, name: str, value: Any, said: Mapping[str, str]
) -> str:
    if name == "host" and isinstance(value, str):
        return host_name(conn, value) or value
    if name == "budget_line" and isinstance(value, str) and value:
        return budget_title(conn, value) or value
    if struct is not None and takes_decimals(struct, name) and isinstance(value, str):
        return number(float(value))  # as an event keeps it: what is hashed holds no floats
    if isinstance(value, list):
        inner = inner_struct(struct, name) if struct else None
        return "; ".join(_listed(inner, part, said) for part in value)
    return _plain(value, said)


def _listed(inner: type[msgspec.Struct] | None, part: Any, said: Mapping[str, str]) -> str:
    if not isinstance(part, dict):
        return _plain(part, said)
    labels = labels_of(inner)
    return ", ".join(
        f"{labels.get(name, name)}: {_plain(value, said)}" for name, value in part.items() if value not in ("", None)
    )


def _plain(value: Any, said: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, str):
        return said.get(value) or when(value) or CHOICES.get(value, value)
    return str(value)


def _names(conn: Connection, struct: type[msgspec.Struct], values: Mapping[str, Any]) -> dict[str, str]:
    """The people and the cases that a form names, by id."""
    named = people_by_id(conn, (each.named for each in people_named(struct, values)))
    meant = [str(values[name]) for name in case_fields(struct) if values.get(name)]
    return {person.id: person.name for person in named.values()} | (
        cases_called(conn, cases.c.id.in_(meant)) if meant else {}
    )


def cases_called(conn: Connection, which: ColumnElement[bool], most: int | None = None) -> dict[str, str]:
    """What cases are called, by id, the latest first: by their own title, or whom they are about, with their number."""
    query = (
        select(cases.c.id, cases.c.reference, cases.c.form, people.c.front_title, people.c.name, people.c.back_title)
        .join_from(cases, people, people.c.id == cases.c.subject_id)
        .where(which)
        .order_by(cases.c.opened_at.desc())
        .limit(most)
    )
    return {
        row.id: f"{called(msgspec.json.decode(row.form), full_name(row.front_title, row.name, row.back_title))} "
        f"({row.reference})"
        for row in conn.execute(query)
    }


def _file_names(conn: Connection, ids: tuple[str, ...]) -> dict[str, str]:
    if not ids:
        return {}
    return {row.id: row.name for row in conn.execute(select(files.c.id, files.c.name).where(files.c.id.in_(ids)))}


def host_name(conn: Connection, host: str) -> str:
    """The name of ``partner:CODE`` or ``unit:CODE``; empty where it is not known."""
    kind, _, code = host.partition(":")
    table = {"partner": partners, "unit": units}.get(kind)
    if table is None:
        return ""
    return str(conn.execute(select(table.c.name).where(table.c.id == code)).scalar_one_or_none() or "")


def budget_title(conn: Connection, line: str) -> str:
    """What a budget line is called; empty where it is not known."""
    row = conn.execute(select(budgets).where(budgets.c.id == line)).one_or_none()
    return line_title(row.activity, row.account, row.year) if row else ""
