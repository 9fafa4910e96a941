"""People and what they may be asked for: leaving, groups, mandates, absences, keys, and a fresh agency."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select

from policies.parameters import Policies
from tests.exports import AT, ON, SAMPLE, as_csv, connection, nip, person, post, under
from workflow.callers import Key, Unauthenticated, caller_of
from workflow.imports import import_partners, import_staff
from workflow.letters.profile import SHIPPED_PROFILE, ProfileError
from workflow.office import REGENT
from workflow.people import (
    GROUPS,
    By,
    PeopleError,
    Terms,
    Today,
    UnknownPerson,
    add_to_group,
    find_person,
    issue_key,
    leave,
    members,
    propose_mandate,
    record_absence,
    remove_from_group,
    revoke_key,
    revoke_mandate,
    set_regent,
    setup_agency,
    stored_profile,
    vacate_due,
)
from workflow.tables import absences, agency, api_keys, group_members, mandates, people, positions, units

PROFILE = SHIPPED_PROFILE.read_text(encoding="utf-8")


@pytest.fixture
def conn() -> Iterator[Connection]:
    """A small unit: director (1), head of division (2) and two nurses (3, 4) who share an address."""
    rows = [
        post(1, "Direktur", ESELON="II.b"),
        post(2, "Kepala Bidang", 1, ESELON="III.b"),
        under(3, 2, EMAIL="poli@contoh.example", GELAR_DEPAN="Ns.", GELAR_BELAKANG="S.Kep."),
        under(4, 2, EMAIL="poli@contoh.example"),
    ]
    with connection() as conn:
        assert import_staff(conn, as_csv(*rows), "pegawai.csv", at=AT, on=ON).written
        yield conn


@pytest.fixture
def sample() -> Iterator[Connection]:
    with connection() as conn:
        import_staff(conn, (SAMPLE / "pegawai.csv").read_bytes(), "pegawai.csv", at=AT, on=ON)
        import_partners(conn, (SAMPLE / "mitra.csv").read_bytes(), "mitra.csv", at=AT, on=ON)
        yield conn


def position(conn: Connection, title: str) -> Any:
    return conn.execute(select(positions).where(positions.c.title == title)).one()


# --- Finding and leaving ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [nip(3), "19880214 201503 2 003", f"'{nip(3)}"])
def test_a_person_is_found_by_nip_in_any_form(conn: Connection, text: str) -> None:
    assert find_person(conn, text).full_name == "Ns. Pegawai D, S.Kep."


def test_a_person_is_found_by_id_and_by_exact_address(conn: Connection) -> None:
    found = find_person(conn, "Pegawai.1@contoh.example")
    assert (found.nip, find_person(conn, found.id)) == (nip(1), found)


def test_an_address_of_two_people_names_both_and_one_of_them_leaving_settles_it(conn: Connection) -> None:
    with pytest.raises(UnknownPerson, match=f"{nip(3)}.*{nip(4)}"):
        find_person(conn, "poli@contoh.example")
    leave(conn, nip(3), ON)
    assert find_person(conn, "poli@contoh.example").nip == nip(4)


@pytest.mark.parametrize("text", [nip(99), "siapa@contoh.example", "bukan siapa-siapa", "12345"])
def test_nobody_is_told_as_nobody(conn: Connection, text: str) -> None:
    with pytest.raises(UnknownPerson):
        find_person(conn, text)


def test_who_leaves_makes_room(conn: Connection) -> None:
    assert leave(conn, nip(1), ON).left_on == ON
    assert position(conn, "Direktur").holder_id is None


def test_who_leaves_later_keeps_the_post_until_that_day(conn: Connection) -> None:
    day = ON + timedelta(days=10)
    leave(conn, nip(1), day, today=ON)
    assert vacate_due(conn, day - timedelta(days=1)) == 0
    assert position(conn, "Direktur").holder_id is not None
    assert vacate_due(conn, day) == 1
    assert position(conn, "Direktur").holder_id is None


@pytest.mark.parametrize(
    ("on", "why"),
    [
        (date(1, 1, 1), r"baru diangkat tahun \d{4}"),
        (date(1990, 1, 1), r"baru diangkat tahun \d{4}"),
        (date(2099, 1, 1), "berumur"),
        (date(9999, 12, 31), "batas usia pensiun"),
    ],
)
def test_nobody_leaves_before_their_appointment_or_long_after_their_pension(
    conn: Connection, on: date, why: str
) -> None:
    with pytest.raises(PeopleError, match=why):
        leave(conn, nip(3), on)
    assert find_person(conn, nip(3)).left_on is None


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_contact_does_not_leave_in_another_age(sample: Connection, on: date) -> None:
    contact = sample.execute(select(people.c.id).where(people.c.kind == "contact").limit(1)).scalar_one()
    with pytest.raises(PeopleError, match="di luar tahun 1945 sampai 2100"):
        leave(sample, contact, on)


@pytest.mark.parametrize(
    ("from_on", "until_on"),
    [(date(2026, 1, 1), date(2062, 1, 1)), (date(1, 1, 1), date(2, 1, 1)), (date(2026, 1, 1), date(9999, 1, 1))],
)
def test_an_absence_or_a_mandate_of_another_age_is_refused(conn: Connection, from_on: date, until_on: date) -> None:
    with pytest.raises(PeopleError, match="Periksa tahunnya"):
        record_absence(conn, nip(3), from_on, until_on, "Cuti", at=AT)
    with pytest.raises(PeopleError, match="Periksa tahunnya"):
        lend(conn, from_on=from_on, until_on=until_on, basis_on=from_on)


def test_an_absence_is_recorded_with_both_days(conn: Connection) -> None:
    absence = record_absence(conn, nip(3), date(2026, 3, 2), date(2026, 3, 6), "  Cuti  tahunan ", at=AT)
    row = conn.execute(select(absences)).one()
    assert (row.id, row.from_on, row.until_on, row.reason) == (
        absence,
        date(2026, 3, 2),
        date(2026, 3, 6),
        "Cuti tahunan",
    )


@pytest.mark.parametrize(
    ("until", "why"), [(date(2026, 3, 1), "Cuti"), (date(2026, 3, 3), " "), (date(2026, 3, 3), "a" * 201)]
)
def test_an_absence_that_cannot_be_is_refused(conn: Connection, until: date, why: str) -> None:
    with pytest.raises(PeopleError):
        record_absence(conn, nip(3), date(2026, 3, 2), until, why, at=AT)


# --- The regent ------------------------------------------------------------------------------------------------------


def test_the_regent_stands_above_the_one_head_who_answers_to_nobody(conn: Connection) -> None:
    set_regent(conn, "Ratna Kencana", "Bupati Kemuning", AT)
    assert position(conn, "Direktur").superior_id == REGENT
    assert conn.execute(select(people.c.superior_position_id).where(people.c.nip == nip(1))).scalar_one() == REGENT


def test_a_regent_with_a_new_title_is_the_same_and_a_new_name_is_a_successor(conn: Connection) -> None:
    first = set_regent(conn, "Ratna Kencana", "Bupati Kemuning", AT)
    assert set_regent(conn, "Ratna Kencana", "Penjabat Bupati Kemuning", AT) == first
    second = set_regent(conn, "Surya Dharma", "Bupati Kemuning", AT)
    assert second != first
    assert conn.execute(select(positions.c.holder_id, positions.c.title).where(positions.c.id == REGENT)).one() == (
        second, "Bupati Kemuning",
    )  # fmt: skip
    assert find_person(conn, first).left_on == ON


# --- Groups ----------------------------------------------------------------------------------------------------------


def test_members_come_and_go(conn: Connection) -> None:
    add_to_group(conn, "auditor", nip(3))
    add_to_group(conn, "auditor", nip(3))
    add_to_group(conn, "personnel_officer", nip(4), "RSUD")
    assert members(conn, "auditor") == (find_person(conn, nip(3)).id,)
    assert members(conn, "personnel_officer", "RSUD") == (find_person(conn, nip(4)).id,)
    remove_from_group(conn, "auditor", nip(3))
    assert members(conn, "auditor") == ()


def test_who_has_left_is_no_member_any_more(conn: Connection) -> None:
    add_to_group(conn, "auditor", nip(3))
    leave(conn, nip(3), date(2026, 4, 1))
    assert members(conn, "auditor") == ()
    assert len(members(conn, "auditor", on=date(2026, 3, 31))) == 1
    assert members(conn, "auditor", on=date(2026, 4, 1)) == ()


@pytest.mark.parametrize(
    ("group", "unit", "says"),
    [
        ("auditors", "", "bkpsdm.verifier"),
        ("auditor", "RSUD", "seluruh instansi"),
        ("personnel_officer", "", "kode unit"),
        ("personnel_officer", "XX", "tidak dikenal"),
    ],
)
def test_a_group_that_is_none_is_refused(conn: Connection, group: str, unit: str, says: str) -> None:
    with pytest.raises(PeopleError, match=says):
        add_to_group(conn, group, nip(3), unit)


def test_a_partners_contact_joins_no_group(sample: Connection) -> None:
    with pytest.raises(PeopleError, match="narahubung"):
        add_to_group(sample, "auditor", "diklat@rsup-telaga.example")


def test_taking_out_who_is_not_in_is_told(conn: Connection) -> None:
    with pytest.raises(PeopleError, match="bukan anggota"):
        remove_from_group(conn, "auditor", nip(3))


# --- Mandates --------------------------------------------------------------------------------------------------------


LAW = Policies.load().on(AT.date())
NOW = Today(AT, AT.date(), LAW)
CLERK = By("petugas", "Petugas")


def lend(conn: Connection, **changes: Any) -> str:
    if conn.execute(select(group_members).where(group_members.c.person_id == CLERK.id)).first() is None:
        conn.execute(insert(people).values(id=CLERK.id, kind="staff", name=CLERK.name))
        conn.execute(insert(group_members).values(group_name="administrator", person_id=CLERK.id))
    terms = {
        "kind": "plh",
        "position_id": position(conn, "Direktur").id,
        "receiver": nip(2),
        "from_on": date(2026, 3, 10),
        "until_on": date(2026, 3, 20),
        "scope": "*",
        "basis_number": "800/12/2026",
        "basis_on": date(2026, 3, 9),
    }
    return propose_mandate(conn, Terms(**{**terms, **changes}), CLERK, NOW)


def take_back(conn: Connection, mandate: str, on: date) -> None:
    revoke_mandate(conn, mandate, on, CLERK, NOW)


def test_a_mandate_is_recorded_and_revoked(conn: Connection) -> None:
    mandate = lend(conn, kind="Mandat", scope="internship, mentoring")
    row = conn.execute(select(mandates)).one()
    assert (row.id, row.kind, row.scope, row.revoked_on) == (mandate, "mandat", "internship,mentoring", None)
    take_back(conn, mandate, date(2026, 3, 15))
    with pytest.raises(PeopleError, match="sudah dicabut"):
        take_back(conn, mandate, date(2026, 3, 16))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "pjs"}, "Jenis pelimpahan"),
        ({"scope": "semua hal"}, "Cakupan"),
        ({"scope": ""}, "Cakupan"),
        ({"until_on": date(2026, 3, 9)}, "berakhir"),
        ({"basis_number": " "}, "Nomor surat"),
        ({"basis_on": date(2026, 3, 11)}, "surut"),
        ({"receiver": nip(1)}, "sendiri memegang"),
        ({"receiver": nip(77)}, "belum dikenal"),
        ({"position_id": "tidak-ada"}, "tidak dikenal"),
        ({"kind": "plt"}, "tidak kosong"),
        ({"kind": "pj"}, "tidak kosong"),
    ],
)
def test_a_mandate_that_cannot_be_is_refused(conn: Connection, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(PeopleError, match=says):
        lend(conn, **changes)
    assert conn.execute(select(func.count()).select_from(mandates)).scalar_one() == 0


@pytest.mark.parametrize(("kind", "other"), [("plt", "pj"), ("pj", "plt")])
def test_a_vacant_post_takes_one_acting_holder(conn: Connection, kind: str, other: str) -> None:
    leave(conn, nip(1), date(2026, 3, 1))
    assert lend(conn, kind=kind)
    with pytest.raises(PeopleError, match="sudah dijalankan"):
        lend(conn, kind=other, receiver=nip(3))


def test_a_post_has_one_stand_in_at_a_time(conn: Connection) -> None:
    first = lend(conn)
    with pytest.raises(PeopleError, match="sudah dijalankan"):
        lend(conn, receiver=nip(3), from_on=date(2026, 3, 20), until_on=date(2026, 3, 25))
    assert lend(conn, receiver=nip(3), from_on=date(2026, 3, 21), until_on=date(2026, 3, 25))
    assert lend(conn, kind="mandat", receiver=nip(3))
    take_back(conn, first, date(2026, 3, 10))
    assert lend(conn, receiver=nip(4))


def test_who_has_left_receives_no_mandate(conn: Connection) -> None:
    leave(conn, nip(2), date(2026, 3, 15))
    with pytest.raises(PeopleError, match="keluar sejak"):
        lend(conn)


# --- Keys ------------------------------------------------------------------------------------------------------------


def test_a_key_opens_for_its_person_and_is_stored_as_a_hash_alone(conn: Connection) -> None:
    key = issue_key(conn, nip(3), "Telepon", ["act", "read"], AT)
    holder = caller_of(conn, Key(key), "read", AT, ON)
    assert key.startswith("jj_")
    assert len(key) >= 46
    assert (holder.person_id, holder.kind, holder.scopes) == (
        find_person(conn, nip(3)).id,
        "staff",
        frozenset({"read", "act"}),
    )
    assert key not in str(conn.execute(select(api_keys)).all())


def test_a_key_opens_nothing_once_expired_revoked_or_its_holder_gone(conn: Connection) -> None:
    later = AT + timedelta(hours=1)
    expiring = issue_key(conn, nip(3), "sehari", ["read"], AT, later)
    assert opens(conn, expiring, AT)
    assert not opens(conn, expiring, later)
    key = issue_key(conn, nip(3), "tetap", ["read"], AT)
    revoke_key(conn, key, later)
    assert not opens(conn, key, AT), "revoked is revoked, though this clock is behind the one that said so"
    assert not opens(conn, key, later)
    other = issue_key(conn, nip(4), "tetap", ["read"], AT)
    leave(conn, nip(4), ON + timedelta(days=1))
    assert opens(conn, other, AT)
    assert not opens(conn, other, AT + timedelta(days=1), ON + timedelta(days=1))


def opens(conn: Connection, key: str, at: datetime, on: date = ON) -> bool:
    try:
        return bool(caller_of(conn, Key(key), "read", at, on))
    except Unauthenticated:
        return False


def test_a_revoked_key_opens_nothing_whatever_the_clock_of_the_server_says(conn: Connection) -> None:
    key = issue_key(conn, nip(3), "tetap", ["read"], AT)
    assert caller_of(conn, Key(key), "read", AT, ON).person_id == find_person(conn, nip(3)).id
    revoke_key(conn, key, AT + timedelta(days=30))
    with pytest.raises(Unauthenticated, match="dicabut"):
        caller_of(conn, Key(key), "read", AT, ON)


def test_a_key_is_revoked_by_its_id_too_and_stays_revoked(conn: Connection) -> None:
    key = issue_key(conn, nip(3), "tetap", "read act", AT)
    (key_id,) = conn.execute(select(api_keys.c.id)).scalars()
    revoke_key(conn, key_id, AT)
    revoke_key(conn, key_id, AT + timedelta(days=1))
    assert conn.execute(select(api_keys.c.revoked_at)).scalar_one() == AT
    assert not opens(conn, key, AT)


@pytest.mark.parametrize("key", ["", "jj_", "jj_tidak-ada", "Bearer x"])
def test_an_unknown_key_opens_nothing(conn: Connection, key: str) -> None:
    assert not opens(conn, key, AT)


@pytest.mark.parametrize(("label", "scopes"), [("", ["read"]), ("x", []), ("x", ["semua"]), ("x" * 101, ["read"])])
def test_a_key_without_name_or_with_unknown_scope_is_refused(conn: Connection, label: str, scopes: list[str]) -> None:
    with pytest.raises(PeopleError):
        issue_key(conn, nip(3), label, scopes, AT)


def test_who_has_left_gets_no_key(conn: Connection) -> None:
    leave(conn, nip(3), ON)
    with pytest.raises(PeopleError, match="tercatat keluar"):
        issue_key(conn, nip(3), "x", ["read"], AT)


def test_the_look_at_a_key_uses_the_index(conn: Connection) -> None:
    plan = conn.exec_driver_sql(
        "EXPLAIN QUERY PLAN SELECT * FROM api_keys JOIN people ON people.id = api_keys.person_id WHERE hash = 'x'"
    )
    assert all("USING INDEX" in row.detail for row in plan)


# --- A fresh agency --------------------------------------------------------------------------------------------------


def names(conn: Connection, group: str, unit: str = "") -> set[str]:
    return {find_person(conn, each).name for each in members(conn, group, unit)}


def test_a_fresh_agency_has_a_regent_and_every_group(sample: Connection) -> None:
    assert setup_agency(sample, PROFILE, AT, folder=SHIPPED_PROFILE.parent) == ()
    assert sample.execute(select(positions.c.title).where(positions.c.id == REGENT)).scalar_one() == "Bupati Kemuning"
    assert names(sample, "bkpsdm.verifier") == {"Kusumaningrum Hapsari", "Raden Bagus Sasmita", "Melati Rahayuningsih"}
    assert names(sample, "administrator") == {"Ilham Nurcahyo", "Nirmala Dewanti"}
    assert names(sample, "auditor") == {"Christina Maharani", "Zulfan Effendi"}
    assert names(sample, "register_clerk") == {"Teguh Adinata", "Mulyati Hasanuddin"}
    assert names(sample, "personnel_officer", "RSUD") == {"Haposan Sinurat"}
    assert names(sample, "personnel_officer", "SETDA") == {"Gunadi Prasodjo"}
    filled = set(sample.execute(select(group_members.c.group_name)).scalars())
    assert filled == set(GROUPS)


def test_no_head_of_a_unit_is_chosen_for_a_group(sample: Connection) -> None:
    setup_agency(sample, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    heads = select(positions.c.holder_id).join(units, units.c.head_position_id == positions.c.id)
    chosen = sample.execute(select(group_members.c.person_id).where(group_members.c.person_id.in_(heads))).all()
    assert chosen == []


def test_the_stored_profile_is_enough_without_its_folder(sample: Connection) -> None:
    setup_agency(sample, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    profile = stored_profile(sample)
    assert profile is not None
    assert profile.emblem.startswith("data:image/svg+xml")
    assert profile.agency == "Kabupaten Kemuning"


def test_setting_up_again_keeps_the_groups_that_people_have_chosen(sample: Connection) -> None:
    setup_agency(sample, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    remove_from_group(sample, "auditor", find_person(sample, members(sample, "auditor")[0]).id)
    (left,) = members(sample, "auditor")
    setup_agency(
        sample, PROFILE.replace('"Bupati Kemuning"', '"Penjabat Bupati Kemuning"'), AT, folder=SHIPPED_PROFILE.parent
    )
    assert members(sample, "auditor") == (left,)
    assert sample.execute(select(func.count()).select_from(agency)).scalar_one() == 1
    assert position(sample, "Penjabat Bupati Kemuning").id == REGENT


def test_an_agency_set_up_before_the_first_import_is_completed_after_it() -> None:
    with connection() as conn:
        assert "setelah impor" in setup_agency(conn, PROFILE, AT, folder=SHIPPED_PROFILE.parent)[0]
        import_staff(conn, (SAMPLE / "pegawai.csv").read_bytes(), "pegawai.csv", at=AT, on=ON)
        assert position(conn, "Sekretaris Daerah").superior_id == REGENT
        assert setup_agency(conn, PROFILE, AT, folder=SHIPPED_PROFILE.parent) == ()


def test_a_profile_may_name_members_by_nip(sample: Connection) -> None:
    chosen = sample.execute(select(people.c.nip).where(people.c.name == "Sabar Menanti Hulu")).scalar_one()
    profile = PROFILE.replace('verifiers = ["BKPSDM/Bidang Pengembangan Kompetensi"]', f'verifiers = ["{chosen}"]')
    setup_agency(sample, profile, AT, folder=SHIPPED_PROFILE.parent)
    assert names(sample, "bkpsdm.verifier") == {"Sabar Menanti Hulu"}


def test_what_a_profile_names_and_the_staff_lack_is_told(conn: Connection) -> None:
    remarks = setup_agency(conn, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    assert any("BKPSDM" in remark for remark in remarks)
    assert any(GROUPS["bkpsdm.verifier"] in remark for remark in remarks)


def test_a_malformed_profile_changes_nothing(sample: Connection) -> None:
    with pytest.raises(ProfileError):
        setup_agency(sample, "agency = 1", AT)
    assert stored_profile(sample) is None


def test_a_newcomer_may_fill_what_stayed_empty(conn: Connection) -> None:
    setup_agency(conn, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    import_staff(conn, as_csv(person(8, KODE_UNIT_KERJA="BKPSDM", UNIT_KERJA="BKPSDM")), "pegawai.csv", at=AT, on=ON)
    setup_agency(conn, PROFILE, AT, folder=SHIPPED_PROFILE.parent)
    assert members(conn, "bkpsdm.verifier") == (find_person(conn, nip(8)).id,)
