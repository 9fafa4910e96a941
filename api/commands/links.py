"""``jenjang links``: the links by which a partner's people open a case; listed, made, ended."""

from __future__ import annotations

import click

from api.commands.language import Group
from api.commands.session import say, session
from workflow import cases, directory
from workflow.accounts.safe import Safe
from workflow.links import links as store
from workflow.links.mailing import link_text
from workflow.links.opening import thing_for

CASE = "Nomor atau id berkas."


@click.group(cls=Group, help="Tautan mitra: lihat, buat, cabut.")
def links() -> None:
    """Links for people outside."""


@links.command("list", help="Tampilkan tautan sebuah berkas.")
@click.argument("case", metavar="BERKAS", help=CASE)
def list_links(case: str) -> None:
    """List the links of a case, without what opens them."""
    with session() as here:
        found = here.database.read(lambda conn: store.links_of(conn, cases.load(conn, case).id))
        names = {each.person_id: here.database.read(directory.person_named, each.person_id) for each in found}
        until = {each.id: here.office.day(each.last_good_at) for each in found}
        now = here.at
    if not found:
        say("Belum ada tautan pada berkas ini.")
    for each in found:
        state = f"berlaku sampai {until[each.id]}" if each.is_good(now) else "tidak berlaku lagi"
        opened = "sudah dibuka" if each.opened_at else "belum dibuka"
        say(f"{each.id}  {names[each.person_id].full_name}, {state}, {opened}")


@links.command("issue", help="Buat atau tampilkan tautan seorang mitra.")
@click.argument("case", metavar="BERKAS", help=CASE)
@click.argument("person", metavar="ORANG", help="Id atau alamat surel orang mitra.")
def issue(case: str, person: str) -> None:
    """Make a link, and show it."""
    with session() as here:
        safe, engine = Safe.of(here.database.address), here.engine
        to_whom = here.database.read(directory.person_named, person)
        made = here.database.write(
            lambda conn: store.issue(
                conn,
                engine,
                safe,
                thing_for(conn, engine.registry, to_whom.id, cases.load(conn, case).id),
                here.at,
            )
        )
        shown = link_text(here.office, safe, made)
    say(f"Tautan bagi {to_whom.full_name}, berlaku sampai {shown.until}:")
    say(f"  {shown.address}")
    say(f"  Kode pendek: {shown.code}")


@links.command("revoke", help="Cabut tautan.")
@click.argument("link", metavar="TAUTAN", help="Id tautan, lihat: jenjang links list")
@click.option("--reason", required=True, help="Alasan pencabutan.")
def revoke(link: str, reason: str) -> None:
    """End a link."""
    with session() as here:
        here.database.write(store.revoke, link, reason, here.at)
    say("Tautan dicabut.")
