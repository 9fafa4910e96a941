"""Other systems are told of what happens to cases: signed, thin, at least once, and to no address within."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update
from standardwebhooks import Webhook, WebhookVerificationError

from tests.offices import change, messages
from tests.receivers import Receiver, receiver
from tests.world import World
from workflow.accounts.safe import Safe
from workflow.directory import retry_effects
from workflow.effects import BACKOFF, WEBHOOK
from workflow.ids import new_id
from workflow.tables import effects, group_members, letters, webhooks
from workflow.upkeep import forget
from workflow.webhooks.events import CASE_CLOSED, CASE_MOVED, CASE_OPENED, EVENTS, LETTER_SIGNED
from workflow.webhooks.secrets import OVERLAP, secret_of
from workflow.webhooks.sending import LONG, Hooks
from workflow.webhooks.wire import NotReached, fault, is_reachable, send

SAFE = Safe(b"k" * 32)
LOOPBACK = (ip_network("127.0.0.0/8"),)
HOOKS = Hooks(SAFE, LOOPBACK, patience=5)


@pytest.fixture
def there() -> Iterator[Receiver]:
    """A system of somebody else."""
    with receiver() as found:
        yield found


def subscribe(world: World, address: str, *events: str, **more: Any) -> str:
    """Have a system told of these, or of everything. Answers the webhook's id."""
    row = {
        "id": new_id(world.at),
        "owner": "SIMPEG",
        "address": address,
        "events": " ".join(events or EVENTS),
        "created_at": world.at,
        "created_by": world.ids["nurse"],
        **more,
    }
    change(world, insert(webhooks).values(row))
    return str(row["id"])


def tell(world: World, hooks: Hooks = HOOKS) -> int:
    return hooks.run_due(world.database, world.engine.office, world.at)


def owed(world: World) -> list[Any]:
    return world.all(select(effects).where(effects.c.kind == WEBHOOK).order_by(effects.c.id))


def hook(world: World) -> Any:
    return world.all(select(webhooks))[0]


def test_a_step_owes_a_message_in_its_own_transaction_and_a_refused_one_owes_none(world: World) -> None:
    subscribe(world, "https://simpeg.example/")
    case = world.submitted()
    told = [json.loads(row.payload) for row in owed(world)]
    assert [each["type"] for each in told] == [CASE_OPENED, CASE_MOVED]
    assert {each["data"]["case_id"] for each in told} == {case}

    def undone(conn: Any) -> None:
        world.engine.fire(conn, case, "withdraw", world.actor("nurse"), {}, world.at, version=None)
        raise RuntimeError("the power goes out")

    with pytest.raises(RuntimeError):
        world.database.write(undone)
    assert len(owed(world)) == 2


def test_a_system_is_told_only_of_what_it_wants_to_know(world: World) -> None:
    subscribe(world, "https://simpeg.example/", CASE_CLOSED)
    subscribe(world, "https://lama.example/", ended_at=world.at)
    subscribe(world, "https://rusak.example/", disabled_at=world.at)
    case = world.submitted()
    assert owed(world) == []
    world.fire(case, "reject", "nursing_head", {"reason": "Tidak cukup tenaga."})
    (only,) = owed(world)
    assert json.loads(only.payload)["data"]["state"] == "rejected"


def test_a_message_is_signed_as_its_receiver_checks_it_and_names_nobody(world: World, there: Receiver) -> None:
    # A receiver refuses what is older than five minutes by its own clock.
    webhook = subscribe(world, there.address)
    world.submitted()
    at = datetime.now(UTC)
    assert HOOKS.run_due(world.database, world.engine.office, at) == 2
    secret = secret_of(SAFE, webhook, 1)
    found = there.read(secret)
    assert found.keys() == {"type", "timestamp", "data"}
    assert found["data"].keys() <= {
        "case_id",
        "reference",
        "process",
        "state",
        "version",
        "event",
        "links",
        "letter_id",
    }
    assert there.ids == [row.id for row in owed(world)], "whoever is told twice knows it by the effect"
    whole = b"".join(body for _, body in there.messages).decode()
    for row in world.all(text("SELECT name, nip FROM people")):
        assert row.name not in whole
        assert row.nip is None or row.nip not in whole
    with pytest.raises(WebhookVerificationError):
        there.read(secret_of(SAFE, webhook, 2))
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(there.messages[0][1] + b" ", there.messages[0][0])


