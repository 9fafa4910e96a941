"""A signing service of the eSign kind on the agency's own server: the letter goes there with a passphrase and comes back signed.

Two shapes of request are in use: v1 sends the file as a form, v2 as base64 in JSON. What comes back is not taken on trust: it
must begin with every byte that was sent, and hold exactly one more signature, valid and over the whole file.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal, NoReturn

import msgspec

from workflow.signatures.signer import Sealed, SigningFailed, Why, masked
from workflow.signatures.wire import Answer, NoAnswer, ask

_PDF: Final = b"%PDF-"
#: What the service calls its errors: nobody of that account; wrong passphrase.
_NO_SUCH_USER, _WRONG_PASSPHRASE = 2011, 2031


class SigningService(msgspec.Struct, frozen=True, kw_only=True, tag="esign", omit_defaults=True):
    """Signs by an account at a service. ``address``: of the service, without ``/api``; ``account``: NIK or service name.

    ``user`` and ``password_file``: what the agency signs in to the service with; ``timeout``: seconds for one letter.
    ``authority``: whom to trust for the service's TLS, in PEM; None for whom the system trusts.
    """

    address: str
    account: str
    user: str
    password_file: Path
    version: Literal[1, 2] = 2
    timeout: float = 30.0
    authority: Path | None = None
    certified: bool = True
    is_test: bool = False

    title = "layanan tanda tangan elektronik"
    needs_secret = True

    def __repr__(self) -> str:
        """Without the account, so that no traceback shows it."""
        return f"SigningService({self.address}, {masked(self.account)})"

    @property
    def patience(self) -> float:
        """Seconds that one signature may take: the answer, and what is fetched or looked at after it."""
        return 2 * self.timeout + 15

    def seal(self, pdf: bytes, field: str, why: Why, secret: str | None, at: datetime) -> Sealed:  # noqa: ARG002 - the service has its own clock and fields
        """Send the file and look at what comes back. Raises SigningFailed."""
        sent = self._first(pdf, secret or "") if self.version == 1 else self._second(pdf, why, secret or "")
        return _sealed(pdf, sent)

    def _first(self, pdf: bytes, passphrase: str) -> bytes:
        fields = {"nik": self.account, "passphrase": passphrase, "tampilan": "invisible"}
        kind, body = _form(fields, pdf)
        answer = self._asked("POST", "/api/sign/pdf", body, {"Content-Type": kind})
        if answer.content.startswith(_PDF):
            return answer.content
        told = _json(answer.content)
        found = told.get("id_dokumen") or answer.headers.get("id_dokumen")
        if not isinstance(found, str) or not found.replace("-", "").isalnum():
            raise _strange()
        return self._asked("GET", f"/api/sign/download/{found}", None, {}).content

    def _second(self, pdf: bytes, why: Why, passphrase: str) -> bytes:
        looks = {"tampilan": "INVISIBLE", "reason": why.reason, "location": why.location}
        body = {
            "nik": self.account,
            "passphrase": passphrase,
            "signatureProperties": [{name: text for name, text in looks.items() if text}],
            "file": [base64.b64encode(pdf).decode()],
        }
        answer = self._asked(
            "POST", "/api/v2/sign/pdf", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        try:
            (content,) = _json(answer.content)["file"]
            return base64.b64decode(content, validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise _strange() from None

    def _asked(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            answer = ask(
                method,
                self.address.rstrip("/") + path,
                body,
                {**headers, "Authorization": f"Basic {self._credentials()}", "Accept": "*/*"},
                timeout=self.timeout,
                authority=self.authority,
            )
        except NoAnswer:
            raise SigningFailed(
                "unavailable",
                "Layanan tanda tangan elektronik tidak menjawab. Surat menunggu dengan nomornya; coba lagi sebentar lagi.",
            ) from None
        if answer.status != 200:
            self._refuse(answer)
        return answer

    def _credentials(self) -> str:
        try:
            password = self.password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SigningFailed(
                "unavailable",
                f"Kata sandi instansi untuk layanan tanda tangan ({self.password_file}) tidak dapat dibaca. Periksa berkasnya.",
            ) from None
        return base64.b64encode(f"{self.user}:{password}".encode()).decode()

    def _refuse(self, answer: Answer) -> NoReturn:
        # Only codes are repeated: what a service says of an error may quote what it was sent.
        code = _code(answer.content)
        if code == _NO_SUCH_USER:
            raise SigningFailed(
                "unknown_signer",
                f"Akun {masked(self.account)} tidak terdaftar pada layanan tanda tangan elektronik. Periksa akunnya (jenjang "
                "signing account), atau minta pendaftaran.",
            )
        if code == _WRONG_PASSPHRASE:
            raise SigningFailed(
                "wrong_secret",
                "Passphrase salah. Masukkan lagi dengan teliti: akun dapat terkunci setelah beberapa kali salah.",
            )
        if answer.status in (401, 403):
            raise SigningFailed(
                "refused",
                "Layanan tanda tangan elektronik menolak kata sandi instansi. Periksa user dan password_file pada berkas "
                "JENJANG_SIGNING.",
            )
        if answer.status >= 500:
            raise SigningFailed(
                "unavailable",
                f"Layanan tanda tangan elektronik sedang bermasalah (HTTP {answer.status}). Surat menunggu dengan nomornya; "
                "coba lagi sebentar lagi.",
            )
        told = f"kode {code}" if code else f"HTTP {answer.status}"
        raise SigningFailed(
            "refused",
            f"Layanan tanda tangan elektronik menolak surat ini ({told}). Tanyakan kepada pengelola layanannya.",
        )


def _sealed(before: bytes, after: bytes) -> Sealed:
    from workflow.signatures.checked import check  # noqa: PLC0415 - loads pyHanko

    if not after.startswith(_PDF):
        raise _strange()
    if not after.startswith(before):
        raise SigningFailed(
            "broken",
            "Layanan tanda tangan elektronik mengembalikan berkas yang isinya bukan lagi surat ini. Hasilnya tidak dipakai; "
            "laporkan kepada pengelola layanannya.",
        )
    held, found = check(before), check(after)
    known = {each.field for each in held.signatures}
    added = [each for each in found.signatures if each.field not in known]
    if not (found.intact and len(added) == 1 and len(found.signatures) == len(known) + 1 and added[0].covers == "file"):
        raise SigningFailed(
            "broken",
            "Layanan tanda tangan elektronik mengembalikan surat tanpa tanda tangan yang sah atas seluruh isinya. Hasilnya "
            "tidak dipakai; laporkan kepada pengelola layanannya.",
        )
    (new,) = added
    return Sealed(content=after, certificate=new.certificate, stamped=new.stamped_at is not None)


def _strange() -> SigningFailed:
    return SigningFailed(
        "broken",
        "Jawaban layanan tanda tangan elektronik bukan surat bertanda tangan. Coba lagi; bila berulang, laporkan kepada "
        "pengelola layanannya.",
    )


def _form(fields: dict[str, str], pdf: bytes) -> tuple[str, bytes]:
    """A form with a file: its media type and itself."""
    border = secrets.token_hex(16)
    parts = [
        f'--{border}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + text.encode() + b"\r\n"
        for name, text in fields.items()
    ]
    head = f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="surat.pdf"\r\n'
    parts.append(f"{head}Content-Type: application/pdf\r\n\r\n".encode() + pdf + b"\r\n")
    return f"multipart/form-data; boundary={border}", b"".join(parts) + f"--{border}--\r\n".encode()


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _code(content: bytes) -> int | None:
    told = _json(content)
    for name in ("status_code", "code", "kode", "error_code"):
        if str(told.get(name, "")).isdigit():
            return int(told[name])
    return None
