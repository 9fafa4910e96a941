"""Questions about what was put on record: late, for somebody else, in spite of a warning, by exemption, by attestation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Row, select

from policies.auditing import LATE_RECORDING_DAYS
from policies.dates import written
from policies.decision import Grade
from policies.parameters import NotInForce, Value
from policies.wording import with_full_stop
from workflow.audit import Event
from workflow.auditing.inquiry import Found, Inquiry, date_of, role_title, says_mark, step_title
from workflow.definition import Process
from workflow.forms import CHOICES, Attestation
from workflow.tables import cases, entries, events
from workflow.telling.explain_event import rule_titles
from workflow.telling.fact_words import FACTS
from workflow.telling.plain_text import listing

#: Days that one question lists; the rest is counted.
_LISTED = 10


def late(inquiry: Inquiry) -> Iterator[Found]:
    """What was recorded much later than it happened: dated entries, and letters that came in."""
    yield from _late_entries(inquiry)
    for row, event in inquiry.events(says_mark(events.c.payload, '"recorded":{')):
        recorded, on = (event.payload or {}).get("recorded") or {}, inquiry.day(event.at)
        received, allowed = date_of(recorded.get("received_on")), _allowed(inquiry, on)
        if received is None or allowed is None or (on - received).days <= allowed.value:
            continue
        yield Found(
            on=on,
            case_ids=(event.case_id,),
            people=(inquiry.actor(event),),
            dates=(received, on),
            by=(allowed.by,),
            says=f"Jawaban {role_title(inquiry.process(row), _answered_for(event))} diterima {written(received)}, tetapi baru "
            f"dicatat oleh {inquiry.actor(event)} pada {written(on)}, {(on - received).days} hari kemudian.",
            ask="Di mana surat itu selama ini, dan apakah keterlambatan pencatatannya mengubah hasil atau tenggat berkas?",
        )


def _late_entries(inquiry: Inquiry) -> Iterator[Found]:
    query = (
        select(entries, cases.c.process)
        .join_from(entries, cases, cases.c.id == entries.c.case_id)
        .where(inquiry.reach, *inquiry.period.within(entries.c.written_at))
        .order_by(entries.c.case_id, entries.c.kind, entries.c.on_date, entries.c.number)
    )
    for _, grouped in groupby(inquiry.rows(query), key=lambda row: (row.case_id, row.kind)):
        found = [(row, allowed) for row in grouped if (allowed := _is_late(inquiry, row)) is not None]
        if found:
            yield _late(inquiry, [row for row, _ in found], found[0][1])


def _late(inquiry: Inquiry, rows: list[Row[Any]], allowed: Value[int]) -> Found:
    kind = inquiry.process(rows[0]).entries.get(rows[0].kind)
    waited = [(inquiry.day(row.written_at) - row.on_date).days for row in rows]
    days = list(dict.fromkeys(row.on_date for row in rows))
    more = f" dan {len(days) - _LISTED} hari lain" if len(days) > _LISTED else ""
    span = f"{min(waited)}" if min(waited) == max(waited) else f"{min(waited)} sampai {max(waited)}"
    return Found(
        on=max(inquiry.day(row.written_at) for row in rows),
        case_ids=(rows[0].case_id,),
        people=tuple(dict.fromkeys(inquiry.name(row.written_by) for row in rows)),
        dates=tuple(days[:_LISTED]),
        by=(allowed.by,),
        says=f"{kind.title if kind else rows[0].kind} untuk {listing(written(day) for day in days[:_LISTED])}{more} dicatat "
        f"{span} hari kemudian; yang dianggap wajar paling lama {allowed.value} hari.",
        ask="Dari sumber apa isinya ditulis setelah selama itu, dan mengapa tidak dicatat pada waktunya? Mintalah catatan asli "
        "atau daftar hadirnya.",
    )


def _is_late(inquiry: Inquiry, row: Row[Any]) -> Value[int] | None:
    """How many days were allowed, where an entry took longer; None where it did not."""
    on = inquiry.day(row.written_at)
    allowed = _allowed(inquiry, on)
    return allowed if allowed is not None and (on - row.on_date).days > allowed.value else None


def _allowed(inquiry: Inquiry, on: date) -> Value[int] | None:
    try:
        return inquiry.office.policies.on(on)[LATE_RECORDING_DAYS]
    except NotInForce:
        return None


def recorded_for_another(inquiry: Inquiry) -> Iterator[Found]:
    """Answers that one of our own people put on record for the host."""
    for row, event in inquiry.events(says_mark(events.c.payload, '"recorded":{')):
        process, on = inquiry.process(row), inquiry.day(event.at)
        recorded = (event.payload or {}).get("recorded") or {}
        dated, received = date_of(recorded.get("dated_on")), date_of(recorded.get("received_on"))
        number = f"Nomor {recorded['number']}" if recorded.get("number") else "tanpa nomor"
        channel = CHOICES.get(str(recorded.get("channel")), recorded.get("channel")) or "tanpa keterangan saluran"
        signer = f"{recorded.get('signer_name') or 'tanpa nama'}, {recorded.get('signer_post') or 'tanpa jabatan'}"
        yield Found(
            on=on,
            case_ids=(event.case_id,),
            people=(inquiry.actor(event), str(recorded.get("signer_name") or "")),
            dates=tuple(day for day in (dated, received, on) if day),
            says=f"“{step_title(process, event)}” dicatat oleh {inquiry.actor(event)} atas nama "
            f"{role_title(process, _answered_for(event))} pada {written(on)}, berdasarkan surat {number}"
            f"{f' tanggal {written(dated)}' if dated else ''} yang ditandatangani {signer}; diterima melalui {channel}"
            f"{f' pada {written(received)}' if received else ''}.",
            ask="Cocokkan pindaian dengan surat aslinya dan buku agenda surat masuk, lalu tanyakan langsung kepada penandatangan "
            "apakah surat itu miliknya dan isinya demikian.",
        )


def _answered_for(event: Event) -> str | None:
    """The role for which an answer was recorded."""
    payload = event.payload or {}
    role = (payload.get("recorded") or {}).get("for") or payload.get("actor", {}).get("for")
    return str(role) if role else None


def warned(inquiry: Inquiry) -> Iterator[Found]:
    """Steps that were taken in spite of a warning, which whoever took them acknowledged."""
    for row, event in inquiry.events(says_mark(events.c.payload, '"acknowledged":[')):
        payload, process, on = event.payload or {}, inquiry.process(row), inquiry.day(event.at)
        exempted_rules = {decided["rule"] for decided in _exemptions(inquiry, payload)}
        decisions = [
            decided
            for decided in payload.get("decisions", ())
            if decided["rule"] in payload.get("acknowledged", ()) and decided["rule"] not in exempted_rules
        ]
        if not decisions:
            continue
        reasons = [reason for decided in decisions for reason in decided["reasons"] if reason["grade"] == "warned"]
        yield Found(
            on=on,
            case_ids=(event.case_id,),
            people=(inquiry.actor(event),),
            dates=(on,),
            by=_cited(decisions),
            says=f"“{step_title(process, event)}” dilakukan oleh {inquiry.actor(event)} pada {written(on)} walaupun ada "
            f"peringatan pada syarat {_titles(process, decisions)}: "
            f"{' '.join(with_full_stop(reason['says']) for reason in reasons)}",
            ask="Pertimbangan apa yang dipakai untuk tetap melanjutkan, apakah tertulis, dan apakah hal yang diperingatkan itu "
            "kemudian diselesaikan?",
        )


def exempted(inquiry: Inquiry) -> Iterator[Found]:
    """Steps that went through by an exemption, such as from the agreement with the host."""
    for row, event in inquiry.events(says_mark(events.c.payload, '"exemption":')):
        payload, process, on = event.payload or {}, inquiry.process(row), inquiry.day(event.at)
        decisions = _exemptions(inquiry, payload)
        if not decisions:
            continue
        reason = str(decisions[0]["facts"]["exemption"]).strip()
        yield Found(
            on=on,
            case_ids=(event.case_id,),
            people=(inquiry.actor(event),),
            dates=(on,),
            by=_cited(decisions),
            says=f"{inquiry.actor(event)} memberi pengecualian dari syarat "
            f"{_titles(process, decisions)} pada {written(on)} dengan alasan: "
            f"{with_full_stop(reason)}",
            ask="Apakah ia berwenang memberi pengecualian itu, apakah alasannya didukung dokumen, dan apakah kekurangannya sudah "
            "dilengkapi sesudahnya?",
        )


def _exemptions(inquiry: Inquiry, payload: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The decisions of an event that would have refused but for an exemption: each is judged again without it."""
    return [
        decided
        for decided in payload.get("decisions", ())
        if decided["grade"] == "warned"
        and str(decided["facts"].get("exemption") or "").strip()
        and _is_refused_without(inquiry, decided, payload.get("law_on"))
    ]


