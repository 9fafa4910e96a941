"""Letters of every type: the shipped sample, the least that a body may say, and the most. All people are invented."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from tests.workflow.letters.agencies import PROOF
from tests.workflow.letters.samples import COHORT, LONG, PROFILE, SIGNED_AT, TITIN, YUSUF
from workflow.letters.layout import html
from workflow.letters.parts import LetterFrame, LetterType
from workflow.letters.profile import Profile
from workflow.letters.standalone import StandaloneLetter, standalone_letter
from workflow.letters.types import TYPES

NUMBER = "800.1.4.1/045/BKPSDM/2026"
PARAGRAPH = (
    "Pelaksanaan kegiatan tersebut memerlukan persiapan yang matang, pembagian tugas yang jelas, serta pencatatan yang tertib "
    "agar setiap tahap dapat dipertanggungjawabkan dan hasilnya dapat dimanfaatkan oleh perangkat daerah yang lain. "
)
LONG_TITLE = (
    "Pengembangan Kompetensi Aparatur Sipil Negara melalui Magang, Mentoring, dan Pertukaran Pegawai Antarinstansi"
)


@dataclass(frozen=True)
class TypeSample:
    """A letter of a type and its body, under the name of its golden file."""

    name: str
    letter: StandaloneLetter
    body: msgspec.Struct

    def frame(self, profile: Profile = PROFILE) -> LetterFrame:
        return self.letter.frame(profile, number=NUMBER, dated_on=date(2026, 3, 12), signed_at=SIGNED_AT)

    def html(self, profile: Profile = PROFILE) -> str:
        return html(self.letter.template, self.frame(profile), self.body, profile, proof=PROOF)


def sample(kind: LetterType) -> TypeSample:
    letter, body = standalone_letter(TYPES[kind].sample)
    return TypeSample(kind, letter, body)


def data(kind: LetterType) -> dict[str, Any]:
    """The shipped sample as it was written."""
    return tomllib.loads(TYPES[kind].sample.read_text(encoding="utf-8"))


def written(kind: LetterType, name: str, body: dict[str, Any], **letter: Any) -> TypeSample:
    """A letter of this type as a clerk would write it, with another body."""
    whole = msgspec.convert({**data(kind), **letter, "body": body}, StandaloneLetter)
    return TypeSample(f"{kind}_{name}", whole, msgspec.convert(body, TYPES[kind].body))


def plain(person: msgspec.Struct) -> dict[str, Any]:
    """A person as a file would name them."""
    return {key: value for key, value in msgspec.to_builtins(person).items() if value}


ONE, OTHER, LONGEST = plain(TITIN), plain(YUSUF), plain(LONG)
FORTY = [plain(person) for person in COHORT][:40]
SAID = [{"text": "Pelatihan berjalan baik."}]

LEAST: dict[LetterType, dict[str, Any]] = {
    "surat_dinas": {"opening": "Dengan hormat kami sampaikan bahwa rapat ditunda."},
    "nota_dinas": {"opening": "Dengan hormat kami laporkan bahwa rapat ditunda."},
    "surat_undangan": {
        "opening": "Dengan hormat kami mengundang Saudara untuk hadir pada:",
        "starts_on": date(2026, 3, 17),
        "starts_at": "09.00",
        "place": "Ruang Rapat Melati",
        "agenda": "Persiapan magang",
        "invited": ["Kepala Dinas Kesehatan"],
    },
    "telaahan_staf": dict.fromkeys(("problem", "facts", "analysis", "conclusion", "advice"), SAID),
    "surat_tugas": {"participants": [ONE], "duties": ["mengikuti pelatihan mentor"]},
    "surat_perintah": {"participants": [ONE], "duties": ["melaksanakan apel pagi"]},
    "keputusan": {
        "about": "Penetapan mentor",
        "considering": ["bahwa perlu ditetapkan mentor"],
        "grounds": ["Undang-Undang Nomor 20 Tahun 2023 tentang Aparatur Sipil Negara"],
        "rulings": [{"text": "Menetapkan mentor:", "people": [ONE]}],
    },
    "surat_keterangan": {"participants": [ONE], "statement": "telah menjadi mentor"},
    "berita_acara": {
        "about": "Penilaian",
        "on": date(2026, 3, 12),
        "parties": [{"person": ONE}],
        "event": "telah melaksanakan penilaian",
        "results": SAID,
    },
    "surat_pengantar": {"items": [{"what": "Berkas usulan", "amount": "1 (satu) berkas"}]},
    "surat_edaran": {
        "about": "Mentoring",
        "recipients": ["Para kepala perangkat daerah"],
        "sections": [{"title": "Isi edaran", "passages": SAID}],
    },
    "rekomendasi": {
        "grounds": ["Surat Kepala Dinas Kesehatan tanggal 2 Maret 2026"],
        "participants": [ONE],
        "purpose": "mengikuti magang",
    },
    "surat_pernyataan": {"person": ONE, "statements": ["saya bersedia mengikuti magang sampai selesai"]},
    "kesepakatan": {
        "form": "nota_kesepahaman",
        "about": "Magang",
        "on": date(2026, 3, 12),
        "place": "Kemuning Kota",
        "sides": [{"institution": name, "name": name, "post": "Kepala", "address": "Kemuning Kota"} for name in "AB"],
        "articles": [{"title": "Ruang lingkup", "passages": SAID}],
    },
    "laporan": {"about": "Pelatihan", **dict.fromkeys(("introduction", "activities", "results", "conclusion"), SAID)},
    "piagam": {"person": ONE, "reason": "pengabdiannya"},
    "sertifikat": {
        "person": ONE,
        "activity": "Pelatihan Mentor",
        "organiser": "BKPSDM Kabupaten Kemuning",
        "starts_on": date(2026, 4, 6),
        "ends_on": date(2026, 4, 6),
    },
}

_PAGES = [{"text": PARAGRAPH * 3, "points": [PARAGRAPH.strip(), PARAGRAPH.strip()]} for _ in range(3)]
_TABLE = {"headers": ["Nama", "Jabatan", "Unit kerja"], "rows": [[p["name"], p["post"], p["unit"]] for p in FORTY[:20]]}
_LONG_SIDES = [
    {
        "institution": f"{LONGEST['unit']} Kabupaten {place}",
        "name": LONGEST["name"],
        "post": LONGEST["post"],
        "address": "Jalan Kemuning Raya Nomor 7, Kemuning Kota",
        "authority": "Keputusan Bupati Kemuning Nomor 800.1.3.3/012/KEP/2026 tanggal 2 Januari 2026",
        "number": f"100.3.7/045/{place.upper()}/2026",
    }
    for place in ("Kemuning", "Melur", "Cempaka")
]
_ANNEXES = [
    {"title": LONG_TITLE, "people": FORTY[:24]},
    {"title": "Susunan Acara", "passages": [{"text": PARAGRAPH, "table": _TABLE}]},
]

MOST: dict[LetterType, dict[str, Any]] = {
    "surat_dinas": {"opening": PARAGRAPH * 2, "passages": _PAGES, "closing": PARAGRAPH, "attachments": _ANNEXES[1:]},
    "nota_dinas": {"opening": PARAGRAPH, "sender": LONGEST["post"], "passages": [*_PAGES, {"table": _TABLE}]},
    "surat_undangan": {
        **LEAST["surat_undangan"],
        "ends_on": date(2026, 3, 19),
        "until": "16.00",
        "agenda": LONG_TITLE,
        "place": LONGEST["unit"],
        "invited": [f"Camat {LONGEST['post']} {at}" for at in range(1, 41)],
        "notes": [PARAGRAPH, PARAGRAPH],
        "attachments": _ANNEXES[1:],
    },
    "telaahan_staf": dict.fromkeys(("problem", "assumptions", "facts", "analysis", "conclusion", "advice"), _PAGES[:1]),
    "surat_tugas": {
        **data("surat_tugas")["body"],
        "participants": FORTY,
        "duties": [PARAGRAPH.strip() + ":", {"text": PARAGRAPH, "points": [PARAGRAPH, PARAGRAPH]}],
        "attachments": _ANNEXES[1:],
    },
    "surat_perintah": {**LEAST["surat_perintah"], "participants": [LONGEST, ONE, OTHER]},
    "keputusan": {
        **data("keputusan")["body"],
        "about": LONG_TITLE,
        "noting": [PARAGRAPH, PARAGRAPH],
        "by_grace": True,
        "rulings": [{"text": PARAGRAPH, "people": [LONGEST, OTHER], "then": PARAGRAPH}, *({"text": PARAGRAPH},) * 7],
        "attachments": _ANNEXES[:1],
    },
    "surat_keterangan": {
        **data("surat_keterangan")["body"],
        "participants": [LONGEST, ONE, OTHER],
        "remarks": _PAGES,
    },
    "berita_acara": {
        **data("berita_acara")["body"],
        "members": [{"name": p["name"], "post": p["post"], "seat": "Anggota"} for p in FORTY[:20]],
        "results": _PAGES,
    },
    "surat_pengantar": {
        "items": [{"what": PARAGRAPH, "amount": "12 (dua belas) berkas", "remark": PARAGRAPH} for _ in range(9)]
    },
    "surat_edaran": {
        **data("surat_edaran")["body"],
        "recipients": [LONGEST["post"], LONGEST["unit"]],
        "sections": [{"title": LONG_TITLE, "passages": _PAGES[:1]} for _ in range(4)],
    },
    "rekomendasi": {**data("rekomendasi")["body"], "participants": FORTY[:20], "conditions": [PARAGRAPH, PARAGRAPH]},
    "surat_pernyataan": {
        **data("surat_pernyataan")["body"],
        "person": LONGEST,
        "details": [{"label": "Nomor induk kependudukan pasangan", "value": PARAGRAPH}],
        "statements": [PARAGRAPH] * 9,
    },
    "kesepakatan": {
        **data("kesepakatan")["body"],
        "form": "nota_kesepahaman",
        "about": LONG_TITLE,
        "sides": _LONG_SIDES,
        "articles": [{"title": "Hak dan kewajiban", "passages": _PAGES[:1]} for _ in range(4)],
    },
    "laporan": {
        "about": LONG_TITLE,
        **dict.fromkeys(("introduction", "activities", "results", "conclusion"), _PAGES[:1]),
        "attachments": _ANNEXES[1:],
    },
    "piagam": {"person": LONGEST, "reason": PARAGRAPH, "basis": LONG_TITLE},
    "sertifikat": {
        **data("sertifikat")["body"],
        "person": LONGEST,
        "activity": LONG_TITLE,
        "hours": 90,
        "matter": [{"title": LONG_TITLE, "subjects": [{"title": LONG_TITLE, "hours": 3}] * 30}],
    },
}

_SIGNER = {"position_title": LONGEST["post"], "name": LONGEST["name"], "rank": LONGEST["rank"], "nip": LONGEST["nip"]}
FIVE = [{**_SIGNER, "heading": f"ANGGOTA {at}"} for at in range(1, 6)]
_SEVERAL: dict[LetterType, int] = {"berita_acara": 5, "kesepakatan": 3, "laporan": 2, "sertifikat": 2}

_ORIGINAL = {
    "number": "800.1.4.1/045/KEP/2026",
    "dated_on": date(2026, 3, 2),
    "place": "Kemuning Kota",
    "title": PROFILE.regent.title,
    "name": PROFILE.regent.name,
}
_CONFIRMS = [
    {
        "position_title": "Kepala Bagian Hukum",
        "name": "Sinta Maheswari, S.H., M.H.",
        "rank": "Pembina (IV/a)",
        "nip": "19800214 200501 2 003",
    }
]

SHIPPED = tuple(sample(kind) for kind in TYPES)
LITTLE = tuple(written(kind, "least", body, copies=[]) for kind, body in LEAST.items())
MUCH = tuple(
    written(kind, "most", body, **({"signatures": FIVE[: _SEVERAL[kind]]} if kind in _SEVERAL else {}))
    for kind, body in MOST.items()
)
COPIES = (
    written(
        "keputusan",
        "petikan",
        {
            "about": "Penetapan mentor tahun 2026",
            "copy": "petikan",
            "original": _ORIGINAL,
            "excerpt_for": OTHER,
            "rulings": [{"text": "Menetapkan sebagai mentor pegawai berikut:", "people": [OTHER]}],
        },
        signatures=_CONFIRMS,
        title="Petikan keputusan",
        copies=[],
    ),
    written(
        "keputusan",
        "salinan",
        {**data("keputusan")["body"], "copy": "salinan", "original": _ORIGINAL},
        signatures=_CONFIRMS,
        title="Salinan keputusan",
    ),
)
