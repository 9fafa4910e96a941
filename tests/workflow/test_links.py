"""Links for people outside: what they open, for whom, until when; what ends them, and what a guesser learns."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, update

from tests.accounts import SAFE
from tests.cohorts import gathered
from tests.mailing import file_letters, mail_all, post_by, read_mail, text_of, with_addresses
from tests.offices import change
from tests.stages import GUIDE
from tests.turns import EMAIL, make_guide
from tests.turns import found as checked
from tests.world import World
from workflow.accounts import signing_in, tickets
from workflow.accounts.attempts import GuessedTooOften
from workflow.accounts.identity import NotLetIn, enter_known
from workflow.accounts.safe import Safe
from workflow.accounts.signing_in import Browser
from workflow.callers import Caller, LinkToken, OutOfScope, caller_of, note_use
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, NotFound, NotYours
from workflow.ids import new_id
from workflow.links import links
from workflow.links.forwarding import CannotForward, forward
from workflow.links.links import Link, LinkOver, NoLink, NoReason
from workflow.links.opening import CannotLink, Opened
from workflow.links.sharing import Addressed, partner_text, reminder_text, whatsapp_address
from workflow.links.tokens import code_of, id_of, token_of
from workflow.mail.folder import Folder
from workflow.people.mandate_log import By
from workflow.people.person import PeopleError, leave
from workflow.queries import case_list, inbox
from workflow.tables import effects, events, link_shares, people
from workflow.tables import links as rows
from workflow.views import actions, cases
from workflow.views import letters as letter_view
from workflow.views.receipts import answer_seen


@pytest.fixture
def small(one_world: World) -> World:
    """An office on one database, where the other has nothing to add."""
    return one_world


def asked(world: World, who: str = "nurse") -> str:
    """A case that waits for its host."""
    return world.road("request_host", who)


def given(world: World, case: str, who: str = "contact") -> Link:
    return world.database.write(links.issue, world.engine, SAFE, Opened(world.ids[who], case), world.at)


def shown(world: World, token: str, scope: str = "read", safe: Safe = SAFE) -> Caller:
    """Whoever shows a token."""
    credential = LinkToken(token, safe, world.engine.registry)
    return world.database.read(caller_of, credential, scope, world.at, world.engine.office.day(world.at))


def by(world: World, link: Link) -> Caller:
    return shown(world, token_of(SAFE, link.id))


def with_account(world: World, who: str = "contact") -> Caller:
    """The same contact with a key of their own."""
    on = world.engine.office.day(world.at)
    return Caller("k", world.ids[who], who, "contact", "RSPROV", frozenset({"read", "act"}), on, on)


def found(world: World, link: Link) -> Link:
    return world.database.read(links.find, link.id)


# --- What a link opens -----------------------------------------------------------------------------------------------


def test_a_link_opens_its_case_for_its_person_and_no_other_of_the_same_partner(world: World) -> None:
    case, other = asked(world), asked(world, "second_nurse")
    who = by(world, given(world, case))
    assert (who.person_id, who.only, who.key_id, who.session_id) == (world.ids["contact"], frozenset({case}), "", "")

    def look(case_id: str, caller: Caller) -> Any:
        return world.database.read(cases.case_page, world.engine, caller, world.at, case_id)

    assert look(case, who).outside
    assert look(other, with_account(world)).outside
    with pytest.raises(NotFound):
        look(other, who)
    for view in (actions.action_list, cases.case_page):
        with pytest.raises(NotFound):
            world.database.read(view, world.engine, who, world.at, other)
    listed = world.database.read(case_list, world.engine, who, world.at)
    assert [line.id for line in listed.items] == [case]
    assert {line.case_id for line in world.database.read(inbox, world.engine, who, world.at).items} == {case}


def test_no_step_is_taken_with_a_link_on_a_case_that_it_does_not_open(world: World) -> None:
    case, other = asked(world), asked(world, "second_nurse")
    who = by(world, given(world, case))
    version = world.database.read(actions.action_list, world.engine, with_account(world), world.at, other).version
    step = Step("decline", {"reason": "Tidak ada tempat."})
    with pytest.raises(NotFound):
        world.database.write(actions.act, world.engine, who, world.at, other, (step,), version, "k")
    with pytest.raises(NotFound):
        world.database.read(actions.preview, world.engine, who, world.at, other, step)
    with pytest.raises(NotFound):
        world.database.write(world.engine.fire, other, "decline", who.actor, step.form, world.at, version=version)
    with pytest.raises(NotFound):
        world.database.read(world.engine.actions, other, who.actor, world.at)
    done = world.database.write(actions.act, world.engine, who, world.at, case, (step,), _version(world, case), "k")
    assert done.state == "host_unavailable"


def _version(world: World, case: str) -> int:
    return world.database.read(actions.action_list, world.engine, with_account(world), world.at, case).version


def test_no_letter_or_receipt_of_another_case_is_had_with_a_link_though_the_same_contact_answers_for_both(
    small: World,
) -> None:
    case, other = asked(small), asked(small, "second_nurse")
    step = Step("decline", {"reason": "Tidak ada tempat."})
    there = by(small, given(small, other))
    small.database.write(actions.act, small.engine, there, small.at, other, (step,), _version(small, other), "k")
    (answer, *_) = small.all(select(events.c.id).where(events.c.case_id == other).order_by(events.c.sequence.desc()))[0]
    file_letters(small)
    letter = small.database.read(cases.case_page, small.engine, there, small.at, other).letters[0].id
    for view, named in ((letter_view.letter_pdf, letter), (letter_view.letter_page, letter), (answer_seen, answer)):
        assert small.database.read(view, small.engine, there, small.at, named) is not None
        with pytest.raises(NotFound):
            small.database.read(view, small.engine, by(small, given(small, case)), small.at, named)


def test_nobody_outside_comes_by_an_account_that_would_open_more_than_their_link_and_outlast_it(small: World) -> None:
    asked(small)
    for who in ("contact", "nurse"):
        _called(small, who, f"{who}@contoh.example")
    owed = select(effects).where(effects.c.kind == "message", effects.c.payload.contains("/aktivasi/"))
    browser = Browser("192.0.2.1", "Firefox", "")
    for who, mails in (("contact", 0), ("nurse", 1)):
        name = f"{who}@contoh.example"
        small.database.write(signing_in.ask_for_link, small.engine, SAFE, name, browser, small.at)
        assert len(small.all(owed)) == mails
        sought = small.database.write(signing_in.seek, small.engine, SAFE, name, browser, small.at)
        assert (sought.person_id is None) == (who == "contact")
    with pytest.raises(PeopleError, match="dari mitra"):
        small.database.write(tickets.print_code, small.engine.office, SAFE, small.ids["contact"], small.at)
    claims = {"email": "contact@contoh.example", "email_verified": True}
    with pytest.raises(NotLetIn, match="Tidak ada pegawai"):
        small.database.write(enter_known, small.engine, SAFE, "email", claims, browser, small.at)


def _called(world: World, who: str, email: str) -> None:
    world.database.write(
        lambda c: c.execute(update(people).where(people.c.id == world.ids[who]).values(email=email)).close()
    )


def test_a_person_has_one_open_link_for_a_case(world: World) -> None:
    case = asked(world)
    first = given(world, case)
    assert given(world, case).id == first.id
    assert world.all(select(rows.c.id)) == [(first.id,)]


def test_a_link_is_good_for_some_days_beyond_the_deadline_and_the_period_whichever_is_later(small: World) -> None:
    link = given(small, asked(small))
    # The period of the request ends on 17 April 2026; thirty days more.
    assert small.engine.office.day(link.last_good_at) == date(2026, 5, 17)
    small.at = link.last_good_at
    assert by(small, link).link_id == link.id
    small.at = link.expires_at
    with pytest.raises(LinkOver, match="berakhir pada 17 Mei 2026"):
        by(small, link)


def test_nobody_of_ours_nobody_who_left_and_no_other_partner_is_given_a_link(small: World) -> None:
    case = asked(small)
    for who in ("nurse", "regent"):
        with pytest.raises(CannotLink, match="bukan narahubung"):
            given(small, case, who)
    _second_contact(small, "stranger_contact", None)
    with pytest.raises(CannotLink, match="belum pernah, atau tidak lagi"):
        given(small, case, "stranger_contact")
    small.database.write(leave, small.ids["contact"], small.at.date())
    with pytest.raises(CannotLink, match="tidak lagi pada mitranya"):
        given(small, case)


def _second_contact(world: World, name: str, partner: str | None, kind: str = "contact") -> None:
    world.ids = {**world.ids, name: new_id(world.at)}
    row = {"id": world.ids[name], "kind": kind, "name": name.title(), "email": f"{name}@rsprov.example"}
    change(world, people.insert().values(**row, partner_id=partner))


# --- Tokens and codes ------------------------------------------------------------------------------------------------


def test_a_forged_token_one_of_another_key_and_an_unknown_one_are_told_alike(small: World) -> None:
    link = given(small, asked(small))
    token = token_of(SAFE, link.id)
    last = "A" if token[-2] != "A" else "B"
    told = set()
    for text, safe in (
        (f"{token[:-2]}{last}{token[-1]}", SAFE),
        (token, Safe(b"x" * 32)),
        (token_of(SAFE, new_id(small.at)), SAFE),
        ("", SAFE),
        ("mitra", SAFE),
        (f"{token}=", SAFE),
        ("é" * 43, SAFE),
    ):
        with pytest.raises(NoLink) as problem:
            shown(small, text, safe=safe)
        told.add((problem.value.status, problem.value.says))
    assert len(told) == 1


def test_a_token_is_written_in_one_way_only(small: World) -> None:
    link = given(small, asked(small))
    token = token_of(SAFE, link.id)
    assert (len(token), id_of(SAFE, token)) == (43, link.id)
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    assert [sign for sign in signs if id_of(SAFE, token[:-1] + sign)] == [token[-1]]


def test_nothing_that_opens_a_link_stands_in_the_database(small: World) -> None:
    link = given(small, asked(small))
    (row,) = small.all(select(rows))
    stored = " ".join(str(value) for value in row)
    assert token_of(SAFE, link.id) not in stored
    assert code_of(SAFE, link.id).replace("-", "") not in stored


def test_a_short_code_finds_its_link_however_it_is_typed(world: World) -> None:
    link = given(world, asked(world))
    code = code_of(SAFE, link.id)
    assert [len(part) for part in code.split("-")] == [4, 4, 4]
    for typed in (code, code.lower().replace("-", " "), code.replace("0", "O").replace("1", "l")):
        found = world.database.write(links.find_by_code, world.engine.office, SAFE, typed, "10.0.0.7", world.at)
        assert found is not None
        assert found.id == link.id


def test_whoever_guesses_short_codes_is_slowed_and_others_are_not(world: World) -> None:
    link = given(world, asked(world))

    def typed(code: str, network: str = "203.0.113.9") -> Link | None:
        return world.database.write(links.find_by_code, world.engine.office, SAFE, code, network, world.at)

    for _ in range(5):
        assert typed("0000-0000-0000") is None
    with pytest.raises(GuessedTooOften, match="tautan pada surel tetap dapat dibuka"):
        typed(code_of(SAFE, link.id))
    assert typed(code_of(SAFE, link.id), "198.51.100.4") is not None
    assert by(world, link).link_id == link.id


def test_a_right_code_takes_back_no_wrong_guesses(small: World) -> None:
    link = given(small, asked(small))

    def typed(code: str) -> Link | None:
        return small.database.write(links.find_by_code, small.engine.office, SAFE, code, "203.0.113.9", small.at)

    for _ in range(4):
        assert typed("0000-0000-0000") is None
        assert typed(code_of(SAFE, link.id)) is not None
    assert typed("0000-0000-0000") is None
    with pytest.raises(GuessedTooOften):
        typed(code_of(SAFE, link.id))


# --- What ends it ----------------------------------------------------------------------------------------------------


def test_a_revoked_link_opens_nothing_and_a_new_one_can_be_made(world: World) -> None:
    case = asked(world)
    link = given(world, case)
    with pytest.raises(NoReason):
        world.database.write(links.revoke, link.id, " ", world.at)
    officer = By(world.ids["verifier"], "Verifikator")
    world.database.write(links.revoke, link.id, "Salah alamat.", world.at, officer)
    with pytest.raises(LinkOver, match="sudah dicabut"):
        by(world, link)
    again = given(world, case)
    assert again.id != link.id
    assert by(world, again).only == frozenset({case})
    kept = found(world, link)
    assert (kept.revoked_why, kept.revoked_by) == ("Salah alamat.", world.ids["verifier"])


def test_a_link_opens_nothing_for_who_has_left_or_whose_partner_is_host_no_more(world: World) -> None:
    case = asked(world)
    link = given(world, case)
    world.database.write(leave, world.ids["contact"], world.at.date())
    with pytest.raises(LinkOver, match="tercatat tidak lagi pada mitra"):
        by(world, link)
    change(world, update(people).where(people.c.id == world.ids["contact"]).values(left_on=None))
    assert by(world, link).only == frozenset({case})
    world.fire(case, "decline", "contact", {"reason": "Tidak ada tempat."})
    world.fire(case, "change_host", "nurse", {"host": "unit:DINKES", "section": "Bidang Pelayanan"})
    with pytest.raises(LinkOver, match="tidak lagi pada instansi Anda"):
        by(world, link)


def test_a_link_is_good_for_reading_acting_and_letters_only(small: World) -> None:
    link = given(small, asked(small))
    for scope in ("read", "act", "letters"):
        assert scope in shown(small, token_of(SAFE, link.id), scope).scopes
    with pytest.raises(OutOfScope):
        shown(small, token_of(SAFE, link.id), "second factor")


def test_opening_five_times_notes_that_it_was_opened_and_changes_nothing_else(world: World) -> None:
    case = asked(world)
    link = given(world, case)
    before = world.database.read(cases.case_page, world.engine, with_account(world), world.at, case)
    first = world.at
    for _ in range(5):
        world.at += timedelta(minutes=10)
        world.database.write(note_use, by(world, link), world.at)
    after = found(world, link)
    assert (after.opened_at, after.seen_at) == (first + timedelta(minutes=10), world.at)
    assert replace(after, opened_at=None, seen_at=None) == link
    assert world.database.read(cases.case_page, world.engine, with_account(world), world.at, case) == before
    assert by(world, link).used_on is not None  # seen just now: not noted again


# --- Forwarding ------------------------------------------------------------------------------------------------------


def handed_on(world: World, link: Link, name: str = "dr. Wening Laras", email: str = "wening@rsprov.example") -> Link:
    return world.database.write(forward, world.engine, SAFE, link, name, "Kepala Diklat", email, world.at)


def test_forwarding_ends_the_old_link_and_makes_one_for_the_colleague_who_can_answer(world: World) -> None:
    case = asked(world)
    link = given(world, case)
    new = handed_on(world, link)
    with pytest.raises(LinkOver, match="diteruskan kepada rekan"):
        by(world, link)
    old = found(world, link)
    assert (old.forwarded_to, old.revoked_by) == (new.id, world.ids["contact"])
    who = by(world, new)
    assert (who.only, who.kind, who.partner_id, who.name) == (
        frozenset({case}),
        "contact",
        "RSPROV",
        "dr. Wening Laras",
    )
    step = Step("decline", {"reason": "Tidak ada tempat."})
    done = world.database.write(actions.act, world.engine, who, world.at, case, (step,), _version(world, case), "k")
    assert done.state == "host_unavailable"
    assert checked(world) == []
    with pytest.raises(LinkOver):
        handed_on(world, link, email="lain@rsprov.example")


def test_forwarding_to_a_contact_that_is_known_makes_no_second_one(small: World) -> None:
    _second_contact(small, "laras", "RSPROV")
    link = given(small, asked(small))
    assert handed_on(small, link, email="LARAS@rsprov.example").person_id == small.ids["laras"]


def test_a_link_is_not_forwarded_to_oneself_to_others_nor_without_a_name(small: World) -> None:
    with_addresses(small)
    link = given(small, asked(small))
    for who in ("contact", "nurse"):
        with pytest.raises(CannotForward) as problem:
            handed_on(small, link, email=f"{who}@kemuning.example")
        assert "Kirana" not in problem.value.says
    with pytest.raises(InvalidForm) as faults:
        handed_on(small, link, name="x", email="bukan surel")
    assert {fault.field for fault in faults.value.fields} == {"name", "email"}
    assert by(small, link).link_id == link.id


# --- Guides ----------------------------------------------------------------------------------------------------------


def test_a_guide_who_is_appointed_is_mailed_a_link_for_days_and_assessment_only(small: World, tmp_path: Path) -> None:
    with_addresses(small)
    case = small.road("start")
    make_guide(small)
    post = post_by(small, Folder(tmp_path))
    mail_all(small, post)
    small.fire(case, "appoint_guide", "contact", {**GUIDE, "account": EMAIL})
    mail_all(small, post)
    (link,) = small.all(select(rows).where(rows.c.person_id == small.ids["guide"]))
    assert (link.purpose, link.case_id) == ("guide", case)
    safe = Safe.of(small.database.address)
    (told,) = (text for text in mailed(tmp_path, EMAIL) if "/mitra/" in text)
    assert token_of(safe, link.id) in told
    who = shown(small, token_of(safe, link.id), safe=safe)
    offered = small.database.read(actions.action_list, small.engine, who, small.at, case).actions
    assert {line.trigger for line in offered if line.yours} == {"confirm_days"}
    version = _version(small, case)
    step = Step("inform", {"reason": "Tidak hadir."})
    with pytest.raises(NotYours):
        small.database.write(actions.act, small.engine, who, small.at, case, (step,), version, "k")
    of_guide = small.database.read(links.find, link.id)
    with pytest.raises(CannotForward, match="menunjuk penggantinya"):
        small.database.write(forward, small.engine, safe, of_guide, "Ns. Sari", "Perawat", "s@x.example", small.at)


def with_profile(world: World, **changes: Any) -> None:
    """The agency's profile says something else."""
    office = world.engine.office
    changed = replace(office, profile=msgspec.structs.replace(office.profile, **changes))
    world.engine = replace(world.engine, office=changed)


