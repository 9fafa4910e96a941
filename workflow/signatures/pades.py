"""PAdES by pyHanko. Only what signs imports this, when the first signature is made: pyHanko takes most of a second.

Three things of its defaults would break PDF/A and PDF/UA: it rewrites the file's metadata, draws a stamp in a font that is
not embedded, and makes fields that no tag names. So metadata is left alone and only fields that are in the file are filled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from asn1crypto import pem, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError, as_signing_certificate_v2
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import RevokedError, ValidationError

from workflow.signatures.signer import Sealed, SigningFailed, Why
from workflow.signatures.stamping import Stamping, asked, let_rest

_DIGEST: Final = "sha256"
#: Bytes of a signature beside the certificates: what is signed, and 512 of a key of 4096 bits.
_BESIDE_CERTIFICATES: Final = 4096
#: Seconds for fetching the evidence that no certificate was revoked.
_PROOF: Final = 10.0
_UNREADABLE: Final = "Berkas surat tidak dapat dibaca sebagai PDF; buat ulang suratnya."
#: A certificate that is for signing says one of these; ours says both.
_USAGES: Final = {"non_repudiation", "digital_signature"}


def _leave_metadata(_: BasePdfFileWriter) -> None:
    """Its own rewrites the XMP so that it is no PDF/A any more (its issues 223 and 755)."""


# On the class: the revision with revocation data opens a writer of its own. A private name, so the version is pinned and a
# test notices where it is gone.
IncrementalPdfFileWriter._update_meta = _leave_metadata  # type: ignore[method-assign]  # noqa: SLF001


class _At(PdfSigner):
    """Signs as of an instant that is told: nobody below the face asks a clock."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: Any, stamper: Any, at: datetime) -> None:
        super().__init__(metadata, signer=signer, timestamper=stamper)
        self._at = at

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


class _Naming(SignedAttributeProviderSpec, CMSAttributeProvider):
    """What is signed beside the file's digest: which certificates belong to it, the signer's first (RFC 5035).

    pyHanko names the signer's alone; then those of its issuers could be altered within the signature and nobody would notice.
    """

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificates: list[x509.Certificate]) -> None:
        self._certificates = certificates

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterator[CMSAttributeProvider]:  # noqa: ARG002 - names only
        yield self

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:  # noqa: ARG002 - theirs
        named = [as_signing_certificate_v2(each)["certs"][0] for each in self._certificates]
        return tsp.SigningCertificateV2({"certs": named})


def pades(pdf: bytes, *, field: str, why: Why, key: Any, stamping: Stamping, at: datetime) -> Sealed:
    """Fill an empty signature field with a signature by ``key``, a signer of pyHanko's, as one more revision of the file.

    The first signature of a file certifies it: from then on fields may be filled and nothing else. Raises SigningFailed.
    """
    certificate: x509.Certificate = key.signing_cert
    _refuse_out_of_date(certificate, at)
    notes: list[str] = []
    stamper, embed = _stamper(stamping, notes), stamping.embed
    key.signed_attr_prov_spec = _Naming(_certificates(key))
    while True:
        writer = _opened(pdf)
        proof = _proof(stamping) if embed and stamper else {}
        metadata = _metadata(writer, field, why, certificate, proof)
        try:
            content = asyncio.run(_signed(writer, _At(metadata, key, stamper, at)))
        except TimestampRequestError:
            let_rest(stamping)
            stamper = None
            notes.append("Layanan cap waktu tidak menjawab; surat ditandatangani tanpa cap waktu.")
        except (SigningError, ValidationError, PdfError, OSError, TimeoutError) as error:
            if _revoked(error):
                raise SigningFailed("refused", "Sertifikat penanda tangan sudah dicabut penerbitnya.") from None
            if not (embed and stamper):
                raise _failed(error) from error
            embed = False
            notes.append("Bukti keberlakuan sertifikat tidak dapat diambil; surat ditandatangani tanpa bukti itu.")
        else:
            return Sealed(
                content=content,
                certificate=pem.armor("CERTIFICATE", certificate.dump()).decode(),
                stamped=stamper is not None,
                notes=tuple(notes),
            )


def _metadata(
    writer: IncrementalPdfFileWriter, field: str, why: Why, certificate: x509.Certificate, proof: dict[str, Any]
) -> PdfSignatureMetadata:
    """What a signature says of itself. ``proof``: the evidence that goes with it. Raises SigningFailed for an unfit file."""
    return PdfSignatureMetadata(
        field_name=field,
        md_algorithm=_DIGEST,
        subfilter=SigSeedSubFilter.PADES,
        certify=_refuse_unfit(writer, field),
        docmdp_permissions=MDPPerm.FILL_FORMS,
        reason=why.reason or None,
        location=why.location or None,
        name=why.name or None,
        signer_key_usage=_usage(certificate),
        **proof,
    )