def _is_refused_without(inquiry: Inquiry, decided: Mapping[str, Any], law_on: str | None) -> bool:
    """Whether a rule refuses the same facts without their exemption. What cannot be judged again is asked about."""
    rule, on = inquiry.rules.get(decided["rule"]), date_of(law_on)
    if rule is None or on is None:
        return True
    try:
        facts = msgspec.convert({**decided["facts"], "exemption": ""}, rule.facts, strict=False)
    except msgspec.ValidationError:
        return True
    return rule(facts, inquiry.office.policies.on(on)).grade is Grade.REFUSED


def attested(inquiry: Inquiry) -> Iterator[Found]:
    """Facts that no data of the agency knew, and a verifier put on record with a document."""
    kinds = {
        entry.name
        for process in inquiry.registry.processes.values()
        for entry in process.entries.values()
        if issubclass(entry.takes, Attestation)
    }
    query = (
        select(entries, cases.c.subject_id)
        .join_from(entries, cases, cases.c.id == entries.c.case_id)
        .where(inquiry.reach, entries.c.kind.in_(kinds), *inquiry.period.within(entries.c.written_at))
        .order_by(entries.c.case_id, entries.c.number)
    )
    for row in inquiry.rows(query):
        data, on = msgspec.json.decode(row.data), inquiry.day(row.written_at)
        fact = FACTS.get(str(data.get("fact")), str(data.get("fact")))
        by, about = inquiry.name(row.written_by), inquiry.name(row.subject_id)
        yield Found(
            on=on,
            case_ids=(row.case_id,),
            people=(by, about),
            dates=(on,),
            says=f"Keterangan “{fact}” pada berkas {about} dicatat oleh {by} pada {written(on)} berdasarkan dokumen, karena "
            f"tidak ada dalam data kepegawaian. Penjelasannya: {with_full_stop(str(data.get('says') or 'tidak ada'))}",
            ask="Cocokkan dokumennya dengan aslinya, dan tanyakan mengapa data kepegawaian belum dilengkapi sejak itu.",
        )


def _cited(decisions: list[Mapping[str, Any]]) -> tuple[str, ...]:
    """The articles by which rules decided, each once."""
    return tuple(dict.fromkeys(by for decided in decisions for reason in decided["reasons"] for by in reason["by"]))


def _titles(process: Process, decisions: list[Mapping[str, Any]]) -> str:
    """What rules say must hold, in a sentence."""
    titles = rule_titles(process)
    return listing(f"“{titles.get(decided['rule'], decided['rule'])}”" for decided in decisions)
