"""What notices about announcements say: one kind a category, so that categories can be muted."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

_CATEGORIES: Mapping[str, tuple[str, str]] = {
    "general": ("公告", "Announcement"),
    "outage": ("停水停電", "Outage"),
    "safety": ("安全", "Safety"),
    "event": ("活動", "Event"),
    "policy": ("政策", "Policy"),
    "emergency": ("緊急", "Emergency"),
}


def _news(chinese: str, english: str) -> NoticeWords:
    return words(
        (f"【{chinese}】{{title}}", "{excerpt}", "期間至 {ends}。", "{acknowledge}"),
        (f"{english}: {{title}}", "{excerpt}", "Until {ends}.", "{acknowledge}"),
    )


_CORRECTED = words(
    ("【更正】{title}", "{reason_text}", "先前公告已更正，請以新內容為準。"),
    (
        "Corrected: {title}",
        "{reason_text}",
        "The announcement you were told of was corrected; the new text counts.",
    ),
)
_WITHDRAWN = words(
    ("【撤回】{title}", "{reason_text}", "本公告已撤回，不再適用。"),
    ("Withdrawn: {title}", "{reason_text}", "This announcement was withdrawn and counts no more."),
)

ANNOUNCEMENTS: Mapping[str, NoticeWords] = {
    **{f"announcement_{code}": _news(*names) for code, names in _CATEGORIES.items()},
    "announcement_corrected": _CORRECTED,
    "announcement_corrected_urgent": _CORRECTED,
    "announcement_withdrawn": _WITHDRAWN,
    "announcement_withdrawn_urgent": _WITHDRAWN,
    "announcement_reminder": words(
        ("請閱讀公告：{title}", "本公告須由您確認，您尚未閱讀，請開啟後按「我已知悉」。"),
        (
            "Please read: {title}",
            "You have not read this yet; please open it and press “I have read this”.",
        ),
    ),
    "announcement_unread": words(
        (
            "尚有 {count} 人未確認：{title}",
            "公告「{title}」發布已滿七日，尚有 {count} 人未確認，請依名單聯繫；"
            "沒有手機的住戶請以紙本告知。",
        ),
        (
            "{count} people have not acknowledged: {title}",
            "“{title}” has been out for seven days and {count} people have not acknowledged it. "
            "Please reach them from the list, households without a phone on paper.",
        ),
    ),
    "announcement_returned": words(
        ("公告草稿已退回：{title}", "退回意見：{reason_text}", "請修正後再送審。"),
        (
            "Your draft was returned: {title}",
            "{reason_text}",
            "Please correct it and send it again.",
        ),
    ),
}
"""Kind of notice to its words."""
