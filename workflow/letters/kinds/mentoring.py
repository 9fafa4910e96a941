"""The letters of mentoring: who signs each, to whom it goes, what it takes back.

Where mentor and mentee work in two units, the head of the personnel unit assigns the mentor on behalf of the secretary. A class
with several mentors has one decree, which nobody signs on behalf of anybody.
"""

from __future__ import annotations

from dataclasses import replace

import policies.mentoring as policy
import policies.mentoring_turns as turns
from workflow.definition import Letter
from workflow.letters.bodies import mentoring as bodies
from workflow.vocabulary.letters import OnBehalf

ACROSS_UNITS = OnBehalf(
    "personnel_head",
    of="secretary",
    when=policy.two_units_meet,
    when_says="bila mentor dan mentee bekerja pada perangkat daerah yang berbeda",
)
#: What follows an assignment is signed as that was.
AS_ASSIGNED = OnBehalf(
    "personnel_head",
    of="secretary",
    when=policy.it_was_assigned_on_behalf,
    when_says="bila surat yang pertama kali menugaskan mentor ditandatangani demikian",
)
#: By which a mentor was assigned.
ASSIGNING = (
    "mentoring_assignment",
    "mentoring_decree",
    "mentoring_change",
    "mentoring_change_apart",
    "mentoring_extension",
    "mentoring_extension_apart",
)

MENTOR_ASSIGNMENT = Letter(
    name="mentoring_assignment",
    title="Surat tugas",
    body=bodies.MentoringAssignment,
    signer="agency_head",
    classification="800.1.11.1",
    subject="Penugasan mentor",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("mentee_head", "personnel_head"),
    on_behalf=ACROSS_UNITS,
    when=policy.mentor_is_assigned_alone,
    when_says="kecuali bila beberapa mentor satu rombongan ditunjuk dengan satu keputusan",
    shared=True,
)
MENTOR_DECREE = Letter(
    name="mentoring_decree",
    title="Keputusan",
    body=bodies.MentoringDecree,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Penunjukan mentor",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="verifier",
    decides=True,
    copies=("mentee_head", "personnel_head"),
    when=policy.mentors_are_appointed_together,
    when_says="hanya bila beberapa mentor satu rombongan ditunjuk bersama",
    shared=True,
)
MENTORING_AGREEMENT = Letter(
    name="mentoring_agreement",
    title="Kesepakatan mentoring",
    body=bodies.MentoringAgreement,
    signer="agency_head",
    classification="800.1.4.1",
    subject="Kesepakatan mentoring",
    within=policy.SIGNATURE_DAYS,
    type="kesepakatan",
    paraf=(),
    drafter="verifier",
    heading="Mengetahui",
)
MENTOR_CHANGE = Letter(
    name="mentoring_change",
    title="Surat tugas mentor pengganti",
    body=bodies.MentoringChange,
    signer="agency_head",
    classification="800.1.11.1",
    subject="Penggantian mentor",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("mentee_head", "personnel_head"),
    on_behalf=AS_ASSIGNED,
    cancels=ASSIGNING,
)
MENTOR_CHANGE_APART = Letter(
    name="mentoring_change_apart",
    title="Surat tugas mentor pengganti",
    body=bodies.MentoringChange,
    signer="agency_head",
    classification="800.1.11.1",
    subject="Penggantian mentor",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("mentee_head", "personnel_head"),
    on_behalf=AS_ASSIGNED,
    changes=ASSIGNING,
)
MENTORING_EXTENSION = Letter(
    name="mentoring_extension",
    title="Surat tugas perpanjangan mentoring",
    body=bodies.MentoringExtension,
    signer="agency_head",
    classification="800.1.11.1",
    subject="Perpanjangan mentoring",
    within=policy.SIGNATURE_DAYS,
    type="surat_tugas",
    drafter="verifier",
    copies=("mentee_head", "personnel_head"),
    on_behalf=AS_ASSIGNED,
    when=turns.a_longer_period_is_agreed_to,
    when_says="bila yang disetujui perpanjangan",
    cancels=ASSIGNING,
)
MENTORING_EXTENSION_APART = replace(
    MENTORING_EXTENSION, name="mentoring_extension_apart", cancels=(), changes=ASSIGNING
)
MENTORING_REPORT = Letter(
    name="mentoring_report",
    title="Laporan akhir mentoring",
    body=bodies.MentoringReport,
    signer="mentor",
    cosigners=("mentee",),
    classification="800.1.4.1",
    subject="Laporan akhir mentoring",
    within=policy.SIGNATURE_DAYS,
    type="laporan",
    paraf=(),
    drafter="verifier",
    copies=("personnel_head", "supervisor"),
    when=turns.both_report,
    when_says="bila mentor dan mentee masih bertugas",
)
REPORT_BY_MENTEE = replace(
    MENTORING_REPORT,
    name="mentoring_report_by_mentee",
    title="Laporan akhir mentoring oleh mentee",
    signer="mentee",
    cosigners=(),
    when=turns.the_mentee_reports_alone,
    when_says="bila mentor tidak lagi bertugas",
)
REPORT_BY_MENTOR = replace(
    MENTORING_REPORT,
    name="mentoring_report_by_mentor",
    title="Laporan akhir mentoring oleh mentor",
    cosigners=(),
    when=turns.the_mentor_reports_alone,
    when_says="bila mentee tidak lagi bertugas",
)
MENTEE_CERTIFICATE = Letter(
    name="mentoring_mentee_certificate",
    title="Surat keterangan JP",
    body=bodies.MenteeCertificate,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Keterangan pengembangan kompetensi",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
)
MENTOR_CERTIFICATE = Letter(
    name="mentoring_mentor_certificate",
    title="Surat keterangan mentor",
    body=bodies.MentorCertificate,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Keterangan sebagai mentor",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
)
