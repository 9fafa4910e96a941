"""How a letter divides into pages: set closer where that saves one, and nobody signs a sheet without text."""

import logging
import re
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest

from tests.workflow.letters.agencies import printing
from tests.workflow.letters.geometry import MILLIMETRE, Sheet, Word, sheets
from tests.workflow.letters.samples import ALL, COHORT, LETTERS, TYPICAL, Sample
from tests.workflow.letters.test_pdf import write

PROPOSAL, REQUEST, ASSIGNMENT, INTRODUCTION = LETTERS[:4]
CERTIFICATE = TYPICAL[2]
OF_FORTY = next(sample for sample in ALL if sample.name == "internship_request_of_forty")
ORDER_OF_FORTY = next(sample for sample in ALL if sample.name == "internship_assignment_of_forty")
HEADINGS = "Nama dan nomor induk"
NIP = re.compile(r"(?:NIP|NI PPPK) \d{8}")
CLOSING = re.compile("Demikian |Mohon kiranya Saudara berkenan menerima ")


class Line(NamedTuple):
    """A line of print: what it says, where it begins below the top of the page and how high it is, in points."""

    text: str
    top: float
    height: float


_made: dict[tuple[str, bytes], list[Sheet]] = {}


def made(sample: Sample, folder: Path) -> list[Sheet]:
    """The pages of a letter; each letter is made once."""
    key = sample.name, msgspec.json.encode(sample.body)
    if key not in _made:
        _made[key] = sheets(write(folder, printing(sample).pdf()))
    return _made[key]


def printed(sample: Sample, folder: Path) -> list[list[Line]]:
    """The lines of each page, without what stands under it."""
    return [
        lines([word for word in sheet.words if word.top < sheet.height - 25 * MILLIMETRE])
        for sheet in made(sample, folder)
    ]


def lines(words: list[Word]) -> list[Line]:
    """Words that stand at the same height make a line."""
    rows: defaultdict[float, list[Word]] = defaultdict(list)
    for word in words:
        rows[round(word.top)].append(word)
    return [
        Line(" ".join(word.text for word in sorted(row)), row[0].top, row[0].bottom - row[0].top)
        for _, row in sorted(rows.items())
    ]


def distance(page: list[Line], beginning: str) -> float:
    """From the line that begins so to the next one, in points."""
    at = next(index for index, line in enumerate(page) if line.text.startswith(beginning))
    return page[at + 1].top - page[at].top


def grown(sample: Sample, words: int) -> Sample:
    """The letter with a longer name of the host's section, so many words more; every letter has one."""
    section = " ".join([sample.body.section, *["Terpadu"] * words])
    return replace(sample, body=msgspec.structs.replace(sample.body, section=section))


@pytest.mark.parametrize("sample", TYPICAL, ids=lambda sample: sample.name)
def test_a_letter_as_they_mostly_are_stays_on_one_page(sample: Sample, tmp_path: Path) -> None:
    assert len(printed(sample, tmp_path)) == 1


def test_a_letter_that_would_spill_is_set_closer_in_the_same_size(tmp_path: Path) -> None:
    [usual] = printed(PROPOSAL, tmp_path)
    [closer] = printed(REQUEST, tmp_path)
    assert distance(usual, "Nama ") == pytest.approx(11 * 1.2, abs=0.1)
    assert distance(closer, "Nama ") == pytest.approx(11 * 1.116, abs=0.1)
    assert closer[0].height == usual[0].height
    assert {line.height for line in closer if line.text.startswith("Unit kerja")} == {
        line.height for line in usual if line.text.startswith("Unit kerja")
    }


def test_a_letter_that_no_closeness_saves_keeps_its_distances(tmp_path: Path) -> None:
    first, second = printed(grown(PROPOSAL, 150), tmp_path)
    assert distance(first, "Nama ") == pytest.approx(11 * 1.2, abs=0.1)
    assert second[0].text == "- 2 -"


@pytest.mark.parametrize(
    ("sample", "times"),
    [(PROPOSAL, 1), (REQUEST, 1), (grown(PROPOSAL, 600), 2)],
    ids=["fits", "fits-set-closer", "with-a-catchword"],
)
def test_a_letter_is_laid_out_as_seldom_as_can_be(sample: Sample, times: int, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="weasyprint.progress"):
        printing(sample).pdf()
    assert sum(message.startswith("Step 4 ") for message in caplog.messages) == times


@pytest.mark.parametrize("words", [105, 175])
@pytest.mark.parametrize(
    "sample", [REQUEST, ASSIGNMENT, CERTIFICATE, INTRODUCTION], ids=["list", "paragraph", "long-paragraph", "receipt"]
)
def test_the_closing_and_two_lines_more_go_with_the_signature(sample: Sample, words: int, tmp_path: Path) -> None:
    *before, last = printed(grown(sample, words * (2 if sample is INTRODUCTION else 1)), tmp_path)
    assert len(before) == 1
    number, *text = [line.text for line in last]
    assert number == "- 2 -"
    closing = next(index for index, line in enumerate(text) if CLOSING.match(line))
    assert closing >= 2
    assert any(line.startswith("NIP ") or " NIP " in line for line in text[closing:])
    assert ("Tembusan:" in text[closing:]) == bool(sample.letter.copies)