def mailed(folder: Path, address: str) -> list[str]:
    """What went out to an address."""
    messages = (read_mail(path.read_bytes()) for path in sorted(folder.glob("**/*.eml")))
    return [text_of(message) for message in messages if address in str(message["To"])]


# --- Mail ------------------------------------------------------------------------------------------------------------


def test_each_message_to_the_host_carries_the_same_link_and_code_and_ours_carry_none(
    world: World, tmp_path: Path
) -> None:
    with_addresses(world)
    case = asked(world)
    file_letters(world)
    post = post_by(world, Folder(tmp_path))
    mail_all(world, post)
    world.go_to(date(2026, 3, 16))
    world.sweep()
    mail_all(world, post)
    (row,) = world.all(select(rows))
    assert (row.case_id, row.person_id, row.purpose, row.created_by) == (case, world.ids["contact"], "host", None)
    safe = Safe.of(world.database.address)
    address = f"https://layanan.kemuning.example/mitra/{token_of(safe, row.id)}"
    told = mailed(tmp_path, "contact@kemuning.example")
    letters = [text for text in told if "surat permohonan magang" in text]
    assert (len(letters), len(told) > 2) == (1, True)
    for text in told:
        assert address in text
        assert f"ketikkan kode {code_of(safe, row.id)} pada https://layanan.kemuning.example/mitra\n" in text
    ours = mailed(tmp_path, "nurse@kemuning.example")
    assert ours
    assert not any("/mitra" in text for text in ours)
    sent = world.all(select(link_shares.c.channel, link_shares.c.by).where(link_shares.c.link_id == row.id))
    assert sent == [("mail", None)] * len(told)


