"""What reminders and escalations of a ladder say."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

_UNTIL_ZH = "辦理期限：{until}"
_UNTIL_EN = "To be done by: {until}"

DEADLINES: Mapping[str, NoticeWords] = {
    "task_taken": words(
        (
            "【{number}】待辦已由同仁接手：{what}",
            "您認領的待辦「{what}」已由同仁接手辦理。",
            "接手人員：{name}",
            "原因：{reason}",
        ),
        (
            "[{number}] A colleague took over: {what}",
            "A colleague took over the task “{what}” that you had claimed.",
            "Now done by: {name}",
            "Reason: {reason}",
        ),
    ),
    "due_half": words(
        ("【{number}】待辦提醒：{what}", "待辦事項「{what}」辦理期間已過半。", _UNTIL_ZH),
        ("[{number}] Reminder: {what}", "Half of the time for “{what}” has gone.", _UNTIL_EN),
    ),
    "due_soon": words(
        ("【{number}】即將到期：{what}", "待辦事項「{what}」即將到期。", _UNTIL_ZH),
        ("[{number}] Due soon: {what}", "“{what}” is due soon.", _UNTIL_EN),
    ),
    "overdue": words(
        ("【{number}】已逾期：{what}", "待辦事項「{what}」已逾期，請儘速辦理。", "期限：{until}"),
        ("[{number}] Overdue: {what}", "“{what}” is overdue; please do it now.", "Due: {until}"),
    ),
    "overdue_supervisor": words(
        (
            "【{number}】所屬案件逾期：{what}",
            "「{what}」逾期未辦，請督導。",
            "辦理人：{doer}",
            "期限：{until}",
        ),
        (
            "[{number}] Overdue in your team: {what}",
            "“{what}” is overdue; please see to it.",
            "With: {doer}",
            "Due: {until}",
        ),
    ),
    "escalated": words(
        (
            "【{number}】逾期一日，陳報：{what}",
            "「{what}」逾期已達一日仍未辦理，請查處。",
            "辦理人：{doer}",
            "期限：{until}",
        ),
        (
            "[{number}] Overdue by a day: {what}",
            "“{what}” has been overdue for a day; please look into it.",
            "With: {doer}",
            "Due: {until}",
        ),
    ),
    "chief": words(
        (
            "【{number}】逾期三日，陳報科長：{what}",
            "「{what}」逾期已達三日仍未辦理，陳請核示。",
            "辦理人：{doer}",
            "期限：{until}",
        ),
        (
            "[{number}] Overdue by three days: {what}",
            "“{what}” has been overdue for three days.",
            "With: {doer}",
            "Due: {until}",
        ),
    ),
}
"""Kind of notice to its words."""
