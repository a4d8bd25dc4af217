"""Uploads on pages: what a field takes, PDFs as links, refusals that lose nothing."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from housing.applications.rounds import NewRound, open_at_once
from tests import papers

HEIC = (Path(__file__).parents[1] / "pictures" / "phone.heic").read_bytes()


@pytest.fixture
def address(house, clock) -> str:
    """The page on which an officer keys in a paper application."""
    house.deploy_packages()
    with house.unit_of_work() as session:
        new = NewRound(kind="rolling", title="梧棲三民好宅隨到隨辦")
        number = open_at_once(new, session=session, clock=clock).number
    return f"/applications/paper/{number}"


@pytest.fixture
def officer(signed_in, address):
    browser = signed_in("officer1")
    page = browser.open(address)
    assert "PDF（最多 60 頁）或照片" in page.text
    assert (
        'accept="image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"'
        in page.text
    )
    return browser


def test_a_pdf_is_shown_as_a_link_with_its_pages_and_only_ever_saved(officer, address) -> None:
    page = officer.send(
        address, _upload="scans", name="何安居", scans=(io.BytesIO(papers.a_pdf(3)), "掃描 1.pdf")
    )

    (file_id,) = re.findall(r'name="scans" value="([0-9a-f]{32})"', page.text)
    assert f'class="document-link" href="/files/{file_id}"' in page.text
    assert "掃描 1.pdf" in page.text
    assert "PDF，3 頁" in page.text
    assert f"{file_id}?size=thumb" not in page.text
    assert 'value="何安居"' in page.text
    with officer.client.get(f"/files/{file_id}") as file:
        assert file.headers["Content-Disposition"].startswith("attachment;")
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in file.headers["Content-Security-Policy"]
        assert file.mimetype == "application/pdf"
    assert officer.open(f"/files/{file_id}?size=thumb").status_code == 404


def test_a_photo_in_heic_is_taken_among_papers_and_served_as_jpeg(officer, address) -> None:
    page = officer.send(address, _upload="scans", scans=(io.BytesIO(HEIC), "IMG_0001.HEIC"))

    (file_id,) = re.findall(r'name="scans" value="([0-9a-f]{32})"', page.text)
    with officer.client.get(f"/files/{file_id}") as file:
        assert file.mimetype == "image/jpeg"
        assert Image.open(io.BytesIO(file.data)).size == (64, 96)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (papers.a_pdf_that_acts("/Launch"), "含有程式碼、指令或附件"),
        (b"<html><script>alert(1)</script>", "不是 PDF 也不是照片"),
    ],
    ids=["starts a program", "web page"],
)
def test_a_bad_file_is_named_and_the_rest_of_the_form_is_kept(
    officer, address, content: bytes, words: str
) -> None:
    page = officer.send(
        address,
        name="何安居",
        scans=[(io.BytesIO(papers.a_pdf()), "好.pdf"), (io.BytesIO(content), "壞.pdf")],
    )

    assert page.status_code == 422
    assert re.search(rf"壞\.pdf」[^<]*{words}", page.text)
    assert "好.pdf" in page.text
    assert 'value="何安居"' in page.text
