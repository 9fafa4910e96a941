"""Rounds of mentoring by command."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.conftest import Typed

OFFICER = "198002032006011001"
NURSES = ("199409122019022001", "199112282018031001")
TODAY = datetime.now(UTC).date()


def verifier(office: Typed) -> str:
    found = re.search(r"\b(\d{18})\b", office("groups", "list", "bkpsdm.verifier").stdout)
    assert found
    return found[1]


def opened(office: Typed, by: str) -> str:
    result = office(
        "round", "open", "--title", "Mentoring gizi", "--field", "Gizi klinik", "--field", "Gizi masyarakat",
        "--offers-until", str(TODAY + timedelta(days=10)), "--wishes-until", str(TODAY + timedelta(days=10)),
        "--from", str(TODAY + timedelta(days=30)), "--until", str(TODAY + timedelta(days=150)),
        "--meetings", "Dua kali sebulan.", "--by", by,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    found: list[str] = re.findall(r"id (\S+)", result.stdout)
    return found[0]


def test_a_round_is_opened_answered_from_lists_and_proposed(office: Typed, tmp_path: Path) -> None:
    by = verifier(office)
    round_id = opened(office, by)
    mentors, mentees = tmp_path / "mentor.csv", tmp_path / "mentee.csv"
    mentors.write_text(f"NIP;BIDANG;KAPASITAS\n{NURSES[0]};Gizi klinik;1\n")
    mentees.write_text(f"NIP;TUJUAN\n{NURSES[1]};gizi klinik; Gizi masyarakat\n{OFFICER};Gizi masyarakat\n")
    wrong = office("round", "answer", round_id, mentees, "--as", "mentee", "--by", by)
    assert wrong.exit_code == 1
    assert "Baris 2" in wrong.stderr
    mentees.write_text(f'NIP;TUJUAN\n{NURSES[1]};"gizi klinik; Gizi masyarakat"\n{OFFICER};Gizi masyarakat\n')
    for file, side in ((mentors, "mentor"), (mentees, "mentee")):
        done = office("round", "answer", round_id, file, "--as", side, "--by", by)
        assert done.exit_code == 0, done.output
    proposed = office("round", "propose", round_id, "--by", by)
    assert proposed.exit_code == 0, proposed.output
    assert "1 pasangan" in proposed.stdout
    assert "Tidak ada mentor yang menawarkan Gizi masyarakat." in proposed.stdout
    sheet = tmp_path / "usulan.xlsx"
    assert office("round", "proposal", round_id, "--to", sheet, "--by", by).exit_code == 0
    assert sheet.read_bytes().startswith(b"PK")
    early = office("round", "publish", round_id, "1", "--by", by)
    assert early.exit_code == 1
    assert "masih dapat masuk" in early.stderr
    assert "1 mentor (kapasitas 1), 2 mentee" in office("round", "show", round_id, "--by", by).stdout


def test_whoever_is_not_of_the_agency_cannot_run_a_round(office: Typed) -> None:
    round_id = opened(office, verifier(office))
    for command in (("propose", round_id), ("proposal", round_id), ("publish", round_id, "1")):
        refused = office("round", *command, "--by", NURSES[0])
        assert refused.exit_code == 1
        assert "Verifikator BKPSDM" in refused.stderr
    bound = office(
        "round", "bind", round_id, NURSES[0], NURSES[1], "--as", "larang", "--reason", "Satu ruang.", "--by", NURSES[0]
    )
    assert bound.exit_code == 1
