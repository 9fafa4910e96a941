"""The letters of an award: who signs each, to whom it goes, who share it, what it takes back."""

from __future__ import annotations

import policies.award_letters as needed
import policies.incentive as policy
from workflow.definition import Letter
from workflow.forms.incentive import PANEL_AND_DECIDER
from workflow.letters.bodies import awards as bodies
from workflow.letters.kinds.award_round import CLASSIFICATION

COMPARED = "bila penghargaan ditetapkan dengan keputusan kepala daerah"

SUBMISSION_LETTER = Letter(
    name="award_submission",
    title="Surat usulan",
    body=bodies.AwardSubmission,
    signer="agency_head",
    classification=CLASSIFICATION,
    subject="Usul calon penerima penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    to="personnel_head",
    shared=True,
)
DISCIPLINE_STATEMENT = Letter(
    name="award_discipline_statement",
    title="Surat keterangan disiplin",
    body=bodies.DisciplineStatement,
    signer="agency_head",
    # Disiplin pegawai, as the other statements on sanctions.
    classification="800.1.6.2",
    subject="Keterangan hukuman disiplin",
    within=policy.SIGNATURE_DAYS,
    type="surat_keterangan",
    when=needed.discipline_is_stated,
    when_says="kecuali bagi ucapan terima kasih atau piagam perangkat daerah",
)
MINUTES = Letter(
    name="award_minutes",
    title="Berita acara penilaian",
    body=bodies.AwardMinutes,
    signer="panel_chair",
    cosigners=("panel_secretary",),
    classification=CLASSIFICATION,
    subject="Hasil penilaian calon penerima penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="berita_acara",
    paraf=(),
    drafter="verifier",
    read_by=PANEL_AND_DECIDER,
    shared=True,
    when=policy.is_compared,
    when_says=COMPARED,
)
AWARD_DECREE = Letter(
    name="award_decree",
    title="Keputusan",
    body=bodies.AwardDecree,
    signer="appointing_authority",
    classification=CLASSIFICATION,
    subject="Penetapan penerima penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="verifier",
    decides=True,
    copies=("secretary", "personnel_head", "nominee_head"),
    when=policy.is_compared,
    when_says=COMPARED,
    shared=True,
)
AWARD_EXCERPT = Letter(
    name="award_excerpt",
    title="Petikan keputusan",
    body=bodies.AwardExcerpt,
    signer="personnel_head",
    classification=CLASSIFICATION,
    subject="Petikan keputusan penetapan penerima penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="verifier",
    when=policy.is_compared,
    when_says=COMPARED,
)
AWARD_CERTIFICATE = Letter(
    name="award_certificate",
    title="Piagam penghargaan",
    body=bodies.AwardCertificate,
    signer="appointing_authority",
    classification=CLASSIFICATION,
    subject="Piagam penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="piagam",
    drafter="verifier",
    when=policy.is_compared,
    when_says=COMPARED,
)
UNIT_CERTIFICATE = Letter(
    name="award_unit_certificate",
    title="Piagam perangkat daerah",
    body=bodies.UnitCertificate,
    signer="decider",
    classification=CLASSIFICATION,
    subject="Piagam penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="piagam",
    drafter="verifier",
    when=needed.a_certificate_thanks,
    when_says="bagi apresiasi perangkat daerah yang diminta dalam bentuk piagam",
)
THANKS_LETTER = Letter(
    name="award_thanks",
    title="Surat ucapan terima kasih",
    body=bodies.ThanksLetter,
    signer="decider",
    classification=CLASSIFICATION,
    subject="Ucapan terima kasih",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    copies=("personnel_head",),
    when=needed.a_letter_thanks,
    when_says="bagi apresiasi perangkat daerah yang diminta dalam bentuk surat",
)
UPWARD_PROPOSAL = Letter(
    name="award_upward_proposal",
    title="Surat usul Satyalancana",
    body=bodies.MedalProposal,
    signer="appointing_authority",
    classification=CLASSIFICATION,
    subject="Usul penganugerahan Satyalancana Karya Satya",
    within=policy.SIGNATURE_DAYS,
    type="surat_dinas",
    drafter="verifier",
    copies=("secretary", "personnel_head"),
    shared=True,
)
#: By which an award is given or told of. What names nobody else is void once the revocation is signed; a decree that others share
#: goes on for them.
REVOKED_WITH_IT = ("award_decree", "award_excerpt", "award_certificate", "award_unit_certificate", "award_thanks")
REVOCATION_DECREE = Letter(
    name="award_revocation_decree",
    title="Keputusan pencabutan",
    body=bodies.RevocationDecree,
    signer="decider",
    classification=CLASSIFICATION,
    subject="Pencabutan penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="verifier",
    decides=True,
    copies=("secretary", "personnel_head", "nominee_head"),
    revokes=REVOKED_WITH_IT,
    shared=True,
    when=needed.a_letter_awarded,
    when_says="bila penghargaan sudah diberikan dengan surat yang berlaku",
)