def test_no_message_brings_back_a_link_that_was_ended(small: World, tmp_path: Path) -> None:
    with_addresses(small)
    asked(small)
    file_letters(small)
    post = post_by(small, Folder(tmp_path))
    mail_all(small, post)
    (row,) = small.all(select(rows))
    small.database.write(links.revoke, row.id, "Salah alamat.", small.at)
    before = set(mailed(tmp_path, "contact@kemuning.example"))
    small.go_to(date(2026, 3, 16))
    small.sweep()
    mail_all(small, post)
    later = set(mailed(tmp_path, "contact@kemuning.example")) - before
    assert later
    assert not any("/mitra" in text for text in later)
    assert len(small.all(select(rows))) == 1


def test_without_a_site_nothing_is_linked(small: World, tmp_path: Path) -> None:
    with_profile(small, site="")
    with_addresses(small)
    asked(small)
    mail_all(small, post_by(small, Folder(tmp_path)))
    assert mailed(tmp_path, "contact@kemuning.example")
    assert small.all(select(rows)) == []


def test_of_a_cohort_one_link_opens_all_that_are_with_the_partner_and_no_other(world: World, tmp_path: Path) -> None:
    with_addresses(world)
    together = gathered(world, "clerk_1", "clerk_2", "clerk_3").until("request_host")
    mail_all(world, post_by(world, Folder(tmp_path)))
    (row,) = world.all(select(rows))
    assert (row.case_id, row.cohort_id) == (None, together.id)
    safe = Safe.of(world.database.address)
    who = shown(world, token_of(safe, row.id), safe=safe)
    assert who.only == frozenset(together.cases.values())
    first = together.cases["clerk_1"]
    world.fire(first, "decline", "contact", {"reason": "Ruang penuh."})
    world.fire(first, "change_host", "clerk_1", {"host": "unit:DINKES", "section": "Bidang Pelayanan"})
    assert shown(world, token_of(safe, row.id), safe=safe).only == frozenset(together.cases.values()) - {first}