@pytest.mark.parametrize("sample", [CERTIFICATE, INTRODUCTION], ids=["signature", "beside-the-receipt"])
def test_the_column_of_the_signature_is_as_wide_as_the_lines_of_a_post(sample: Sample, tmp_path: Path) -> None:
    [page] = printed(sample, tmp_path)
    first = next(index for index, line in enumerate(page) if line.text.endswith("KEPALA BADAN KEPEGAWAIAN DAN"))
    assert any(line.text.endswith("PENGEMBANGAN SUMBER DAYA MANUSIA,") for line in page[first + 1 : first + 3])


def sized(sample: Sample, size: int) -> Sample:
    """The letter for the last so many of the cohort, whose names are short."""
    return replace(sample, body=msgspec.structs.replace(sample.body, participants=COHORT[-size:]))


def test_a_list_too_long_for_its_letter_stands_on_pages_of_its_own(tmp_path: Path) -> None:
    letter, *pages = [[line.text for line in page] for page in printed(OF_FORTY, tmp_path)]
    assert "Lampiran : 1 (satu) berkas" in letter
    assert not any(person.name in " ".join(letter) for person in OF_FORTY.body.participants)
    number, title, numbered, dated, heading, *_ = pages[0]
    assert (number, title) == ("- 2 -", "LAMPIRAN SURAT PERMOHONAN MAGANG")
    assert (numbered, dated) == ("NOMOR : 800.1.4.1/021/SETDA/2026", "TANGGAL : 12 MARET 2026")
    assert heading == "DAFTAR PESERTA MAGANG"
    assert [page[0] for page in pages] == [f"- {at} -" for at in range(2, len(pages) + 2)]
    assert all(any(HEADINGS in line for line in page) for page in pages)
    assert sum(bool(re.match(r"\d+\. ", line)) for page in pages for line in page) == 40


@pytest.mark.parametrize(
    ("sample", "size"),
    [(OF_FORTY, 18), (OF_FORTY, 19), (ORDER_OF_FORTY, 16), (ORDER_OF_FORTY, 17), (ORDER_OF_FORTY, 40)],
    ids=["fits", "spills", "order-fits", "order-spills", "order-spills-again"],
)
def test_whole_rows_of_the_list_go_with_its_signature(sample: Sample, size: int, tmp_path: Path) -> None:
    _, *pages = printed(sized(sample, size), tmp_path)
    begun = [sum(bool(re.match(r"\d+\. ", line.text)) for line in page) for page in pages]
    numbers = [sum(bool(NIP.search(line.text)) for line in page) for page in pages]
    assert sum(begun) == size
    assert numbers == [*begun[:-1], begun[-1] + 1]  # and whoever signs
    assert begun[-1] >= 3
    assert pages[-1][-1].text.startswith("NIP ")


def test_a_letter_with_a_list_is_set_closer_too(tmp_path: Path) -> None:
    [letter, *_] = printed(OF_FORTY, tmp_path)
    assert distance(letter, "Waktu ") == pytest.approx(11 * 1.116, abs=0.1)


def under(sample: Sample, folder: Path) -> list[str]:
    """The lowest line beside the text of each page: its catchword, or what else stands there."""
    found = []
    for sheet in made(sample, folder):
        below = [
            word for word in sheet.words if sheet.height - 25 * MILLIMETRE < word.top < sheet.height - 19 * MILLIMETRE
        ]
        found.append(" ".join(word.text for word in sorted(below)))
    return found


def test_a_page_that_goes_on_names_the_first_word_of_the_next(tmp_path: Path) -> None:
    long = grown(PROPOSAL, 600)
    pages = printed(long, tmp_path)
    assert len(pages) == 3
    words = [f"{page[1].text.split()[0]} …" for page in pages[1:]]
    assert under(long, tmp_path) == [*words, ""]


def test_no_catchword_leads_from_a_letter_to_its_attachment(tmp_path: Path) -> None:
    first, *others = under(OF_FORTY, tmp_path)
    assert first == ""
    assert all(re.fullmatch(r"\d+\. \w+ …", word) for word in others[:-1])
    assert others[-1] == ""


def test_a_list_of_two_hundred_repeats_its_head_on_every_page(tmp_path: Path) -> None:
    several = tuple(COHORT[at % len(COHORT)] for at in range(200))
    crowd = replace(OF_FORTY, body=msgspec.structs.replace(OF_FORTY.body, participants=several))
    _, *pages = [[line.text for line in page] for page in printed(crowd, tmp_path)]
    assert len(pages) >= 9
    assert all(any(HEADINGS in line for line in page) for page in pages)
    assert [page[0] for page in pages] == [f"- {at} -" for at in range(2, len(pages) + 2)]
