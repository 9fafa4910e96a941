"""What is filled in for awards, and on which days: a list of medals, a round after it, and the Keppres at the end."""

from __future__ import annotations

from datetime import date
from typing import Any

from policies.incentive import KINDS, RECOGNITION, REGIONAL, SATYALANCANA
from workflow.demo.honours import MOST, Honours, Nominee

#: The list of medals, closed on a Friday, goes to the regent on the Monday after it.
LISTED_ON, ANNOUNCED_ON, LIST_CLOSES_ON = date(2026, 9, 7), date(2026, 9, 8), date(2026, 9, 18)
ENTERED_ON, SUBMITTED_ON, EXAMINED_ON, UPWARD_ON = (
    date(2026, 9, 10),
    date(2026, 9, 14),
    date(2026, 9, 16),
    date(2026, 9, 21),
)

#: The round; the system closes it on the first working day after its last day for nominations.
OPENED_ON, APPOINTED_ON, CALLED_ON, CLOSES_ON = (
    date(2026, 9, 22),
    date(2026, 9, 23),
    date(2026, 9, 24),
    date(2026, 10, 9),
)
PROPOSED_ON, NOMINATED_ON, CLEARED_ON, VERIFIED_ON = (
    date(2026, 9, 29),
    date(2026, 10, 1),
    date(2026, 10, 5),
    date(2026, 10, 7),
)
COMPARED_ON, SCORED_ON, RECOMMENDED_ON = date(2026, 10, 12), date(2026, 10, 13), date(2026, 10, 14)
BUDGETED_ON, DECREED_ON, EXTRACTED_ON = date(2026, 10, 15), date(2026, 10, 19), date(2026, 10, 21)
TREASURY_ON, PAID_ON, HANDED_ON = date(2026, 10, 27), date(2026, 10, 28), date(2026, 11, 2)
#: A unit thanks one who was not chosen: proposed on the first of these days, thanked on the second.
PRAISED_ON, THANKED_ON = date(2026, 11, 3), date(2026, 11, 4)

#: The Keppres, when its excerpt has come, and the day on which the medals are pinned on.
KEPPRES_ON, RECORDED_ON, PINNED_ON = date(2026, 11, 6), date(2026, 11, 16), date(2026, 11, 30)
YEAR = 2026

#: Rupiah for each who is awarded, and how many are.
AMOUNT, PLACES = 2_500_000, 2
CEILING = AMOUNT * PLACES
CRITERIA = (("Kinerja", 40), ("Inovasi", 30), ("Integritas dan kedisiplinan", 20), ("Pengembangan kompetensi", 10))
#: What a member gives by each criterion to the first, the second and the third nominee; each member differs by a little.
MARKS = ((92, 90, 94, 88), (88, 89, 92, 90), (84, 80, 90, 82))

GROUNDS = (
    "Menerapkan hasil pengembangan kompetensinya dalam pelayanan sehari-hari, menyusun prosedur kerja yang kini dipakai "
    "rekan-rekannya, dan menurunkan waktu tunggu pelayanan."
)
SERVED = "Bekerja terus-menerus dengan kesetiaan, pengabdian, kecakapan, kejujuran, dan kedisiplinan."
THANKED = "Menggantikan rekan yang sakit tanpa mengurangi pelayanan unitnya sendiri."
NOT_RECOMMENDED = {"reason": "Hasil penilaiannya baik, tetapi berada di bawah dua calon yang memperoleh tempat."}
TAKEN_BACK = {"note": "Syaratnya belum terpenuhi; diusulkan kembali setelah masanya lewat."}
KEPPRES_NUMBER, BANK = "112/TK/TAHUN 2026", "Bank Daerah Kemuning"
HANDED_AT, PINNED_AT = "Apel gabungan di halaman kantor bupati", "Upacara peringatan HUT Korpri"
THANKED_AT = "Apel pagi perangkat daerah"

