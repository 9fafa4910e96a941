"""``jenjang links``: a partner's link made, shown, listed and ended without a browser."""

from __future__ import annotations

import re
from contextlib import closing

from tests.cli.conftest import Typed
from tests.cli.test_knowing_commands import stamp
from tests.world import build
from workflow.database import Database


def test_a_link_is_made_once_listed_without_what_opens_it_and_ended_with_a_reason(fresh: Typed) -> None:
    with closing(Database.open(fresh.address)) as database:
        world = build(database)
        case = world.road("request_host")
    stamp(fresh)
    made = fresh("links", "issue", case, world.ids["contact"])
    assert made.exit_code == 0, made.output
    (address,) = re.findall(r"https://\S+/mitra/\S+", made.stdout)
    assert fresh("links", "issue", case, world.ids["contact"]).stdout == made.stdout
    listed = fresh("links", "list", case).stdout
    assert "belum dibuka" in listed
    assert address.rpartition("/")[2] not in listed
    link = listed.split()[0]
    assert fresh("links", "revoke", link, "--reason", " ").exit_code != 0
    assert fresh("links", "revoke", link, "--reason", "Salah alamat.").exit_code == 0
    assert "tidak berlaku lagi" in fresh("links", "list", case).stdout
    denied = fresh("links", "issue", case, world.ids["nurse"])
    assert denied.exit_code != 0
    assert "bukan narahubung" in denied.stderr
