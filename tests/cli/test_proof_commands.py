"""``jenjang verify letter`` and ``jenjang proof``."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Run, Typed
from tests.proofs import Proven, new_key, proven
from workflow.proof.keys import Published


@pytest.fixture
def letter() -> Proven:
    return proven()


@pytest.fixture
def keys(letter: Proven, tmp_path: Path) -> str:
    """The published keys, as somebody saved them."""
    path = tmp_path / "kunci-surat.json"
    path.write_bytes(msgspec.json.encode(letter.published))
    return str(path)


def test_a_qr_codes_text_is_checked_without_a_database(run: Run, letter: Proven, keys: str) -> None:
    result = run("verify", "letter", letter.text, "--keys", keys)
    assert result.exit_code == 0, result.output
    assert "[ASLI] KODE QR ASLI" in result.stdout
    assert "800.1.4.1/021/DINKES/2026" in result.stdout
    assert "Siti Azhari, A.Md." in result.stdout


def test_a_letters_file_is_checked_without_a_database(run: Run, letter: Proven, keys: str, tmp_path: Path) -> None:
    file = tmp_path / "surat.pdf"
    file.write_bytes(letter.pdf)
    result = run("verify", "letter", str(file), "--keys", keys)
    assert result.exit_code == 0, result.output
    assert "BERKAS ASLI DAN UTUH" in result.stdout
    altered = bytearray(letter.pdf)
    altered[len(letter.unsealed) // 2] ^= 1
    file.write_bytes(altered)
    result = run("verify", "letter", str(file), "--keys", keys)
    assert result.exit_code == 1
    assert "[TIDAK]" in result.stdout


def test_a_changed_text_exits_with_one(run: Run, letter: Proven, keys: str) -> None:
    result = run("verify", "letter", letter.text.replace("/KMN", "/KMP"), "--keys", keys)
    assert result.exit_code == 1
    assert "TIDAK TERBUKTI ASLI" in result.stdout


def test_a_letter_of_the_key_for_trying_things_out_says_so(run: Run, tmp_path: Path) -> None:
    tried = proven(is_test=True)
    path = tmp_path / "kunci.json"
    path.write_bytes(msgspec.json.encode(tried.published))
    result = run("verify", "letter", tried.text, "--keys", str(path))
    assert result.exit_code == 0
    assert "kunci UJI" in result.stdout


@pytest.mark.parametrize("content", ["", "{}", '{"keys": []}', '{"keys": [{"kid": "a", "x": "b", "y": "c"}]}'])
def test_a_file_that_holds_no_keys_is_refused_in_plain_words(
    run: Run, letter: Proven, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "kunci.json"
    path.write_text(content)
    result = run("verify", "letter", letter.text, "--keys", str(path))
    assert result.exit_code == 1
    assert "simpan ulang dari alamat /verify/keys" in result.stderr


def test_a_file_that_is_not_there_is_named(run: Run, keys: str) -> None:
    result = run("verify", "letter", "tidak-ada.pdf", "--keys", keys)
    assert result.exit_code == 1
    assert "Berkas tidak-ada.pdf tidak ada" in result.stderr


def test_keys_of_another_agency_do_not_vouch(run: Run, letter: Proven, tmp_path: Path) -> None:
    path = tmp_path / "kunci.json"
    path.write_bytes(msgspec.json.encode(Published((new_key()[1],))))
    result = run("verify", "letter", letter.text, "--keys", str(path))
    assert result.exit_code == 1
    assert "tidak termasuk kunci yang diumumkan" in result.stdout


def test_verifying_the_database_stays_what_it_was(fresh: Typed) -> None:
    assert fresh("migrate").exit_code == 0
    assert "Semua yang diperiksa sesuai." in fresh("verify").stdout
    assert "Semua yang diperiksa sesuai." in fresh("verify", "chain").stdout


def test_a_rotated_key_is_official_kept_from_others_and_published_beside_the_old(fresh: Typed, tmp_path: Path) -> None:
    assert fresh("migrate").exit_code == 0
    assert "(UJI)" in fresh("proof", "rotate", "--uji").stdout
    rotated = fresh("proof", "rotate")
    assert rotated.exit_code == 0, rotated.output
    out = tmp_path / "kunci.json"
    assert fresh("proof", "keys", "--out", str(out)).exit_code == 0
    newest, oldest = json.loads(out.read_text())["keys"]
    assert (newest["uji"], oldest["uji"]) == (False, True)
    assert newest["kid"] in rotated.stdout
    assert "d" not in newest
    _, secret = rotated.stdout.splitlines()
    folder = Path(secret.removeprefix("Kunci rahasianya ada di ").split(":")[0])
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0
