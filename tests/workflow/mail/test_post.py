"""Mail as it goes out: everyone once, nobody held up by another, and nothing lost or sent twice."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from tests.mailing import PDF, address_of, file_letters, mail_all, post_by, read_mail, text_of, with_addresses
from tests.offices import change, post_of, propose
from tests.world import World
from workflow import effects
from workflow.database import Database
from workflow.mail.dispatch import owe_letter
from workflow.mail.folder import Folder
from workflow.mail.post import REST, Post
from workflow.mail.transport import Line, Rejected, TryLater, Unreachable
from workflow.references import reference_of
from workflow.tables import effects as table
from workflow.tables import letters, partners
from workflow.verification import verify


class Kept:
    """A way out that keeps what it is given, and fails as it is told. ``opened_for``: how many lines were asked for."""

    says, default_sender = "uji", "surat@kemuning.example"

    def __init__(self, **fails: Exception) -> None:
        self.fails, self.sent, self.lines = fails, list[tuple[str, str, bytes]](), 0

    @contextmanager
    def opened(self) -> Iterator[Line]:
        self.lines += 1
        yield self

    def send(self, content: bytes, name: str, _sender: str, to: str, /) -> None:
        failure = self.fails.get(to.partition("@")[0].replace("-", "_")) or self.fails.get("everybody")
        if failure is not None:
            raise failure
        self.sent.append((to, name, content))

    def to(self, who: str) -> list[str]:
        """What somebody got, as it reads."""
        return [text_of(read_mail(content)) for to, _, content in self.sent if to == address_of(who)]


def owed(world: World, kind: str) -> list[Any]:
    return world.all(select(table).where(table.c.kind == kind).order_by(table.c.id))


def states(world: World) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in world.all(select(letters.c.state, letters.c.trouble).order_by(letters.c.id))]


def test_a_message_becomes_mail_once(world: World) -> None:
    kept = Kept()
    with_addresses(world).submitted()
    assert mail_all(world, post_by(world, kept)) == 1
    assert mail_all(world, post_by(world, kept)) == 0
    (text,) = kept.to("nursing_head")
    assert text.startswith(
        "Yth. Nursing Head,\n\nMagang antarinstansi: berkas berstatus “Menunggu persetujuan atasan langsung”"
    )


def test_a_message_says_which_case_whom_it_is_about_when_and_what_is_asked(world: World) -> None:
    kept = Kept()
    case = with_addresses(world).submitted()
    mail_all(world, post_by(world, kept))
    ((_, _, content),) = kept.sent
    assert read_mail(content)["Subject"] == f"Magang antarinstansi (berkas {reference_of(case)})"
    (text,) = kept.to("nursing_head")
    assert case not in text, "a long id is for machines"
    assert (
        f"Nomor berkas    : {reference_of(case)}\n"
        "Peserta magang  : Nurse\n"
        "Jangka waktu    : 6 s.d. 17 April 2026\n"
        "Tugas Anda kini : Setujui, Kembalikan untuk perbaikan, atau Tolak\n"
        "Paling lambat   : 4 Maret 2026\n"
    ) in text


def test_a_mandate_is_asked_for_under_its_name_with_the_page_on_which_it_is_answered(world: World) -> None:
    with_addresses(world)
    mandate = propose(world, "plh", post_of(world, "hospital_head"), "nursing_head")
    kept = Kept()
    mail_all(world, post_by(world, kept))
    ((_, _, content),) = [each for each in kept.sent if each[0] == address_of("nursing_head")]
    message = read_mail(content)
    assert str(message["subject"]).startswith("Pelimpahan ")
    html = message.get_body(("html",))
    assert html is not None
    page = f"{world.engine.office.profile.site}/kelola/pelimpahan/{mandate}"
    assert f'href="{page}"' in str(html.get_content())
    assert page in text_of(message)


def test_a_contact_reads_names_and_period_and_what_is_asked_and_nothing_else_of_a_case(world: World) -> None:
    kept = Kept()
    case = with_addresses(world).road("request_host")
    file_letters(world)
    mail_all(world, post_by(world, kept))
    (asked,) = [text for text in kept.to("contact") if "menunggu tindakan Anda" in text]
    assert f"Nomor berkas    : {reference_of(case)}\n" in asked
    assert "Peserta magang  : Nurse\n" in asked
    assert "Jangka waktu    : 6 s.d. 17 April 2026\n" in asked
    assert "Tugas Anda kini : Nyatakan bersedia" in asked
    said = re.sub(r"\S+/mitra/\S+", "", asked)  # a link is anything at all
    assert not any(word in said for word in ("NIP", "Rp", "RSUD", "Keperawatan"))


def test_a_host_that_was_given_up_reads_no_dates_of_the_case_any_more(world: World) -> None:
    kept = Kept()
    case = with_addresses(world).road("request_host")
    file_letters(world)
    world.fire(case, "decline", "contact", {"reason": "Ruang magang penuh."})
    world.fire(case, "change_host", "nurse", {"host": "unit:DINKES", "section": "Bidang Pelayanan"})
    world.database.write(effects.tell, case, {world.ids["contact"]: "Berkas ini beralih."}, world.at)
    mail_all(world, post_by(world, kept))
    (told,) = [text for text in kept.to("contact") if "Berkas ini beralih." in text]
    assert f"Nomor berkas   : {reference_of(case)}\nPeserta magang : Nurse\n\n" in told
    assert "April" not in told


def test_a_letter_names_the_case_to_those_who_would_speak_of_it_and_not_to_those_who_get_a_copy(world: World) -> None:
    kept = Kept()
    case = with_addresses(world).road("request_host")
    file_letters(world)
    mail_all(world, post_by(world, kept))
    for who, named in (("nurse", True), ("contact", True), ("verifier", True), ("hospital_head", False)):
        letters_got = [text for text in kept.to(who) if "surat permohonan magang Nomor" in text]
        assert [f"sebutkan nomor berkas {reference_of(case)}." in text for text in letters_got] == [named], who


def test_a_signed_letter_goes_once_to_all_whom_it_concerns_and_is_then_sent(world: World) -> None:
    kept = Kept()
    with_addresses(world).road("request_host")
    proposal, request = file_letters(world)
    mail_all(world, post_by(world, kept))
    got = {(row.subject_id, to) for to, name, _ in kept.sent for row in owed(world, "send") if row.id == name}
    assert {to for letter, to in got if letter == proposal} == {
        address_of(name) for name in ("nurse", "agency_chief", "hospital_head")
    }
    assert {to for letter, to in got if letter == request} == {
        address_of(name) for name in ("nurse", "contact", "hospital_head", "verifier")
    }
    assert states(world) == [("sent", None), ("sent", None)]
    before = len(kept.sent)
    for letter in (proposal, request):
        world.database.write(owe_letter, letter, world.at)  # as when a crash comes before it was noted
    assert mail_all(world, post_by(world, kept)) == 0
    assert len(kept.sent) == before


def test_the_letter_itself_is_attached_and_each_reads_why_it_came(one_world: World) -> None:
    world, kept = with_addresses(one_world), Kept()
    world.road("request_host")
    file_letters(world)
    mail_all(world, post_by(world, kept))
    said = {"nurse": "menyangkut Anda", "hospital_head": "sebagai tembusan", "verifier": "untuk arsip Anda"}
    for who, why in said.items():
        assert any(
            why in text and "surat permohonan magang Nomor 800.1.4.1/001/SETDA/2026" in text for text in kept.to(who)
        )
    (to_host,) = [
        read_mail(content) for to, _, content in kept.sent if to == address_of("contact") and PDF_NAME in str(content)
    ]
    (file,) = to_host.iter_attachments()
    assert (file.get_filename(), file.get_content()) == (PDF_NAME, PDF)
    ((code,),) = world.all(select(letters.c.code).where(letters.c.kind == "internship_request"))
    assert code in text_of(to_host), "by which it can be checked"
    assert to_host["Reply-To"] == "setda@kemuning.example"


PDF_NAME = "800.1.4.1-001-SETDA-2026.pdf"


def test_a_file_too_large_for_mail_stays_here_and_the_message_says_so(
    one_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, kept = with_addresses(one_world), Kept()
    monkeypatch.setattr("workflow.mail.letter_mail.LARGEST", 10)
    world.road("forward")
    file_letters(world)
    mail_all(world, post_by(world, kept))
    text = next(text for text in kept.to("agency_chief") if "Telah terbit" in text)
    assert "terlalu besar untuk dilampirkan" in text
    assert not any(PDF in content for _, _, content in kept.sent)


def test_a_secret_letter_is_announced_and_never_attached(one_world: World) -> None:
    world, kept = with_addresses(one_world), Kept()
    world.road("forward")
    file_letters(world)
    ((frame,),) = world.all(select(letters.c.frame))
    change(world, update(letters).values(frame=frame.replace('"security":"Biasa"', '"security":"Rahasia"')))
    mail_all(world, post_by(world, kept))
    (text,) = [text for text in kept.to("agency_chief") if "Nomor" in text]
    assert "Karena bersifat Rahasia, surat ini tidak dilampirkan." in text
    assert not any(b"attachment" in content for _, _, content in kept.sent)


def test_a_partner_without_a_contacts_address_gets_letters_at_its_own(world: World) -> None:
    kept = Kept()
    with_addresses(world, "contact").road("request_host")
    change(world, update(partners).values(email="tu@rsprov.example"))
    file_letters(world)
    mail_all(world, post_by(world, kept))
    (content,) = [content for to, _, content in kept.sent if to == "tu@rsprov.example"]
    assert read_mail(content)["To"] == "Pimpinan Rumah Sakit Provinsi Contoh <tu@rsprov.example>"


def test_a_partner_that_the_letter_does_not_name_gets_nothing(world: World) -> None:
    kept = Kept()
    with_addresses(world).road("request_host")
    change(world, update(partners).values(name="Rumah Sakit yang Lain"))
    ((body, frame, letter),) = world.all(
        select(letters.c.body, letters.c.frame, letters.c.id).where(letters.c.kind == "internship_request")
    )
    assert "Rumah Sakit Provinsi Contoh" in body + frame
    file_letters(world)
    mail_all(world, post_by(world, kept))
    named = [row for row in owed(world, "send") if row.subject_id == letter and '"addressee"' in row.payload]
    assert named == []
    assert not [content for to, _, content in kept.sent if to == address_of("contact") and PDF_NAME in str(content)]


def test_an_addressee_without_an_address_is_named_and_not_tried_for_ever(world: World) -> None:
    kept = Kept()
    with_addresses(world, "contact", "nurse").road("request_host")
    file_letters(world)
    mail_all(world, post_by(world, kept))
    proposal, request = states(world)
    assert proposal == (
        "sent",
        "Tidak ada alamat surel: Nurse. Catat alamatnya, lalu coba lagi.",
    )
    assert request[0] == "signed", "its addressee does not have it"
    assert "Tidak ada alamat surel: Pimpinan Rumah Sakit Provinsi Contoh." in str(request[1])
    world.at += timedelta(days=30)
    before = len(kept.sent)
    assert mail_all(world, post_by(world, kept)) == 0
    assert len(kept.sent) == before


def test_what_a_server_refuses_for_good_is_parked_shown_and_told_to_whoever_prepared_the_letter(world: World) -> None:
    kept = Kept(contact=Rejected("Ditolak server surel (550 no such user)."))
    with_addresses(world).road("request_host")
    _, request = file_letters(world)
    mail_all(world, post_by(world, kept))
    (state, trouble) = states(world)[1]
    assert state == "signed"
    assert trouble == "Tidak terkirim kepada Contact: Ditolak server surel (550 no such user)."
    (parked,) = [row for row in owed(world, "send") if row.parked_at]
    assert (parked.subject_id, parked.attempts) == (request, 0)
    told = [text for text in kept.to("verifier") if "Tidak terkirim kepada Contact" in text]
    assert len(told) == 1
    assert "Surat Nomor 800.1.4.1/001/SETDA/2026" in told[0]


def test_what_may_go_out_later_is_tried_again_as_effects_are(world: World) -> None:
    kept = Kept(nursing_head=TryLater("Ditunda server surel (451 greylisted)."))
    with_addresses(world).submitted()
    for attempt, minutes in enumerate(effects.BACKOFF, start=1):
        assert mail_all(world, post_by(world, kept)) == 0
        (row,) = owed(world, "message")
        assert (row.attempts, row.error, row.claimed_until) == (attempt, "Ditunda server surel (451 greylisted).", None)
        world.at += timedelta(minutes=minutes)
    kept.fails.clear()
    assert mail_all(world, post_by(world, kept)) == 1
    assert owed(world, "message")[0].error is None


def test_a_message_that_fails_holds_up_no_other(world: World) -> None:
    kept = Kept(verifier=TypeError("rusak"))
    with_addresses(world).road("forward")
    assert mail_all(world, post_by(world, kept)) == 5
    assert kept.to("second_verifier")
    (failed,) = [row for row in owed(world, "message") if row.done_at is None]
    assert failed.error == "TypeError: rusak"


def test_while_nothing_gets_out_everything_waits_visibly_and_no_attempt_is_counted(world: World) -> None:
    kept = Kept(everybody=Unreachable("Server surel tidak dapat dihubungi."))
    with_addresses(world).road("forward")
    for _ in range(10):
        assert mail_all(world, post_by(world, kept)) == 0
        said = {(row.attempts, row.error) for row in owed(world, "message")}
        assert said == {(0, "Server surel tidak dapat dihubungi.")}
        world.at += REST
    kept.fails.clear()
    assert mail_all(world, post_by(world, kept)) == len([*owed(world, "message"), *owed(world, "standing")])


def test_one_line_serves_a_batch(one_world: World) -> None:
    world, kept = with_addresses(one_world), Kept()
    world.road("forward")
    assert post_by(world, kept).run_due(world.database, world.engine.office, world.at) == 6
    assert kept.lines == 1


def test_a_letter_that_is_void_by_then_is_not_sent(world: World) -> None:
    kept = Kept()
    with_addresses(world).road("forward")
    (letter,) = file_letters(world)
    post = post_by(world, Kept(everybody=TryLater("Nanti.")))
    assert post.run_due(world.database, world.engine.office, world.at) == 2, "to whom it goes, and news that is older"
    change(world, update(letters).where(letters.c.id == letter).values(state="void"))
    world.at += timedelta(days=1)
    mail_all(world, post_by(world, kept))
    assert {row.error for row in owed(world, "send")} == {"Tidak dikirim: surat ini sudah tidak berlaku."}
    assert states(world)[0][0] == "void"


def test_what_another_has_in_hand_is_left_to_it_until_its_claim_runs_out(world: World) -> None:
    kept = Kept()
    with_addresses(world).submitted()

    class Second(Kept):
        def send(self, *_: object) -> None:
            assert mail_all(world, post_by(world, kept)) == 0, "it is in the first one's hands"
            raise KeyboardInterrupt  # the first one dies

    with pytest.raises(KeyboardInterrupt):
        mail_all(world, post_by(world, Second()))
    assert mail_all(world, post_by(world, kept)) == 0
    world.at += effects.IN_HAND
    assert mail_all(world, post_by(world, kept)) == 1
    assert len(kept.sent) == 1


def test_two_runners_send_each_message_once(postgresql_world: World) -> None:
    world, kept = with_addresses(postgresql_world), Kept()
    rows = [
        {
            "id": f"effect-{number:03d}",
            "kind": "message",
            "subject_id": world.ids["nurse"],
            "payload": '{"says":"Halo."}',
            "due_at": world.at,
            "attempts": 0,
        }
        for number in range(60)
    ]
    change(world, insert(table).values(rows))
    runners = [Thread(target=mail_all, args=(world, post_by(world, kept))) for _ in range(2)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join(60)
    assert sorted(name for _, name, _ in kept.sent) == [row["id"] for row in rows]


def test_a_letter_that_was_sent_agrees_with_the_log_of_its_case(one_world: World) -> None:
    world = with_addresses(one_world)
    world.road("forward")
    assert effects.run_due(world.database, world.engine.office, world.at) == 1
    mail_all(world, post_by(world, Kept()))
    assert states(world) == [("sent", None)]
    engine = world.engine
    checked = world.database.read(lambda conn: list(verify(conn, engine.registry, engine.office.policies)))
    assert [finding for part in checked for finding in part.findings] == []


# --- The folder ------------------------------------------------------------------------------------------------------


def test_a_folder_holds_each_message_as_a_file_that_a_mail_reader_opens(one_world: World, tmp_path: Path) -> None:
    world, folder = with_addresses(one_world), tmp_path / "surel"
    world.submitted()
    assert mail_all(world, post_by(world, Folder(folder))) == 1
    (row,) = owed(world, "message")
    (file,) = folder.iterdir()
    assert file.name == f"{row.id}.eml"
    read = read_mail(file.read_bytes())
    assert (read["From"], read["Message-ID"]) == (
        "Kabupaten Kemuning <bkpsdm@kemuning.example>",
        f"<{row.id}@kemuning.example>",
    )
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)


def test_a_runner_killed_between_the_message_and_its_note_makes_no_second_one(one_world: World, tmp_path: Path) -> None:
    world, folder = with_addresses(one_world), Folder(tmp_path / "surel")
    world.submitted()

    class Killed(Kept):
        def send(self, content: bytes, name: str, sender: str, to: str, /) -> None:
            folder.send(content, name, sender, to)
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if child == 0:
        mail_all(replace(world, database=Database.open(world.database.address)), post_by(world, Killed()))
        os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    (first,) = folder.path.glob("*.eml")
    content = first.read_bytes()
    world.at += effects.IN_HAND
    assert mail_all(world, post_by(world, folder)) == 1
    assert [path.read_bytes() for path in folder.path.iterdir()] == [content]


def test_a_folder_that_cannot_be_written_keeps_everything_waiting(one_world: World, tmp_path: Path) -> None:
    world, file = with_addresses(one_world), tmp_path / "berkas"
    file.write_text("bukan folder", "utf-8")
    world.submitted()
    assert mail_all(world, Post(Folder(file), world.engine.registry)) == 0
    (row,) = owed(world, "message")
    assert row.attempts == 0
    assert str(file) in row.error
