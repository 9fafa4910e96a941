"""Who signs by what: one file outside the database, whose faults are named, and a table of accounts."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from tests.world import World
from workflow.signatures import SigningFailed, masked
from workflow.signatures.key_file import KeyFile
from workflow.signatures.local import LocalKey
from workflow.signatures.service import SigningService
from workflow.signatures.settings import (
    SigningSettingsError,
    account_of,
    masked_accounts,
    read,
    set_account,
    settings_for,
    signer_for,
)
from workflow.signatures.token import Token
from workflow.tables import signing_accounts

ESIGN = '[signer]\nkind = "esign"\naddress = "https://esign.contoh.go.id"\nuser = "jenjang"\npassword_file = "sandi"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of settings, beside what it names."""
    for name in ("sandi", "akar.pem", "modul.so"):
        (tmp_path / name).write_text("")
    (tmp_path / "kunci").mkdir()
    return tmp_path / "signing.toml"


def test_without_settings_the_local_key_signs_for_everybody(tmp_path: Path) -> None:
    signer = signer_for(read(None, tmp_path), "anyone", None)
    assert isinstance(signer, LocalKey)
    assert (signer.needs_secret, signer.is_test, signer.certified) == (False, True, False)


def test_each_kind_of_signer_is_made_for_the_account_of_a_person(file: Path) -> None:
    for text, kind in (
        ('[signer]\nkind = "pkcs12"\nfolder = "kunci"\n', KeyFile),
        ('[signer]\nkind = "pkcs11"\nmodule = "modul.so"\ntoken = "daerah"\n', Token),
        (f"{ESIGN}certified = true\nversion = 1\ntimeout = 12\n", SigningService),
    ):
        file.write_text(text)
        signer = signer_for(read(file, file.parent), "p1", "3374000000000017")
        assert isinstance(signer, kind)
        assert signer.needs_secret
        assert not signer.is_test
        assert signer.certified is (kind is SigningService)


def test_what_is_said_to_be_a_test_is_never_called_certified(file: Path) -> None:
    file.write_text(f"{ESIGN}certified = true\ntest = true\n")
    signer = signer_for(read(file, file.parent), "p1", "3374000000000017")
    assert signer.is_test
    assert not signer.certified


@pytest.mark.parametrize("account", [None, "", "../../etc/passwd", "a/b", "a\x00b", ".tersembunyi", "x" * 201])
def test_a_person_without_a_usable_account_signs_nothing(account: str | None, file: Path) -> None:
    file.write_text('[signer]\nkind = "pkcs12"\nfolder = "kunci"\n')
    with pytest.raises(SigningFailed, match="jenjang signing account") as failed:
        signer_for(read(file, file.parent), "p1", account)
    assert failed.value.kind == "unknown_signer"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[signer\n", "TOML"),
        ('[signer]\nkind = "fax"\n', "kind harus salah satu dari"),
        ("[lain]\n", "kunci tidak dikenal: lain"),
        ('[signer]\nkind = "pkcs12"\n', "folder harus diisi"),
        ('[signer]\nkind = "pkcs12"\nfolder = "tidak-ada"\n', "tidak ada"),
        ('[signer]\nkind = "local"\nfolder = "kunci"\n', "kunci tidak dikenal: folder"),
        (ESIGN.replace("https", "http"), "harus https"),
        (ESIGN.replace("https://", "https://a:b@"), "kata sandi"),
        (ESIGN.replace("https://esign.contoh.go.id", "esign"), "alamat lengkap"),
        (f"{ESIGN}version = 3\n", "version harus 1 atau 2"),
        (f"{ESIGN}timeout = 0\n", "timeout"),
        (f'{ESIGN}timeout = "lama"\n', "timeout"),
        (f'{ESIGN}certified = "ya"\n', "certified harus berupa true atau false"),
        (f'{ESIGN}passphrase = "rahasia"\n', "kunci tidak dikenal: passphrase"),
        ('[trust]\nroots = "akar.pem"\n', "roots harus berupa daftar"),
        ('[trust]\nroots = ["akar.pem"]\nembed = true\n', "embed memerlukan"),
        ('[timestamps]\naddress = "http://tsa.contoh.go.id"\n', "harus https"),
    ],
)
def test_a_fault_in_the_settings_names_the_file_and_the_reason(text: str, says: str, file: Path) -> None:
    file.write_text(text)
    with pytest.raises(SigningSettingsError, match=says) as error:
        read(file, file.parent)
    assert str(file) in str(error.value)


def test_a_file_of_settings_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SigningSettingsError, match="tidak dapat dibuka"):
        read(tmp_path / "tidak-ada.toml", tmp_path)


def test_the_environment_names_the_settings_and_the_folder_of_keys(
    sqlite_world: World, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings_for(sqlite_world.database).kind == "local"
    assert settings_for(sqlite_world.database).keys.name == "keys"
    file.write_text(ESIGN)
    monkeypatch.setenv("JENJANG_SIGNING", str(file))
    monkeypatch.setenv("JENJANG_KEYS", str(file.parent))
    found = settings_for(sqlite_world.database)
    assert (found.kind, found.keys, found.password_file) == ("esign", file.parent, file.parent / "sandi")


def test_an_account_is_kept_replaced_and_shown_masked(world: World) -> None:
    nurse = world.ids["nurse"]
    for account in ("3374000000000017", "3374000000000025"):
        world.database.write(set_account, nurse, account, world.at)
    assert world.database.read(account_of, nurse) == "3374000000000025"
    ((_, shown),) = world.database.read(masked_accounts)
    assert shown == "************0025"
    assert len(world.all(select(signing_accounts))) == 1
    with pytest.raises(SigningFailed):
        world.database.write(set_account, nurse, "../x", world.at)


@pytest.mark.parametrize(
    ("account", "shown"), [("", ""), ("kabid", "*****"), ("12345678", "********"), ("123456789", "*****6789")]
)
def test_a_short_account_is_masked_whole(account: str, shown: str) -> None:
    assert masked(account) == shown
