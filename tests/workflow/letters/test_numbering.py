import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from workflow.letters.numbering import ROMAN_MONTHS, SECURITY_CODES, PatternError, check_pattern, format_number

PARTS: dict[str, Any] = {
    "classification": "800.1.4.1",
    "sequence": 7,
    "unit": "BKPSDM",
    "year": 2026,
    "month": 3,
    "security": "Biasa",
    "kind": "ST",
}


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("{klasifikasi}/{urut}/{unit}/{tahun}", "800.1.4.1/7/BKPSDM/2026"),
        ("{klasifikasi}/{urut:000}/{unit}/{tahun}", "800.1.4.1/007/BKPSDM/2026"),
        ("T-{klasifikasi}/{urut}/{jenis}/{unit}/{tahun}", "T-800.1.4.1/7/ST/BKPSDM/2026"),
        ("{urut}/{klasifikasi}/{bulan:romawi}/{tahun}", "7/800.1.4.1/III/2026"),
        ("{keamanan}-{urut}/{unit}/{bulan:2}/{tahun}", "B-7/BKPSDM/03/2026"),
        ("{urut:00}.{bulan}", "07.3"),
    ],
)
def test_a_pattern_gives_the_number_that_an_office_writes(pattern: str, number: str) -> None:
    assert format_number(pattern, **PARTS) == number


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("{klasifikasi}/{tahun}", "{urut} tepat satu kali"),
        ("{urut}/{urut:000}", "{urut} tepat satu kali"),
        ("{urut}/{unt}", "{unt} tidak dikenal"),
        ("{urut:0x}", "{urut:0x} tidak dikenal"),
        ("{urut}/{}", "{} tidak dikenal"),
        ("{urut}/{unit", '"{" tidak berpasangan'),
        ("{urut}<b>", "tidak lazim"),
        ("", "{urut} tepat satu kali"),
    ],
)
def test_a_pattern_that_cannot_number_is_refused_with_its_reason(pattern: str, reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)) as refused:
        check_pattern(pattern)
    assert str(refused.value).startswith(f'Pola nomor "{pattern}": ')


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"sequence": 0}, "dimulai dari 1"),
        ({"month": 13}, "bulan 13 tidak ada"),
        ({"security": "Umum"}, "Biasa, Terbatas, Rahasia, Sangat Rahasia"),
        ({"kind": ""}, "{jenis} kosong"),
    ],
)
def test_a_number_is_not_made_of_what_is_missing_or_impossible(wrong: dict[str, Any], reason: str) -> None:
    with pytest.raises(PatternError, match=re.escape(reason)):
        format_number("{urut}/{jenis}", **{**PARTS, **wrong})


PATTERNS = some.permutations(
    ["{klasifikasi}", "{unit}", "{tahun}", "{bulan:romawi}", "{bulan:2}", "{keamanan}", "{jenis}"]
).flatmap(
    lambda tokens: some.tuples(
        some.integers(0, len(tokens)), some.sampled_from(["{urut}", "{urut:000}", "{urut:0000}"])
    ).map(lambda chosen: "/".join([*tokens[: chosen[0]], chosen[1]]))
)
PIECES = some.fixed_dictionaries(
    {
        "classification": some.from_regex(r"[0-9]{3}(\.[0-9]{1,2}){0,3}", fullmatch=True),
        "unit": some.from_regex(r"[A-Z][A-Z-]{0,15}", fullmatch=True),
        "year": some.integers(2000, 2100),
        "month": some.integers(1, 12),
        "security": some.sampled_from(sorted(SECURITY_CODES)),
        "kind": some.from_regex(r"[A-Z]{1,4}", fullmatch=True),
    }
)


@given(PATTERNS, PIECES, some.integers(1, 99_999), some.integers(1, 99_999))
def test_two_letters_of_one_register_never_share_a_number(
    pattern: str, pieces: dict[str, Any], one: int, other: int
) -> None:
    first = format_number(pattern, sequence=one, **pieces)
    second = format_number(pattern, sequence=other, **pieces)
    assert (first == second) == (one == other)


@given(PATTERNS, PIECES, some.integers(1, 99_999))
def test_a_number_has_one_part_for_each_token_and_the_sequence_in_its_place(
    pattern: str, pieces: dict[str, Any], sequence: int
) -> None:
    tokens, parts = pattern.split("/"), format_number(pattern, sequence=sequence, **pieces).split("/")
    assert len(parts) == len(tokens)
    place = next(i for i, token in enumerate(tokens) if token.startswith("{urut"))
    assert int(parts[place]) == sequence
    assert len(parts[place]) >= tokens[place].count("0")
    assert not any(brace in part for part in parts for brace in "{}")


def test_the_months_are_roman() -> None:
    assert ROMAN_MONTHS[3] == "IV"
    assert ROMAN_MONTHS[8] == "IX"
    assert len(set(ROMAN_MONTHS)) == 12
