"""One message for each reason to act, or one digest a working day; and what whom a case is about hears of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import select, update

from tests.mailing import address_of, mail_all, mail_server, post_by, text_of, with_addresses
from tests.mailing import read_mail as as_read
from tests.offices import change
from tests.world import World
from workflow import effects
from workflow.callers import Caller
from workflow.errors import InvalidForm, NotYours
from workflow.mail.digest import owe_digests
from workflow.mail.folder import Folder
from workflow.mail.preference import choose_mail, mail_preference
from workflow.mail.smtp import Smtp
from workflow.references import reference_of
from workflow.tables import accounts, tasks
from workflow.tables import effects as table

#: Monday the 2nd of March 2026 is the day of these offices; the digest goes out at seven, in Jakarta.
AFTERNOON = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NEXT_MORNING = datetime(2026, 3, 3, 0, 5, tzinfo=UTC)
SATURDAY_NIGHT = datetime(2026, 3, 7, 13, 0, tzinfo=UTC)
SUNDAY, NEXT_MONDAY = datetime(2026, 3, 8, 2, 0, tzinfo=UTC), datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


class Mailed:
    """The mail of an office, as files in a folder: what each got, oldest first."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.folder = with_addresses(world), folder
        self.post = post_by(world, Folder(folder))

    def send(self, at: datetime | None = None) -> None:
        self.world.at = at or self.world.at
        mail_all(self.world, self.post)

    def to(self, who: str) -> list[str]:
        """What somebody got, subject and text."""
        found = [as_read(path.read_bytes()) for path in sorted(self.folder.glob("*.eml"))]
        return [f"{each['Subject']}\n{text_of(each)}" for each in found if address_of(who) in each["To"]]


@pytest.fixture
def mailed(one_world: World, tmp_path: Path) -> Mailed:
    return Mailed(one_world, tmp_path / "surel")


def caller(world: World, who: str, kind: str = "staff") -> Caller:
    return Caller("", world.ids[who], who, kind, None, frozenset(), None, world.at.date())


def wants_daily(world: World, *who: str) -> None:
    for each in who:
        world.database.write(choose_mail, world.engine, caller(world, each), world.at, "daily")


def remarks(world: World, who: str) -> list[str]:
    query = select(table.c.error).where(table.c.subject_id == world.ids[who], table.c.error.is_not(None))
    return [str(error) for (error,) in world.all(query.order_by(table.c.id))]


# --- One message for each reason to act ------------------------------------------------------------------------------


