"""Letters: words from templates, channels, numbers, proof of service, accessible PDF."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pypdf import PdfReader

from engine import outbox
from engine import queries as engine_queries
from engine.db import metadata
from engine.types import SYSTEM, Actor, InstanceRef
from housing.bootstrap import build
from housing.demo import world
from housing.letters import queries, service, writing
from housing.letters.errors import (
    AddresseeMissing,
    ChannelUnknown,
    LetterFieldMissing,
    LetterNotSent,
    PeriodTextInvalid,
    ProofBeforeSending,
    ProofInFuture,
    ProofUnknown,
    TemplateUnknown,
)
from housing.letters.printing import to_pdf
from housing.letters.rules import read_period
from housing.letters.service import NewLetter, Proof
from housing.people.queries import account_by_login
from housing.persons.queries import person_of_account
from housing.settings import Settings

OFFICER = Actor(id="9", name="許承辦", groups=frozenset({("officer", "city")}))
CASE = InstanceRef(id="c" * 32, business_key="A115-000001", scope="community:SW")
URL = "https://anju.example.org"
DEFECTS = {"days": 7, "defects": [{"text": "所得清單未附", "proof": "所得清單"}]}
EVIL = '#image("/etc/passwd") $x^2$ #panic() *b* {{ 7*7 }} <a> \\ ] )'


@pytest.fixture
def house(tmp_path, sqlite_url, clock):
    """A wired Anju with the demo city's people."""
    made = build(Settings(var=tmp_path, database_url=sqlite_url, secret_key="x" * 40), clock=clock)
    with made.database.connect_for_migration() as connection:
        metadata.create_all(connection)
    with made.unit_of_work() as session:
        world.found(vault=made.vault, session=session, clock=clock)
    yield made
    made.dispose()


@pytest.fixture
def write(house, clock):
    """Write a letter to a resident."""

    def made(login: str = "resident1", **changes: object) -> int:
        with house.unit_of_work() as session:
            new = {
                "key": f"k{login}",
                "instance": CASE,
                "template": "supplement",
                "person_id": person_id(login, session),
                "fields": DEFECTS,
                "period": "7d",
            } | changes
            return service.write(NewLetter(**new), by=OFFICER, session=session, clock=clock)

    return made


def person_id(login: str, session) -> int:
    account = account_by_login(login, session=session)
    return person_of_account(account.id, session=session).id


def send(house, letter_id, clock):
    with house.unit_of_work() as session:
        return service.send(letter_id, engine=house.engine, session=session, clock=clock)


def prove(house, letter_id, proof, clock):
    with house.unit_of_work() as session:
        return service.prove_service(
            letter_id, proof, by=OFFICER, engine=house.engine, session=session, clock=clock
        )


def read(house, letter_id):
    with house.reading() as session:
        return queries.letter(letter_id, session=session)


def test_a_letter_holds_its_frozen_words_version_and_addressee(house, write):
    letter = read(house, write())

    assert letter.content["parts"][0]["items"] == ["所得清單未附（應附文件：所得清單）"]
    assert letter.text_version.startswith("1 ")
    assert (letter.addressee_name, letter.state, letter.number) == ("林安安", "draft", None)


def test_the_same_key_writes_one_letter(write):
    assert write() == write()


def test_a_resident_who_agreed_is_served_at_once_and_the_period_starts(house, write, clock):
    letter_id = write("resident1")

    assert send(house, letter_id, clock) == clock.now()
    letter = read(house, letter_id)
    assert letter.channel == "portal"
    assert letter.number == "中市住字第1150000001號"
    assert [each.kind for each in letter.proofs] == ["portal_notified"]
    # served Monday 2 March, seven days: Monday 9 March 23:59:59 in Taipei
    assert letter.period_end_at == datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)


def test_a_resident_who_did_not_agree_gets_registered_mail_and_waits_for_a_proof(
    house, write, clock
):
    letter_id = write("resident3")

    assert send(house, letter_id, clock) is None
    letter = read(house, letter_id)
    assert (letter.channel, letter.state, letter.period_end_at) == ("registered_mail", "sent", None)


