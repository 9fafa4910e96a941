"""PDFs of strangers: bombs, broken, locked and pretended ones are refused or harmless, within little time and memory."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from tests.proofs import CODE, SITE, Proven, proven
from workflow.proof.apart import LARGEST, TOO_MUCH, seen_apart
from workflow.proof.verdict import of_file, of_text

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def letter() -> Proven:
    return proven()


def test_a_letter_is_read_whole(letter: Proven) -> None:
    seen = seen_apart(letter.pdf)
    assert seen.trouble == ""
    assert seen.statement == letter.text
    assert seen.intact
    with pikepdf.open(BytesIO(letter.pdf)) as opened:
        data = opened.attachments["surat.json"].get_file().read_bytes()
    assert seen.body_sha256 == hashlib.sha256(data).hexdigest()
    assert of_file(seen, letter.published).tone == "good"


def test_a_check_without_a_network_says_where_to_ask_whether_the_letter_is_valid_today(letter: Proven) -> None:
    asked = f"Apakah surat ini masih berlaku, tanyakan pada {SITE}/verify/{CODE} atau pindai kode QR-nya"
    for told in (of_file(seen_apart(letter.pdf), letter.published), of_text(letter.text.lower(), letter.published)):
        assert told.tone == "good"
        assert told.lines[-1].startswith(asked)
        assert "dibatalkan atau diganti" in told.lines[-1]


def test_one_byte_changed_anywhere_is_found(letter: Proven) -> None:
    from workflow.proof.reading import look  # noqa: PLC0415 - loads pyHanko; the file is our own, so no process of its own

    places = range(9, len(letter.pdf), len(letter.pdf) // 40)
    for place in places:
        altered = bytearray(letter.pdf)
        altered[place] ^= 1
        assert of_file(look(bytes(altered)), letter.published).tone == "bad", place


def test_a_letter_whose_signature_was_taken_off_is_not_whole(letter: Proven) -> None:
    told = of_file(seen_apart(letter.unsealed), letter.published)
    assert told.tone == "bad"
    assert any("tidak memuat tanda tangan" in line for line in told.lines)


def test_a_letter_sealed_by_a_stranger_is_not_ours(letter: Proven) -> None:
    other = proven(is_test=True)
    told = of_file(seen_apart(other.pdf), letter.published)
    assert told.tone == "bad"


def _with_stream(content: bytes, head: bytes) -> bytes:
    """A small PDF whose metadata is a stream of this content."""
    parts = [
        b"%PDF-1.7\n",
        b"1 0 obj<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R>>endobj\n",
        b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n",
        b"3 0 obj<</Type/Metadata/Subtype/XML/Length %d%s>>stream\n%s\nendstream endobj\n"
        % (len(content), head, content),
    ]
    offsets, at = [], 0
    for part in parts:
        offsets.append(at)
        at += len(part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets[1:])
    return b"".join(
        parts
    ) + b"xref\n0 4\n0000000000 65535 f \n%strailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        at,
    )


def _bomb() -> bytes:
    once = zlib.compress(b"\0" * 100_000_000, 9)
    return _with_stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]")


def _deep() -> bytes:
    return _with_stream(b"<x/>", b"/A" + b"[" * 200_000 + b"]" * 200_000)


def _looped() -> bytes:
    return (
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Names<</EmbeddedFiles 2 0 R>>>>endobj\n2 0 obj<</Kids[2 0 R 2 0 R 2 0 R]>>endobj\n"
        b"xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000067 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>\nstartxref\n109\n%%EOF\n"
    )


def _locked(content: bytes) -> bytes:
    made = BytesIO()
    with pikepdf.open(BytesIO(content)) as opened:
        opened.save(made, encryption=pikepdf.Encryption(owner="a", user="b", R=6))
    return made.getvalue()


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no PDF": lambda _: b"PK\x03\x04" + b"\0" * 1000,
    "a page of the web": lambda _: b"<html>%PDF-1.7</html>",
    "only a head": lambda _: b"%PDF-1.7\n",
    "truncated": lambda content: content[: len(content) // 2],
    "a tail only": lambda content: b"%PDF-1.7\n" + content[len(content) // 2 :],
    "locked": _locked,
    "a bomb": lambda _: _bomb(),
    "nested": lambda _: _deep(),
    "a loop": lambda _: _looped(),
    "a table that points to itself": lambda _: b"%PDF-1.7\nxref\n0 0\ntrailer<</Prev 9>>\nstartxref\n9\n%%EOF\n",
    "noise": lambda _: b"%PDF-1.7\n" + hashlib.shake_256(b"noise").digest(200_000),
    "too large": lambda _: b"%PDF-1.7\n" + b"\0" * LARGEST,
    "many objects": lambda _: b"%PDF-1.7\n" + b"1 0 obj<<>>endobj\n" * 400_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_or_harmless(kind: str, letter: Proven) -> None:
    seen = seen_apart(HOSTILE[kind](letter.pdf))
    told = of_file(seen, letter.published)
    assert told.tone == "bad"
    assert told.lines
    assert not seen.intact


def test_a_letter_with_a_programme_behind_it_is_not_whole(letter: Proven) -> None:
    assert (
        of_file(seen_apart(letter.pdf + b"\n<script>alert(1)</script>\n" + b"PK\x03\x04"), letter.published).tone
        == "bad"
    )


@pytest.mark.parametrize(
    "tries",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "open('/tmp/written-by-a-reader', 'w')",
    ],
)
def test_a_reader_reaches_no_network_starts_nothing_and_writes_nothing(tries: str) -> None:
    asked = f"import sys\nfrom workflow.proof.apart import _refuse\nsys.addaudithook(_refuse)\n{tries}\n"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not for a reader of files" in done.stderr


def test_a_reader_that_outgrows_its_memory_is_ended_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.proof.apart._PATIENCE", 0.01)
    assert seen_apart(b"%PDF-1.7\n") == TOO_MUCH
