"""Help is there for every command, in Indonesian, and what is mistyped is answered with the way out."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from api.command_line import main
from tests.cli.conftest import Run, Typed

ENGLISH = ("Usage", "Options:", "Commands:", "Show this message", "Positional", "[required]", "[default", "Error:")


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))
        else:
            yield (*path, name)


EVERY_COMMAND = list(_commands(main))


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=" ".join)
def test_every_command_explains_itself_in_indonesian(command: tuple[str, ...], run: Run) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Pemakaian: {' '.join(('jenjang', *command))}")
    assert not [word for word in ENGLISH if word in result.stdout]
    assert "--help" in result.stdout


@pytest.mark.parametrize("command", [path for path in EVERY_COMMAND if path], ids=" ".join)
def test_every_command_stands_in_its_groups_help_without_being_cut(command: tuple[str, ...], run: Run) -> None:
    *group, name = command
    line = next(line for line in run(*group, "--help").stdout.splitlines() if line.strip().startswith(f"{name} "))
    assert "..." not in line or line.endswith("]...")


def test_the_names_of_the_contract_are_all_there() -> None:
    for name in (
        "demo", "serve", "migrate", "import-people", "import-partners", "import-agreements", "import-budgets", "people", "groups",
        "mandates", "keys", "check", "describe", "explain", "verify", "sweep",
    ):  # fmt: skip
        assert name in main.commands


def test_without_a_command_it_shows_its_help(run: Run) -> None:
    result = run()
    assert "Perintah:" in result.output
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("magang",), "Perintah 'magang' tidak dikenal."),
        (("keys", "isue"), "Mungkin maksudnya: issue?"),
        (("describe",), "'PROSES' belum diisi."),
        (("describe", "internship", "magang"), "Isian berlebih: magang."),
        (("verify", "semuanya"), "pilih salah satu dari chain"),
        (("serve", "--port", "delapan"), "bukan nomor port"),
        (("serve", "--porto", "8"), "Pilihan --porto tidak dikenal."),
        (("serve", "--port"), "Pilihan --port memerlukan isian."),
        (("people", "leave", "197009021996022001"), "'--on' belum diisi."),
        (("people", "leave", "197009021996022001", "--on", "kemarin"), "bukan tanggal"),
        (("people", "leave", "197009021996022001", "--on", "31-02-2026"), "bukan tanggal"),
        (("import-people", "tidak-ada.csv"), "berkas tidak-ada.csv tidak ada"),
        (("import-people", "."), "adalah folder"),
        (("demo", "--data", "tidak-ada"), "folder tidak-ada tidak ada"),
        (("demo", "--data", __file__), "bukan folder"),
        (("serve", "--port", "70000"), "bilangan 0 sampai 65535"),
        (("groups", "list", "x"), "'KELOMPOK': 'x' tidak dikenal"),
        (("describe", "internship", "--on", "0001-01-01"), "di luar 1945 sampai 2100"),
    ],
)
def test_what_was_mistyped_is_answered_with_the_way_out(typed: tuple[str, ...], says: str, fresh: Typed) -> None:
    result = fresh(*typed)
    assert result.exit_code == 2
    assert says in result.stderr
    assert "--help" in result.stderr
    assert result.stdout == ""
