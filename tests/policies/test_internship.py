"""The rules of an internship, each by example: the day before and the day of, the last value that holds, the first that fails."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import policies.internship as policy
import policies.internship_conduct as conduct
import policies.internship_host as hosting
from policies.decision import Decision, Grade, Rule
from policies.parameters import Parameter, Policies
from policies.records import Activity, Agreement, Headcount, Proposal, Sanction
from policies.regulations import Regulations
from policies.wording import say_money

POLICIES = Policies.load()
REGULATIONS = Regulations.load()
ON = date(2026, 3, 2)
LAW = POLICIES.on(ON)
FIRST, LAST = date(2026, 4, 6), date(2026, 4, 17)
DAY = timedelta(days=1)

ALLOWED, WARNED, UNKNOWN, REFUSED = Grade.ALLOWED, Grade.WARNED, Grade.UNKNOWN, Grade.REFUSED


@dataclass(frozen=True)
class Example:
    """What a rule answers to some facts under the law of a day; ``says`` is the sentence that a lawyer would check."""

    says: str
    rule: Rule
    facts: Any
    grade: Grade
    on: date = ON

    @property
    def answer(self) -> Decision:
        return self.rule(self.facts, POLICIES.on(self.on))


def sanctioned(level: str, from_on: date | None, until_on: date | None) -> policy.SanctionFacts:
    return policy.SanctionFacts((Sanction(level, from_on, until_on),), ON)


SERVICE = policy.participant_is_in_service
WHO = (
    Example("active staff may go", SERVICE, policy.ServiceFacts("Aktif", date(2026, 4, 17)), ALLOWED),
    Example("staff on unpaid leave may not go", SERVICE, policy.ServiceFacts("CLTN", date(2026, 4, 17)), REFUSED),
    Example(
        "staff on study leave may not go", SERVICE, policy.ServiceFacts("Tugas belajar", date(2026, 4, 17)), REFUSED
    ),
    Example(
        "whoever is known to leave before the end may not go",
        SERVICE,
        policy.ServiceFacts("Aktif", date(2026, 4, 17), date(2026, 4, 10)),
        REFUSED,
    ),
    Example(
        "whoever leaves after the end may go",
        SERVICE,
        policy.ServiceFacts("Aktif", date(2026, 4, 17), date(2026, 4, 18)),
        ALLOWED,
    ),
    Example("a blank status is unknown and not a no", SERVICE, policy.ServiceFacts(None, date(2026, 4, 17)), UNKNOWN),
)

DISCIPLINE = policy.participant_bears_no_heavy_sanction
SANCTIONS = (
    Example("a clean record does not bind", DISCIPLINE, policy.SanctionFacts((), ON), ALLOWED),
    Example("a light sanction does not bind", DISCIPLINE, sanctioned("ringan", ON, ON), ALLOWED),
    Example("a moderate sanction binds on its first day", DISCIPLINE, sanctioned("sedang", ON, ON + DAY), REFUSED),
    Example(
        "a moderate sanction does not bind the day before", DISCIPLINE, sanctioned("sedang", ON + DAY, None), ALLOWED
    ),
    Example("a severe sanction binds on its last day", DISCIPLINE, sanctioned("berat", date(2025, 3, 3), ON), REFUSED),
    Example(
        "a sanction does not bind the day after", DISCIPLINE, sanctioned("berat", date(2025, 3, 2), ON - DAY), ALLOWED
    ),
    Example("a moderate sanction without dates binds", DISCIPLINE, sanctioned("sedang", None, None), REFUSED),
    Example("a severe sanction without an end binds", DISCIPLINE, sanctioned("berat", date(2019, 1, 1), None), REFUSED),
    Example(
        "a sanction that ended does not hide one that binds",
        DISCIPLINE,
        policy.SanctionFacts((Sanction("berat", None, ON - DAY), Sanction("sedang", None, ON)), ON),
        REFUSED,
    ),
)

UNRECORDED = (
    Example("a blank record of sanctions is a warning, never a no", DISCIPLINE, policy.SanctionFacts(None, ON), WARNED),
)

REJECTION = policy.rejection_cites_a_regulation
REJECTIONS = (
    Example(
        "a rejection by a known regulation stands",
        REJECTION,
        policy.RejectionFacts("PP 94/2021 Pasal 8", "Peraturan Pemerintah Nomor 94 Tahun 2021"),
        ALLOWED,
    ),
    Example(
        "a rejection by nothing that is known does not", REJECTION, policy.RejectionFacts("kebijakan", None), REFUSED
    ),
)

PERFORMANCE = policy.performance_is_good
PREDICATES = (
    Example("Baik suffices", PERFORMANCE, policy.PerformanceFacts("Baik", 2025), ALLOWED),
    Example("Sangat Baik suffices", PERFORMANCE, policy.PerformanceFacts("Sangat Baik", 2025), ALLOWED),
    Example("Butuh Perbaikan is a warning", PERFORMANCE, policy.PerformanceFacts("Butuh Perbaikan", 2025), WARNED),
    Example("Sangat Kurang is a warning", PERFORMANCE, policy.PerformanceFacts("Sangat Kurang", 2025), WARNED),
    Example("a blank predicate is a warning", PERFORMANCE, policy.PerformanceFacts(None, 2025), WARNED),
    Example(
        "before the predicates were in force nothing can be measured by them",
        PERFORMANCE,
        policy.PerformanceFacts("Baik", 2021),
        REFUSED,
        date(2022, 2, 28),
    ),
    Example(
        "from the day of the regulation they count",
        PERFORMANCE,
        policy.PerformanceFacts("Baik", 2021),
        ALLOWED,
        date(2022, 3, 1),
    ),
)


def contract(ends_on: date | None, kind: str | None = "PPPK") -> policy.ContractFacts:
    return policy.ContractFacts(kind, ends_on, LAST)


CONTRACT = policy.contract_outlasts_the_internship
CONTRACTS = (
    Example("a PNS has no contract that ends", CONTRACT, contract(None, "PNS"), ALLOWED),
    Example("a contract that ends 90 days after is enough", CONTRACT, contract(LAST + 90 * DAY), ALLOWED),
    Example("a contract that ends 89 days after is a warning", CONTRACT, contract(LAST + 89 * DAY), WARNED),
    Example("a contract that ends within the internship is a warning", CONTRACT, contract(LAST - DAY), WARNED),
    Example("a contract without a recorded end is a warning", CONTRACT, contract(None), WARNED),
)


def period(starts_on: date, days: int) -> policy.PeriodFacts:
    return policy.PeriodFacts(starts_on, starts_on + (days - 1) * DAY, ON)


PERIOD = policy.period_is_allowed
PERIODS = (
    Example("one day is enough", PERIOD, period(FIRST, 1), ALLOWED),
    Example("an end before the start is refused", PERIOD, period(FIRST, 0), REFUSED),
    Example("92 days need no thought", PERIOD, period(FIRST, 92), ALLOWED),
    Example("93 days are a warning", PERIOD, period(FIRST, 93), WARNED),
    Example("365 days are the longest", PERIOD, period(FIRST, 365), WARNED),
    Example("366 days are too long", PERIOD, period(FIRST, 366), REFUSED),
    Example("tomorrow lies ahead", PERIOD, period(ON + DAY, 5), ALLOWED),
    Example("today has begun", PERIOD, period(ON, 5), REFUSED),
)


def busy(from_on: date, until_on: date) -> policy.FreedomFacts:
    return policy.FreedomFacts((Activity("magang antarinstansi", from_on, until_on),), FIRST, LAST)


FREEDOM = policy.participant_is_free
OVERLAPS = (
    Example("nothing else stands in the way", FREEDOM, policy.FreedomFacts((), FIRST, LAST), ALLOWED),
    Example("an activity that ends the day before", FREEDOM, busy(date(2026, 1, 5), FIRST - DAY), ALLOWED),
    Example("an activity that ends on the first day clashes", FREEDOM, busy(date(2026, 1, 5), FIRST), REFUSED),
    Example("an activity that begins on the last day clashes", FREEDOM, busy(LAST, date(2026, 6, 1)), REFUSED),
    Example("an activity that begins the day after", FREEDOM, busy(LAST + DAY, date(2026, 6, 1)), ALLOWED),
    Example("an activity within the period clashes", FREEDOM, busy(FIRST + DAY, FIRST + 2 * DAY), REFUSED),
)

HOST, OTHER_HOST, OFFER = (
    policy.host_is_another_institution,
    policy.host_is_a_different_one,
    hosting.the_offer_says_what_changes,
)
ASKED = (
    Example("an item of the plan", policy.plan_or_reason_is_named, policy.PlanFacts("Butir 12", ""), ALLOWED),
    Example(
        "outside the plan with a reason", policy.plan_or_reason_is_named, policy.PlanFacts("", "Alat baru"), ALLOWED
    ),
    Example("outside the plan without a reason", policy.plan_or_reason_is_named, policy.PlanFacts(" ", "  "), REFUSED),
    Example("nothing costs nothing", policy.estimate_matches_its_source, policy.CostFacts("none", 0), ALLOWED),
    Example("without cost, yet an estimate", policy.estimate_matches_its_source, policy.CostFacts("none", 1), REFUSED),
    Example(
        "the budget bears one rupiah", policy.estimate_matches_its_source, policy.CostFacts("agency_budget", 1), ALLOWED
    ),
    Example(
        "a source of cost without an estimate", policy.estimate_matches_its_source, policy.CostFacts("host", 0), REFUSED
    ),
    Example("a registered partner", HOST, policy.HostFacts("Rumah Sakit Provinsi", None, "RSUD"), ALLOWED),
    Example("another unit of the regency", HOST, policy.HostFacts("Dinas Kesehatan", "DINKES", "RSUD"), ALLOWED),
    Example("one's own unit is no host", HOST, policy.HostFacts("Rumah Sakit Umum Daerah", "RSUD", "RSUD"), REFUSED),
    Example("a host that nobody registered", HOST, policy.HostFacts(None, None, "RSUD"), REFUSED),
    Example("another host", OTHER_HOST, policy.ChangedFacts(("host", "section")), ALLOWED),
    Example("another section of the same host", OTHER_HOST, policy.ChangedFacts(("section",)), REFUSED),
    Example("the same host at another time", OTHER_HOST, policy.ChangedFacts(("ends_on", "starts_on")), REFUSED),
)


def staying(post_total: int, post_absent: int, unit_total: int = 100, unit_absent: int = 0) -> policy.PresenceFacts:
    return policy.PresenceFacts(
        Headcount("perawat", post_total, post_absent), Headcount("pegawai", unit_total, unit_absent)
    )


PRESENCE = policy.enough_people_stay
STAYING = (
    Example("half of the same post stays", PRESENCE, staying(4, 1), ALLOWED),
    Example("less than half of the same post stays", PRESENCE, staying(4, 2), REFUSED),
    Example("of three, one may go", PRESENCE, staying(3, 0), ALLOWED),
    Example("of three, a second may not go", PRESENCE, staying(3, 1), REFUSED),
    Example("two of a post are left to the superior", PRESENCE, staying(2, 1), ALLOWED),
    Example("three quarters of the unit stay", PRESENCE, staying(2, 0, 100, 24), ALLOWED),
    Example("one less than three quarters of the unit", PRESENCE, staying(2, 0, 100, 25), REFUSED),
)


def agreed(*agreements: Agreement, inside: bool = False, exemption: str = "") -> hosting.AgreementFacts:
    return hosting.AgreementFacts(agreements, inside, FIRST, LAST, exemption)


BINDING, MERE = "Perjanjian Kerja Sama", "Nota Kesepahaman"
AGREEMENT = hosting.agreement_covers_the_period
AGREEMENTS = (
    Example("from its first to its last day", AGREEMENT, agreed(Agreement(BINDING, "12/2025", FIRST, LAST)), ALLOWED),
    Example("it ends the day before", AGREEMENT, agreed(Agreement(BINDING, "12/2025", FIRST, LAST - DAY)), WARNED),
    Example(
        "it begins the day after the start",
        AGREEMENT,
        agreed(Agreement(BINDING, "12/2025", FIRST + DAY, LAST)),
        REFUSED,
    ),
    Example("a memorandum alone", AGREEMENT, agreed(Agreement(MERE, "7/2025", FIRST, LAST)), WARNED),
    Example(
        "a memorandum beside an agreement",
        AGREEMENT,
        agreed(Agreement(MERE, "7/2025", FIRST, LAST), Agreement(BINDING, "12/2025", FIRST, LAST)),
        ALLOWED,
    ),
    Example("none at all", AGREEMENT, agreed(), REFUSED),
    Example("none, with an exemption", AGREEMENT, agreed(exemption="Keadaan mendesak."), WARNED),
    Example("none, with an empty exemption", AGREEMENT, agreed(exemption="  "), REFUSED),
    Example("a host of our own needs none", AGREEMENT, agreed(inside=True), ALLOWED),
)


def offered(starts_on: date | None = None, ends_on: date | None = None, fee: int = 0, conditions: str = "") -> Proposal:
    return Proposal(starts_on, ends_on, fee, conditions)


CONSENT = hosting.head_consents_where_needed
OFFERS = (
    Example("an offer of another first day", OFFER, hosting.OfferFacts(offered(starts_on=FIRST + DAY)), ALLOWED),
    Example("an offer of another last day", OFFER, hosting.OfferFacts(offered(ends_on=LAST + DAY)), ALLOWED),
    Example("an offer for a rupiah", OFFER, hosting.OfferFacts(offered(fee=1)), ALLOWED),
    Example("an offer with a condition", OFFER, hosting.OfferFacts(offered(conditions="Vaksinasi.")), ALLOWED),
    Example("an offer of nothing", OFFER, hosting.OfferFacts(offered(conditions=" ")), REFUSED),
    Example("other dates without consent", CONSENT, hosting.ConsentFacts(offered(ends_on=LAST), False), REFUSED),
    Example("a fee without consent", CONSENT, hosting.ConsentFacts(offered(fee=1), False), REFUSED),
    Example("other dates with consent", CONSENT, hosting.ConsentFacts(offered(ends_on=LAST), True), ALLOWED),
    Example(
        "conditions alone need no consent", CONSENT, hosting.ConsentFacts(offered(conditions="Vaksin."), False), ALLOWED
    ),
    Example("no offer at all", CONSENT, hosting.ConsentFacts(None, True), REFUSED),
)


def logged(worked_on: date, *, on: date = LAST, ended_on: date | None = None) -> conduct.LoggedDayFacts:
    return conduct.LoggedDayFacts(worked_on, FIRST, LAST, ended_on, (FIRST,), on)


NOT_BEGUN, STRAY = conduct.the_period_is_not_over, conduct.chosen_numbers_are_open
ASKED_IN_TIME = (
    Example("the day before the start", NOT_BEGUN, conduct.StartFacts(FIRST, LAST, FIRST - DAY), ALLOWED),
    Example("a period that begins today", NOT_BEGUN, conduct.StartFacts(FIRST, LAST, FIRST), WARNED),
    Example("a period on its last day", NOT_BEGUN, conduct.StartFacts(FIRST, LAST, LAST), WARNED),
    Example("a period that is over", NOT_BEGUN, conduct.StartFacts(FIRST, LAST, LAST + DAY), REFUSED),
)

HOURS = conduct.hours_follow_the_hosts_country
RATES = (
    Example("a host at home", HOURS, conduct.CreditFacts("Indonesia"), ALLOWED),
    Example("a host abroad is looked at once more", HOURS, conduct.CreditFacts("Malaysia"), WARNED),
    Example("before there was a rate", HOURS, conduct.CreditFacts("Indonesia"), REFUSED, date(2018, 12, 31)),
)

START, OVER, EARLY, LOGGED = (
    conduct.the_period_has_come,
    conduct.the_period_is_over,
    conduct.the_last_day_is_within_the_period,
    conduct.the_day_can_be_logged,
)
ON_SITE = (
    Example("the day before the start", START, conduct.StartFacts(FIRST, LAST, FIRST - DAY), REFUSED),
    Example("the first day", START, conduct.StartFacts(FIRST, LAST, FIRST), ALLOWED),
    Example("a late start on the last day", START, conduct.StartFacts(FIRST, LAST, LAST), ALLOWED),
    Example("the day after the period", START, conduct.StartFacts(FIRST, LAST, LAST + DAY), REFUSED),
    Example("finished the day before the end", OVER, conduct.EndFacts(LAST, LAST - DAY), REFUSED),
    Example("finished on the last day", OVER, conduct.EndFacts(LAST, LAST), ALLOWED),
    Example("ended on its first day", EARLY, conduct.LastDayFacts(FIRST, FIRST, LAST, LAST), ALLOWED),
    Example("ended today", EARLY, conduct.LastDayFacts(FIRST + DAY, FIRST, LAST, FIRST + DAY), ALLOWED),
    Example("ended tomorrow", EARLY, conduct.LastDayFacts(FIRST + DAY, FIRST, LAST, FIRST), REFUSED),
    Example("ended before it began", EARLY, conduct.LastDayFacts(FIRST - DAY, FIRST, LAST, LAST), REFUSED),
    Example(
        "ended after the planned end", EARLY, conduct.LastDayFacts(LAST + DAY, FIRST, LAST, LAST + 3 * DAY), REFUSED
    ),
    Example("a Sunday within the period is logged", LOGGED, logged(date(2026, 4, 12)), ALLOWED),
    Example("the day before the period is not logged", LOGGED, logged(FIRST - DAY), REFUSED),
    Example("a day that the host confirmed stands", LOGGED, logged(FIRST), REFUSED),
    Example("today is logged", LOGGED, logged(FIRST + DAY, on=FIRST + DAY), ALLOWED),
    Example("tomorrow is not logged", LOGGED, logged(FIRST + 2 * DAY, on=FIRST + DAY), REFUSED),
    Example("the last day is logged afterwards", LOGGED, logged(LAST, on=LAST + 9 * DAY), ALLOWED),
    Example("a day after the early end is not logged", LOGGED, logged(LAST, ended_on=LAST - DAY), REFUSED),
    Example("some days are chosen", conduct.days_are_chosen, conduct.ConfirmationFacts((FIRST,)), ALLOWED),
    Example("numbers that are all there", STRAY, conduct.ChosenNumberFacts(()), ALLOWED),
    Example("a number that is not there", STRAY, conduct.ChosenNumberFacts((7, 99)), REFUSED),
    Example("no day is chosen", conduct.days_are_chosen, conduct.ConfirmationFacts(()), REFUSED),
)

CERTIFICATE = conduct.CertificateFacts(False, "445/17/2026", LAST, "berkas")
HOST_PAPER, ATTESTED = conduct.host_certificate_is_complete, conduct.attested_days_are_proven
LATE, LATE_OR_WHY = conduct.the_host_is_late, conduct.late_or_with_a_reason
ASSESSED = (
    Example("an outside host's own certificate", HOST_PAPER, CERTIFICATE, ALLOWED),
    Example("a certificate without number", HOST_PAPER, replace(CERTIFICATE, certificate_number=""), REFUSED),
    Example("a certificate without date", HOST_PAPER, replace(CERTIFICATE, certificate_on=None), REFUSED),
    Example("a certificate without file", HOST_PAPER, replace(CERTIFICATE, certificate_file=""), REFUSED),
    Example("a host of our own hands in none", HOST_PAPER, conduct.CertificateFacts(True, "", None, ""), ALLOWED),
    Example("no days to attest", ATTESTED, conduct.AttestedDayFacts((), ""), ALLOWED),
    Example("days attested with a document", ATTESTED, conduct.AttestedDayFacts((FIRST,), "berkas"), ALLOWED),
    Example("days attested with nothing", ATTESTED, conduct.AttestedDayFacts((FIRST,), ""), REFUSED),
    Example("the host let its time pass", LATE, conduct.LatenessFacts(True, ""), ALLOWED),
    Example("the host still has time, whatever the reason", LATE, conduct.LatenessFacts(False, "Mendesak"), REFUSED),
    Example("closed after the deadline without a reason", LATE_OR_WHY, conduct.LatenessFacts(True, ""), ALLOWED),
    Example("closed before the deadline with a reason", LATE_OR_WHY, conduct.LatenessFacts(False, "Mangkir"), ALLOWED),
    Example("closed before the deadline without a reason", LATE_OR_WHY, conduct.LatenessFacts(False, " "), REFUSED),
)

ATTENDANCE = conduct.attendance_is_enough
ATTENDED = (
    Example("80 of 100 days", ATTENDANCE, conduct.AttendanceFacts(100, 80), ALLOWED),
    Example("79 of 100 days", ATTENDANCE, conduct.AttendanceFacts(100, 79), REFUSED),
    Example("8 of 10 days", ATTENDANCE, conduct.AttendanceFacts(10, 8), ALLOWED),
    Example("less than 80 percent is not rounded up", ATTENDANCE, conduct.AttendanceFacts(1000, 799), REFUSED),
    Example("more days than planned, Sundays worked", ATTENDANCE, conduct.AttendanceFacts(10, 12), ALLOWED),
    Example("nothing attended of nothing", ATTENDANCE, conduct.AttendanceFacts(0, 0), REFUSED),
)


EXAMPLES = (
    *WHO,
    *SANCTIONS,
    *UNRECORDED,
    *REJECTIONS,
    *PREDICATES,
    *CONTRACTS,
    *PERIODS,
    *OVERLAPS,
    *ASKED,
    *STAYING,
    *AGREEMENTS,
    *OFFERS,
    *ASKED_IN_TIME,
    *RATES,
    *ON_SITE,
    *ASSESSED,
    *ATTENDED,
)
RULES = {each.name: each for each in vars(policy).values() if isinstance(each, Rule)}

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.rule.name}: {each.says}")


@every_example
def test_a_rule_answers_as_its_example_says(example: Example) -> None:
    assert example.answer.grade is example.grade, [reason.says for reason in example.answer.reasons]


@pytest.mark.parametrize("name", RULES)
def test_every_rule_is_seen_to_allow_and_not_to_allow(name: str) -> None:
    grades = {example.grade for example in EXAMPLES if example.rule.name == name}
    assert ALLOWED in grades
    assert grades - {ALLOWED}


@every_example
def test_every_reason_is_a_sentence_that_rests_on_a_known_instrument(example: Example) -> None:
    for reason in example.answer.reasons:
        assert reason.says[0].isupper()
        assert reason.says.endswith(".")
        assert "None" not in reason.says
        assert all(REGULATIONS.find(citation) for citation in reason.by)
        assert reason.by or "tidak berlaku pada" in reason.says


@every_example
def test_whatever_is_not_allowed_says_the_way_out(example: Example) -> None:
    for reason in example.answer.reasons:
        assert bool(reason.remedy) is (reason.grade is not ALLOWED)


def test_a_sanction_without_end_says_that_it_may_be_attested() -> None:
    (reason,) = DISCIPLINE(sanctioned("berat", None, None), LAW).reasons
    assert reason.says == "Sedang menjalani hukuman disiplin berat yang tanggal berakhirnya belum diketahui."
    assert reason.remedy.startswith("Verifikator dapat mencatat bahwa hukuman sudah berakhir")


def test_a_long_period_that_has_begun_is_refused_and_still_warned_of() -> None:
    answer = PERIOD(period(ON, 100), LAW)
    assert [reason.grade for reason in answer.reasons] == [ALLOWED, REFUSED, WARNED]


def test_presence_names_both_groups_with_their_share() -> None:
    answer = PRESENCE(staying(4, 2, 100, 30), LAW)
    assert [reason.says for reason in answer.reasons] == [
        "Dari 4 perawat, 1 tetap bertugas; sekurang-kurangnya 50 persen.",
        "Dari 100 pegawai, 69 tetap bertugas; sekurang-kurangnya 75 persen.",
    ]


def test_more_days_than_were_planned_are_not_said_to_be_so_many_of_them() -> None:
    (reason,) = ATTENDANCE(conduct.AttendanceFacts(10, 12), LAW).reasons
    assert reason.says == "Hadir 12 hari, lebih dari 10 hari yang direncanakan; paling sedikit 80 persen."


def test_numbers_that_are_not_there_are_named() -> None:
    (reason,) = STRAY(conduct.ChosenNumberFacts((7, 99)), LAW).reasons
    assert reason.says == "Catatan harian nomor 7, 99 tidak ada, sudah dikonfirmasi, atau sudah diganti."


def test_the_country_of_the_host_decides_the_rate() -> None:
    ((home,), (abroad,)) = (HOURS(conduct.CreditFacts(country), LAW).reasons for country in ("Indonesia", "Malaysia"))
    assert home.says == "Instansi penerima berada di Indonesia; magang dalam negeri dihitung 20 JP."
    assert abroad.says == "Instansi penerima berada di Malaysia; magang luar negeri dihitung 24 JP."


def test_money_is_written_as_officials_write_it() -> None:
    assert say_money(0) == "Rp0,00"
    assert say_money(1_500_000) == "Rp1.500.000,00"


def test_a_share_that_the_agency_raises_binds_from_that_day_on(tmp_path: Path) -> None:
    (tmp_path / "internship.toml").write_text(
        """
        [unit_present]
        says = "Bagian pegawai perangkat daerah yang harus tetap bertugas"
        unit = "persen"
        since = [
          { from = 2020-01-01, value = 75, by = "Praktik daerah" },
          { from = 2026-07-01, value = 90, by = "Praktik daerah" },
        ]
        """,
        encoding="utf-8",
    )
    policies = Policies.load(tmp_path)
    facts = staying(2, 0, 100, 20)
    assert PRESENCE(facts, policies.on(date(2026, 6, 30))).grade is ALLOWED
    assert PRESENCE(facts, policies.on(date(2026, 7, 1))).grade is REFUSED


# --- Where a case goes, and to whom ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("returned_from", "changed", "target"),
    [
        (None, (), "supervisor_review"),
        ("supervisor_review", (), "supervisor_review"),
        ("agency_review", (), "agency_review"),
        ("verification", (), "verification"),
        ("verification", ("ends_on",), "supervisor_review"),
    ],
)
def test_a_returned_request_goes_straight_back_unless_what_superiors_judged_changed(
    returned_from: str | None, changed: tuple[str, ...], target: str
) -> None:
    assert policy.where_a_request_goes(policy.SubmissionFacts(returned_from, changed)) == target


@pytest.mark.parametrize(
    ("changed", "target"),
    [
        (("host", "section"), "verification"),
        (("host", "starts_on"), "supervisor_review"),
        (("ends_on", "host"), "supervisor_review"),
        (("estimate", "host"), "supervisor_review"),
        (("funding", "host"), "supervisor_review"),
    ],
)
def test_superiors_are_asked_about_another_host_only_if_period_or_cost_change(
    changed: tuple[str, ...], target: str
) -> None:
    assert policy.where_another_host_goes(policy.ChangedFacts(changed)) == target


@pytest.mark.parametrize(
    ("assessed", "changed", "target"),
    [
        (False, False, "host_assessment"),
        (True, False, "final_verification"),
        (True, True, "host_assessment"),
    ],
)
def test_a_report_goes_to_the_host_unless_it_has_assessed_the_same_days(
    assessed: bool, changed: bool, target: str
) -> None:
    assert conduct.where_a_report_goes(conduct.ReportFacts(assessed, changed)) == target


def test_the_head_of_the_personnel_unit_asks_hosts_inside_and_the_secretary_those_outside() -> None:
    assert hosting.who_asks_the_host(hosting.InsideFacts(True), LAW) == "personnel_head"
    assert hosting.who_asks_the_host(hosting.InsideFacts(False), LAW) == "secretary"


def test_a_head_is_assigned_by_the_secretary_and_staff_by_their_head() -> None:
    assert policy.who_assigns(policy.AssigningFacts(True), LAW) == "secretary"
    assert policy.who_assigns(policy.AssigningFacts(False), LAW) == "agency_head"


def test_only_a_host_inside_gets_its_certificate_from_here() -> None:
    assert hosting.host_is_inside(hosting.InsideFacts(True))
    assert not hosting.host_is_inside(hosting.InsideFacts(False))


@pytest.mark.parametrize(
    "handle", [each for each in vars(policy).values() if isinstance(each, Parameter)], ids=lambda h: h.name
)
def test_every_number_of_the_internship_is_in_force_today(handle: Parameter[Any]) -> None:
    assert LAW[handle].by


def test_a_recalled_participant_is_credited_nothing_unless_the_agency_says_so() -> None:
    assert LAW[conduct.CREDIT_WHEN_RECALLED].value == 0
