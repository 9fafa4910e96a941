"""The list by which a round is paid (daftar nominatif): to whom, into which account, gross, tax and net, and what was paid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, select

from policies.civil_service import full_name
from policies.incentive import MoneyFacts, award_amount, title_of
from policies.incentive_payment import Payout, payout
from policies.parameters import Law
from policies.records import AwardRoundRecord
from policies.wording import say_money
from workflow import cases as case_store
from workflow.awards.given import GIVEN, latest, revoked_awards
from workflow.awards.spread import ROUND
from workflow.errors import no_such_case
from workflow.office import Office
from workflow.sources.award_round import round_record
from workflow.tables import cases, cohort_cases, entries, people, units


class PaymentLine(msgspec.Struct, frozen=True, kw_only=True):
    """Who is paid, in whole rupiah. What is not ``paid`` yet is worked out by the rate of the day, and has no account.

    ``tax`` and ``net`` are null where the rate cannot be told; ``says`` tells what to heed.
    """

    case_id: str
    reference: str
    name: str
    nip: str
    unit: str
    grade: str
    kind: str
    paid: bool
    account: str
    bank: str
    gross: int
    tax: int | None
    net: int | None
    sp2d_number: str
    sp2d_on: date | None
    says: str


class Payments(msgspec.Struct, frozen=True, kw_only=True):
    """The list of a round; the sums are of what is known."""

    round_id: str
    round_title: str
    on: date
    says: str
    gross: int
    tax: int
    net: int
    lines: tuple[PaymentLine, ...]


def payments(conn: Connection, office: Office, named: str, on: date) -> Payments:
    """The list of a round that is named by its id or number. Raises NotFound."""
    case = case_store.load(conn, named)
    if case.process != ROUND:
        raise no_such_case(named)
    of_round = round_record(case.id, case.state, case.form)
    rows = conn.execute(_NOMINEES.where(cohort_cases.c.cohort_id == case.id)).all()
    paid = latest(conn.execute(_PAID.where(cohort_cases.c.cohort_id == case.id)))
    revoked, law = revoked_awards(conn), office.policies.on(on)
    lines = tuple(
        _line(row, amount, paid.get(row.id), law, revoked=row.id in revoked or row.state == "revoked")
        for row in rows
        if (amount := _amount(row, of_round)) and (row.id in paid or (row.state in GIVEN and row.id not in revoked))
    )
    return Payments(
        round_id=case.id,
        round_title=of_round.title,
        on=on,
        says=_says(lines),
        gross=sum(each.gross for each in lines),
        tax=sum(each.tax or 0 for each in lines),
        net=sum(each.net or 0 for each in lines),
        lines=lines,
    )


def _says(lines: tuple[PaymentLine, ...]) -> str:
    open_ones = [each for each in lines if not each.paid]
    told = f"{len(lines)} penerima uang pembinaan; {len(lines) - len(open_ones)} sudah dibayar."
    if not open_ones:
        return told
    total = say_money(sum(each.gross for each in open_ones))
    return f"{told} Yang belum dibayar berjumlah {total}, dengan pajak menurut tarif hari ini."


def _amount(row: Row[Any], of_round: AwardRoundRecord) -> int:
    form = msgspec.json.decode(row.form)
    return award_amount(MoneyFacts(str(form.get("kind", "")), of_round, bool(form.get("without_money"))))


def _line(row: Row[Any], amount: int, paid: Mapping[str, Any] | None, law: Law, *, revoked: bool) -> PaymentLine:
    due = None if paid else payout(amount, row.asn_kind, row.grade, law)
    return PaymentLine(
        case_id=row.id,
        reference=row.reference,
        name=full_name(row.front_title or "", row.name or "", row.back_title or ""),
        nip=row.nip or "",
        unit=row.unit_name or "",
        grade=row.grade or "",
        kind=title_of(str(msgspec.json.decode(row.form)["kind"])),
        paid=paid is not None,
        account=paid["account"] if paid else "",
        bank=paid["bank"] if paid else "",
        gross=paid["gross"] if paid else amount,
        tax=paid["tax"] if paid else due.tax if due else None,
        net=paid["net"] if paid else due.net if due else None,
        sp2d_number=paid["sp2d_number"] if paid else "",
        sp2d_on=date.fromisoformat(paid["sp2d_on"]) if paid else None,
        says=_heed(paid, due, revoked=revoked),
    )


def _heed(paid: Mapping[str, Any] | None, due: Payout | None, *, revoked: bool) -> str:
    if revoked:
        return "Penghargaan dicabut sesudah dibayarkan; lihat pengembaliannya pada berkas pencabutan."
    if paid:
        return ""
    if due is None:
        return "Tarif pajak belum diketahui: jenis ASN atau golongan tidak tercatat."
    return f"Belum dibayar; pajak {due.rate.value}% ({due.rate.by})."


_OF_PEOPLE = ("name", "front_title", "back_title", "nip", "asn_kind", "grade")
_NOMINEES: Any = (
    select(
        *(cases.c[name] for name in ("id", "reference", "state", "form")),
        *(people.c[name] for name in _OF_PEOPLE),
        units.c.name.label("unit_name"),
    )
    .join_from(cohort_cases, cases, cases.c.id == cohort_cases.c.case_id)
    .join(people, people.c.id == cases.c.subject_id)
    .outerjoin(units, units.c.id == people.c.unit_id)
    .where(cohort_cases.c.left_at.is_(None))
    .order_by(people.c.name, people.c.id)
)
#: The payments of a round, the last of each case last.
_PAID: Any = (
    select(entries.c.case_id, entries.c.data)
    .join_from(entries, cohort_cases, cohort_cases.c.case_id == entries.c.case_id)
    .where(entries.c.kind == "payment", cohort_cases.c.left_at.is_(None))
    .order_by(entries.c.number)
)
