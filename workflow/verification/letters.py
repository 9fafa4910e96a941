"""Letters: every register is gapless, and each letter is the one that the log of its case tells of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, RowMapping, exists, select

from policies.parameters import Policies
from workflow.engine.evidence import LETTER, as_stored, digest
from workflow.letters.route import COMPLETE, LEFT
from workflow.references import reference_of
from workflow.registry import Registry
from workflow.tables import letter_cases, letters
from workflow.telling.status_words import LETTER_STATE
from workflow.verification.findings import STREAMED, Finding, Looked, letter_called, strays
from workflow.verification.reading import read
from workflow.verification.register_logs import look_at_logs
from workflow.verification.registers import look_at_registers
from workflow.verification.replay import IN_PORTION, Histories, History, Letter, histories_of

PART = "numbers"


def look_at_letters(conn: Connection, _: Registry, __: Policies) -> Looked:
    """Every register is gapless, each number stands on its letter, each letter is of a case or in the log of its register."""
    yield from look_at_registers(conn)
    yield from look_at_logs(conn)
    for row in conn.execute(_OF_NO_CASE):
        yield Finding(PART, f"{letter_called(row.id, row.number)} tidak termasuk berkas mana pun.")
    yield from strays(conn, PART, "Surat", letter_cases)


#: One that no process issued was written on a laptop: the log of its register tells of it.
_OF_NO_CASE = (
    select(letters.c.id, letters.c.number)
    .where(~exists().where(letter_cases.c.letter_id == letters.c.id), letters.c.process != "")
    .order_by(letters.c.id)
)


def look_at_issued(conn: Connection, registry: Registry, histories: Histories) -> Looked:
    """Each letter is in the log of its case, and the reverse."""
    stored = _letters_of(conn, histories)
    # What another case did to a shared letter, that one's log tells: a case that was closed by then is not told of it.
    unexplained = {
        row["id"]
        for case_id, rows in stored.items()
        for row in rows
        if (letter := histories[case_id].letters.get(row["id"])) is None or not _stands(letter, row)
    }
    elsewhere = _told_elsewhere(conn, registry, unexplained)
    under = _cases_under(conn, histories)
    for case_id, history in histories.items():
        found_under = _shared(history, under)
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found_under)
        rows = [row for row in stored.get(case_id, ()) if not _is_told_elsewhere(history, row["id"], elsewhere)]
        found = _letters(history, rows, elsewhere)
        yield from (Finding(PART, says, case_id=case_id, sequence=sequence) for says, sequence in found)


# --- Letters of a case -----------------------------------------------------------------------------------------------


def _letters_of(conn: Connection, histories: Histories) -> dict[str, list[RowMapping]]:
    rows = conn.execute(_OF_CASES, {"cases": list(histories)}, execution_options=STREAMED).mappings()
    return {case_id: list(found) for case_id, found in groupby(rows, key=itemgetter("case_id"))}


_OF_CASES = (
    select(letter_cases.c.case_id, letter_cases.c.changed_by, *as_stored(letters))
    .join_from(letter_cases, letters)
    .where(letter_cases.c.case_id.in_(IN_PORTION))
    .order_by(letter_cases.c.case_id, letters.c.id)
)


def _told_elsewhere(conn: Connection, registry: Registry, letter_ids: Collection[str]) -> dict[str, Letter]:
    """The letters as the log of any of their cases tells of them, of several what happened last."""
    shared = (
        conn.execute(select(letter_cases).where(letter_cases.c.letter_id.in_(letter_ids))).all() if letter_ids else []
    )
    histories = histories_of(conn, registry, {row.case_id for row in shared})
    told: dict[str, Letter] = {}
    for row in shared:
        letter = histories[row.case_id].letters.get(row.letter_id) if row.case_id in histories else None
        if letter is not None:
            told[row.letter_id] = max(told.get(row.letter_id, letter), letter, key=_how_far)
    return told


def _is_told_elsewhere(history: History, letter_id: str, elsewhere: Mapping[str, Letter]) -> bool:
    """Whether others tell that a letter is of this case too, or the case came in the place of another, under that one's letters."""
    if letter_id in history.letters or letter_id not in elsewhere:
        return False
    successor = "instead_of" in (read(history.row["memory"], dict) or {})
    return successor or history.row["id"] in elsewhere[letter_id].cases


