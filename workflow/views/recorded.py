"""What is said of an answer that was put on record for whoever gave it on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import msgspec
from sqlalchemy import Connection

from policies.dates import written
from workflow.definition import Process
from workflow.forms import CHOICES
from workflow.letters.words import begun_small
from workflow.views.shown import host_name


class RecordedLine(msgspec.Struct, frozen=True, kw_only=True):
    """The paper by which an answer was recorded, and its entry in the book of incoming letters; ``says``: all in a sentence."""

    says: str
    agenda: str
    number: str
    dated_on: date
    signer_name: str
    signer_post: str
    channel: str
    channel_title: str
    received_on: date
    scan: str


def recorded_line(conn: Connection, process: Process, payload: Mapping[str, Any]) -> RecordedLine | None:
    """What an event's payload tells of the paper; None where whoever was asked answered themselves."""
    paper = payload.get("recorded")
    if not paper:
        return None
    entry: Mapping[str, Any] = payload.get("incoming") or {}
    return RecordedLine(
        says=_sentence(conn, process, payload, paper, str(entry.get("agenda", ""))),
        agenda=str(entry.get("agenda", "")),
        number=paper.get("number", ""),
        dated_on=date.fromisoformat(paper["dated_on"]),
        signer_name=paper["signer_name"],
        signer_post=paper["signer_post"],
        channel=paper["channel"],
        channel_title=CHOICES[paper["channel"]],
        received_on=date.fromisoformat(paper["received_on"]),
        scan=paper["scan"],
    )


def _sentence(
    conn: Connection, process: Process, payload: Mapping[str, Any], paper: Mapping[str, Any], agenda: str
) -> str:
    role = process.role.get(paper.get("for", ""))
    host = host_name(conn, str(payload.get("form", {}).get(role.partner, ""))) if role else ""
    whom = host or (begun_small(role.title) if role else "pihak yang menjawab")
    by = f"surat Nomor {paper['number']}" if paper.get("number") else begun_small(CHOICES[paper["channel"]])
    name = payload.get("actor", {}).get("name", "Sistem")
    entered = f" (agenda {agenda})" if agenda else ""
    return (
        f"Dicatat oleh {name} atas nama {whom} menurut {by} tanggal {written(date.fromisoformat(paper['dated_on']))}{entered}, "
        f"ditandatangani {paper['signer_name']}, {paper['signer_post']}."
    )
