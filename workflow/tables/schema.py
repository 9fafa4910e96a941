"""What every table is made of: names of constraints, instants, ids and references."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, DateTime, Dialect, ForeignKey, Integer, MetaData, String, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant. PostgreSQL keeps it as timestamptz, SQLite as sortable ISO text in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a zone: {value!r}")
        value = value.astimezone(UTC)
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy gives it
        return datetime.fromisoformat(value) if isinstance(value, str) else value


def own_id() -> Column[str]:
    """The id of a row."""
    return Column("id", String(36), primary_key=True)


def reference(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[str]:
    """A column that refers to the id of another table."""
    return Column(name, String(64), ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def links(*, erasable: bool = False) -> tuple[Column[Any], ...]:
    """What an event of a chain keeps besides its owner (``workflow.chain``). ``erasable``: the law may demand its payload gone."""
    return (
        Column("sequence", Integer, primary_key=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("type", String(60), nullable=False),
        Column("at", Instant, nullable=False),
        Column("payload", Text, nullable=erasable),
        Column("salt", String(64), nullable=erasable),
        Column("payload_hash", String(64), nullable=False),
        Column("previous_hash", String(64), nullable=False),
        Column("hash", String(64), nullable=False),
    )
