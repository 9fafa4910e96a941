"""Certificates as people and other programs are told of them: published for checking, and watched until they end."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection, select

from workflow.database import insert_or
from workflow.signatures.checked import fingerprint
from workflow.tables import public_keys

PURPOSE: Final = "letter"
#: How long before its end a certificate is spoken of: an issuer needs some weeks for a new one.
_SOON: Final = timedelta(days=30)


class CertificateTold(NamedTuple):
    """A certificate. ``subject`` and ``issuer``: common names; ``ends_at``: the last instant at which it signs."""

    subject: str
    issuer: str
    ends_at: datetime
    is_test: bool


def publish(conn: Connection, certificate: str, *, is_test: bool, at: datetime) -> None:
    """Keep a certificate (PEM) that signed a letter among the published keys; once is enough."""
    row = {"id": fingerprint(certificate), "purpose": PURPOSE, "key": certificate, "is_test": is_test, "since_at": at}
    conn.execute(insert_or(conn.dialect.name, public_keys).values(row).on_conflict_do_nothing())


def told(certificate: str, *, is_test: bool) -> CertificateTold:
    """What a certificate in PEM says."""
    from cryptography import x509  # noqa: PLC0415 - a large library that a server may never need
    from cryptography.x509.oid import NameOID  # noqa: PLC0415

    def common(name: x509.Name) -> str:
        found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else name.rfc4514_string()

    opened = x509.load_pem_x509_certificate(certificate.encode())
    return CertificateTold(common(opened.subject), common(opened.issuer), opened.not_valid_after_utc, is_test)


def used(conn: Connection) -> list[CertificateTold]:
    """The certificates that have signed letters here, the newest first."""
    query = (
        select(public_keys.c.key, public_keys.c.is_test)
        .where(public_keys.c.purpose == PURPOSE)
        .order_by(public_keys.c.since_at.desc(), public_keys.c.id)
    )
    return [told(row.key, is_test=row.is_test) for row in conn.execute(query)]


def ending(certificates: list[CertificateTold], at: datetime) -> list[str]:
    """What to say of those that have ended or will soon and were not followed by another of the same person."""
    newest: dict[str, CertificateTold] = {}
    for each in certificates:
        known = newest.get(each.subject)
        if known is None or each.ends_at > known.ends_at:
            newest[each.subject] = each
    return [
        f"Sertifikat tanda tangan {each.subject} {'sudah berakhir' if each.ends_at < at else 'berakhir'} pada "
        f"{each.ends_at:%d-%m-%Y}. Mintalah sertifikat baru kepada penerbitnya."
        for each in newest.values()
        if each.ends_at - at < _SOON
    ]