def test_whoever_was_told_of_a_task_is_not_told_of_it_again(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    mailed.send()
    ask = {world.ids["nursing_head"]: "Magang antarinstansi: masih menunggu tindakan Anda."}
    world.database.write(effects.tell, case, ask, world.at, asks=effects.NEW_TASK)
    mailed.send(NEXT_MORNING)
    assert len(mailed.to("nursing_head")) == 1
    assert remarks(world, "nursing_head") == ["Tidak dikirim: tugas ini sudah disampaikan sebelumnya."]


def test_whoever_is_reminded_is_told_again_but_once_a_day(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    mailed.send()
    remind = {world.ids["nursing_head"]: "Magang antarinstansi: berkas menunggu tindakan Anda."}
    world.database.write(effects.tell, case, remind, world.at, asks=effects.REMINDER)
    mailed.send()
    assert len(mailed.to("nursing_head")) == 1, "told of it today"
    world.at = NEXT_MORNING
    for _ in range(2):
        world.database.write(effects.tell, case, remind, world.at, asks=effects.REMINDER)
        mailed.send()
    assert len(mailed.to("nursing_head")) == 2
    world.database.write(effects.tell, case, remind, world.at, asks=effects.BY_COLLEAGUE)
    mailed.send()
    assert len(mailed.to("nursing_head")) == 3, "whoever reminds them is told that it was sent"


def test_a_task_that_comes_back_is_told_anew(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    mailed.send()
    world.fire(case, "return", "nursing_head", {"to_mend": "Lengkapi tujuannya."})
    world.fire(case, "submit", "nurse")
    mailed.send()
    assert len(mailed.to("nursing_head")) == 2


# --- Whom a case is about --------------------------------------------------------------------------------------------


def test_the_applicant_hears_after_each_step_whom_the_case_waits_for_and_until_when(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    mailed.send()
    assert mailed.to("nurse") == [], "who acted knows"
    world.fire(case, "endorse", "nursing_head")
    mailed.send()
    (text,) = mailed.to("nurse")
    (due,) = world.all(select(tasks.c.due_on).where(tasks.c.case_id == case).limit(1))
    assert f"Berkas kini menunggu kepala perangkat daerah, paling lambat {due[0].day} Maret 2026." in text
    assert f"https://layanan.kemuning.example/berkas/{reference_of(case)}\n" in text
    assert "Hospital Head" not in text


def test_of_several_steps_between_two_mails_the_applicant_hears_the_last(mailed: Mailed) -> None:
    world = mailed.world
    world.road("forward")
    mailed.send()
    assert len([text for text in mailed.to("nurse") if "berkas Anda kini berstatus" in text]) == 1


# --- The digest ------------------------------------------------------------------------------------------------------


def test_a_digest_tells_once_what_waits_with_the_late_first(mailed: Mailed) -> None:
    world = mailed.world
    late, other = world.submitted(), world.submitted("second_nurse")
    wants_daily(world, "nursing_head")
    change(world, update(tasks).where(tasks.c.case_id == other).values(due_on=NEXT_MORNING.date() + timedelta(days=3)))
    change(world, update(tasks).where(tasks.c.case_id == late).values(due_on=NEXT_MORNING.date() - timedelta(days=1)))
    mailed.send(AFTERNOON)
    assert mailed.to("nursing_head") == []
    mailed.send(NEXT_MORNING)
    mailed.send(NEXT_MORNING + timedelta(hours=3))
    (text,) = [each for each in mailed.to("nursing_head") if each.startswith("Ringkasan")]
    assert text.startswith(
        "Ringkasan Jenjang: 2 tugas menunggu, 1 lewat tenggat\nYth. Nursing Head,\n\nLewat tenggat\n"
    )
    assert text.index(reference_of(late)) < text.index("Menunggu Anda") < text.index(reference_of(other))
    assert remarks(world, "nursing_head") == ["Masuk ringkasan harian."] * 2


def test_a_digest_takes_up_what_only_tells_too(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    wants_daily(world, "nurse")
    world.database.write(effects.tell, case, {world.ids["nurse"]: "Dokumen Anda dikembalikan."}, AFTERNOON)
    world.fire(case, "endorse", "nursing_head")
    mailed.send(AFTERNOON)
    assert mailed.to("nurse") == []
    mailed.send(NEXT_MORNING)
    (text,) = mailed.to("nurse")
    assert text.startswith("Ringkasan Jenjang: kabar berkas\n")
    assert f"- Berkas {reference_of(case)}: Dokumen Anda dikembalikan.\n" in text
    assert "Berkas kini menunggu kepala perangkat daerah" in text


def test_there_is_no_digest_where_nothing_waits_nor_on_a_day_off(mailed: Mailed) -> None:
    world = mailed.world
    wants_daily(world, "nursing_head", "hospital_head")
    world.at = SATURDAY_NIGHT
    world.submitted()
    mailed.send(SUNDAY)
    assert mailed.to("nursing_head") == []
    mailed.send(NEXT_MONDAY)
    assert len(mailed.to("nursing_head")) == 1
    assert mailed.to("hospital_head") == []


def test_a_reminder_of_what_is_late_is_not_held_back_nor_is_what_is_about_no_case(mailed: Mailed) -> None:
    world = mailed.world
    case = world.submitted()
    wants_daily(world, "nursing_head")
    person = world.ids["nursing_head"]
    world.database.write(effects.tell, None, {person: "Kata sandi Anda diganti."}, world.at)
    mailed.send(AFTERNOON)
    assert ["Kata sandi" in text for text in mailed.to("nursing_head")] == [True]
    change(world, update(tasks).where(tasks.c.case_id == case).values(due_on=AFTERNOON.date() - timedelta(days=1)))
    world.database.write(effects.tell, case, {person: "Sudah lewat tenggat."}, world.at, asks=effects.REMINDER)
    mailed.send(AFTERNOON + timedelta(minutes=1))
    assert any("Sudah lewat tenggat." in text for text in mailed.to("nursing_head"))


def test_a_contact_gets_single_messages_whatever_stands_with_an_account(mailed: Mailed) -> None:
    world = mailed.world
    case = world.road("request_host")
    change(world, accounts.insert().values(person_id=world.ids["contact"], mail="daily"))
    world.database.write(effects.tell, case, {world.ids["contact"]: "Mohon dijawab."}, world.at)
    mailed.send(AFTERNOON)
    mailed.send(NEXT_MORNING)
    (text,) = [text for text in mailed.to("contact") if "Mohon dijawab." in text]
    assert not any(text.startswith("Ringkasan") for text in mailed.to("contact"))
    assert text.startswith("Magang antarinstansi (berkas ")


def test_what_was_held_back_is_sent_once_somebody_wants_each_message_again(mailed: Mailed) -> None:
    world = mailed.world
    world.submitted()
    wants_daily(world, "nursing_head")
    mailed.send(AFTERNOON)
    world.database.write(choose_mail, world.engine, caller(world, "nursing_head"), world.at, "each")
    mailed.send()
    assert len(mailed.to("nursing_head")) == 1


def test_two_runners_make_one_digest(postgresql_world: World) -> None:
    world = with_addresses(postgresql_world)
    world.submitted()
    wants_daily(world, "nursing_head")
    world.at = NEXT_MORNING
    made: list[int] = []
    runners = [
        Thread(target=lambda: made.append(owe_digests(world.database, world.engine.office, world.at))) for _ in range(4)
    ]
    for each in runners:
        each.start()
    for each in runners:
        each.join()
    assert sum(made) == len(world.all(select(table.c.id).where(table.c.kind == effects.DIGEST))) == 1


def test_whoever_chooses_the_digest_late_in_the_day_gets_the_first_one_on_the_next(mailed: Mailed) -> None:
    world = mailed.world
    world.submitted()
    world.at = AFTERNOON
    wants_daily(world, "nursing_head")
    mailed.send()
    assert mailed.to("nursing_head") == []
    mailed.send(NEXT_MORNING)
    assert len(mailed.to("nursing_head")) == 1


def test_a_preference_is_one_of_two_and_for_our_own_people(one_world: World) -> None:
    world = one_world
    nurse, contact = caller(world, "nurse"), caller(world, "contact", "contact")
    assert world.database.read(mail_preference, world.engine, nurse, world.at).how == "each"
    assert world.database.write(choose_mail, world.engine, nurse, world.at, "daily").how == "daily"
    found = world.database.read(mail_preference, world.engine, nurse, world.at)
    assert (found.how, found.digest_hour) == ("daily", 7)
    with pytest.raises(InvalidForm):
        world.database.write(choose_mail, world.engine, nurse, world.at, "never")
    with pytest.raises(NotYours):
        world.database.write(choose_mail, world.engine, contact, world.at, "daily")


# --- As a server takes it --------------------------------------------------------------------------------------------


def test_a_mail_server_gets_text_and_html_that_lead_to_the_case_and_no_picture(one_world: World) -> None:
    world = with_addresses(one_world)
    page = f"https://layanan.kemuning.example/berkas/{reference_of(world.submitted())}"
    with mail_server() as (server, port):
        mail_all(world, post_by(world, Smtp("127.0.0.1", port, "none")))
    (message,) = server.to(address_of("nursing_head"))
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    html = message.get_body(("html",))
    assert html is not None
    assert f'<a href="{page}"' in html.get_content()
    assert f"\n{page}\n" in text_of(message)
    assert not any(sign in html.get_content() for sign in ("<img", "<style", "<script", "url(", "<form", "<link"))
    assert html.get_content().count("http") == 2, "the button, and its address in words"