# --- Texts -----------------------------------------------------------------------------------------------------------


def test_whatsapp_opens_a_text_for_a_number_as_it_is_dialled_or_for_whom_one_chooses() -> None:
    assert (
        whatsapp_address("Yth. A & B\n?", "0812-3456 789") == "https://wa.me/628123456789?text=Yth.%20A%20%26%20B%0A%3F"
    )
    assert whatsapp_address("x", "+62 812") == "https://wa.me/62812?text=x"
    assert whatsapp_address("x") == "https://wa.me/?text=x"


def test_a_text_for_the_host_names_one_participant_or_how_many_and_a_reminder_leads_to_the_case() -> None:
    to = Addressed(
        name="dr. Respati",
        agency="Kabupaten Kemuning",
        process="magang antarinstansi",
        subjects=("Ns. Kirana, S.Kep.",),
        address="https://x.example/mitra/T",
        code="AAAA-BBBB-CCCC",
        typed_at="https://x.example/mitra",
        until=date(2026, 5, 17),
    )
    text = partner_text(to)
    assert "untuk Ns. Kirana, S.Kep. Berkasnya" in text
    assert "AAAA-BBBB-CCCC" in text
    assert "17 Mei 2026" in text
    assert "untuk 2 peserta. " in partner_text(replace(to, subjects=("A", "B")))
    reminder = reminder_text(
        "Sriyatun",
        process="Magang",
        task="Setujui",
        subject="Kirana",
        reference="7KQ2-9FXR",
        due_on=date(2026, 3, 4),
        site="https://x.example/",
    )
    assert "https://x.example/berkas/7KQ2-9FXR" in reminder
    assert "4 Maret 2026" in reminder
