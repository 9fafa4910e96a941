"""Letters of real cases get their signatures when they are made, or with one entry of a secret; never twice, never lost."""

from __future__ import annotations

import hashlib
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update

from tests.offices import change
from tests.witness import broken
from tests.workflow.signatures.authority import PASSPHRASE, SIGNERS, Authority, serving
from tests.workflow.signatures.esign import ACCOUNT, PASSWORD, USER, ESign
from tests.workflow.test_letter_route import with_letter
from tests.world import World
from workflow import effects
from workflow.engine.engine import Engine
from workflow.engine.judging import Actor
from workflow.errors import KeyReused, NotNow
from workflow.letters.acts import Correct, Freeze, LetterAct, Resubmit, SendBack
from workflow.letters.rendering import pdf_to_sign, render
from workflow.letters.signing_answers import SignatureLine
from workflow.letters.with_secret import sign_with_secret
from workflow.office import Office
from workflow.proof.keys import rotate
from workflow.signatures.certificates import PURPOSE
from workflow.signatures.checked import check
from workflow.signatures.local import FILE
from workflow.signatures.settings import set_account
from workflow.tables import effects as effects_table
from workflow.tables import files, letters, people, public_keys, tasks


@pytest.fixture(autouse=True)
def _own_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JENJANG_KEYS", str(tmp_path / "keys"))


def the_letter(world: World) -> Any:
    (row,) = world.all(select(letters))
    return row


def content_of(world: World, file_id: str) -> bytes:
    ((content,),) = world.all(select(files.c.content).where(files.c.id == file_id))
    return bytes(content)


def run(world: World) -> int:
    return effects.run_due(world.database, world.engine.office, world.at)


def test_a_signed_letter_is_sealed_when_it_is_made_and_its_certificate_published(world: World) -> None:
    world.road("forward")
    assert run(world) == 1
    row = the_letter(world)
    assert (row.state, row.sealed, row.trouble) == ("signed", 1, None)
    found = check(content_of(world, row.file_id))
    assert found.intact
    (one,) = found.signatures
    assert one.signer.startswith("UJI")
    assert row.number in one.reason
    assert one.name
    published = world.all(select(public_keys).where(public_keys.c.purpose == PURPOSE))
    assert [(each.key.strip(), each.is_test) for each in published] == [(one.certificate.strip(), True)]
    assert json.loads(row.frame)["test_key"] is True


def test_the_digest_of_the_file_before_it_was_signed_is_kept(one_world: World) -> None:
    one_world.road("forward")
    run(one_world)
    row = the_letter(one_world)
    content = content_of(one_world, row.file_id)
    ends = [at + 6 for at in range(len(content)) if content.startswith(b"%%EOF\n", at)]
    assert row.unsigned_sha256 in {hashlib.sha256(content[:end]).hexdigest() for end in ends}


def test_a_letter_that_is_made_by_two_at_once_is_kept_once(world: World) -> None:
    world.road("forward")
    letter_id = the_letter(world).id
    with ThreadPoolExecutor(2) as threads:
        for done in [
            threads.submit(render, world.database, world.engine.office, letter_id, world.at) for _ in range(2)
        ]:
            done.result()
    row = the_letter(world)
    assert row.sealed == 1
    made = world.all(select(files.c.id).where(files.c.media_type == "application/pdf", files.c.uploaded_by.is_(None)))
    assert [each.id for each in made] == [row.file_id]
    assert len(check(content_of(world, row.file_id)).signatures) == 1


def test_a_letter_whose_key_is_broken_waits_says_why_and_is_sealed_later(one_world: World, tmp_path: Path) -> None:
    world = one_world
    world.road("forward")
    (tmp_path / "keys").mkdir(exist_ok=True)
    (tmp_path / "keys" / FILE).write_text("rusak")
    assert run(world) == 0
    row = the_letter(world)
    assert (row.state, row.sealed, row.file_id) == ("to_render", 0, None)
    assert "rusak" in row.trouble
    ((error,),) = world.all(select(effects_table.c.error).where(effects_table.c.kind == "render"))
    assert "rusak" in error
    (tmp_path / "keys" / FILE).unlink()
    render(world.database, world.engine.office, row.id, world.at)
    row = the_letter(world)
    assert (row.state, row.sealed, row.trouble) == ("signed", 1, None)


