"""What the addresses of pages are asked with, by the same name on every page, and the address at which a list goes on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from litestar.params import QueryParameter

from workflow.errors import Problem

After = Annotated[str, QueryParameter(name="sesudah", required=False, max_length=100)]
Shown = Annotated[str, QueryParameter(name="tampil", required=False, max_length=20)]
Kind = Annotated[str, QueryParameter(name="jenis", required=False, max_length=60)]
Unit = Annotated[str, QueryParameter(name="unit", required=False, max_length=64)]
From = Annotated[str, QueryParameter(name="dari", required=False, max_length=30)]
Until = Annotated[str, QueryParameter(name="sampai", required=False, max_length=30)]
#: What was just done, told once on the page that is seen next.
Done = Annotated[str, QueryParameter(name="selesai", required=False, max_length=20)]


def day_in(text: str, name: str) -> date | None:
    """A day as a browser's field for days sends it; None where it is empty. ``name``: of the field. Raises Problem."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Problem(f"Tanggal “{name}” tidak terbaca. Tulislah tahun-bulan-tanggal, misalnya 2026-03-31.") from None


def address(path: str, asked: Mapping[str, str]) -> str:
    """A page with what is asked of it; what is empty asks for nothing."""
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{path}?{said}" if said else path


def further(path: str, following: str | None, asked: Mapping[str, str] | None = None) -> str:
    """Where a list goes on with what was asked for; empty at its end."""
    return address(path, {**(asked or {}), "sesudah": following}) if following else ""
