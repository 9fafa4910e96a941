"""How letters refer to one another."""

from datetime import date

from sqlalchemy import create_engine, literal, select

from workflow.letters.sources import reference


def test_a_reference_carries_the_code_name_that_templates_ask_for() -> None:
    signed = select(
        literal("internship_proposal").label("kind"),
        literal("800.1.4.1/015/DINKES/2026").label("number"),
        literal(date(2026, 3, 2)).label("dated_on"),
        literal("Kepala Dinas Kesehatan").label("signed_title"),
    )
    with create_engine("sqlite://").connect() as conn:
        found = reference("Surat usulan", conn.execute(signed).one())
    assert (found.code, found.kind, found.by) == ("internship_proposal", "surat usulan", "Kepala Dinas Kesehatan")