async def _signed(writer: IncrementalPdfFileWriter, signer: PdfSigner) -> bytes:
    output, context = BytesIO(), signer.signature_meta.validation_context
    if context is None:
        await signer.async_sign_pdf(writer, existing_fields_only=True, output=output, bytes_reserved=_room(signer))
        return output.getvalue()
    try:
        async with asyncio.timeout(_PROOF):
            await signer.async_sign_pdf(writer, existing_fields_only=True, output=output)
    finally:
        await context.aclose()
    return output.getvalue()


def _room(signer: PdfSigner) -> int | None:
    """Hexadecimal digits that a signature takes at most; with a timestamp nobody knows but who signs once to find out.

    Signing once to find out takes as long as signing.
    """
    if signer.default_timestamper is not None or signer.signer.signing_cert is None:
        return None
    return 2 * (sum(len(each.dump()) for each in _certificates(signer.signer)) + _BESIDE_CERTIFICATES)


def _certificates(key: Any) -> list[x509.Certificate]:
    """What is put into a signature, the signer's first, each once."""
    held = {each.dump(): each for each in (key.signing_cert, *key.cert_registry)}
    return list(held.values())


def _stamper(stamping: Stamping, notes: list[str]) -> Any:
    found = asked(stamping)
    if found is None and stamping.address:
        notes.append("Layanan cap waktu baru saja tidak menjawab; surat ditandatangani tanpa cap waktu.")
    return found


def _proof(stamping: Stamping) -> dict[str, Any]:
    context = ValidationContext(trust_roots=roots(stamping), allow_fetching=True, revocation_mode="soft-fail")
    return {"embed_validation_info": True, "validation_context": context}


def roots(stamping: Stamping) -> list[x509.Certificate]:
    """The certificates that are trusted. Raises SigningFailed where a file holds none."""
    found = []
    for file in stamping.roots:
        try:
            found += [x509.Certificate.load(der) for _, _, der in pem.unarmor(file.read_bytes(), multiple=True)]
        except (OSError, ValueError) as error:
            raise SigningFailed("broken", f"Sertifikat akar {file} tidak dapat dibaca sebagai PEM.") from error
    return found


def _usage(certificate: x509.Certificate) -> set[str]:
    said = certificate.key_usage_value
    return (_USAGES & set(said.native) if said is not None else set()) or _USAGES


def _refuse_out_of_date(certificate: x509.Certificate, at: datetime) -> None:
    if at > certificate.not_valid_after:
        raise SigningFailed(
            "refused",
            f"Sertifikat penanda tangan berakhir pada {certificate.not_valid_after:%d-%m-%Y}. Perbarui sertifikatnya, "
            "lalu tanda tangani lagi.",
        )
    if at < certificate.not_valid_before:
        raise SigningFailed(
            "refused",
            f"Sertifikat penanda tangan baru berlaku sejak {certificate.not_valid_before:%d-%m-%Y}. Periksa jam komputer "
            "ini, atau tunggu sampai hari itu.",
        )


def _opened(pdf: bytes) -> IncrementalPdfFileWriter:
    try:
        return IncrementalPdfFileWriter(BytesIO(pdf))
    except Exception as error:
        raise SigningFailed("broken", _UNREADABLE) from error


def _refuse_unfit(writer: IncrementalPdfFileWriter, field: str) -> bool:
    """Whether nobody has signed the file yet. Raises SigningFailed where it lacks the field, or that is filled already."""
    try:
        found = {name: value for name, value, _ in enumerate_sig_fields(writer.prev)}
    except Exception as error:
        raise SigningFailed("broken", _UNREADABLE) from error
    if field not in found:
        raise SigningFailed("broken", f"Surat tidak mempunyai tempat tanda tangan {field}; buat ulang suratnya.")
    if found[field] is not None:
        raise SigningFailed("refused", f"Tempat tanda tangan {field} pada surat ini sudah terisi.")
    return all(value is None for value in found.values())


def _revoked(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, RevokedError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _failed(error: Exception) -> SigningFailed:
    return SigningFailed(
        "broken",
        f"Surat tidak dapat ditandatangani ({type(error).__name__}). Coba lagi; bila berulang, buat ulang suratnya.",
    )
