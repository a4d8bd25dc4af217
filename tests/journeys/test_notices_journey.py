"""The pages of notices are accessible, and the service worker shows a push message."""

import json

import pytest

from tests.journeys.accessibility import check_accessible

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

MESSAGE = {"title": "40 則新通知", "body": "【R115-000001】逾期", "url": "/messages", "tag": "t"}
SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (let look = 0; look < 400; look += 1) {
    const shown = await worker.getNotifications();
    if (shown.length) return shown.map(each => [each.title, each.body, each.tag, each.data.url]);
    await new Promise(again => setTimeout(again, 50));
  }
  return [];
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_of_notices_are_accessible_and_fit(person, width):
    officer = person("officer1", width)
    for address in ("/account/notifications", "/messages", "/simulator", "/simulator/phones/9"):
        officer.open(address)
        check_accessible(officer.page)

    officer.open("/account/notifications")
    officer.page.locator('input[name="progress"][value="line"]').check()
    officer.page.locator('form[action="/account/notifications"] button').click()
    officer.page.wait_for_load_state()
    assert "設定已儲存" in officer.page.inner_text("main")
    assert officer.page.locator('input[name="progress"][value="line"]').is_checked()
    assert officer.complaints == []


def test_the_service_worker_shows_a_push_message_with_the_way_to_its_case(person, served):
    page = person("chief1", 390).page
    page.context.grant_permissions(["notifications"])
    browser = page.context.new_cdp_session(page)
    registrations = []
    browser.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(event["registrations"]),
    )
    browser.send("ServiceWorker.enable")
    page.evaluate(
        "navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready)"
        ".then(() => true)"
    )
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    browser.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": f"{served.url}/",
            "registrationId": registrations[-1]["registrationId"],
            "data": json.dumps(MESSAGE),
        },
    )

    assert page.evaluate(SHOWN) == [
        [MESSAGE["title"], MESSAGE["body"], MESSAGE["tag"], MESSAGE["url"]]
    ]
