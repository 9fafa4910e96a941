"""What a round tells people by message: that it opens or is about to close, what was done in their name, how it went.

Mail may be read on its way: nobody's wishes about others are named in it, nor why somebody may not take part.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from policies.dates import written
from policies.matching_words import reasons_for_mentee, reasons_for_mentor
from workflow.effects import tell
from workflow.matching.asking import who_may_take_part
from workflow.matching.called import called_as
from workflow.matching.log import Round
from workflow.matching.proposing import as_mentee, as_mentor
from workflow.matching.told import Offer, Proposed, Published, RoundForm, Side, Unmatched, Wish, side_of
from workflow.office import Office
from workflow.telling.plain_text import ended

_ASKED = {"offer": "tawaran Anda sebagai mentor", "wish": "keinginan Anda sebagai mentee"}
_WAY_IN = "Silakan masuk ke Jenjang untuk ikut, atau mintalah pengelola kepegawaian unit Anda mencatatkannya."
_OWN_PAGE = "Isi selengkapnya dapat Anda baca pada halaman putaran di Jenjang."


def tell_opened(conn: Connection, office: Office, found: Round, at: datetime) -> int:
    """A round is open: to all who may take part and can be reached. Answers to how many."""
    form = found.form
    says = (
        f"Putaran mentoring “{form.title}” dibuka. Bidangnya: {', '.join(form.fields)}. Calon mentor memasukkan tawaran "
        f"sampai dengan {written(form.offers_until)}, calon mentee memasukkan keinginan sampai dengan "
        f"{written(form.wishes_until)}. {_period(form)} {_WAY_IN}"
    )
    return _tell(conn, found, dict.fromkeys(who_may_take_part(conn, office, office.day(at)), says), at)


def tell_last_day(conn: Connection, office: Office, found: Round, last_day: date, at: datetime) -> int:
    """A last day is near: to those who may take part and have handed in nothing. Answers to how many."""
    form, on = found.form, office.day(at)
    asked = [
        called
        for day, called in (
            (form.offers_until, "tawaran sebagai mentor"),
            (form.wishes_until, "keinginan sebagai mentee"),
        )
        if day == last_day
    ]
    left = (last_day - on).days
    when = f"tinggal {left} hari lagi, sampai dengan {written(last_day)}" if left else f"hari ini, {written(last_day)}"
    says = (
        f"Batas memasukkan {' dan '.join(asked)} pada putaran mentoring “{form.title}” {when}. Anda belum ikut; "
        f"mengikutinya tidak wajib. {_WAY_IN}"
    )
    to = [person for person in who_may_take_part(conn, office, on) if not found.takes_part(person)]
    return _tell(conn, found, dict.fromkeys(to, says), at)


def tell_changed(
    conn: Connection, found: Round, before: Offer | Wish | None, after: Offer | Wish, by: str, at: datetime
) -> None:
    """Somebody else handed in for a person: to that person, what it was and what it is."""
    side = side_of(after)
    done = "mencatat" if before is None else "mengubah"
    says = f"{by} {done} {_ASKED[side]} pada putaran mentoring “{found.form.title}”. Kini: {_content(after)}."
    if before is not None:
        says += f" Semula: {_content(before)}."
    changed = [
        title
        for title, was, now in (
            ("orang yang Anda inginkan", before.would if before else (), after.would),
            ("orang yang tidak Anda inginkan", before.would_not if before else (), after.would_not),
        )
        if was != now
    ]
    if changed:
        says += f" Daftar {' dan '.join(changed)} ikut berubah."
    _tell(conn, found, {after.person: f"{says} {_OWN_PAGE} {_mend(found, side)}"}, at)


def tell_withdrawn(conn: Connection, found: Round, person: str, side: Side, by: str, reason: str, at: datetime) -> None:
    """Somebody else withdrew what a person handed in: to that person."""
    says = (
        f"{by} menarik {_ASKED[side]} pada putaran mentoring “{found.form.title}”. {ended(f'Alasan: {reason}')} {_OWN_PAGE} "
        f"{_mend(found, side)}"
    )
    _tell(conn, found, {person: says}, at)


def tell_published(conn: Connection, found: Round, proposed: Proposed, part: Published, at: datetime) -> None:
    """A portion was published: to those in its pairs, to those whose pair could not be; with the last, to those in none."""
    called = called_as(conn, {each for mentor, mentee, _ in part.cases for each in (mentor, mentee)})
    told: dict[str, list[str]] = {}
    known = {each.person: each for each in proposed.people}
    pinned = {(pair.mentor, pair.mentee) for pair in proposed.result.pairs if pair.pinned}
    for mentor_id, mentee_id, _ in part.cases:
        mentor = as_mentor(known[mentor_id], found.offers[mentor_id])
        mentee = as_mentee(known[mentee_id], found.wishes[mentee_id])
        fixed = ("Pasangan ini ditetapkan BKPSDM.",) if (mentor_id, mentee_id) in pinned else ()
        why = " ".join((*fixed, *reasons_for_mentee(mentor, mentee)))
        told.setdefault(mentee_id, []).append(
            f"{ended(f'Anda dipasangkan dengan mentor {called[mentor_id].name}')} {why} Nyatakan kesediaan Anda pada berkasnya."
        )
        why = " ".join((*fixed, *reasons_for_mentor(mentor, mentee)))
        told.setdefault(mentor_id, []).append(
            f"{ended(f'Anda dipasangkan sebagai mentor bagi {called[mentee_id].name}')} {why} Giliran Anda sesudah mentee bersedia."
        )
    for pair in part.not_opened:
        for person in (pair.mentor, pair.mentee):
            told.setdefault(person, []).append(
                "Satu pasangan yang diusulkan bagi Anda tidak dapat diterbitkan, karena keadaan salah satu pihak berubah. "
                "Anda tetap diperhitungkan bila BKPSDM menghitung usulan berikutnya."
            )
    if part.last:
        for alone in proposed.result.unmatched:
            told.setdefault(alone.person, []).append(_of_alone(alone, known[alone.person].why_not))
    head = f"Hasil putaran mentoring “{found.form.title}” telah terbit. {_period(found.form)}"
    _tell(conn, found, {person: " ".join((head, *says)) for person, says in told.items()}, at)


def tell_closed(conn: Connection, found: Round, reason: str, at: datetime) -> None:
    """A round ended: to those who handed something in and are in no pair."""
    says = f"Putaran mentoring “{found.form.title}” ditutup. {ended(f'Alasan: {reason}')} Anda tidak dipasangkan pada putaran ini."
    to = sorted({*found.offers, *found.wishes} - found.paired)
    _tell(conn, found, dict.fromkeys(to, says), at)


def _of_alone(alone: Unmatched, why_not: str) -> str:
    side = "mentor" if alone.side == "mentor" else "mentee"
    # What stands in their record is for them to read where nobody else does.
    why = "Sebabnya dapat Anda baca pada halaman putaran di Jenjang." if why_not else alone.own
    return f"Sebagai {side} Anda belum dipasangkan. {why}"


def _content(answer: Offer | Wish) -> str:
    if isinstance(answer, Offer):
        return f"bidang {', '.join(answer.fields)}, sanggup membimbing {answer.capacity} mentee"
    return f"tujuan {', '.join(answer.goals)}"


def _mend(found: Round, side: Side) -> str:
    who = {"offer": "tawaran", "wish": "keinginan"}[side]
    last = found.form.offers_until if side == "offer" else found.form.wishes_until
    return (
        f"Bila tidak sesuai kehendak Anda, masukkan sendiri {who} Anda sampai dengan {written(last)}; sesudah itu, tariklah "
        "sendiri atau hubungi BKPSDM."
    )


def _period(form: RoundForm) -> str:
    return f"Mentoring berlangsung {written(form.starts_on)} sampai dengan {written(form.ends_on)}."


def _tell(conn: Connection, found: Round, says: Mapping[str, str], at: datetime) -> int:
    tell(conn, None, dict(says), at, title=f"Putaran mentoring: {found.form.title}", page=f"/putaran/{found.id}")
    return len(says)
