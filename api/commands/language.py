"""Click that speaks Indonesian: headings of the help, complaints about what was typed, and the kinds of values we ask for."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from policies.files import EARLIEST_YEAR, LATEST_YEAR

#: Days that can be asked for: ten years.
MOST_DAYS = 3660

_HEADINGS = {"Options": "Pilihan", "Commands": "Perintah", "Positional arguments": "Isian"}


class _Formatter(click.HelpFormatter):
    """Writes the help with Indonesian headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "Pemakaian: ")

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        turned = [
            (name, says.replace("[default: ", "[bawaan: ").replace("[required]", "[wajib]")) for name, says in rows
        ]
        super().write_dl(turned, col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class Command(click.Command):
    """A command whose help is in Indonesian."""

    context_class = _Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"options_metavar": "[PILIHAN]", **kwargs})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _translated(super().get_help_option(ctx))


class Group(click.Group):
    """A group of commands whose help is in Indonesian; without a command it shows that help."""

    context_class = _Context
    command_class = Command
    group_class = type

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        metavars = {"options_metavar": "[PILIHAN]", "subcommand_metavar": "PERINTAH [ISIAN]..."}
        super().__init__(*args, **{**metavars, **kwargs})

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _translated(super().get_help_option(ctx))

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's own
        return list(self.commands)  # in the order in which they were added, which is the order of the work


def _translated(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = "Tampilkan bantuan ini."
    return option


# --- Kinds of values -------------------------------------------------------------------------------------------------


class Day(click.ParamType[date]):
    """A date: ``2026-03-31`` or ``31-03-2026``."""

    name = "tanggal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        text = str(value).strip()
        turned = re.fullmatch(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})", text)
        try:
            day = date.fromisoformat(text) if turned is None else date(int(turned[3]), int(turned[2]), int(turned[1]))
        except ValueError:
            self.fail(f"{text!r} bukan tanggal; tulis seperti 2026-03-31 atau 31-03-2026.", param, ctx)
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            self.fail(f"tahun {day.year} di luar {EARLIEST_YEAR} sampai {LATEST_YEAR}; periksa tahunnya.", param, ctx)
        return day


class InputFile(click.ParamType[Path]):
    """A file that exists and can be read."""

    name = "berkas"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if not path.exists():
            self.fail(f"berkas {path} tidak ada; periksa letak dan namanya.", param, ctx)
        if path.is_dir():
            self.fail(f"{path} adalah folder; sebutkan berkasnya.", param, ctx)
        if not os.access(path, os.R_OK):
            self.fail(f"berkas {path} tidak boleh dibaca; periksa hak aksesnya.", param, ctx)
        return path


class InputFolder(click.ParamType[Path]):
    """A folder that exists."""

    name = "folder"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if path.is_file():
            self.fail(f"{path} bukan folder; sebutkan foldernya.", param, ctx)
        if not path.is_dir():
            self.fail(f"folder {path} tidak ada; periksa letak dan namanya.", param, ctx)
        return path


class OneOf(click.Choice[str]):
    """One of some words."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's own
        return f"{value!r} tidak dikenal; pilih salah satu dari {', '.join(self.choices)}."

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:  # noqa: ARG002 - click's own
        return f"Pilih salah satu dari {', '.join(self.choices)}."


class Days(click.ParamType[int]):
    """A number of days, from one to ten years."""

    name = "hari"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdecimal() and len(text) <= 4 and 1 <= int(text) <= MOST_DAYS):
            self.fail(f"{text[:40]!r} bukan jumlah hari; tulis bilangan 1 sampai {MOST_DAYS}.", param, ctx)
        return int(text)


class Number(click.ParamType[int]):
    """A whole number, from zero."""

    name = "bilangan"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value).strip()
        if not (text.isascii() and text.isdecimal() and len(text) <= 9):
            self.fail(f"{text[:40]!r} bukan bilangan bulat; tulis seperti 25.", param, ctx)
        return int(text)


class Port(click.ParamType[int]):
    """A TCP port; 0 lets the system choose a free one."""

    name = "port"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        text = str(value)
        if not (text.isascii() and text.isdecimal() and len(text) <= 5 and int(text) <= 65535):
            self.fail(f"{value!r} bukan nomor port; tulis bilangan 0 sampai 65535.", param, ctx)
        return int(text)


# --- Complaints ------------------------------------------------------------------------------------------------------

_SENTENCES = (
    (re.compile(r"Got unexpected extra arguments? \((.*)\)"), "Isian berlebih: {}."),
    (re.compile(r"Option '(.+)' requires an argument\."), "Pilihan {} memerlukan isian."),
    (re.compile(r"Option '(.+)' requires (\d+) arguments\."), "Pilihan {} memerlukan {} isian."),
    (re.compile(r"Option '(.+)' does not take a value\."), "Pilihan {} tidak memerlukan isian."),
    (re.compile(r"Argument '(.+)' takes (\d+) values\."), "{} memerlukan {} isian."),
    (re.compile(r"Missing command\."), "Perintahnya belum disebut."),
)


def complaint(error: click.UsageError) -> str:
    """What was wrong with what was typed, with the way out."""
    command = error.ctx.command_path if error.ctx is not None else "jenjang"
    return f"{_says(error)}\nBantuan: {command} --help"


def _says(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        param = error.param
        hint = _hint(error)
        extra = param.type.get_missing_message(param, error.ctx) if param is not None else None
        return f"{hint} belum diisi.{f' {extra}' if extra else ''}"
    if isinstance(error, click.BadParameter):
        return f"{_hint(error)}: {error.message}"
    if isinstance(error, click.NoSuchOption):
        return f"Pilihan {error.option_name} tidak dikenal.{_near(error.possibilities)}"
    if isinstance(error, click.NoSuchCommand):
        return f"Perintah {error.command_name!r} tidak dikenal.{_near(error.possibilities)}"
    for english, says in _SENTENCES:
        if found := english.fullmatch(error.message):
            return says.format(*found.groups())
    return error.message


def _hint(error: click.BadParameter) -> str:
    """What it is about, as it is typed: without the brackets by which the help marks what may be left out."""
    hint = error.param.get_error_hint(error.ctx) if error.param is not None else "isian"
    return re.sub(r"[\[\]]|\.\.\.", "", hint)


def _near(possibilities: list[str] | None) -> str:
    return f" Mungkin maksudnya: {', '.join(possibilities)}?" if possibilities else ""
