"""What people fill in for a round of awards."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from workflow.definition import Entry
from workflow.forms import Because, Form, Line, PersonId, Rupiah

#: The kinds of award for which a round can be opened.
RoundKind = Literal["regional", "self_development", "satyalancana_10", "satyalancana_20", "satyalancana_30"]
Person = Annotated[PersonId, Meta(title="Pegawai")]


class KindNumber(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number for one kind of award."""

    kind: Annotated[RoundKind, Meta(title="Jenis penghargaan")]
    number: Annotated[int, Meta(title="Jumlah", ge=1, le=1000)]


class CriterionLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is scored, and its weight in percent."""

    name: Annotated[str, Meta(title="Kriteria penilaian", min_length=3, max_length=200)]
    weight: Annotated[int, Meta(title="Bobot (persen)", ge=1, le=100)]


class AwardRound(Form, frozen=True, kw_only=True):
    """A round: which awards, how many from each unit, until when, who compares by what, and which budget pays."""

    title: Annotated[str, Meta(title="Nama putaran", min_length=5, max_length=200)]
    kinds: Annotated[tuple[RoundKind, ...], Meta(title="Jenis penghargaan", min_length=1, max_length=5)]
    closes_on: Annotated[date, Meta(title="Batas akhir pengusulan")]
    quota: Annotated[
        tuple[KindNumber, ...], Meta(title="Calon paling banyak dari satu perangkat daerah", max_length=5)
    ] = ()
    receivers: Annotated[tuple[KindNumber, ...], Meta(title="Jumlah penerima", max_length=5)] = ()
    chair: Annotated[PersonId, Meta(title="Ketua tim penilai")] = ""
    chair_substitute: Annotated[PersonId, Meta(title="Pengganti ketua")] = ""
    secretary: Annotated[PersonId, Meta(title="Sekretaris tim penilai")] = ""
    members: Annotated[tuple[Person, ...], Meta(title="Anggota tim penilai", max_length=20)] = ()
    substitutes: Annotated[tuple[Person, ...], Meta(title="Penilai pengganti, menurut urutannya", max_length=20)] = ()
    criteria: Annotated[tuple[CriterionLine, ...], Meta(title="Kriteria penilaian", max_length=20)] = ()
    amount: Annotated[Rupiah, Meta(title="Uang pembinaan tiap penerima (rupiah)")] = 0
    ceiling: Annotated[Rupiah, Meta(title="Pagu uang pembinaan seluruh putaran (rupiah)")] = 0
    budget_line: Annotated[Line, Meta(title="Mata anggaran uang pembinaan")] = ""


class LaterClosing(Because, frozen=True, kw_only=True):
    """A later closing day, and why."""

    new_closes_on: Annotated[date, Meta(title="Batas akhir pengusulan yang baru")]


class OtherPanel(Because, frozen=True, kw_only=True):
    """The panel as it is to be from now on, and why."""

    chair: Annotated[PersonId, Meta(title="Ketua tim penilai", min_length=1)]
    chair_substitute: Annotated[PersonId, Meta(title="Pengganti ketua", min_length=1)]
    secretary: Annotated[PersonId, Meta(title="Sekretaris tim penilai", min_length=1)]
    members: Annotated[tuple[Person, ...], Meta(title="Anggota tim penilai", max_length=20)]
    substitutes: Annotated[tuple[Person, ...], Meta(title="Penilai pengganti, menurut urutannya", max_length=20)] = ()


EXTENDED = Entry("extension", "Perpanjangan pengusulan", LaterClosing)
PANEL_CHANGED = Entry("panel_change", "Perubahan tim penilai", OtherPanel)
