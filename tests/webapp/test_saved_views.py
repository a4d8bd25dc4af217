"""Views of the inbox that people save: for themselves, or for a team they lead."""

import re

from engine.types import Actor
from housing.inbox.rules import cleaned, is_shown, teams_led_by

LISTING = "view=team&process=repair.ticket&sort=age"


def test_a_saved_view_stands_in_the_navigation_and_opens_the_same_list(signed_in):
    manager = signed_in("manager1")
    manager.open("/tasks")
    page = manager.send("/tasks/views", name=" 待認領的  報修 ", listing=LISTING)

    assert page.request.full_path == "/tasks?view=team&process=repair.ticket&sort=age"
    assert re.search(r'sort=age" aria-current="page">\s*<span>待認領的 報修', page.text)
    assert "待認領的 報修" not in signed_in("manager2").open("/tasks").text


def test_a_lead_saves_a_view_for_the_team_and_others_only_use_it(signed_in):
    lead, manager = signed_in("lead1"), signed_in("manager1")
    for each in (lead, manager):
        each.open("/tasks")
    sent = {"name": "逾期報修", "listing": LISTING, "team": "property_manager@community:SW"}

    assert manager.send("/tasks/views", **sent).status_code == 403
    assert lead.send("/tasks/views", **sent).status_code == 200
    assert "逾期報修" in manager.open("/tasks").text
    assert "/delete" not in manager.open("/tasks/views").text
    assert "/delete" in lead.open("/tasks/views").text


def test_a_view_is_renamed_and_deleted_after_a_question(signed_in):
    manager = signed_in("manager1")
    manager.open("/tasks")
    manager.send("/tasks/views", name="甲", listing=LISTING)
    (number,) = set(re.findall(r"/tasks/views/(\d+)/delete", manager.open("/tasks/views").text))

    assert "清單已重新命名" in manager.send(f"/tasks/views/{number}", name="乙").text
    assert "其中的待辦不受影響" in manager.open(f"/tasks/views/{number}/delete").text
    assert "已刪除清單「乙」" in manager.send(f"/tasks/views/{number}/delete").text
    assert manager.open(f"/tasks/views/{number}/delete").status_code == 404


def test_a_name_is_needed_and_stands_once(signed_in):
    manager = signed_in("manager1")
    manager.open("/tasks")
    manager.send("/tasks/views", name="甲", listing=LISTING)

    for name, words in (
        ("  ", "請輸入清單名稱"),
        ("甲", "已有名為「甲」的清單"),
        ("長" * 41, "最多 40 個字"),
    ):
        refused = manager.send("/tasks/views", name=name, listing=LISTING)
        assert refused.status_code in (409, 422)
        assert words in refused.text


def test_who_leads_which_teams_and_who_sees_their_views():
    chief = Actor(id="1", name="", groups=frozenset({("section_chief", "city")}))
    officer = Actor(id="2", name="", groups=frozenset({("officer", "city")}))
    manager = Actor(id="3", name="", groups=frozenset({("property_manager", "community:SW")}))

    assert teams_led_by(chief) == (("officer", "city"), ("section_chief", "city"))
    assert teams_led_by(officer) == ()
    assert is_shown(officer, "1", ("officer", "city"))
    assert is_shown(manager, "1", ("property_manager", "city"))
    assert not is_shown(manager, "1", ("property_manager", "community:PX"))
    assert cleaned(" a\n b ") == "a b"