def hidden(world: World, tmp_path: Path) -> tuple[Path, bytes]:
    """The private half of the agency's own key of statements, which lies somewhere else from now on."""
    key = rotate(world.database, world.at, is_test=False)
    file = tmp_path / "keys" / f"statement-{key.id}.pem"
    content = file.read_bytes()
    file.unlink()
    return file, content


def test_a_letter_whose_key_of_statements_lies_elsewhere_says_which_and_is_made_once_it_is_there(
    world: World, tmp_path: Path
) -> None:
    world.road("forward")
    file, content = hidden(world, tmp_path)
    assert run(world) == 0
    row = the_letter(world)
    assert (row.state, row.file_id) == ("to_render", None)
    assert file.name in row.trouble
    assert "Salin berkas" in row.trouble
    file.write_bytes(content)
    world.at += timedelta(minutes=1)
    assert run(world) == 1
    row = the_letter(world)
    assert (row.state, row.trouble) == ("signed", None)


def test_what_nobody_foresaw_is_said_of_the_letter_without_what_only_programmers_read(world: World) -> None:
    world.road("forward")
    row = the_letter(world)
    change(world, update(letters).where(letters.c.id == row.id).values(frame="{}"))
    assert run(world) == 0
    trouble = the_letter(world).trouble
    assert "kesalahan yang tidak terduga" in trouble
    assert "jenjang effects list" in trouble
    assert "ValidationError" not in trouble
    change(world, update(letters).where(letters.c.id == row.id).values(frame=row.frame))
    world.at += timedelta(minutes=1)
    assert run(world) == 1
    assert the_letter(world).trouble is None


