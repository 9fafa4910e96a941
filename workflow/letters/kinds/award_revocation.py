"""The letter of a revocation after the hand-over: a keputusan by whoever decided on the award."""

from __future__ import annotations

import policies.award_letters as needed
import policies.award_revocation as policy
from workflow.definition import Letter
from workflow.letters.bodies.awards import RevocationDecree
from workflow.letters.kinds.award_round import CLASSIFICATION
from workflow.letters.kinds.incentive import REVOKED_WITH_IT

LATE_REVOCATION = Letter(
    name="award_late_revocation",
    title="Keputusan pencabutan",
    body=RevocationDecree,
    signer="decider",
    classification=CLASSIFICATION,
    subject="Pencabutan penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="verifier",
    decides=True,
    copies=("secretary", "personnel_head", "nominee_head"),
    revokes=REVOKED_WITH_IT,
    revoked_in="award_case",
    when=needed.a_decree_revokes,
    when_says="kecuali bagi tanda kehormatan, yang dicabut dengan Keputusan Presiden",
)
