"""Every letter under every shipped profile: nothing overlaps, nothing leaves the page, nobody signs a sheet without text.

The letters of processes in all their variants are looked at under the first profile where their PDF is; under another one
that has a letterhead, margins and a way of signing of its own, each kind once, those that are mostly written, and the longest.
"""

from pathlib import Path

import page
import pytest

from tests.workflow.letters.agencies import PROFILES, Printing, printing, typed
from tests.workflow.letters.geometry import nobody_signs_alone, nothing_overlaps
from tests.workflow.letters.samples import ALL, LETTERS, TYPICAL
from tests.workflow.letters.test_pdf import write

LONG = [sample for sample in ALL if sample.name in ("internship_request_of_forty", "internship_assignment_of_forty")]
OTHERS = [
    printing(sample, agency) for agency in PROFILES if agency != "kemuning" for sample in (*LETTERS, *TYPICAL, *LONG)
]
TYPED = [made for agency in PROFILES for made in typed(agency)]


def named(made: Printing) -> str:
    return f"{made.agency}-{made.name}"


def stands_right(made: Printing, folder: Path) -> Path:
    file = write(folder, made.pdf())
    frame = made.written.frame
    nothing_overlaps(file, made.profile.page(frame.kind, frame.type))
    nobody_signs_alone(file, made.profile.electronic.says)
    return file


@pytest.mark.parametrize("made", OTHERS, ids=named)
def test_a_letter_stands_right_on_another_agencys_paper(made: Printing, tmp_path: Path) -> None:
    stands_right(made, tmp_path)


@pytest.mark.parametrize("made", TYPED, ids=named)
def test_a_letter_of_every_type_is_sound_under_every_profile(made: Printing, tmp_path: Path) -> None:
    file = stands_right(made, tmp_path)
    for profile in ("3a", "ua1"):
        assert [found.rule_id for found in page.validate_pdf(str(file), profile=profile).failures] == []
