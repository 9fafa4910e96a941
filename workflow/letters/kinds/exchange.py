"""The letters of an exchange of staff: who signs each, to whom it goes, what it takes back."""

from __future__ import annotations

import policies.exchange as policy
from workflow.definition import Letter
from workflow.letters.bodies import exchange as bodies
from workflow.vocabulary.letters import FOR_REGENT

EXCHANGE_REQUEST = Letter(
    name="exchange_request",
    title="Surat permohonan pertukaran",
    body=bodies.ExchangeRequest,
    signer="secretary",
    classification="800.1.4.1",
    subject="Permohonan pertukaran pegawai",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    to="host",
    copies=("agency_head", "personnel_head"),
    on_behalf=FOR_REGENT,
)
DECREE = Letter(
    name="exchange_decree",
    title="Keputusan",
    body=bodies.ExchangeDecree,
    signer="appointing_authority",
    classification="800.1.4.1",
    subject="Pertukaran pegawai",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    decides=True,
    drafter="verifier",
    copies=("personnel_head", "agency_head"),
)
EXCHANGE_CANCELLATION = Letter(
    name="exchange_cancellation",
    title="Surat pembatalan",
    body=bodies.ExchangeCancellation,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Pembatalan pertukaran pegawai",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    cancels=("exchange_request", "exchange_decree"),
)
EXCHANGE_CERTIFICATE = Letter(
    name="exchange_certificate",
    title="Surat keterangan JP",
    body=bodies.ExchangeCertificate,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Keterangan pengembangan kompetensi",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
)