def test_an_hour_elsewhere_is_signed_as_the_same_hour(world: World, there: Receiver) -> None:
    webhook = subscribe(world, there.address, CASE_OPENED)
    world.open()
    HOOKS.run_due(world.database, world.engine.office, datetime.now(world.engine.office.zone))
    assert there.read(secret_of(SAFE, webhook, 1))["type"] == CASE_OPENED


def test_a_signed_letter_is_told_of_by_its_id(world: World) -> None:
    subscribe(world, "https://simpeg.example/", LETTER_SIGNED)
    world.road("assign")
    told = [json.loads(row.payload)["data"] for row in owed(world)]
    signed = world.all(select(letters.c.id).where(letters.c.signed_at.is_not(None)))
    assert {each["letter_id"] for each in told} == {row.id for row in signed}
    assert told


def test_during_the_change_of_a_secret_both_are_good_and_then_only_the_new_one(world: World, there: Receiver) -> None:
    at = datetime.now(UTC)
    webhook = subscribe(world, there.address, CASE_OPENED, generation=2, overlap_until=at + OVERLAP)
    world.open()
    HOOKS.run_due(world.database, world.engine.office, at)
    for generation in (1, 2):
        assert there.read(secret_of(SAFE, webhook, generation))["type"] == CASE_OPENED
    change(world, update(webhooks).values(overlap_until=at - timedelta(seconds=1)))
    world.open("second_nurse")
    HOOKS.run_due(world.database, world.engine.office, at)
    assert there.read(secret_of(SAFE, webhook, 2))["type"] == CASE_OPENED
    with pytest.raises(WebhookVerificationError):
        there.read(secret_of(SAFE, webhook, 1))


@pytest.mark.parametrize("answer", [500, 404, 301, "dawdle", "drip", "endless"])
def test_what_was_not_taken_is_tried_again_later_and_is_the_same_message(
    one_world: World, there: Receiver, answer: int | str
) -> None:
    world = one_world
    subscribe(world, there.address, CASE_OPENED)
    world.open()
    there.answer = answer
    impatient = Hooks(SAFE, LOOPBACK, patience=0.5)
    # An answer that is cut short where it grows too long was an answer all the same.
    took = tell(world, impatient)
    assert took == (1 if answer == "endless" else 0)
    if answer == "endless":
        return
    (row,) = owed(world)
    assert (row.attempts, row.parked_at, row.claimed_until) == (1, None, None)
    assert row.due_at == world.at + timedelta(minutes=BACKOFF[0])
    assert row.error
    assert tell(world) == 0, "not before its time"
    world.at = row.due_at
    there.answer = 200
    assert tell(world) == 1
    assert len(set(there.ids)) == 1


def test_a_redirect_is_not_followed(one_world: World, there: Receiver) -> None:
    with receiver() as inside:
        subscribe(one_world, there.address, CASE_OPENED)
        one_world.open()
        there.answer = inside.address
        assert tell(one_world) == 0
        assert inside.messages == []
    assert "307" in owed(one_world)[0].error


def test_after_the_last_attempt_it_is_shown_as_failed_and_can_be_sent_again(world: World, there: Receiver) -> None:
    subscribe(world, there.address, CASE_OPENED)
    world.open()
    there.answer = 503
    for _ in range(len(BACKOFF) + 1):
        tell(world)
        world.at += timedelta(hours=5)
    (row,) = owed(world)
    assert row.parked_at is not None
    assert hook(world).failing_since is not None
    there.answer = 200
    assert world.database.write(retry_effects, row.id, world.at) == 1
    assert tell(world) == 1
    assert (hook(world).failing_since, hook(world).reached_at) == (None, world.at)


