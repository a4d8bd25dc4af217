"""The handbook of a process as a page: all of it for staff, the public part for residents."""

from io import BytesIO

import pytest
from pypdf import PdfReader


@pytest.fixture
def shipped(house):
    """Deploy every shipped process."""
    house.deploy_packages()
    return house


def test_staff_read_every_chapter_of_a_process(shipped, signed_in):
    page = signed_in("officer1").open("/processes/repair.ticket/1/handbook")

    for heading in (
        "目的",
        "角色",
        "人員辦理事項",
        "期限",
        "決策",
        "表單",
        "訊息",
        "結束",
        "變更紀錄",
    ):
        assert f">{heading}</h2>" in page.text
    assert "附件3 社會住宅報修流程圖：2 日內分案" in page.text
    assert "2 個日曆天" in page.text
    assert "停止計時：住戶自行修繕中" in page.text


def test_a_resident_reads_the_public_part_only(shipped, signed_in):
    page = signed_in("resident1").open("/processes/repair.ticket/1/handbook")

    assert page.status_code == 200
    assert "期限與法令依據" in page.text
    assert "決策表" not in page.text
    assert "流程變數" not in page.text
    assert "變更紀錄" not in page.text


def test_every_shipped_process_has_a_handbook_in_both_languages(shipped, signed_in):
    supervisor = signed_in("supervisor1")
    addresses = [
        line for line in supervisor.open("/processes").text.split('"') if "/handbook" in line
    ]
    chinese = [supervisor.open(address).status_code for address in addresses]
    supervisor.send("/language", language="en", next="/")
    english = [supervisor.open(address).text for address in addresses]

    assert len(addresses) >= 8
    assert set(chinese) == {200}
    assert all(">Purpose</h2>" in text for text in english)


@pytest.mark.parametrize("address", ["nothing/1", "repair.ticket/9"])
def test_what_was_never_deployed_has_no_handbook(shipped, signed_in, address):
    assert signed_in("officer1").open(f"/processes/{address}/handbook").status_code == 404


def test_a_case_leads_to_the_handbook_of_its_version(reported, signed_in):
    page = signed_in("resident1").open(f"/cases/{reported().number}")

    assert 'href="/processes/repair.ticket/1/handbook"' in page.text


@pytest.mark.parametrize(
    ("login", "expected"), [("officer1", "決策表"), ("resident1", "期限與法令依據")]
)
def test_the_handbook_prints_as_a_tagged_pdf_of_the_same_part(shipped, signed_in, login, expected):
    client = signed_in(login).client
    answer = client.get("/processes/repair.ticket/1/handbook.pdf", buffered=True)
    printed = PdfReader(BytesIO(answer.data))
    text = "".join(page.extract_text() for page in printed.pages)

    assert answer.mimetype == "application/pdf"
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert expected in text
    assert ("決策表" in text) == (login == "officer1")
