"""A passkey is added, opens the account by itself and as the second step, and is removed."""

import pytest
from playwright.sync_api import Page

from housing.demo.accounts import PASSWORD

pytestmark = [pytest.mark.journey, pytest.mark.timeout(60)]


def test_a_passkey_opens_an_account_alone_and_as_the_second_step(browser, served):
    url = served.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-TW")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    give_authenticator(page)
    enter_password(page, url)

    add_passkey(page, url)

    context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.get_by_role("button", name="以通行密鑰登入").click()
    page.wait_for_url(f"{url}/")
    assert "林安安" in page.locator("main").inner_text()

    context.clear_cookies()
    enter_password(page, url)
    assert page.url.startswith(f"{url}/sign-in/code")
    page.get_by_role("button", name="使用通行密鑰").click()
    page.wait_for_url(f"{url}/")

    page.goto(f"{url}/account/passkeys")
    page.get_by_role("button", name="移除通行密鑰 我的手機").click()
    page.wait_for_load_state()
    assert "尚無通行密鑰" in page.locator("main").inner_text()
    assert complaints == []
    context.close()


def add_passkey(page: Page, url: str) -> None:
    """Add a passkey; ten recovery codes come with the first."""
    page.goto(f"{url}/account/passkeys")
    page.locator("#passkey-name").fill("我的手機")
    page.get_by_role("button", name="新增本裝置的通行密鑰").click()
    page.wait_for_selector("ol code")
    assert page.locator("ol code").count() == 10
    page.goto(f"{url}/account/passkeys")
    assert "我的手機" in page.locator("main").inner_text()


def give_authenticator(page: Page) -> None:
    """Put a phone's authenticator into the browser; it verifies its user without asking."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter_password(page: Page, url: str) -> None:
    page.goto(f"{url}/sign-in")
    page.locator("#login").fill("resident1")
    page.locator("#password").fill(PASSWORD)
    page.locator("form:has(#password) button[type=submit]").click()
    page.wait_for_load_state()
