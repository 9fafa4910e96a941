"""What entries and letters are called by where they stand."""

from __future__ import annotations

#: What an entry's status means, for people.
ENTRY_STATUS = {
    "written": "dicatat",
    "corrected": "diganti",
    "confirmed": "dikonfirmasi",
    "attested": "dibuktikan dengan dokumen",
    "disputed": "disanggah",
    "withdrawn": "ditarik kembali",
    "accepted": "disetujui",
    "refused": "ditolak",
    "lapsed": "gugur",
}

#: Where a letter can be, for people.
LETTER_STATE = {
    "to_paraf": "menunggu paraf",
    "to_number": "menunggu nomor",
    "to_sign": "menunggu tanda tangan",
    "to_mend": "dikembalikan untuk diperbaiki",
    "to_render": "ditandatangani, PDF sedang dibuat",
    "signed": "ditandatangani",
    "sent": "ditandatangani dan dikirim",
    "void": "tidak berlaku",
    "replaced": "diganti dengan yang lebih baru",
}