def test_the_first_proof_counts_and_further_ones_are_kept(house, write, clock):
    letter_id = write("resident3")
    send(house, letter_id, clock)
    clock.advance(timedelta(days=4))
    served = Proof(kind="registered_receipt", moment=clock.now() - timedelta(days=1))

    assert prove(house, letter_id, served, clock) == served.moment
    again = Proof(kind="deposited", moment=clock.now())
    assert prove(house, letter_id, again, clock) == served.moment
    letter = read(house, letter_id)
    assert [each.kind for each in letter.proofs] == ["registered_receipt", "deposited"]
    assert letter.served_at == served.moment


def test_impossible_proofs_are_refused(house, write, clock):
    letter_id = write("resident3")
    with pytest.raises(LetterNotSent):
        prove(house, letter_id, Proof(kind="handed", moment=clock.now()), clock)
    send(house, letter_id, clock)
    day = timedelta(days=1)
    for proof, error in (
        (Proof(kind="handed", moment=clock.now() + day), ProofInFuture),
        (Proof(kind="handed", moment=clock.now() - day), ProofBeforeSending),
        (Proof(kind="pigeon", moment=clock.now()), ProofUnknown),
    ):
        with pytest.raises(error):
            prove(house, letter_id, proof, clock)


def test_numbers_run_on_without_a_gap(house, write, clock):
    ids = [write(login) for login in ("resident1", "resident2", "resident3")]
    for letter_id in ids:
        send(house, letter_id, clock)

    assert [read(house, each).number[-3:-1] for each in ids] == ["01", "02", "03"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"template": "../settings"}, TemplateUnknown),
        ({"fields": {}}, LetterFieldMissing),
        ({"person_id": None}, AddresseeMissing),
        ({"person_id": 999}, AddresseeMissing),
        ({"contractor": "WAR1"}, AddresseeMissing),
        ({"channel": "pigeon"}, ChannelUnknown),
        ({"period": "P7D"}, PeriodTextInvalid),
    ],
)
def test_letters_that_cannot_be_written_say_why(write, changes, error):
    with pytest.raises(error):
        write(**changes)


def test_periods_are_days_working_days_or_months():
    assert read_period("7d") == (7, "calendar_days")
    assert read_period("3wd") == (3, "working_days")
    assert read_period("3m") == (3, "months")


def test_a_letter_to_a_contractor_goes_to_the_firm(house, write, clock):
    fields = {"days": 14, "what": "代履行費用", "consequence": "依約扣抵。", "total_twd": 3800}
    letter_id = write(template="demand", person_id=None, contractor="WAR1", fields=fields)
    send(house, letter_id, clock)

    assert read(house, letter_id).addressee_name.startswith("大安保固")


def test_a_case_waits_for_service_and_goes_on_with_the_proof(house, clock):
    diagram = Path(__file__).parent / "diagrams" / "notice_of_defects.bpmn"
    with house.unit_of_work() as session:
        house.engine.deploy({diagram.name: diagram.read_bytes()}, by=SYSTEM, session=session)
    for login, waits in (("resident3", True), ("resident1", False)):
        with house.unit_of_work() as session:
            started = house.engine.start(
                "notice_of_defects",
                {"person_id": person_id(login, session)},
                business_key=f"A-{login}",
                scope="community:SM",
                by=OFFICER,
                session=session,
            )
        fire_due(house, clock)
        assert is_running(house, started.instance_id) is waits

    with house.reading() as session:
        waiting = engine_queries.by_business_key("A-resident3", session)
        (letter,) = queries.letters_of(waiting.id, session=session)
    clock.advance(timedelta(days=2))
    prove(house, letter.id, Proof(kind="deposited", moment=clock.now()), clock)
    fire_due(house, clock)

    assert not is_running(house, waiting.id)
    with house.reading() as session:
        assert house.engine.variables(waiting.id, session)["served_at"] == clock.now()


def fire_due(house, clock) -> None:
    while True:
        with house.reading() as session:
            jobs = house.engine.due_jobs(session, clock.now(), 10)
        if not jobs:
            return
        for job in jobs:
            with house.unit_of_work() as session:
                house.engine.fire(job.id, session=session)


