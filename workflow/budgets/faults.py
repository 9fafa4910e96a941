"""What is wrong with the books as they stand."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, case, func, or_, select

from workflow.budgets.books import AWAITING, HELD, line_title
from workflow.references import reference_of
from workflow.tables import budgets, cases, postings

_TOTAL = func.sum(postings.c.amount)

_UNBALANCED = select(postings.c.movement_id, _TOTAL.label("sum")).group_by(postings.c.movement_id).having(_TOTAL != 0)
_BELOW_NOTHING = (
    select(
        budgets.c.activity,
        budgets.c.account.label("account_title"),
        budgets.c.year,
        postings.c.account,
        _TOTAL.label("sum"),
    )
    .join_from(postings, budgets)
    .where(postings.c.account != "ceiling")
    .group_by(budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year, postings.c.account)
    # A deficit is below nothing by its nature.
    .having(case((postings.c.account == "deficit", -_TOTAL), else_=_TOTAL) < 0)
)
_FREE_AND_MISSING = (
    select(budgets.c.activity, budgets.c.account, budgets.c.year)
    .join_from(postings, budgets)
    .group_by(budgets.c.id, budgets.c.activity, budgets.c.account, budgets.c.year)
    .having(_TOTAL.filter(postings.c.account == "available") > 0, _TOTAL.filter(postings.c.account == "deficit") < 0)
)
_LEFT_BEHIND = (
    select(postings.c.case_id, postings.c.account, _TOTAL.label("sum"), cases.c.closed_at)
    .join_from(postings, cases, postings.c.case_id == cases.c.id)
    .where(postings.c.account.in_([*HELD, AWAITING]))
    .group_by(postings.c.case_id, postings.c.year, postings.c.account, cases.c.closed_at)
    .having(or_(cases.c.closed_at.is_not(None) & (_TOTAL != 0), (postings.c.account == AWAITING) & (_TOTAL < 0)))
)


def imbalances(conn: Connection) -> list[str]:
    """Movements that do not sum to zero, lines that hold less than nothing, and closed cases that still hold something.

    A deficit is none of these: a ceiling was lowered, and the books say so.
    """
    return [*_unbalanced(conn), *_below_nothing(conn), *_left_behind(conn)]


def _unbalanced(conn: Connection) -> Iterator[str]:
    for row in conn.execute(_UNBALANCED):
        yield f"Mutasi {row.movement_id} tidak seimbang: selisih {row.sum}."


def _below_nothing(conn: Connection) -> Iterator[str]:
    for row in conn.execute(_BELOW_NOTHING):
        title = line_title(row.activity, row.account_title, row.year)
        yield f"Mata anggaran {title}: akun {row.account} bernilai {row.sum}."
    for activity, account, year in conn.execute(_FREE_AND_MISSING):
        yield f"Mata anggaran {line_title(activity, account, year)}: kekurangannya tidak ditutup dengan yang tersedia."


def _left_behind(conn: Connection) -> Iterator[str]:
    for row in conn.execute(_LEFT_BEHIND):
        if row.closed_at is None:
            yield f"Berkas {reference_of(row.case_id)}: akun {row.account} bernilai {row.sum}."
        else:
            yield f"Berkas {reference_of(row.case_id)} sudah ditutup, tetapi masih memegang {row.sum} pada akun {row.account}."
