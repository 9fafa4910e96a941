"""Questions about books: numbers of letters that were voided, and cost without proof."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Row, func, select

from policies.dates import written
from policies.wording import say_money, with_full_stop
from workflow.audit import events_of
from workflow.auditing.inquiry import Found, Inquiry
from workflow.tables import cases, files, letter_cases, letters, postings
from workflow.telling.plain_text import listing

#: By which money must be proven.
PROOF: Final = "Permendagri 77/2020"
#: Cases of one letter that a question lists.
_LISTED: Final = 20


def voided(inquiry: Inquiry) -> Iterator[Found]:
    """Letters that had their number and are void."""
    later = letters.alias("later")
    concerned = (
        select(letter_cases.c.letter_id)
        .join_from(letter_cases, cases, cases.c.id == letter_cases.c.case_id)
        .where(letter_cases.c.letter_id == letters.c.id, inquiry.reach)
    )
    query = (
        select(letters, later.c.number.label("later_number"), later.c.dated_on.label("later_on"))
        .join_from(letters, later, later.c.id == letters.c.cancelled_by, isouter=True)
        .where(letters.c.state == "void", letters.c.number.is_not(None), concerned.exists())
        .order_by(letters.c.dated_on, letters.c.id)
    )
    for row in inquiry.rows(query):
        on = row.dated_on or inquiry.day(row.issued_at)
        if inquiry.period.holds(on):
            yield _voided(inquiry, row)


def _voided(inquiry: Inquiry, row: Row[Any]) -> Found:
    kind = inquiry.process(row).letters.get(row.kind)
    on = row.dated_on or inquiry.day(row.issued_at)
    of = (
        select(letter_cases.c.case_id)
        .join_from(letter_cases, cases, cases.c.id == letter_cases.c.case_id)
        .where(letter_cases.c.letter_id == row.id, inquiry.reach)
        .order_by(letter_cases.c.case_id)
    )
    by = (
        f" dengan surat Nomor {row.later_number} tanggal {written(row.later_on)}"
        if row.later_number
        else ", tanpa surat pembatalan yang tercatat"
    )
    return Found(
        on=on,
        case_ids=tuple(inquiry.conn.execute(of.limit(_LISTED)).scalars()),
        people=(inquiry.name(row.signed_by),) if row.signed_by else (),
        dates=tuple(day for day in (on, row.later_on) if day),
        says=f"{kind.title if kind else row.kind} Nomor {row.number} tanggal {written(on)}"
        f"{f', ditandatangani {row.signed_title}' if row.signed_title else ''}, dibatalkan{by}.",
        ask="Mengapa surat itu dibatalkan setelah bernomor, apakah salinannya sudah beredar dan ditarik, dan apakah nomor itu "
        "tetap tercatat sebagai batal dalam buku agenda?",
    )


def unproven_cost(inquiry: Inquiry) -> Iterator[Found]:
    """Money that was spent on a case without a proof that can be opened there."""
    query = (
        select(postings.c.case_id, func.sum(postings.c.amount).label("sum"), func.max(postings.c.posted_at).label("at"))
        .join_from(postings, cases, cases.c.id == postings.c.case_id)
        .where(inquiry.reach, postings.c.account == "spent", *inquiry.period.within(postings.c.posted_at))
        .group_by(postings.c.case_id)
        .having(func.sum(postings.c.amount) > 0)
        .order_by(postings.c.case_id)
    )
    for row in inquiry.rows(query):
        if (lacks := _lacks(inquiry, row.case_id)) is not None:
            who, says = lacks
            on = inquiry.day(row.at)
            yield Found(
                on=on,
                case_ids=(row.case_id,),
                people=who,
                dates=(on,),
                by=(PROOF,),
                says=f"Biaya {say_money(row.sum)} dibukukan sebagai belanja pada {written(on)}, tetapi {with_full_stop(says)}",
                ask="Mintalah bukti pengeluaran yang asli kepada pejabat penatausahaan keuangan, dan cocokkan jumlah, tanggal, "
                "serta penerimanya. Tanyakan siapa yang menyetujui pembebanannya tanpa bukti.",
            )


def _lacks(inquiry: Inquiry, case_id: str) -> tuple[tuple[str, ...], str] | None:
    """Who spent and what is missing; None where every proof that was named is there."""
    spent = [
        event
        for event in events_of(inquiry.conn, case_id)
        if any(moved["target"] == "spent" for moved in (event.payload or {}).get("posted", ()))
    ]
    if not spent:
        return (), "tidak ada peristiwa pada berkas yang menerangkannya"
    who = tuple(dict.fromkeys(inquiry.actor(event) for event in spent))
    named = [proof for event in spent for proof in (event.payload or {}).get("given", {}).get("proofs") or ()]
    if not named:
        return who, f"tidak ada bukti pengeluaran yang dilampirkan oleh {listing(who)}"
    there = set(inquiry.conn.execute(select(files.c.id).where(files.c.id.in_(named))).scalars())
    gone = len(set(named) - there)
    return (who, f"{gone} dari {len(set(named))} bukti yang disebut tidak ada lagi") if gone else None