def is_running(house, instance_id) -> bool:
    with house.reading() as session:
        return engine_queries.instance(instance_id, session).status == "active"


@pytest.mark.parametrize("name", writing.templates())
def test_every_template_can_be_read(name):
    template = writing.template(name)

    assert template.title
    assert template.parts


def pdf_of(house, letter_id) -> PdfReader:
    return PdfReader(io.BytesIO(to_pdf(read(house, letter_id), URL)))


def test_the_pdf_is_tagged_in_chinese_with_title_number_and_case(house, write, clock):
    letter_id = write()
    send(house, letter_id, clock)
    pdf = pdf_of(house, letter_id)
    root = pdf.trailer["/Root"]
    text = pdf.pages[0].extract_text()

    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]
    assert root["/Lang"] == "zh-TW"
    assert pdf.metadata.title == "補正通知書"
    assert "A115-000001" in text
    assert "所得清單未附" in text
    assert f"{URL}/cases/A115-000001" in text


def test_the_pdf_says_that_it_follows_the_accessibility_standard(house, write):
    metadata_stream = pdf_of(house, write()).trailer["/Root"]["/Metadata"].get_data().decode()

    assert "pdfuaid:part" in metadata_stream


def test_the_qr_code_has_words_for_those_who_cannot_see_it(house, write):
    tree = structure(pdf_of(house, write()).trailer["/Root"]["/StructTreeRoot"])
    alternatives = [text for kind, text in tree if kind == "/Figure"]

    assert any(f"{URL}/cases/A115-000001" in text for text in alternatives)


def structure(node) -> list[tuple[str, str]]:
    """List the kinds and alternative texts of a PDF's structure tree."""
    found: list[tuple[str, str]] = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object()
        if hasattr(each, "get"):
            found.append((str(each.get("/S", "")), str(each.get("/Alt", ""))))
            found += structure(each)
    return found


def test_tables_keep_their_header_cells(house, write):
    rows = [{"text": "油漆", "amount_twd": 1600}]
    fields = {"days": 14, "what": "費用", "consequence": "扣抵。", "lines": rows, "total_twd": 1600}
    letter_id = write(template="demand", fields=fields)
    pdf = pdf_of(house, letter_id)
    kinds = [kind for kind, _ in structure(pdf.trailer["/Root"]["/StructTreeRoot"])]

    assert "/TH" in kinds
    assert "1,600" in pdf.pages[0].extract_text()


def test_what_people_wrote_is_printed_as_text_only(house, write):
    fields = {"reason": EVIL}
    letter_id = write(template="rejection", fields=fields, reason_code="INCOME_OVER", period=None)
    text = pdf_of(house, letter_id).pages[0].extract_text().replace("\n", "")

    assert '#image("/etc/passwd")' in text
    assert "{{ 7*7 }}" in text
    assert "49" not in text
    assert "訴願" in text


def test_the_fonts_are_inside_the_pdf(house, write):
    page = pdf_of(house, write()).pages[0]
    fonts = page["/Resources"]["/Font"].get_object().values()
    descriptors = [
        font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for font in fonts
    ]

    assert descriptors
    assert all("/FontFile2" in each or "/FontFile3" in each for each in descriptors)


def test_the_addressee_is_told_the_number_but_not_the_reasons(house, write, clock):
    send(house, write(), clock)
    with house.unit_of_work() as session:
        told = outbox.take(clock.now(), 10, session.connection())

    words = [str(each.payload["body"]) for each in told]
    assert len({each.recipient for each in told}) == 1
    assert any("中市住字第1150000001號" in text for text in words)
    assert not any("所得清單" in text for text in words)


def test_opening_a_letter_is_noted_once(house, write, clock):
    letter_id = write("resident3")
    send(house, letter_id, clock)
    for _ in range(2):
        with house.unit_of_work() as session:
            service.note_reading(letter_id, by=OFFICER, session=session, clock=clock)

    letter = read(house, letter_id)
    assert [each.kind for each in letter.proofs] == ["portal_read"]
    assert letter.served_at is None
