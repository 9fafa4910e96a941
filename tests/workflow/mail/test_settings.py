"""The setting for mail: what can be used, and what is refused with the way out and without a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.mail.folder import Folder
from workflow.mail.settings import MailSetting, sender_of, transport_of
from workflow.mail.smtp import Smtp
from workflow.mail.transport import Unreachable


def server(address: str, secret: Path | None = None) -> Smtp:
    found = transport_of(address, secret)
    assert isinstance(found, Smtp)
    return found


def test_a_folder_a_server_or_nothing_may_be_named(tmp_path: Path) -> None:
    assert transport_of("off") is None
    assert transport_of(str(tmp_path)) == Folder(tmp_path)
    assert (server("smtp://surel.kemuning.example").port, server("smtp://a.example?tls=tls").port) == (587, 465)
    assert server("smtp://localhost:2525?tls=none&timeout=3").patience == 3


def test_the_password_is_read_from_its_file_and_is_in_nothing_that_is_shown(tmp_path: Path) -> None:
    secret = tmp_path / "sandi"
    secret.write_text("rahasia-rekaan\n", "utf-8")
    found = server("smtp://surat%40kemuning.example@surel.kemuning.example?tls=tls", secret)
    assert (found.user, found.password()) == ("surat@kemuning.example", "rahasia-rekaan")
    assert found.says == "server surel.kemuning.example:465 (TLS, sebagai surat@kemuning.example)"
    assert "rahasia" not in repr(found)
    secret.unlink()
    with pytest.raises(Unreachable, match="sandi tidak dapat dibaca"):
        found.password()


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("smtp://jenjang:rahasia@a.example", "kata sandi tidak boleh ditulis pada alamat"),
        ("smtp://jenjang@a.example", "JENJANG_MAIL_PASSWORD_FILE"),
        ("smtp://jenjang@a.example?tls=none", "tidak dikirim tanpa enkripsi"),
        ("smtp://a.example?tls=ssl", "starttls, tls, none"),
        ("smtp://a.example?tsl=tls", "pilihan tsl tidak dikenal"),
        ("smtp://a.example:0x19", "port"),
        ("smtp://a.example?timeout=0", "timeout"),
        ("smtp://", "nama servernya tidak ada"),
        ("http://a.example", "harus folder"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_way_out(address: str, says: str) -> None:
    with pytest.raises(MailSetting, match=says) as refused:
        transport_of(address)
    assert "rahasia@" not in str(refused.value)


def test_a_sender_must_be_an_address() -> None:
    assert sender_of(" Surat@Kemuning.example ") == "surat@kemuning.example"
    with pytest.raises(MailSetting, match="JENJANG_MAIL_FROM"):
        sender_of("surat@kemuning.example\nBcc: x@lain.example")
