"""Reading a policy file, and saying exactly what is wrong with one that cannot be used."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data"

#: Years that a date of the law can lie in.
EARLIEST_YEAR, LATEST_YEAR = 1945, 2100


class PolicyError(Exception):
    """A policy file that cannot be used: names the file, the key and the reason, in Indonesian."""

    def __init__(self, file: Path, key: str, reason: str) -> None:
        super().__init__(f"{file}: {key}: {reason}" if key else f"{file}: {reason}")
        self.file, self.key, self.reason = file, key, reason


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of one policy file. Raises PolicyError where it cannot be read or is not TOML."""
    try:
        # Editors on office machines put a byte-order mark first, which TOML itself does not allow.
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise PolicyError(file, "", f"berkas tidak dapat dibuka: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(file, "", f"berkas tidak dapat dibaca sebagai TOML: {error}") from error


def layers(overlay: Path | None, name: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """One file as shipped and, where the agency's folder has its own, that one after it. Raises PolicyError."""
    yield SHIPPED / name, read_toml(SHIPPED / name)
    if overlay is not None and (require_folder(overlay) / name).exists():
        yield overlay / name, read_toml(overlay / name)


def require_folder(overlay: Path) -> Path:
    """The agency's folder itself. Raises PolicyError where it is not there."""
    if not overlay.is_dir():
        raise PolicyError(overlay, "", "folder ketentuan tidak ditemukan; periksa JENJANG_POLICIES")
    return overlay


@dataclass(frozen=True)
class Table:
    """A table of a policy file that knows where it stands, so that each fault names file and key."""

    file: Path
    key: str
    content: Mapping[str, Any]

    @classmethod
    def of(cls, file: Path, key: str, content: Any, known: tuple[str, ...], example: str) -> Table:
        """Raises PolicyError where ``content`` is no table, or has keys that are not known."""
        if not isinstance(content, dict):
            raise PolicyError(file, key, f"harus berupa tabel TOML, misalnya {example}")
        unknown = sorted(set(content) - set(known))
        if unknown:
            raise PolicyError(file, key, f"kunci tidak dikenal: {', '.join(unknown)}; yang dikenal: {', '.join(known)}")
        return cls(file, key, content)

    def wrong(self, reason: str) -> PolicyError:
        """The fault to raise about this table."""
        return PolicyError(self.file, self.key, reason)

    def text(self, name: str) -> str:
        """A text that must be there and not be blank."""
        value = self.content.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(f"{name} harus diisi dengan teks")
        return value.strip()

    def day(self, name: str) -> date:
        """A date that must be there; a date with a time is none, and one of another age is a slip of the keyboard."""
        value = self.content.get(name)
        if type(value) is not date:
            raise self.wrong(f"{name} harus berupa tanggal, misalnya 2026-01-01")
        if not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            raise self.wrong(f"{name} {value.isoformat()} di luar tahun {EARLIEST_YEAR} sampai {LATEST_YEAR}")
        return value

    def rows(self, name: str, known: tuple[str, ...], example: str) -> list[Table]:
        """A list of tables under ``name``; an absent list is an empty one."""
        value = self.content.get(name, [])
        if not isinstance(value, list):
            raise self.wrong(f"{name} harus berupa daftar, misalnya {example}")
        return [Table.of(self.file, self.key, row, known, example) for row in value]
