"""What people fill in and what stays on record in the course of mentoring."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta

from policies.mentoring_conduct import evaluations_are_sealed
from workflow.definition import Entry
from workflow.forms import Because, FileId, Form, Line, Note, Number, PersonId, Words

# --- What people fill in ---------------------------------------------------------------------------------------------

#: An instant with its zone; kept on the agency's clock, whatever zone it was sent in (see ``filling.on_the_clock``).
Instant = Annotated[datetime, Meta(tz=True)]
#: One aspect of an evaluation, 1 (kurang) to 5 (sangat baik).
Mark5 = Annotated[int, Meta(ge=1, le=5, description="1 (kurang) sampai 5 (sangat baik)")]
#: How many levels a competency falls short of what the post asks for.
Gap = Annotated[int, Meta(ge=0, le=5, description="0 bila tidak ada kesenjangan")]


class MentoringRequest(Form, frozen=True, kw_only=True):
    """Who guides, in what, to which end, from when until when and how; a draft holds part of it.

    ``new_mentor`` is kept by the process alone, while another mentor is asked; see ``with_replacement``.
    """

    mentor: Annotated[PersonId, Meta(title="Mentor")]
    competency: Annotated[str, Meta(title="Kompetensi yang dikembangkan", min_length=3, max_length=300)]
    goal: Annotated[str, Meta(title="Tujuan", min_length=3, max_length=2000)]
    starts_on: Annotated[date, Meta(title="Tanggal mulai")]
    ends_on: Annotated[date, Meta(title="Tanggal selesai")]
    plan: Annotated[str, Meta(title="Rencana pertemuan", min_length=3, max_length=2000)]
    media: Annotated[Line, Meta(title="Tempat dan media pertemuan")] = ""
    plan_item: Annotated[Line, Meta(title="Butir rencana pengembangan kompetensi")] = ""
    attachments: Annotated[tuple[FileId, ...], Meta(title="Lampiran", max_length=20)] = ()
    new_mentor: Annotated[PersonId, Meta(title="Calon mentor pengganti", extra={"person": True, "kept": True})] = ""


class Session(Form, frozen=True, kw_only=True):
    """A meeting: when and where, what about, with which result, and what was agreed to be done until when."""

    starts_at: Annotated[Instant, Meta(title="Waktu mulai")]
    ends_at: Annotated[Instant, Meta(title="Waktu selesai")]
    medium: Annotated[Literal["in_person", "online", "phone"], Meta(title="Cara bertemu")]
    place: Annotated[str, Meta(title="Tempat atau media", min_length=2, max_length=200)]
    topic: Annotated[str, Meta(title="Topik", min_length=3, max_length=500)]
    result: Annotated[str, Meta(title="Hasil", min_length=3, max_length=4000)]
    action: Annotated[Words, Meta(title="Tindakan yang disepakati")] = ""
    action_on: Annotated[date | None, Meta(title="Batas waktu tindakan")] = None
    attachments: Annotated[tuple[FileId, ...], Meta(title="Lampiran pertemuan", max_length=10)] = ()


class SessionCorrection(Session, frozen=True, kw_only=True):
    """The same meeting as it should have been logged."""

    number: Annotated[Number, Meta(title="Nomor catatan")]


class ChosenSessions(Form, frozen=True, kw_only=True):
    """Which logged meetings."""

    numbers: Annotated[tuple[Number, ...], Meta(title="Nomor catatan", min_length=1, max_length=100)]


class ChosenSessionsBecause(ChosenSessions, frozen=True, kw_only=True):
    """Which logged meetings, and why."""

    reason: Annotated[str, Meta(title="Alasan", min_length=5, max_length=4000)]


class ExtensionAsked(Because, frozen=True, kw_only=True):
    """A longer period, and why."""

    new_ends_on: Annotated[date, Meta(title="Tanggal selesai yang diminta")]


class OtherMentor(Because, frozen=True, kw_only=True):
    """Who is to be mentor from now on, and why."""

    new_mentor: Annotated[PersonId, Meta(title="Mentor pengganti", min_length=1)]


class Evaluation(Form, frozen=True, kw_only=True):
    """What one says of the other, and how far the competency fell short before and after."""

    mastery: Annotated[Mark5, Meta(title="Penguasaan materi")]
    communication: Annotated[Mark5, Meta(title="Komunikasi")]
    achievement: Annotated[Mark5, Meta(title="Ketercapaian tujuan")]
    commitment: Annotated[Mark5, Meta(title="Komitmen")]
    application: Annotated[Mark5, Meta(title="Penerapan di pekerjaan")]
    gap_before: Annotated[Gap, Meta(title="Kesenjangan kompetensi sebelum mentoring")]
    gap_after: Annotated[Gap, Meta(title="Kesenjangan kompetensi sesudah mentoring")]
    remark: Annotated[Words, Meta(title="Catatan")] = ""


class Departed(Form, frozen=True, kw_only=True):
    """Why somebody no longer takes part; the system fills in nothing."""

    reason: Annotated[Words, Meta(title="Alasan")] = "yang bersangkutan tidak lagi bertugas"


# --- What stays on record within the case ----------------------------------------------------------------------------

_UNTIL_BOTH = "sampai kedua penilaian masuk atau tenggatnya lewat"

MENTEE_CONSENT = Entry("mentee_consent", "Kesediaan mentee", Note)
MENTOR_CONSENT = Entry("mentor_consent", "Kesediaan mentor", Note)
APPROVAL = Entry("approval", "Penugasan mentor", Note)
OBJECTION = Entry("objection", "Keberatan kepala perangkat daerah mentee", Because)
OBJECTION_ANSWER = Entry("objection_answer", "Jawaban atas keberatan", Because)
SESSION = Entry("session", "Catatan pertemuan", Session)
DISPUTE = Entry("dispute", "Sanggahan atas catatan pertemuan", ChosenSessionsBecause)
SESSION_WITHDRAWN = Entry("session_withdrawn", "Penarikan catatan pertemuan", ChosenSessionsBecause)
EXTENSION_ASK = Entry("extension_ask", "Permintaan perpanjangan", ExtensionAsked)
PAUSE_ASK = Entry("pause_ask", "Permintaan jeda", Because)
CONCLUSION_ASK = Entry("conclusion_ask", "Permintaan mengakhiri mentoring", Because)
ASK_ACCEPTED = Entry("ask_accepted", "Persetujuan atas permintaan", Note)
ASK_REFUSED = Entry("ask_refused", "Penolakan atas permintaan", Because)
ASK_LAPSED = Entry("ask_lapsed", "Permintaan gugur tanpa jawaban", Note)
OTHER_MENTOR = Entry("other_mentor", "Penggantian mentor", OtherMentor)
REPLACEMENT_CONSENT = Entry("replacement_consent", "Kesediaan mentor pengganti", Note)
EARLY_END = Entry("early_end", "Pengakhiran lebih awal", Because)
MENTEE_EVALUATION = Entry(
    "mentee_evaluation",
    "Penilaian mentee atas mentor",
    Evaluation,
    hidden=evaluations_are_sealed,
    hidden_says=_UNTIL_BOTH,
)
MENTOR_EVALUATION = Entry(
    "mentor_evaluation",
    "Penilaian mentor atas mentee",
    Evaluation,
    hidden=evaluations_are_sealed,
    hidden_says=_UNTIL_BOTH,
)
