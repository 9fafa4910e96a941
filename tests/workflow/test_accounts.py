"""Accounts: passwords, sessions, tickets, the second factor, and how a guesser is slowed; on both databases where SQL matters."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from policies.parameters import Law
from tests import bulk
from tests.accounts import CHEAP, GOOD, SAFE, code_at, give_factor, give_password, give_session, nip_of
from tests.letters_on_their_way import act, letter
from tests.mailing import mail_all, post_by, read_mail, text_of, with_addresses
from tests.mentoring import EVALUATION, LAST_DAY, MENTOR, by_another_law, met, running
from tests.world import World
from workflow.accounts import attempts, second_factor, sessions, signing_in, tickets
from workflow.accounts.account import stored
from workflow.accounts.passwords import Passwords, require_good
from workflow.accounts.safe import CannotOpen, Safe
from workflow.accounts.signing_in import Browser, HasLeft, Sought, WrongNameOrPassword
from workflow.callers import SECOND_FACTOR, SecondFactorNeeded, SessionToken, SignedOut, caller_of
from workflow.engine.steps import Step
from workflow.errors import InvalidForm, NotFound
from workflow.letters.acts import Sign
from workflow.mail.folder import Folder
from workflow.people.person import PeopleError, find_person, leave, rejoin
from workflow.tables import account_events, accounts, effects, people, positions
from workflow.tables import attempts as counted
from workflow.tables import sessions as session_rows
from workflow.tables import tickets as ticket_rows
from workflow.verification import verify

HOME, AWAY = Browser("10.0.0.7", "Firefox di Linux"), Browser("203.0.113.9", "Peramban lain")

Kept = Callable[..., Any]


@pytest.fixture
def kept(world: World) -> Kept:
    """Does something in a unit of its own."""
    return world.database.write


def law(world: World) -> Law:
    return world.engine.office.policies.on(world.at.date())


def seek(world: World, name: str, browser: Browser = HOME) -> Sought:
    return world.database.write(signing_in.seek, world.engine, SAFE, name, browser, world.at)


def enter(world: World, sought: Sought, browser: Browser = HOME) -> signing_in.Entered:
    return world.database.write(signing_in.enter, world.engine, SAFE, sought, browser, world.at)


def who(world: World, token: str, scope: str = "read", at: datetime | None = None) -> str:
    at = at or world.at
    return world.database.read(caller_of, SessionToken(token), scope, at, world.engine.office.day(at)).person_id


def session_of(world: World, person: str, *, second_factor: bool = True) -> str:
    return world.database.write(
        give_session, world.engine.office, world.ids[person], world.at, second_factor=second_factor
    )


# --- Passwords ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("pendek", "paling sedikit 12"),
        ("é" * 101, "terlalu panjang"),
        ("password12345", "mudah ditebak"),
        ("qwertyuiop12", "mudah ditebak"),
        ("199001012015031001", "NIP, nama"),
        ("kirana-di-awan-biru", "NIP, nama"),
        ("awan biru kabupaten contoh", "NIP, nama"),
        ("perahu\nkertas menyeberang", "tidak dapat diketik"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused_with_the_reason(password: str, says: str) -> None:
    about = ["199001012015031001", "Kirana Maheswari", "Kabupaten Contoh"]
    with pytest.raises(InvalidForm, match=says):
        require_good(password, 12, about)


def test_a_long_password_of_plain_words_is_good() -> None:
    require_good(GOOD, 12, ["199001012015031001", "Kirana Maheswari", "Kabupaten Contoh"])


def test_a_password_is_the_same_however_the_keyboard_composes_it() -> None:
    kept = CHEAP.hashed("kafe\u0301 di tepi danau")
    assert CHEAP.checked("kaf\u00e9 di tepi danau", kept) == (True, None)
    assert CHEAP.checked("kafe di tepi danau", kept)[0] is False


def test_a_hash_of_weaker_making_is_replaced_at_the_next_sign_in() -> None:
    is_right, better = Passwords(rounds=2, memory=64, lanes=1).checked(GOOD, CHEAP.hashed(GOOD))
    assert is_right
    assert better is not None


def test_nobody_s_password_is_no_password_and_takes_the_same_work() -> None:
    assert CHEAP.checked(GOOD, None) == (False, None)
    assert CHEAP.checked(GOOD, "no hash at all") == (False, None)


# --- Signing in --------------------------------------------------------------------------------------------------------


def test_somebody_signs_in_by_nip_or_by_mail_address(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(email="perawat@contoh.example")))
    for name in (kept(nip_of, nurse), "  Perawat@Contoh.example "):
        sought = seek(world, name)
        assert (sought.person_id, CHEAP.checked(GOOD, sought.kept)[0]) == (nurse, True)
        assert who(world, enter(world, sought).token) == nurse


@pytest.mark.parametrize(
    "typed",
    [
        "Galuh Candrakirana",
        "galuh  candrakirana ",
        "dr. Galuh Candrakirana, Sp.PD",
        "GALUH CANDRAKIRANA, Sp.PD.",
        "Dr Galuh Candrakirana",
    ],
)
@pytest.mark.parametrize("kept_name", ["Galuh Candrakirana", "dr. Galuh Candrakirana, Sp.PD."])
def test_somebody_signs_in_by_their_whole_name_with_or_without_titles(
    world: World, kept: Kept, typed: str, kept_name: str
) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(name=kept_name)))
    sought = seek(world, typed)
    assert (sought.person_id, CHEAP.checked(GOOD, sought.kept)[0]) == (nurse, True)


@pytest.mark.parametrize(
    "typed", ["Galuh", "Candrakirana", "Galuh Candra", "galuh%", "Sp.PD.", "dr.", ",", "Galuh_Candrakirana"]
)
def test_a_part_of_a_name_is_nobody_s(world: World, kept: Kept, typed: str) -> None:
    nurse = world.ids["nurse"]
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(name="Galuh Candrakirana")))
    assert seek(world, typed).person_id is None


def test_a_name_that_two_have_is_nobody_s_until_one_of_them_has_left(world: World, kept: Kept) -> None:
    nurse, other = world.ids["nurse"], world.ids["second_nurse"]
    kept(give_password, nurse, world.at)
    kept(
        lambda c: c.execute(
            update(people).where(people.c.id.in_([nurse, other])).values(name="Galuh Candrakirana", back_title="")
        )
    )
    kept(lambda c: c.execute(update(people).where(people.c.id == other).values(front_title="Ns.")))
    sought = seek(world, "Galuh Candrakirana")
    assert (sought.person_id, sought.kept) == (None, None)
    with pytest.raises(WrongNameOrPassword):
        enter(world, sought)
    kept(leave, other, world.engine.office.day(world.at))
    assert seek(world, "Galuh Candrakirana").person_id == nurse


def test_an_abbreviated_name_is_taken_as_it_stands_where_somebody_has_it(world: World, kept: Kept) -> None:
    nurse, other = world.ids["nurse"], world.ids["second_nurse"]
    for person, name in ((nurse, "M. Yusuf"), (other, "Yusuf")):
        kept(lambda c, p=person, n=name: c.execute(update(people).where(people.c.id == p).values(name=n)))
    assert seek(world, "m. yusuf").person_id == nurse
    assert seek(world, "yusuf").person_id == other


def test_guesses_by_nip_and_by_name_count_together_and_lock_out_nobody_elsewhere(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(name="Galuh Candrakirana")))
    guess(world, kept(nip_of, nurse), AWAY, 2)
    guess(world, "galuh candrakirana", AWAY, 2)
    guess(world, "dr. Galuh Candrakirana", AWAY, 1)
    with pytest.raises(attempts.GuessedTooOften):
        seek(world, "Galuh Candrakirana", AWAY)
    assert enter(world, seek(world, "Galuh Candrakirana", HOME)).person_id == nurse


def test_who_answers_for_a_partner_signs_in_by_no_name(world: World, kept: Kept) -> None:
    named = kept(lambda c: c.execute(select(people).where(people.c.kind == "contact")).first())
    assert named is not None
    assert seek(world, named.name).person_id is None


def test_an_unknown_name_is_answered_as_a_wrong_password_is(world: World, kept: Kept) -> None:
    kept(give_password, world.ids["nurse"], world.at)
    for name in (
        "199912312025031999",
        "tak.dikenal@contoh.example",
        kept(nip_of, world.ids["verifier"]),
        "' or 1=1",
        "Tak Dikenal",
    ):
        sought = seek(world, name)
        assert sought.kept is None
        with pytest.raises(WrongNameOrPassword):
            enter(world, sought)


def test_a_password_changed_while_the_hash_was_worked_out_lets_nobody_in(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    sought = seek(world, kept(nip_of, nurse))
    kept(signing_in.change_password, nurse, sought.kept, CHEAP.hashed("lain sekali kata sandinya"), world.at)
    with pytest.raises(WrongNameOrPassword):
        enter(world, sought)


def test_who_has_left_does_not_sign_in_and_is_in_no_session_any_more(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    token = session_of(world, "nurse")
    kept(leave, nurse, world.engine.office.day(world.at))
    with pytest.raises(SignedOut):
        who(world, token)
    with pytest.raises(HasLeft):
        enter(world, seek(world, kept(nip_of, nurse)))
    kept(rejoin, nurse)
    with pytest.raises(SignedOut, match="berakhir"):
        who(world, token)


# --- Guessing ----------------------------------------------------------------------------------------------------------


def guess(world: World, name: str, browser: Browser, times: int) -> None:
    for _ in range(times):
        seek(world, name, browser)


def test_a_guesser_is_slowed_and_never_locked_out(world: World, kept: Kept) -> None:
    name = kept(nip_of, world.ids["nurse"])
    guess(world, name, AWAY, 5)
    for wait in (1, 2, 4):
        world.at += timedelta(seconds=wait)
        guess(world, name, AWAY, 1)
        with pytest.raises(attempts.GuessedTooOften) as slowed:
            guess(world, name, AWAY, 1)
        assert slowed.value.more["wait"] == 2 * wait
    world.at += timedelta(days=1)
    guess(world, name, AWAY, 5)


def test_a_guesser_waits_no_longer_than_the_bound(world: World, kept: Kept) -> None:
    name, longest = kept(nip_of, world.ids["nurse"]), timedelta(minutes=15)
    for _ in range(30):
        guess(world, name, AWAY, 1)
        world.at += longest


def test_an_unknown_name_is_slowed_like_a_known_one(world: World) -> None:
    guess(world, "tak.dikenal@contoh.example", AWAY, 5)
    with pytest.raises(attempts.GuessedTooOften):
        guess(world, "TAK.dikenal@contoh.example ", AWAY, 2)


def test_nobody_locks_out_a_colleague_elsewhere_or_in_a_browser_that_is_known(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    name = kept(nip_of, nurse)
    known = Browser(AWAY.network, "Firefox di Linux", enter(world, seek(world, name)).mark)
    with pytest.raises(attempts.GuessedTooOften):
        guess(world, name, AWAY, 20)
    assert enter(world, seek(world, name, HOME)).person_id == nurse
    assert enter(world, seek(world, name, known)).person_id == nurse


def test_a_mark_is_good_for_its_own_person_alone_and_is_slowed_too(world: World, kept: Kept) -> None:
    nurse, verifier = world.ids["nurse"], world.ids["verifier"]
    mark = signing_in.new_mark(SAFE, nurse)
    assert signing_in.is_mark_of(SAFE, mark, nurse)
    assert not signing_in.is_mark_of(SAFE, mark, verifier)
    assert not signing_in.is_mark_of(Safe(b"o" * 32), mark, nurse)
    assert not signing_in.is_mark_of(SAFE, "", nurse)
    assert not signing_in.is_mark_of(SAFE, ".ü", nurse)
    known = Browser(AWAY.network, "", mark)
    with pytest.raises(attempts.GuessedTooOften):
        guess(world, kept(nip_of, nurse), known, 20)


def test_a_network_from_which_many_names_are_tried_is_slowed(world: World) -> None:
    for number in range(50):
        seek(world, f"nomor{number}@contoh.example", AWAY)
    with pytest.raises(attempts.GuessedTooOften) as slowed:
        seek(world, "nomor51@contoh.example", AWAY)
    assert slowed.value.more["wait"] <= 60
    seek(world, "nomor99@contoh.example", HOME)


def test_a_right_password_forgives_what_was_guessed_before(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    name = kept(nip_of, nurse)
    for _ in range(4):
        guess(world, name, HOME, 4)
        enter(world, seek(world, name))


def test_guesses_are_forgotten(world: World, kept: Kept) -> None:
    guess(world, "siapa@contoh.example", AWAY, 1)
    kept(attempts.forget_old, world.at + timedelta(hours=2))
    assert kept(lambda c: c.execute(select(counted)).all()) == []


# --- Sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_ends_after_an_idle_hour_and_after_a_day_at_work(world: World, kept: Kept) -> None:
    token = session_of(world, "nurse")
    assert who(world, token, at=world.at + timedelta(minutes=59))
    with pytest.raises(SignedOut):
        who(world, token, at=world.at + timedelta(minutes=60))
    caller = world.database.read(caller_of, SessionToken(token), "read", world.at, world.at.date())
    for minutes in range(30, 721, 30):
        kept(sessions.note_seen, caller.session_id, world.at + timedelta(minutes=minutes))
    with pytest.raises(SignedOut):
        who(world, token, at=world.at + timedelta(minutes=720))
    assert who(world, token, at=world.at + timedelta(minutes=719))


def test_a_session_that_is_ended_is_over_at_once(world: World, kept: Kept) -> None:
    token = session_of(world, "nurse")
    kept(sessions.end_token, token, world.at)
    with pytest.raises(SignedOut):
        who(world, token)
    with pytest.raises(SignedOut):
        who(world, "x" * 43)


def test_sessions_are_listed_and_ended_one_by_one_or_all_but_this(world: World, kept: Kept) -> None:
    here, phone, office = (session_of(world, "nurse") for _ in range(3))
    nurse = world.ids["nurse"]
    caller = world.database.read(caller_of, SessionToken(here), "read", world.at, world.at.date())
    lines = kept(sessions.open_sessions, nurse, world.at)
    assert len(lines) == 3
    other = next(line.id for line in lines if line.id != caller.session_id)
    with pytest.raises(NotFound):
        kept(sessions.end, world.ids["verifier"], other, world.at)
    kept(sessions.end, nurse, other, world.at)
    assert len(kept(sessions.open_sessions, nurse, world.at)) == 2
    assert kept(sessions.end_all, nurse, world.at, besides=caller.session_id) == 1
    assert who(world, here) == nurse
    for token in (phone, office):
        with pytest.raises(SignedOut):
            who(world, token)


def test_of_a_token_only_a_hash_is_kept(world: World, kept: Kept) -> None:
    token = session_of(world, "nurse")
    assert token not in str(kept(lambda c: c.execute(select(session_rows)).all()))


def test_sessions_over_long_ago_are_forgotten(world: World, kept: Kept) -> None:
    session_of(world, "nurse")
    kept(sessions.forget_old, world.at + timedelta(days=20))
    assert kept(lambda c: len(c.execute(select(session_rows)).all())) == 1
    kept(sessions.forget_old, world.at + timedelta(days=40))
    assert kept(lambda c: len(c.execute(select(session_rows)).all())) == 0


# --- Tickets -----------------------------------------------------------------------------------------------------------


def test_a_printed_code_is_read_however_it_is_typed_and_works_once(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    code = kept(tickets.print_code, world.engine.office, SAFE, nurse, world.at)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    hash_ = CHEAP.hashed(GOOD)
    assert kept(tickets.look_up, SAFE, typed, world.at).person_id == nurse
    kept(signing_in.set_password, world.engine, SAFE, typed, hash_, world.at)
    with pytest.raises(tickets.NoTicket):
        kept(signing_in.set_password, world.engine, SAFE, code, hash_, world.at)


def test_a_new_code_ends_the_old_and_each_expires(world: World, kept: Kept) -> None:
    office, nurse = world.engine.office, world.ids["nurse"]
    old = kept(tickets.print_code, office, SAFE, nurse, world.at)
    new = kept(tickets.print_code, office, SAFE, nurse, world.at)
    with pytest.raises(tickets.NoTicket):
        kept(tickets.look_up, SAFE, old, world.at)
    assert kept(tickets.look_up, SAFE, new, world.at + timedelta(days=3, seconds=-1))
    with pytest.raises(tickets.NoTicket):
        kept(tickets.look_up, SAFE, new, world.at + timedelta(days=3))


def test_setting_a_password_ends_every_session_and_every_other_ticket(world: World, kept: Kept) -> None:
    office, nurse = world.engine.office, world.ids["nurse"]
    token = session_of(world, "nurse")
    code = kept(tickets.print_code, office, SAFE, nurse, world.at)
    person = kept(find_person, nurse)
    kept(tickets.mail_reset, office, SAFE, person, world.at)
    kept(signing_in.set_password, world.engine, SAFE, code, CHEAP.hashed(GOOD), world.at)
    with pytest.raises(SignedOut):
        who(world, token)
    live = select(ticket_rows).where(ticket_rows.c.used_at.is_(None), ticket_rows.c.ended_at.is_(None))
    assert kept(lambda c: c.execute(live).all()) == []


def test_an_invitation_goes_by_mail_and_only_its_hash_stays_with_the_ticket(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(email="perawat@contoh.example")))
    assert kept(tickets.invite, world.engine.office, SAFE, nurse, world.at) == "perawat@contoh.example"
    payload = kept(lambda c: c.execute(select(effects.c.payload).where(effects.c.subject_id == nurse)).scalar_one())
    link = payload.partition('"link": "')[2].partition('"')[0]
    code = link.rpartition("/aktivasi/")[2]
    assert len(code) == 43
    assert code not in str(kept(lambda c: c.execute(select(ticket_rows)).all()))
    assert kept(tickets.look_up, SAFE, code, world.at).purpose == tickets.ACTIVATION


def test_nobody_without_an_address_or_who_has_left_is_invited(world: World, kept: Kept) -> None:
    office, nurse = world.engine.office, world.ids["nurse"]
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(email=None)))
    with pytest.raises(PeopleError, match="print-code"):
        kept(tickets.invite, office, SAFE, nurse, world.at)
    kept(leave, nurse, office.day(world.at))
    with pytest.raises(PeopleError, match="tercatat keluar"):
        kept(tickets.print_code, office, SAFE, nurse, world.at)


def test_asking_for_a_link_tells_a_stranger_nothing_and_ends_no_activation(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(lambda c: c.execute(update(people).where(people.c.id == nurse).values(email="perawat@contoh.example")))
    kept(give_password, nurse, world.at)
    code = kept(tickets.print_code, world.engine.office, SAFE, nurse, world.at)
    owed = select(effects).where(effects.c.kind == "message", effects.c.payload.contains("/aktivasi/"))
    for name, mails in (("siapa@contoh.example", 0), ("perawat@contoh.example", 1)):
        kept(signing_in.ask_for_link, world.engine, SAFE, name, HOME, world.at)
        assert kept(lambda c: len(c.execute(owed).all())) == mails
    assert kept(tickets.look_up, SAFE, code, world.at)


def test_the_link_is_mailed_as_plain_text_and_not_kept_once_it_was_sent(one_world: World, tmp_path: Path) -> None:
    world, nurse = with_addresses(one_world), one_world.ids["nurse"]
    world.database.write(tickets.invite, world.engine.office, SAFE, nurse, world.at)
    assert mail_all(world, post_by(world, Folder(tmp_path / "surel"))) == 1
    (sent,) = (tmp_path / "surel").rglob("*.eml")
    text = text_of(read_mail(sent.read_bytes()))
    link = next(line for line in text.splitlines() if "/aktivasi/" in line)
    assert world.database.read(tickets.look_up, SAFE, link.rpartition("/")[2], world.at).person_id == nurse
    payload = world.database.read(lambda c: c.execute(select(effects.c.payload)).scalar_one())
    assert "/aktivasi/" not in payload


# --- Many at once, by a session ----------------------------------------------------------------------------------------


def test_a_session_that_is_ended_does_no_more_of_what_was_ordered_in_it(world: World, kept: Kept) -> None:
    several = bulk.waiting(world, 3)
    token = session_of(world, bulk.HEAD)
    caller = world.database.read(caller_of, SessionToken(token), "act", world.at, world.engine.office.day(world.at))
    act = bulk.ordered(world, several, Step("endorse", {}, ()), caller)
    bulk.run_one(world, act.id)
    world.at += timedelta(hours=2)  # nobody looks any more, and it goes on
    bulk.run_one(world, act.id)
    kept(sessions.end_token, token, world.at)
    bulk.run(world)
    found = bulk.lines(world, act.id)
    assert [found[case].outcome for case in several] == ["done", "done", "refused"]
    assert "Sesi yang dipakai" in found[several[2]].detail


# --- The second factor -------------------------------------------------------------------------------------------------


def test_whoever_signs_or_administers_may_do_nothing_before_the_second_factor(world: World) -> None:
    for person in ("secretary", "administrator"):
        token = session_of(world, person, second_factor=False)
        for scope in ("read", "act", "letters"):
            with pytest.raises(SecondFactorNeeded):
                who(world, token, scope)
        assert who(world, token, SECOND_FACTOR) == world.ids[person]
    assert who(world, session_of(world, "nurse", second_factor=False), "act") == world.ids["nurse"]


@pytest.mark.parametrize("structural", [True, False])
def test_a_structural_post_that_never_signs_needs_one_where_the_agency_says_so(
    world: World, kept: Kept, *, structural: bool
) -> None:
    """She heads a part of the hospital, and no unit."""
    head = world.ids["nursing_head"]
    kept(lambda c: c.execute(update(positions).where(positions.c.holder_id == head).values(echelon="III.a")))
    credential, on = SessionToken(session_of(world, "nursing_head", second_factor=False)), world.at.date()
    with pytest.raises(SecondFactorNeeded) if structural else nullcontext():
        world.database.read(caller_of, credential, "read", world.at, on, structural=structural)


def test_an_agency_s_own_rules_say_whether_every_structural_post_needs_one(world: World, tmp_path: Path) -> None:
    assert second_factor.asks_structural_posts(world.engine.office, world.at)
    says = '[factor_structural]\nsays = "Uji"\nunit = "ya"\n'
    narrower = f'{says}since = [{{ from = 2020-01-01, value = 0, by = "Praktik daerah" }}]\n'
    theirs = by_another_law(world, tmp_path, narrower, file="accounts.toml")
    assert not second_factor.asks_structural_posts(theirs.engine.office, world.at)


def test_whoever_heads_a_unit_needs_one_whatever_the_agency_says(world: World) -> None:
    for person in ("hospital_head", "regent"):
        credential = SessionToken(session_of(world, person, second_factor=False))
        with pytest.raises(SecondFactorNeeded):
            world.database.read(caller_of, credential, "read", world.at, world.at.date(), structural=False)


def test_whoever_a_letter_waits_for_gives_one_first_whatever_their_post(world: World) -> None:
    """A mentor and a mentee sign their report one after the other; neither holds a post."""
    tokens = {person: session_of(world, person, second_factor=False) for person in ("nurse", MENTOR)}
    case = running(world)
    met(world, case, *(date(2026, month, day) for month, day in ((3, 10), (3, 17), (4, 7), (4, 21), (5, 5))))
    world.go_to(LAST_DAY + timedelta(days=1))
    world.sweep()
    for person in tokens:
        world.fire(case, "evaluate", person, EVALUATION)
    tokens = {person: session_of(world, person, second_factor=False) for person in tokens}
    assert {person: who(world, token) for person, token in tokens.items()} == {p: world.ids[p] for p in tokens}
    world.fire(case, "certify", "verifier")
    report = letter(world, case, "mentoring_report")
    with pytest.raises(SecondFactorNeeded):
        who(world, tokens[MENTOR])
    assert who(world, tokens["nurse"]) == world.ids["nurse"]
    act(world, report, Sign(), MENTOR)
    assert who(world, tokens[MENTOR]) == world.ids[MENTOR]
    with pytest.raises(SecondFactorNeeded):
        who(world, tokens["nurse"])


def test_whoever_has_set_one_up_gives_it_although_nothing_demands_it(world: World, kept: Kept) -> None:
    kept(give_factor, SAFE, world.ids["nurse"], world.at)
    with pytest.raises(SecondFactorNeeded):
        who(world, session_of(world, "nurse", second_factor=False))


def test_a_code_is_taken_once_and_none_older_after_it(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    secret, _ = kept(give_factor, SAFE, nurse, world.at)
    now, before = code_at(secret, world.at), code_at(secret, world.at - timedelta(seconds=30))
    kept(second_factor.check, SAFE, nurse, f"{now[:3]} {now[3:]}", world.at)
    for code in (now, before):
        with pytest.raises(InvalidForm, match="sudah dipakai"):
            kept(second_factor.check, SAFE, nurse, code, world.at)
    with pytest.raises(InvalidForm, match="tidak cocok"):
        kept(second_factor.check, SAFE, nurse, code_at(secret, world.at + timedelta(minutes=5)), world.at)
    later = world.at + timedelta(seconds=60)
    kept(second_factor.check, SAFE, nurse, code_at(secret, later), later)


def test_a_recovery_code_works_once_and_for_its_owner_alone(world: World, kept: Kept) -> None:
    nurse, verifier = world.ids["nurse"], world.ids["verifier"]
    _, codes = kept(give_factor, SAFE, nurse, world.at)
    kept(give_factor, SAFE, verifier, world.at)
    with pytest.raises(InvalidForm):
        kept(second_factor.check, SAFE, verifier, codes[0], world.at)
    kept(second_factor.check, SAFE, nurse, codes[0].lower(), world.at)
    with pytest.raises(InvalidForm):
        kept(second_factor.check, SAFE, nurse, codes[0], world.at)
    assert kept(second_factor.codes_left, nurse) == len(codes) - 1


def test_the_secret_lies_sealed_for_its_owner(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    secret, _ = kept(give_factor, SAFE, nurse, world.at)
    sealed = kept(stored, nurse)["factor"]
    assert secret not in sealed
    assert SAFE.opened(nurse, sealed) == secret
    for safe, whose in ((Safe(b"o" * 32), nurse), (SAFE, world.ids["verifier"])):
        with pytest.raises(CannotOpen, match="JENJANG_KEYS"):
            safe.opened(whose, sealed)


def test_a_lost_telephone_ends_all_sessions_and_the_codes(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_factor, SAFE, nurse, world.at)
    token = session_of(world, "nurse")
    kept(second_factor.remove, nurse, world.at)
    with pytest.raises(SignedOut):
        who(world, token)
    assert (kept(second_factor.has_factor, nurse), kept(second_factor.codes_left, nurse)) == (False, 0)


# --- The log -----------------------------------------------------------------------------------------------------------


def findings(world: World) -> list[str]:
    def look(conn: Connection) -> list[str]:
        (checked,) = verify(conn, world.engine.registry, world.engine.office.policies, ("accounts",))
        return [finding.says for finding in checked.findings]

    return world.database.read(look)


@pytest.mark.parametrize(
    "meddle",
    [
        update(accounts).values(password_hash=CHEAP.hashed("punya orang lain sekarang")),
        update(accounts).values(factor="diganti"),
        update(account_events).where(account_events.c.sequence == 1).values(payload="{}"),
        update(accounts).values(version=1),
    ],
    ids=["password", "factor", "event", "end"],
)
def test_a_secret_that_is_swapped_past_the_program_is_found(one_world: World, meddle: Any) -> None:
    world, nurse = one_world, one_world.ids["nurse"]
    world.database.write(give_password, nurse, world.at)
    world.database.write(give_factor, SAFE, nurse, world.at)
    assert findings(world) == []
    world.database.write(lambda c: c.execute(meddle))
    assert findings(world)


def test_a_log_that_was_kept_holds(world: World, kept: Kept) -> None:
    nurse = world.ids["nurse"]
    kept(give_password, nurse, world.at)
    kept(give_factor, SAFE, nurse, world.at)
    enter(world, seek(world, kept(nip_of, nurse)))
    kept(second_factor.remove, nurse, world.at)
    assert findings(world) == []
