"""What is said about many tasks at once."""

from collections.abc import Mapping

from housing.notices.wording import NoticeWords, words

TASKS: Mapping[str, NoticeWords] = {
    "tasks_given": words(
        (
            "指派給您的待辦：{count} 件",
            "{name}將 {count} 件待辦指派給您，請於「我的待辦」查看。",
            "原因：{reason}",
        ),
        (
            "Tasks assigned to you: {count}",
            "{name} assigned {count} tasks to you; see “My tasks”.",
            "Reason: {reason}",
        ),
    ),
    "tasks_taken": words(
        (
            "您的待辦已改由同仁辦理：{count} 件",
            "{name}將您認領的 {count} 件待辦改派給{what}。",
            "原因：{reason}",
        ),
        (
            "Tasks of yours go to a colleague: {count}",
            "{name} reassigned {count} of your tasks to {what}.",
            "Reason: {reason}",
        ),
    ),
    "tasks_returned": words(
        (
            "指派已收回：{count} 件待辦",
            "{name}收回先前的指派，{count} 件待辦恢復原狀。",
        ),
        (
            "An assignment was taken back: {count} tasks",
            "{name} took an assignment back; {count} tasks are as they were before.",
        ),
    ),
}
