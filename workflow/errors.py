"""Why something was not done: each says in Indonesian what, by which rule, and the way out; with a stable type and HTTP status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from policies.decision import Reason


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a form; ``field`` is its path, ``label`` what people call it."""

    field: str
    label: str
    says: str


class Problem(Exception):
    """The base: nothing was changed."""

    status = 400
    type = "bad-request"
    title = "Permintaan tidak dapat diproses"

    def __init__(
        self,
        says: str,
        *,
        reasons: tuple[Reason, ...] = (),
        fields: tuple[FieldError, ...] = (),
        more: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(says)
        self.says, self.reasons, self.fields, self.more = says, reasons, fields, more or {}


class NotFound(Problem):
    """There is no such thing, or it is not for this person to know of."""

    status, type, title = 404, "not-found", "Tidak ditemukan"


def no_such_case(case_id: str) -> NotFound:
    """One answer for a case that does not exist and for one that is not this person's to know of."""
    return NotFound(f"Berkas {case_id} tidak ada, atau bukan untuk Anda lihat.")


class NotYours(Problem):
    """The step is somebody else's."""

    status, type, title = 403, "not-yours", "Bukan kewenangan Anda"


class NotNow(Problem):
    """The step does not exist in this state."""

    status, type, title = 409, "not-now", "Tindakan tidak tersedia pada status ini"


class OutOfDate(Problem):
    """Somebody else was faster: the version seen is not the version stored."""

    status, type, title = 409, "out-of-date", "Berkas sudah berubah"


class Refused(Problem):
    """A rule refuses, or lacks a fact."""

    status, type, title = 422, "refused", "Belum memenuhi syarat"


class NotAcknowledged(Problem):
    """Rules warn, and the warning has not been acknowledged."""

    status, type, title = 422, "not-acknowledged", "Ada peringatan yang perlu diketahui"


class InvalidForm(Problem):
    """Fields that are missing, unknown or not of their kind."""

    status, type, title = 422, "invalid-form", "Isian belum benar"


class KeyReused(Problem):
    """The same idempotency key came with another request."""

    status, type, title = 422, "key-reused", "Kunci idempotensi sudah dipakai"