def _how_far(letter: Letter) -> tuple[str, bool, bool]:
    """What was told last of a letter; of one instant, that it counts no more, or is to be cancelled."""
    return letter.moved_at, letter.state in ("void", "replaced"), letter.cancelled_by is not None


_Said = Iterator[tuple[str, int | None]]


def _cases_under(conn: Connection, histories: Histories) -> dict[str, set[str]]:
    """The cases of each letter that the logs tell to be shared."""
    shared = [letter_id for history in histories.values() for letter_id, told in history.letters.items() if told.cases]
    under: dict[str, set[str]] = {}
    for row in conn.execute(select(letter_cases).where(letter_cases.c.letter_id.in_(shared))) if shared else ():
        under.setdefault(row.letter_id, set()).add(row.case_id)
    return under


def _shared(history: History, under: dict[str, set[str]]) -> _Said:
    """A shared letter is still of every case that it was issued for."""
    for letter_id, letter in history.letters.items():
        if missing := set(letter.cases) - under.get(letter_id, set()):
            title, others = letter_called(letter_id, letter.number), ", ".join(sorted(map(reference_of, missing)))
            yield f"{title} tidak lagi tercatat pada berkas {others}.", letter.sequence


def _letters(history: History, rows: Iterable[RowMapping], elsewhere: Mapping[str, Letter]) -> _Said:
    expected = dict(history.letters)
    for row in rows:
        letter = expected.pop(row["id"], None)
        if letter is None:
            yield f"{letter_called(row['id'], row['number'])} tidak berasal dari peristiwa mana pun.", None
        else:
            yield from _letter(letter, row, elsewhere.get(row["id"], letter))
    for letter_id, letter in expected.items():
        title = letter_called(letter_id, letter.number)
        yield f"{title} yang diterbitkan dengan {letter.issued_with} tidak ada lagi.", letter.sequence


def _letter(letter: Letter, row: RowMapping, last: Letter) -> _Said:
    """``last``: what is told to have happened to the letter last, where the log of this case does not tell it."""
    title = letter_called(row["id"], row["number"])
    if row["changed_by"] != letter.changed_by:
        yield f"{title}: surat perubahan bagi berkas ini berbeda dari yang dicatat peristiwanya.", letter.moved_in
    if letter.changed_by:
        return  # the logs of those who go on under it hold it to what it says now
    if row["number"] != letter.number:
        was = letter_called(row["id"], letter.number)
        says = f"{was} ditandatangani dengan nomor itu, sekarang tercatat bernomor {row['number']}."
        yield (says if letter.number else f"{was} tercatat bernomor {row['number']} tanpa peristiwa."), letter.sequence
    elif letter.sha256 is not None and digest(LETTER, row) != letter.sha256:
        what = "isi, bingkai, templat, perjalanan, penanda tangan, atau tanggal"
        yield f"{title} tidak lagi sama dengan yang dicatat ({what}).", letter.sequence
    if row["state"] != (state := _state(last, row)):
        now, then = (LETTER_STATE.get(each, each) for each in (row["state"], state))
        yield f"{title} berstatus {now}, sedangkan menurut peristiwanya {then}.", letter.moved_in
    if row["cancelled_by"] != last.cancelled_by:
        yield f"{title}: surat yang membatalkannya berbeda dari yang dicatat peristiwanya.", letter.moved_in


def _stands(letter: Letter, row: RowMapping) -> bool:
    return (row["state"], row["cancelled_by"]) == (_state(letter, row), letter.cancelled_by)


def _state(letter: Letter, row: RowMapping) -> str:
    """The state of a letter that has left also says how far its PDF is: made, and sent."""
    if letter.state not in LEFT:
        return letter.state
    if row["file_id"] is None and row["scan_id"] is None:
        return "to_render"
    unsealed = row["state"] == "to_render" and row["sealed"] < len(read(row["route"], list) or ())
    return row["state"] if row["state"] in COMPLETE or unsealed else "signed"
