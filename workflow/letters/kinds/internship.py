"""The letters of an internship: who signs each, to whom it goes, what it takes back."""

from __future__ import annotations

import policies.internship as policy
import policies.internship_host as hosting
from workflow.definition import Letter
from workflow.letters.bodies import internship as bodies
from workflow.vocabulary.letters import FOR_REGENT

PROPOSAL_LETTER = Letter(
    name="internship_proposal",
    title="Surat usulan",
    body=bodies.InternshipProposal,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Usulan magang pegawai",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    to="personnel_head",
    shared=True,
)
HOST_REQUEST = Letter(
    name="internship_request",
    title="Surat permohonan magang",
    body=bodies.InternshipRequest,
    signer="signatory",
    classification="800.1.4.1",
    subject="Permohonan magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    to="host",
    copies=("agency_head",),
    on_behalf=FOR_REGENT,
    shared=True,
)
ASSIGNMENT = Letter(
    name="internship_assignment",
    title="Surat tugas",
    body=bodies.InternshipAssignment,
    signer="assigner",
    classification="800.1.11.1",
    subject="Penugasan magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("personnel_head",),
    shared=True,
)
INTRODUCTION = Letter(
    name="internship_introduction",
    title="Surat pengantar",
    body=bodies.InternshipIntroduction,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Pengantar peserta magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_pengantar",
    drafter="verifier",
    to="host",
    copies=("agency_head",),
    shared=True,
)
HOST_CERTIFICATE = Letter(
    name="internship_host_certificate",
    title="Surat keterangan selesai magang",
    body=bodies.HostCertificate,
    signer="host",
    classification="800.1.4.1",
    subject="Keterangan selesai magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
    when=hosting.host_is_inside,
    when_says="hanya bila instansi penerima adalah perangkat daerah sendiri",
)
CREDIT_CERTIFICATE = Letter(
    name="internship_credit_certificate",
    title="Surat keterangan JP",
    body=bodies.CreditCertificate,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Keterangan pengembangan kompetensi",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
)
RECALL = Letter(
    name="internship_recall",
    title="Surat penarikan peserta",
    body=bodies.InternshipRecall,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Penarikan peserta magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    to="host",
    copies=("personnel_head",),
    shared=True,
)
CANCELLATION = Letter(
    name="internship_cancellation",
    title="Surat pembatalan",
    body=bodies.InternshipCancellation,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Pembatalan magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    cancels=("internship_request", "internship_assignment", "internship_introduction"),
    shared=True,
)
HOST_CHANGE = Letter(
    name="internship_change",
    title="Surat perubahan",
    body=bodies.InternshipChange,
    signer="signatory",
    classification="800.1.4.1",
    subject="Perubahan peserta magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    changes=("internship_request", "internship_introduction"),
    as_one=True,
    shared=True,
)
ASSIGNMENT_CHANGE = Letter(
    name="internship_assignment_change",
    title="Surat perubahan surat tugas",
    body=bodies.InternshipChange,
    signer="assigner",
    classification="800.1.11.1",
    subject="Perubahan surat tugas magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    changes=("internship_assignment", "internship_extension"),
    shared=True,
)
REPLACEMENT = Letter(
    name="internship_replacement",
    title="Pemberitahuan penggantian peserta",
    body=bodies.InternshipReplacement,
    signer="signatory",
    classification="800.1.4.1",
    subject="Penggantian peserta magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    changes=("internship_request", "internship_introduction"),
    as_one=True,
)
EXTENSION = Letter(
    name="internship_extension",
    title="Surat tugas perpanjangan",
    body=bodies.InternshipExtension,
    signer="assigner",
    classification="800.1.11.1",
    subject="Perpanjangan penugasan magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("personnel_head",),
    shared=True,
)
RETURN = Letter(
    name="internship_return",
    title="Surat pengembalian peserta",
    body=bodies.InternshipReturn,
    signer="host",
    classification="800.1.4.1",
    subject="Pengembalian peserta magang",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    to="agency_head",
    copies=("personnel_head",),
    when=hosting.host_is_inside,
    when_says="hanya bila instansi penerima adalah perangkat daerah sendiri",
    shared=True,
)
