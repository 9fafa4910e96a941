"""Why something was not done: each says in Indonesian what, by which rule, and the way out; with a stable type and HTTP status."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from policies.decision import Grade, Reason
from policies.wording import with_full_stop
from workflow.references import named


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

    @property
    def detail(self) -> str:
        """What is told where nothing else is: what is the matter, and the way out."""
        return self.says


class NotFound(Problem):
    """There is no such thing, or it is not for this person to know of."""

    status, type, title = 404, "not-found", "Tidak ditemukan"


def no_such_case(case_id: str) -> NotFound:
    """One answer for a case that does not exist and for one that is not this person's to know of.

    Both are called by their number, so that neither tells whether a number was found.
    """
    return NotFound(f"Berkas {named(case_id)} tidak ada, atau bukan untuk Anda lihat.")


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

    @property
    def detail(self) -> str:
        """What stands in the way, and the way out of the first reason that does."""
        standing = (r for r in self.reasons if r.grade in (Grade.REFUSED, Grade.UNKNOWN))
        return _sentences(self.says, *(reason.remedy for reason in islice(standing, 1)))


class TooOften(Problem):
    """Asked for more often than is allowed within a minute."""

    status, type, title = 429, "too-often", "Terlalu sering"


class NotAcknowledged(Problem):
    """Rules warn, and the warning has not been acknowledged."""

    status, type, title = 422, "not-acknowledged", "Ada peringatan yang perlu diketahui"

    @property
    def detail(self) -> str:
        """The first warning that is not acknowledged yet, what would change it, and how to go on in spite of it."""
        unseen = self.more.get("acknowledge", ())
        warned = next((r for r in self.reasons if r.grade is Grade.WARNED and r.rule in unseen), None)
        return _sentences(warned.says, warned.remedy, self.says) if warned else self.says


class InvalidForm(Problem):
    """Fields that are missing, unknown or not of their kind."""

    status, type, title = 422, "invalid-form", "Isian belum benar"


class KeyReused(Problem):
    """The same idempotency key came with another request."""

    status, type, title = 422, "key-reused", "Kunci idempotensi sudah dipakai"


def _sentences(*said: str) -> str:
    return " ".join(with_full_stop(each) for each in said if each)
