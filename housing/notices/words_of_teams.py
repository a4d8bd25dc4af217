"""What chiefs and their people are told about the tasks of a team."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

TEAMS: Mapping[str, NoticeWords] = {
    "task_released": words(
        (
            "【{number}】待辦已交回團隊：{what}",
            "{name}已將您認領的待辦「{what}」交回團隊，您的草稿仍保留。",
            "原因：{reason}",
        ),
        (
            "[{number}] Given back to the team: {what}",
            "{name} gave the task “{what}” that you had claimed back to the team; your draft is "
            "kept.",
            "Reason: {reason}",
        ),
    ),
    "team_week": words(
        (
            "團隊週報：{since}起",
            "未結待辦：{open} 件",
            "已逾期：{overdue} 件",
            "本週到期：{due_soon} 件",
            "上週屆期未結之期限：{breached} 件",
            "逾二日無人認領：{unclaimed} 件",
            "下週請假：{absent}",
        ),
        (
            "Your team in the week of {since}",
            "Open tasks: {open}",
            "Overdue: {overdue}",
            "Due this week: {due_soon}",
            "Deadlines that passed last week: {breached}",
            "Unclaimed for more than two days: {unclaimed}",
            "Absent next week: {absent}",
        ),
    ),
}
"""Kind of notice to its words."""
