"""The letter by which a report goes to the regent."""

from __future__ import annotations

import policies.report as policy
from workflow.definition import Letter
from workflow.letters.bodies import report as bodies

REPORT_LETTER = Letter(
    name="competency_report",
    title="Laporan pengembangan kompetensi",
    body=bodies.CompetencyReport,
    signer="personnel_head",
    classification="800.1.4.1",
    subject="Laporan pengembangan kompetensi pegawai",
    within=policy.SIGNATURE_DAYS,
    type="laporan",
    to="regent",
    through="secretary",
)
