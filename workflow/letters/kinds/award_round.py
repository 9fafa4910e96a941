"""The letters of a round of awards: the panel by keputusan, its changes, and the call to the heads of all units."""

from __future__ import annotations

import policies.award_round as policy
from workflow.definition import Letter
from workflow.letters.bodies import award_round as bodies

#: No node of the classification names awards; an agency's archivist sets another in the profile.
CLASSIFICATION = "800.1.12"

PANEL_DECREE = Letter(
    name="award_panel_decree",
    title="Keputusan tim penilai",
    body=bodies.PanelDecree,
    signer="appointing_authority",
    classification=CLASSIFICATION,
    subject="Pembentukan tim penilai penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="organiser",
    decides=True,
    copies=("secretary", "personnel_head"),
    handed_to=("panel",),
    when=policy.a_panel_is_needed,
    when_says="bila putaran memuat penghargaan yang calonnya dibandingkan",
)
PANEL_CHANGE = Letter(
    name="award_panel_change",
    title="Keputusan perubahan tim penilai",
    body=bodies.PanelChange,
    signer="appointing_authority",
    classification=CLASSIFICATION,
    subject="Perubahan tim penilai penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="keputusan",
    drafter="organiser",
    decides=True,
    copies=("secretary", "personnel_head"),
    handed_to=("panel",),
)
CALL_LETTER = Letter(
    name="award_call",
    title="Surat edaran pengusulan",
    body=bodies.RoundCall,
    signer="secretary",
    classification=CLASSIFICATION,
    subject="Pengusulan calon penerima penghargaan",
    within=policy.SIGNATURE_DAYS,
    type="surat_edaran",
    drafter="organiser",
    copies=("appointing_authority", "personnel_head"),
    handed_to=("unit_head",),
)
