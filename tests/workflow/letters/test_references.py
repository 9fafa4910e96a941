"""How letters refer to one another."""

from datetime import date

from sqlalchemy import Date, create_engine, text

from workflow.letters.sources import reference


def test_a_reference_carries_the_code_name_that_templates_ask_for() -> None:
    signed = text(
        "SELECT 'internship_proposal' AS kind, '800.1.4.1/015/DINKES/2026' AS number, "
        "'2026-03-02' AS dated_on, 'Kepala Dinas Kesehatan' AS signed_title"
    ).columns(dated_on=Date)
    with create_engine("sqlite://").connect() as conn:
        found = reference("Surat usulan", conn.execute(signed).one())
    assert (found.code, found.kind, found.dated_on) == ("internship_proposal", "surat usulan", date(2026, 3, 2))
