"""An application on a phone, from the call to the place in the queue, in a real browser."""

import re

import pytest

from housing.applications.rounds import NewRound, open_at_once
from housing.persons.rules import complete_national_id
from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]


def test_a_care_household_supplements_its_proof_and_joins_the_queue(person, served, photo):
    number = open_call(served)
    applicant = person("applicant1", 390)
    officer, second = person("officer1", 1280), person("officer2", 1280)

    case = apply(applicant, number)
    review(officer)
    take(officer, "補正通知")
    check_accessible(officer.page)
    finish(officer)
    supplement(applicant, served, case, photo)
    review(officer)
    take(second, "複核")
    check_accessible(second.page)
    second.choose("second_decision", "agree")
    finish(second)

    applicant.open(f"/cases/{case}")
    check_accessible(applicant.page)
    assert "合格" in main_text(applicant)
    assert "輪候第 1 位" in main_text(applicant)
    assert [someone.complaints for someone in (applicant, officer, second)] == [[]] * 3


def test_an_officer_keys_in_a_paper_application_and_finds_it_in_the_inbox(person, served, photo):
    number = open_call(served)
    officer = person("officer1", 1280)

    officer.open(f"/applications/paper/{number}")
    check_accessible(officer.page)
    officer.write("postmark_on", officer.today)
    officer.attach("scans", photo)
    fill_choice(officer, "general")
    fill_person(officer)
    fill_means(officer)
    officer.choose("use_mydata", "false")
    fill_consents(officer)
    officer.press("登錄申請")
    assert "已登錄" in main_text(officer)

    officer.open("/applications?channel=paper")
    check_accessible(officer.page)
    assert "何安居" in main_text(officer)


def test_a_failed_transfer_from_mydata_does_not_stop_the_application(person, served, photo):
    number = open_call(served)
    applicant = person("applicant2", 390)
    to_documents(applicant, number)
    applicant.choose("use_mydata", "true")
    applicant.press("儲存並繼續")
    applicant.press("模擬傳輸失敗")
    for name in ("doc_register", "doc_income_list", "doc_property_list"):
        applicant.attach(name, photo)
    applicant.press("儲存並繼續")
    fill_consents(applicant)
    applicant.press("送出申請")

    assert re.search(r"/cases/A\d{3}-\d{6}$", applicant.page.url), applicant.page.url
    assert "已收件" in main_text(applicant)


def open_call(served) -> str:
    """Have a rolling call open, so that the review begins at once."""
    application = served.application
    with application.unit_of_work() as session:
        new = NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦")
        return open_at_once(new, session=session, clock=application.clock).number


def apply(applicant, number: str) -> str:
    """Apply in six steps with MyData; returns the case number."""
    applicant.open("/calls")
    check_accessible(applicant.page)
    to_documents(applicant, number, household_class="care")
    applicant.choose("use_mydata", "true")
    applicant.press("儲存並繼續")
    check_accessible(applicant.page)
    applicant.press("同意並傳輸")
    check_accessible(applicant.page)
    fill_consents(applicant)
    applicant.press("送出申請")
    check_accessible(applicant.page)
    case = applicant.page.url.rpartition("/")[2]
    assert re.fullmatch(r"A\d{3}-\d{6}", case), applicant.page.url
    return case


def to_documents(applicant, number: str, household_class: str = "general") -> None:
    """Fill in the steps before the documents."""
    applicant.open(f"/apply/{number}")
    check_accessible(applicant.page)
    fill_choice(applicant, household_class)
    applicant.press("儲存並繼續")
    fill_person(applicant)
    applicant.press("儲存並繼續")
    check_accessible(applicant.page)
    applicant.press("儲存並繼續")
    fill_means(applicant)
    applicant.press("儲存並繼續")
    check_accessible(applicant.page)


def fill_choice(someone, household_class: str) -> None:
    """Choose site, room type and class."""
    someone.page.locator('select[name="round"]').select_option(index=1)
    someone.page.locator('select[name="site1"]').select_option("SM")
    someone.choose("room_type", "1BR")
    someone.choose("household_class", household_class)
    if household_class == "care":
        someone.page.locator('select[name="class_subtype"]').select_option("elder")
        someone.choose("agrees_general", "false")


def fill_person(someone) -> None:
    """Fill in the applicant; the id belongs to nobody."""
    someone.write("name", "何安居")
    someone.write("nat_id", complete_national_id("A09990001"))
    someone.write("dob", "1955-05-20")
    someone.write("mobile", "0900000001")
    someone.write("address_registered", "435 臺中市梧棲區中華路一段 1 號")
    someone.choose("city_link", "registered")


def fill_means(someone) -> None:
    """Fill in means within the limits."""
    someone.choose("owns_home", "none")
    someone.write("income_month_person", "25000")
    someone.write("property_value", "0")
    someone.choose("other_subsidy", "false")
    someone.write("years_used", "0")
    someone.choose("has_arrears", "false")


def fill_consents(someone) -> None:
    """Agree to what must be agreed to, and to electronic service."""
    for name in ("consent_privacy", "consent_mydata", "consent_electronic", "consent_truth"):
        someone.page.locator(f'[name="{name}"]').check()


def review(officer) -> None:
    """Confirm what the rules found."""
    take(officer, "審件")
    check_accessible(officer.page)
    finish(officer)


def supplement(applicant, served, case: str, photo) -> None:
    """Find what is wanted until when, and bring it."""
    deliver(served)
    applicant.open(f"/cases/{case}")
    check_accessible(applicant.page)
    take(applicant, "補正", view="mine")
    check_accessible(applicant.page)
    applicant.attach("paper_class_proof", photo)
    finish(applicant)


def deliver(served) -> None:
    """Let the news of service reach the case, if the scheduler has not brought it yet."""
    application = served.application
    with application.reading() as session:
        due = application.engine.due_jobs(session, application.clock.now(), 100)
    for job in due:
        with application.unit_of_work() as session:
            application.engine.fire(job.id, session=session)


def take(someone, task: str, *, view: str = "team") -> None:
    """Open the first open task of this name, claiming it where it is offered to a team."""
    someone.open(f"/tasks?view={view}")
    someone.page.get_by_role("link", name=re.compile(task)).first.click()
    someone.page.wait_for_load_state()
    claim = someone.page.get_by_role("button", name="認領")
    if claim.count():
        claim.first.click()
        someone.page.wait_for_load_state()


def finish(someone) -> None:
    """Send the form of the open task."""
    someone.page.locator("main form button.btn-primary").last.click()
    someone.page.wait_for_load_state()
    summary = someone.page.locator(".error-summary")
    assert summary.count() == 0, summary.first.inner_text()


def main_text(someone) -> str:
    """Read what the main part of the page says."""
    return someone.page.locator("main").inner_text()