def test_where_nothing_is_reached_for_days_it_is_turned_off_and_administrators_are_told(
    world: World, there: Receiver
) -> None:
    change(world, text("DELETE FROM group_members WHERE group_name = 'administrator'"))
    row = {"group_name": "administrator", "person_id": world.ids["verifier"], "unit_id": ""}
    change(world, insert(group_members).values(row))
    subscribe(world, there.address, CASE_OPENED)
    there.answer = 500
    world.open()
    tell(world)
    world.at += LONG
    world.open("second_nurse")
    tell(world)
    assert hook(world).disabled_at == world.at
    assert all(each.parked_at is not None for each in owed(world))
    assert "SIMPEG" in messages(world, None)["verifier"][-1]
    before = len(owed(world))
    world.open()
    assert len(owed(world)) == before, "what happens while it is off is not owed to it"


def test_whoever_answers_that_it_is_gone_is_told_nothing_more(one_world: World, there: Receiver) -> None:
    subscribe(one_world, there.address, CASE_OPENED)
    one_world.open()
    there.answer = 410
    tell(one_world)
    assert hook(one_world).disabled_at is not None


def test_what_another_has_in_hand_is_left_alone(world: World, there: Receiver) -> None:
    subscribe(world, there.address, CASE_OPENED)
    world.open()
    (row,) = owed(world)
    claim = world.at + timedelta(minutes=1)
    change(world, update(effects).where(effects.c.id == row.id).values(claimed_until=claim))
    before = claim - timedelta(seconds=1)
    assert not HOOKS.run(world.database, world.engine.office, row.id, world.at)
    assert not HOOKS.run(world.database, world.engine.office, row.id, world.at, left_behind=before)
    assert HOOKS.run(world.database, world.engine.office, row.id, world.at, left_behind=claim)


def test_what_systems_were_told_long_ago_is_forgotten(world: World, there: Receiver) -> None:
    subscribe(world, there.address, CASE_OPENED)
    world.open()
    tell(world)
    world.database.write(forget, world.at + timedelta(days=29))
    assert len(owed(world)) == 1
    world.database.write(forget, world.at + timedelta(days=31))
    assert owed(world) == []


INSIDE = [
    "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",  # noqa: S104
    "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.8", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_within_is_reached(address: str) -> None:
    assert not is_reachable(ip_address(address), ())
    literal = f"[{address}]" if ":" in address else address
    assert fault(f"https://{literal}/", ())
    with pytest.raises(NotReached):
        send(f"https://{literal}/", b"{}", {}, ())


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_reachable(ip_address(address), ())


def test_a_network_within_that_was_allowed_is_reached_and_no_other() -> None:
    allowed = (ip_network("10.20.0.0/16"),)
    assert is_reachable(ip_address("10.20.3.4"), allowed)
    assert not is_reachable(ip_address("10.21.3.4"), allowed)


def test_a_name_that_stands_for_an_address_within_is_not_reached(there: Receiver) -> None:
    with pytest.raises(NotReached, match="jaringan sendiri"):
        send(f"https://localhost:{there.port}/", b"{}", {}, ())
    assert there.messages == []


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("http://simpeg.example/", "https"),
        ("ftp://simpeg.example/", "lengkap"),
        ("simpeg.example", "lengkap"),
        ("https://", "lengkap"),
        ("https://a:b@simpeg.example/", "kata sandi"),
        ("https://simpeg.example/ masuk", "lengkap"),
        ("https://simpeg.example:banyak/", "lengkap"),
        ("http://127.0.0.1/", "https"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(address: str, says: str) -> None:
    assert says in fault(address, ())


def test_without_a_server_there_it_is_said_in_a_sentence() -> None:
    with pytest.raises(NotReached, match="Tidak tersambung"):
        send("http://127.0.0.1:1/", b"{}", {}, LOOPBACK)