def test_no_row_of_the_database_holds_a_private_key(one_world: World) -> None:
    one_world.road("forward")
    run(one_world)
    tables = [name for (name,) in one_world.all(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
    rows = "".join(repr(row) for name in tables for row in one_world.all(text(f"SELECT * FROM {name}")))  # noqa: S608
    assert "PRIVATE KEY" not in rows


def ask_for_secrets(
    world: World, issuer: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *keys: str
) -> None:
    """From now on each signs with a key file and its passphrase."""
    (tmp_path / "kunci").mkdir()
    for key in keys:
        issuer.key_file(key, tmp_path / "kunci")
    (tmp_path / "signing.toml").write_text('[signer]\nkind = "pkcs12"\nfolder = "kunci"\ncertified = true\n')
    monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
    world.engine = Engine(world.engine.registry, world.database.read(Office.load))


@pytest.fixture
def asked_for_a_secret(one_world: World, issuer: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """An office where each signs with a key file and its passphrase, and a letter of which awaits its signatory."""
    world = one_world
    ask_for_secrets(world, issuer, tmp_path, monkeypatch, "kabid")
    world.road("forward")
    for (person,) in world.all(select(people.c.id)):
        world.database.write(set_account, person, "kabid", world.at)
    return world


def signatory(world: World) -> str:
    """Whoever the letter was laid before."""
    (row,) = world.all(select(tasks.c.assignee_id).where(tasks.c.letter_id == the_letter(world).id))
    return next(who for who, person in world.ids.items() if person == row.assignee_id)


def sign(world: World, secret: str, who: str | None = None, key: str | None = None) -> SignatureLine | None:
    """Sign the letter; answers what failed. ``who``: whoever it was laid before, where it is left out."""
    actor = world.actor(who or signatory(world))
    letter = the_letter(world).id
    (line,) = sign_with_secret(world.database, world.engine, [letter], secret, actor, world.at, key=key)
    return line if line.problem else None


def test_a_letter_is_signed_by_its_signatory_s_own_key_and_passphrase(
    asked_for_a_secret: World, issuer: Authority
) -> None:
    world = asked_for_a_secret
    assert the_letter(world).state == "to_sign"
    assert sign(world, PASSPHRASE) is None
    row = the_letter(world)
    assert (row.state, row.sealed, row.trouble) == ("signed", 1, None)
    found = check(content_of(world, row.file_id), [issuer.root.read_text()])
    assert found.intact
    assert found.signatures[0].trusted_by == "Akar Uji"
    frame = json.loads(row.frame)
    assert (frame.get("test_key", False), frame["certified"]) == (False, True)


def test_a_wrong_passphrase_leaves_the_letter_with_its_number_to_be_tried_again(asked_for_a_secret: World) -> None:
    world = asked_for_a_secret
    failed = sign(world, "salah")
    assert failed is not None
    assert failed.problem == "signing-failed"
    row = the_letter(world)
    assert (row.state, row.sealed) == ("to_sign", 0)
    assert "salah" in row.trouble
    number = row.number
    assert number
    assert sign(world, PASSPHRASE) is None
    assert (the_letter(world).number, the_letter(world).state, the_letter(world).trouble) == (number, "signed", None)


def test_a_letter_that_cannot_be_made_before_its_key_is_asked_says_so_and_keeps_its_number(
    asked_for_a_secret: World, tmp_path: Path
) -> None:
    world = asked_for_a_secret
    file, content = hidden(world, tmp_path)
    failed = sign(world, PASSPHRASE)
    assert failed is not None
    assert failed.problem == "signing-failed"
    row = the_letter(world)
    assert (row.state, bool(row.number), row.trouble) == ("to_sign", True, failed.detail)
    assert file.name in row.trouble
    file.write_bytes(content)
    assert sign(world, PASSPHRASE) is None
    assert (the_letter(world).number, the_letter(world).trouble) == (row.number, None)


@pytest.fixture
def two_are_asked(one_world: World, issuer: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A letter that the director and the head of the agency both sign, each with a key and a passphrase of their own."""
    world = one_world
    with_letter(world, "internship_proposal", cosigners=("personnel_head",))
    ask_for_secrets(world, issuer, tmp_path, monkeypatch, "kabid", "sekda")
    world.road("forward")
    for who, account in (("hospital_head", "kabid"), ("agency_chief", "sekda")):
        world.database.write(set_account, world.ids[who], account, world.at)
    return world


def test_two_signatories_each_enter_a_secret_of_their_own_and_both_signatures_hold(
    two_are_asked: World, issuer: Authority, tmp_path: Path
) -> None:
    world = two_are_asked
    assert signatory(world) == "hospital_head"
    assert sign(world, PASSPHRASE) is None
    half = the_letter(world)
    assert (half.state, half.sealed, half.signed_at, bool(half.number)) == ("to_sign", 1, None, True)
    assert signatory(world) == "agency_chief"
    failed = sign(world, "keliru")
    assert failed is not None
    assert failed.problem == "signing-failed"
    kept = the_letter(world)
    assert (kept.state, kept.sealed, kept.file_id, kept.number) == ("to_sign", 1, half.file_id, half.number)
    assert kept.trouble == failed.detail
    assert len(check(content_of(world, kept.file_id), [issuer.root.read_text()]).signatures) == 1
    world.at += timedelta(minutes=1)
    assert sign(world, PASSPHRASE) is None
    done = the_letter(world)
    assert (done.state, done.sealed, done.number, done.trouble) == ("signed", 2, half.number, None)
    whole = content_of(world, done.file_id)
    assert whole.startswith(content_of(world, half.file_id))  # the second is a revision upon the first
    found = check(whole, [issuer.root.read_text()])
    assert found.intact
    assert [(each.intact, each.trusted_by) for each in found.signatures] == [(True, "Akar Uji")] * 2
    assert [each.signer for each in found.signatures] == [SIGNERS["kabid"], SIGNERS["sekda"]]
    assert hashlib.sha256(content_of(world, half.file_id)).hexdigest() != done.unsigned_sha256 == half.unsigned_sha256
    assert broken(world.database) == []
    (tmp_path / "surat.pdf").write_bytes(whole)
    told = subprocess.run(["pdfsig", tmp_path / "surat.pdf"], capture_output=True, text=True, check=False, timeout=60)
    assert told.stdout.count("Signature is Valid.") == 2


def test_what_a_letter_said_before_it_was_mended_is_not_kept_as_what_its_code_says(asked_for_a_secret: World) -> None:
    world = asked_for_a_secret
    who = world.actor(signatory(world))

    def does(wanted: LetterAct, actor: Actor = who) -> None:
        world.at += timedelta(seconds=1)
        world.database.write(world.engine.letter, the_letter(world).id, wanted, actor, world.at)

    does(Freeze())
    seen = the_letter(world)
    does(SendBack(note="Salah tanggal."))
    with pytest.raises(NotNow, match="berubah"):
        pdf_to_sign(world.database, world.engine.office, seen, world.at)
    assert the_letter(world).statement is None


def test_a_file_that_was_signed_while_its_letter_was_mended_is_not_kept(
    asked_for_a_secret: World, issuer: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = asked_for_a_secret
    letter, who = the_letter(world).id, signatory(world)

    def mended(_sent: bytes, made: bytes) -> bytes:
        acts = ((SendBack(note="Salah."), who), (Correct(changes={"subject": "Lain"}), who), (Resubmit(), who))
        for wanted, actor in (*acts, (Freeze(), who)):
            at = world.at + timedelta(seconds=1)
            world.database.write(world.engine.letter, letter, wanted, world.actor(actor), at)
        return made

    with serving(ESign(issuer.key_file("kabid", tmp_path), spoil=mended)) as address:
        (tmp_path / "sandi").write_text(PASSWORD)
        service = (
            f'[signer]\nkind = "esign"\naddress = "{address}"\nuser = "{USER}"\npassword_file = "sandi"\nversion = 2\n'
        )
        (tmp_path / "signing.toml").write_text(service)
        monkeypatch.setenv("JENJANG_SIGNING", str(tmp_path / "signing.toml"))
        world.database.write(set_account, world.ids[who], ACCOUNT, world.at)
        failed = sign(world, PASSPHRASE)
    assert failed is not None
    assert "berubah" in failed.detail
    row = the_letter(world)
    assert (row.state, row.sealed, row.file_id) == ("to_sign", 0, None)


def test_no_row_of_the_database_holds_a_passphrase(asked_for_a_secret: World) -> None:
    world = asked_for_a_secret
    for secret in ("salah-sekali-0815", PASSPHRASE):
        sign(world, secret)
    tables = [name for (name,) in world.all(text("SELECT name FROM sqlite_master WHERE type = 'table'"))]
    rows = "".join(repr(row) for name in tables for row in world.all(text(f"SELECT * FROM {name}")))  # noqa: S608
    assert PASSPHRASE not in rows
    assert "salah-sekali-0815" not in rows


def test_the_same_key_signs_once_and_is_answered_as_before_whatever_has_happened_since(
    asked_for_a_secret: World,
) -> None:
    world = asked_for_a_secret
    who = signatory(world)
    assert sign(world, PASSPHRASE, who, "kunci-1") is None
    row = the_letter(world)
    assert sign(world, PASSPHRASE, who, "kunci-1") is None
    assert the_letter(world) == row
    other = sign(world, PASSPHRASE, who, "kunci-2")
    assert other is not None
    assert other.problem == "not-now"


def test_a_failure_is_answered_as_before_too_so_that_no_repeat_locks_a_card(
    asked_for_a_secret: World, tmp_path: Path
) -> None:
    world = asked_for_a_secret
    first = sign(world, "salah", key="kunci-1")
    for file in (tmp_path / "kunci").iterdir():
        file.unlink()  # whoever asks it now is told that it is not there
    assert first is not None
    assert sign(world, "salah", key="kunci-1") == first
    assert sign(world, "salah", key="kunci-2") != first


def test_the_same_key_for_other_letters_is_refused_before_anything_is_done(asked_for_a_secret: World) -> None:
    world = asked_for_a_secret
    actor, letter = world.actor(signatory(world)), the_letter(world).id
    sign_with_secret(world.database, world.engine, ["lain"], PASSPHRASE, actor, world.at, key="kunci-1")
    before = the_letter(world)
    for wanted in ([letter], ["lain", letter], []):
        with pytest.raises(KeyReused):
            sign_with_secret(world.database, world.engine, wanted, PASSPHRASE, actor, world.at, key="kunci-1")
    assert the_letter(world) == before


def test_two_at_once_with_the_same_key_are_one(asked_for_a_secret: World) -> None:
    world = asked_for_a_secret
    who = signatory(world)
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(sign, world, PASSPHRASE, who, "kunci-1") for _ in range(2)]
        assert [each.result() for each in answers] == [None, None]
    assert the_letter(world).sealed == 1
