"""A message: plain text that reads well, and headers that nothing can be smuggled into."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import UndefinedError

from tests.mailing import read_mail, text_of
from workflow.links.mailing import LinkText
from workflow.mail.compose import Attached, Envelope, effect_of, message, message_id, one_line

AT = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
HEADERS = {
    "from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted", "content-language", "mime-version",
    "content-type", "content-transfer-encoding",
}  # fmt: skip
#: What people and agencies might be called, and what somebody might try.
NASTY = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "Budi\r\nBcc: orang@lain.example",
            "Ni'mah Syafi'ah, S.Kep., Ns.",
            '"Kutip" <orang@lain.example>',
            "Ÿvonne, Ňovák; Ærø, M.Si. (Plt.)",
            "x\n\n<script>",
            "Dr. Hj. " + "Panjang " * 40,
            "=?utf-8?q?palsu?=",
            "\u202eterbalik",
            "A\x00B",
        ]
    ),
)


def envelope(**changes: str) -> Envelope:
    usual = Envelope(
        name="0192",
        sender="surat@kemuning.example",
        sender_name="Kabupaten Kemuning",
        to="perawat@contoh.example",
        to_name="Perawat",
        at=AT,
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # only texts are changed


def told(name: str = "Perawat", title: str = "Magang", says: str = "Menunggu tindakan Anda.") -> dict[str, str]:
    return {"name": name, "title": title, "says": says, "agency": "Kabupaten Kemuning", "case": "", "about": ""}


def test_a_message_is_plain_indonesian_text_with_the_headers_of_automatic_mail() -> None:
    about = {"case": "7KQ2-9FXR", "about": "Nomor berkas : 7KQ2-9FXR"}
    made = message("message", told() | about, envelope(reply_to="bkpsdm@kemuning.example"))
    read = read_mail(made.as_bytes())
    assert (read["From"], read["To"]) == (
        "Kabupaten Kemuning <surat@kemuning.example>",
        "Perawat <perawat@contoh.example>",
    )
    assert (read["Subject"], read["Auto-Submitted"]) == ("Magang (berkas 7KQ2-9FXR)", "auto-generated")
    assert (read["Message-ID"], read["Reply-To"]) == ("<0192@kemuning.example>", "bkpsdm@kemuning.example")
    assert parsedate_to_datetime(read["Date"]) == AT
    assert [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert text_of(read) == (
        "Yth. Perawat,\n\nMenunggu tindakan Anda.\n\nNomor berkas : 7KQ2-9FXR\n\n"
        "Silakan masuk ke Jenjang untuk membuka berkas ini. Bila menghubungi kami, sebutkan nomor berkasnya.\n\n"
        "Kabupaten Kemuning\n\n--\nSurel ini dikirim otomatis oleh sistem Jenjang.\n"
    )


def test_the_same_message_has_the_same_bytes() -> None:
    file = Attached("surat.pdf", "application/pdf", b"%PDF-1.7" * 100)
    first, second = (message("message", told(), envelope(), [file]).as_bytes() for _ in range(2))
    assert first == second


@settings(max_examples=60)
@given(name=NASTY, title=NASTY, sender=NASTY, says=NASTY)
def test_no_name_or_subject_can_add_a_header_or_an_addressee(name: str, title: str, sender: str, says: str) -> None:
    made = message("message", told(name, title, says), envelope(to_name=name, sender_name=sender)).as_bytes()
    read = read_mail(made)
    assert {key.lower() for key in read} <= HEADERS
    assert not any(len(read.get_all(key, [])) > 1 for key in HEADERS)
    assert [each.addr_spec for each in read["To"].addresses] == ["perawat@contoh.example"]
    assert [each.addr_spec for each in read["From"].addresses] == ["surat@kemuning.example"]
    assert all(len(line) <= 998 for line in made.split(b"\r\n"))
    assert text_of(read).endswith("Surel ini dikirim otomatis oleh sistem Jenjang.\n")


@settings(max_examples=60)
@given(NASTY)
def test_a_name_is_read_as_it_was_written_but_for_what_cannot_be_seen(name: str) -> None:
    read = read_mail(message("message", told(title=name), envelope(to_name=name)).as_bytes())
    (to,) = read["To"].addresses
    # Python's reader leaves a blank between the parts of a long name outside the alphabets of the world's scripts.
    assert "".join(to.display_name.split()) == "".join(one_line(name).split())
    assert "".join(str(read["Subject"]).split()) == "".join(one_line(name).split())


def test_an_attached_file_arrives_as_it_was() -> None:
    content = bytes(range(256)) * 50
    made = message("message", told(), envelope(), [Attached("Surat Ñ 1-2026.pdf", "application/pdf", content)])
    (file,) = read_mail(made.as_bytes()).iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("Surat Ñ 1-2026.pdf", "application/pdf")
    assert file.get_content() == content


def test_a_template_that_asks_for_what_is_not_there_is_an_error_and_no_blank() -> None:
    with pytest.raises(UndefinedError, match="says"):
        message("message", {"name": "A", "title": "B", "agency": "C", "case": "", "about": ""}, envelope())


def test_a_message_id_leads_back_to_its_effect_however_it_was_copied() -> None:
    identifier = message_id("019c-1", "surat@kemuning.example")
    assert {effect_of(text) for text in (identifier, identifier.strip("<>"), f" {identifier}\n", "019c-1")} == {
        "019c-1"
    }


def html_of(made: bytes) -> str:
    """A message as a reader with markup shows it."""
    body = read_mail(made).get_body(("html",))
    assert body is not None
    return str(body.get_content())


@settings(max_examples=60)
@given(name=NASTY, title=NASTY, says=NASTY)
def test_no_name_or_text_can_add_markup_or_an_address_of_its_own(name: str, title: str, says: str) -> None:
    more = {"about": "x", "facts": [("Nama", name)], "page": "https://layanan.kemuning.example/berkas/7KQ2-9FXR"}
    usual = html_of(message("message", told("A", "B", "C") | more | {"facts": [("Nama", "A")]}, envelope()).as_bytes())
    shown = html_of(message("message", told(name, title, says) | more, envelope()).as_bytes())

    def tags(html: str) -> list[str]:
        return [tag for tag in re.findall(r"<[^>]*>", html) if not tag.startswith(("<p ", "</p", "<br"))]

    assert tags(shown) == tags(usual)


def test_one_button_leads_to_the_page_or_to_the_link_of_somebody_outside() -> None:
    about = {"case": "7KQ2-9FXR", "about": "Nomor berkas : 7KQ2-9FXR", "facts": [("Nomor berkas", "7KQ2-9FXR")]}
    page = "https://layanan.kemuning.example/berkas/7KQ2-9FXR"
    made = message("message", told() | about | {"page": page}, envelope()).as_bytes()
    assert re.findall(r'href="([^"]*)"', html_of(made)) == [page]
    assert f"Berkas ini dibuka pada Jenjang:\n{page}\n" in text_of(read_mail(made))
    link = LinkText("1", "2", "https://layanan.kemuning.example/mitra/abc", "K7Q2", "/mitra", date(2026, 4, 1))
    outside = html_of(message("message", told() | about | {"link": link}, envelope()).as_bytes())
    assert re.findall(r'href="([^"]*)"', outside) == [link.address]
    assert all(word in outside for word in ("K7Q2", "1 April 2026", "Teruskan kepada rekan"))


def test_a_file_stands_beside_text_and_html_that_say_the_same() -> None:
    made = message("message", told(), envelope(), [Attached("surat.pdf", "application/pdf", b"%PDF")]).as_bytes()
    read = read_mail(made)
    kinds = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]
    assert [part.get_content_type() for part in read.walk()] == kinds
    for words in ("Yth. Perawat,", "Menunggu tindakan Anda.", "Kabupaten Kemuning"):
        assert words in html_of(made)
        assert words in text_of(read)