#: The papers of each kind, by their fields, and what stands on them.
PAPERS = {
    "curriculum_vitae": "DAFTAR RIWAYAT HIDUP",
    "appraisal": "DOKUMEN EVALUASI KINERJA TAHUN 2025",
    "achievement": "BUKTI INOVASI",
    "cpns_decree": "KEPUTUSAN PENGANGKATAN CPNS",
    "rank_decree": "KEPUTUSAN KENAIKAN PANGKAT",
    "post_decree": "KEPUTUSAN PENGANGKATAN DALAM JABATAN",
    "medal_certificate": "PETIKAN KEPPRES SATYALANCANA",
}
_SEVERAL = ("achievement",)


def papers_of(nominee: Nominee) -> dict[str, bool]:
    """The papers that a nomination needs, and whether a field takes several; a unit's own thanks need none."""
    if nominee.kind == RECOGNITION:
        return {}
    needed = ["curriculum_vitae", "appraisal"]
    if nominee.kind == REGIONAL:
        needed.append("achievement")
    if nominee.kind in SATYALANCANA:
        needed += ["cpns_decree", "rank_decree", "post_decree", *(["medal_certificate"] if nominee.medal else [])]
    return {name: name in _SEVERAL for name in needed}


def award_round(honours: Honours) -> dict[str, Any]:
    """The round of the region's award: how many, until when, who compares by what, and which line pays."""
    panel = honours.panel
    return {
        "title": f"Penghargaan Pegawai Berprestasi Tahun {YEAR}",
        "kinds": [REGIONAL],
        "closes_on": CLOSES_ON.isoformat(),
        "quota": [{"kind": REGIONAL, "number": MOST}],
        "receivers": [{"kind": REGIONAL, "number": PLACES}],
        "chair": panel.chair.id,
        "chair_substitute": panel.chair_substitute.id,
        "secretary": panel.secretary.id,
        "members": [member.id for member in panel.members],
        "substitutes": [panel.substitute.id],
        "criteria": [{"name": name, "weight": weight} for name, weight in CRITERIA],
        "amount": AMOUNT,
        "ceiling": CEILING,
        "budget_line": honours.budget_line,
    }


def medal_round(honours: Honours) -> dict[str, Any]:
    """A list with a closing day: what the President confers is compared by nobody, and paid by no line."""
    kinds = [kind for kind in KINDS if kind in {nominee.kind for nominee in honours.medals}]
    return {"title": f"Satyalancana Karya Satya Tahun {YEAR}", "kinds": kinds, "closes_on": LIST_CLOSES_ON.isoformat()}


def marks(nominee: int, member: int) -> dict[str, Any]:
    """The points of a member of the panel for a nominee, both by their place."""
    points = [given - member for given in MARKS[nominee]]
    given = [{"criterion": name, "points": each} for (name, _), each in zip(CRITERIA, points, strict=True)]
    return {"scores": given, "remark": ""}


def clearance(number: int, issued_on: date, document: str) -> dict[str, Any]:
    """What the Inspektorat states of a nominee."""
    return {
        "number": f"700.1.2/{number}/INSPEKTORAT/{YEAR}",
        "issued_on": issued_on.isoformat(),
        "clear": True,
        "document": document,
    }


def payment(number: int, line: dict[str, Any], proof: str) -> dict[str, Any]:
    """What was paid to whom the list of payments names; ``line``: the row of that list."""
    return {
        "account": f"10203040{number:02d}",
        "bank": BANK,
        "gross": line["gross"],
        "tax": line["tax"],
        "net": line["net"],
        "sp2d_number": f"{411 + number:05d}/SP2D/LS/{YEAR}",
        "sp2d_on": TREASURY_ON.isoformat(),
        "proof": proof,
    }


def handing(day: date, place: str) -> dict[str, Any]:
    """Handed over on a day at an occasion."""
    return {"handed_on": day.isoformat(), "place": place, "note": ""}


def keppres(document: str) -> dict[str, Any]:
    """The President's decree, as its excerpt says."""
    return {"keppres_number": KEPPRES_NUMBER, "keppres_on": KEPPRES_ON.isoformat(), "excerpt": document}
