"""The types of official letters: what each is called, its page shape, template, body and sample.

A process may issue a letter of a type with a template of its own that extends the type's; a clerk writes one as a TOML
file by the sample (``standalone``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

import msgspec

from workflow.letters.bodies.agreements import Agreement
from workflow.letters.bodies.correspondence import (
    Circular,
    CoveringLetter,
    InternalNote,
    Invitation,
    OfficialLetter,
    StaffStudy,
)
from workflow.letters.bodies.decrees import Decree
from workflow.letters.bodies.honours import Charter, TrainingCertificate
from workflow.letters.bodies.orders import AssignmentOrder, Command, Recommendation
from workflow.letters.bodies.statements import ActivityReport, Certificate, Declaration, Proceedings
from workflow.letters.parts import LetterType
from workflow.letters.profile import TEMPLATES

SAMPLES: Final = TEMPLATES / "samples"


class TypeOfLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A type: ``title`` in words, ``shape`` of its first page, the kind of ``body`` that its template prints."""

    name: LetterType
    title: str
    shape: Literal["korespondensi", "judul"]
    body: type[msgspec.Struct]

    @property
    def addressed(self) -> bool:
        """It is to somebody and about something, which its first lines say: Yth. and Hal."""
        return self.shape == "korespondensi" or self.name == "telaahan_staf"

    @property
    def template(self) -> str:
        """The file in ``templates/letters``."""
        return f"{self.name}.html"

    @property
    def sample(self) -> Path:
        """A letter of this type by invented people, as a clerk would write it."""
        return SAMPLES / f"{self.name}.toml"


def _type(
    name: LetterType, title: str, shape: Literal["korespondensi", "judul"], body: type[msgspec.Struct]
) -> tuple[LetterType, TypeOfLetter]:
    return name, TypeOfLetter(name=name, title=title, shape=shape, body=body)


TYPES: Final[dict[LetterType, TypeOfLetter]] = dict(
    (
        _type("surat_dinas", "Surat dinas", "korespondensi", OfficialLetter),
        _type("nota_dinas", "Nota dinas", "korespondensi", InternalNote),
        _type("surat_undangan", "Surat undangan", "korespondensi", Invitation),
        _type("telaahan_staf", "Telaahan staf", "judul", StaffStudy),
        _type("surat_tugas", "Surat tugas", "judul", AssignmentOrder),
        _type("surat_perintah", "Surat perintah", "judul", Command),
        _type("keputusan", "Keputusan", "judul", Decree),
        _type("surat_keterangan", "Surat keterangan", "judul", Certificate),
        _type("berita_acara", "Berita acara", "judul", Proceedings),
        _type("surat_pengantar", "Surat pengantar", "korespondensi", CoveringLetter),
        _type("surat_edaran", "Surat edaran", "judul", Circular),
        _type("rekomendasi", "Rekomendasi", "judul", Recommendation),
        _type("surat_pernyataan", "Surat pernyataan", "judul", Declaration),
        _type("kesepakatan", "Kesepakatan", "judul", Agreement),
        _type("laporan", "Laporan", "judul", ActivityReport),
        _type("piagam", "Piagam", "judul", Charter),
        _type("sertifikat", "Sertifikat", "judul", TrainingCertificate),
    )
)
